"""Who the bundled servers run as, and where their files live.

Postgres refuses to run as root, so under root both servers run as `nobody`. That account must be able to reach
its files: when the project or the data folder lies below a closed folder (root's home, say), binaries and data
go to a system state folder instead. No folder of the person's is ever opened up for it.
"""

from __future__ import annotations

import os
import pwd
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STATE = Path("/var/lib/millrace")


class ServerError(Exception):
    """A bundled server cannot be set up or started; the message tells a person what to do."""


@dataclass(frozen=True)
class Account:
    """A system account that servers are dropped to."""

    name: str
    uid: int
    gid: int

    def popen_options(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> Account | None:
    """`nobody` when this process is root; None when the servers can run as we do.

    An account of the system's own and not one we make: initdb looks its uid up by name, and slim images lack useradd.
    """
    if os.geteuid() != 0:
        return None
    try:
        found = pwd.getpwnam("nobody")
    except KeyError:
        raise ServerError("root needs an account named nobody to run the bundled Postgres as; there is none") from None
    return Account(found.pw_name, found.pw_uid, found.pw_gid)


def can_run(binary: Path, account: Account) -> bool:
    """Whether `account` can reach and run `binary`: tried, since modes, ACLs and mount options all have a say."""
    return _succeeds([str(binary), "--version"], account)


def can_write(folder: Path, account: Account) -> bool:
    return _succeeds(["/bin/sh", "-c", 'cd / && test -w "$0" && test -x "$0"', str(folder)], account)


def give(path: Path, account: Account | None, *, mode: int) -> None:
    """Set the mode of `path` and make the servers' account its owner."""
    path.chmod(mode)
    if account is not None:
        os.chown(path, account.uid, account.gid)


def private_file(path: Path, text: str, account: Account | None = None) -> None:
    """Write a 0600 file that appears whole or not at all."""
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    give(draft, account, mode=0o600)
    draft.rename(path)


def servers_home(data_dir: Path, account: Account | None) -> Path:
    """The folder of the servers' files: `servers` in the data folder, or one in STATE that a note there names.

    The first choice is kept, so that a later change of some folder's mode does not make the data look lost.
    """
    note = data_dir / "servers.home"
    inside = data_dir / "servers"
    if note.exists():
        return _noted(note, account)
    inside.mkdir(parents=True, exist_ok=True)
    if account is None or _reaches(inside, account):
        return inside
    outside = STATE / f"data-{secrets.token_hex(8)}"
    outside.mkdir(parents=True, mode=0o711)
    (outside / "belongs-to").write_text(f"{data_dir}\n", encoding="utf-8")
    if not _reaches(outside, account):
        raise ServerError(f"the account {account.name} can reach neither {inside} nor {outside}; set MILLRACE_DATA")
    inside.rmdir()
    note.write_text(f"{outside}\n", encoding="utf-8")
    return outside


def _noted(note: Path, account: Account | None) -> Path:
    home = Path(note.read_text(encoding="utf-8").strip())
    if not home.is_dir():
        raise ServerError(
            f"{note} says that the servers' data is in {home}, which is gone; put it back or delete {note}"
        )
    if account is None and not os.access(home, os.W_OK):
        raise ServerError(f"{note} says that the servers' data is in {home}, which only root can use; start as root")
    return home


def _reaches(folder: Path, account: Account) -> bool:
    folder.chmod(0o711)  # passed through, not listed; what lies in it is 0700 and 0600
    probe = folder / f"probe-{secrets.token_hex(4)}"
    probe.mkdir()
    try:
        give(probe, account, mode=0o700)
        return can_write(probe, account)
    finally:
        probe.rmdir()


def _succeeds(argv: list[str], account: Account) -> bool:
    try:
        done = subprocess.run(argv, capture_output=True, cwd="/", timeout=20, check=False, **account.popen_options())
    except OSError:
        return False  # exec itself is refused: a parent folder is closed, or the mount is noexec
    return done.returncode == 0
