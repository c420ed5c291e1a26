"""The house's own files, as the tests of the house read them."""

import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Source:
    """A Python file of ours."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def module(self) -> str:
        """As it is imported: ``laborvoice.store.ballot.box``."""
        parts = self.path.relative_to(ROOT / "src").with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)


def sources(*folders: str) -> tuple[Source, ...]:
    return tuple(Source(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def package() -> tuple[Source, ...]:
    """Every module that is shipped."""
    return sources("src")


@pytest.fixture(scope="session")
def every_source() -> tuple[Source, ...]:
    """Every Python file: shipped, migrations, tests."""
    return sources("src", "alembic", "tests")
