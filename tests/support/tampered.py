"""Manifests and parts that are not as they must be, each with the words in which the reference client refuses it."""

from typing import Any

from laborvoice.crypto import framing, manifest, signing, token

Row = tuple[str, Any, str]
OTHER = b"\x07" * 32


def of(path: str, value: Any) -> Any:
    """A change: ``box.0.close`` to ``value``, or to what ``value`` makes of it."""

    def change(whole: dict[str, Any]) -> None:
        *way, last = [int(one) if one.isdigit() else one for one in path.split(".")]
        inner: Any = whole
        for step in way:
            inner = inner[step]
        inner[last] = value(inner[last]) if callable(value) else value

    return change


def but_the_first(keys: list[Any]) -> list[Any]:
    return keys[1:]


def with_exponent_3(text: str) -> str:
    return framing.b64(framing.unb64(text)[:-1] + b"\3")


def under_another_name(text: str) -> str:
    return framing.b64(token.to_rsa_encryption(framing.unb64(text)))


def other_byte(text: str) -> str:
    raw = bytearray(framing.unb64(text))
    raw[-1] ^= 1
    return framing.b64(bytes(raw))


def signed_by_another(part: dict[str, Any]) -> None:
    one = part["watchdogs"][0]
    keys = [(framing.unb64(key["kid"]), framing.unb64(key["pk"])) for key in one["keys"]]
    one["own"] = framing.b64(signing.sign(OTHER, manifest.own_bytes(one["party"], one["until"], keys)))


MANIFEST: list[Row] = [
    ("v", 2, "another version"),
    ("v", "one", "cannot be read"),
    ("origin", "evil.example", "another server"),
    ("not_after", "2026-11-21", "not of these days"),
    ("not_before", "2026-11-27", "not of these days"),
    ("not_before", "someday", "cannot be read"),
    ("box.0.keys.0.pk", other_byte, "does not have the id"),
    ("box.0.keys.1.kid", other_byte, "does not have the id"),
    ("mix.0.keys.0.kid", other_byte, "does not have the id"),
    ("mix.0.keys.0.kid", "*", "cannot be read"),
    ("box.0.close", "2026-11-24", "period is past"),
    ("box.0.close", "later", "cannot be read"),
    ("box.0.period", "2027-Q1", "period is past"),
    ("box", [], "period is past"),
    ("mix.0.until", "2026-11-24", "mix key is past"),
    ("mix.0.week", "2026-W49", "mix key is past"),
    ("box.0.keys", but_the_first, "no key of the suite"),
    ("parts.root", other_byte, "not the one the manifest names"),
    ("parts.count", 9, "not the one the manifest names"),
    ("parts.size", 5120, "longer or shorter"),
    ("watchdogs.0.party", "par_0000000000000000000000000a", "not the ones it signed"),
    ("watchdogs.0.sign", framing.b64(signing.public_of(OTHER)), "not the ones it signed"),
    ("watchdogs.1.kids", but_the_first, "not the ones it signed"),
]
PART: list[Row] = [
    ("v", 2, "another version"),
    ("v", None, "cannot be read"),
    ("locator", "4QX9TP", "not that of the card"),
    ("watchdogs.0.keys.0.pk", other_byte, "not the ones it signed"),
    ("watchdogs.0.keys.0.kid", other_byte, "not the ones it signed"),
    ("watchdogs.1.own", other_byte, "not the ones it signed"),
    ("watchdogs.1.own", "?", "cannot be read"),
    ("watchdogs.0.until", "2029-01-01", "not the ones it signed"),
    ("slots", 1, "more watchdogs than it has places"),
    ("periods", [], "no poll in this period"),
    ("periods.0.period", "2026-Q3", "no poll in this period"),
    ("periods.0.spki", with_exponent_3, "not RSA"),
    ("periods.0.spki", under_another_name, "not RSA"),
]
