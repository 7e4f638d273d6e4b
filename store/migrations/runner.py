"""Applies pending migrations under an advisory lock, so that any number of processes may start at once.

`lock_timeout` keeps a migration from queueing behind a long transaction and blocking everyone after it.
"""

from __future__ import annotations

from pathlib import Path

from playhouse.migrations import Runner

from store.kit.db import database

FOLDER = Path(__file__).parent
ADVISORY_LOCK = 6_460_120_001  # any constant; it only has to be ours


def migrate() -> list[str]:
    """Apply what is pending; the names of what was applied."""
    with database.connection_context():
        database.execute_sql("SET statement_timeout = 0")
        database.execute_sql("SET client_min_messages = warning")
        database.execute_sql("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
        try:
            database.execute_sql("SET lock_timeout = '5s'")
            return list(Runner(database, str(FOLDER)).up())
        finally:
            database.execute_sql("SELECT pg_advisory_unlock(%s)", (ADVISORY_LOCK,))


def pending() -> list[str]:
    """Migrations of this version that the database does not have yet."""
    applied = Runner(database, str(FOLDER)).applied()
    return [path.stem for path in sorted(FOLDER.glob("[0-9]*.py")) if path.stem not in applied]
