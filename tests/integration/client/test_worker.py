"""The reference client does what a phone must: checks first, seals everything alike, sends until it is taken."""

import json
from typing import Any

import pytest

from laborvoice.client.transport import Answer
from laborvoice.client.worker import Message, Visit, Worker, retry_after, work_bits
from laborvoice.crypto import exchange, framing, manifest, opening, parcel, receipt, suites, token
from laborvoice.crypto.work import check, work_digest_exchange
from laborvoice.domain.card import Card
from laborvoice.domain.condition import Condition
from laborvoice.errors import BadSignature, Busy, Conflict, Malformed, ManifestRefused, Unanswered, Undecryptable

ANSWERS = {"wages_full": "no", "payslip": "yes", "building_danger": "yes", "sick_leave": "dont_know"}


def pair(vectors: dict[str, Any], root: str) -> suites.KeyPair:
    return suites.key_pair(bytes.fromhex(vectors["roots"][root]), 1)


@pytest.fixture
def card(worker: Worker, vectors: dict[str, Any]) -> Card:
    return worker.card(vectors["invite"]["card"])


def opened(vectors: dict[str, Any], envelope: bytes) -> tuple[bytes, dict[str, Any]]:
    part = framing.ballot_part(envelope, 1)
    r, report = opening.open_ballot(pair(vectors, "box"), vectors["supplier"], vectors["period"], part)
    return r, json.loads(report)


def told(vectors: dict[str, Any], envelope: bytes, who: str = "watchdog_a", place: int = 0) -> dict[str, Any]:
    outer = opening.open_parcel(pair(vectors, "mix"), framing.parcel_part(envelope, 1))
    text = parcel.open_message(pair(vectors, who), outer.slots, place, outer.inner).text
    found: dict[str, Any] = json.loads(text)
    return found


async def test_a_card_becomes_a_ballot_that_counts(
    worker: Worker, card: Card, office: Any, vectors: dict[str, Any]
) -> None:
    visit = await worker.open(card)
    assert visit.voiced
    await visit.vote(ANSWERS)
    (envelope,) = office.envelopes
    key = token.load_public(bytes.fromhex(vectors["token"]["spki"]))
    cast = token.parse_token(framing.token_of(envelope))
    r, report = opened(vectors, envelope)
    assert token.verify(cast, key)
    assert cast.challenge_digest.hex() == vectors["token"]["challenge_digest"]
    assert token.bind_nonce(r) == cast.nonce
    assert report == {"v": 1, "q": "core", "qv": 1, "a": ANSWERS, "g": ["wages", "building_fire"]}
    header = framing.parse_envelope(envelope)
    assert check(framing.envelope_digest(envelope), header.work_nonce, 2)
    assert opening.open_parcel(pair(vectors, "mix"), framing.parcel_part(envelope, 1)).kind == 0


async def test_the_exchange_carries_code_work_and_one_want(
    worker: Worker, card: Card, office: Any, vectors: dict[str, Any]
) -> None:
    await worker.open(card)
    (request,) = office.exchanges
    parsed = exchange.parse_request(request)
    assert parsed.code == vectors["invite"]["code"]
    assert [one.token_key_id.hex() for one in parsed.wants] == [vectors["token"]["token_key_id"]]
    assert office.asked == ["GET /v1/manifest", "GET /v1/manifest/4QX9TN", "GET /v1/work", "POST /v1/exchanges"]


async def test_a_typed_code_is_checked_by_the_fingerprint_built_in(worker: Worker, vectors: dict[str, Any]) -> None:
    card = worker.card(vectors["invite"]["typed"])
    assert card == worker.card(vectors["invite"]["card"])
    assert (await worker.open(card)).voiced


async def test_without_a_card_the_same_is_fetched_and_sent(
    worker: Worker, office: Any, vectors: dict[str, Any]
) -> None:
    visit = await worker.open()
    assert (visit.outcome, visit.voiced) == (exchange.REFUSED, False)
    await visit.vote(ANSWERS, message=Message(kind="story", text="hello", language="en", conversation=bytes(32)))
    assert office.asked[-3:] == ["GET /v1/work", "POST /v1/exchanges", "POST /v1/envelopes"]
    assert [len(one) for one in office.exchanges] == [exchange.REQUEST_SIZE]
    (envelope,) = office.envelopes
    with pytest.raises(Malformed, match="no ballot"):
        opening.open_ballot(pair(vectors, "box"), "any", vectors["period"], framing.ballot_part(envelope, 1))
    found = told(vectors, envelope)
    assert (found["s"], found["p"], found["k"], found["t"]) == (None, "any", "story", "hello")


async def test_a_used_card_still_carries_a_message_but_no_vote(
    worker: Worker, card: Card, office: Any, vectors: dict[str, Any]
) -> None:
    office.outcome = exchange.USED
    visit = await worker.open(card)
    assert visit.outcome == exchange.USED
    await visit.vote(ANSWERS, message=Message(kind="urgent", text="", language="en", conversation=bytes(32)))
    (envelope,) = office.envelopes
    assert len(envelope) == framing.ENVELOPE_SIZE
    with pytest.raises(Undecryptable):
        opened(vectors, envelope)
    assert told(vectors, envelope)["s"] == vectors["supplier"]


async def test_the_watchdogs_read_what_the_phone_wrote(
    worker: Worker, card: Card, office: Any, vectors: dict[str, Any]
) -> None:
    digits, conversation = worker.receipt()
    message = Message(
        kind="urgent",
        text="রাতের শিফটে জরুরি দরজা তালা দেওয়া থাকে।",
        language="bn",
        conversation=conversation,
        conditions=(Condition.BUILDING_FIRE,),
        indicators=(8, 9),
        may=("authority",),
    )
    await (await worker.open(card)).vote(ANSWERS, message=message)
    (envelope,) = office.envelopes
    for who, place in (("watchdog_a", 0), ("watchdog_b", 1)):
        found = told(vectors, envelope, who, place)
        assert (found["k"], found["c"], found["f"], found["may"]) == (
            "urgent",
            ["building_fire"],
            [8, 9],
            ["authority"],
        )
        assert found["cv"] == framing.b64(receipt.conversation_key(digits, "voice.example"))


async def test_busy_means_the_same_bytes_again_after_the_time_named(
    worker: Worker, card: Card, office: Any, clock: Any
) -> None:
    office.answers = [(503, b"", "7"), (503, b"", "soon"), (0, b"", "")]
    visit = await worker.open(card)
    assert clock.slept == [7, 3, 3]
    assert len(set(office.exchanges)) == 1
    office.answers = [(503, b"", "9999")]
    await visit.vote(ANSWERS)
    assert clock.slept[3:] == [120]
    assert len(office.envelopes) == 2
    assert len(set(office.envelopes)) == 1


async def test_a_server_that_stays_busy_is_given_up_and_may_be_tried_again(
    worker: Worker, card: Card, office: Any
) -> None:
    visit = await worker.open(card)
    office.answers = [(503, b"", "1")] * 12
    with pytest.raises(Busy):
        await visit.vote(ANSWERS)
    await visit.vote(ANSWERS)
    with pytest.raises(Conflict):
        await visit.vote(ANSWERS)


async def test_another_answer_is_no_202(worker: Worker, card: Card, office: Any) -> None:
    visit = await worker.open(card)
    office.answers = [(413, b"", "")]
    with pytest.raises(Unanswered):
        await visit.vote(ANSWERS)


async def test_each_envelope_leaves_over_its_own_connection(worker: Worker, card: Card, office: Any) -> None:
    await (await worker.open(card)).vote(ANSWERS)
    assert office.connections == len(office.asked) == 5


async def test_a_signature_by_another_key_is_refused_and_nothing_more_is_sent(
    worker: Worker, card: Card, office: Any
) -> None:
    request = exchange.build_request("A" * 20, [exchange.Want(token_key_id=bytes(32), blinded=bytes(256))], 0)
    office.answers = [(200, exchange.answer_signed(exchange.request_hash(request), [bytes(255) + b"\1"]), "")]
    with pytest.raises(BadSignature):
        await worker.open(card)
    office.answers = [(200, exchange.answer_signed(bytes(32), [bytes(256)] * 2), "")]
    with pytest.raises(BadSignature):
        await worker.open(card)
    office.answers = [(200, exchange.answer_signed(bytes(32), [bytes(256)]), "")]
    with pytest.raises(BadSignature):
        await worker.open()
    office.answers = [(200, b"short", "")]
    with pytest.raises(Malformed):
        await worker.open(card)
    assert not office.envelopes


@pytest.mark.parametrize(
    ("text", "floor", "bits"),
    [(b"05", 2, 5), (b"01", 2, 2), (b"99", 2, 22), (b"5", 2, 2), (b"  ", 2, 2), (b"", 30, 22)],
)
def test_the_larger_work_counts_but_never_more_than_22(text: bytes, floor: int, bits: int) -> None:
    assert work_bits(text, floor) == bits


async def test_where_no_work_is_named_the_floor_counts(worker: Worker, card: Card, office: Any) -> None:
    del office.shown["/v1/work"]
    visit = await worker.open(card)
    (request,) = office.exchanges
    assert check(work_digest_exchange(request), request[4:12], 2)
    assert visit.voiced


async def test_nonsense_on_a_card_is_refused(worker: Worker) -> None:
    for text in ("https://voice.example/#1ABC", "4QX9TN", ""):
        with pytest.raises(Malformed):
            worker.card(text)


def test_retry_after_that_is_no_number_of_seconds_is_ignored() -> None:
    for text, seconds in (("5", 5), ("", 3), ("-1", 3), ("Wed, 21 Oct 2026 07:28:00 GMT", 3), ("99999", 120)):
        assert retry_after(Answer(status=503, headers={"retry-after": text} if text else {}, body=b"")) == seconds


async def test_a_part_of_another_number_is_fetched_again_once(worker: Worker, card: Card, office: Any) -> None:
    office.publish(seq=40)
    stale = dict(office.shown)

    def renew() -> None:
        office.publish()
        office.later = None

    office.later = renew
    assert (await worker.open(card)).voiced
    assert office.asked[:4] == ["GET /v1/manifest", "GET /v1/manifest/4QX9TN"] * 2
    office.shown = stale
    with pytest.raises(ManifestRefused, match="another manifest"):
        await worker.open(card)


async def test_the_published_manifest_and_part_pass(
    worker: Worker, card: Card, office: Any, vectors: dict[str, Any]
) -> None:
    signature = manifest.Signature(
        key=framing.b64(bytes.fromhex(vectors["manifest"]["key"])),
        sig=framing.b64(bytes.fromhex(vectors["manifest"]["sig"])),
    )
    signed = manifest.Signed(payload=vectors["manifest"]["payload_utf8"], sigs=(signature,))
    office.shown["/v1/manifest"] = manifest.encode_manifest(signed)
    office.shown["/v1/manifest/4QX9TN"] = bytes.fromhex(vectors["part"]["file"])
    visit: Visit = await worker.open(card)
    assert visit.voiced
