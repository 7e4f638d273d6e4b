"""The servers of a test run: one Postgres and one Valkey, shared by all pytest-xdist workers.

The controller starts them and migrates one database, the template. Each worker gets a copy of it, a numbered Redis
database, a namespace and a data folder of its own, all put into the environment before anything reads settings.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import redis

from store.embedded.servers import Servers, embedded_servers

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "millrace"
_FOREIGN = ("HOST", "PORT", "DATABASE_URL", "REDIS_URL", "PROMETHEUS_MULTIPROC_DIR")
TEST_SETTINGS = {
    "MILLRACE_ENGINE__LEASE_SECONDS": "2",
    "MILLRACE_ENGINE__KEEPER_SECONDS": "0.5",
    "MILLRACE_ENGINE__RECONCILE_SECONDS": "0.5",
    "MILLRACE_ENGINE__GRACE_SECONDS": "5",
    "MILLRACE_LANES__WARM": "false",
    "MILLRACE_LIMITS__ENABLED": "false",
    "MILLRACE_CRAWL__DELAY_SECONDS": "0",
    "MILLRACE_EGRESS__ALLOW": '["127.0.0.0/8"]',
    "MILLRACE_LOG__FORMAT": "json",
}


@dataclass(frozen=True)
class Services:
    """Where one test process finds its database, its Redis and its data folder."""

    database_url: str
    redis_url: str
    data_dir: str
    namespace: str

    def environment(self) -> dict[str, str]:
        """What a process of Millrace needs to run on these services; nothing of the caller's own settings."""
        return {
            **clean_environment(),
            **TEST_SETTINGS,
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "MILLRACE_DATA": self.data_dir,
            "MILLRACE_REDIS__NAMESPACE": self.namespace,
        }

    def adopt(self) -> None:
        """Make this very process a process on these services. Before the first `settings()`."""
        wanted = self.environment()
        for name in set(os.environ) - set(wanted):
            del os.environ[name]
        os.environ.update(wanted)


# What a test gets that did not ask for the services: any use of them is refused at once.
NO_SERVICES = Services("postgresql://nobody@127.0.0.1:1/none", "redis://127.0.0.1:1/0", "/nonexistent", "none")


def clean_environment() -> dict[str, str]:
    """This process's environment without any setting of Millrace: a test sees only what it sets itself."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith("MILLRACE_") and name not in _FOREIGN
    }


@contextmanager
def temporary_data_folder() -> Iterator[Path]:
    """A data folder for one run; removed with whatever the servers put into the system's state folder."""
    folder = Path(tempfile.mkdtemp(prefix="millrace-test-"))
    folder.chmod(0o711)  # under root the servers run as another account, which must pass through
    try:
        yield folder
    finally:
        for note in folder.rglob("servers.home"):
            shutil.rmtree(note.read_text(encoding="utf-8").strip(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_servers(*, fast: bool = True) -> Iterator[tuple[Servers, Services]]:
    """A Postgres and a Valkey of one's own with a migrated database, to kill and to empty."""
    with temporary_data_folder() as folder, embedded_servers(folder, fast=fast) as servers:
        services = Services(servers.database_url, servers.redis_url, str(folder), "test")
        migrate(services)
        yield servers, services


def migrate(services: Services) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "store.migrations"],
        cwd=ROOT, env=services.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"the migrations failed:\n{done.stdout}{done.stderr}")


def copy_for_worker(shared: dict[str, Any], worker: str) -> Services:
    """A database, a Redis database and a folder for one xdist worker (or for `main`, without xdist)."""
    template = Services(**shared)
    number = int(worker.removeprefix("gw")) + 1 if worker.startswith("gw") else 0
    name = f"test_{worker}"
    # Connected to `postgres`, since a template must have no other sessions while it is copied.
    connection = psycopg2.connect(_with_path(template.database_url, "postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    connection.close()
    folder = Path(template.data_dir) / worker
    folder.mkdir(exist_ok=True)
    return Services(
        database_url=_with_path(template.database_url, name),
        redis_url=_with_path(template.redis_url, str(number)),
        data_dir=str(folder),
        namespace=f"test-{worker}",
    )


def as_plain(services: Services) -> dict[str, Any]:
    """What xdist can carry to its workers."""
    return asdict(services)


LAST_WORDS = 5  # tries while the statements of killed processes end
USED = """
    SELECT format('%I', relname) FROM pg_class c
     WHERE relnamespace = 'public'::regnamespace AND NOT relispartition
       AND (relkind = 'r' AND pg_relation_size(oid) > 0
            OR relkind = 'p' AND EXISTS (SELECT FROM pg_inherits i WHERE inhparent = c.oid AND pg_relation_size(inhrelid) > 0))
"""


class Emptier:
    """Brings one test database back to what the migrations left, and its Redis to nothing."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._tables: list[str] = []
        self._seeds: dict[str, str] = {}
        with self._cursor() as cursor:
            cursor.execute(
                "SELECT format('%I', relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'schema_migration'"
            )
            self._tables = [name for (name,) in cursor.fetchall()]
            for table in self._tables:
                rows = StringIO()
                cursor.copy_expert(f"COPY (SELECT * FROM {table}) TO STDOUT", rows)
                if rows.getvalue():
                    self._seeds[table] = rows.getvalue()

    def empty(self) -> None:
        for _ in range(LAST_WORDS):
            try:
                self._truncate()
                break
            except psycopg2.errors.DeadlockDetected:
                continue  # a process that was just killed still has a statement under way
        else:
            self._truncate()
        with redis.Redis.from_url(self._services.redis_url) as client:
            client.flushdb()

    def _truncate(self) -> None:
        """Only what has had rows since the last time: a truncation costs by the table."""
        with self._cursor() as cursor:
            cursor.execute("SET lock_timeout = '10s'")
            cursor.execute(USED)
            used = [name for (name,) in cursor.fetchall() if name in self._tables]
            if used:
                cursor.execute(f"TRUNCATE {', '.join(used)} RESTART IDENTITY CASCADE")
            for table, rows in self._seeds.items():
                if table in used:
                    cursor.copy_expert(f"COPY {table} FROM STDIN", StringIO(rows))

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        connection = psycopg2.connect(self._services.database_url)
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()


def _with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{path}"))
