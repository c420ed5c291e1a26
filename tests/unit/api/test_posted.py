"""A form that was sent: each fault beside its field, nothing typed lost, nothing taken that was not asked for."""

from typing import Annotated, Any
from urllib.parse import urlencode

import pytest
from msgspec import Meta

from laborvoice.api.portal.pages import posted
from laborvoice.api.problems import Refusal
from laborvoice.domain import Inbound


class Wanted(Inbound, frozen=True):
    name: Annotated[str, Meta(min_length=2)]
    tier: Annotated[int, Meta(ge=1, le=4)]
    note: str | None = None


WORDS = {"name": "Say a name.", "tier": "Choose 1 to 4."}


class Sent:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    async def body(self) -> bytes:
        return self._raw


async def read(raw: bytes) -> posted.Posted[Wanted]:
    request: Any = Sent(raw)
    return await posted.read(request, Wanted, WORDS)


def form(*pairs: tuple[str, str]) -> bytes:
    return urlencode(pairs).encode()


async def test_what_fits_is_a_value() -> None:
    found = await read(form(("csrf", "x"), ("name", " Mills "), ("tier", "2"), ("note", "")))
    assert found.value == Wanted(name="Mills", tier=2)
    assert found.form.faults == {}
    assert found.refused("name", "Another has it.").faults == {"name": "Another has it."}


async def test_each_fault_is_said_and_what_was_typed_stays() -> None:
    found = await read(form(("name", "M"), ("tier", "nine"), ("note", "x")))
    assert found.value is None
    assert found.form.faults == WORDS
    assert found.form.values == {"name": "M", "tier": "nine", "note": "x"}
    assert (await read(form(("tier", "1")))).form.faults == {"name": "Say a name."}


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff",
        form(("name", "Mills"), ("tier", "1"), ("role", "admin")),
        form(("name", "Mills"), ("name", "Looms"), ("tier", "1")),
    ],
)
async def test_what_is_no_form_of_ours_is_refused(raw: bytes) -> None:
    with pytest.raises(Refusal):
        await read(raw)


async def test_a_field_that_has_no_words_is_refused_whole() -> None:
    request: Any = Sent(form(("name", "Mills"), ("tier", "9")))
    with pytest.raises(Refusal):
        await posted.read(request, Wanted, {"name": "Say a name."})
