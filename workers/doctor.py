"""`./run.sh doctor`: what keeps Millrace from running here, each with what to do about it. Exit code 0 or 1.

Every check answers a sentence for a person, or None when all is well; it changes nothing on the machine.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from store.embedded import binaries, ports
from store.embedded.account import STATE, ServerError, can_run, server_account
from store.kit.settings import Settings, SettingsError, settings
from workers import open_files, running_stack
from workers.port_holder import port_holder
from workers.reach import database_trouble, redis_trouble, schema_trouble

SPACE_NEEDED_MIB = 1024  # write-ahead log and a few hundred thousand jobs
FILES_NEEDED = 4096  # event streams, one each


def main() -> int:
    _tell(
        "system", f"Python {platform.python_version()} on {platform.system()} {platform.machine()}", _system_trouble()
    )
    try:
        wanted = settings()
    except SettingsError as error:
        _tell("settings", "", f"{error}. config.yaml lists every key; look for MILLRACE_… in the environment")
        return 1
    _tell("settings", "config.yaml and the environment are understood", None)
    troubles = [_system_trouble()]
    for name, well, check in _checks(wanted):
        trouble = check()
        troubles.append(trouble)
        _tell(name, well, trouble)
    _tell_orphans(wanted)
    _tell_parser()
    found = sum(trouble is not None for trouble in troubles)
    print(
        f"\n{found} thing{'s' if found != 1 else ''} to put right." if found else "\nNothing is wrong that can be seen."
    )
    return 1 if found else 0


def _checks(wanted: Settings) -> list[tuple[str, str, Callable[[], str | None]]]:
    """Name, what to say when all is well, and the check."""
    running = running_stack.find(wanted.data_dir)
    host, port = wanted.server.host, wanted.server.port
    database_url = wanted.database.url or (running.database_url if running else "")
    redis_url = wanted.redis.url or (running.redis_url if running else "")
    bundled = not (wanted.database.url and wanted.redis.url)
    checks: list[tuple[str, str, Callable[[], str | None]]] = [
        ("data", f"{wanted.data_dir} can be written and has room", lambda: _data_trouble(wanted.data_dir)),
        ("files", f"{FILES_NEEDED} open files are allowed", _open_files_trouble),
    ]
    if running is None:
        checks.append(("port", f"{host}:{port} is free", lambda: _port_trouble(host, port)))
    else:
        checks.append(("stack", f"runs at {running.url}", lambda: None))
    if bundled:
        checks.append(("servers", "the bundled servers' programs run here", _bundled_trouble))
    if database_url:
        checks.append(("database", "reachable, with pgvector", lambda: database_trouble(database_url)))
        checks.append(("schema", "is this version's", lambda: schema_trouble(database_url)))
    if redis_url:
        checks.append(("redis", "reachable", lambda: redis_trouble(redis_url)))
    return checks


def _tell(name: str, well: str, trouble: str | None) -> None:
    print(f"{'ok  ' if trouble is None else 'BAD '} {name:<9} {well if trouble is None else trouble}")


def _system_trouble() -> str | None:
    if platform.system() not in {"Linux", "Darwin"}:
        return f"{platform.system()} is not supported; Linux and macOS are"
    if platform.system() == "Linux" and platform.libc_ver()[0] != "glibc":
        return "this Linux has no glibc (Alpine?): the bundled servers cannot run; give DATABASE_URL and REDIS_URL"
    return None


def _data_trouble(folder: Path) -> str | None:
    existing = next(parent for parent in [folder, *folder.parents] if parent.exists())
    if not existing.is_dir():
        return f"{existing} is a file, and the data folder {folder} should be there; set MILLRACE_DATA"
    if not os.access(existing, os.W_OK | os.X_OK):
        return f"{existing} cannot be written by this account; change its owner, or set MILLRACE_DATA"
    free = shutil.disk_usage(existing).free // (1 << 20)
    if free < SPACE_NEEDED_MIB:
        return f"{free} MiB are free on the disk of {existing}, {SPACE_NEEDED_MIB} are needed; free some, or set MILLRACE_DATA"
    if os.statvfs(existing).f_files and not os.statvfs(existing).f_favail:
        return f"the disk of {existing} has no inodes left; delete files there, or set MILLRACE_DATA"
    return None


def _open_files_trouble() -> str | None:
    if open_files.possible() < FILES_NEEDED:
        return f"only {open_files.possible()} open files are allowed; raise the hard limit (ulimit -Hn)"
    return None


def _port_trouble(host: str, port: int) -> str | None:
    if not port or ports.is_free(host, port):
        return None
    holder = port_holder(port)
    return f"port {port} on {host} is taken{f' by {holder}' if holder else ''}; stop it, or choose another: PORT={port + 1}"


def _bundled_trouble() -> str | None:
    try:
        account = server_account()
        for program in (binaries.postgres_bin(account) / "postgres", binaries.valkey_server(account)):
            if not os.access(program, os.X_OK) or (account is not None and not can_run(program, account)):
                return f"{program} cannot be run (a file system mounted noexec?); give DATABASE_URL and REDIS_URL"
    except (ServerError, OSError) as error:
        return str(error)
    return None


def _tell_orphans(wanted: Settings) -> None:
    """Name server data in the system folder whose data folder is gone; only a person can know that it may go."""
    for note in sorted(STATE.glob("data-*/belongs-to")) if os.access(STATE, os.R_OK) else []:
        owner = Path(note.read_text(encoding="utf-8").strip())
        if owner != wanted.data_dir and not (owner / "servers.home").exists():
            print(f"note {'servers':<9} {note.parent} holds databases of {owner}, which is gone; delete it if so meant")


def _tell_parser() -> None:
    """The API works without gunicorn's C parser, at more CPU a request."""
    if find_spec("gunicorn_h1c") is None:
        print(
            "note http      gunicorn parses HTTP in Python; with a C compiler: pip install -r requirements-faster.txt"
        )


if __name__ == "__main__":
    sys.exit(main())
