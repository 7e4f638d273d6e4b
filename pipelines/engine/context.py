"""What a stage knows and may do while it runs: its input, its progress, its fence.

Everything that must not come from a worker who lost its lease goes through `transaction()`.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import msgspec

from pipelines.engine.outcomes import Cancelled, Superseded
from pipelines.engine.pipeline import Pipeline, Stage
from store.jobs import working
from store.jobs.records import Claim
from store.kit import db

PROGRESS_EVERY_SECONDS = 0.5  # progress is for people; more often than this only costs


class Context:
    """One task in work. `token` is its fencing token, also fit as an idempotency key for calls outside."""

    def __init__(self, claim: Claim, pipeline: Pipeline) -> None:
        self.claim = claim
        self.pipeline = pipeline
        self.stage: Stage = pipeline.stages[claim.stage]
        self._stop: type[BaseException] | None = None
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._thread: int | None = None
        self._injected = False
        self._said_at = float("-inf")

    @property
    def job_id(self) -> str:
        return self.claim.job_id

    @property
    def workspace_id(self) -> str:
        return self.claim.workspace_id

    @property
    def input(self) -> Any:
        """The job's input, as JSON values."""
        return self.claim.input

    @property
    def part(self) -> Any:
        """This task's part of a fan-out; None in a single stage."""
        return self.claim.part

    @property
    def idx(self) -> int:
        """The part's index; 0 in a single stage."""
        return self.claim.idx

    @property
    def run(self) -> int:
        """1 at first; each retry of the job raises it."""
        return self.claim.run

    @property
    def attempt(self) -> int:
        """1 at first."""
        return self.claim.attempt

    @property
    def token(self) -> int:
        return self.claim.token

    @property
    def checkpoint(self) -> Any:
        """What `save_checkpoint` kept last, by this attempt or one before; None without."""
        return self.claim.checkpoint

    def cancelled(self) -> bool:
        """Whether this task should stop; costs nothing."""
        return self._stop is not None

    def check(self) -> None:
        """Raise what this task should stop with, if it should."""
        if self._stop is not None:
            raise self._stop

    def sleep(self, seconds: float) -> None:
        """Sleep that a cancel ends at once."""
        if self._stopped.wait(seconds):
            self.check()

    def progress(self, fraction: float, message: str | None = None) -> None:
        """Say how far this stage is (0..1) and what it does. Told at most twice a second; costs no event."""
        self.check()
        now = time.monotonic()
        if self.stage.fan_out or (now - self._said_at < PROGRESS_EVERY_SECONDS and fraction < 1):
            return
        self._said_at = now
        percent = self.pipeline.progress(self.claim.stage, fraction)
        if not working.say_progress(self.claim, percent=percent, message=message):
            self._lost()

    def save_checkpoint(self, value: Any) -> None:
        """Keep `value` (JSON) for whoever runs this task next, should this attempt not end."""
        if not working.save_checkpoint(self.claim, msgspec.json.encode(value).decode()):
            self._lost()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction that only a live lease can commit: raises Superseded or Cancelled otherwise."""
        with db.transaction():
            if not working.holds_lease(self.claim):
                self._lost()
            yield

    def output_of(self, stage: str) -> Any:
        """What an earlier single stage returned; None if it returned nothing."""
        found = working.outputs(self.job_id, self.pipeline.index(stage))
        return found[0][1] if found else None

    def outputs_of(self, stage: str) -> list[Any]:
        """What the parts of an earlier fan-out returned, in order; those that failed are left out."""
        return [output for _, output in working.outputs(self.job_id, self.pipeline.index(stage))]

    def _lost(self) -> None:
        self.check()
        raise Cancelled if working.is_cancelled(self.claim) else Superseded

    def enter(self) -> None:
        """The calling thread runs the stage from here on."""
        self._thread = threading.get_ident()

    def leave(self) -> None:
        """The stage is done; an exception that was sent and has not arrived yet is called back."""
        with self._lock:
            thread, self._thread = self._thread, None
            if self._injected and thread is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), None)

    def ask_to_stop(self, reason: type[BaseException]) -> None:
        """Stop at the next check."""
        if self._stop is None:
            self._stop = reason
        self._stopped.set()

    def force_to_stop(self) -> None:
        """Raise in the stage's thread; reaches Python code that does not check, not a blocking C call."""
        with self._lock:
            if self._thread is not None and self._stop is not None and not self._injected:
                self._injected = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(self._stop))

    def again_in(self, attempt: int) -> timedelta:
        """The back-off before the next attempt."""
        return self.stage.retry_delay(attempt)
