"""A broken intake at the exchange: it sees each code that passes, and words each request as it likes (guarantee 6)."""

from collections.abc import Sequence

import msgspec

from laborvoice.crypto.exchange import CODE_AT, HEADER_SIZE, REFUSED, SIGNED, USED
from laborvoice.errors import BadSignature
from laborvoice.pipeline import exchange
from laborvoice.store.ballot.exchange_ask import Ask
from support import phone
from support.phone import CHANCE
from support.scene import Scene


async def test_a_code_that_it_sees_is_one_vote(scene: Scene) -> None:
    """It may spend the code first, or hand on the request under any hash: there is one set of signatures."""
    site = await scene.admit()
    await scene.learn()
    intake = scene.databases["intake"]
    honest = await scene.opened(site.cards[0])
    thieves = [await scene.opened(site.cards[0]) for _ in range(6)]
    tokens: set[bytes] = set()
    for thief in (honest, *thieves):
        asked = phone.asked_of(thief.asked.request)
        claimed = msgspec.structs.replace(asked, request_hash=honest.hash)
        for one in (claimed, asked):
            [answer] = await _asked(scene, [one])
            tokens |= _token(thief, answer)
            await scene.vault.mix()
            await scene.vault.mix()
    assert len(tokens) == 1
    [again] = await phone.exchanged(intake, scene.vault.issue, [honest.asked.request])
    assert phone.outcome(again) in {SIGNED, USED}


async def _asked(scene: Scene, asks: Sequence[Ask]) -> list[bytes]:
    intake = scene.databases["intake"]
    await exchange.ask(intake, asks)
    await scene.vault.issue()
    found = await exchange.answered(intake, [one.request_hash for one in asks])
    return [found[one.request_hash] for one in asks]


def _token(thief: phone.Phone, answer: bytes) -> set[bytes]:
    """What can be made of an answer: nothing, if it was signed for someone else."""
    if phone.outcome(answer) != SIGNED:
        return set()
    try:
        return {thief.token(answer).token}
    except BadSignature:
        return set()


async def test_requests_of_its_own_making_get_nothing(scene: Scene) -> None:
    """Without a live code no signature, whatever the request, its hash or its key say."""
    here, there = await scene.admit(), await scene.admit()
    await scene.learn()
    mine, theirs = await scene.opened(here.cards[0]), await scene.opened(there.cards[0])
    guess = phone.asked_of(mine.asked.request[:CODE_AT] + b"0" * 20 + mine.asked.request[CODE_AT + 20 :])
    crossed = msgspec.structs.replace(
        phone.asked_of(mine.asked.request),
        request=mine.asked.request[:CODE_AT] + bytes(20 + 32) + theirs.asked.request[HEADER_SIZE:],
    )
    many = bytes((1, 8)) + mine.asked.request[2:CODE_AT] + bytes(52) + mine.asked.request[HEADER_SIZE:][:288] * 8
    eight = msgspec.structs.replace(phone.asked_of(mine.asked.request), request_hash=CHANCE.bytes(32), request=many)
    answers = [(await _asked(scene, [one]))[0] for one in (guess, crossed, eight)]
    assert [phone.outcome(one) for one in answers] == [REFUSED, REFUSED, REFUSED]
