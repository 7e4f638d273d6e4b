"""gunicorn's ASGI worker, told to let go of streams when it stops.

gunicorn waits for open connections before it runs the lifespan's shutdown, so an event stream would hold
every stop for the whole grace.
"""

from __future__ import annotations

from gunicorn.workers.gasgi import ASGIWorker

from api.kit import tail


class Worker(ASGIWorker):
    """`--worker-class api.server.Worker`."""

    def handle_exit_signal(self) -> None:
        """SIGTERM: stop accepting, end the streams, finish what is under way."""
        super().handle_exit_signal()
        self.loop.create_task(tail.stop())
