"""``laborvoice webhooks listen``: shows what verifies, answers the challenge, and nothing else."""

import asyncio
import socket
from pathlib import Path
from threading import Thread
from typing import Any

import click
import pytest
from click.testing import CliRunner

from laborvoice import errors
from laborvoice.cli import commands
from laborvoice.clock import SystemClock
from laborvoice.crypto.signing import public_of
from laborvoice.demo.receiver import open_receiver
from laborvoice.domain.event import Event, body, of_endpoint
from laborvoice.domain.facts import EventType, OfTest, OfVerify
from laborvoice.domain.ids import EndpointId, EventId
from laborvoice.webhooks import signing, verifier

SECRET, SEED = bytes(32), bytes(range(32))
ENDPOINT = EndpointId.draw(bytes(16))


def message(kind: EventType, facts: Any, secret: bytes = SECRET) -> tuple[bytes, dict[str, str]]:
    now = SystemClock().now()
    one = Event(
        id=EventId.draw(bytes(16)),
        type=kind,
        audience=of_endpoint(ENDPOINT),
        resource=ENDPOINT,
        facts=facts,
        period=None,
        occurred_on=now,
    )
    made = body(one, 1, "https://voice.example")
    keys = signing.Keys(secrets=(secret,), seeds=(SEED,))
    return made, dict(signing.headers(one.id, int(now.timestamp()), made, keys, "test"))


def post(port: int, sent: tuple[bytes, dict[str, str]]) -> tuple[int, bytes]:
    """As the courier does, and the answer's status and body."""
    head = "".join(f"{name}: {value}\r\n" for name, value in sent[1].items())
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"POST /hook HTTP/1.1\r\n{head}content-length: {len(sent[0])}\r\n\r\n".encode() + sent[0])
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    first, _, body = answer.partition(b"\r\n\r\n")
    return int(first.split()[1]), body


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_events_are_shown_and_the_challenge_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text(signing.write_secret(SECRET) + "\n", encoding="utf-8")
    port = free_port()
    told: list[Any] = []
    said: list[str] = []
    monkeypatch.setattr(click, "echo", said.append)
    arguments = ["webhooks", "listen", "--port", str(port), "--secret-file", str(tmp_path / "secret"), "--count", "2"]
    runner = Thread(target=lambda: told.append(CliRunner().invoke(commands, arguments)))
    runner.start()
    while not said:
        runner.join(0.01)
    challenge = "a1" * 32
    assert post(port, message("endpoint.test", OfTest(endpoint=ENDPOINT), bytes(31) + b"x"))[0] == 400
    verify = message("endpoint.verify", OfVerify(endpoint=ENDPOINT, challenge=challenge))
    assert post(port, verify) == (200, challenge.encode())
    assert post(port, message("endpoint.test", OfTest(endpoint=ENDPOINT))) == (200, b"")
    runner.join(10)
    assert told[0].exit_code == 0
    assert said == [f"listening at http://127.0.0.1:{port}/hook"]
    assert told[0].output.count('"type"') == 2
    assert challenge in told[0].output


def test_without_a_key_or_a_port_it_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = str(taken.getsockname()[1])
        for arguments in ([], ["--public-key", "whpk_AA==", "--port", busy]):
            with pytest.raises(errors.BadSetting):
                CliRunner().invoke(commands, ["webhooks", "listen", *arguments], catch_exceptions=False)


async def test_a_public_key_is_enough() -> None:
    heard: list[verifier.Event] = []
    async with open_receiver(SystemClock(), heard=heard.append) as receiver:
        receiver.trust((), (signing.write_public(public_of(SEED)),))
        port = int(receiver.url.rpartition(":")[2].partition("/")[0])
        answer = await asyncio.to_thread(post, port, message("endpoint.test", OfTest(endpoint=ENDPOINT)))
    assert (answer, [one.body["type"] for one in heard]) == ((200, b""), ["endpoint.test"])
