"""Pid files of our children, and the end of those that outlived an earlier parent.

Where the kernel does not stop orphans (macOS), or before it is done with it, the next start finds them here. A pid
counts as ours only if the process was born when the file says: pids are used again, in containers at once.
"""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path

import psutil

_BIRTH_TOLERANCE_SECONDS = 2.0  # the kernel's boot time, which births are counted from, moves with NTP


def remember(folder: Path, name: str, pid: int) -> None:
    """Write `folder/name.pid`; a child that is already gone is not worth a file."""
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(psutil.NoSuchProcess):
        (folder / f"{name}.pid").write_text(f"{pid} {psutil.Process(pid).create_time()}\n", encoding="utf-8")


def forget(folder: Path, name: str) -> None:
    (folder / f"{name}.pid").unlink(missing_ok=True)


def end_left_overs(folder: Path, *, grace_seconds: float = 10.0) -> list[str]:
    """Stop every remembered process that still lives; the names of those that were found."""
    found: dict[str, psutil.Process] = {}
    for file in sorted(folder.glob("*.pid")):
        process = _alive(file)
        if process is not None:
            found[file.stem] = process
            with suppress(psutil.NoSuchProcess):
                # Postgres takes SIGINT as "now, cleanly"; SIGTERM would wait for its clients.
                process.send_signal(signal.SIGINT if file.stem == "postgres" else signal.SIGTERM)
    end_all(list(found.values()), grace_seconds=grace_seconds)
    for file in folder.glob("*.pid"):
        file.unlink(missing_ok=True)
    return list(found)


def end_all(processes: list[psutil.Process], *, grace_seconds: float) -> None:
    """Wait for processes that were told to stop, then kill them with what they started."""
    for process in psutil.wait_procs(processes, timeout=grace_seconds)[1]:
        with suppress(psutil.NoSuchProcess):
            family = [*process.children(recursive=True), process]
            for member in family:
                with suppress(psutil.NoSuchProcess):
                    member.kill()
            psutil.wait_procs(family, timeout=5)


def _alive(file: Path) -> psutil.Process | None:
    try:
        pid, born = file.read_text(encoding="utf-8").split()
        process = psutil.Process(int(pid))
        same = abs(process.create_time() - float(born)) < _BIRTH_TOLERANCE_SECONDS
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (ValueError, psutil.NoSuchProcess):
        return None  # torn by a crash, or long gone
