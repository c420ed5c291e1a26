"""The promises about words: what watchdogs alone read, and what comes back to who wrote it."""

from collections import Counter
from collections.abc import Iterator

from laborvoice.client.watchdog.letter import Letter
from laborvoice.crypto.receipt import grouped
from laborvoice.demo.call import Heard
from laborvoice.demo.ledger import Ledger
from laborvoice.demo.promises import Promise, covers
from laborvoice.demo.setting import Stage
from laborvoice.demo.words import ANSWER
from laborvoice.demo.world import World

TWO_PERSONS = "two-person-rule"
EXPECTED = (("ack", "received", ""), ("reply", "acting", ANSWER))


def of_words(heard: Heard, ledger: Ledger, world: World, stage: Stage) -> list[Promise]:
    words = written(ledger, world)
    opened = Counter(one.said.t for one in heard.letters if isinstance(one, Letter))
    party = str(stage.years[0].keys.party)
    return [
        Promise(
            sentence="Whatever was written to the watchdog opens in its inbox with its own keys, word for word.",
            held=bool(words) and opened == words and len(heard.letters) == words.total(),
        ),
        Promise(
            sentence="Her receipt reads the watchdog's signed answer to the urgent call; another one reads nothing.",
            held=tuple((one.k, one.st, one.t) for one in heard.replies) == EXPECTED
            and {one.w for one in heard.replies} == {party}
            and not heard.decoy,
        ),
        Promise(
            sentence="A brand sees a case when two people of the watchdog have said yes, and not before.",
            held=heard.alone == TWO_PERSONS and heard.shown == (False, True),
        ),
    ]


def written(ledger: Ledger, world: World) -> Counter[str]:
    """How often which words were sent to the first watchdog: it alone is the nearest to each site that it covers."""
    near = {site.short for site in world.polled if covers(world.watchdogs[0].scopes, site)}
    found: Counter[str] = Counter()
    for (site, text), count in ledger.told.items():
        found[text] += count if site in near else 0
    return +found


def thread(heard: Heard) -> Iterator[str]:
    """What the phone shows to who types the receipt."""
    yield f"The call's receipt, {grouped(heard.digits)}, opens:"
    for one in heard.replies:
        yield f"  {one.st}{f': {one.t}' if one.t else ''}"
