"""Postgres: one peewee database for all rooms, and plain connections for the few hot statements.

Every thread has a connection of its own, opened at first use and opened again after the server was away.
`transaction()` is the unit of work; `after_commit()` is for hints only: their failure is logged, not raised.
"""

from __future__ import annotations

import select
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import peewee
import psycopg2
from psycopg2 import extensions

from store.kit import log
from store.kit.errors import Unavailable
from store.kit.settings import settings

logger = log.get("store.kit.db")
OUTAGES = (psycopg2.OperationalError, psycopg2.InterfaceError, peewee.OperationalError, peewee.InterfaceError)
_local = threading.local()


# Hot statements are planned once, for any size of batch, and never by scanning a table that is small just now.
HOT = " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off"
# For statements whose loss in a crash of Postgres is repaired anyway (a claim, a dispatch): do not wait for the disk.
REPAIRABLE = " -c synchronous_commit=off"


def connect(*, application: str = "millrace", options: str = "") -> Any:
    """A new psycopg2 connection in autocommit mode, in UTC, with the statement timeout of the settings.

    A machine that stops in the middle of a transaction keeps its locks no longer than it keeps its tasks.
    """
    wanted = settings().database
    limits = {
        "statement_timeout": wanted.statement_timeout_seconds,
        "idle_in_transaction_session_timeout": settings().engine.lease_seconds,
    }
    timeouts = "".join(f" -c {name}={int(seconds * 1000)}" for name, seconds in limits.items())
    connection = psycopg2.connect(
        wanted.url,
        connect_timeout=5,
        application_name=application,
        keepalives_idle=30,
        options=f"-c timezone=UTC{timeouts}{options}",
    )
    connection.autocommit = True
    return connection


class Postgres(peewee.PostgresqlDatabase):
    """peewee's database on the connection settings; a lost connection is dropped, so the next use opens a new one."""

    def __init__(self) -> None:
        super().__init__("millrace", autoconnect=True)

    def _connect(self) -> Any:
        return connect()

    def execute_sql(self, sql: str, params: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Run one statement; values are bound as psycopg2's `%s`."""
        if not self.in_transaction():
            _drop_dead_connection()
        try:
            return super().execute_sql(sql, params, *args, **kwargs)
        except OUTAGES:
            if not self.in_transaction() and not self.is_closed() and not self.is_connection_usable():
                self.close()
            raise


database = Postgres()


class Model(peewee.Model):
    """Base of every table."""

    class Meta:
        database = database
        legacy_table_names = False


@contextmanager
def transaction() -> Iterator[None]:
    """One unit of work. Nested use joins the outer one; hints run after the outermost commit."""
    if getattr(_local, "hints", None) is not None:
        yield
        return
    with _unit_of_work():
        yield


@contextmanager
def snapshot() -> Iterator[None]:
    """A transaction for reading whose statements all see what the first one sees. Not inside of another."""
    assert getattr(_local, "hints", None) is None, "what is open already sees more with every statement"
    with _unit_of_work("REPEATABLE READ"):
        yield


@contextmanager
def _unit_of_work(*isolation: str) -> Iterator[None]:
    _local.hints = []
    try:
        _drop_dead_connection()
        with database.atomic(*isolation):
            yield
        hints: list[Callable[[], None]] = _local.hints
    except OUTAGES as error:
        _drop_dead_connection()
        raise unavailable() from error
    finally:
        _local.hints = None
    for hint in hints:
        _run_hint(hint)


def after_commit(hint: Callable[[], None]) -> None:
    """Run `hint` once the transaction has committed (at once, outside of one)."""
    hints = getattr(_local, "hints", None)
    if hints is None:
        _run_hint(hint)
    else:
        hints.append(hint)


Params = Sequence[Any] | dict[str, Any]  # for `%s`, for `%(name)s`


def rows(sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
    """All rows of one statement."""
    cursor = database.execute_sql(sql, _bound(params))
    return list(cursor.fetchall()) if cursor.description else []


def row(sql: str, params: Params = ()) -> tuple[Any, ...] | None:
    """The first row of one statement, or None."""
    return database.execute_sql(sql, _bound(params)).fetchone()


def _bound(params: Params) -> Any:
    return params if isinstance(params, dict) else tuple(params)


@contextmanager
def plain_cursor() -> Iterator[Any]:
    """A cursor of this thread's connection, for verbs that begin and commit by themselves.

    What an error leaves open is rolled back; an outage is raised as Unavailable.
    """
    try:
        _drop_dead_connection()
        connection = database.connection()
        with connection.cursor() as cursor:
            try:
                yield cursor
            except Exception:
                if not connection.closed:
                    cursor.execute("ROLLBACK")
                raise
    except OUTAGES as error:
        _drop_dead_connection()
        raise unavailable() from error


def unavailable() -> Unavailable:
    """What a caller is told while Postgres is away."""
    return Unavailable("The database is not reachable; nothing was changed.", retry_after=timedelta(seconds=2))


def _drop_dead_connection() -> None:
    if not database.is_closed() and (not database.is_connection_usable() or _is_hung_up(database.connection())):
        database.close()


def _is_hung_up(connection: Any) -> bool:
    """Whether the server has ended an idle connection: there is something to read where nothing was asked.

    Without this look, which costs a few microseconds, every thread would fail once after Postgres was away.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _run_hint(hint: Callable[[], None]) -> None:
    try:
        hint()
    except Exception as error:
        logger.warning("hint.failed", error=type(error).__name__, detail=str(error))


_prepared: weakref.WeakKeyDictionary[Any, set[str]] = weakref.WeakKeyDictionary()


def prepare(connection: Any, statements: dict[str, str]) -> None:
    """See to it that the named statements are prepared on this connection; costs nothing when they are."""
    known = _prepared.setdefault(connection, set())
    for name, statement in statements.items():
        if name not in known:
            with connection.cursor() as cursor:
                cursor.execute(statement)
            known.add(name)


class Session:
    """A plain connection for hot statements: prepared once, opened again after an outage. One thread's own."""

    def __init__(self, statements: dict[str, str], *, application: str = "millrace", options: str = "") -> None:
        self._statements = statements
        self._options = options
        self._application = application
        self._connection: Any = None
        self._connected_at = 0.0

    def cursor(self) -> Any:
        """A cursor of a live connection, outside of a transaction, on which every statement is prepared by its name."""
        if self._connection is not None and (self._connection.closed or _is_hung_up(self._connection)):
            self.close()
        if self._connection is None:
            connection = connect(application=self._application, options=HOT + self._options)
            prepare(connection, self._statements)
            self._connection = connection
            self._connected_at = time.monotonic()
        return self._connection.cursor()

    def steady_seconds(self) -> float:
        """How long its connection has stood: since when this process knows that Postgres was there."""
        return time.monotonic() - self._connected_at if self._connection is not None else 0.0

    def reset(self) -> None:
        """Leave a failed transaction; a connection that is gone is dropped."""
        connection = self._connection
        if connection is None:
            return
        try:
            if not connection.closed:
                connection.cursor().execute("ROLLBACK")
        except OUTAGES:
            connection.close()
        if connection.closed or connection.status != extensions.STATUS_READY:
            self.close()

    def close(self) -> None:
        """Close the connection, if any."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
