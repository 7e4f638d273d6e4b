"""The bundled Postgres 18 with pgvector, as a foreground child of ours.

`prepare()` makes the cluster on the first start, `command()` says what to run, `is_ready()` whether it answers.
TCP on the loopback address only, scram passwords in 0600 files, no unix socket (its path would be too long in deep
folders). The application's role owns its database and is not a superuser.
"""

from __future__ import annotations

import re
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import psycopg2

from store.embedded import binaries, left_overs, ports
from store.embedded.account import Account, ServerError, give, private_file
from store.embedded.children import Command, dies_with_parent

ROLE = "millrace"
DATABASE = "millrace"
_MIB = 1024 * 1024


class Postgres:
    """One cluster in `home`, run as `account`. `fast` gives up safety against a power cut, for tests."""

    name = "postgres"

    def __init__(self, home: Path, account: Account | None, *, fast: bool = False) -> None:
        self.home = home
        self.account = account
        self.fast = fast
        self.cluster = home / "pg18"
        self.bin = binaries.postgres_bin(account)
        self.port = 0

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}:{self._password(ROLE)}@127.0.0.1:{self.port}/{DATABASE}"

    def prepare(self) -> None:
        """Make the cluster if there is none, and choose the port. Raises ServerError."""
        if not self.cluster.is_dir():
            self._make_cluster()
        self._end_stale_postmaster()
        self.port = ports.kept_port(self.home / "postgres.port")

    def before_restart(self, deaths: int) -> None:
        """Clear what the dead server left; the port stays, since others know it."""
        self._end_stale_postmaster()

    def command(self) -> Command:
        options = [word for key, value in self._options().items() for word in ("-c", f"{key}={value}")]
        return Command(
            argv=[str(self.bin / "postgres"), "-D", str(self.cluster), *options],
            account=self.account,
            stop_signal=signal.SIGINT,  # "fast": SIGTERM would wait until every client has left
            grace_seconds=30,
        )

    def is_ready(self) -> bool:
        # Asked of the file first: each refused connection during a recovery would be a line in the log.
        if not any(line.startswith("ready") for line in self._postmaster_file()[7:8]):
            return False
        try:
            psycopg2.connect(self.url, connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _options(self) -> dict[str, str]:
        memory = psutil.virtual_memory().total // _MIB
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": f"{min(512, max(64, memory // 8))}MB",
            "effective_cache_size": f"{max(256, memory // 2)}MB",
            "work_mem": "8MB",
            "maintenance_work_mem": f"{min(256, max(64, memory // 16))}MB",
            "wal_buffers": "16MB",
            "max_wal_size": "2GB",  # a burst of jobs must not force checkpoints, which rewrite every page they touch
            "checkpoint_timeout": "15min",
            "random_page_cost": "1.1",  # solid-state disks
            "jit": "off",  # no statement of a queue lives long enough to pay for compiling it
            "io_method": "sync",  # reads hit the cache; three I/O processes fewer on a small machine
            "max_parallel_workers_per_gather": "0",  # two cores, many short statements, little /dev/shm in containers
            "max_parallel_maintenance_workers": "0",
            "autovacuum_naptime": "10s",  # a queue's rows die young: clear them before the claims have to step over
            "autovacuum_vacuum_scale_factor": "0.05",
            "autovacuum_analyze_scale_factor": "0.05",
            "autovacuum_vacuum_cost_limit": "1000",
            "idle_in_transaction_session_timeout": "5min",  # an abandoned transaction would hold back the event log
            "log_min_messages": "fatal",  # a refused row is the caller's to tell; its values stay out of the log
            "log_checkpoints": "off",
            "log_autovacuum_min_duration": "-1",
            "log_line_prefix": "",
            "timezone": "UTC",
        }
        if self.fast:
            options |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        return options

    def _make_cluster(self) -> None:
        """initdb aside, then rename: a start that was torn in the middle begins again."""
        draft = self.home / "pg18.init"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        give(draft, self.account, mode=0o700)
        superuser_file = self.home / "pg18.superuser"
        private_file(superuser_file, f"{secrets.token_urlsafe(24)}\n", self.account)
        private_file(self.home / f"postgres.{ROLE}", secrets.token_urlsafe(24))
        # The builtin locale sorts the same everywhere and needs neither ICU nor the system's locales.
        self._run(
            [
                str(self.bin / "initdb"), "-D", str(draft), "--username=postgres", "--auth=scram-sha-256",
                f"--pwfile={superuser_file}", "--encoding=UTF8", "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8", "--locale=C", *(["--no-sync"] if self.fast else []),
            ],
        )  # fmt: skip
        # Single-user mode needs no port and no password, and leaves a cluster that is whole before its rename.
        # pgvector goes into template1, since only a superuser may install it and every database here wants it.
        sql = (
            "CREATE EXTENSION vector;\n"
            f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{self._password(ROLE)}';\n"
            f"CREATE DATABASE {DATABASE} OWNER {ROLE};\n"
        )
        unsynced = ["-c", "fsync=off"] if self.fast else []
        told = self._run([str(self.bin / "postgres"), "--single", *unsynced, "-D", str(draft), "template1"], sql)
        if re.search(r"^.*(ERROR|FATAL|PANIC):", told, re.MULTILINE):
            raise ServerError(f"the new Postgres cluster in {self.home} could not be set up:\n{told}")
        draft.rename(self.cluster)

    def _run(self, argv: list[str], text: str = "") -> str:
        """Run one of Postgres' programs to its end; what it said on stderr. Raises ServerError."""
        done = subprocess.run(
            argv,
            input=text,
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGKILL),
            **(self.account.popen_options() if self.account else {}),
        )
        if done.returncode != 0:
            raise ServerError(f"{Path(argv[0]).name} failed in {self.home}:\n{done.stderr.strip() or done.stdout}")
        return done.stderr

    def _password(self, role: str) -> str:
        return (self.home / f"postgres.{role}").read_text(encoding="utf-8").strip()

    def _end_stale_postmaster(self) -> None:
        """Remove a dead server's postmaster.pid; end a live one that an earlier parent left on this cluster.

        Postgres itself refuses to start when the pid in the file belongs to any process of its account, which is
        the rule in containers, where pids are small and used again.
        """
        try:
            process = psutil.Process(int(self._postmaster_file()[0]))
            if process.status() != psutil.STATUS_ZOMBIE and str(self.cluster) in process.cmdline():
                process.send_signal(signal.SIGINT)
                left_overs.end_all([process], grace_seconds=30)
        except (IndexError, ValueError, psutil.NoSuchProcess):
            pass  # nothing there that lives; the file, if any, is stale
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _postmaster_file(self) -> list[str]:
        """The lines of postmaster.pid: the pid first, the server's status in the eighth; empty without the file."""
        try:
            return (self.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
