"""Receivers of webhooks for tests: what they are told, they answer, and they keep every delivery as it came."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import msgspec

from pipelines.webhooks import management
from pipelines.webhooks.deliverer import Deliverer
from store.jobs import events
from store.kit import db
from store.kit.ids import new_id
from tests.kit.fake_web import FakeWeb, Hit, Request


class Receiver(FakeWeb):
    """Answers `status` to every POST, or what the list `answers` says in turn: a status, or (status, headers)."""

    def __init__(self, status: int = 200) -> None:
        super().__init__()
        self.status = status
        self.more: dict[str, str] = {}
        self.answers: list[int | tuple[int, dict[str, str]] | Callable[[Request], None]] = []
        self.fallback = self._answer

    def _answer(self, request: Request) -> None:
        wanted = self.answers.pop(0) if self.answers else (self.status, self.more)
        if callable(wanted):
            wanted(request)
            return
        status, more = wanted if isinstance(wanted, tuple) else (wanted, {})
        request.answer(status, b"noted", more)

    def bodies(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(hit.body) for hit in self.hits]

    def ids(self) -> list[str]:
        return [hit.headers["webhook-id"] for hit in self.hits]

    def __enter__(self) -> Self:
        super().__enter__()
        return self


def endpoint(workspace_id: str, url: str, *wanted: str, surface: str = "craudioviz", **more: Any) -> management.Made:
    """An endpoint, made the way the API makes it."""
    return management.create(
        workspace_id, surface, url=url, events=wanted or ("credits.low",), events_field="events", **more
    )


def emit(workspace_id: str, kind: str = "credits.low", *, job_id: str | None = None, **data: Any) -> None:
    """One line of the log, as whoever emits events writes it, and the hint after it."""
    with db.transaction():
        events.tell(workspace_id, kind, data, job_id=job_id)


@contextmanager
def delivering() -> Iterator[Deliverer]:
    """A deliverer in this process, so that a test can move its clock and its settings; known as a live worker."""
    worker_id = new_id("worker")
    db.rows(
        "INSERT INTO worker (id, host, pid, lanes, threads, lease_until)"
        " VALUES (%s, 'test', 0, ARRAY['hooks'], 1, now() + interval '1 hour')",
        (worker_id,),
    )
    running = Deliverer(worker_id)
    running.start()
    try:
        yield running
    finally:
        running.stop()
        running.join(20)
        db.rows("DELETE FROM worker WHERE id = %s", (worker_id,))


def key_bytes(secret: str) -> bytes:
    """What stands behind `whsec_`."""
    return base64.b64decode(secret.removeprefix("whsec_"))


def signatures(hit: Hit) -> list[str]:
    return hit.headers["webhook-signature"].split(" ")


def deliveries() -> list[tuple[Any, ...]]:
    """(state, attempts, failure) of each, in order."""
    return db.rows("SELECT state, attempts, failure FROM webhook_delivery ORDER BY number")


def state_of(endpoint_id: str) -> dict[str, Any]:
    found = db.row(
        "SELECT is_active, disabled_reason, breaker, in_flight, turn_by FROM webhook_endpoint WHERE id = %s",
        (endpoint_id,),
    )
    assert found
    return dict(zip(("is_active", "reason", "breaker", "in_flight", "turn_by"), found, strict=True))
