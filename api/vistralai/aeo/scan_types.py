"""Request and response types of /api/aeo/perception-scan."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from api.kit.paging import Cursor, Limit
from api.kit.types import Camel
from store.brands.values import Label

Status = Literal["pending", "running", "completed", "failed", "cancelled"]
Category = Literal["product", "brand", "competitor"]
Quadrant = Literal["dominant", "misrepresented", "hidden_gem", "at_risk", "insufficient_data"]
State = Literal["planned", "asking", "valid", "empty", "refused", "truncated", "absent", "failed"]
Platforms = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=50)]],
    Meta(min_length=1, max_length=50, examples=[["claude", "chatgpt", "gemini", "perplexity", "google_aio"]]),
]
# No number by which a scan counts is a bool or a float.
PromptCount = Annotated[int, Meta(ge=1, le=10_000, examples=[10])]


class CreateScan(Camel, kw_only=True):
    """Which platforms are asked how many questions. `repeats` (default: the setting) asks each so many times;
    `maxSpend` is in dollars and bounds what the scan may spend; `categories` narrows what is asked about."""

    brand360_id: Label
    platforms: Platforms
    prompt_count: PromptCount = 10
    categories: Annotated[list[Category], Meta(min_length=1, max_length=3)] | None = None
    repeats: Annotated[int, Meta(ge=1, le=10)] | None = None
    max_spend: Annotated[float, Meta(ge=0, le=1_000_000)] | None = None


class ScanStarted(Camel, kw_only=True):
    """A scan that was accepted. `sandbox`: at least one platform has no key here and is answered by the sandbox.
    `wouldHelp` names what is empty in the profile and would make a scan say more, the most useful first."""

    scan_id: str
    status: Status
    platforms: list[str]
    created_at: datetime
    job_id: str
    sandbox: bool
    sandbox_platforms: list[str]
    would_help: list[dict[str, str]]


class ListScans(Camel, kw_only=True):
    """Whose scans."""

    brand360_id: Label
    limit: Limit = 50
    cursor: Cursor | None = None


class ScanFault(Camel, kw_only=True):
    """Why a scan failed; `retryable` says whether POST /v1/jobs/{jobId}/retry can help."""

    code: str
    message: str
    retryable: bool = False
    details: Any = UNSET


class Spend(Camel, kw_only=True):
    """In dollars: what was paid and is reserved for calls under way, and the bound (null: none)."""

    spent: float
    limit: float | None
    currency: Literal["USD"] = "USD"


class ScanInList(Camel, kw_only=True):
    """A scan in short. `metrics` and `quadrant` are null until it is completed; a metric is null when there is no data."""

    id: str
    brand360_id: str
    status: Status
    platforms: list[str]
    metrics: dict[str, float | int | None] | None
    quadrant: Quadrant | None
    progress: int
    sandbox: bool
    prompt_count: int
    repeats: int
    created_at: datetime
    completed_at: datetime | None


class Interval(Camel, kw_only=True):
    """A number with what it is worth: 95 % bounds, and `n`, how much was looked at. `reason`: why there is none."""

    value: float | int | None
    low: float | int | None
    high: float | int | None
    n: int
    method: Literal["wilson", "bootstrap"] | None
    reason: str | None


class CoverageView(Camel, kw_only=True):
    """What became of the questions; `share` = valid / planned. `reasons` counts why the failed ones did (`unauthorized`,
    `timeout`, `spend_limit`, …)."""

    planned: int
    valid: int
    empty: int
    refused: int
    truncated: int
    absent: int
    failed: int
    waiting: int
    share: float | None
    reasons: dict[str, int]


class PlatformResult(Camel, kw_only=True):
    """One platform. Before the scan is completed `metrics` is empty and `coverage` says how far it is."""

    platform: str
    metrics: dict[str, float | int | None]
    intervals: dict[str, Interval]
    coverage: CoverageView
    models: list[str]
    sandbox: bool


class JudgingView(Camel, kw_only=True):
    """Who judged: `rules` answers by the rules alone, `withModel` by a model as well. `reasons` count why the configured
    model is not heard in the former (`not_mentioned`, `unreachable`, `token_budget`, …); its cost is in dollars."""

    judge: Literal["rules", "rules+model"]
    rules: int
    with_model: int
    model: str | None
    reasons: dict[str, int]
    tokens: int
    cost: float | None


class ScanView(ScanInList, kw_only=True):
    """A scan whole. `change` holds each metric against the brand's scan before: `moved`, or only noise."""

    job_id: str
    message: str | None
    prompts: int
    platform_results: list[PlatformResult]
    intervals: dict[str, Interval]
    coverage: CoverageView
    quadrant_confidence: float | None
    borderline: bool
    thresholds: dict[str, float] | None
    missing: dict[str, list[str]]
    sources: list[dict[str, Any]]
    change: dict[str, Any] | None
    sandbox_platforms: list[str]
    spend: Spend
    judging: JudgingView | None
    judge_version: str | None
    judged_at: datetime | None
    started_at: datetime | None
    error: ScanFault | UnsetType = UNSET


class Rejudging(Camel, kw_only=True):
    """The job that judges the scan's answers anew; the scan shows its old numbers until that is done."""

    scan_id: str
    job_id: str
    status: Literal["pending"] = "pending"


class ListAnswers(Camel, kw_only=True):
    """Which answers of a scan, in the order of its plan."""

    platform: str | None = None
    state: State | None = None
    prompt_id: str | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    cursor: str | None = None


class PromptInAnswer(Camel, kw_only=True):
    id: str
    text: str
    category: Category
    intent: str
    branded: bool


class Cost(Camel, kw_only=True):
    """In dollars; null when nobody here knows the price. `source`: said by the platform, or by its price list."""

    amount: float | None
    source: Literal["reported", "computed", "unpriced"]
    currency: Literal["USD"] = "USD"


class CitationView(Camel, kw_only=True):
    """A page that the answer cites at `start:end` (characters); `cited` false: it was only retrieved."""

    url: str
    title: str
    domain: str
    start: int | None
    end: int | None
    cited: bool


class FindingView(Camel, kw_only=True):
    """A claim of the answer: `quote` stands in `text` at `start:end`; `factId` names what it was held against; `by` who
    found it."""

    quote: str
    start: int
    end: int
    fact_id: str | None
    claimed: str
    actual: str
    fabricated: bool
    by: Literal["rules", "model"]


class ModelReadingView(Camel, kw_only=True):
    """The configured model's part in a judgement. Not `used`: `reason` says why. `added` of its verdicts are findings,
    `dropped` counts by reason those that could not be checked."""

    model: str
    used: bool
    reason: str | None
    added: int
    agreed: int
    overruled: int
    withdrawn: int
    dropped: dict[str, int]


class JudgementView(Camel, kw_only=True):
    """What the judge read in the answer. `rank` 1 is first; `sentiment` is -1..1, null when the brand is not named.

    `judge` says whether a model was heard; `model` is null where none is configured.
    """

    mentioned: bool
    rank: int | None
    list_length: int
    competitors: list[str]
    ranks: dict[str, int]
    contradicted: list[FindingView]
    supported: list[FindingView]
    unsupported: list[FindingView]
    sentiment: float | None
    refusal: bool
    voice_alignment: float | None
    judge_version: str | None
    judge: Literal["rules", "rules+model"]
    model: ModelReadingView | None


class AnswerView(Camel, kw_only=True):
    """One answer, whole. `state` is `valid`, or why it does not count; `judgement` is null until it is judged."""

    id: str
    scan_id: str
    platform: str
    prompt: PromptInAnswer
    repeat: int
    state: State
    text: str
    citations: list[CitationView]
    queries: list[str]
    model: str
    sandbox: bool
    usage: dict[str, int] | None
    cost: Cost | None
    error: dict[str, Any] | None
    elapsed_ms: int | None
    asked_at: datetime | None
    answered_at: datetime | None
    judgement: JudgementView | None


class AnswerPage(Camel, kw_only=True):
    answers: list[AnswerView]
    next_cursor: str | None
    has_more: bool


class PlatformPreview(Camel, kw_only=True):
    """`estimatedCost` is in dollars, null when nobody here knows the price of its calls."""

    platform: str
    model: str
    sandbox: bool
    cells: int
    estimated_cost: float | None


class JudgePreview(Camel, kw_only=True):
    """The model that would read the answers after the rules: at most so many calls. Its cost is in `estimatedCost` of the
    whole as well; null when nobody here knows the price."""

    model: str
    calls: int
    estimated_cost: float | None


class Preview(Camel, kw_only=True):
    """What a scan would do. `prompts` may be fewer than asked for: the profile has not more to ask about.

    `fits`: the estimate is within `maxSpend`. `wouldHelp` names what is empty in the profile and would make it say more.
    """

    brand360_id: str
    platforms: list[PlatformPreview]
    prompts: int
    repeats: int
    cells: int
    estimated_cost: float
    max_spend: float | None
    fits: bool
    currency: Literal["USD"] = "USD"
    would_help: list[dict[str, str]]
    judge: JudgePreview | None
