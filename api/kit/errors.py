"""Errors: one table from domain error to HTTP status, one handler for everything that is raised.

A domain error is told in the surface's shape. An outage of Postgres is 503 with Retry-After. Anything else
is a bug: logged with its stack, answered with 500 and no text of it.
"""

from __future__ import annotations

import math
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import falcon
from falcon.asgi import Response

from api.kit.admission import count_unanswered
from api.kit.request import Request
from api.kit.surface import Problem, surface_of
from api.kit.usage import usage
from store.kit import db, errors, log
from store.kit.clock import utc_now

logger = log.get("api.kit.errors")

STATUS: dict[type[errors.DomainError], int] = {
    errors.InvalidInput: 400,
    errors.Unauthenticated: 401,
    errors.PaymentRequired: 402,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.PayloadTooLarge: 413,
    errors.Unprocessable: 422,
    errors.QuotaExceeded: 429,
    errors.Unavailable: 503,
    errors.Broken: 500,
}
KINDS = {
    405: "method_not_allowed",
    408: "request_timeout",
    413: "payload_too_large",
    414: "uri_too_long",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
}
SENTENCES = {
    404: "There is nothing at this path.",
    405: "This path does not know this method.",
    408: "The request's body did not arrive in time.",
}


def problem_of(error: BaseException) -> Problem:
    """What a caller is told about `error`; never the text of a bug."""
    if isinstance(error, db.OUTAGES):
        error = db.unavailable()
    if isinstance(error, errors.DomainError):
        return _from_domain(error)
    if isinstance(error, falcon.HTTPError):
        return _from_falcon(error)
    return Problem(
        status=500, kind="internal_error", code="internal_error", message="Something went wrong on our side."
    )


def seconds(duration: timedelta) -> int:
    """Whole seconds for Retry-After, at least one."""
    return max(1, math.ceil(duration.total_seconds()))


def tell(resp: Response, path: str, problem: Problem) -> None:
    """Write `problem` in the shape of the path's surface."""
    surface = surface_of(path)
    resp.status_code = surface.status(problem)
    resp.content_type = falcon.MEDIA_JSON
    resp.data = surface.error(problem)
    if problem.retry_after is not None:
        resp.set_header("Retry-After", str(problem.retry_after))
    if problem.status == 401:
        resp.set_header("WWW-Authenticate", "Bearer")


async def handle(req: Request, resp: Response, error: Exception, _params: dict[str, Any]) -> None:
    """Falcon's handler for every exception."""
    if isinstance(error, falcon.HTTPRouteNotFound | falcon.HTTPMethodNotAllowed):
        try:
            await count_unanswered(req)
        except errors.QuotaExceeded as refusal:
            error = refusal
    if isinstance(error, errors.UsageLimitReached) and req.caller is not None:
        _note_limit(req.caller.workspace_id, error)
    problem = problem_of(error)
    if problem.status == 500:
        logger.error("request.crashed", method=req.method, path=req.path, exc_info=error)
    elif problem.status == 503:
        logger.warning("request.unavailable", path=req.path, code=problem.code, detail=type(error).__name__)
    resp.stream = None
    tell(resp, req.path, problem)
    if isinstance(error, falcon.HTTPError) and error.headers:
        resp.set_headers(error.headers)


def _note_limit(workspace_id: str, error: errors.UsageLimitReached) -> None:
    """Webhooks of the workspace hear of a month that is used up."""
    facts = error.fields
    if {"quota", "limit", "used"} <= facts.keys():
        period = utc_now().date().isoformat()[:7]
        usage().note_limit(workspace_id, quota=facts["quota"], period=period, limit=facts["limit"], used=facts["used"])


def _from_domain(error: errors.DomainError) -> Problem:
    base = next(kind for kind in type(error).__mro__ if kind in STATUS or kind is errors.DomainError)
    retry_after: timedelta | None = getattr(error, "retry_after", None)
    return Problem(
        status=STATUS.get(base, 500),
        kind=type(error).code,
        code=error.code,
        message=error.message,
        details=error.fields,
        retry_after=None if retry_after is None else seconds(retry_after),
    )


def _from_falcon(error: falcon.HTTPError) -> Problem:
    status = error.status_code
    kind = KINDS.get(status, "not_found" if status == 404 else "invalid_input" if status < 500 else "internal_error")
    message = SENTENCES.get(status) or f"{HTTPStatus(status).phrase}."
    return Problem(status=status, kind=kind, code=kind, message=message)
