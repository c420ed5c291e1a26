"""A form that was sent: read field by field, so that each fault stands beside its field and nothing typed is lost."""

from collections.abc import Collection, Mapping
from typing import Any, Final, Generic, TypeVar
from urllib.parse import parse_qsl

import msgspec

from laborvoice.api.portal.outbound import Asked
from laborvoice.api.problems import Refusal
from laborvoice.domain import Inbound, ids
from laborvoice.web.forms import Form

B = TypeVar("B", bound=Inbound)

CSRF: Final = "csrf"


class NoForm(Inbound, frozen=True):
    """A button alone."""


class Posted(Generic[B]):
    """``value`` is None where ``form`` holds faults."""

    def __init__(self, value: B | None, form: Form) -> None:
        self.value = value
        self.form = form

    def refused(self, name: str, text: str) -> Form:
        """The form with one more fault, found by whoever did what it asks for."""
        return Form(values=self.form.values, faults={**self.form.faults, name: text})


async def read(request: Asked, kind: type[B], words: Mapping[str, str], boxes: Collection[str] = ()) -> Posted[B]:
    """``words`` say by field what to do where its value is refused. A field left blank is missing.

    ``boxes`` are names of tick boxes: the form keeps their values, for whoever reads them by himself.

    Raises Refusal: not a form at all, a field unknown, or said twice.
    """
    try:
        pairs = parse_qsl((await request.body()).decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise Refusal("invalid-body") from None
    values = {name: value.strip() for name, value in pairs if name != CSRF}
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    if not fields.keys() | set(boxes) >= values.keys() or len(values) + _times(pairs, CSRF) != len(pairs):
        raise Refusal("invalid-body")
    given = {name: value for name, value in values.items() if value and name in fields}
    faults = {name: text for name, text in words.items() if not _fits(fields[name], given)}
    form = Form(values=values, faults=faults)
    if faults:
        return Posted(None, form)
    return Posted(_whole(given, kind), form)


def _times(pairs: list[tuple[str, str]], wanted: str) -> int:
    return sum(name == wanted for name, _ in pairs)


def _fits(field: Any, given: Mapping[str, str]) -> bool:  # noqa: ANN401 - msgspec's description of a field
    if field.encode_name not in given:
        return not field.required
    try:
        msgspec.convert(given[field.encode_name], field.type, strict=False, dec_hook=ids.decode)
    except msgspec.ValidationError:
        return False
    return True


def _whole(given: Mapping[str, str], kind: type[B]) -> B:
    """Raises Refusal where a field without words is at fault: our own forms never send such a value."""
    try:
        return msgspec.convert(given, kind, strict=False, dec_hook=ids.decode)
    except msgspec.ValidationError:
        raise Refusal("invalid-body") from None
