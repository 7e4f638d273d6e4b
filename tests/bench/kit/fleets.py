"""What is measured: our engine as it is shipped, and the two baselines, each on the same bundled servers.

A fleet has an API (not the bare one), two worker processes, and can say how many jobs it has completed.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import redis
import requests

from store.embedded import ports
from store.embedded.children import Command
from store.embedded.servers import Servers, embedded_servers
from store.kit.settings import ROOT
from tests.kit.eventually import eventually
from tests.kit.processes import TestProcess
from tests.kit.services import Services
from workers import commands

THREADS = 8
PROCESSES = 2


class Fleet:
    """What the fleets share: addresses, processes, a database connection for counting."""

    name = ""
    body = '{"pipeline":"diagnostics.echo","input":{"value":1}}'
    authorization = ""
    idempotency = False

    def __init__(self, servers: Servers, folder: Path) -> None:
        self.servers = servers
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.port = ports.free_port()
        self.url = f"http://127.0.0.1:{self.port}/v1/jobs"
        self.env: dict[str, str] = {}
        self.processes: list[TestProcess] = []

    def start(self, name: str, argv: list[str]) -> TestProcess:
        process = TestProcess(f"{self.name}-{name}", Command(argv, cwd=str(ROOT), env=self.env), self.folder)
        process.start()
        self.processes.append(process)
        return process

    def wait_for(self, api: TestProcess, path: str) -> None:
        try:
            eventually(lambda: _answers(f"http://127.0.0.1:{self.port}{path}"), within_s=20)
        except AssertionError as error:
            raise RuntimeError(f"the API did not start:\n{api.output()}") from error

    def stop(self, process: TestProcess) -> None:
        process.stop()
        self.processes.remove(process)

    def output(self) -> str:
        """What its processes have said so far, the last of it."""
        return "\n".join(f"{log.stem}:\n{log.read_text(errors='replace')[-2000:]}" for log in self.folder.glob("*.log"))

    def close(self) -> None:
        for process in reversed(list(self.processes)):
            self.stop(process)

    def start_api(self) -> TestProcess:
        raise AssertionError(f"{self.name} has no API")

    def start_workers(self) -> TestProcess:
        raise AssertionError(f"{self.name} has no workers")

    def top_up(self, wanted: int) -> None:
        """Bring the backlog to `wanted` jobs; no worker runs meanwhile."""
        raise AssertionError(f"{self.name} cannot be topped up")

    def completed(self) -> int:
        """Jobs done since the workers were started."""
        raise AssertionError(f"{self.name} cannot count")

    def waiting(self) -> int:
        """Jobs that are not done."""
        raise AssertionError(f"{self.name} cannot count")


class Ours(Fleet):
    """Millrace: key authentication, limiter, idempotency key, claim, lease, fence, events."""

    name = "millrace"
    idempotency = True

    def __init__(self, servers: Servers, folder: Path) -> None:
        super().__init__(servers, folder)
        services = Services(servers.database_url, servers.redis_url, str(folder / "data"), "bench")
        self.env = {
            **services.environment(),
            "MILLRACE_ENGINE__LEASE_SECONDS": "45",
            "MILLRACE_ENGINE__RECONCILE_SECONDS": "2",
            "MILLRACE_ENGINE__KEEPER_SECONDS": "1",
            "MILLRACE_ENGINE__MAX_WAITING": "5000000",
            "MILLRACE_LIMITS__ENABLED": "true",
            "MILLRACE_LOG__LEVEL": "warning",
            "PORT": str(self.port),
            "PROMETHEUS_MULTIPROC_DIR": str(folder / "data" / "metrics"),
        }
        (folder / "data" / "metrics").mkdir(parents=True)
        os.environ.update(self.env)
        from store.migrations.runner import migrate

        migrate()
        self.workspace_id, key = _workspace()
        self.authorization = f"Bearer {key}"
        self.connection = psycopg2.connect(servers.database_url)
        self.connection.autocommit = True
        self.counted_from = "0"
        self.start("scheduler", [sys.executable, "-m", "workers.scheduler"])

    def start_api(self) -> TestProcess:
        process = self.start("api", commands.api_argv(bind=f"127.0.0.1:{self.port}"))
        self.wait_for(process, "/health")
        return process

    def start_workers(self, *, lanes: str = "quick", processes: int = PROCESSES) -> TestProcess:
        """Workers that have imported what they need; nothing is taken before that."""
        from pipelines.engine import control

        control.pause("quick", by="bench", reason="the workers are starting")
        others = self.count("worker")
        process = self.start("workers", [sys.executable, "-m", "workers.main", "--lanes", lanes,
                                         "--processes", str(processes), "--threads", str(THREADS)])  # fmt: skip
        eventually(lambda: self.count("worker") == others + processes and _is_quiet(process), within_s=60)
        self.counted_from = scalar(self.connection, "SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        control.resume("quick")
        return process

    def top_up(self, wanted: int) -> None:
        """Through the engine's own submit, in its shared batches."""
        from pipelines.engine.submit import Submission, submit_many

        missing = wanted - self.waiting()
        one = Submission(workspace_id=self.workspace_id, pipeline="diagnostics.echo", input={"value": 1})

        async def fill() -> None:
            for at in range(0, missing, 1000):
                await submit_many([one] * min(1000, missing - at))

        asyncio.run(fill())

    def completed(self) -> int:
        """Told by the log, by an index range that holds this drain only."""
        return self.count("event WHERE xid >= %s::text::xid8 AND type = 'job.completed'", self.counted_from)

    def waiting(self) -> int:
        return self.count("task")

    def count(self, what: str, *values: object) -> int:
        """`SELECT count(*) FROM <what>`."""
        return int(scalar(self.connection, f"SELECT count(*) FROM {what}", *values))


class Naive(Fleet):
    """Falcon + Dramatiq + peewee as one writes it first."""

    name = "naive"

    def __init__(self, servers: Servers, folder: Path) -> None:
        super().__init__(servers, folder)
        self.env = {**os.environ, "BENCH_DSN": servers.database_url, "BENCH_REDIS": f"{servers.redis_url}"}
        os.environ.update({name: self.env[name] for name in ("BENCH_DSN", "BENCH_REDIS")})
        from tests.bench.baselines import naive

        naive.create_table()
        self.connection = psycopg2.connect(servers.database_url)
        self.connection.autocommit = True
        self.completed_before = 0

    def start_api(self) -> TestProcess:
        process = self.start("api", [
            sys.executable, "-m", "gunicorn", "-w", "2", "-k", "gthread", "--threads", "8", "--no-control-socket",
            "--log-level", "warning", "--bind", f"127.0.0.1:{self.port}", "tests.bench.baselines.naive:create_app()",
        ])  # fmt: skip
        self.wait_for(process, "/")
        return process

    def start_workers(self) -> TestProcess:
        self.completed_before = self._count("status = 'completed'")
        return self.start("workers", [sys.executable, "-m", "dramatiq", "tests.bench.baselines.naive",
                                      "-p", str(PROCESSES), "-t", str(THREADS)])  # fmt: skip

    def completed(self) -> int:
        return self._count("status = 'completed'") - self.completed_before

    def waiting(self) -> int:
        return self._count("status <> 'completed'")

    def top_up(self, wanted: int) -> None:
        """One bulk INSERT, then a message for each."""
        from tests.bench.baselines import naive

        naive.fill(max(wanted - self.waiting(), 0))

    def _count(self, where: str) -> int:
        return int(scalar(self.connection, f"SELECT count(*) FROM naive_job WHERE {where}"))


class Bare(Fleet):
    """Dramatiq on Redis alone, at its defaults: the transport without a record."""

    name = "bare"

    def __init__(self, servers: Servers, folder: Path) -> None:
        super().__init__(servers, folder)
        url = servers.redis_url.rsplit("/", 1)[0] + "/1"
        self.env = {**os.environ, "BENCH_REDIS": url}
        self.redis = redis.Redis.from_url(url)
        self.waiting_before = 0

    def top_up(self, wanted: int) -> None:
        """Put messages on the queue."""
        os.environ["BENCH_REDIS"] = self.env["BENCH_REDIS"]
        from tests.bench.baselines import bare

        missing = max(wanted - self.waiting(), 0)
        for value in range(missing):
            bare.noop.send(value)

    def start_workers(self) -> TestProcess:
        self.waiting_before = self.waiting()
        return self.start("workers", [sys.executable, "-m", "dramatiq", "tests.bench.baselines.bare",
                                      "-p", str(PROCESSES), "-t", str(THREADS)])  # fmt: skip

    def completed(self) -> int:
        """Messages that were acknowledged: no longer stored."""
        return self.waiting_before - self.waiting()

    def waiting(self) -> int:
        return int(self.redis.hlen("dramatiq:default.msgs"))


@contextmanager
def fleets(*kinds: type[Fleet]) -> Iterator[list[Fleet]]:
    """The fleets on bundled servers of their own, gone at the end whatever happens."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        started: list[Fleet] = []
        with embedded_servers(folder / "servers") as servers:
            try:
                started += (kind(servers, folder / kind.name) for kind in kinds)
                yield started
            finally:
                for fleet in reversed(started):
                    fleet.close()


def scalar(connection: Any, sql: str, *values: object) -> Any:
    """The one value that a statement answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        ((value,),) = cursor.fetchall()
    return value


def _workspace() -> tuple[str, str]:
    """A workspace without request limits, and a secret key of its."""
    from store.accounts import keys, users, workspaces
    from store.kit.db import transaction

    with transaction():
        owner = users.create(email="bench@example.com", name="Bench", password_hash=None)
        workspace = workspaces.create(name="Bench", owner_id=owner.id, plan="enterprise")
    return workspace.id, keys.create(workspace.id, name="bench", kind="secret", mode="live").text


def _is_quiet(process: TestProcess) -> bool:
    """Whether its children do nothing for a moment."""
    children = process.family()

    def used() -> float:
        return sum(sum(child.cpu_times()[:2]) for child in children)

    before = used()
    time.sleep(0.5)
    return bool(children) and used() - before < 0.03


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code < 500
    except requests.RequestException:
        return False
