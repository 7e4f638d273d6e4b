"""Pipeline and Stage: plain data, safe to import anywhere.

A pipeline names its stages in order. A stage runs as one task, or (`fan_out`) as one task for each part
that the stage before it returned. `run` is a dotted name, resolved in workers only, so that the API never
imports what a stage imports; a test resolves all of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from math import ceil
from typing import Any, Literal

from msgspec import Struct, field

Queue = Literal["crawl", "extract", "analyze"]
LANES = ("web", "ai", "cpu", "ask", "tools", "hooks", "quick")


class Key(Struct, frozen=True):
    """At most `limit` tasks with the same `name` run at once, over all workers."""

    name: str
    limit: int = 1


class Need(Struct, frozen=True):
    """How many parts of a fan-out must succeed: a share of all, and at least a number."""

    share: float = 0.0
    at_least: int = 0

    def is_met(self, succeeded: int, total: int) -> bool:
        """Whether `succeeded` of `total` parts are enough."""
        return succeeded >= self.wanted(total)

    def is_lost(self, failed: int, total: int) -> bool:
        """Whether the parts that failed already rule success out."""
        return total - failed < self.wanted(total)

    def wanted(self, total: int) -> int:
        """Successes wanted of `total`; never more than there are parts, unless `at_least` says so."""
        return max(ceil(self.share * total - 1e-9), self.at_least)


ALL = Need(share=1.0)


def at_least(number: int) -> Need:
    """The stage succeeds when `number` parts do."""
    return Need(at_least=number)


def share(part: float) -> Need:
    """The stage succeeds when this share of its parts does; 0.0 accepts that all failed."""
    return Need(share=part)


class Stage(Struct, frozen=True, kw_only=True):
    """One step. `weight` is its part of the job's progress, relative to the other stages."""

    name: str
    lane: str
    run: str
    attempts: int = 3
    deadline: timedelta = timedelta(minutes=10)
    backoff: timedelta = timedelta(seconds=2)
    backoff_limit: timedelta = timedelta(minutes=10)
    weight: float = 1.0
    fan_out: bool = False
    need: Need = ALL
    message: str = ""
    queue: Queue | None = None
    """Which of the documented queues a job is told to be in while it is here."""
    warm: str = ""
    """What a worker of its lane calls once when it starts, so that no task waits for it (a model): a dotted name."""
    key: Callable[[str, dict[str, Any]], Key | None] | None = None
    """From (workspace id, job input or part) to the key whose limit the task counts against."""

    def key_of(self, workspace_id: str, value: Any, own_key: str | None) -> Key | None:
        """The key a task counts against: the stage's, else the one its job was submitted with (one at a time)."""
        wanted = self.key(workspace_id, value) if self.key else None
        return wanted or (Key(f"{workspace_id}:{own_key}") if own_key else None)

    def retry_delay(self, attempt: int) -> timedelta:
        """Exponential back-off with full jitter on its upper half: between 50 and 100 % of
        `backoff * 2^(attempt-1)`, capped (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015)."""
        ceiling = min(self.backoff * 2 ** min(attempt - 1, 30), self.backoff_limit)
        return ceiling * random.uniform(0.5, 1.0)


class Pipeline(Struct, frozen=True, kw_only=True):
    """`input` is the struct that a submit is checked against; public pipelines can be submitted at POST /v1/jobs."""

    name: str
    title: str
    stages: tuple[Stage, ...]
    input: type = dict
    public: bool = False
    description: str = ""
    internal: bool = field(default=False)
    """Internal pipelines (mail, webhooks, upkeep) are not listed and emit no events."""
    price: Callable[[dict[str, Any]], int] | None = None
    """From the job's input to its price in credits, taken at submit and given back when the job does not complete."""
    links: bool = False
    """The result's `url` (and those in `urls`) are paths of files of ours; whoever may read the job gets signed links."""

    def __post_init__(self) -> None:
        names = [stage.name for stage in self.stages]
        if not names or len(set(names)) != len(names):
            raise ValueError(f"{self.name}: stages must be named, each once")
        if self.stages[0].fan_out:
            raise ValueError(f"{self.name}: the first stage is one task; let it return the parts of the next")
        if self.stages[-1].fan_out:
            raise ValueError(f"{self.name}: the last stage is one task; it joins what the parts returned")
        for before, stage in zip(self.stages, self.stages[1:], strict=False):
            if before.fan_out and stage.fan_out:
                raise ValueError(f"{self.name}.{stage.name}: a fan-out follows a single stage")
        for stage in self.stages:
            if stage.lane not in LANES:
                raise ValueError(f"{self.name}.{stage.name}: unknown lane {stage.lane!r}")
        if self.internal and self.price is not None:
            raise ValueError(f"{self.name}: an internal pipeline has no price")
        if self.public and self.internal:
            raise ValueError(f"{self.name}: an internal pipeline cannot be public")

    def index(self, stage: str) -> int:
        """The position of a stage by name."""
        return [one.name for one in self.stages].index(stage)

    def progress(self, stage: int, fraction: float) -> float:
        """Percent done (0..100) when `fraction` of stage number `stage` is done."""
        weights = [one.weight for one in self.stages]
        done = sum(weights[:stage]) + (weights[stage] * min(max(fraction, 0.0), 1.0) if stage < len(weights) else 0)
        return 100.0 * done / sum(weights)
