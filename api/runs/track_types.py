"""Request and response types of POST /api/integrations/run."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from api.kit.types import Camel

Tokens = Annotated[int, Meta(ge=0, le=1_000_000_000)]
MOST_LATENCY_MS = 86_400_000
MOST_COST = 10_000


class TrackRun(Camel):
    """One AI call. `tokensUsed` are all its tokens; with `inputTokens` and `outputTokens` its cost is exact, else they are
    priced as input. `cachedTokens` are counted as the provider counts them. A `cost` (dollars) of your own is believed.

    `timestamp` is when it happened, now without one. A `runId` of yours is stored once.
    """

    prompt_id: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", examples=["customer-support"])]
    model: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", examples=["gpt-4"])]
    provider: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S", examples=["openai"])]
    success: Annotated[bool, Meta(examples=[True])]
    input: str | None = None
    output: str | None = None
    tokens_used: Tokens | None = None
    latency: Annotated[float, Meta(ge=0, le=MOST_LATENCY_MS, examples=[1200])] | None = None
    input_tokens: Tokens | None = None
    output_tokens: Tokens | None = None
    cached_tokens: Tokens | None = None
    cost: Annotated[float, Meta(ge=0, le=MOST_COST)] | None = None
    timestamp: Annotated[datetime, Meta(tz=True)] | None = None
    metadata: dict[str, Any] | None = None
    run_id: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")] | None = None


OneOrMany = TrackRun | Annotated[list[Any], Meta(min_length=1, max_length=1000)]


class RunResult(Camel):
    """What became of one run of many. `status` is what a request with this run alone would have been answered."""

    index: int
    success: bool
    status: int
    run_id: str | UnsetType = UNSET
    duplicate: bool | UnsetType = UNSET
    error: str | UnsetType = UNSET
    code: str | UnsetType = UNSET
    details: dict[str, Any] | UnsetType = UNSET


class Tracked(Camel):
    """The run is stored; of many runs also how many were, and what became of each."""

    success: bool
    accepted: int | UnsetType = UNSET
    duplicates: int | UnsetType = UNSET
    refused: int | UnsetType = UNSET
    results: list[RunResult] | UnsetType = UNSET
