"""Doors to sessions: sign in and out, who one is, which sessions one has, and one-time links."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.auth import Doorkeeper, unauthenticated, waiting
from laborvoice.api.openapi import OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.portal import account_examples as examples
from laborvoice.api.portal import inbound, outbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common, public
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import SessionId
from laborvoice.pipeline import sign_in
from laborvoice.pipeline.sign_in import redeem as redeeming
from laborvoice.views import accounts
from laborvoice.views.accounts import MeView, SessionView

PersonName = Annotated[
    str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?$")
]
Typed = Annotated[str, Meta(min_length=1, max_length=200)]
NewPassword = Annotated[str, Meta(min_length=12, max_length=200, pattern=r"^\S(.*\S)?$")]
Link = Annotated[str, Meta(min_length=43, max_length=43, pattern=r"^[A-Za-z0-9_-]*$")]

SESSION: Final = PathPart(text="Id of a session.", example="ses_2c8xkq7m1v0zt5r9w4hbn6jyde", shape=SessionId)
_COOKIE: Final = {"Set-Cookie": "The session, for a browser."}


class SignInWanted(Inbound, frozen=True):
    name: PersonName
    password: Typed
    code: Typed | None = None


class RedeemWanted(Inbound, frozen=True):
    token: Link
    password: NewPassword
    name: PersonName | None = None


class SignedIn(Value, frozen=True):
    csrf: str


class SessionList(Value, frozen=True):
    data: tuple[SessionView, ...]


@post(
    "/v1/sessions",
    opt={
        OPERATION: Operation(
            id="create_session",
            summary="Sign in",
            text="With name and password, and where there is a second factor with its code. Every failure is told"
            " alike. After five failures a name must wait, ever longer, at most a quarter of an hour.",
            tag="accounts",
            body=Content(shape=SignInWanted, example=examples.SIGN_IN),
            answers=(
                Answer(
                    status=201,
                    text="Signed in: `csrf` goes into X-CSRF-Token of every write.",
                    contents=(Content(shape=SignedIn, example=examples.SIGNED_IN),),
                    headers=_COOKIE,
                ),
            ),
            problems=public(
                "malformed-json",
                "invalid-body",
                "unsupported-media-type",
                "unauthenticated",
                "second-factor-required",
                "rate-limited",
            ),
        )
    },
)
async def create_session(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], doorkeeper: NamedDependency[Doorkeeper]
) -> Response[bytes]:
    wanted = await inbound.body(request, SignInWanted)
    doorkeeper.login(wanted.name)
    before = visits.of(request).session
    outcome = await sign_in.sign_in(parts.signing_in, wanted.name, wanted.password, wanted.code or "", before)
    match outcome:
        case sign_in.Signed():
            told = outbound.encoded(SignedIn(csrf=doorkeeper.csrf(outcome.session)))
            headers = doorkeeper.cookie.set(outcome.session)
            return Response(told, status_code=HTTPStatus.CREATED, media_type="application/json", headers=headers)
        case sign_in.Half():
            raise Refusal("second-factor-required")
        case sign_in.Wait():
            raise waiting(outcome.seconds)
        case sign_in.Wrong():
            raise unauthenticated()


@get(
    "/v1/sessions",
    opt={
        OPERATION: Operation(
            id="list_sessions",
            summary="List your sessions",
            text="Those that go on. A session ends half an hour after its last use, and twelve hours after it began.",
            tag="accounts",
            own=True,
            session=True,
            answers=(
                Answer(
                    status=200,
                    text="Your sessions.",
                    contents=(Content(shape=SessionList, example=examples.SESSIONS),),
                ),
            ),
            problems=common(),
        )
    },
)
async def list_sessions(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal = visits.of(request).principal
    found = await accounts.sessions(parts.database, principal, principal.person, parts.clock.now())
    return outbound.plain(outbound.encoded(SessionList(data=found)))


@delete(
    "/v1/sessions",
    status_code=HTTPStatus.OK,  # the default, 204, takes no Response
    opt={
        OPERATION: Operation(
            id="delete_session",
            summary="Sign out",
            text="Ends the session that asks.",
            tag="accounts",
            own=True,
            session=True,
            answers=(Answer(status=204, text="Signed out.", headers=_COOKIE),),
            problems=common(),
        )
    },
)
async def delete_session(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], doorkeeper: NamedDependency[Doorkeeper]
) -> Response[bytes]:
    visit = visits.of(request)
    await sign_in.sign_out(parts.signing_in, visit.session, visit.principal.actor, visit.principal.own_session)
    return Response(b"", status_code=HTTPStatus.NO_CONTENT, headers=doorkeeper.cookie.clear())


@delete(
    "/v1/sessions/{session:str}",
    status_code=HTTPStatus.OK,  # the default, 204, takes no Response
    opt={
        OPERATION: Operation(
            id="revoke_session",
            summary="End one of your sessions",
            text="Wherever it is open, it is over at once.",
            tag="accounts",
            own=True,
            session=True,
            path={"session": SESSION},
            answers=(Answer(status=204, text="Ended."),),
            problems=common("not-found"),
        )
    },
)
async def revoke_session(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal = visits.of(request).principal
    one = inbound.path_id(request, "session", SessionId)
    await sign_in.revoke(parts.signing_in, principal.person, principal.actor, one)
    return Response(b"", status_code=HTTPStatus.NO_CONTENT)


@get(
    "/v1/me",
    opt={
        OPERATION: Operation(
            id="get_me",
            summary="Read who you are",
            text="The party, key or person that a credential stands for, and what it may do.",
            tag="accounts",
            own=True,
            answers=(Answer(status=200, text="You.", contents=(Content(shape=MeView, example=examples.ME),)),),
            problems=common(),
        )
    },
)
async def get_me(request: Request[Any, Any, Any]) -> Response[bytes]:
    visit = visits.of(request)
    return outbound.plain(outbound.encoded(accounts.me(visit.principal, visit.csrf)))


@post(
    "/v1/redeem",
    opt={
        OPERATION: Operation(
            id="redeem_link",
            summary="Use a one-time link",
            text="Sets the password of a new user, or a new one after a reset, and ends all sessions there were. A new"
            " user may choose another name. Used, expired and invented links are told alike.",
            tag="accounts",
            body=Content(shape=RedeemWanted, example=examples.REDEEM),
            answers=(Answer(status=204, text="Set: now sign in."),),
            problems=public("malformed-json", "invalid-body", "unsupported-media-type", "link-expired", "rate-limited"),
        )
    },
)
async def redeem_link(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], doorkeeper: NamedDependency[Doorkeeper]
) -> Response[bytes]:
    wanted = await inbound.body(request, RedeemWanted)
    doorkeeper.login(wanted.token)
    await redeeming.redeem(parts.signing_in, wanted.token, wanted.password, wanted.name or "")
    return Response(b"", status_code=HTTPStatus.NO_CONTENT)
