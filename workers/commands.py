"""What the processes of Millrace are, as programs to run: API, workers, scheduler, migration.

workers/up.py runs them all; workers/part.py becomes one of them on a machine that has only that part.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from store.embedded.children import Command
from store.kit.sections import WorkerGroup
from store.kit.settings import ROOT, Settings


def api_argv(*, bind: str) -> list[str]:
    """gunicorn as api/server.py sets it up; `bind` is `host:port`, or `fd://n` for a socket that is passed on."""
    return [sys.executable, "-m", "gunicorn", "--config", "python:api.server", "--bind", bind, "api.app:create_app()"]


def worker_argv(group: WorkerGroup) -> list[str]:
    return [
        sys.executable, "-m", "workers.main",
        "--lanes", ",".join(group.lanes),
        "--processes", str(group.processes),
        "--threads", str(group.threads),
    ]  # fmt: skip


def api(wanted: Settings, env: Mapping[str, str], *, listener: int) -> Command:
    return Command(
        argv=api_argv(bind=f"fd://{listener}"),
        cwd=str(ROOT),
        env=env,
        grace_seconds=wanted.server.grace_seconds + 5,
        pass_fds=(listener,),
    )


def worker(wanted: Settings, group: WorkerGroup, env: Mapping[str, str]) -> Command:
    return Command(worker_argv(group), cwd=str(ROOT), env=env, grace_seconds=wanted.engine.grace_seconds + 15)


def scheduler(env: Mapping[str, str]) -> Command:
    return Command([sys.executable, "-m", "workers.scheduler"], cwd=str(ROOT), env=env, grace_seconds=10)


def migration(env: Mapping[str, str]) -> Command:
    return Command([sys.executable, "-m", "store.migrations"], cwd=str(ROOT), env=env)
