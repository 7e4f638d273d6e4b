"""`./run.sh`: the whole stack from one command, and nothing left of it afterwards.

Order: lock, Postgres, Valkey, migration, API, then workers and scheduler, so that they do not take the processors from
the start that people wait for. Stopped: API, workers and scheduler, Valkey, Postgres. With DATABASE_URL or REDIS_URL
set, that server is waited for and not started. Exit codes: 0 stopped as asked, 1 something failed, 2 cannot start.
"""

from __future__ import annotations

import http.client
import shutil
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from store.embedded import left_overs, ports
from store.embedded.account import Account, ServerError, server_account, servers_home
from store.embedded.lock import locked
from store.embedded.postgres import Postgres
from store.embedded.servers import Bundled
from store.embedded.valkey import Valkey
from store.kit.settings import Settings, SettingsError, child_environment, settings
from workers import commands, open_files, running_stack
from workers.port_holder import taken_sentence
from workers.reach import database_trouble, redis_trouble, schema_trouble
from workers.supervisor import Child, ChildFailed, StopAsked, Supervisor, Tier

SERVER_READY_SECONDS = 120  # a long crash recovery is no failure
OTHERS_READY_SECONDS = 30
HEALTHY_SECONDS = 60


def main() -> int:
    open_files.allow_many()
    try:
        wanted = settings()
        with locked(wanted.data_dir), _claimed(wanted) as listener:
            return _run(wanted, listener)
    except (SettingsError, ServerError) as error:
        print(f"Millrace cannot start: {error}", file=sys.stderr)
    except OSError as error:
        print(f"Millrace cannot start: {error}. ./run.sh doctor looks for the reason", file=sys.stderr)
    return 2


def _run(wanted: Settings, listener: socket.socket) -> int:
    supervisor = Supervisor(wanted.data_dir / "pids")
    try:
        _bring_up(supervisor, wanted, listener)
        supervisor.watch()
    except StopAsked:
        supervisor.say("stopping")
    except (ChildFailed, ServerError) as error:
        supervisor.say(f"stopping, because {error}")
        return 1
    finally:
        listener.close()
        supervisor.stop_all()
        running_stack.forget(wanted.data_dir)
    return 0


def _bring_up(supervisor: Supervisor, wanted: Settings, listener: socket.socket) -> None:
    begun = time.monotonic()
    for name in left_overs.end_left_overs(wanted.data_dir / "pids"):
        supervisor.say(f"stopped {name}, which an earlier start had left running")
    database_url, redis_url = _servers(supervisor, wanted)
    metrics = wanted.data_dir / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)  # counters of processes that are gone
    metrics.mkdir()
    env = child_environment(
        DATABASE_URL=database_url,
        REDIS_URL=redis_url,
        MILLRACE_DATA=str(wanted.data_dir),
        PORT=str(listener.getsockname()[1]),
        PROMETHEUS_MULTIPROC_DIR=str(metrics),
        PYTHONUNBUFFERED="1",
        **({"MILLRACE_LOG__FORMAT": "pretty"} if wanted.log.format == "auto" and sys.stdout.isatty() else {}),
    )
    if schema_trouble(database_url) is not None:
        supervisor.run_once("migrate", commands.migration(env))
    listener.listen(1024)
    api = supervisor.run("api", commands.api(wanted, env, listener=listener.fileno()), tier=Tier.API)
    host, port = _reachable(listener)
    supervisor.wait_until(lambda: _is_healthy(host, port), within_seconds=HEALTHY_SECONDS, for_child=api)
    for group in wanted.lanes.groups:
        supervisor.run(f"worker-{group.lanes[0]}", commands.worker(wanted, group, env), tier=Tier.ENGINE)
    supervisor.run("scheduler", commands.scheduler(env), tier=Tier.ENGINE)
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    running_stack.remember(wanted.data_dir, url=url, database_url=database_url, redis_url=redis_url)
    supervisor.say(f"Millrace is up after {time.monotonic() - begun:.1f} s: {url}")
    supervisor.say(f"documentation {url}/docs, data in {wanted.data_dir}; Ctrl-C stops it")


def _servers(supervisor: Supervisor, wanted: Settings) -> tuple[str, str]:
    """The addresses of Postgres and Redis: given by the operator and waited for, or our own children."""
    home: Path | None = None
    account: Account | None = None
    if not (wanted.database.url and wanted.redis.url):
        account = server_account()
        home = servers_home(wanted.data_dir, account)
        if home.parent != wanted.data_dir:
            supervisor.say(f"{account.name if account else ''} cannot enter {wanted.data_dir}; servers' data: {home}")
    database_url, redis_url = wanted.database.url, wanted.redis.url
    if database_url:
        _wait_for_others(supervisor, lambda: database_trouble(database_url))
    elif home is not None:
        database_url = _own(supervisor, Postgres(home, account), Tier.POSTGRES)
    if redis_url:
        _wait_for_others(supervisor, lambda: redis_trouble(redis_url))
    elif home is not None:
        redis_url = _own(supervisor, Valkey(home, account), Tier.REDIS)
    return database_url, redis_url


def _own(supervisor: Supervisor, server: Bundled, tier: Tier) -> str:
    server.prepare()
    child: Child = supervisor.run(server.name, server.command(), tier=tier, before_restart=server.before_restart)
    supervisor.wait_until(server.is_ready, within_seconds=SERVER_READY_SECONDS, for_child=child)
    return server.url


def _wait_for_others(supervisor: Supervisor, trouble: Callable[[], str | None]) -> None:
    """Wait until a server that others run can be used. Raises ServerError with the reason it cannot."""
    deadline = time.monotonic() + OTHERS_READY_SECONDS
    told = ""
    while (reason := trouble()) is not None:
        if time.monotonic() > deadline:
            raise ServerError(f"{reason} (tried for {OTHERS_READY_SECONDS} s)")
        if reason != told:
            supervisor.say(f"waiting: {reason}")
            told = reason
        supervisor.pump(0.5)


def _claimed(wanted: Settings) -> socket.socket:
    """The API's address, bound before anything is started. The API inherits it, so its restarts refuse nobody."""
    host, port = wanted.server.host, wanted.server.port
    if port and ports.answers(_loopback(host), port):
        raise ServerError(taken_sentence(host, port))
    try:
        return ports.bound(host, port)
    except socket.gaierror as error:
        raise ServerError(f"HOST={host} is no address of this machine: {error.strerror}") from error
    except PermissionError as error:
        raise ServerError(f"PORT={port} needs more rights than ours; choose one above 1023") from error
    except OSError as error:
        raise ServerError(taken_sentence(host, port)) from error


def _reachable(listener: socket.socket) -> tuple[str, int]:
    host, port = listener.getsockname()[:2]
    return _loopback(host), port


def _loopback(host: str) -> str:
    """An address to reach a listener at that listens everywhere."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - compared, not bound


def _is_healthy(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
