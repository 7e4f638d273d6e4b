"""One stack per data folder: an flock that ends with the process that holds it, however that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.embedded.account import ServerError


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Hold the data folder. Raises ServerError that names the holder when another start has it."""
    data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)  # passed through by the servers' account, listed by nobody
    handle = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 32).decode(errors="replace").strip()
            raise ServerError(
                f"another Millrace (process {holder or 'unknown'}) is running on {data_dir}; "
                "stop it, or give this one its own MILLRACE_DATA and PORT"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
