"""One endpoint's turn: what is due is signed and sent, a few at a time, until it is done or should stop."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from math import floor

import msgspec

from pipelines.clients.fetch_errors import FetchError
from pipelines.clients.poster import Poster, Reply
from pipelines.webhooks import policy, signing
from store.kit import log
from store.kit.clock import utc_now
from store.kit.settings import settings
from store.kit.vault import CannotOpen, open_sealed
from store.webhooks.records import Attempted, Due, Turn, TurnEnd

logger = log.get("pipelines.webhooks.sending")
KEPT_OF_ANSWER = 1024  # characters of an answer's body that the record keeps

Told = Callable[[Attempted | TurnEnd], None]


async def run_turn(turn: Turn, lane: policy.Lane, due: list[Due], poster: Poster, tell: Told) -> None:
    """Send what is due; every attempt and at last the turn's end go to `tell`, whatever happens."""
    waiting = deque(due)
    stop_at = time.monotonic() + settings().webhooks.turn_seconds
    try:
        secrets, own = _opened(turn, now=utc_now())
    except CannotOpen:
        logger.exception("webhook.unreadable", webhook_id=turn.id)
        for _ in due:
            lane.hear(policy.of_error("secret_unreadable"), now=utc_now())
        tell(lane.end(now=utc_now()))
        return

    async def work() -> None:
        while waiting and not lane.stopped and time.monotonic() < stop_at:
            one = waiting.popleft()
            now = utc_now()
            headers = signing.headers(
                one, surface=turn.surface, own=own, secrets_now=secrets, timestamp=floor(now.timestamp())
            )
            tell(await _attempt(turn, lane, one, headers, poster, now))

    try:
        await asyncio.gather(*(work() for _ in range(min(lane.in_flight, len(waiting)))))
    finally:
        tell(lane.end(now=utc_now()))


async def _attempt(
    turn: Turn, lane: policy.Lane, due: Due, headers: dict[str, str], poster: Poster, now: datetime
) -> Attempted:  # fmt: skip
    wanted = settings().webhooks
    begun = time.monotonic()
    reply: Reply | None = None
    try:
        reply = await poster.post(
            turn.url,
            headers=headers,
            body=due.body.encode(),
            seconds=wanted.timeout_seconds,
            max_bytes=wanted.answer_bytes,
        )
        verdict = policy.of_status(reply.status, reply.headers.get("retry-after"))
    except FetchError as error:
        verdict = policy.of_error(error.code)
    took = time.monotonic() - begun
    ended = utc_now()
    lane.hear(verdict, now=ended)
    state, step, next_at = policy.next_attempt(due, verdict, now=ended)
    return Attempted(
        delivery_id=due.id,
        number=due.attempts + 1,
        at=now,
        duration_ms=round(took * 1000),
        status=verdict.status,
        error=verdict.error,
        response=_readable(reply.body) if reply is not None and reply.body else None,
        state=state,  # type: ignore[arg-type]
        step=step,
        next_at=next_at,
        outcome=verdict.outcome,
    )


def _opened(turn: Turn, *, now: datetime) -> tuple[list[str], dict[str, str]]:
    """The secrets that sign now, the newest first, and the customer's own headers. Raises CannotOpen."""
    secrets = [open_sealed(turn.secret, row=turn.id)]
    if turn.old_secret is not None and turn.old_secret_until is not None and now < turn.old_secret_until:
        secrets.append(open_sealed(turn.old_secret, row=turn.id))
    own: dict[str, str] = msgspec.json.decode(open_sealed(turn.headers, row=turn.id))
    return secrets, own


def _readable(body: bytes) -> str:
    return body[: KEPT_OF_ANSWER * 4].decode("utf-8", "replace").replace("\0", "")[:KEPT_OF_ANSWER]
