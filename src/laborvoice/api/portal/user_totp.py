"""The door by which two people together remove a user's second factor."""

from http import HTTPStatus
from typing import Any

from litestar import Request, Response, delete
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation
from laborvoice.api.portal import acts, inbound, outbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common
from laborvoice.api.portal.users import USER, TotpReset
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain.ids import UserId
from laborvoice.pipeline import appoint
from laborvoice.pipeline.once import Reply
from laborvoice.views import accounts


@delete(
    "/v1/users/{user:str}/totp",
    status_code=HTTPStatus.OK,  # the default, 204, takes no Response
    opt={
        OPERATION: Operation(
            id="delete_totp",
            summary="Remove a user's second factor",
            text="Two admins must each ask for it within a day, neither of them the user herself. Her sessions end and"
            " her recovery codes are void; she sets up a new one when she signs in.",
            tag="accounts",
            scopes=("admin:write",),
            session=True,
            path={"user": USER},
            answers=(
                Answer(
                    status=202,
                    text="Noted: another admin must do the same.",
                    contents=(Content(shape=TotpReset, example={"state": "asked"}),),
                ),
                Answer(status=204, text="You were the second: it is removed."),
            ),
            problems=common("not-found", "two-person-rule"),
        )
    },
)
async def delete_totp(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    who, principal = inbound.path_id(request, "user", UserId), visits.of(request).principal
    within, now, by = accounts.seen(principal), parts.clock.now(), (principal.actor, principal.person)
    return await acts.done(request, parts, lambda db: appoint.reset_totp_in(db, now, who, within, by), _told)


def _told(done: object) -> Reply:
    if done:
        return Reply(status=HTTPStatus.NO_CONTENT)
    return Reply(status=HTTPStatus.ACCEPTED, body=outbound.encoded(TotpReset(state="asked")))
