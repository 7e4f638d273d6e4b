"""A real stack for tests: API under gunicorn, one worker, one scheduler, on the test services.

`stack.worker.kill()`, `stack.scheduler.kill()` and `stack.api.kill()` end one part; on a private stack also
`stack.postgres.kill()` and `stack.valkey.kill()`; `.start()` brings each back on the same address.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from store.embedded import ports
from store.embedded.servers import RunningServer, Servers
from store.kit.sections import WorkerGroup
from store.kit.settings import load
from tests.kit.client import Client
from tests.kit.eventually import eventually
from tests.kit.processes import TestProcess
from tests.kit.services import Services, fresh_servers
from workers import commands

READY_WITHIN_S = 30


class Stack:
    """The three processes and their addresses."""

    def __init__(
        self, services: Services, folder: Path, *, settings: Mapping[str, str], servers: Servers | None
    ) -> None:
        self.services = services
        self.folder = folder
        self._servers = servers
        port = ports.free_port()
        folder.mkdir(parents=True)
        metrics = Path(services.data_dir) / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir()
        self.env = {
            **services.environment(),
            "MILLRACE_SERVER__PROCESSES": "1",
            "PORT": str(port),
            "PROMETHEUS_MULTIPROC_DIR": str(metrics),
            **settings,
        }
        self.settings = load(self.env)
        self.url = f"http://127.0.0.1:{port}"
        lanes = tuple(lane for group in self.settings.lanes.groups for lane in group.lanes)
        self._processes: list[TestProcess] = []
        self.worker = self.add_worker(lanes=lanes, threads=8)
        self.scheduler = self._add("scheduler", commands.scheduler(self.env))
        argv = commands.api_argv(bind=f"127.0.0.1:{port}")
        self.api = self._add("api", commands.Command(argv, cwd=str(commands.ROOT), env=self.env))

    def client(self) -> Client:
        return Client(self.url)

    @property
    def postgres(self) -> RunningServer:
        return self._own_servers().postgres

    @property
    def valkey(self) -> RunningServer:
        return self._own_servers().valkey

    def add_worker(self, *, lanes: tuple[str, ...], threads: int = 4, processes: int = 1) -> TestProcess:
        """One more worker; the caller starts it."""
        group = WorkerGroup(lanes=lanes, threads=threads, processes=processes)
        count = sum(process.name.startswith("worker") for process in self._processes)
        return self._add(f"worker{count + 1}", commands.worker(self.settings, group, self.env))

    def start(self) -> None:
        for process in self._processes:
            process.start()
        self.wait_healthy()

    def wait_healthy(self, within_s: float = READY_WITHIN_S) -> None:
        try:
            eventually(self._is_healthy, within_s=within_s)
        except AssertionError:
            raise AssertionError(f"the stack did not become healthy.\n{self.output()}") from None

    def end(self) -> None:
        """End all of it at once: how parts stop when they are asked to is for other tests to show."""
        for process in self._processes:
            process.kill()

    def output(self) -> str:
        """What all its processes said, for a failed test."""
        return "\n".join(f"--- {process.name}\n{process.output()[-4000:]}" for process in self._processes)

    def _add(self, name: str, command: commands.Command) -> TestProcess:
        process = TestProcess(name, command, self.folder)
        self._processes.append(process)
        return process

    def _is_healthy(self) -> bool:
        for process in self._processes:
            assert process.is_running(), f"{process.name} has ended"
        try:
            return requests.get(f"{self.url}/health", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def _own_servers(self) -> Servers:
        assert self._servers is not None, "only the own_stack fixture has servers that may be killed"
        return self._servers


@contextmanager
def running_stack(
    services: Services, *, settings: Mapping[str, str], servers: Servers | None = None
) -> Iterator[Stack]:
    """A started stack on these services, ended with the block."""
    folder = Path(services.data_dir) / f"stack-{os.urandom(4).hex()}"
    stack = Stack(services, folder, settings=settings, servers=servers)
    try:
        stack.start()
        yield stack
    finally:
        stack.end()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def private_stack(settings: Mapping[str, str]) -> Iterator[Stack]:
    """A stack with its own Postgres and Valkey, for tests that kill or empty them."""
    with (
        fresh_servers(fast=False) as (servers, services),
        running_stack(services, settings=settings, servers=servers) as stack,
    ):
        yield stack
