"""*judge*: a handful of answers, each held against the brand's facts; the verdict stands beside the answer."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.perception import profile
from pipelines.perception.judge import JUDGE_VERSION, judge
from pipelines.perception.pipeline import EarlyInput
from pipelines.perception.records import BrandFacts
from pipelines.perception.stages.current import scan_of
from store.kit import structs
from store.perception import answers, scans
from store.perception.answers import Verdict
from store.perception.scans import ScanNow


def run(ctx: Context) -> Outcome:
    """Judge the part's answers."""
    return Outcome(output={"judged": _judge(ctx, scan_of(ctx), ctx.part["answerIds"])})


def early(ctx: Context) -> Outcome:
    """Judge what came while the scan goes on asking. A scan that is gone meanwhile has nothing to judge."""
    wish = structs.convert(ctx.input, EarlyInput)
    return Outcome(output={"judged": _judge(ctx, scans.get(ctx.workspace_id, wish.scan_id), wish.answer_ids)})


def version() -> str:
    """Which judge this is, as it is kept with what it made."""
    return JUDGE_VERSION


def _judge(ctx: Context, scan: ScanNow, answer_ids: Sequence[str]) -> int:
    """How many were judged. The judge is pure, so that a second run writes the same."""
    facts = structs.convert(scan.facts, BrandFacts)
    held = [one for one in answers.many(ctx.workspace_id, answer_ids) if one.state == "valid"]
    judgements = []
    for one in held:
        ctx.check()
        judgements.append(judge(facts, one.text, question=one.prompt.text))
    voices: list[float | None] = [None] * len(held)
    voice = profile.voice_of(ctx.workspace_id, scan.brand_id)
    if not voice.is_empty:
        from pipelines.perception.voice import alignments

        voices = alignments([one.text for one in held], voice, facts)
    with ctx.transaction():
        answers.judged(
            ctx.workspace_id,
            [
                Verdict(
                    answer_id=one.id,
                    judgement=msgspec.to_builtins(judgement),
                    voice=said if judgement.mentioned else None,
                )
                for one, judgement, said in zip(held, judgements, voices, strict=True)
            ],
            judge_version=version(),
        )
    return len(held)
