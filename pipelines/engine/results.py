"""What a worker hands to the finisher: one result for each claimed task, whatever became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from msgspec import Raw, Struct

from store.jobs.records import Claim

NULL = Raw(b"null")


class Result(Struct, frozen=True, kw_only=True):
    """`kind` decides: `done` and `failed` end the task, `again` and `handed_back` let it run once more.

    `delay` is how long to wait before it runs again; `refund` gives the attempt back. `final` says that a
    failure must not be tried again.
    """

    claim: Claim
    kind: Literal["done", "failed", "again", "handed_back"]
    output: Raw = NULL
    parts: list[Any] | None = None
    message: str | None = None
    error: dict[str, Any] | None = None
    final: bool = False
    delay: timedelta = timedelta(0)
    refund: bool = False
    seconds: float = 0.0


def failure(code: str, message: str, *, retryable: bool, **details: Any) -> dict[str, Any]:
    """An error as jobs carry it: `{code, message, retryable, details?}`."""
    return {"code": code, "message": message, "retryable": retryable, **({"details": details} if details else {})}
