"""One invite gives one signature set a period, a supplier no more than its part says (guarantees 6, 8, 10, 12)."""

import asyncio
from collections.abc import Sequence

import asyncpg
import pytest

from laborvoice.client.worker.redeem import ask
from laborvoice.crypto import exchange, issuer
from laborvoice.crypto.exchange import REFUSED, SIGNED, USED, Want
from laborvoice.domain.card import CODE_SIZE, Card, make_code
from laborvoice.pipeline import issue
from laborvoice.pipeline.exchange import answered
from laborvoice.pipeline.exchange import ask as hand_on
from laborvoice.store.ballot import exchange_ask, invite
from laborvoice.store.database import Connection
from support import phone
from support.known import KnownNoise
from support.phone import BITS, CHANCE
from support.poll import FIRST, Site, World

CODES = 32**CODE_SIZE


@pytest.fixture
async def site(world: World) -> Site:
    made = await world.admit(cards=20)
    await world.learn()
    return made


async def uses(world: World) -> int:
    return (await world.values(int, "SELECT count(*) FROM ballot.invite_use"))[0]


async def invented(world: World, site: Site, count: int) -> list[bytes]:
    """Requests for invites that a broken portal has put in beside those that were printed."""
    codes = [make_code(CHANCE.below(CODES)) for _ in range(count)]

    async def put(db: Connection) -> None:
        await invite.put_many(db, site.key, [exchange.code_hash(code) for code in codes])

    await world.databases["portal"].run("test", put)
    trusted = (await world.phone(site.cards[0])).trusted
    return [ask(trusted, code, BITS, CHANCE).request for code in codes]


async def test_an_identical_retry_gets_identical_bytes(world: World, site: Site) -> None:
    one = await world.phone(site.cards[0])
    [first] = await world.exchange(one.asked.request)
    assert phone.outcome(first) == SIGNED
    one.token(first)
    for _ in range(2):
        await world.vault.mix()
    assert await answered(world.databases["intake"], [one.hash]) == {}
    assert await world.exchange(one.asked.request, one.asked.request) == [first, first]
    assert await uses(world) == 1


async def test_another_request_with_the_same_invite_is_told_that_it_was_used(world: World, site: Site) -> None:
    first, second = [await world.phone(site.cards[0]) for _ in range(2)]
    [signed] = await world.exchange(first.asked.request)
    [used] = await world.exchange(second.asked.request)
    assert (phone.outcome(signed), phone.outcome(used)) == (SIGNED, USED)
    assert used == exchange.answer_refused(second.hash, USED)
    assert await uses(world) == 1


async def test_two_requests_at_once_with_one_invite(world: World, site: Site, noise: KnownNoise) -> None:
    other = await world.another(noise)
    phones = [await world.phone(site.cards[0]) for _ in range(8)]
    asks = [phone.asked_of(one.asked.request) for one in phones]
    for one in asks:
        await hand_on(world.databases["intake"], [one])
    await asyncio.gather(world.vault.issue(), other.issue())
    found = await answered(world.databases["intake"], [one.request_hash for one in asks])
    assert sorted(phone.outcome(answer) for answer in found.values()) == [SIGNED, *[USED] * 7]


async def test_a_broken_intake_gets_no_second_signature_under_the_first_ones_hash(world: World, site: Site) -> None:
    """Guarantee 8: it has seen the code, and lies about what it hands on."""
    first, second = [await world.phone(site.cards[0]) for _ in range(2)]
    await world.exchange(first.asked.request)
    await world.vault.mix()
    await world.vault.mix()
    honest, other = phone.asked_of(first.asked.request), phone.asked_of(second.asked.request)
    lie = exchange_ask.Ask(code_hash=honest.code_hash, request_hash=honest.request_hash, request=other.request)
    await hand_on(world.databases["intake"], [lie])
    await world.turn()
    [answer] = (await answered(world.databases["intake"], [honest.request_hash])).values()
    assert phone.outcome(answer) == USED


async def test_invented_invites_share_the_cap(world: World, site: Site, noise: KnownNoise) -> None:
    """Twenty printed, so thirty tokens, however many invites there are and however many vaults sign at once."""
    other = await world.another(noise)
    requests = await invented(world, site, 35)

    async def both() -> None:
        await asyncio.gather(world.vault.issue(), other.issue(), world.vault.issue(), other.issue())

    answers = await phone.exchanged(world.databases["intake"], both, requests)
    outcomes = [phone.outcome(answer) for answer in answers]
    assert (outcomes.count(SIGNED), outcomes.count(REFUSED)) == (30, 5)
    assert await uses(world) == 30
    [late] = await world.exchange((await world.phone(site.cards[1])).asked.request)
    assert phone.outcome(late) == REFUSED


async def test_wrong_and_malformed_requests_teach_nothing(world: World, site: Site) -> None:
    other = await world.admit(cards=20)
    await world.learn()
    good = await world.phone(site.cards[0])
    foreign = ask(good.trusted, other.cards[0].code, BITS, CHANCE).request
    unknown = ask(good.trusted, make_code(CHANCE.below(CODES)), BITS, CHANCE).request
    nobody = ask(good.trusted, None, BITS, CHANCE).request
    garbled = good.asked.request[:32] + b"\1" + good.asked.request[33:]
    zero = exchange.build_request(site.cards[1].code, [want(good, bytes(256))], BITS)
    high = exchange.build_request(site.cards[1].code, [want(good, b"\xff" * 256)], BITS)
    requests = [foreign, unknown, nobody, garbled, zero, high]
    for request, answer in zip(requests, await world.exchange(*requests), strict=True):
        assert answer == exchange.answer_refused(exchange.request_hash(request), REFUSED)
    assert await uses(world) == 0


def want(one: phone.Phone, blinded: bytes) -> Want:
    return Want(token_key_id=exchange.parse_request(one.asked.request).wants[0].token_key_id, blinded=blinded)


async def test_a_request_of_another_length_is_not_queued(world: World, site: Site) -> None:
    """A broken intake hands on what no phone could send: the table takes one length, and nothing is used up."""
    good = phone.asked_of((await world.phone(site.cards[0])).asked.request)
    for body in (good.request + b"\0", good.request[:-1], good.request + bytes(1 << 20), b""):
        lie = exchange_ask.Ask(code_hash=good.code_hash, request_hash=CHANCE.bytes(32), request=body)
        with pytest.raises(asyncpg.CheckViolationError):
            await hand_on(world.databases["intake"], [lie])
        await world.turn()
        assert await answered(world.databases["intake"], [lie.request_hash]) == {}
    assert await uses(world) == 0


async def test_a_request_waits_while_the_lanes_turn(world: World, site: Site) -> None:
    one = await world.phone(site.cards[0])
    await hand_on(world.databases["intake"], [phone.asked_of(one.asked.request)])
    for _ in range(3):
        await world.vault.mix()
    await world.turn()
    [answer] = (await answered(world.databases["intake"], [one.hash])).values()
    one.token(answer)


async def test_nothing_is_signed_for_a_period_that_closes(world: World, site: Site) -> None:
    one = await world.phone(site.cards[0])
    await world.execute("UPDATE ballot.period_state SET state = 'closing' WHERE period = $1", FIRST.label)
    [answer] = await world.exchange(one.asked.request)
    assert phone.outcome(answer) == REFUSED


async def test_the_hash_of_a_request_is_kept_for_one_to_two_days(world: World, site: Site) -> None:
    one = await world.phone(site.cards[0])
    [first] = await world.exchange(one.asked.request)
    await world.vault.upkeep()
    for day, expected in ((16, SIGNED), (17, USED)):
        world.set(FIRST.begin.replace(day=day))
        await world.vault.upkeep()
        for _ in range(2):
            await world.vault.mix()
        [again] = await world.exchange(one.asked.request)
        assert phone.outcome(again) == expected
        assert (again == first) == (expected == SIGNED)


async def test_an_exchange_leaves_no_mark_on_the_invite(world: World, site: Site) -> None:
    """Guarantee 10: not even the number of the transaction that used it."""
    marks = "SELECT xmin::text || ' ' || xmax::text FROM ballot.invite ORDER BY code_hash"
    before = await world.values(str, marks)
    await world.redeem(site.cards[:3])
    assert await world.values(str, marks) == before
    assert all(mark.endswith(" 0") for mark in before)


async def test_a_use_names_neither_invite_nor_supplier(world: World, site: Site) -> None:
    """Guarantee 12."""
    await world.redeem(site.cards[:3])
    columns = await world.values(
        str, "SELECT attname FROM pg_attribute WHERE attrelid = 'ballot.invite_use'::regclass AND attnum > 0"
    )
    assert columns == ["period", "use", "site", "request_hash", "gen"]
    stored = set(await world.values(bytes, "SELECT use FROM ballot.invite_use"))
    stored |= set(await world.values(bytes, "SELECT site FROM ballot.invite_use"))
    hashes = await world.values(bytes, "SELECT code_hash FROM ballot.invite")
    assert not stored & {one[: len(two)] for one in hashes for two in stored}
    assert await world.values(int, "SELECT count(DISTINCT site) FROM ballot.invite_use") == [1]


async def test_uses_lie_in_no_order_of_their_coming(world: World, site: Site) -> None:
    await world.redeem(site.cards[:8])
    stored = await world.values(bytes, "SELECT use FROM ballot.invite_use ORDER BY ctid")
    assert stored == sorted(stored)


async def test_a_lost_token_key_holds_up_nobody_else(world: World, site: Site) -> None:
    other = await world.admit(cards=20)
    await world.learn()
    [lost] = await world.values(
        bytes, "SELECT token_key_id FROM ballot.token_key WHERE supplier_id = $1 LIMIT 1", site.key
    )
    (world.settings.keyring / "token" / lost.hex()).unlink()
    await world.vault.rotate()
    phones = [await world.phone(one) for one in (site.cards[0], other.cards[0])]
    answers = await world.exchange(*(one.asked.request for one in phones))
    assert [phone.outcome(answer) for answer in answers] == [REFUSED, SIGNED]


@pytest.fixture(scope="module")
def signers() -> list[issuer.IssuerKey]:
    return [issuer.load(issuer.generate()) for _ in range(2)]


@pytest.fixture
async def keys(world: World, site: Site, signers: list[issuer.IssuerKey]) -> issue.Keys:
    """Two open periods, with caps of two and one."""
    labels = (FIRST.label, FIRST.next().label)
    sql = "INSERT INTO ballot.period_state (period, kind, state) VALUES ($1, 'quarter', 'open') ON CONFLICT DO NOTHING"
    await world.execute(sql, labels[1])
    grants = {
        key.key_id: issue.Grant(period=label, supplier=site.supplier, supplier_id=site.key, enrolled=cap - 10)
        for label, key, cap in zip(labels, signers, (2, 1), strict=True)
    }
    return issue.Keys(
        grants=grants, boxes={label: bytes(32) for label in labels}, signers={key.key_id: key for key in signers}
    )


async def outcomes(
    world: World, keys: issue.Keys, cards: Sequence[Card], wanted: Sequence[Sequence[issuer.IssuerKey]]
) -> list[int]:
    """One request after the other, each with a card of its own."""

    async def turn() -> None:
        await issue.issue(world.databases["vault"], world.workers, CHANCE, keys)

    found: list[int] = []
    for card, asked in zip(cards, wanted, strict=False):
        wants = [Want(token_key_id=key.key_id, blinded=b"\1" * 256) for key in asked]
        request = exchange.build_request(card.code, wants, BITS)
        found += [phone.outcome(one) for one in await phone.exchanged(world.databases["intake"], turn, [request])]
    return found


async def test_all_periods_of_a_request_or_none(
    world: World, site: Site, keys: issue.Keys, signers: list[issuer.IssuerKey]
) -> None:
    one, two = signers
    wanted = [(one, two), (one, two), (one,), (one,), (one, one), (two, one)]
    assert await outcomes(world, keys, site.cards, wanted) == [SIGNED, REFUSED, SIGNED, *[REFUSED] * 3]
    assert await uses(world) == 3


async def test_a_used_period_spoils_the_whole_request(
    world: World, site: Site, keys: issue.Keys, signers: list[issuer.IssuerKey]
) -> None:
    one, two = signers
    assert await outcomes(world, keys, [site.cards[0]] * 2, [(two,), (one, two)]) == [SIGNED, USED]
    assert await uses(world) == 1
