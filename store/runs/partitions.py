"""The months of runs: each is a partition, made before it is needed and dropped as a whole when its time is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg2

from store.kit import db, log
from store.kit.clock import utc_now
from store.kit.settings import settings

logger = log.get("store.runs.partitions")
AHEAD = timedelta(days=40)  # the coming month is there well before it begins
PREFIX = "run_"
LOCK_TIMEOUT = "SET lock_timeout = '5s'"


def ensure() -> int:
    """Make the months that a run may lie in from the oldest that is kept to the coming one; how many were made.

    Any number may do this at once.
    """
    known = _attached()
    now = utc_now()
    missing = [month for month in _months(oldest(now), now + AHEAD) if name(month) not in known]
    for month in missing:
        _make(month)
    return len(missing)


def drop_old() -> int:
    """Drop the months that have passed out of the retention as a whole; how many."""
    edge = oldest(utc_now()).date().replace(day=1)
    gone = [table for table, month in _standing().items() if month < edge]
    for table in gone:
        _drop(table)
    return len(gone)


def oldest(now: datetime) -> datetime:
    """The earliest moment that a run may have."""
    return now - timedelta(days=settings().runs.retention_days)


def name(month: date) -> str:
    """`run_2026_11`."""
    return f"{PREFIX}{month:%Y_%m}"


def _months(first: datetime, last: datetime) -> Iterator[date]:
    month = first.astimezone(UTC).date().replace(day=1)
    while month <= last.astimezone(UTC).date():
        yield month
        month = _after(month)


def _after(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _attached() -> set[str]:
    """The tables that are months of `run` now."""
    found = db.rows(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'run'::regclass"
    )
    return {table for (table,) in found}


def _standing() -> dict[str, date]:
    """Every month's table with its first day, also one whose removal was cut short."""
    found = db.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        " AND relname ~ '^run_\\d{4}_\\d\\d$'"
    )
    return {table: date(int(table[4:8]), int(table[9:11]), 1) for (table,) in found}


@contextmanager
def _own_cursor() -> Iterator[Any]:
    """A cursor outside of any transaction, which gives up soon when it cannot have its lock."""
    connection = db.connect(application="millrace runs")
    try:
        with connection.cursor() as cursor:
            cursor.execute(LOCK_TIMEOUT)
            yield cursor
    finally:
        connection.close()


def _make(month: date) -> None:
    """Made beside the parent and attached, which holds up neither writers nor readers."""
    table = name(month)
    with _own_cursor() as cursor:
        try:
            cursor.execute(f"CREATE TABLE {table} (LIKE run INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        except (psycopg2.errors.DuplicateTable, psycopg2.errors.UniqueViolation):
            pass  # somebody makes it just now, or died in between: it is attached below in either case
        try:
            cursor.execute(
                f"ALTER TABLE run ATTACH PARTITION {table} FOR VALUES FROM (%s) TO (%s)",
                (f"{month} 00:00:00+00", f"{_after(month)} 00:00:00+00"),
            )
        except (psycopg2.errors.WrongObjectType, psycopg2.errors.InvalidObjectDefinition):
            return  # somebody else has attached it
    logger.info("runs.month_made", table=table)


def _drop(table: str) -> None:
    with _own_cursor() as cursor:
        if table in _attached():
            _detach(cursor, table)
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
    logger.info("runs.month_dropped", table=table)


def _detach(cursor: Any, table: str) -> None:
    """Concurrently, so that nobody waits; one that was cut short is completed."""
    try:
        cursor.execute(f"ALTER TABLE run DETACH PARTITION {table} CONCURRENTLY")
    except psycopg2.errors.ObjectNotInPrerequisiteState:
        cursor.execute(f"ALTER TABLE run DETACH PARTITION {table} FINALIZE")
