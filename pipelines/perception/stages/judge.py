"""*judge*: a handful of answers, each held against the brand's facts; the verdict stands beside the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.perception import consulting, profile
from pipelines.perception.judge import JUDGE_VERSION
from pipelines.perception.judge.judging import judged, read_answer
from pipelines.perception.judge_model import merged, request_of, rules_alone, version_with, why_not
from pipelines.perception.pipeline import EarlyInput
from pipelines.perception.records import BrandFacts, Judgement
from pipelines.perception.stages.current import scan_of
from store.kit import structs
from store.perception import answers, consultations, scans
from store.perception.answers import Verdict
from store.perception.scans import ScanNow
from store.perception.tables import Answer


def run(ctx: Context) -> Outcome:
    """Judge the part's answers."""
    return Outcome(output={"judged": _judge(ctx, scan_of(ctx), ctx.part["answerIds"])})


def early(ctx: Context) -> Outcome:
    """Judge what came while the scan goes on asking. A scan that is gone meanwhile has nothing to judge."""
    wish = structs.convert(ctx.input, EarlyInput)
    return Outcome(output={"judged": _judge(ctx, scans.get(ctx.workspace_id, wish.scan_id), wish.answer_ids)})


def version() -> str:
    """Which judge this is, as it is kept with what it made: the rules, and the model that is heard with them."""
    model = consulting.model()
    return JUDGE_VERSION if model is None else version_with(model)


def _judge(ctx: Context, scan: ScanNow, answer_ids: Sequence[str]) -> int:
    """How many were judged. The judge is pure, so that a second run writes the same."""
    facts = structs.convert(scan.facts, BrandFacts)
    held = [one for one in answers.many(ctx.workspace_id, answer_ids) if one.state == "valid"]
    model = consulting.model()
    replies = consultations.replies(ctx.workspace_id, answer_ids) if model is not None else {}
    judgements = []
    for one in held:
        ctx.check()
        judgements.append(_judgement(one, facts, model, replies))
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
                    judge_version=judgement.judge_version,
                    voice=said if judgement.mentioned else None,
                )
                for one, judgement, said in zip(held, judgements, voices, strict=True)
            ],
        )
    return len(held)


def _judgement(
    answer: Answer, facts: BrandFacts, model: str | None, replies: dict[tuple[str, str], tuple[Any, Any]]
) -> Judgement:
    """The rules' judgement, with what the model replied about the answer, or why it is not heard."""
    read = read_answer(facts, answer.text, question=answer.prompt.text)
    rules = judged(read)
    if model is None:
        return rules
    reason = "sandbox" if answer.sandbox else why_not(read, rules)
    if reason is not None:
        return rules_alone(rules, model, reason, is_final=True)
    request = request_of(read, model)
    reply, error = replies.get((answer.id, request.key), (None, None))
    if reply is None:
        return rules_alone(rules, model, error["code"] if error else "not_asked", is_final=False)
    return merged(read, rules, request, reply, model)
