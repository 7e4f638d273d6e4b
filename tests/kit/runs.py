"""Runs in the store for tests: written as the tracker writes them, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pipelines.runs.counter import Counter
from store.kit import db
from store.runs import write
from store.runs.records import NewRun
from tests.kit.eventually import eventually


def run_of(workspace_id: str, at: datetime, **values: Any) -> NewRun:
    """A run; a dollar, 100 ms and 10 tokens unless told."""
    given = {"prompt_id": "greeting", "model": "gpt-4", "provider": "openai", "success": True, "tokens": 10,
             "cost": 1_000_000_000, "latency_us": 100_000}  # fmt: skip
    return NewRun(workspace_id=workspace_id, at=at, **{**given, **values})


def store(runs: Sequence[NewRun]) -> None:
    """One batch, not counted yet."""
    connection = db.database.connection()
    db.prepare(connection, write.STATEMENTS)
    with db.transaction(), connection.cursor() as cursor:
        write.insert(cursor, runs)


def count() -> int:
    """Count what waits; how many batches."""
    counter = Counter()
    try:
        return counter.round()
    finally:
        counter.close()


def stored_and_counted(runs: Sequence[NewRun]) -> None:
    """Counted by whoever takes them first: a fleet of the test counts too."""
    store(runs)
    count()
    eventually(lambda: not db.rows("SELECT 1 FROM run_feed WHERE broken_at IS NULL LIMIT 1"), what="an empty feed")
