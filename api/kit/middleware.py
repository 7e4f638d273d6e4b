"""What every request passes: a request id, log context, CORS, counting, and headers on the way out."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from falcon.asgi import Response

from api.kit import metrics
from api.kit.request import Request
from api.kit.usage import usage
from store.kit import log
from store.kit.settings import settings

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
EXPOSED = "ETag, Location, Retry-After, X-Request-ID, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
ALLOWED_HEADERS = "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-API-Key, X-Request-ID, X-Workspace-Id"
METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"


class Edge:
    """Falcon middleware: the first thing a request meets and the last thing an answer does."""

    def __init__(self) -> None:
        self._headers = dict(HEADERS)
        if settings().base_url.startswith("https://"):
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def process_request(self, req: Request, resp: Response) -> None:
        """Begin the request's log context, and set headers that a resource may set otherwise."""
        log.bind(request_id=req.request_id, workspace_id=None)
        resp.set_headers(self._headers)

    async def process_response(self, req: Request, resp: Response, resource: Any, succeeded: bool) -> None:
        """Put the headers on and count the answer."""
        resp.set_header("X-Request-ID", req.request_id)
        if req.limit_headers:
            resp.set_headers(req.limit_headers)
        if _is_for_pages(resource):
            _allow_page(req, resp)
        elif settings().server.cors_origins:
            _allow_origin(req, resp)
        metrics.count_request(req.surface.name, req.method, resp.status_code)
        if req.caller is not None and req.caller.workspace_id:
            _count_for(req, resp)


def _count_for(req: Request, resp: Response) -> None:
    """The workspace's own figures: streams and answers that were asked to wait say nothing of how fast we are."""
    caller = req.caller
    assert caller is not None
    is_timed = resp.stream is None and "wait=" not in req.query_string
    usage().note(
        caller.workspace_id,
        caller.user_id or caller.key_id or caller.workspace_id,
        ok=resp.status_code < 400,
        milliseconds=(time.perf_counter() - req.begun_at) * 1000 if is_timed else None,
    )


def _is_for_pages(resource: Any) -> bool:
    """Whether web pages call this resource with a publishable key."""
    return resource is not None and _asks_for_publishable(resource.__class__)


@lru_cache(maxsize=1024)
def _asks_for_publishable(kind: type) -> bool:
    operations = (getattr(getattr(kind, f"on_{name.lower()}", None), "operation", None) for name in METHODS.split(", "))
    return any(one.auth == "publishable" for one in operations if one is not None)


def _allow_page(req: Request, resp: Response) -> None:
    """Pages of any site may read what a publishable key opens: it is told by the key, never by a cookie, and the key's
    own domains were checked. A preflight comes without the key."""
    resp.append_header("Vary", "Origin")
    origin = req.header(b"origin")
    if origin is not None:
        resp.set_header("Access-Control-Allow-Origin", origin)
        resp.set_header("Access-Control-Expose-Headers", EXPOSED)
        if req.method == "OPTIONS":
            _tell_preflight(resp)


def _allow_origin(req: Request, resp: Response) -> None:
    resp.append_header("Vary", "Origin")
    origin = req.header(b"origin")
    if origin not in settings().server.cors_origins:
        return
    resp.set_header("Access-Control-Allow-Origin", str(origin))
    resp.set_header("Access-Control-Allow-Credentials", "true")
    resp.set_header("Access-Control-Expose-Headers", EXPOSED)
    if req.method == "OPTIONS":
        _tell_preflight(resp)


def _tell_preflight(resp: Response) -> None:
    resp.set_header("Access-Control-Allow-Methods", METHODS)
    resp.set_header("Access-Control-Allow-Headers", ALLOWED_HEADERS)
    resp.set_header("Access-Control-Max-Age", "600")
