"""How far counting is behind."""

from __future__ import annotations

from msgspec import Struct

from store.kit import db


class Backlog(Struct, frozen=True):
    """Batches that wait, the age of the oldest, and how many were set aside."""

    waiting: int
    oldest_seconds: float
    set_aside: int


def read() -> Backlog:
    """The feed as it stands; it is as long as what waits."""
    found = db.row(
        "SELECT count(*) FILTER (WHERE broken_at IS NULL),"
        "       coalesce(extract(epoch FROM now() - min(written_at) FILTER (WHERE broken_at IS NULL)), 0)::float8,"
        "       count(broken_at) FROM run_feed"
    )
    assert found
    return Backlog(*found)
