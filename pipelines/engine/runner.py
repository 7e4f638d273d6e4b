"""The runner: one claimed task from start to result. The only place that decides what an exception means."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache

import msgspec
from msgspec import Raw

from pipelines import catalog
from pipelines.engine.context import Context
from pipelines.engine.finisher import Finisher
from pipelines.engine.marker import Marker
from pipelines.engine.outcomes import (
    Cancelled,
    DeadlineExceeded,
    Interrupted,
    Outcome,
    Permanent,
    Superseded,
    TryAgain,
)
from pipelines.engine.results import Result, failure
from store.jobs.records import Claim
from store.kit import db, log
from store.kit.errors import DomainError, Unavailable
from store.kit.settings import settings

logger = log.get("pipelines.engine.runner")
WORTH_A_LINE_SECONDS = 0.1  # quicker stages are logged at debug level: thousands a second would cost more than the work
OUTAGE_PAUSE = timedelta(seconds=1)
PUT_OFF = timedelta(seconds=1)


@cache
def stage_function(dotted: str) -> Callable[[Context], Outcome]:
    """The function behind `package.module:name`."""
    found: Callable[[Context], Outcome] = catalog.resolve(dotted)
    return found


class Runner:
    """Runs claims on the calling thread and hands each result to the finisher. Knows what runs now."""

    def __init__(self, finisher: Finisher, marker: Marker) -> None:
        self._finisher = finisher
        self._marker = marker
        self._running: dict[int, Context] = {}
        self._closed = False

    def run(self, claim: Claim) -> None:
        """Work on one task; never raises for what the stage does."""
        if self._closed:
            self.hand_back(claim)
            return
        started = time.monotonic()
        if claim.crashes >= settings().engine.crash_budget:
            message = f"{claim.crashes} worker processes died while they worked on it; it is set aside."
            self._finisher.put(_failed(claim, "worker_lost", message, final=True, retryable=True))
            return
        ctx = Context(claim, catalog.pipelines()[claim.pipeline])
        self._running[claim.task_id] = ctx
        self._marker.started(claim)
        try:
            with log.bound(
                job_id=claim.job_id,
                workspace_id=claim.workspace_id,
                stage=ctx.stage.name,
                request_id=claim.request_id,
            ):
                result = self._attempt(ctx, started)
                self._say(result, ctx)
        finally:
            self._running.pop(claim.task_id, None)
        if result is not None:
            self._finisher.put(result)
        self._marker.ended(claim)

    def stop(self, task_id: int, reason: type[BaseException], *, by_force: bool) -> None:
        """Tell a running task to stop; `by_force` raises in its thread."""
        ctx = self._running.get(task_id)
        if ctx is not None:
            ctx.ask_to_stop(reason)
            if by_force:
                ctx.force_to_stop()

    def stop_all(self, reason: type[BaseException], *, by_force: bool) -> None:
        """Tell everything that runs to stop."""
        for task_id in list(self._running):
            self.stop(task_id, reason, by_force=by_force)

    def hand_back(self, claim: Claim) -> None:
        """Give an unstarted task back at once, its attempt refunded."""
        self._finisher.put(Result(claim=claim, kind="handed_back", refund=True))

    def put_off(self, claim: Claim) -> None:
        """Give an unstarted task back for a moment, in which another process may become free for it."""
        self._finisher.put(Result(claim=claim, kind="handed_back", refund=True, delay=PUT_OFF))

    def close(self) -> None:
        """Begin nothing from here on: what was claimed and has not begun is handed back."""
        self._closed = True

    def active(self) -> int:
        """Tasks in work."""
        return len(self._running)

    def _attempt(self, ctx: Context, started: float) -> Result | None:
        """The stage's answer as a result. A lost lease has none: whatever it led to belongs to somebody else."""
        claim = ctx.claim
        try:
            try:
                ctx.enter()
                outcome = stage_function(ctx.stage.run)(ctx)
            finally:
                ctx.leave()
            return _done(claim, outcome, time.monotonic() - started)
        except Permanent as error:
            return _failed(
                claim,
                error.code,
                error.message,
                final=True,
                retryable=error.retryable,
                seconds=time.monotonic() - started,
                **error.details,
            )
        except TryAgain as error:
            return Result(claim=claim, kind="again", delay=error.after, refund=True, message=error.reason)
        except (Cancelled, Superseded):
            # The finisher deletes a `stopping` task under its token, which frees its slot; for a superseded
            # one nothing matches.
            return Result(claim=claim, kind="handed_back", refund=True)
        except Interrupted:
            return Result(claim=claim, kind="handed_back", refund=True)
        except DeadlineExceeded:
            limit = ctx.stage.deadline.total_seconds()
            return self._again_or_failed(ctx, "deadline_exceeded", f"The stage ran longer than {limit:.0f} s.", started)
        except (Unavailable, *db.OUTAGES) as error:
            logger.warning("stage.postponed", error=type(error).__name__)
            return Result(claim=claim, kind="again", delay=OUTAGE_PAUSE, refund=True, message="a part of ours was away")
        except DomainError as error:
            return self._again_or_failed(ctx, error.code, error.message, started)
        except Exception as error:
            logger.exception("stage.broke", error=type(error).__name__, attempt=claim.attempt)
            return self._again_or_failed(
                ctx, "internal_error", "The stage broke; the operator's log says why.", started
            )

    def _again_or_failed(self, ctx: Context, code: str, message: str, started: float) -> Result:
        claim = ctx.claim
        return Result(
            claim=claim,
            kind="failed",
            delay=ctx.again_in(claim.attempt),
            seconds=time.monotonic() - started,
            error=failure(code, message, retryable=True, attempts=claim.attempt),
        )

    def _say(self, result: Result | None, ctx: Context) -> None:
        if result is None or (result.kind == "done" and result.seconds < WORTH_A_LINE_SECONDS):
            return
        code = result.error["code"] if result.error else None
        logger.info(
            "stage.finished",
            kind=result.kind,
            seconds=round(result.seconds, 3),
            code=code,
            pipeline=ctx.pipeline.name,
            attempt=ctx.attempt,
        )


def _done(claim: Claim, outcome: Outcome | None, seconds: float) -> Result:
    outcome = outcome or Outcome()
    output = Raw(msgspec.json.encode(outcome.output))
    limit = settings().engine.max_result_bytes
    if len(bytes(output)) > limit:
        return _failed(claim, "result_too_large", f"The stage returned more than {limit} bytes.", final=True)
    return Result(
        claim=claim, kind="done", output=output, parts=outcome.parts, message=outcome.message, seconds=seconds
    )


def _failed(
    claim: Claim,
    code: str,
    message: str,
    *,
    final: bool,
    retryable: bool = False,
    seconds: float = 0.0,
    **details: object,
) -> Result:
    return Result(
        claim=claim,
        kind="failed",
        final=final,
        seconds=seconds,
        error=failure(code, message, retryable=retryable, **details),
    )
