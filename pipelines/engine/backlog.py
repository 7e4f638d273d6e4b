"""How many jobs of a workspace wait to start: counted seldom, estimated in between, to keep the cap cheap."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from store.jobs import accept
from store.jobs.records import NewJob
from store.kit.errors import QuotaExceeded
from store.kit.settings import settings

TRUSTED_SECONDS = 10.0
KEPT = 10_000  # workspaces whose estimate is remembered


class Backlog:
    """An estimate per workspace: the last count plus what was let in since, so it errs on the strict side.

    It is counted again when the estimate nears the cap or is old; one thread uses it.
    """

    def __init__(self) -> None:
        self._counted: dict[str, tuple[float, int]] = {}

    def refusal(self, cursor: Any, job: NewJob) -> QuotaExceeded | None:
        """Let a job in (None), or say why not."""
        cap = settings().engine.max_waiting
        counted_at, known = self._counted.get(job.workspace_id, (float("-inf"), 0))
        now = time.monotonic()
        age = now - counted_at
        if age > TRUSTED_SECONDS or (known >= cap and age > 1.0):
            known = accept.waiting_jobs(cursor, job.workspace_id, limit=cap + 1)
            counted_at = now
        if len(self._counted) >= KEPT:
            self._counted.clear()
        self._counted[job.workspace_id] = (counted_at, known + 1 if known < cap else known)
        if known < cap:
            return None
        return QuotaExceeded(
            f"{cap} jobs of this workspace are waiting already.",
            code="too_many_waiting",
            retry_after=timedelta(seconds=5),
            limit=cap,
        )
