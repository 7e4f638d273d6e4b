"""What a stage can answer: the whole vocabulary between a stage and the engine.

A stage returns an Outcome, or raises Permanent (fails at once), TryAgain (waits, costs no attempt), or
anything else (costs an attempt and backs off). Cancelled and Superseded are raised *to* a stage.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec import Struct


class Outcome(Struct, frozen=True):
    """A finished task: `output` is kept for later stages (the last stage's is the job's result).

    `parts` are the inputs of the next stage's tasks when that stage fans out; an empty list means that
    it has nothing to do and is passed over. `message` is what the job says it is doing from now on.
    """

    output: Any = None
    parts: list[Any] | None = None
    message: str | None = None


class Permanent(Exception):
    """Trying again cannot help; the job (or the part) fails with this code."""

    def __init__(self, code: str, message: str, *, retryable: bool = False, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retryable = retryable
        self.details = details


class TryAgain(Exception):
    """Not now; run again after a while. Costs no attempt."""

    def __init__(self, after: timedelta, reason: str | None = None) -> None:
        super().__init__(reason or f"again in {after}")
        self.after = after
        self.reason = reason


class Cancelled(BaseException):
    """The job was cancelled; stop now. Not an Exception, so that `except Exception` does not swallow it."""


class DeadlineExceeded(BaseException):
    """The stage ran past its deadline."""


class Superseded(BaseException):
    """The lease is gone: somebody else has this task; nothing written from here on counts."""


class Interrupted(BaseException):
    """The process is shutting down and the grace has run out; the task is handed back, its attempt refunded."""
