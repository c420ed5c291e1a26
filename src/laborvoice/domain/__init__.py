"""What things are: frozen structs, enums and the arithmetic that belongs to them."""

from typing import dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A fact. At run time ``kw_only`` is not inherited, so subclasses list required fields first."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Inbound(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes in from outside: a field we do not know is refused."""
