"""Times, keys, manifest, partitions, disk, guard, settings, proxy: each broken, and seen."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from laborvoice import metrics, serve
from laborvoice.doctor import CHECKS, machine
from laborvoice.doctor.finding import several
from laborvoice.domain.period import Period
from laborvoice.metrics import Metric
from laborvoice.pipeline.rotate import week
from laborvoice.webhooks import guard
from support.known import TrueClock
from support.upped import command, environ


class Disk(NamedTuple):
    total: int
    used: int
    free: int


def later(consulted: Any, **span: float) -> TrueClock:
    return TrueClock(consulted.host.clock.now() + timedelta(**span))


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("name", ["clock", "keys", "partitions", "disk", "egress", "settings", "proxy"])
async def test_where_a_vault_has_begun_it_is_green(name: str, consulted: Any) -> None:
    assert set(await consulted.says(CHECKS[name])) == {"green"}


async def test_a_clock_apart_from_postgresqls(consulted: Any) -> None:
    assert "refused by the clock" in await consulted.red(CHECKS["clock"], clock=later(consulted, minutes=6))
    assert set(await consulted.says(CHECKS["clock"], clock=later(consulted, minutes=4))) == {"green"}


async def test_a_clock_that_jumped_since_the_last_mix(consulted: Any) -> None:
    consulted.host.keyring.mkdir(mode=0o700)
    long_ago = consulted.host.clock.now() - timedelta(days=2)
    (consulted.host.keyring / "last-mix").write_text(f"{long_ago:%Y-%m-%dT%H}")
    assert "the last mix was in the hour" in await consulted.red(CHECKS["clock"])
    assert "The last mix was in the hour" in await consulted.red(CHECKS["mix"])


@asynccontextmanager
async def telling(bind: Any, values: Any) -> AsyncGenerator[None]:
    """A vault's metrics port."""
    stop, listens = asyncio.Event(), asyncio.Event()

    async def page() -> bytes:
        return metrics.render("vault", values)

    async def ready() -> bool:
        return True

    serving = asyncio.create_task(
        serve.serve_metrics(bind, page=page, ready=ready, stop=stop, on_ready=lambda _: listens.set())
    )
    await listens.wait()
    try:
        yield
    finally:
        stop.set()
        await serving


@pytest.mark.parametrize(("age", "level"), [(60, "green"), (180, "green"), (181, "red")])
async def test_a_mix_older_than_three_minutes(age: int, level: str, consulted: Any) -> None:
    async with telling(consulted.host.vault, {(Metric.MIX_AGE, ()): age}):
        assert list(await consulted.says(CHECKS["mix"])) == [level]


async def test_a_vault_that_nobody_sees(consulted: Any) -> None:
    assert list(await consulted.says(CHECKS["mix"])) == ["amber"]
    async with telling(consulted.host.vault, {(Metric.UP, ()): 1}):
        assert list(await consulted.says(CHECKS["mix"])) == ["amber"]


async def test_a_partition_that_was_not_made(world: Any, consulted: Any) -> None:
    label = Period.at(world.today, "quarter").next().label
    await world.execute("SELECT ballot.drop_partition('box', $1)", label)
    assert await consulted.red(CHECKS["partitions"]) == f"A partition is missing: box of {label}."


async def test_one_for_who_is_seen_too(world: Any, consulted: Any) -> None:
    await consulted.sql(
        """DO $$ DECLARE one text; BEGIN
            FOR one IN SELECT relname FROM pg_class WHERE relname ~ '^seen_[0-9a-f]{16}$'
            LOOP EXECUTE 'DROP TABLE ballot.' || one; END LOOP; END $$"""
    )
    assert f"seen of {week.label(world.today)}" in await consulted.red(CHECKS["partitions"])


async def test_a_manifest_that_ends_or_has_ended(world: Any, consulted: Any) -> None:
    assert await consulted.says(CHECKS["manifest"]) == {"amber": ["manifest key online"]}
    shutil.rmtree(world.settings.keyring / "manifest")
    assert set(await consulted.says(CHECKS["manifest"])) == {"green"}
    assert set(await consulted.says(CHECKS["manifest"], clock=later(consulted, days=11))) == {"amber"}
    assert "ended on" in await consulted.red(CHECKS["manifest"], clock=later(consulted, days=15))


async def test_no_manifest_at_all(consulted: Any) -> None:
    assert await consulted.red(CHECKS["manifest"]) == "There is no manifest."


async def test_keys_past_their_end(world: Any, consulted: Any) -> None:
    site = await world.admit(cards=20)
    await world.vault.rotate()
    label = Period.at(world.today, "quarter").label
    await world.execute("UPDATE ballot.period_state SET state = 'burned' WHERE period = $1", label)
    old = week.label(world.today - timedelta(weeks=4))
    (world.settings.keyring / "mix" / old).touch(mode=0o600)
    told = (await consulted.says(CHECKS["keys"]))["red"]
    assert told[0] == f"box/{label} is there, and its period is burned."
    assert told[1].startswith(f"mix/{old} is past its end")
    assert told[2].startswith("Token keys of burned periods are there: token/")
    assert site.locator not in str(told)


async def test_a_keyring_that_others_may_read_or_nobody(world: Any, consulted: Any) -> None:
    keyring = world.settings.keyring
    (keyring / "journal").chmod(0o644)
    assert await consulted.red(CHECKS["keys"]) == "Others may read the keyring: journal."
    keyring.chmod(0o755)
    (keyring / "journal").chmod(0o600)
    assert await consulted.red(CHECKS["keys"]) == "Others may read the keyring: the folder itself."
    told = await consulted.says(CHECKS["keys"], keyring=Path("/nonexistent"))
    assert set(told) == {"amber"}


async def test_no_mix_key_for_this_week(world: Any, consulted: Any) -> None:
    (world.settings.keyring / "mix" / week.label(world.today)).unlink()
    assert "no mix key for this week" in await consulted.red(CHECKS["keys"])


@pytest.mark.parametrize(("free", "level"), [(100 << 20, "red"), (1 << 30, "amber"), (1 << 40, "green")])
async def test_a_disk_that_is_nearly_full(
    free: int, level: str, consulted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:

    def usage(_: Path) -> Disk:
        return Disk(1 << 41, 0, free)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    told = await consulted.says(CHECKS["disk"], home=Path("/nonexistent/home"))
    assert set(told) == {level}


async def test_a_machine_that_swaps(consulted: Any, tmp_path: Path) -> None:
    swaps = tmp_path / "swaps"
    swaps.write_text("Filename Type Size\n")
    assert [one.level for one in await machine.check_swap(consulted.host, swaps)] == ["green"]
    swaps.write_text("Filename Type Size\n/dev/sda2 partition 1\n")
    assert [one.level for one in await machine.check_swap(consulted.host, swaps)] == ["amber"]


@pytest.mark.parametrize(
    ("name", "value", "level", "told"),
    [
        ("EGRESS_ALLOW", "127.0.0.0/8", "red", "lets 127.0.0.0/8 be dialled"),
        ("EGRESS_PROXY", "http://proxy:3128", "amber", "takes the guard's place"),
        ("EGRESS_DENY", "1.1.1.0/24", "amber", "refuses 1.1.1.1"),
        ("EGRESS_DENY", "nonsense", "red", "is wrong"),
    ],
)
async def test_the_guard_of_the_dial(name: str, value: str, level: str, told: str, consulted: Any) -> None:
    found = await consulted.says(CHECKS["egress"], given={f"LABORVOICE_{name}": value})
    assert list(found) == [level]
    assert told in found[level][0]


async def test_a_guard_that_lets_pass(consulted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "table", lambda: ())
    assert "The guard lets" in await consulted.red(CHECKS["egress"])


@pytest.mark.parametrize(
    ("name", "value", "level"),
    [
        ("INTAKE_ORIGIN", "http://voice.example", "red"),
        ("ORIGIN", "http://portal.example", "red"),
        ("ORIGIN", "http://127.0.0.1:8081", "green"),
        ("INTAKE_BIND", "0.0.0.0:8080", "amber"),
        ("METRICS_BIND", "0.0.0.0:9464", "amber"),
        ("INTAKE_DRAFT_LANGUAGES", "on", "amber"),
        ("DATABASE_URL", "postgresql://laborvoice_vault:canary@db.example/laborvoice", "amber"),
        ("DATABASE_URL", "postgresql://v:w@db.example/laborvoice?sslmode=verify-full", "green"),
        ("DATABASE_URL", "postgresql://v:w@/laborvoice?host=%2Frun", "green"),
    ],
)
async def test_settings_that_cost_something(name: str, value: str, level: str, consulted: Any) -> None:
    told = await consulted.says(CHECKS["settings"], given={f"LABORVOICE_{name}": value})
    assert list(told) == [level]
    assert "canary" not in str(told)


async def test_a_secret_that_others_may_read(consulted: Any, tmp_path: Path) -> None:
    secret = tmp_path / "master"
    secret.write_text("canary")
    secret.chmod(0o644)
    told = await consulted.red(CHECKS["settings"], given={"LABORVOICE_MASTER_KEY_FILE": str(secret)})
    assert told == f"Others may read {secret}."
    secret.chmod(0o600)
    assert set(await consulted.says(CHECKS["settings"], given={"LABORVOICE_MASTER_KEY_FILE": str(secret)})) == {"green"}


NGINX_GOOD = "server {\n  access_log off;\n  location / {\n    proxy_pass http://127.0.0.1:8080;\n  }\n}\n"
CADDY = "voice.example {\n  reverse_proxy 127.0.0.1:8080 {\n    header_up -X-Forwarded-For\n  }\n}\n"


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        (NGINX_GOOD, ["green"]),
        (NGINX_GOOD.replace("access_log off", "access_log /var/log/it"), ["red"]),
        (NGINX_GOOD.replace("access_log off;", "# access_log off;"), ["red"]),
        (NGINX_GOOD.replace("proxy_pass", "proxy_set_header X-Real-IP $remote_addr;\n    proxy_pass"), ["red"]),
        (NGINX_GOOD.replace("proxy_pass", 'proxy_set_header X-Forwarded-For "";\n    proxy_pass'), ["green"]),
        (CADDY, ["green"]),
        (CADDY.replace("header_up -X-Forwarded-For", ""), ["red"]),
        (CADDY.replace("reverse_proxy", "log\n  reverse_proxy"), ["red"]),
        ("something else", ["amber"]),
    ],
)
async def test_the_proxy_before_us(text: str, levels: list[str], consulted: Any) -> None:
    assert list(await consulted.says(CHECKS["proxy"], proxy=text)) == levels


async def test_the_one_that_is_shipped(consulted: Any) -> None:
    shipped = (Path(__file__).parents[3] / "deploy" / "nginx.conf").read_text("utf-8")
    assert list(await consulted.says(CHECKS["proxy"], proxy=shipped)) == ["green"]


async def test_a_proxy_nobody_looked_at(consulted: Any) -> None:
    given = {"LABORVOICE_INTAKE_ORIGIN": "https://voice.example"}
    assert list(await consulted.says(CHECKS["proxy"], given=given)) == ["amber"]


def test_of_many_the_first_few_are_named() -> None:
    assert several(list("abcdefg")) == "a, b, c, d, e and 2 more"


def told(words: tuple[str, ...], env: dict[str, str]) -> tuple[int, str, str]:
    done = subprocess.run(  # noqa: S603 - our own program
        command("doctor", *words), env=env, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_the_command_on_a_database_of_ones_own(database: Any, short_home: Path) -> None:
    """Nobody ever ran there: there is no manifest, and that is red."""
    env = environ(short_home, LABORVOICE_DATABASE_URL=database.superuser)
    status, lines, _ = told(("--json",), env)
    rows = [json.loads(line) for line in lines.splitlines()]
    assert status == 1
    assert {row["check"] for row in rows} == set(CHECKS)
    assert {row["check"] for row in rows if row["level"] == "red"} == {"manifest"}
    assert all(row["costs"] and row["remedy"] for row in rows if row["level"] != "green")
    status, text, _ = told((), env)
    assert status == 1
    assert "red    manifest: There is no manifest." in text
    assert "         do     laborvoice manifest sign" in text
    assert text.splitlines()[-1].startswith("1 red, ")


def test_the_command_says_what_it_lacks(short_home: Path) -> None:
    assert told((), environ(short_home))[0] == 2
    away = environ(short_home, LABORVOICE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert told((), away)[::2] == (4, "laborvoice: The database does not answer.\n")
