"""What an answer means for a delivery and for its endpoint: schedule, pace, breaker, disabling. Pure.

A delivery follows the schedule; an endpoint has a breaker (closed, open, half-open) that pauses all of its
deliveries without burning their attempts, and a pace: 429 and time-outs halve what may be open at once and let the
endpoint rest.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from pipelines.clients.fetch_errors import retry_after
from store.kit.settings import settings
from store.webhooks.records import Breaker, Due, Turn, TurnEnd

Outcome = Literal["delivered", "gone", "throttled", "timeout", "refused_by_status", "redirected", "unreachable"]
SLOW = ("throttled", "timeout")


class Verdict(Struct, frozen=True):
    """What one attempt came to. `wait` is what the receiver asked for."""

    outcome: Outcome
    status: int | None = None
    error: str | None = None
    wait: timedelta | None = None


def of_status(status: int, retry_after_header: str | None) -> Verdict:
    """2xx is delivered, everything else is not; a redirect is not followed."""
    if 200 <= status < 300:
        return Verdict("delivered", status)
    if status == 410:
        return Verdict("gone", status)
    at_most = timedelta(seconds=settings().webhooks.max_retry_after_seconds)
    wait = retry_after(retry_after_header, at_most=at_most) if status in (429, 503) else None
    if status == 429:
        return Verdict("throttled", status, wait=wait)
    return Verdict("redirected" if 300 <= status < 400 else "refused_by_status", status, wait=wait)


def of_error(code: str) -> Verdict:
    """No answer at all."""
    return Verdict("timeout" if code == "timeout" else "unreachable", error=code)


def next_attempt(due: Due, verdict: Verdict, *, now: datetime) -> tuple[str, int, datetime | None]:
    """(state, step, next_at) of a delivery after this attempt. A ping is tried once."""
    wanted = settings().webhooks
    if verdict.outcome == "delivered":
        return "delivered", due.step, None
    step = due.step + 1
    if verdict.outcome == "gone" or due.event == "webhook.ping" or step >= len(wanted.schedule_seconds):
        return "failed", step, None
    pause = timedelta(seconds=wanted.schedule_seconds[step] * random.uniform(1.0, 1.0 + wanted.jitter))
    return "pending", step, now + max(pause, verdict.wait or timedelta(0))


class Lane:
    """One endpoint during its turn: hears each verdict and says what the endpoint is afterwards."""

    def __init__(self, turn: Turn, *, now: datetime) -> None:
        self._turn = turn
        self.in_flight = 1 if turn.breaker != "closed" else min(turn.in_flight, settings().webhooks.max_in_flight)
        self._breaker: Breaker = turn.breaker
        self._opens = turn.breaker_opens
        self._paused_until = turn.paused_until if turn.paused_until and turn.paused_until > now else None
        self._failures = turn.failures
        self._failing_since = turn.failing_since
        self._failing_attempts = turn.failing_attempts
        self._last_success_at: datetime | None = None
        self._is_gone = False
        self._slowed = False

    @property
    def most(self) -> int:
        """How many deliveries this turn may take: a probe, or a ping during a pause, is one."""
        return 1 if self._breaker != "closed" or self._paused_until else settings().webhooks.turn_deliveries

    @property
    def stopped(self) -> bool:
        """Whether nothing more should be sent in this turn."""
        return self._is_gone or self._breaker == "open" or self._slowed

    def hear(self, verdict: Verdict, *, now: datetime) -> None:
        """One attempt ended."""
        if verdict.outcome == "delivered":
            self._failures, self._failing_since, self._failing_attempts = 0, None, 0
            self._breaker, self._opens, self._last_success_at = "closed", 0, now
            return
        wanted = settings().webhooks
        self._failures += 1
        self._failing_attempts += 1
        self._failing_since = self._failing_since or now
        self._is_gone = self._is_gone or verdict.outcome == "gone"
        if verdict.outcome in SLOW or verdict.wait:
            self._slowed = True
            rest = timedelta(seconds=wanted.slow_seconds) if verdict.outcome in SLOW else timedelta(0)
            self._pause(now + max(rest, verdict.wait or timedelta(0)))
        if self._breaker == "half_open" or (self._breaker == "closed" and self._failures >= wanted.breaker_failures):
            self._breaker = "open"
            pause = min(wanted.breaker_seconds * 2**self._opens, wanted.breaker_max_seconds)
            self._opens = min(self._opens + 1, 30)
            self._pause(now + timedelta(seconds=pause))

    def end(self, *, now: datetime) -> TurnEnd:
        """What to write of the endpoint."""
        turn, wanted = self._turn, settings().webhooks
        in_flight = turn.in_flight
        if self._slowed:
            in_flight = max(turn.in_flight // 2, 1)
        elif self._last_success_at is not None and not self._failures:
            in_flight = min(turn.in_flight + 1, wanted.max_in_flight)
        paused = self._paused_until if self._paused_until and self._paused_until > now else None
        return TurnEnd(
            id=turn.id,
            workspace_id=turn.workspace_id,
            token=turn.token,
            in_flight=in_flight,
            breaker=self._breaker,
            breaker_opens=self._opens,
            paused_until=paused,
            failures=self._failures,
            failing_since=self._failing_since,
            failing_attempts=self._failing_attempts,
            last_success_at=self._last_success_at,
            disable=self._reason_to_disable(now),
        )

    def _reason_to_disable(self, now: datetime) -> str | None:
        wanted = settings().webhooks
        if self._is_gone:
            return "gone"
        since = self._failing_since
        if since is None or self._failing_attempts < wanted.disable_attempts:
            return None
        return "failing" if now - since >= timedelta(days=wanted.disable_days) else None

    def _pause(self, until: datetime) -> None:
        self._paused_until = max(self._paused_until or until, until)
