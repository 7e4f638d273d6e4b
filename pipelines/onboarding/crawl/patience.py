"""Waiting that a cancel ends at once, and files fetched in the host's turn. What the stage needs of the engine's context."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Protocol

from pipelines.clients.fetch_errors import FetchError
from pipelines.clients.web import Limits, Response, WebClient
from pipelines.engine.outcomes import TryAgain
from pipelines.onboarding.crawl.gate import HostGate

PATIENCE_SECONDS = 30.0  # longer pauses are waited for without a worker
TICK_SECONDS = 0.1


class Context(Protocol):
    """The part of the engine's context that the crawl uses."""

    @property
    def workspace_id(self) -> str: ...
    @property
    def job_id(self) -> str: ...
    @property
    def run(self) -> int: ...
    @property
    def token(self) -> int: ...
    @property
    def input(self) -> Any: ...
    def check(self) -> None: ...
    def cancelled(self) -> bool: ...
    def sleep(self, seconds: float) -> None: ...
    def progress(self, fraction: float, message: str | None = None) -> None: ...


def pause(ctx: Context, seconds: float, host: str) -> None:
    """Wait a moment of it; long waits give the worker back (TryAgain)."""
    if seconds > PATIENCE_SECONDS:
        raise TryAgain(timedelta(seconds=seconds), f"{host} asked for a pause")
    ctx.sleep(min(max(seconds, 0.01), TICK_SECONDS))


def fetch_in_turn(ctx: Context, client: WebClient, gate: HostGate, url: str, limits: Limits) -> Response:
    """One file of a site. Raises FetchError, TryAgain when its turn is far off, and what `ctx.check()` raises."""
    holder, turn = gate.ask()
    while not turn.granted:
        pause(ctx, turn.wait_seconds, gate.host)
        holder, turn = gate.ask()
    answer: Response | None = None
    try:
        ctx.sleep(turn.wait_seconds)
        answer = client.fetch("GET", url, limits=limits, cancelled=ctx.cancelled)
    except FetchError as error:
        if error.code == "cancelled":
            ctx.check()
        raise
    finally:
        gate.done(holder, answer)
    return answer
