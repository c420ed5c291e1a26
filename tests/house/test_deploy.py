"""What is shipped for deployment keeps the processes apart as the design has it (design, operations 9)."""

import re
import runpy
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any, Literal, get_args

import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types

from laborvoice import settings
from laborvoice.embedded import config

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
Name = Literal["intake", "vault", "portal", "courier"]
PROCESSES: tuple[Name, ...] = get_args(Name)
GIVEN = {
    "INTAKE_ORIGIN": "https://voice.example.org",
    "PORTAL_ORIGIN": "https://portal.example.org",
    "CONTACT_URL": "https://example.org/webhooks",
}
LIMIT_BYTES = 9_216


@pytest.fixture(scope="module")
def compose() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return found


def unit(name: str) -> dict[str, list[str]]:
    """Every line of a unit file, by its key."""
    lines: dict[str, list[str]] = {}
    for line in (DEPLOY / "systemd" / f"laborvoice-{name}.service").read_text("utf-8").splitlines():
        key, found, value = line.partition("=")
        if found and not line.startswith("#"):
            lines.setdefault(key, []).append(value)
    return lines


def test_processes_share_no_secret_and_no_network(compose: Mapping[str, Any]) -> None:
    services = compose["services"]
    for one, other in combinations(PROCESSES, 2):
        assert not set(services[one]["secrets"]) & set(services[other]["secrets"]), (one, other)
        assert not set(services[one]["networks"]) & set(services[other]["networks"]), (one, other)
    assert set(compose["secrets"]) == {name for one in services.values() for name in one.get("secrets", ())}


def test_only_the_courier_has_a_way_out_and_only_the_proxy_a_door(compose: Mapping[str, Any]) -> None:
    open_networks = {name for name, one in compose["networks"].items() if not one.get("internal")}
    out = {name for name, one in compose["services"].items() if open_networks & set(one["networks"])}
    assert out == {"courier", "proxy"}
    assert {name for name, one in compose["services"].items() if "ports" in one} == {"proxy"}
    assert set(compose["services"]["vault"]["networks"]) == {"db-vault"}
    assert "edge" not in compose["services"]["courier"]["networks"]


def test_whatever_runs_in_a_container_can_do_little(compose: Mapping[str, Any]) -> None:
    for name, one in compose["services"].items():
        if name == "postgres":
            continue
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert not str(one["user"]).startswith(("0", "root")), name
    assert all(one["image"].startswith("${") for one in compose["services"].values()), "a tag where a digest should be"
    vault = compose["services"]["vault"]
    assert vault["mem_limit"] == vault["memswap_limit"]


def test_the_server_forgets_as_the_private_one_does(compose: Mapping[str, Any]) -> None:
    told = set(compose["services"]["postgres"]["command"][2::2])
    for wanted in (config.DURABLE, config.PRIVACY, config.QUIET):
        assert {f"{name}={value}" for name, value in wanted.items()} <= told


@pytest.mark.parametrize("name", PROCESSES)
def test_every_process_starts_with_what_it_is_given(compose: Mapping[str, Any], name: Name, tmp_path: Path) -> None:
    runpy.run_path(str(DEPLOY / "make_secrets.py"))["make"](tmp_path)
    given = compose["services"][name]["environment"]
    named = {key: re.sub(r"\$\{(\w+)[^}]*\}", lambda found: GIVEN[found[1]], value) for key, value in given.items()}
    environ = {key: value.replace("/run/secrets", str(tmp_path)) for key, value in named.items()}
    loaded = settings.load(name, environ, {})
    password = (tmp_path / f"{name}_password").read_text("ascii")
    assert loaded.database_url.reveal() == f"postgresql://laborvoice_{name}:{password}@postgres/laborvoice"
    files = {Path(value).name for value in given.values() if value.startswith("/run/secrets/")}
    assert files == set(compose["services"][name]["secrets"])


def test_secrets_are_made_once_and_for_nobody_else(tmp_path: Path) -> None:
    make = runpy.run_path(str(DEPLOY / "make_secrets.py"))["make"]
    folder = tmp_path / "secrets"
    make(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    make(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert {path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())} == {0}
    passwords = [text for name, text in before.items() if not name.endswith("_url")]
    assert len(set(passwords)) == len(passwords)


@pytest.mark.parametrize("name", PROCESSES)
def test_units_hold_a_process_fast(name: Name) -> None:
    lines = unit(name)
    assert lines["User"] == [f"laborvoice-{name}"]
    assert lines["ExecStart"] == [f"/opt/laborvoice/bin/laborvoice {name}"]
    assert (lines["ProtectSystem"], lines["NoNewPrivileges"], lines["LimitCORE"]) == (["strict"], ["yes"], ["0"])
    assert ("IPAddressDeny" in lines) == (name != "courier")
    assert ("MemorySwapMax" in lines) == (name == "vault")
    variables = dict(one.split("=", 1) for one in lines["Environment"])
    known = {one.removesuffix("_FILE") for one in variables} - {"LABORVOICE_CONFIG"}
    assert known <= settings.variables(name)
    secret = {one for one in variables if one.endswith("_FILE")}
    loaded = {one.split(":")[0] for one in lines["LoadCredential"]}
    assert {f"LABORVOICE_{one.upper()}_FILE" for one in loaded} == secret


def test_units_share_no_credential() -> None:
    paths = [one.split(":")[1] for name in PROCESSES for one in unit(name)["LoadCredential"]]
    assert len(set(paths)) == len(paths)


def test_the_proxy_keeps_nothing_and_passes_no_address_on() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert re.findall(r"^\s*access_log (.+);", text, re.MULTILINE) == ["off"]
    assert re.findall(r"^\s*error_log (\S+)", text, re.MULTILINE) == ["/dev/null"]
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "User-Agent"):
        assert f'proxy_set_header {header} "";' in text
    assert "$remote_addr" not in text
    workers = text[text.index("server_name voice") : text.index("server_name portal")]
    assert "client_body_in_file_only off;" in workers
    held = re.search(r"client_body_buffer_size (\d+)k;", workers)
    assert held is not None
    assert int(held[1]) * 1_024 >= LIMIT_BYTES
    assert "ssl_session_tickets off;" in text


def test_the_image_is_pinned_bare_and_nobodys() -> None:
    lines = (DEPLOY / "Containerfile").read_text("utf-8").splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert bases == ["${PYTHON_IMAGE}", "${PYTHON_IMAGE}", "scratch"]
    assert any("@sha256:" in line and "exit 1" in line for line in lines)
    assert "USER 10001:10001" in lines
    installs = [line for line in lines if "pip install" in line and "--no-index" not in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)


def test_tools_are_gone_from_the_image(tmp_path: Path) -> None:
    gone = ["bin/sh", "usr/bin/apt", "usr/sbin/useradd", "usr/local/bin/pip3", "var/lib/dpkg/status"]
    kept = ["usr/local/bin/python3", "usr/local/lib/libpython.so", "etc/passwd", "opt/laborvoice/bin/laborvoice"]
    for name in gone + kept:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    runpy.run_path(str(DEPLOY / "bare.py"))["bare"](tmp_path)
    assert [name for name in gone + kept if (tmp_path / name).exists()] == kept


def test_what_runs_is_a_part_of_what_is_tested() -> None:
    def pinned(path: Path) -> dict[str, frozenset[str]]:
        blocks = re.split(r"^(?=[a-zA-Z0-9])", path.read_text("ascii"), flags=re.MULTILINE)[1:]
        names = [re.sub(r"\[.*\]", "", block.split()[0]) for block in blocks]
        hashes = [frozenset(re.findall(r"sha256:[0-9a-f]{64}", block)) for block in blocks]
        return dict(zip(names, hashes, strict=True))

    shipped, tested = pinned(DEPLOY / "requirements.lock"), pinned(ROOT / "requirements.lock")
    assert shipped
    assert all(tested.get(name) == hashes for name, hashes in shipped.items())
    tools = ("pytest", "ruff", "mypy", "fastapi", "playwright")
    assert not [name for name in shipped if name.startswith(tools)]
