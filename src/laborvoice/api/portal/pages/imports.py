"""A file of suppliers as pages: upload, see each fault with its remedy, then import the same bytes, without a script.

Nothing is kept between the two steps: the second form carries the file.
"""

import csv
import io
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common
from laborvoice.api.portal.import_told import ImportDone
from laborvoice.api.portal.imports import CSV, MOST, ImportQuery, step
from laborvoice.api.portal.outbound import encoded
from laborvoice.api.portal.pages import html
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto.framing import sha256
from laborvoice.domain import ids
from laborvoice.domain.sheet import Sheet, read
from laborvoice.errors import Malformed
from laborvoice.pipeline import once
from laborvoice.pipeline.once import Keyed, Refused, Reply
from laborvoice.views import countries
from laborvoice.web import sheets
from laborvoice.web.forms import Form

_ROOM: Final = 1 << 16
"""Bytes of a form beside its file."""
_ROW_DIGITS: Final = 6
_LARGER: Final = MOST * 4 // 3 + _ROOM
_BROKEN: Final = ("unsupported-media-type", "invalid-body")


def _upload(name: str, menu: str = "", scopes: tuple[str, ...] = ()) -> dict[str, Operation]:
    return {
        OPERATION: Operation(
            id=name,
            summary="Import",
            text="Choose a file.",
            tag="pages",
            page=True,
            menu=menu,
            scopes=("suppliers:write", *scopes),
            answers=(html.PAGE,),
            problems=common(),
        )
    }


@get("/admin/suppliers/import", opt=_upload("page_import", "Import", ("operator:write",)))
async def show_import(request: Request[Any, Any, Any]) -> Response[bytes]:
    return html.page(request, "import.html", form=Form(), stage="choose", **_frame(request))


@get("/links/import", opt=_upload("page_import_claims"))
async def show_import_claims(request: Request[Any, Any, Any]) -> Response[bytes]:
    return html.page(request, "import.html", form=Form(), stage="choose", **_frame(request))


@post(
    ["/admin/suppliers/import", "/links/import"],
    opt={
        OPERATION: Operation(
            id="page_import_dry",
            summary="Look at a file",
            text="What an import would do. Nothing is written.",
            tag="pages",
            page=True,
            scopes=("suppliers:write",),
            body=html.UPLOAD,
            most=MOST + _ROOM,
            answers=(html.PAGE,),
            problems=common(*_BROKEN),
        )
    },
)
async def look(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    form = await request.form()
    sent = form.get("file")
    raw = await sent.read() if isinstance(sent, UploadFile) else b""
    await form.close()
    try:
        sheet = read(raw, countries.by_name())
    except Malformed as error:
        faults = Form(faults={"file": str(error)})
        return html.filled(request, "import.html", faults, stage="choose", **_frame(request))
    act = step(parts, visits.of(request).principal, sheet, ImportQuery(dry_run=True))
    done = await parts.database.run("import", act)
    return _told(request, "looked", done, sheet, file=b64encode(raw).decode())


@post(
    ["/admin/suppliers/import/done", "/links/import/done"],
    opt={
        OPERATION: Operation(
            id="page_import_done",
            summary="Import a file",
            text="The same bytes again: what is there already is left as it is.",
            tag="pages",
            page=True,
            scopes=("suppliers:write",),
            body=html.FORM,
            most=_LARGER,
            answers=(html.PAGE,),
            problems=common(*_BROKEN, "conflict", "idempotency-in-progress"),
        )
    },
)
async def take(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    """The file and the rows chosen are the key: sent twice it is done once."""
    raw, chosen = await _carried(request)
    sheet = read(raw, countries.by_name())
    principal = visits.of(request).principal
    act = step(parts, principal, sheet, ImportQuery(as_new=",".join(chosen) or None))
    digest = sha256(sha256(raw) + ",".join(chosen).encode())
    keyed = Keyed(party=principal.party, key=f"import {digest.hex()}", fingerprint=digest)
    outcome = await once.once(
        parts.database, parts.clock.now(), keyed, act, lambda made: Reply(status=200, body=encoded(made))
    )
    if isinstance(outcome, Refused):
        raise Refusal("idempotency-in-progress")
    reply = outcome if isinstance(outcome, Reply) else outcome.reply
    done = msgspec.json.decode(reply.body, type=ImportDone, dec_hook=ids.decode)
    return _told(request, "done", done, sheet, file="")


@post(
    ["/admin/suppliers/import/rejected", "/links/import/rejected"],
    opt={
        OPERATION: Operation(
            id="page_import_rejected",
            summary="Rejected rows",
            text="As a file: row, column, value, remedy.",
            tag="pages",
            page=True,
            scopes=("suppliers:write",),
            body=html.FORM,
            most=_LARGER,
            answers=(Answer(status=200, text="The file.", contents=(Content(media=CSV), Content(media=html.HTML))),),
            problems=common(*_BROKEN),
        )
    },
)
async def rejected(request: Request[Any, Any, Any]) -> Response[bytes]:
    raw, _ = await _carried(request)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("row", "column", "value", "remedy"))
    for one in read(raw, countries.by_name()).rejected:
        writer.writerow((one.row, one.column, sheets.inert(one.value), one.detail))
    headers = {"Content-Disposition": 'attachment; filename="rejected.csv"'}
    return Response(out.getvalue().encode(), status_code=200, media_type=CSV, headers=headers)


async def _carried(request: Request[Any, Any, Any]) -> tuple[bytes, tuple[str, ...]]:
    """The file of the first step, and the rows that are to be made all the same. Raises Refusal."""
    try:
        pairs = parse_qsl((await request.body()).decode("ascii"), keep_blank_values=True)
        raw = b64decode(dict(pairs).get("file", ""), validate=True)
    except (ValueError, NotBase64):
        raise Refusal("invalid-body") from None
    chosen = tuple(value for name, value in pairs if name == "new")
    if not all(value.isascii() and value.isdigit() and len(value) <= _ROW_DIGITS for value in chosen):
        raise Refusal("invalid-body")
    return raw, chosen


def _told(request: Request[Any, Any, Any], stage: str, done: ImportDone, sheet: Sheet, *, file: str) -> Response[bytes]:
    names = {line.row: line.profile.name for line in sheet.lines}
    return html.page(
        request,
        "import.html",
        form=Form(),
        stage=stage,
        done=done,
        rejected=sheet.rejected,
        warnings=sheet.warnings,
        names=names,
        file=file,
        **_frame(request),
    )


def _frame(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The pages of the two paths are alike but for what they make."""
    path: str = request.scope["path"]
    principal = visits.of(request).principal
    base = "/admin/suppliers/import" if path.startswith("/admin/") else "/links/import"
    return {"base": base, "brand": principal.kind == "brand", "operator": principal.kind == "operator"}
