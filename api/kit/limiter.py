"""Request limits: which windows a request counts in, and one atomic script that counts them.

A window starts with its first request and ends `seconds` later on Redis's clock, so `X-RateLimit-Reset` is the
moment from which a client may send its whole allowance again. Either all windows count a request or none does.
With Redis away requests pass, a metric says so.
"""

from __future__ import annotations

import hashlib
import math
import time
from datetime import timedelta
from typing import NamedTuple

import hiredis

from api.kit import metrics
from api.kit.request import Request
from api.kit.usage import usage
from store.accounts.principals import Principal
from store.kit import log, redis
from store.kit.clock import utc_now
from store.kit.errors import QuotaExceeded
from store.kit.redis_pipe import Pipe
from store.kit.sections import Allowance
from store.kit.settings import settings
from store.limits.plans import PLANS, row_of

logger = log.get("api.kit.limiter")

SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
WARNING_SECONDS = 10.0

# KEYS: one per window. ARGV: for each window its limit and its length in milliseconds.
# Returns refused (0 or 1) and the time, then for each window how many it has counted and its end (Unix time in ms).
SCRIPT = b"""
local refused, used = 0, {}
for i = 1, #KEYS do
  used[i] = tonumber(redis.call('GET', KEYS[i]) or '0')
  if used[i] >= tonumber(ARGV[2 * i - 1]) then refused = 1 end
end
if refused == 0 then
  for i = 1, #KEYS do
    used[i] = redis.call('INCR', KEYS[i])
    if used[i] == 1 then redis.call('PEXPIRE', KEYS[i], ARGV[2 * i]) end
  end
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answer = {refused, now}
for i = 1, #KEYS do
  answer[2 * i + 1] = used[i]
  answer[2 * i + 2] = now + math.max(redis.call('PTTL', KEYS[i]), 0)
end
return answer
"""
SHA = hashlib.sha1(SCRIPT).hexdigest()  # noqa: S324 - how Redis names a script


class Window(NamedTuple):
    """At most `limit` requests in `seconds` under `key`."""

    key: str
    limit: int
    seconds: int


class Limiter:
    """One per event loop."""

    def __init__(self) -> None:
        self._pipe = Pipe()
        self._warned_at = -WARNING_SECONDS

    async def take(self, req: Request, caller: Principal | None, load: str) -> None:
        """Count the request and note its headers. Raises QuotaExceeded."""
        wanted = settings().limits
        if not wanted.enabled:
            return
        windows = windows_of(req, caller, load)
        if not windows:
            return
        keys = [window.key for window in windows]
        bounds = [bound for window in windows for bound in (window.limit, window.seconds * 1000)]
        try:
            answer = await self._run(len(keys), *keys, *bounds)
        except (OSError, hiredis.HiredisError) as error:
            self._let_pass(error)
            return
        _judge(req, caller, windows, answer)

    def close(self) -> None:
        """Drop the connection."""
        self._pipe.close()

    async def _run(self, *arguments: str | int) -> list[int]:
        try:
            return await self._pipe.call("EVALSHA", SHA, *arguments)
        except hiredis.ReplyError as error:
            if not str(error).startswith("NOSCRIPT"):
                raise
            return await self._pipe.call("EVAL", SCRIPT, *arguments)

    def _let_pass(self, error: Exception) -> None:
        metrics.limiter_passed.inc()
        if time.monotonic() - self._warned_at >= WARNING_SECONDS:
            self._warned_at = time.monotonic()
            logger.warning("limits.not_counted", error=type(error).__name__, detail=str(error))


def windows_of(req: Request, caller: Principal | None, load: str) -> list[Window]:
    """The windows that this request counts in; none: unlimited.

    Plans limit a workspace; who has not signed in has the free plan's allowance per address, and for signed links one of
    their own: a page that shows results is opened by many.
    """
    surface = req.surface.name
    rules = settings().limits.surfaces.get(surface)
    if rules is None or (caller is not None and caller.is_test and not rules.count_test_keys):
        return []
    prefix = redis.key("limit", surface)
    windows: list[Window] = []
    if rules.links and load == "link" and caller is None:
        return _windows(prefix, f"link:{req.client_address}", rules.links)
    if rules.plans:
        who = (caller.workspace_id or str(caller.user_id)) if caller else req.client_address
        windows += _windows(prefix, who, row_of(rules.plans, caller.plan if caller else PLANS[0]) or {})
    if rules.address:
        windows += _windows(prefix, req.client_address, rules.address)
    if rules.heavy and load == "heavy":
        windows += _windows(prefix, f"heavy:{req.client_address}", rules.heavy)
    if rules.user and caller is not None:
        windows += _windows(prefix, caller.user_id or caller.key_id or caller.workspace_id, rules.user)
    return windows


def _windows(prefix: str, who: str, allowance: Allowance) -> list[Window]:
    return [Window(f"{prefix}:{who}:{name}", limit, SECONDS[name]) for name, limit in allowance.items()]


def _judge(req: Request, caller: Principal | None, windows: list[Window], answer: list[int]) -> None:
    refused, now, *counts = answer
    left = [max(window.limit - used, 0) for window, used in zip(windows, counts[::2], strict=True)]
    ends = counts[1::2]
    told = left.index(min(left))
    if refused:
        # Of several full windows the one that opens last is the one to wait for.
        told = max((index for index, rest in enumerate(left) if rest == 0), key=ends.__getitem__)
    req.limit_headers = {
        "X-RateLimit-Limit": str(windows[told].limit),
        "X-RateLimit-Remaining": str(left[told]),
        "X-RateLimit-Reset": str(math.ceil(ends[told] / 1000)),
    }
    if refused:
        metrics.limiter_refused.labels(req.surface.name).inc()
        if caller is not None and caller.workspace_id and windows[told].seconds == SECONDS["day"]:
            period = utc_now().date().isoformat()
            limit = windows[told].limit
            usage().note_limit(caller.workspace_id, quota="requests", period=period, limit=limit, used=limit)
        raise QuotaExceeded("Rate limit exceeded", retry_after=timedelta(milliseconds=ends[told] - now))
