"""One process of Millrace under a test's hand: start, stop, kill, look at its output."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import psutil

from store.embedded import children
from store.embedded.children import Command


class TestProcess:
    """A child that is certainly gone at the end, with its output in a file."""

    __test__ = False  # not a test, whatever pytest makes of its name

    def __init__(self, name: str, command: Command, folder: Path) -> None:
        self.name = name
        self.command = command
        self.log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} is not running"
        return self._process.pid

    def start(self) -> None:
        with self.log.open("ab") as output:
            self._process = children.start(self.command, output)

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End it and its children as a power cut would (SIGKILL to the whole session)."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def kill_alone(self) -> None:
        """SIGKILL to the process itself; what it started has to notice."""
        assert self._process is not None, f"{self.name} is not running"
        self._process.kill()
        self._process.wait()

    def family(self) -> list[psutil.Process]:
        """The processes that it started, directly or not."""
        return psutil.Process(self.pid).children(recursive=True)

    def stop(self) -> int | None:
        """Ask it to stop as an operator would, and end it after its grace; the exit code."""
        if self._process is None:
            return None
        children.stop(self._process, self.command)
        code = self._process.returncode
        self._process = None
        return code

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
