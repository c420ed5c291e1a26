"""Public ids: three letters, an underscore, 26 characters that hold 128 random bits (design, api 2)."""

from typing import ClassVar, NewType, Self
from uuid import UUID

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26
BITS_PER_CHARACTER = 5
RANDOM_BITS = 128

SupplierKey = NewType("SupplierKey", int)
"""The supplier's random 63-bit key inside the database. No response struct may hold it."""


class Id(str):
    """A checked public id. Equal to its text; made from a UUID, never from a counter."""

    __slots__ = ()
    prefix: ClassVar[str]

    def __init_subclass__(cls, *, prefix: str) -> None:
        cls.prefix = prefix

    @classmethod
    def of(cls, uuid: UUID) -> Self:
        value = uuid.int
        characters = ""
        for _ in range(LENGTH):
            characters = ALPHABET[value & 31] + characters
            value >>= BITS_PER_CHARACTER
        return str.__new__(cls, f"{cls.prefix}_{characters}")

    @classmethod
    def draw(cls, random: bytes) -> Self:
        """From 16 random bytes."""
        return cls.of(UUID(bytes=random, version=4))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError for anything that is not an id of this kind."""
        head, _, tail = text.partition("_")
        if head != cls.prefix or len(tail) != LENGTH or any(letter not in ALPHABET for letter in tail):
            raise ValueError(f"not an id that begins with {cls.prefix}_")
        if ALPHABET.index(tail[0]) >= 1 << (RANDOM_BITS - (LENGTH - 1) * BITS_PER_CHARACTER):
            raise ValueError(f"not an id that begins with {cls.prefix}_")
        return str.__new__(cls, text)

    @property
    def uuid(self) -> UUID:
        value = 0
        for letter in self[len(self.prefix) + 1 :]:
            value = value << BITS_PER_CHARACTER | ALPHABET.index(letter)
        return UUID(int=value)


class SupplierId(Id, prefix="sup"):
    __slots__ = ()


class PartyId(Id, prefix="par"):
    __slots__ = ()


class ReleaseId(Id, prefix="rel"):
    __slots__ = ()


class LinkId(Id, prefix="lnk"):
    __slots__ = ()


class CampaignId(Id, prefix="cmp"):
    __slots__ = ()


class EventId(Id, prefix="evt"):
    __slots__ = ()


class EndpointId(Id, prefix="end"):
    __slots__ = ()


class DeliveryId(Id, prefix="dlv"):
    __slots__ = ()


class KeyId(Id, prefix="key"):
    __slots__ = ()


class MessageId(Id, prefix="msg"):
    __slots__ = ()


class CaseId(Id, prefix="cas"):
    __slots__ = ()


class FindingId(Id, prefix="fnd"):
    __slots__ = ()


class ActionId(Id, prefix="act"):
    __slots__ = ()


class ApprovalId(Id, prefix="apr"):
    __slots__ = ()


class StatementId(Id, prefix="stm"):
    __slots__ = ()


class PetitionId(Id, prefix="pet"):
    __slots__ = ()


class ExportId(Id, prefix="exp"):
    __slots__ = ()


class JobId(Id, prefix="job"):
    __slots__ = ()


class UserId(Id, prefix="usr"):
    __slots__ = ()


class SessionId(Id, prefix="ses"):
    """Names a session in lists; it opens nothing."""

    __slots__ = ()


def encode(value: object) -> object:
    """Msgspec's hook outward: an id is its text."""
    if isinstance(value, Id):
        return str(value)
    raise NotImplementedError(f"no encoding for {type(value).__name__}")


def decode(kind: type, value: object) -> object:
    """Msgspec's hook inward: an id is parsed, not trusted."""
    if issubclass(kind, Id):
        if isinstance(value, str):
            return kind.parse(value)
        raise ValueError("Expected `str`")
    raise NotImplementedError(f"no decoding for {kind.__name__}")


def schema(kind: type) -> dict[str, object]:
    """Msgspec's hook for JSON Schema."""
    if issubclass(kind, Id):
        return {"type": "string", "pattern": f"^{kind.prefix}_[0-7][{ALPHABET}]{{{LENGTH - 1}}}$"}
    raise NotImplementedError(f"no schema for {kind.__name__}")
