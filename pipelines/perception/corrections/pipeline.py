"""The pipeline that asks again whether a correction helped, and how to start it.

The stages of a scan up to *score*, over the insight's own questions and platforms; then *weigh* decides.
"""

from __future__ import annotations

from datetime import timedelta

from pipelines.engine.pipeline import Pipeline, Stage
from pipelines.engine.submit import Submission, submit_in_transaction
from pipelines.perception import pipeline as scanning
from pipelines.perception import platforms
from pipelines.perception.corrections.weighing import old_share, repeats_for
from pipelines.perception.pipeline import ScanInput
from store.insights import corrections, queries
from store.insights.corrections import CorrectionNow
from store.insights.tables import Insight
from store.kit.db import transaction
from store.kit.errors import NotFound, Unprocessable
from store.kit.settings import settings

PIPELINE = Pipeline(
    name="perception.verify",
    title="Ask again whether a correction helped",
    input=ScanInput,
    stages=(
        *(stage for stage in scanning.PIPELINE.stages if stage.name != "insights"),
        Stage(
            name="weigh",
            lane="cpu",
            run="pipelines.perception.corrections.weigh:run",
            deadline=timedelta(minutes=2),
            message="Comparing with what was said before",
        ),
    ),
)


def verify(workspace_id: str, correction_id: str, *, surface: str, created_by: str | None) -> CorrectionNow:
    """Start asking again, or find that it is under way. Raises NotFound, Unprocessable when nobody can be asked."""
    with transaction():
        held = corrections.hold(workspace_id, correction_id)
        if held.status == "verifying":
            return held
        insight = queries.get(workspace_id, held.insight_id)
        share = share_of(insight)
        wish = _wish(insight, share)
        _check(workspace_id, wish)
        accepted = submit_in_transaction(
            Submission(
                workspace_id=workspace_id,
                pipeline=PIPELINE.name,
                input=wish,
                surface=surface,
                created_by=created_by,
            )
        )
        scanning.open_scan(workspace_id, wish, job_id=accepted.id, created_by=created_by)
        corrections.begin(workspace_id, correction_id, job_id=accepted.id, verification={"before": share})
    return corrections.get(workspace_id, correction_id)


def _check(workspace_id: str, wish: ScanInput) -> None:
    """As for a scan. What the caller did not name (a question that is gone) is no field of theirs to be not found."""
    try:
        scanning.check(workspace_id, wish)
    except NotFound as error:
        raise Unprocessable(
            "The questions that showed this are no longer on record; scan again first.",
            field="workflowId",
            code="prompts_gone",
        ) from error


def share_of(insight: Insight) -> float:
    """In which share of its platforms' answers it was seen: what asking these again has to be surely under."""
    held = insight.prevalence
    return old_share(held["k"], held.get("n_there", held["n"]))  # one kept by an earlier version has only the whole


def _wish(insight: Insight, share: float) -> ScanInput:
    """The questions that showed it, on those of its platforms that can be asked now."""
    able = [name for name in insight.platforms if platforms.is_configured(name) or platforms.sandbox_answers(name)]
    if not able:
        raise Unprocessable(
            "None of the platforms that were wrong can be asked now; set their keys, or turn the sandbox on.",
            field="workflowId",
            code="platform_not_configured",
            platforms=insight.platforms,
        )
    cells = len(able) * len(insight.prompt_ids)
    return ScanInput(
        brand360_id=insight.brand_id,
        platforms=able,
        prompt_count=len(insight.prompt_ids),
        repeats=repeats_for(share, cells=cells, at_least=settings().perception.repeats),
        kind="verification",
        prompt_ids=insight.prompt_ids,
    )
