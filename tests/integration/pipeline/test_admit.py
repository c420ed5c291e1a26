"""Admit: a supplier enters the registry."""

import asyncio

import pytest

from laborvoice.domain.supplier import Profile
from laborvoice.errors import BadIdentifier, ProbableDuplicate
from laborvoice.pipeline import admit
from laborvoice.store.registry import supplier as suppliers
from support.registry_world import World


def profile(**identifiers: str) -> Profile:
    return Profile(
        name="Sample Garments",
        address="1 Example Road",
        country="BD",
        kind="factory",
        identifiers=identifiers,  # type: ignore[arg-type]  # schemes are checked by their names below
        workers_min=100,
        workers_max=200,
    )


async def test_a_supplier_is_admitted(world: World) -> None:
    wanted = profile(os_id="bd2026001-dem011", lei="213800KUD8LAJWSQ9D15")
    public = await admit.supplier(world.portal, world.clock, world.chance, wanted)
    row = await world.portal.run("read", lambda db: suppliers.by_id(db, public))
    assert row.os_id == "BD2026001DEM011"
    assert row.identifiers == ("lei:213800KUD8LAJWSQ9D15",)
    assert row.created_on == world.today
    assert 0 <= row.supplier_id < 1 << 63
    assert row.merged_into is None


@pytest.mark.parametrize(
    ("scheme", "value"),
    [("os_id", "CN2021250D1DTU7"), ("lei", "213800KUD8LXJWSQ9D15"), ("gln", "5412345000014"), ("imo", "9074728")],
)
async def test_a_wrong_check_digit_is_refused(world: World, scheme: str, value: str) -> None:
    with pytest.raises(BadIdentifier, match=scheme) as caught:
        await admit.supplier(world.portal, world.clock, world.chance, profile(**{scheme: value}))
    assert value not in str(caught.value)
    assert await world.sql("SELECT count(*) FROM registry.supplier") == 0


async def test_of_many_at_once_one_is_admitted(world: World) -> None:
    wanted = profile(os_id="BD2026001DEM011")
    many = (admit.supplier(world.portal, world.clock, world.chance, wanted) for _ in range(8))
    done = await asyncio.gather(*many, return_exceptions=True)
    assert sum(isinstance(one, ProbableDuplicate) for one in done) == 7
    assert await world.sql("SELECT count(*) FROM registry.supplier") == 1


async def test_an_os_id_is_admitted_once(world: World) -> None:
    await admit.supplier(world.portal, world.clock, world.chance, profile(os_id="BD2026001DEM011"))
    with pytest.raises(ProbableDuplicate):
        await admit.supplier(world.portal, world.clock, world.chance, profile(os_id="BD 2026001 DEM011"))
    assert await world.sql("SELECT count(*) FROM registry.supplier") == 1
