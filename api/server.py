"""How gunicorn serves the API: `gunicorn --config python:api.server --bind … "api.app:create_app()"`.

The names in lower case are gunicorn's settings. The worker is gunicorn's own ASGI worker, told to let go of
streams when it stops: gunicorn waits for open connections first, so one stream would hold a stop for the whole grace.
"""

from __future__ import annotations

import signal
from typing import Any

from gunicorn.workers.gasgi import ASGIWorker
from prometheus_client import multiprocess

from store.kit.settings import settings

_server = settings().server

worker_class = "api.server.Worker"
asgi_loop = "uvloop"
workers = _server.processes
worker_connections = _server.max_streams + 1000
keepalive = 5  # gunicorn waits for idle connections when it stops
timeout = 60
graceful_timeout = round(_server.grace_seconds)
loglevel = "warning"
control_socket_disable = True  # it would lie in the home folder, where two installations meet


def post_fork(_server: Any, _worker: Any) -> None:
    """Until the worker has handlers of its own, the master's, which it is born with, would swallow a SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def child_exit(_server: Any, worker: Any) -> None:
    """Gauges of a process that is gone count no more."""
    multiprocess.mark_process_dead(worker.pid, str(settings().data_dir / "metrics"))


class Worker(ASGIWorker):
    """One API process."""

    def handle_exit_signal(self) -> None:
        """SIGTERM: stop accepting, end the streams, finish what is under way."""
        from api.kit import tail  # after the fork

        super().handle_exit_signal()
        self._letting_go = self.loop.create_task(tail.stop())
