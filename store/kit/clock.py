"""The one clock: aware UTC. Nothing else reads the wall clock, so that tests can move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_offset = timedelta(0)


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _offset


def move(by: timedelta) -> None:
    """Shift this process's clock; for tests."""
    global _offset
    _offset += by


def rfc3339(moment: datetime) -> str:
    """`2026-02-03T12:00:00Z`; fractions only where the moment has them, to the millisecond (RFC 3339)."""
    moment = moment.astimezone(UTC)
    spec = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")
