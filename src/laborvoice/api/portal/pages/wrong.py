"""What people see instead of a problem: what happened, and a way back. Never a detail of what went wrong here."""

from http import HTTPStatus
from typing import Final

from laborvoice.api.portal.pages.problem import ADVICE
from laborvoice.api.problems import Problem
from laborvoice.web import pages
from laborvoice.web.pages import Frame

_OURS: Final = {
    HTTPStatus.NOT_FOUND: "Check the address. What you may not see looks the same as what does not exist.",
    HTTPStatus.FORBIDDEN: "Your role may not do this. An admin of your organisation can.",
    HTTPStatus.GONE: "It was used, has expired, or never was. Ask an admin of your organisation for a new link.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Nothing was changed. Tell the operator the number below.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Nothing was changed. Try again in a few seconds.",
    HTTPStatus.TOO_MANY_REQUESTS: "Wait a minute, then try again.",
    HTTPStatus.BAD_REQUEST: "Go back and choose again: the address holds something this page does not know.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Go back and fill the form again.",
}


def page(problem: Problem, request_id: str, frame: Frame) -> bytes:
    advice = _OURS.get(HTTPStatus(problem.status), ADVICE[problem.status])
    return pages.render("problem.html", frame=frame, problem=problem, advice=advice, request_id=request_id)
