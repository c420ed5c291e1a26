"""What comes in, and what goes wrong with it, in all four processes: no word of it is in any line they write."""

import asyncio
import json
from pathlib import Path
from typing import Any

import asyncpg

from laborvoice import log
from laborvoice.client.worker import envelope
from laborvoice.client.worker.trust import Trusted
from support import phone, rolling
from support.staff import CLOCK, PATIENCE, Staff, exchange, request, staff, status_of

CANARY = "canary-of-a-worker"
HEADERS = {
    "authorization": f"Bearer {CANARY}",
    "cookie": f"s={CANARY}",
    "user_agent": CANARY,
    "x_forwarded_for": CANARY,
}
ENVELOPE = CANARY.encode().ljust(9216, b".")
EXCHANGE = CANARY.encode().ljust(2368, b".")

# Every write of every process fails, with a text that quotes a canary, as the server's own texts quote values.
TRAP = """
DO $$ DECLARE one text; BEGIN
    CREATE FUNCTION public.trap() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
        RAISE EXCEPTION 'canary-of-a-worker' USING DETAIL = 'canary-of-a-worker'; END $f$;
    FOR one IN SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('ballot', 'registry', 'desk', 'access', 'outbox') AND c.relkind IN ('r', 'p')
            AND NOT c.relispartition
    LOOP EXECUTE 'CREATE TRIGGER trap BEFORE INSERT OR UPDATE OR DELETE ON ' || one
        || ' FOR EACH STATEMENT EXECUTE FUNCTION public.trap()'; END LOOP;
END $$"""
RAISED = '"sqlstate":"P0001"'
CUT_OFF = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE usename LIKE 'laborvoice\\_%' AND datname = current_database()"""
FIELDS = frozenset({"process", "level", "event", "errors", "logger", "refused"}) | log.Fields.__annotations__.keys()
SUPPLIER = {"name": CANARY, "address": CANARY, "country": "BD", "kind": "factory", "isic": ["1410"]}


async def told(team: Staff, key: str) -> None:
    """Canaries at every kind of place of both doors."""
    octets, form, text = "application/octet-stream", "application/x-www-form-urlencoded", "application/json"
    body = json.dumps({"name": CANARY, CANARY: CANARY}).encode()
    at_intake = (
        request("POST", "/v1/envelopes", ENVELOPE, content_type=octets, **HEADERS),
        request("POST", "/v1/envelopes", CANARY.encode(), content_type=octets),
        request("POST", "/v1/exchanges", EXCHANGE, content_type=octets, **HEADERS),
        request("GET", f"/v1/manifest/{CANARY}?{CANARY}={CANARY}", b"", **HEADERS),
        f"{CANARY} / HTTP/1.1\r\n\r\n".encode(),
    )
    at_portal = (
        request("GET", f"/v1/suppliers/{CANARY}?{CANARY}={CANARY}", b"", **HEADERS),
        request("GET", f"/v1/suppliers?q={CANARY}", authorization=f"Bearer {key}"),
        request("POST", "/v1/suppliers", body, content_type=text, authorization=f"Bearer {key}"),
        request("POST", "/v1/endpoints", body, content_type=text, authorization=f"Bearer {key}"),
        request("POST", "/sign-in", f"name={CANARY}&password={CANARY}".encode(), content_type=form, **HEADERS),
        request("POST", "/v1/suppliers", b'{"' + CANARY.encode(), content_type=text, authorization=f"Bearer {key}"),
        f"GET /{CANARY} HTTP/9\r\n\r\n".encode(),
    )
    sent = [(team.of("intake")[0].port, one) for one in at_intake]
    sent += [(team.of("portal")[0].port, one) for one in at_portal]
    answers = await asyncio.gather(*(exchange(port, one) for port, one in sent))
    assert all(status_of(one) for one in answers)


async def failing(team: Staff, trusted: Trusted, key: str) -> None:
    """Until every process has said that something failed; the doors are asked meanwhile for what they must write."""
    envelope_ = envelope.seal(trusted, None, None, phone.BITS, phone.CHANCE)
    cast = request("POST", "/v1/envelopes", envelope_, content_type="application/octet-stream")
    body = json.dumps(SUPPLIER).encode()
    admit = request("POST", "/v1/suppliers", body, content_type="application/json", authorization=f"Bearer {key}")
    end = CLOCK.monotonic() + PATIENCE
    while spared := [one.role for one in team.members if RAISED not in one.log.read_text("utf-8")]:
        assert CLOCK.monotonic() < end, spared
        await exchange(team.of("intake")[0].port, cast)
        await exchange(team.of("portal")[0].port, admit)
        await asyncio.sleep(0.2)


async def test_no_line_holds_what_came_in(database: Any, short_home: Path, tmp_path: Path) -> None:
    async with staff(short_home, database.dsn, rolling.logs(tmp_path)) as team:
        await team.begin("intake", "portal", "courier")
        trusted, key = await rolling.opened(database)
        await told(team, key)
        admin = await asyncpg.connect(database.superuser)
        try:
            await admin.execute(CUT_OFF)
            await told(team, key)
            await admin.execute(TRAP)
            await failing(team, trusted, key)
        finally:
            await admin.close()
        await team.end()
    text = team.logged()
    assert CANARY not in text
    for line in map(json.loads, text.splitlines()):
        assert line["event"] in {*log.Event, "foreign"}
        assert line.keys() <= FIELDS
