"""The bundled Valkey, as a foreground child of ours: append-only file each second, nothing evicted, a password.

It carries wake-ups and counters only. Postgres is the truth, so a log that Valkey cannot read any more is put
aside and the server starts empty.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import redis

from store.embedded import binaries, ports
from store.embedded.account import Account, give, private_file
from store.embedded.children import Command
from store.kit import clock

_UNREADABLE_AFTER_DEATHS = 3


class Valkey:
    """One server in `home`/valkey, run as `account`."""

    name = "valkey"

    def __init__(self, home: Path, account: Account | None) -> None:
        self.home = home
        self.account = account
        self.folder = home / "valkey"
        self.program = binaries.valkey_server(account)
        self.port = 0

    @property
    def url(self) -> str:
        return f"redis://:{self._password()}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        self.folder.mkdir(exist_ok=True)
        give(self.folder, self.account, mode=0o700)
        if not self._password_file.exists():
            private_file(self._password_file, secrets.token_urlsafe(24))
        self.port = ports.kept_port(self.home / "valkey.port")
        # In a file and not in argv, which every user of the machine can read.
        private_file(self.folder / "valkey.conf", self._config(), self.account)

    def before_restart(self, deaths: int) -> None:
        """After several deaths in a row the log is the suspect (a torn disk): put it aside, start empty."""
        log = self.folder / "appendonlydir"
        if deaths == _UNREADABLE_AFTER_DEATHS and log.is_dir():
            log.rename(self.folder / f"appendonlydir.put-aside-{clock.utc_now():%Y%m%d%H%M%S}")

    def command(self) -> Command:
        return Command(
            argv=[str(self.program), str(self.folder / "valkey.conf")], account=self.account, grace_seconds=10
        )

    def is_ready(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1, socket_connect_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False  # not listening yet, or still loading its log

    @property
    def _password_file(self) -> Path:
        return self.home / "valkey.password"

    def _password(self) -> str:
        return self._password_file.read_text(encoding="utf-8").strip()

    def _config(self) -> str:
        return "\n".join([
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self._password()}",
            f'dir "{self.folder}"',
            "appendonly yes",
            "appendfsync everysec",
            "aof-load-truncated yes",
            'save ""',
            "maxmemory-policy noeviction",
            "daemonize no",
            "loglevel warning",
            "always-show-logo no",
            "",
        ])  # fmt: skip
