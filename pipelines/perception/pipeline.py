"""The perception pipelines as data, and how a scan is started.

*plan* decides which questions are asked, *ask* puts each to each platform several times, *collect* sorts what came,
*consult* has a model read them where one is configured, *hand_out* deals them out, *judge* holds them against the brand's
facts, *score* makes the numbers, *insights* what follows from them. A platform that fails costs its share only, a model that
fails costs the judgement its part of it. `perception.rejudge` begins with *collect*: no platform is asked again. Most
answers are judged while others are still being asked (`perception.early`), and *judge* does what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from pipelines.engine.pipeline import Key, Pipeline, Stage, at_least, share
from pipelines.engine.submit import Submission, submit_in_transaction
from pipelines.perception import consulting, profile
from pipelines.perception import platforms as known_platforms
from pipelines.pricing import NANO
from store.brands import queries as brands
from store.brands.values import Label
from store.kit.db import transaction
from store.kit.errors import InvalidInput, QuotaExceeded, Unprocessable
from store.kit.settings import settings
from store.perception import prompts, scans
from store.perception.scans import ScanNow

Category = Literal["product", "brand", "competitor"]
MAX_PROMPTS_EVER = 10_000  # a bound for the type; the setting `perception.max_prompts` is what holds
COLLECT = "pipelines.perception.stages.collect:run"
CONSULT = "pipelines.perception.stages.consult:run"
HAND_OUT = "pipelines.perception.stages.hand_out:run"
JUDGE = "pipelines.perception.stages.judge:run"
SCORE = "pipelines.perception.stages.score:run"
INSIGHTS = "pipelines.perception.stages.insights:run"


class ScanInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """A wish for a scan. `promptIds` asks these prompts instead of planning any (a verification does)."""

    brand360_id: Annotated[Label, Meta(description="The caller's own label of the brand, or its id.")]
    platforms: Annotated[list[str], Meta(min_length=1, max_length=50)]
    prompt_count: Annotated[int, Meta(ge=1, le=MAX_PROMPTS_EVER)]
    categories: list[Category] | None = None
    repeats: Annotated[int, Meta(ge=1, le=10)] | None = None
    max_spend: Annotated[float, Meta(ge=0)] | None = None
    kind: Literal["scan", "verification"] = "scan"
    prompt_ids: Annotated[list[str], Meta(max_length=MAX_PROMPTS_EVER)] | None = None


class OfScan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Which scan."""

    scan_id: str


class EarlyInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Answers of a scan that can be judged already."""

    scan_id: str
    answer_ids: list[str]


class PromptsInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """How many prompts of which categories."""

    brand360_id: Label
    count: Annotated[int, Meta(ge=1, le=MAX_PROMPTS_EVER)]
    categories: list[Category]


def _ask_key(workspace_id: str, part: dict[str, Any]) -> Key | None:
    return None if part["sandbox"] else known_platforms.key_of(workspace_id, part["platform"])


def _consult_key(workspace_id: str, _: dict[str, Any]) -> Key:
    return consulting.key_of(workspace_id)


_JUDGED = (
    Stage(name="collect", lane="quick", run=COLLECT, weight=1, message="Sorting the answers"),
    Stage(
        name="consult",
        lane="ai",
        run=CONSULT,
        fan_out=True,
        need=share(0.0),  # the rules judge what no model has read
        key=_consult_key,
        deadline=timedelta(minutes=15),  # a task makes a few calls, each within llm.timeout_seconds
        weight=8,
        message="Having a model read the answers",
    ),
    Stage(name="hand_out", lane="quick", run=HAND_OUT, weight=1),
    Stage(
        name="judge",
        lane="cpu",
        run=JUDGE,
        fan_out=True,
        attempts=3,
        deadline=timedelta(minutes=5),
        weight=15,
        message="Comparing the answers with what is true",
    ),
    Stage(
        name="score", lane="cpu", run=SCORE, deadline=timedelta(minutes=5), weight=4, message="Working out the numbers"
    ),
    Stage(
        name="insights",
        lane="cpu",
        run=INSIGHTS,
        deadline=timedelta(minutes=5),
        weight=5,
        message="Drawing conclusions",
    ),
)

PIPELINE = Pipeline(
    name="perception",
    title="Ask AI platforms about a brand and judge what they say",
    description="Plans questions from the brand's profile, asks each platform several times, judges every answer"
    " against the verified facts and scores the whole, with intervals. The result names the scan.",
    input=ScanInput,
    public=True,
    stages=(
        Stage(
            name="plan",
            lane="quick",
            run="pipelines.perception.stages.plan:run",
            weight=2,
            message="Planning the questions",
        ),
        Stage(
            name="ask",
            lane="ai",
            run="pipelines.perception.stages.ask:run",
            fan_out=True,
            need=at_least(1),
            key=_ask_key,
            attempts=4,
            deadline=timedelta(minutes=15),  # a task makes a few calls, each within platforms.timeout_seconds
            weight=70,
            message="Asking the platforms",
        ),
        *_JUDGED,
    ),
)

REJUDGE = Pipeline(
    name="perception.rejudge",
    title="Judge the answers of a scan anew",
    description="With the present judge and the profile's present facts; nothing is asked again.",
    input=OfScan,
    stages=_JUDGED,
)

EARLY = Pipeline(
    name="perception.early",
    title="Judge answers while others are still being asked",
    input=EarlyInput,
    internal=True,
    stages=(
        Stage(name="judge", lane="cpu", run="pipelines.perception.stages.judge:early", deadline=timedelta(minutes=5)),
    ),
)

EARLY_WITH_MODEL = Pipeline(
    name="perception.early.model",
    title="Have a model read answers, and judge them, while others are still being asked",
    input=EarlyInput,
    internal=True,
    stages=(
        Stage(
            name="consult",
            lane="ai",
            run="pipelines.perception.stages.consult:early",
            key=_consult_key,
            deadline=timedelta(minutes=15),
        ),
        Stage(name="judge", lane="cpu", run="pipelines.perception.stages.judge:early", deadline=timedelta(minutes=5)),
    ),
)

PROMPTS = Pipeline(
    name="perception.prompts",
    title="Make prompts from a brand's profile",
    input=PromptsInput,
    stages=(
        Stage(name="make", lane="quick", run="pipelines.perception.stages.prompts:run", deadline=timedelta(minutes=1)),
    ),
)

PREVIEW = Pipeline(
    name="perception.preview",
    title="Tell what a scan would ask and cost",
    input=ScanInput,
    stages=(
        Stage(name="count", lane="quick", run="pipelines.perception.stages.preview:run", deadline=timedelta(minutes=1)),
    ),
)


def submit(
    workspace_id: str,
    *,
    brand: str,
    platforms: Sequence[str],
    prompt_count: int,
    surface: str,
    categories: Sequence[Category] | None = None,
    repeats: int | None = None,
    max_spend: float | None = None,
    kind: Literal["scan", "verification"] = "scan",
    prompt_ids: Sequence[str] | None = None,
    created_by: str | None = None,
    idempotency_key: str | None = None,
) -> ScanNow:
    """Start a scan of a brand (by id or label). `max_spend` is in dollars and can only lower the setting's.

    Raises NotFound, InvalidInput that names the field, Unprocessable for a profile or a platform that is not ready, and
    QuotaExceeded while too many scans are open. The same idempotency key gives the same scan.
    """
    wish = ScanInput(
        brand360_id=brand,
        platforms=list(platforms),
        prompt_count=prompt_count,
        categories=list(categories) if categories else None,
        repeats=repeats,
        max_spend=max_spend,
        kind=kind,
        prompt_ids=list(prompt_ids) if prompt_ids is not None else None,
    )
    check(workspace_id, wish, starts=False)
    with transaction():
        accepted = submit_in_transaction(
            Submission(
                workspace_id=workspace_id,
                pipeline=PIPELINE.name,
                input=wish,
                surface=surface,
                created_by=created_by,
                idempotency_key=idempotency_key,
            )
        )
        if not accepted.replayed:
            _check_open(workspace_id)
        scan_id = open_scan(workspace_id, wish, job_id=accepted.id, created_by=created_by)
    return scans.get(workspace_id, scan_id)


def open_scan(workspace_id: str, wish: ScanInput, *, job_id: str, created_by: str | None = None) -> str:
    """The scan of a job, made if it has none: a schedule submits jobs alone. Within the caller's transaction."""
    chosen = list(dict.fromkeys(wish.platforms))
    return scans.create(
        workspace_id,
        brands.get(workspace_id, wish.brand360_id, field="brand360Id").id,
        job_id=job_id,
        platforms=chosen,
        sandboxed=[name for name in chosen if known_platforms.sandbox_answers(name)],
        prompt_count=len(wish.prompt_ids) if wish.prompt_ids else wish.prompt_count,
        repeats=wish.repeats or settings().perception.repeats,
        max_spend_nano=spend_cap(wish),
        kind=wish.kind,
        prompt_ids=wish.prompt_ids or (),
        created_by=created_by,
    )


def check(workspace_id: str, wish: ScanInput, *, starts: bool = True) -> None:
    """Everything that can be wrong with a wish, before anything is written. Not `starts`: it is only thought of."""
    limits = settings().perception
    brand = brands.get(workspace_id, wish.brand360_id, field="brand360Id")
    _check_platforms(wish.platforms)
    _check_count(wish.prompt_count, field="promptCount")
    repeats = wish.repeats or limits.repeats
    cells = len(set(wish.platforms)) * wish.prompt_count * repeats
    if cells > limits.max_cells:
        raise InvalidInput(
            f"{len(set(wish.platforms))} platforms x {wish.prompt_count} prompts x {repeats} repeats are {cells} calls;"
            f" a scan makes at most {limits.max_cells}.",
            field="promptCount",
            value=wish.prompt_count,
        )
    if wish.prompt_ids:
        prompts.many(workspace_id, brand.id, wish.prompt_ids)
    _check_profile(workspace_id, brand.id)
    if starts:
        _check_open(workspace_id)


def _check_open(workspace_id: str) -> None:
    """Within a transaction no other scan of the workspace starts between the look and this one's row."""
    most = settings().perception.max_open_scans
    if scans.count_open(workspace_id) >= most:
        raise QuotaExceeded(
            f"{most} scans are under way; wait for one to end, or cancel it.", retry_after=timedelta(minutes=1)
        )


def check_prompts(workspace_id: str, wish: PromptsInput) -> None:
    """Everything that can be wrong with a wish for prompts."""
    brand = brands.get(workspace_id, wish.brand360_id, field="brand360Id")
    _check_count(wish.count, field="count")
    _check_profile(workspace_id, brand.id)


def spend_cap(wish: ScanInput) -> int | None:
    """The most that the scan may spend, in nano-dollars: the setting's, or less if the wish says so; None: no bound."""
    most = settings().perception.max_spend_usd
    wanted = [cap for cap in (most or None, wish.max_spend) if cap is not None]
    return round(min(wanted) * NANO) if wanted else None


def _check_count(count: int, *, field: str) -> None:
    most = settings().perception.max_prompts
    if not 1 <= count <= most:
        raise InvalidInput(f"`{field}` must be between 1 and {most}.", field=field, value=count)


def _check_profile(workspace_id: str, brand_id: str) -> None:
    missing = profile.what_is_missing(workspace_id, brand_id)
    if missing:
        told = "; ".join(f"{one.field} ({one.path}): {one.why}" for one in missing)
        raise Unprocessable(
            f"This brand's profile is empty, so there is nothing to ask about. Fill in one of: {told}.",
            field="brand360Id",
            missing=missing,
        )


def _check_platforms(names: Sequence[str]) -> None:
    known = known_platforms.known()
    for place, name in enumerate(names):
        if name not in known:
            raise InvalidInput(
                f"There is no platform {name!r}; there are {', '.join(known)}.", field=f"platforms[{place}]", value=name
            )
        if not known_platforms.is_configured(name) and not known_platforms.sandbox_answers(name):
            raise Unprocessable(
                f"{name} has no key here (platforms.{name}.api_key), and the sandbox is off.",
                field=f"platforms[{place}]",
                value=name,
                reason="platform_not_configured",
            )
