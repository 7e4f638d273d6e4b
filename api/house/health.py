"""GET /health: whether this installation can take work.

200 when the API, Postgres and its schema are ready. Redis and the workers are reported, but a submit is
accepted without them, so they do not decide.
"""

from __future__ import annotations

from typing import Any

from api.kit.answer import Answer
from api.kit.operation import operation
from store.jobs import overview
from store.kit import db, log, redis
from store.migrations import runner

logger = log.get("api.house.health")


class Health:
    """GET /health."""

    @operation("Tell whether the service is ready", auth="public", returns=dict[str, Any])
    def on_get(self) -> Answer:
        parts: dict[str, Any] = {"api": "ok", "postgres": "ok", "schema": "ok", "redis": _redis(), "workers": 0}
        try:
            waiting = runner.pending()
            if waiting:
                parts["schema"] = f"{len(waiting)} migrations are pending"
            else:
                parts["workers"] = overview.live_workers()
        except db.OUTAGES as error:
            logger.warning("health.postgres_away", error=type(error).__name__)
            parts["postgres"] = parts["schema"] = "unreachable"
        ready = parts["postgres"] == parts["schema"] == "ok"
        return Answer(
            body={"status": "ok" if ready else "unavailable", **parts},
            status=200 if ready else 503,
            retry_after=None if ready else 1,
        )


def _redis() -> str:
    try:
        redis.client().ping()
    except redis.OUTAGES:
        return "unreachable"
    return "ok"
