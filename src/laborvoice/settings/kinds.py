"""The kinds of values a setting can have; each description completes "must be ..."."""

from pathlib import Path
from typing import Annotated, Final, Literal, Self

from msgspec import Meta

from laborvoice.domain import Value

LONGEST_PORT: Final = 65535

Text = Annotated[str, Meta(min_length=1, max_length=2000, description="some text")]
Count = Annotated[int, Meta(ge=1, le=100_000, description="a whole number from 1 to 100000")]
Slots = Annotated[int, Meta(ge=1, le=1000, description="a whole number from 1 to 1000")]
Bits = Annotated[int, Meta(ge=1, le=22, description="a whole number from 1 to 22")]
Days = Annotated[int, Meta(ge=1, le=366, description="a whole number from 1 to 366")]
Seconds = Annotated[int, Meta(ge=1, le=3600, description="a whole number of seconds from 1 to 3600")]
Tick = Annotated[int, Meta(ge=0, le=5000, description="a whole number of milliseconds from 0 to 5000")]
Port = Annotated[int, Meta(ge=1, le=LONGEST_PORT, description="a port from 1 to 65535")]
Ports = Annotated[tuple[Port, ...], Meta(min_length=1, description="ports from 1 to 65535, separated by commas")]
Networks = Annotated[tuple[str, ...], Meta(description="networks or hosts, separated by commas")]
LogLevel = Literal["debug", "info", "warning", "error"]
Switch = Literal["off", "on"]
Url = Annotated[
    str, Meta(pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$", description="a URL that begins with https:// or http://")
]
Origin = Annotated[
    str,
    Meta(
        pattern=r"^https?://[^\s/?#@]+$", description="an origin like https://example.org, without a slash at its end"
    ),
]


class Secret:
    """A value that no repr, log or error shows."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


class Bind(Value, frozen=True):
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """From ``127.0.0.1:8080`` or ``[::1]:8080``."""
        host, separator, port = text.rpartition(":")
        bare = host.removeprefix("[").removesuffix("]")
        if not separator or not bare or not port.isdecimal() or not 1 <= int(port) <= LONGEST_PORT:
            raise ValueError
        return cls(host=bare, port=int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Rate(Value, frozen=True):
    """At most ``count`` requests in ``seconds``."""

    count: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """From ``600/60``."""
        count, _, seconds = text.partition("/")
        if not count.isdecimal() or not seconds.isdecimal() or int(count) < 1 or int(seconds) < 1:
            raise ValueError
        return cls(count=int(count), seconds=int(seconds))


Address = Annotated[Bind, Meta(description="a host and a port like 127.0.0.1:8080")]
Allowance = Annotated[Rate, Meta(description="requests and seconds like 600/60")]
Hidden = Annotated[Secret, Meta(description="some text, or the path of a file in its _FILE twin")]
Folder = Annotated[Path, Meta(description="an absolute path")]
