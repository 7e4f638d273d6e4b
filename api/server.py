"""How gunicorn serves the API: `gunicorn --config python:api.server --bind … "api.app:create_app()"`.

The names in lower case are gunicorn's settings. The worker is gunicorn's own ASGI worker, told to let go of streams
and idle connections when it stops: gunicorn waits for all of them, so one stream would hold a stop for the whole grace.
"""

from __future__ import annotations

import ctypes
import signal
import sys
from typing import Any

from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.workers import gasgi
from gunicorn.workers.gasgi import ASGIWorker
from prometheus_client import multiprocess

from store.kit.settings import settings

M_ARENA_MAX = -8  # malloc.h of glibc
_server = settings().server

worker_class = "api.server.Worker"
asgi_loop = "uvloop"
workers = _server.processes
worker_connections = _server.max_streams + 1000
keepalive = 5
timeout = 60
asgi_disconnect_grace_period = 3  # seconds from a lost connection until its request is cancelled: time to take up again
graceful_timeout = round(_server.grace_seconds)
loglevel = "warning"
control_socket_disable = True  # it would lie in the home folder, where two installations meet


def post_fork(_server: Any, _worker: Any) -> None:
    """Until the worker has handlers of its own, the master's, which it is born with, would swallow a SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        # A heap of its own for every thread would keep the pieces of each file that passed through it.
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def child_exit(_server: Any, worker: Any) -> None:
    """Gauges of a process that is gone count no more."""
    multiprocess.mark_process_dead(worker.pid, str(settings().data_dir / "metrics"))


class Connection(ASGIProtocol):
    """A client's connection that tells its worker while it is idle between two requests, and must begin with one."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        # gunicorn itself waits for ever: clients who say nothing could take up all of its connections.
        self._patience = self.worker.loop.call_later(_server.first_request_seconds, self.hang_up)

    def _on_headers_complete(self) -> Any:
        self._patience.cancel()
        return super()._on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._patience.cancel()
        super().connection_lost(exc)

    def hang_up(self) -> None:
        """As if its time were over."""
        self._keepalive_timeout()

    def _arm_keepalive_timer(self) -> None:
        super()._arm_keepalive_timer()
        self.worker.idle.add(self)

    def _cancel_keepalive_timer(self) -> None:
        super()._cancel_keepalive_timer()
        self.worker.idle.discard(self)


class Worker(ASGIWorker):
    """One API process."""

    def init_process(self) -> None:
        """Runs after the fork, and serves until the end."""
        self.idle: set[Connection] = set()
        gasgi.ASGIProtocol = Connection  # gunicorn has no setting for it
        super().init_process()

    def handle_exit_signal(self) -> None:
        """SIGTERM: stop accepting, end streams and long-polls, hang up on who is idle, finish what is under way."""
        from api.kit import relay, tail, usage  # after the fork

        super().handle_exit_signal()
        relay.stop()
        self._letting_go = [self.loop.create_task(one) for one in (tail.stop(), usage.stop())]
        for connection in list(self.idle):
            connection.hang_up()
