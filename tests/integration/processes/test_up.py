"""``laborvoice up`` as a person runs it: one command, four processes, a clean end; and what it says when it cannot."""

import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from support.upped import PATIENCE, Upped, command, environ, upped, wait_gone


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def said(words: tuple[str, ...], env: dict[str, str]) -> tuple[int, str]:
    """Exit code and standard error of a command that ends by itself."""
    done = subprocess.run(  # noqa: S603 - our own program
        command(*words), env=env, capture_output=True, timeout=PATIENCE, check=False
    )
    return done.returncode, done.stderr.decode()


def test_one_command_serves_and_ctrl_c_leaves_nothing(short_home: Path, log: Path) -> None:
    with upped(short_home, log) as running:
        assert running.get("LABORVOICE_INTAKE_BIND", "/v1/manifest") == 200
        assert running.get("LABORVOICE_PORTAL_BIND", "/healthz") == 200
        assert said(("up",), dict(running.environ))[0] == 3
        assert running.environ["LABORVOICE_PORTAL_BIND"] in running.out.read_text("utf-8")
        children = list(running.children.values())
        assert len(children) == 4
        assert running.stop() == 0
        wait_gone(children)
    assert not (short_home / "data18" / "postmaster.pid").exists()
    assert not list(short_home.glob("**/postmaster.pid"))


def test_a_process_that_dies_is_started_again(short_home: Path, log: Path) -> None:
    with upped(short_home, log) as running:
        first = running.children["intake"]
        os.kill(first, signal.SIGKILL)
        running.wait_for('"event":"restarted"')
        while running.children["intake"] == first:
            running.wait_for('"child":"intake"')
        assert running.get("LABORVOICE_INTAKE_BIND", "/healthz") == 200
        assert running.stop() == 0


def test_a_killed_up_leaves_no_orphans_and_its_home_serves_again(short_home: Path, log: Path) -> None:
    with upped(short_home, log) as running:
        children = list(running.children.values())
        assert running.stop(signal.SIGKILL) == -signal.SIGKILL
        wait_gone(children)
    with upped(short_home, log) as again:
        assert again.get("LABORVOICE_INTAKE_BIND", "/v1/manifest") == 200


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [
        ("LABORVOICE_MIX_SECONDS", "soon", "LABORVOICE_MIX_SECONDS"),
        ("LABORVOICE_POLICY", "lenient", "LABORVOICE_POLICY"),
        ("LABORVOICE_COLOUR", "red", "LABORVOICE_COLOUR"),
        ("LABORVOICE_PORTAL_BIND", "everywhere", "LABORVOICE_PORTAL_BIND"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(short_home: Path, setting: str, value: str, named: str) -> None:
    status, text = said(("up",), environ(short_home, **{setting: value}))
    assert status == 2
    assert named in text
    assert "Traceback" not in text


@pytest.mark.parametrize("role", ["intake", "vault", "portal", "courier"])
def test_a_single_process_says_what_it_needs(short_home: Path, role: str) -> None:
    status, text = said((role,), environ(short_home))
    assert status == 2
    assert "LABORVOICE_" in text
    assert "Traceback" not in text


def test_an_unreachable_database_is_exit_4(short_home: Path) -> None:
    env = environ(short_home, LABORVOICE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert said(("migrate",), env) == (4, "laborvoice: The database does not answer.\n")


def test_scores_without_a_portal_say_what_is_missing(short_home: Path) -> None:
    assert said(("scores",), environ(short_home))[0] == 2
    status, text = said(("scores", "--home", str(short_home)), environ(short_home))
    assert status == 2
    assert "is not where a demo was kept" in text


@pytest.mark.parametrize(("app", "file"), [("portal", "openapi.json"), ("intake", "openapi-intake.json")])
def test_the_documents_checked_in_are_those_of_the_code(short_home: Path, app: str, file: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own program
        command("openapi", "--app", app), env=environ(short_home), capture_output=True, timeout=PATIENCE, check=True
    )
    assert done.stdout == (Path(__file__).parents[3] / file).read_bytes()


def test_unknown_words_are_usage(short_home: Path) -> None:
    assert said(("fly",), environ(short_home))[0] == 2


def test_ctrl_c_while_starting_ends_too(short_home: Path, log: Path) -> None:
    running = Upped(environ(short_home), log)
    running.wait_for('"child":"vault"')
    children = list(running.children.values())
    running.stop()
    wait_gone(children)


def test_a_port_that_is_taken_is_named(short_home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        status, text = said(("up",), environ(short_home, LABORVOICE_INTAKE_BIND=address))
    assert status == 1
    assert f"Nothing can listen on {address}" in text
    assert "Traceback" not in text
