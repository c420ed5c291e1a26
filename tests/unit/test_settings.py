"""Settings: three sources, one struct per process, one sentence per fault, no secret shown."""

import os
import pickle
import re
from pathlib import Path

import pytest

from laborvoice import settings
from laborvoice.errors import BadSetting
from laborvoice.settings import Bind, Rate, Secret

DATABASE = {"LABORVOICE_DATABASE_URL": "postgresql://someone:canary@/laborvoice"}
ORIGINS = {"LABORVOICE_ORIGIN": "https://portal.example", "LABORVOICE_INTAKE_ORIGIN": "https://voice.example"}
INTAKE = {**DATABASE, "LABORVOICE_INTAKE_ORIGIN": "https://voice.example"}
VAULT = {**INTAKE, "LABORVOICE_MASTER_KEY": "canary-master"}
PORTAL = {**DATABASE, **ORIGINS, "LABORVOICE_SESSION_KEY": "canary-session", "LABORVOICE_EXPORT_KEY": "canary-export"}
COURIER = {
    **DATABASE,
    "LABORVOICE_ORIGIN": "https://portal.example",
    "LABORVOICE_COURIER_KEYS": "canary-courier",
    "LABORVOICE_CONTACT_URL": "https://portal.example/contact",
}
ENVIRONMENTS = {"intake": INTAKE, "vault": VAULT, "portal": PORTAL, "courier": COURIER, "up": {}}


def test_defaults_are_those_of_the_design() -> None:
    intake = settings.load("intake", INTAKE, {})
    assert (intake.intake_batch, intake.intake_queue, intake.intake_tick_ms) == (256, 4096, 250)
    assert (intake.head_seconds, intake.body_seconds, intake.db_pool, intake.log_level) == (5, 60, 10, "info")
    assert intake.intake_work_bits is None
    vault = settings.load("vault", VAULT, {"home": "/srv/voice"})
    assert (vault.mix_seconds, vault.pow_bits, vault.period, vault.policy) == (60, 15, "quarter", "standard")
    assert vault.keyring == Path("/srv/voice/keyring")
    assert vault.vault_workers == os.cpu_count()
    portal = settings.load("portal", PORTAL, {})
    assert (portal.rate, portal.processes, portal.egress_ports) == (Rate(count=600, seconds=60), 1, (443, 8443))
    courier = settings.load("courier", COURIER, {})
    assert (courier.courier_slots, courier.egress_proxy, courier.egress_allow) == (128, None, ())
    assert (courier.event_days, courier.attempt_days) == (30, 30)
    up = settings.load("up", {}, {})
    assert (up.database_url, up.pg_user, up.pg_port, up.pg_start_timeout) == (None, None, None, 300)


def test_each_process_has_its_own_ports() -> None:
    assert settings.load("intake", INTAKE, {}).metrics_bind == Bind(host="127.0.0.1", port=9464)
    assert settings.load("vault", VAULT, {}).metrics_bind.port == 9465
    assert settings.load("portal", PORTAL, {}).metrics_bind.port == 9466
    assert settings.load("courier", COURIER, {}).metrics_bind.port == 9467
    assert str(settings.load("intake", INTAKE, {}).intake_bind) == "127.0.0.1:8080"
    assert str(settings.load("portal", PORTAL, {"portal_bind": "[::1]:81"}).portal_bind) == "[::1]:81"


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "laborvoice.toml"
    file.write_text("intake_batch = 1\nintake_queue = 1\nintake_tick_ms = 1\negress_ports = [443, 444]\n")
    environment = {
        **INTAKE,
        "LABORVOICE_CONFIG": str(file),
        "LABORVOICE_INTAKE_QUEUE": "2",
        "LABORVOICE_INTAKE_TICK_MS": "2",
        "LABORVOICE_TEST_ANYTHING": "is let through",
        "OTHER": "is not ours",
    }
    loaded = settings.load("intake", environment, {"intake_tick_ms": "3"})
    assert (loaded.intake_batch, loaded.intake_queue, loaded.intake_tick_ms) == (1, 2, 3)
    portal = settings.load("portal", {**PORTAL, "LABORVOICE_CONFIG": str(file)}, {})
    assert portal.egress_ports == (443, 444)


def test_a_secret_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql://from/file\n")
    environment = {"LABORVOICE_INTAKE_ORIGIN": "https://voice.example", "LABORVOICE_DATABASE_URL_FILE": str(file)}
    assert settings.load("intake", environment, {}).database_url == Secret("postgresql://from/file")
    assert (
        settings.load("intake", environment, {"database_url": "postgresql://flag"})
        .database_url.reveal()
        .endswith("flag")
    )


def test_an_empty_text_is_not_given() -> None:
    assert settings.load("up", {"LABORVOICE_PG_USER": "", "LABORVOICE_CONFIG": ""}, {}).pg_user is None


FAULTS: tuple[tuple[settings.Process, str, str], ...] = (
    ("intake", "DATABASE_URL=", "DATABASE_URL must be set."),
    ("intake", "INTAKE_BATCH=0", "INTAKE_BATCH must be a whole number from 1 to 100000."),
    ("intake", "INTAKE_WORK_BITS=23", "INTAKE_WORK_BITS must be a whole number from 1 to 22."),
    ("intake", "INTAKE_BIND=canary", "INTAKE_BIND must be a host and a port like 127.0.0.1:8080."),
    ("intake", "INTAKE_BIND=h:65536", "INTAKE_BIND must be a host and a port like 127.0.0.1:8080."),
    ("intake", "INTAKE_TICK=1", "INTAKE_TICK is no setting of laborvoice."),
    ("intake", "HOME_FILE=/x", "HOME_FILE is no setting of laborvoice."),
    ("intake", "HOME=relative", "HOME must be an absolute path."),
    ("intake", f"HOME=/{'x' * 80}", "HOME must be at most 80 characters long."),
    ("intake", "DATABASE_URL_FILE=/x", "DATABASE_URL must be given either itself or as a file, not both."),
    ("intake", "DATABASE_URL= DATABASE_URL_FILE=/no/such", "DATABASE_URL_FILE must name a readable file."),
    ("intake", "CONFIG=/no/such", "CONFIG must name a readable TOML file."),
    ("intake", "MASTER_KEY=canary", "MASTER_KEY is a secret of another process and must not be given to intake."),
    ("portal", "COURIER_KEYS_FILE=/x", "COURIER_KEYS is a secret of another process and must not be given to portal."),
    ("portal", "RATE=600", "RATE must be requests and seconds like 600/60."),
    ("portal", "EGRESS_PORTS=443,canary", "EGRESS_PORTS must be ports from 1 to 65535, separated by commas."),
    (
        "portal",
        "ORIGIN=https://a.example/",
        "ORIGIN must be an origin like https://example.org, without a slash at its end.",
    ),
    ("vault", "PERIOD=canary", "PERIOD must be quarter or month."),
    ("courier", "CONTACT_URL=ftp://x", "CONTACT_URL must be a URL that begins with https:// or http://."),
)


@pytest.mark.parametrize(("process", "change", "sentence"), FAULTS)
def test_each_fault_is_one_sentence_that_names_the_setting(
    process: settings.Process, change: str, sentence: str
) -> None:
    changed = dict(f"LABORVOICE_{each}".split("=") for each in change.split(" "))
    with pytest.raises(BadSetting) as raised:
        load(process, {**ENVIRONMENTS[process], **changed})
    assert str(raised.value) == f"LABORVOICE_{sentence}"
    assert raised.value.__context__ is None or raised.value.__suppress_context__


def load(process: settings.Process, environment: dict[str, str]) -> settings.Settings:
    match process:
        case "intake":
            return settings.load("intake", environment, {})
        case "vault":
            return settings.load("vault", environment, {})
        case "portal":
            return settings.load("portal", environment, {})
        case "courier":
            return settings.load("courier", environment, {})
        case "up":
            return settings.load("up", environment, {})


@pytest.mark.parametrize(
    "line", ["surprise = 1", "home = true", "home = 1.5", "[home]\nx = 1", "rate = [[1]]", "home ="]
)
def test_a_file_that_is_wrong_stops_the_start(tmp_path: Path, line: str) -> None:
    file = tmp_path / "laborvoice.toml"
    file.write_text(line)
    with pytest.raises(BadSetting, match=r"^LABORVOICE_(SURPRISE|HOME|RATE|CONFIG) (is no setting|must)"):
        settings.load("up", {"LABORVOICE_CONFIG": str(file)}, {})


@pytest.mark.parametrize("process", ENVIRONMENTS)
def test_no_struct_shows_a_secret(process: settings.Process) -> None:
    assert "canary" not in repr(load(process, ENVIRONMENTS[process]))


def test_a_secret_is_shown_only_when_asked() -> None:
    secret = Secret("canary")
    assert repr(secret) == str(secret) == f"{secret}" == "Secret(hidden)"
    assert secret.reveal() == "canary"
    assert secret != "canary"
    assert secret != Secret("other")
    assert len({secret, Secret("canary")}) == 1
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_a_child_is_given_only_what_is_its_own(tmp_path: Path) -> None:
    file = tmp_path / "laborvoice.toml"
    file.write_text('master_key_file = "/keys/master"\nintake_batch = 7\n')
    environment = {**COURIER, "LABORVOICE_CONFIG": str(file), "LABORVOICE_POLICY": "strict", "OTHER": "x"}
    assert settings.for_child("intake", environment, {"intake_origin": "https://voice.example"}) == {
        **DATABASE,
        "LABORVOICE_INTAKE_ORIGIN": "https://voice.example",
        "LABORVOICE_INTAKE_BATCH": "7",
    }
    vault = settings.for_child("vault", environment, {})
    assert vault == {**DATABASE, "LABORVOICE_MASTER_KEY_FILE": "/keys/master", "LABORVOICE_POLICY": "strict"}


def test_the_home_depends_on_who_we_are() -> None:
    expected = "/var/lib/laborvoice" if os.geteuid() == 0 else "/home/someone/.local/share/laborvoice"
    assert settings.load("up", {"HOME": "/home/someone"}, {}).home == Path(expected)


def test_names_are_what_the_environment_holds() -> None:
    assert {"LABORVOICE_CONFIG", "LABORVOICE_HOME", "LABORVOICE_PG_PORT"} <= settings.names()
    assert all(re.fullmatch(r"LABORVOICE_[A-Z_]+", name) for name in settings.names())
