"""What the intake app says of itself: the checked-in contract. It is not served: phones need none."""

from typing import Final

from laborvoice import __version__
from laborvoice.api import openapi
from laborvoice.api.openapi import Answer, Content, Described, Info, Operation, PathPart
from laborvoice.api.problems import Bare
from laborvoice.crypto.exchange import ANSWER_SIZE, REQUEST_SIZE
from laborvoice.crypto.framing import ENVELOPE_SIZE
from laborvoice.crypto.mailbox import BUCKET_ITEMS
from laborvoice.crypto.manifest import Signature, Signed
from laborvoice.crypto.receipt import ITEM_SIZE
from laborvoice.domain import Inbound

BYTES: Final = "application/octet-stream"
HTML: Final = "text/html"
AUDIO: Final = "audio/ogg"
SCRIPT: Final = "text/javascript"
TEXT: Final = "text/plain"


class Bucket(Inbound, frozen=True):
    """Which bucket, by the first bits of an address."""

    prefix: str = ""


INFO: Final = Info(
    title="laborvoice intake",
    version=__version__,
    text="What phones ask and send. Bytes are sealed before they leave the phone; an answer never tells what they hold."
    " No cookie, no credential, no address is read.",
    tags={
        "client": "The page that phones load, and its files.",
        "mailbox": "What was answered.",
        "manifest": "Public keys, signed.",
        "voice": "What is sent.",
        "service": "The service itself.",
    },
    problem=Bare,
)

_READ: Final = ("unknown-parameter", "length-required", "too-large", "internal", "busy")
_SENT: Final = (
    "bad-length",
    "unknown-parameter",
    "length-required",
    "too-large",
    "unsupported-media-type",
    "internal",
    "busy",
)
_MANIFEST: Final = Answer(
    status=200,
    text="The bytes as they were signed and stored, always gzip.",
    contents=(
        Content(shape=Signed, example=Signed(payload='{"v":1,"seq":41}', sigs=(Signature(key="a2V5", sig="c2ln"),))),
    ),
    headers={"Content-Encoding": "gzip, whatever was asked."},
)

_GZIP: Final = {"Content-Encoding": "gzip, whatever was asked."}

OPERATIONS: Final[tuple[Described, ...]] = (
    (
        "/",
        "GET",
        Operation(
            id="getClient",
            summary="Load the client",
            text="The page, fixed when the process starts; it pins every script by its hash.",
            tag="client",
            answers=(
                Answer(
                    status=200,
                    text="The page.",
                    contents=(Content(media=HTML, example="<!doctype html>"),),
                    headers=_GZIP,
                ),
            ),
            problems=_READ,
        ),
    ),
    (
        "/a/{release}/{name}",
        "GET",
        Operation(
            id="getClientFile",
            summary="Load a file of the client",
            text="A script, style, picture or language of the page of this release; the type is that of the file.",
            tag="client",
            path={
                "release": PathPart(text="Digits that name the set of files.", example="0123456789ab"),
                "name": PathPart(text="Path of the file; it may hold slashes.", example="phone/first.mjs"),
            },
            answers=(
                Answer(
                    status=200, text="The file.", contents=(Content(media=SCRIPT, example="export {};"),), headers=_GZIP
                ),
            ),
            problems=("not-found", *_READ),
        ),
    ),
    (
        "/audio/{language}/{name}",
        "GET",
        Operation(
            id="getSpokenText",
            summary="Load a spoken text",
            text="Of the screens and questions, where the operator has recorded them; `sizes.json` says what there is.",
            tag="client",
            path={
                "language": PathPart(text="A language of the client.", example="en"),
                "name": PathPart(text="The question or the screen, and the kind of file.", example="wages_full.ogg"),
            },
            answers=(Answer(status=200, text="The file.", contents=(Content(media=AUDIO),)),),
            problems=("not-found", *_READ),
        ),
    ),
    (
        "/healthz",
        "GET",
        Operation(
            id="getHealth",
            summary="Is the process there",
            text="Says so without asking the database.",
            tag="service",
            answers=(Answer(status=200, text="It is.", contents=(Content(media=TEXT, example="ok\n"),)),),
            problems=_READ,
        ),
    ),
    (
        "/v1/envelopes",
        "POST",
        Operation(
            id="postEnvelope",
            summary="Send an envelope",
            text=f"Exactly {ENVELOPE_SIZE} bytes. The answer is the same, at the same time, whatever they hold.",
            tag="voice",
            body=Content(media=BYTES, size=ENVELOPE_SIZE),
            answers=(Answer(status=202, text="Received; it proves no receipt. The body is empty."),),
            problems=_SENT,
        ),
    ),
    (
        "/v1/exchanges",
        "POST",
        Operation(
            id="postExchange",
            summary="Exchange an invite for blind signatures",
            text=f"Exactly {REQUEST_SIZE} bytes, with their work. The same bytes get the same answer.",
            tag="voice",
            body=Content(media=BYTES, size=REQUEST_SIZE),
            answers=(
                Answer(
                    status=200,
                    text="An outcome, and signatures or as much filler.",
                    contents=(Content(media=BYTES, size=ANSWER_SIZE),),
                ),
            ),
            problems=_SENT,
        ),
    ),
    (
        "/v1/mailbox",
        "GET",
        Operation(
            id="getMailbox",
            summary="Read a bucket of the mailbox",
            text=f"Always {BUCKET_ITEMS} items, or the next multiple, of {ITEM_SIZE} bytes, whether found or not.",
            tag="mailbox",
            query=Bucket,
            query_example={"prefix": "ae"},
            answers=(Answer(status=200, text="The items, sorted.", contents=(Content(media=BYTES, size=0),)),),
            problems=("invalid-parameter", *_READ),
        ),
    ),
    (
        "/v1/manifest",
        "GET",
        Operation(
            id="getManifest",
            summary="Read the manifest",
            text="The one that counts today.",
            tag="manifest",
            answers=(_MANIFEST,),
            problems=("not-found", *_READ),
        ),
    ),
    (
        "/v1/manifest/{part}",
        "GET",
        Operation(
            id="getPart",
            summary="Read a part of the manifest",
            text="A supplier's part with its proof. All are equally long; an unknown locator gets that of `any`.",
            tag="manifest",
            path={"part": PathPart(text="Locator of a card, or any.", example="any")},
            answers=(Answer(status=200, text="The part.", contents=(Content(media=BYTES, size=0),)),),
            problems=("not-found", *_READ),
        ),
    ),
    (
        "/v1/manifests/{seq}",
        "GET",
        Operation(
            id="getManifestBySeq",
            summary="Read an earlier manifest",
            text="By its number: every one that has begun.",
            tag="manifest",
            path={"seq": PathPart(text="Number of a manifest.", example="41", shape=int)},
            answers=(_MANIFEST,),
            problems=("not-found", *_READ),
        ),
    ),
    (
        "/v1/work",
        "GET",
        Operation(
            id="getWork",
            summary="How much work is wanted",
            text="Bits, as two digits: the larger of this and the manifest's counts, at most 22.",
            tag="manifest",
            answers=(Answer(status=200, text="Two digits.", contents=(Content(media=TEXT, example="15"),)),),
            problems=_READ,
        ),
    ),
)


def document() -> bytes:
    return openapi.render(openapi.document(OPERATIONS, INFO))
