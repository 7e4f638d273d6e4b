"""Workers and schedulers without an API, for tests of the engine: start, kill and stop any of them.

The worker processes know the test pipelines of tests/engine/declared.py as well as the product's own.
"""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psutil

from pipelines.engine.pipeline import LANES
from store.embedded.children import Command
from store.kit.settings import ROOT
from tests.kit.eventually import eventually
from tests.kit.processes import TestProcess
from tests.kit.services import Services
from workers import commands

READY_WITHIN_S = 40


class Fleet:
    """Keepers with their worker processes, and schedulers."""

    def __init__(self, services: Services, folder: Path, settings: Mapping[str, str]) -> None:
        self._folder = folder
        self._env = {**services.environment(), "MILLRACE_ENGINE__STOP_SECONDS": "1", **settings}
        self._processes: list[TestProcess] = []

    def worker(
        self,
        *,
        lanes: Sequence[str] = LANES,
        threads: int = 4,
        processes: int = 1,
        module: str = "tests.engine.fleet_worker",
    ) -> TestProcess:
        """A keeper (`module` is what runs), started, with its processes at work."""
        argv = [sys.executable, "-m", module, "--lanes", ",".join(lanes),
                "--threads", str(threads), "--processes", str(processes)]  # fmt: skip
        keeper = self._start(f"worker{len(self._processes)}", Command(argv, str(ROOT), self._env, grace_seconds=20))
        self.wait_working(keeper, processes)
        return keeper

    def scheduler(self) -> TestProcess:
        return self._start(f"scheduler{len(self._processes)}", commands.scheduler(self._env))

    def children(self, keeper: TestProcess) -> list[psutil.Process]:
        """The worker processes of a keeper that are alive, oldest first."""
        found = [one for one in psutil.Process(keeper.pid).children() if one.status() != psutil.STATUS_ZOMBIE]
        return sorted(found, key=psutil.Process.create_time)

    def wait_working(self, keeper: TestProcess, times: int) -> None:
        """Until the keeper's processes have said so many times that they begin to work."""
        eventually(lambda: keeper.output().count("worker.started") >= times, within_s=READY_WITHIN_S)

    def stop(self) -> None:
        for process in reversed(self._processes):
            if process.is_running():
                for one in [*process.family(), psutil.Process(process.pid)]:
                    if one.is_running() and one.status() == psutil.STATUS_STOPPED:
                        one.send_signal(signal.SIGCONT)
            process.stop()

    def output(self) -> str:
        return "\n".join(f"--- {process.name}\n{process.output()[-6000:]}" for process in self._processes)

    def _start(self, name: str, command: Command) -> TestProcess:
        process = TestProcess(name, command, self._folder)
        self._processes.append(process)
        process.start()
        return process


@contextmanager
def fleet_on(services: Services, settings: Mapping[str, str]) -> Iterator[Fleet]:
    """An empty fleet; whatever the test started is stopped at the end."""
    folder = Path(mkdtemp(prefix="fleet-", dir=services.data_dir))
    fleet = Fleet(services, folder, settings)
    try:
        yield fleet
    except BaseException:
        print(fleet.output())
        raise
    finally:
        fleet.stop()
        shutil.rmtree(folder, ignore_errors=True)
