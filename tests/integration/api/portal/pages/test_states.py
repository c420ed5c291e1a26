"""What a brand sees at each noised count on either side of a bar: withheld, few, the most named, all conditions."""

import re
from typing import Any, Literal

import pytest

from laborvoice.anonymize.release import Imprint, make
from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.ids import ReleaseId
from laborvoice.domain.policy import POLICIES, PolicyName
from laborvoice.domain.release import Release
from laborvoice.domain.report import Tally
from laborvoice.web import words
from support.known import KnownNoise
from support.registry_world import METHOD, World

Q3 = "2026-Q3"
NAMED = (60, *(1 for _ in CONDITIONS[1:]))
State = Literal["withheld", "few", "top", "full"]


def released(policy: PolicyName, n: int) -> dict[str, Any]:
    """The numbers that the count of ``n`` ballots publishes, with noise that is none; of one withheld none."""
    imprint = Imprint(
        id=ReleaseId.draw(bytes(16)),
        period=Q3,
        covers=(Q3,),
        questionnaire="core 1",
        method=METHOD,
        code="test",
    )
    made, _ = make(Tally(ballots=n, severity_sum=2 * n, named=NAMED), POLICIES[policy], KnownNoise(), imprint)
    if not isinstance(made, Release):
        return {"policy": policy}
    named = ("n", "severity_sum", "conditions", "top", "scales", "policy")
    return {name: getattr(made, name) for name in named}


def read(answer: Any) -> str:
    assert answer.status == 200, answer.body
    bare = re.sub(r"<svg.*?</svg>", "", answer.body.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", bare)).replace("&#39;", "'")


def checked(page: str, heat: str, state: State, policy: PolicyName) -> None:
    """What is there in this state and in no other."""
    cells = len(CONDITIONS)
    limits = POLICIES[policy]
    under = words.no_conditions(limits, top=state == "top")
    assert (words.WITHHELD in page) == (state == "withheld")
    assert ("of 100, 90 % range" in page) == (state != "withheld")
    assert (under in page) == (state in {"few", "top"})
    assert ("Most likely the most named: Wages." in page) == (state == "top")
    assert (words.TRIED in page) == (state == "top")
    assert ("name it among their three gravest" in page) == (state == "full")
    assert heat.count('<span class="h-few">-</span>') == (cells if state in {"few", "top"} else 0)
    assert heat.count("h-withheld") == (cells + 1 if state == "withheld" else 1)
    assert words.policy(limits) in page


@pytest.mark.parametrize(
    ("policy", "n", "state"),
    [
        ("standard", 25, "withheld"),
        ("standard", 26, "few"),
        ("standard", 49, "few"),
        ("standard", 50, "top"),
        ("standard", 99, "top"),
        ("standard", 100, "full"),
        ("strict", 38, "withheld"),
        ("strict", 39, "few"),
        ("strict", 149, "few"),
        ("strict", 150, "full"),
    ],
)
async def test_at_the_bar(world: World, client: Any, policy: PolicyName, n: int, state: State) -> None:
    assert CONDITIONS[0] is Condition.WAGES
    brand, one = await world.party("brand"), await world.supplier()
    await world.period(Q3)
    await world.linked(brand, one)
    await world.release(one, Q3, **released(policy, n))
    key = await world.secret(brand, "brand")
    page = await client.get(f"/suppliers/{one}", key)
    heat = (await client.get("/heat", key)).body.decode()
    checked(read(page), heat, state, policy)
    listed = read(await client.get("/suppliers", key))
    assert ("Published, by" in listed) == (state != "withheld")
    told = (await client.get(f"/v1/suppliers/{one}/score", key)).json()
    assert (told["state"] == "withheld") == (state == "withheld")
    assert ("top" in told) == (state == "top")
    assert bool(told.get("because")) == (state == "full")
    if state == "withheld":
        said = read(page).replace(words.policy(POLICIES[policy]), "")
        assert not re.search(rf"\b{n}\b|&lt; ?\d", said)
