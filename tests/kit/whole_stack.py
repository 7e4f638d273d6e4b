"""`python -m workers.up` under a test's hand, on the real project or on one with stand-in parts.

The stand-ins answer /health and stay alive, start in no time and misbehave when a test says so: what is tested with
them is the supervisor, with real Postgres and Valkey.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import requests

from tests.kit.eventually import eventually
from tests.kit.services import ROOT, clean_environment, temporary_data_folder

STARTS_WITHIN_S = 60
_WORKER = """
import os, signal, sys, time
word = os.environ.get("STAND_IN_" + sys.argv[0].rsplit("/", 1)[-1].removesuffix(".py").upper(), "")
if word == "dies":
    sys.exit("the disk of the moon is full")
if word == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("working", flush=True)
while True:
    time.sleep(60)
"""
_SERVER = """
worker_class, loglevel, control_socket_disable = "asgi", "warning", True
"""
_API = """
def create_app():
    async def app(scope, receive, send):
        while scope["type"] == "lifespan":
            event = (await receive())["type"]
            await send({"type": event + ".complete"})
            if event == "lifespan.shutdown":
                return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})
    return app
"""


def stand_in_project(folder: Path) -> Path:
    """A project whose supervisor and servers are ours and whose other parts are stand-ins."""
    for part in ("store", "workers"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for migration in sorted((folder / "store" / "migrations").glob("[0-9]*.py"))[1:]:  # the base is enough
        migration.unlink()
    shutil.copy(ROOT / "config.yaml", folder / "config.yaml")
    (folder / "api").mkdir()
    (folder / "api" / "__init__.py").touch()
    (folder / "api" / "server.py").write_text(_SERVER, encoding="utf-8")
    (folder / "api" / "app.py").write_text(_API, encoding="utf-8")
    for name in ("main", "scheduler"):
        (folder / "workers" / f"{name}.py").write_text(_WORKER, encoding="utf-8")
    return folder


class WholeStack:
    """One supervisor and everything under it."""

    def __init__(self, project: Path, data: Path, *, argv: list[str], env: Mapping[str, str], **popen: Any) -> None:
        self.data = data
        self.log = data.parent / f"{data.name}.log"
        wanted = {**clean_environment(), "PORT": "0", "MILLRACE_DATA": str(data), "MILLRACE_LOG__FORMAT": "json",
                  "MILLRACE_LANES__WARM": "false", **env}  # fmt: skip
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                argv, cwd=project, env=wanted, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True, **popen,
            )  # fmt: skip
        self._seen: set[psutil.Process] = set()

    @property
    def url(self) -> str:
        return str(self._addresses()["url"])

    @property
    def database_url(self) -> str:
        return str(self._addresses()["database_url"])

    @property
    def redis_url(self) -> str:
        return str(self._addresses()["redis_url"])

    def wait_up(self, within_s: float = STARTS_WITHIN_S) -> WholeStack:
        def is_up() -> bool:
            if self.process.poll() is not None:
                raise RuntimeError(f"it ended with {self.process.returncode}:\n{self.output()}")
            return "Millrace is up" in self.output()

        eventually(is_up, within_s=within_s, what="the start")
        self.family()
        return self

    def is_healthy(self) -> bool:
        try:
            return requests.get(f"{self.url}/health", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def child(self, name: str) -> psutil.Process | None:
        """The supervised process of that name, if it is running now."""
        try:
            pid = int((self.data / "pids" / f"{name}.pid").read_text().split()[0])
            return psutil.Process(pid)
        except (FileNotFoundError, IndexError, psutil.NoSuchProcess):
            return None

    def family(self) -> set[psutil.Process]:
        """Every process seen so far under the supervisor."""
        with suppress(psutil.NoSuchProcess):
            self._seen |= set(psutil.Process(self.process.pid).children(recursive=True))
        return self._seen

    def cpu_seconds(self) -> float:
        """What the supervisor, all that live under it and all that ended have used of the processors."""
        me = psutil.Process(self.process.pid).cpu_times()
        used = me.user + me.system + me.children_user + me.children_system
        for process in self.family():
            with suppress(psutil.NoSuchProcess):
                used += sum(process.cpu_times()[:2])
        return used

    def survivors(self) -> list[str]:
        """Which of them still live."""
        return [
            f"{process.pid} {process.name()}"
            for process in self.family()
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        ]

    def stop(self, number: signal.Signals = signal.SIGTERM, within_s: float = 30) -> int:
        """Signal the supervisor and wait for it; its exit code."""
        self.family()
        self.process.send_signal(number)
        return self.process.wait(within_s)

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def end(self) -> None:
        """Whatever happened in the test: nothing of it stays."""
        self.family()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
        for process in [*self._seen, *([psutil.Process(self.process.pid)] if self.process.poll() is None else [])]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()

    def _addresses(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.data / "running.json").read_text())
        return found


@contextmanager
def whole_stack(
    project: Path,
    data: Path | None = None,
    *,
    argv: list[str] | None = None,
    env: Mapping[str, str] | None = None,
    **popen: Any,
) -> Iterator[WholeStack]:
    """A supervisor that was started (not waited for), certainly gone at the end."""
    with temporary_data_folder() as folder:
        stack = WholeStack(
            project, data or folder / "data", argv=argv or [sys.executable, "-m", "workers.up"], env=env or {}, **popen
        )
        try:
            yield stack
        finally:
            stack.end()


def refused(project: Path, data: Path, **env: str) -> tuple[int, str]:
    """Exit code and words of a start that must not succeed."""
    with whole_stack(project, data, env=env) as stack:
        code = stack.process.wait(60)
        return code, stack.output()


def ports_in(text: str) -> list[int]:
    return [int(port) for port in re.findall(r":(\d{4,5})\b", text)]


def is_root() -> bool:
    return os.geteuid() == 0
