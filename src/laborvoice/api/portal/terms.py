"""Doors to what the numbers mean: conditions, periods, the disclosure policy."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation
from laborvoice.api.portal import examples, outbound
from laborvoice.api.portal.common import CACHED, VALIDATED, common
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Value
from laborvoice.domain.policy import Policy
from laborvoice.views import terms
from laborvoice.views.terms import ConditionView, PeriodView


class ConditionList(Value, frozen=True):
    data: tuple[ConditionView, ...]


class PeriodList(Value, frozen=True):
    data: tuple[PeriodView, ...]


@get(
    "/v1/conditions",
    opt={
        OPERATION: Operation(
            id="list_conditions",
            summary="List the sixteen conditions",
            text="What workers are asked about, how grave each is, and what other codes call it."
            " Their order is that of ties, tables and charts. Indicator 4 of forced labour, isolation, is never asked:"
            " someone isolated cannot answer safely.",
            tag="terms",
            scopes=("scores:read",),
            answers=(
                Answer(
                    status=200,
                    text="All conditions.",
                    contents=(Content(shape=ConditionList, example=examples.CONDITIONS),),
                    headers=VALIDATED,
                ),
                CACHED,
            ),
            problems=common(),
        )
    },
)
async def list_conditions(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    return outbound.cached(request, ConditionList(data=parts.conditions))


@get(
    "/v1/periods",
    opt={
        OPERATION: Operation(
            id="list_periods",
            summary="List the periods",
            text="Newest first. Numbers of a period can be seen from `counted` on, those of all suppliers together.",
            tag="terms",
            scopes=("operator:read",),
            answers=(
                Answer(
                    status=200,
                    text="All periods.",
                    contents=(Content(shape=PeriodList, example=examples.PERIODS),),
                ),
            ),
            problems=common(),
        )
    },
)
async def list_periods(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    del request
    return outbound.plain(outbound.encoded(PeriodList(data=await terms.periods(parts.database))))


@get(
    "/v1/policy",
    opt={
        OPERATION: Operation(
            id="get_policy",
            summary="Read the disclosure policy",
            text="Frozen when the deployment opened; the signed manifest names it, and each release prints it.",
            tag="terms",
            scopes=("operator:read",),
            answers=(
                Answer(status=200, text="The policy.", contents=(Content(shape=Policy, example=examples.POLICY),)),
            ),
            problems=common("not-found"),
        )
    },
)
async def get_policy(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    del request
    return outbound.plain(outbound.encoded(await terms.policy(parts.database, parts.clock.now().date())))
