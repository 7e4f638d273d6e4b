"""`with embedded_servers(folder) as servers:` gives a running Postgres and Valkey to tests and measurements.

The product's own start is in workers/up.py, which also restarts what dies. Here the caller decides: `kill()` is a
crash, `start()` brings the server back on the same port and data.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from store.embedded import children, left_overs
from store.embedded.account import ServerError, server_account, servers_home
from store.embedded.children import Command
from store.embedded.lock import locked
from store.embedded.postgres import Postgres
from store.embedded.valkey import Valkey

_READY_WITHIN_SECONDS = 60
_POLL_SECONDS = 0.02


class Bundled(Protocol):
    """What Postgres and Valkey have in common for those who run them."""

    name: str

    @property
    def url(self) -> str: ...
    def prepare(self) -> None: ...
    def before_restart(self, deaths: int) -> None: ...
    def command(self) -> Command: ...
    def is_ready(self) -> bool: ...


class RunningServer:
    """One bundled server under its caller's hand; its output goes to a file beside its data."""

    def __init__(self, server: Bundled, log: Path, pid_files: Path) -> None:
        self.server = server
        self.log = log
        self._pid_files = pid_files
        self._process: subprocess.Popen[bytes] | None = None
        server.prepare()

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerError(f"{self.server.name} is not running")
        return self._process.pid

    def start(self) -> None:
        """Run it and wait until it answers. Raises ServerError with its last words."""
        self.server.before_restart(0)
        self._command = self.server.command()
        with self.log.open("ab") as output:
            self._process = children.start(self._command, output)
        left_overs.remember(self._pid_files, self.server.name, self._process.pid)
        deadline = time.monotonic() + _READY_WITHIN_SECONDS
        while not self.server.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                last_words = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
                self.stop()
                raise ServerError(f"{self.server.name} did not start:\n{last_words}")
            time.sleep(_POLL_SECONDS)

    def kill(self) -> None:
        """End it as a crash does (SIGKILL to the server process alone)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        if self._process is not None:
            children.stop(self._process, self._command)
            left_overs.forget(self._pid_files, self.server.name)
            self._process = None


@dataclass(frozen=True)
class Servers:
    postgres: RunningServer
    valkey: RunningServer

    @property
    def database_url(self) -> str:
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        return self.valkey.url


@contextmanager
def embedded_servers(data_dir: Path, *, fast: bool = False) -> Iterator[Servers]:
    """Both servers on `data_dir`, stopped at the end. `fast` turns fsync off: for tests, never for measurements."""
    with locked(data_dir):
        account = server_account()
        pid_files = data_dir / "pids"
        left_overs.end_left_overs(pid_files)
        home = servers_home(data_dir, account)
        postgres = RunningServer(Postgres(home, account, fast=fast), data_dir / "postgres.log", pid_files)
        valkey = RunningServer(Valkey(home, account), data_dir / "valkey.log", pid_files)
        try:
            postgres.start()
            valkey.start()
            yield Servers(postgres, valkey)
        finally:
            valkey.stop()
            postgres.stop()
