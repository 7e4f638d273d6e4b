"""Pipelines that only tests have: stages that misbehave on request, and write down what they do.

`add()` puts them into this process's catalog; tests/engine/fleet_child.py does so in worker processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from pipelines import catalog
from pipelines.engine.pipeline import ALL, Key, Need, Pipeline, Stage, at_least, share

STAGES = "tests.engine.stages"


def _key(workspace_id: str, value: dict[str, Any]) -> Key | None:
    return Key(f"{workspace_id}:{value['key']}", value.get("limit", 1)) if value.get("key") else None


def _act(name: str, *, deadline: float = 60.0, attempts: int = 3, lane: str = "quick") -> Stage:
    return Stage(
        name=name,
        lane=lane,
        run=f"{STAGES}:act",
        attempts=attempts,
        deadline=timedelta(seconds=deadline),
        backoff=timedelta(milliseconds=50),
        key=_key,
    )


def _fan(name: str, need: Need) -> Pipeline:
    stages = (
        Stage(name="split", lane="quick", run=f"{STAGES}:split", weight=1),
        Stage(
            name="work", lane="quick", run=f"{STAGES}:act", fan_out=True, need=need, weight=8,
            backoff=timedelta(milliseconds=50), key=_key,
        ),
        Stage(name="join", lane="quick", run=f"{STAGES}:join", weight=1),
    )  # fmt: skip
    return Pipeline(name=name, title=name, stages=stages)


ACT = Pipeline(name="test.act", title="act", stages=(_act("act"),))
CPU = Pipeline(name="test.cpu", title="act on another lane", stages=(_act("act", lane="cpu"),))
SHORT = Pipeline(name="test.short", title="act within a second", stages=(_act("act", deadline=1.0),))
CHAIN = Pipeline(name="test.chain", title="three steps", stages=(_act("one"), _act("two"), _act("three")))
FAN_ALL = _fan("test.fan_all", ALL)
FAN_TWO = _fan("test.fan_two", at_least(2))
FAN_HALF = _fan("test.fan_half", share(0.5))
SILENT = Pipeline(name="test.silent", title="internal", stages=(_act("act"),), internal=True)

NAMES = ("ACT", "CPU", "SHORT", "CHAIN", "FAN_ALL", "FAN_TWO", "FAN_HALF", "SILENT")
_OURS = tuple(f"tests.engine.declared:{name}" for name in NAMES)


def add() -> None:
    """Make them known to this process."""
    catalog.DECLARATIONS = (*catalog.DECLARATIONS, *_OURS)
    catalog.pipelines.cache_clear()


@contextmanager
def added() -> Iterator[None]:
    """Make them known to this process for a while."""
    before = catalog.DECLARATIONS
    add()
    try:
        yield
    finally:
        catalog.DECLARATIONS = before
        catalog.pipelines.cache_clear()
