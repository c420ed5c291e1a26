"""After the burn: someone has every byte of the home, and every key that is left in it (guarantees 11 and 20).

Each search is made twice: before, when it must find what it looks for, and after, when it must not.
"""

from pathlib import Path

import msgspec

from laborvoice.client.worker import Message
from laborvoice.crypto import at_rest
from laborvoice.crypto.framing import SealedRow, ballot_part, token_of
from laborvoice.crypto.suites import OURS
from laborvoice.crypto.token import parse_token
from laborvoice.domain.card import Card
from support import forensics
from support.phone import quiet_answers
from support.scene import FIRST, MASTER, Scene, Site

CANARY = quiet_answers() | {"wages_full": "no", "documents_held": "yes", "physical_violence": "yes", "payslip": "no"}
STORY = "The canary in the cutting room of line nine sings of a locked door."
BALLOTS = 30
"""With the canary among them; enough to be published, or nearly."""


def places(site: Site) -> list[tuple[str, str]]:
    return [(str(site.supplier), one) for one in (FIRST.label, FIRST.next().label)]


async def canary(scene: Scene, card: Card) -> tuple[bytes, dict[str, bytes]]:
    """An envelope, and the secrets of who sealed it."""
    [(phone, ticket)] = await scene.redeem([card])
    said = Message(kind="story", text=STORY, language="en", conversation=b"canary of the conversation, 32 b")
    body = phone.seal(ticket, CANARY, message=said)
    token = parse_token(token_of(body))
    root = scene.root()
    report = forensics.open_envelope([root], [(phone.trusted.supplier, FIRST.label)], body)
    assert report is not None
    return body, {
        "report": report,
        "answers": msgspec.json.encode(CANARY),
        "nonce": token.nonce,
        "signature": token.signature,
        "code": card.code.encode(),
        "story": STORY.encode(),
        "conversation": said.conversation,
        "box key": root,
    }


def opened_rows(home: Path, seeds: dict[str, bytes], site: Site) -> int:
    """How many rows in any file any key opens, under any lot's name that is written or can be computed."""
    names = forensics.lots(home) | {at_rest.lot(root, *place) for root in seeds.values() for place in places(site)}
    return sum(
        isinstance(forensics.open_row(seeds.values(), names, blob), SealedRow)
        for blob in forensics.row_candidates(home)
    )


def opened_envelopes(home: Path, seeds: dict[str, bytes], site: Site) -> int:
    """By their ballots: what the log's pages cut is found whole, and once more with a page's head in it."""
    bodies = {ballot_part(body, OURS): body for body in forensics.envelopes(home)}
    return sum(forensics.open_envelope(seeds.values(), places(site), one) is not None for one in bodies.values())


async def test_nothing_that_is_left_opens_a_ballot(scene_alone: Scene) -> None:
    scene, home = scene_alone, scene_alone.home.parent
    site = await scene.admit(cards=BALLOTS)
    await scene.learn()
    body, secrets = await canary(scene, site.cards[0])
    await scene.cast(body)
    await scene.vote(site.cards[1:])

    # While they wait for the mix, envelopes are there as they came; what is sealed in them is not.
    seeds = scene.keys()
    assert body in forensics.envelopes(home)
    assert opened_envelopes(home, seeds, site) == BALLOTS
    assert forensics.found(home, secrets) == {"nonce", "signature"}

    # After the mix no file holds an envelope or its token: neither a table, nor the log.
    await scene.vault.mix()
    assert not forensics.envelopes(home)
    assert forensics.found(home, secrets) == set()
    assert opened_rows(home, seeds, site) == BALLOTS

    await scene.vault.upkeep()
    await scene.close(FIRST)
    await scene.vault.mix()
    assert await scene.state(FIRST) == "burned"
    left = scene.keys()
    assert f"box/{FIRST.label}" not in left
    assert f"box/{FIRST.next().label}" in left
    assert forensics.found(home, secrets) == set()
    assert opened_rows(home, left, site) == 0
    assert opened_envelopes(home, left, site) == 0
    assert opened_rows(home, {"burned": secrets["box key"]}, site) == 0, "rows are gone, not only their key"


async def test_a_search_sees_every_spelling_in_every_file(tmp_path: Path) -> None:
    """The search itself can fail: each spelling is planted, and found."""
    secret = bytes(range(200, 232))
    for number, spelling in enumerate(forensics.spellings(secret)):
        folder = tmp_path / str(number) / "pg_wal"
        folder.mkdir(parents=True)
        (folder / "0001").write_bytes(b"." * 5000 + spelling + b"." * 5000)
        assert forensics.found(folder.parent, {"it": secret}) == {"it"}
        assert forensics.found(folder.parent, {"other": bytes(range(32))}) == set()


async def test_keys_that_are_left_open_what_is_theirs(scene_alone: Scene) -> None:
    """The keys in hand are the real ones: each seed file opens under the master key, and makes what is public."""
    seeds = forensics.keys(scene_alone.home / "keyring", MASTER)
    rooms = {name.partition("/")[0] for name in seeds}
    assert rooms == {"master", "box", "mix", "manifest"}
