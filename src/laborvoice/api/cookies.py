"""The one cookie: a session's id (design, api 3). Nothing else about a visitor is kept in her browser by us."""

from typing import Final

_SECURE: Final = "__Host-lv"
_PLAIN: Final = "lv"
_ALWAYS: Final = "Path=/; HttpOnly; SameSite=Lax"


class Cookie:
    """Over plain HTTP, which is for loopback alone, it is not marked Secure: some browsers would not send it."""

    def __init__(self, origin: str) -> None:
        secure = origin.startswith("https://")
        self.name = _SECURE if secure else _PLAIN
        self._more = f"{_ALWAYS}; Secure" if secure else _ALWAYS

    def read(self, header: str) -> str:
        """Its value in a Cookie header, or nothing; said twice it is not said."""
        pairs = [pair.strip().partition("=") for pair in header.split(";")]
        found = [value for name, _, value in pairs if name == self.name]
        return found[0] if len(found) == 1 else ""

    def set(self, session: str) -> dict[str, str]:
        """It goes with the browser's own session."""
        return {"Set-Cookie": f"{self.name}={session}; {self._more}"}

    def clear(self) -> dict[str, str]:
        return {"Set-Cookie": f"{self.name}=; {self._more}; Max-Age=0"}
