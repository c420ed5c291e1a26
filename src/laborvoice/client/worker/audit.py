"""What phones get, checked by anybody: the chain of manifests, signature, part, and the page with what it loads."""

import re
import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha384
from http import HTTPStatus
from typing import Final

import msgspec

from laborvoice.client.transport import Transport
from laborvoice.client.worker import trust
from laborvoice.crypto import manifest as signed
from laborvoice.crypto.framing import b64, sha256, unb64
from laborvoice.domain import Value
from laborvoice.domain.manifest import ANY, Manifest
from laborvoice.errors import Malformed, ManifestRefused

PAGE: Final = "index.html"
"""By this name the manifest holds the hash of the page."""
_GZIP: Final = b"\x1f\x8b"
_MAP: Final = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)
_TAG: Final = re.compile(r"<(?:link|script)\b[^>]*>")
_FROM: Final = re.compile(r'\b(?:href|src)="([^"]+)"')
_PIN: Final = re.compile(r'\bintegrity="([^"]+)"')


class Checked(Value, frozen=True):
    """``fingerprint``: of the key that signed; ``chain``: how many manifests before it are there and fit together."""

    fingerprint: str
    manifest: Manifest
    chain: int
    files: tuple[str, ...]


class _Map(Value, frozen=True):
    integrity: Mapping[str, str] = {}


def check(transport: Transport, fingerprint: bytes | None, origin: str, today: date) -> Checked:
    """Raises ManifestRefused with what does not fit. Without ``fingerprint`` the first signature's key is believed."""
    envelope = _parsed(_get(transport, "/v1/manifest"))
    whose = fingerprint or signed.fingerprint(unb64(envelope.sigs[0].key))
    found = trust.read_manifest(signed.encode_manifest(envelope), whose, origin, today)
    file = trust.read_part_file(_get(transport, f"/v1/manifest/{ANY}"), found)
    trust.read_part(file, found, ANY)
    chain = _chain(transport, found, whose)
    return Checked(fingerprint=whose.hex(), manifest=found, chain=chain, files=tuple(_files(transport, found)))


def _chain(transport: Transport, newest: Manifest, whose: bytes) -> int:
    """Backward, as far as the server has them. Each names the hash of the one before; a key may have been replaced."""
    count, following = 0, newest
    while following.seq > 1:
        raw = _get(transport, f"/v1/manifests/{following.seq - 1}", or_nothing=True)
        if not raw:
            return count
        envelope = _parsed(raw)
        if signed.payload_hash(envelope.payload) != following.prev:
            raise ManifestRefused(f"Manifest {following.seq} does not follow from {following.seq - 1} as it is served.")
        signed.verify_manifest(envelope, whose)
        following, count = msgspec.json.decode(envelope.payload, type=Manifest), count + 1
    return count


def _files(transport: Transport, manifest: Manifest) -> Iterator[str]:
    """The page against the manifest, and each file that the page pins against its pin."""
    page = _plain(_get(transport, "/"))
    if b64(sha256(page)) != manifest.files.get(PAGE):
        raise ManifestRefused("The page is not the one that the manifest names.")
    yield "/"
    for path, pin in sorted(_pins(page.decode()).items()):
        body = _plain(_get(transport, path))
        if pin != f"sha384-{b64encode(sha384(body).digest()).decode()}":
            raise ManifestRefused(f"{path} is not the file that the page pins.")
        yield path


def _pins(page: str) -> dict[str, str]:
    """Integrity by path: of the import map, and of tags."""
    found = _MAP.search(page)
    pins = {} if found is None else dict(msgspec.json.decode(found[1], type=_Map).integrity)
    for tag in _TAG.findall(page):
        path, pin = _FROM.search(tag), _PIN.search(tag)
        if path is not None and pin is not None:
            pins[path[1]] = pin[1]
    return pins


def _parsed(raw: bytes) -> signed.Signed:
    try:
        return signed.parse_manifest(_plain(raw))
    except Malformed:
        raise ManifestRefused("The manifest cannot be read.") from None


def _plain(body: bytes) -> bytes:
    """As it is, or out of its gzip."""
    if not body.startswith(_GZIP):
        return body
    try:
        return zlib.decompress(body, signed.GZIP)
    except zlib.error:
        raise ManifestRefused("A file does not inflate.") from None


def _get(transport: Transport, path: str, *, or_nothing: bool = False) -> bytes:
    answer = transport.send("GET", path)
    if answer.status != HTTPStatus.OK and not or_nothing:
        raise ManifestRefused(f"{path} is answered {answer.status}.")
    return answer.body if answer.status == HTTPStatus.OK else b""
