"""API keys of the own party: made, shown once, revoked."""

from typing import Any, Final
from urllib.parse import parse_qsl

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.api_keys import API_KEY, ApiKeyWanted, Days, wanted_of
from laborvoice.api.portal.common import Words, common
from laborvoice.api.portal.outbound import Asked
from laborvoice.api.portal.pages import html, posted
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto.credential import Mode
from laborvoice.domain import Inbound
from laborvoice.domain.ids import KeyId
from laborvoice.errors import BadField
from laborvoice.pipeline import enrol
from laborvoice.views import accounts
from laborvoice.web.forms import Form

MOST: Final = 500
_LABEL: Final = "Say what the key is for."
_DAYS: Final = "A number of days, at most 366."
_SCOPES: Final = "Tick at least one."
_EMPTY: Final = Form()


class KeyForm(Inbound, frozen=True):
    label: Words
    mode: Mode = "live"
    days: Days = enrol.KEY_DAYS


@get(
    "/api-keys",
    opt={
        OPERATION: Operation(
            id="page_api_keys",
            summary="API keys",
            text="Those of the party, without their secrets.",
            tag="pages",
            page=True,
            menu="API keys",
            scopes=("admin:read",),
            session=True,
            answers=(html.PAGE,),
            problems=common(),
        )
    },
)
async def show_api_keys(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    return await _shown(request, parts, _EMPTY)


@post(
    "/api-keys",
    opt={
        OPERATION: Operation(
            id="page_api_key_post",
            summary="Make an API key",
            text="Shown once, in the answer.",
            tag="pages",
            page=True,
            scopes=("admin:write",),
            session=True,
            body=html.FORM,
            answers=(html.PAGE,),
            problems=common("invalid-body"),
        )
    },
)
async def post_api_key(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal = visits.of(request).principal
    pairs = parse_qsl((await request.body()).decode("latin-1"))
    sent = await posted.read(request, KeyForm, {"label": _LABEL, "days": _DAYS}, _boxes(principal.scopes))
    if sent.value is None:
        return await _shown(request, parts, sent.form)
    asked = ApiKeyWanted(
        label=sent.value.label,
        scopes=tuple(scope for scope in principal.scopes if (_box(scope), "yes") in pairs),
        mode=sent.value.mode,
        days=sent.value.days,
    )
    now = parts.clock.now()
    try:
        wanted = wanted_of(principal, asked)
    except BadField:
        return await _shown(request, parts, sent.refused("", _SCOPES))
    made = await parts.database.run(
        "make key", lambda db: enrol.api_key_in(db, now, parts.chance, wanted, principal.actor)
    )
    return html.page(request, "account/key.html", secret=made.secret, key=accounts.key_view(made.about))


@post(
    "/api-keys/{key:str}/revoke",
    opt={
        OPERATION: Operation(
            id="page_api_key_revoke",
            summary="Revoke an API key",
            text="It is dead at once.",
            tag="pages",
            page=True,
            scopes=("admin:write",),
            session=True,
            path={"key": API_KEY},
            body=html.FORM,
            answers=(html.SEE,),
            problems=common("invalid-body", "not-found"),
        )
    },
)
async def post_revoke(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    one, principal = inbound.path_id(request, "key", KeyId), visits.of(request).principal
    await posted.read(request, posted.NoForm, {})
    now = parts.clock.now()
    await parts.database.run("revoke key", lambda db: enrol.revoke_key_in(db, now, principal.actor, one))
    return html.see("/api-keys", "key-revoked")


async def _shown(request: Asked, parts: PortalParts, form: Form) -> Response[bytes]:
    principal = visits.of(request).principal
    return html.filled(
        request,
        "account/api_keys.html",
        form,
        keys=await accounts.keys(parts.database, principal.party, None, MOST),
        boxes=[(_box(scope), scope) for scope in sorted(principal.scopes)],
        today=parts.clock.now().date(),
        writes="admin:write" in principal.scopes,
    )


def _box(scope: str) -> str:
    """The name of its tick box."""
    return scope.replace(":", "-")


def _boxes(scopes: frozenset[str]) -> frozenset[str]:
    return frozenset(map(_box, scopes))
