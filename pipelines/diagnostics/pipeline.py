"""diagnostics.echo is the cheapest job there is: one stage that returns its input.

diagnostics.fan_out is the same in parts: *split* -> *work* (one task a part) -> *join*. Options are bounded,
so that a stranger's smoke test cannot hold a worker.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from pipelines.engine.pipeline import Key, Pipeline, Stage


class EchoInput(Struct, frozen=True, forbid_unknown_fields=True):
    """What to echo, and how to behave on the way."""

    value: Any = None
    sleep_ms: Annotated[int, Meta(ge=0, le=60_000, description="How long each task sleeps.")] = 0
    steps: Annotated[int, Meta(ge=1, le=100, description="Progress reports during the sleep.")] = 1
    fail: Annotated[bool, Meta(description="Fail for good with code `asked_to_fail`.")] = False
    fail_attempts: Annotated[int, Meta(ge=0, le=10, description="Fail this many attempts, then succeed.")] = 0


class FanOutInput(EchoInput, frozen=True, forbid_unknown_fields=True):
    """EchoInput for each of `parts` tasks that run beside each other."""

    parts: Annotated[int, Meta(ge=0, le=1000, description="Tasks of the middle stage.")] = 3
    fail_parts: Annotated[int, Meta(ge=0, le=1000, description="How many of them fail for good.")] = 0
    at_once: Annotated[int, Meta(ge=0, le=1000, description="Parts running at once; 0: no limit.")] = 0
    tag: Annotated[str, Meta(max_length=64)] = field(default="")


def _at_once(workspace_id: str, part: dict[str, Any]) -> Key | None:
    limit = int(part.get("at_once") or 0)
    return Key(f"echo:{workspace_id}:{part.get('tag') or limit}", limit) if limit else None


ECHO = Pipeline(
    name="diagnostics.echo",
    title="Echo",
    description="Returns its input; sleeps, fails or reports progress on request.",
    input=EchoInput,
    public=True,
    stages=(
        Stage(
            name="echo",
            lane="quick",
            run="pipelines.diagnostics.stages:echo",
            attempts=3,
            backoff=timedelta(milliseconds=200),
            deadline=timedelta(seconds=90),
        ),
    ),
)

FAN_OUT = Pipeline(
    name="diagnostics.fan_out",
    title="Fan-out",
    description="Splits into parts that run beside each other, and joins them.",
    input=FanOutInput,
    public=True,
    stages=(
        Stage(name="split", lane="quick", run="pipelines.diagnostics.stages:split", weight=1),
        Stage(
            name="work",
            lane="quick",
            run="pipelines.diagnostics.stages:work",
            fan_out=True,
            attempts=3,
            backoff=timedelta(milliseconds=200),
            deadline=timedelta(seconds=90),
            weight=8,
            key=_at_once,
        ),
        Stage(name="join", lane="quick", run="pipelines.diagnostics.stages:join", weight=1),
    ),
)
