"""The addresses of the stack that runs on a data folder, kept there (0600) while it runs.

With it `./run.sh worker`, `doctor` or a measurement on the same machine finds the bundled servers.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from store.embedded.account import private_file
from store.kit import structs


class Addresses(Struct, frozen=True):
    url: str
    database_url: str
    redis_url: str


def remember(data_dir: Path, *, url: str, database_url: str, redis_url: str) -> None:
    addresses = Addresses(url=url, database_url=database_url, redis_url=redis_url)
    private_file(data_dir / "running.json", msgspec.json.encode(addresses).decode())


def forget(data_dir: Path) -> None:
    (data_dir / "running.json").unlink(missing_ok=True)


def find(data_dir: Path) -> Addresses | None:
    """The addresses of the running stack; None when there is none, or it is another account's."""
    try:
        return structs.decode((data_dir / "running.json").read_bytes(), Addresses)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
