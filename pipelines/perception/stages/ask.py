"""*ask*: calls to one platform, each answer kept as it comes. A cell that holds an answer is never asked again.

A task has a few cells and asks one after the other, so that the slot it holds is not handed round after each. The cell and
the money of a call are reserved before it is made, and settled with its answer. Waits become delays: of this task, and
through the platform's gate of all that ask the same platform. A cell that cannot be answered has failed, which costs its
share of the scan and no more.
"""

from __future__ import annotations

import random
import time
from datetime import timedelta
from typing import Any

import msgspec
from msgspec import Struct

from pipelines.clients.platforms import directory
from pipelines.clients.platforms.asking import Platform, Question
from pipelines.clients.platforms.faults import PlatformError
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent, TryAgain
from pipelines.perception import costs, early, platforms
from pipelines.perception.stages import sandbox
from pipelines.replies import Reply
from store.kit import log, structs
from store.kit.clock import utc_now
from store.kit.settings import settings
from store.perception import answers, gates, scans
from store.perception.answers import OPEN, Told
from store.perception.tables import Answer

logger = log.get("pipelines.perception.ask")
MOST_CALLS = 4  # for one cell, before it has failed
LONGEST_SPELL_SECONDS = (
    240.0  # after so long the next call is left to a new turn: a call may take 10 minutes, a stage 15
)
PATIENCE_SECONDS = 60.0  # a turn that lies further ahead is not taken yet
SOON_SECONDS = 0.05  # what is worth waiting for with the worker in hand
MONEY_SECONDS = 0.5  # until the money of calls under way may have come back
SETTLING_SECONDS = 30.0  # from a call's deadline until its money is settled, at most
FIRST_RETRY_SECONDS = 1.0  # doubled for each call that failed, with jitter
FIRST_WAIT_SECONDS = 5.0  # after a 429 that does not say how long; doubled each time it comes again
LONGEST_WAIT_SECONDS = 120.0


class Place(Struct, frozen=True, omit_defaults=True):
    """Where the task stands, should it run again: `turn` is the cell that has its turn at the platform, `waits` how
    often in a row the platform asked to wait, `failed` the cells that were given up in this `run` of the job."""

    run: int = 1
    turn: str = ""
    waits: int = 0
    failed: dict[str, tuple[str, str]] = {}


class GaveUp(Exception):
    """This cell has failed; the task goes on with the next."""

    def __init__(self, code: str, message: str, *, is_paid: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.is_paid = is_paid  # perhaps: what was reserved for it stays spent


def run(ctx: Context) -> Outcome:
    """Answer the part's cells. Fails when none of them could be answered."""
    if ctx.part["sandbox"]:
        return sandbox.run(ctx)
    task, began = _Task(ctx), time.monotonic()
    held = answers.many(ctx.workspace_id, ctx.part["answerIds"])
    for answer in held:
        if answer.id not in task.place.failed and answer.state in (*OPEN, "failed"):
            ctx.check()
            if time.monotonic() - began > LONGEST_SPELL_SECONDS:
                raise TryAgain(timedelta(0), "its calls took long")
            task.ask(answer)
    failed = task.place.failed
    if not held:  # the brand was removed meanwhile, and its scans with it
        return Outcome(output={"answered": 0})
    if len(failed) == len(held):
        code, message = list(failed.values())[-1]
        raise Permanent(code, message, retryable=True)
    early.begin(ctx.workspace_id, held[0].scan_id, [one.id for one in held if one.id not in failed])
    return Outcome(output={"answered": len(held) - len(failed), "failed": len(failed)})


class _Task:
    """One task at work: its context, and its place in the part."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        known = structs.convert(ctx.checkpoint or {}, Place)
        self.place = known if known.run == ctx.run else Place(run=ctx.run)
        self.platform: Platform | None = directory.find(ctx.part["platform"])

    def ask(self, answer: Answer) -> None:
        """One cell, to its end. Raises TryAgain when it has to wait."""
        try:
            self._ask(answer)
        except GaveUp as reason:
            error: dict[str, Any] = {"code": reason.code, "message": reason.message}
            told = Told(state="failed", error=error, cost_nano=None if reason.is_paid else 0)
            answers.keep(answer.workspace_id, answer.id, told)
            failed = self.place.failed | {answer.id: (reason.code, reason.message)}
            self._save(turn="", waits=0, failed=failed)

    def _ask(self, answer: Answer) -> None:
        if self.platform is None:
            raise GaveUp("unknown_platform", f"{answer.platform} is not configured any more.")
        if answer.state == "asking" and settings().perception.lost_call == "leave":
            raise GaveUp(
                "outcome_unknown",
                "A worker died before it could store the answer; it may have been billed.",
                is_paid=True,
            )
        cap, age = scans.bounds(answer.workspace_id, answer.scan_id)
        self._wait_for_turn(answer, age)
        self._reserve(answer, costs.estimate_nano(self.platform) or 0, cap)
        began = utc_now()
        try:
            reply = self.platform.ask(Question(answer.prompt.text, answer.id), cancelled=self.ctx.cancelled)
        except PlatformError as error:
            self.ctx.check()
            self._failed(answer, error, age)
            return
        # Not under the lease: an answer that was paid for is kept whoever holds the task by now; the first one stays.
        answers.keep(answer.workspace_id, answer.id, _told(self.platform, reply, elapsed=utc_now() - began))
        if self.place.turn or self.place.waits:
            self.place = msgspec.structs.replace(self.place, turn="", waits=0)

    def _reserve(self, answer: Answer, estimate_nano: int, cap_nano: int | None) -> None:
        """The cell and the money for a call. Raises TryAgain while only reserves of calls under way stand in its way,
        and GaveUp."""
        with self.ctx.transaction():
            if answers.begin(answer.workspace_id, answer.id, estimate_nano=estimate_nano, cap_nano=cap_nano):
                return
        if cap_nano is not None and answers.may_reach(
            answer.workspace_id,
            answer,
            estimate_nano=estimate_nano,
            cap_nano=cap_nano,
            call_seconds=settings().platforms.timeout_seconds + SETTLING_SECONDS,
        ):
            self._save(turn=answer.id)
            raise TryAgain(timedelta(seconds=MONEY_SECONDS), "waiting for what calls under way do not spend")
        raise GaveUp("spend_limit", "What the scan may spend is spent.")

    def _wait_for_turn(self, answer: Answer, age: float) -> None:
        """Go on when it is this cell's turn at the platform. Raises TryAgain."""
        name = answer.platform
        has_turn = self.place.turn == answer.id
        if has_turn:
            gate = gates.look(name)
        else:
            gate = gates.enter(name, per_minute=platforms.per_minute(name), patience_seconds=PATIENCE_SECONDS)
        if gate.paused_seconds:
            raise GaveUp(gate.reason or "paused", f"{name} is not asked at the moment: {gate.reason}.")
        _check_patience(answer, age)
        if gate.granted and gate.wait_seconds <= SOON_SECONDS:
            self.ctx.sleep(gate.wait_seconds)
            return
        if gate.granted:
            self._save(turn=answer.id)
        raise TryAgain(timedelta(seconds=gate.wait_seconds), f"waiting for a turn at {name}")

    def _failed(self, answer: Answer, error: PlatformError, age: float) -> None:
        """A call brought no answer. Raises TryAgain or GaveUp."""
        logger.info("platform.failed", platform=answer.platform, verdict=error.verdict, code=error.code)
        limits = settings().platforms
        if error.verdict != "lost":
            answers.give_back(answer.workspace_id, answer.id)
        if error.verdict == "wait":
            after = error.after or timedelta(
                seconds=min(FIRST_WAIT_SECONDS * 2**self.place.waits, LONGEST_WAIT_SECONDS)
            )
            if after.total_seconds() <= limits.max_wait_seconds:
                gates.block(answer.platform, after.total_seconds())
                _check_patience(answer, age)
                self._save(turn=answer.id, waits=self.place.waits + 1)
                # A little later than asked for, and not all at once.
                raise TryAgain(after * random.uniform(1.0, 1.1) + timedelta(milliseconds=20), error.message)
        if error.verdict in ("wait", "pause"):
            rest = error.after.total_seconds() if error.after else limits.pause_seconds
            gates.pause(answer.platform, rest, error.code)
        again = error.verdict == "retry" or (error.verdict == "lost" and settings().perception.lost_call == "again")
        if again and answer.calls + 1 < MOST_CALLS:
            self._save(turn=answer.id)
            pause = FIRST_RETRY_SECONDS * 2**answer.calls * random.uniform(0.5, 1.0)
            raise TryAgain(timedelta(seconds=pause), error.message)
        raise GaveUp(error.code, error.message, is_paid=error.verdict == "lost")

    def _save(self, **changes: Any) -> None:
        self.place = msgspec.structs.replace(self.place, **changes)
        self.ctx.save_checkpoint(self.place)


def _told(platform: Platform, reply: Reply, *, elapsed: timedelta) -> Told:
    model = reply.model or platform.model
    cost, source = costs.paid(platform, reply, model)
    return Told(
        state=reply.state,
        text=reply.text,
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


def _check_patience(answer: Answer, age: float) -> None:
    if age > settings().perception.patience_minutes * 60:
        raise GaveUp("too_late", f"{answer.platform} kept this question waiting for too long.")
