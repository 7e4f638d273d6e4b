"""What outlives its time goes, a batch at a time: keys of runs, minutes' figures, and in the end all figures."""

from __future__ import annotations

from datetime import datetime, timedelta

from store.kit import db
from store.kit.clock import utc_now
from store.kit.settings import settings
from store.runs import partitions
from store.runs.windows import MINUTE


def prune(*, batch: int) -> int:
    """Delete one batch of each; how many rows went. Repeat while it is not 0 (indexes …_age)."""
    now = utc_now()
    oldest, figures = partitions.oldest(now), now - timedelta(days=settings().runs.figures_days)
    return (
        _delete("run_key", "created_at < %s", oldest, batch)
        + _delete("run_total", f"minutes = {MINUTE} AND at < %s", oldest, batch)
        + _delete("run_total", "at < %s", figures, batch)
        + _delete("run_group", "at < %s", figures, batch)
    )


def _delete(table: str, condition: str, edge: datetime, batch: int) -> int:
    gone = db.rows(
        f"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {condition} LIMIT %s)) RETURNING 1",
        (edge, batch),
    )
    return len(gone)
