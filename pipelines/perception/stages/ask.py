"""*ask*: one call to one platform, kept as it comes. A cell that holds an answer is never asked again.

The cell and the money of a call are reserved before it is made, and settled with its answer. Waits become delays: of
this task, and through the platform's gate of all that ask the same platform. A cell that cannot be answered has failed,
which costs its share of the scan and no more.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any, NoReturn

import msgspec

from pipelines.clients.platforms import directory
from pipelines.clients.platforms.asking import Platform, Question
from pipelines.clients.platforms.faults import PlatformError
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent, TryAgain
from pipelines.perception import costs, platforms
from pipelines.perception.stages import sandbox
from pipelines.replies import Reply
from store.kit import db, log
from store.kit.clock import utc_now
from store.kit.errors import DomainError
from store.kit.settings import settings
from store.perception import answers, gates, scans
from store.perception.answers import OPEN, Told
from store.perception.tables import Answer

logger = log.get("pipelines.perception.ask")
PATIENCE_SECONDS = 60.0  # a turn that lies further ahead is not taken yet
SOON_SECONDS = 0.05  # what is worth waiting for with the worker in hand
FIRST_WAIT_SECONDS = 5.0  # after a 429 that does not say how long; doubled each time it comes again
LONGEST_WAIT_SECONDS = 120.0


def run(ctx: Context) -> Outcome:
    """Answer the part's cells: many of the sandbox, or one of a platform."""
    if ctx.part["sandbox"]:
        return sandbox.run(ctx)
    (answer,) = answers.many(ctx.workspace_id, ctx.part["answerIds"])
    if answer.state not in (*OPEN, "failed"):
        return Outcome(output={"state": answer.state})
    platform = directory.find(answer.platform)
    if platform is None:
        _give_up(answer, "unknown_platform", f"{answer.platform} is not configured any more.")
    if answer.state == "asking" and settings().perception.lost_call == "leave":
        _give_up(answer, "outcome_unknown", "A worker died before it could store the answer; it may have been billed.")
    _wait_for_turn(ctx, answer)
    return _call(ctx, platform, answer)


def _call(ctx: Context, platform: Platform, answer: Answer) -> Outcome:
    cap, _ = scans.bounds(ctx.workspace_id, answer.scan_id)
    estimate = costs.estimate_nano(platform)
    with ctx.transaction():
        reserved = answers.begin(ctx.workspace_id, answer.id, estimate_nano=estimate or 0, cap_nano=cap)
    if not reserved:
        _give_up(answer, "spend_limit", "What the scan may spend is spent or reserved.")
    began = utc_now()
    try:
        reply = platform.ask(Question(answer.prompt.text, answer.id), cancelled=ctx.cancelled)
    except PlatformError as error:
        ctx.check()
        return _failed(ctx, answer, error)
    told = _told(platform, reply, elapsed=utc_now() - began)
    # Not under the lease: an answer that was paid for is kept whoever holds the task by now, and the first one stays.
    with db.transaction():
        answers.keep(ctx.workspace_id, answer.id, told)
    return Outcome(output={"state": told.state})


def _told(platform: Platform, reply: Reply, *, elapsed: timedelta) -> Told:
    model = reply.model or platform.model
    cost, source = costs.paid(platform, reply, model)
    return Told(
        state=reply.state,
        text=reply.text.replace("\0", ""),
        citations=reply.citations,
        queries=reply.queries,
        usage=msgspec.to_builtins(reply.usage),
        cost_nano=cost,
        cost_source=source,
        model=model,
        request_id=reply.request_id,
        elapsed_ms=round(elapsed.total_seconds() * 1000),
        error={"code": reply.note} if reply.note else None,
    )


def _wait_for_turn(ctx: Context, answer: Answer) -> None:
    """Go on when it is this cell's turn at the platform. Raises TryAgain, or gives up when it has waited too long."""
    name = answer.platform
    known = ctx.checkpoint or {}
    gate = (
        gates.look(name)
        if known.get("turn")
        else gates.enter(name, per_minute=platforms.per_minute(name), patience_seconds=PATIENCE_SECONDS)
    )
    if gate.paused_seconds:
        _give_up(answer, gate.reason or "paused", f"{name} is not asked at the moment: {gate.reason}.")
    _check_patience(ctx, answer)
    if gate.granted and gate.wait_seconds <= SOON_SECONDS:
        ctx.sleep(gate.wait_seconds)
        return
    ctx.save_checkpoint(known | {"turn": known.get("turn", gate.granted)})
    raise TryAgain(timedelta(seconds=gate.wait_seconds), f"waiting for a turn at {name}")


def _failed(ctx: Context, answer: Answer, error: PlatformError) -> Outcome:
    """What became of a call that brought no answer."""
    logger.info("platform.failed", platform=answer.platform, verdict=error.verdict, code=error.code)
    workspace_id, limits = ctx.workspace_id, settings().platforms
    if error.verdict != "lost":
        answers.give_back(workspace_id, answer.id)
    if error.verdict == "wait":
        waits = int((ctx.checkpoint or {}).get("waits", 0))
        after = error.after or timedelta(seconds=min(FIRST_WAIT_SECONDS * 2**waits, LONGEST_WAIT_SECONDS))
        if after.total_seconds() <= limits.max_wait_seconds:
            gates.block(answer.platform, after.total_seconds())
            _check_patience(ctx, answer)
            ctx.save_checkpoint({"turn": True, "waits": waits + 1})
            # A little later than asked for, and not all at once.
            raise TryAgain(after * random.uniform(1.0, 1.1) + timedelta(milliseconds=20), error.message)
    if error.verdict in ("wait", "pause"):
        rest = error.after.total_seconds() if error.after else limits.pause_seconds
        gates.pause(answer.platform, rest, error.code)
    again = error.verdict == "retry" or (error.verdict == "lost" and settings().perception.lost_call == "again")
    if again and ctx.attempt < ctx.stage.attempts:
        raise DomainError(error.message, code=error.code)
    _give_up(answer, error.code, error.message, is_paid=error.verdict == "lost")


def _check_patience(ctx: Context, answer: Answer) -> None:
    _, age = scans.bounds(ctx.workspace_id, answer.scan_id)
    if age > settings().perception.patience_minutes * 60:
        _give_up(answer, "too_late", f"{answer.platform} kept this question waiting for too long.")


def _give_up(answer: Answer, code: str, message: str, *, is_paid: bool = False) -> NoReturn:
    """The cell has failed. `is_paid`: perhaps, so what was reserved stays spent."""
    error: dict[str, Any] = {"code": code, "message": message}
    answers.keep(answer.workspace_id, answer.id, Told(state="failed", error=error, cost_nano=None if is_paid else 0))
    raise Permanent(code, message, retryable=True)
