"""A number shown is a number computed: over the API and all pages each published figure has one value."""

import re
from typing import Any

import pytest

from laborvoice.web import words
from support.portal_pages import Portfolio, portfolio
from support.registry_world import World


@pytest.fixture
async def made(world: World) -> Portfolio:
    return await portfolio(world)


FIGURES = re.compile(r"<b>(\d+)</b> \((\d+)\N{EN DASH}(\d+)\)")
ROW = re.compile(
    r'<tr><td class="pick">.*?/suppliers/(sup_\w+)">.*?class="n">(\d+)<.*?<bdi dir="ltr">(\d+)\N{EN DASH}(\d+)</bdi>,'
    r' (\w+) confidence</td><td[^>]*><span class="b b-(\w+)">.*?about <bdi dir="ltr">(\d+)</bdi>',
    re.DOTALL,
)
SHARE = re.compile(r"<b>(\d+) %</b> \((\d+)\N{EN DASH}(\d+)\)")


async def test_score_range_band_confidence_and_answers_are_the_same_everywhere(client: Any, made: Portfolio) -> None:
    listed = {row[0]: row[1:] for row in ROW.findall((await client.get("/suppliers", made.key)).body.decode())}
    assert len(listed) == 11
    body = {"suppliers": [str(one) for one in made.suppliers.values()]}
    for rated in (await client.post("/v1/scores/query", made.key, body)).json()["data"]:
        one, told = rated["supplier"], rated["score"]
        assert told == (await client.get(f"/v1/suppliers/{one}/score", made.key)).json()
        if told["state"] != "published":
            assert one not in listed
            continue
        score, low, high = told["score"], told["low"], told["high"]
        figures = (score, low, high, told["confidence"], told["band"], told["answers"])
        assert listed[one] == tuple(map(str, figures))
        page = (await client.get(f"/suppliers/{one}", made.key)).body.decode()
        assert f"<b>{score}</b> of 100, 90 % range <b>{low}{words.DASH}{high}</b>" in page
        assert f'>{told["period"]}</bdi></th><td class="num"><bdi dir="ltr" class="n">{score}<' in page
        compared = (await client.get(f"/compare?s={one}&s={made.suppliers['Juniper']}", made.key)).body.decode()
        assert f"{score} ({low}{words.DASH}{high})" in compared


async def test_shares_are_the_same_everywhere(client: Any, made: Portfolio) -> None:
    heat = (await client.get("/heat", made.key)).body.decode()
    for name in ("Harrowfin", "Gildry", "Aurelline"):
        one = made.suppliers[name]
        told = (await client.get(f"/v1/suppliers/{one}/score", made.key)).json()["because"]
        wanted = [
            tuple(
                map(
                    str,
                    (words.percent(part["share"]), words.low_percent(part["low"]), words.high_percent(part["high"])),
                )
            )
            for part in told
        ]
        assert SHARE.findall((await client.get(f"/suppliers/{one}", made.key)).body.decode()) == wanted
        row = heat.partition(f"/suppliers/{one}")[2].partition("</tr>")[0]
        cells = re.findall(r'<bdi dir="ltr">(\d+)<span class="vh"> % \((\d+)\N{EN DASH}(\d+)\)', row)
        assert sorted(cells) == sorted(wanted)
