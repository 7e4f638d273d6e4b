"""From stored scans and answers to what a caller sees of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import UNSET

from api.vistralai.aeo.scan_types import (
    AnswerView,
    CitationView,
    Cost,
    CoverageView,
    FindingView,
    Interval,
    JudgementView,
    JudgingView,
    ModelReadingView,
    PlatformResult,
    PromptInAnswer,
    ScanFault,
    ScanInList,
    ScanView,
    Spend,
)
from pipelines.perception.scores import METRICS, shown
from store.perception.answers import OPEN, Tally
from store.perception.scans import ScanNow
from store.perception.tables import Answer

NANO = 1_000_000_000
ENDS = ("valid", "empty", "refused", "truncated", "absent", "failed")


def dollars(nano: int | None) -> float | None:
    """Nano-dollars as dollars."""
    return None if nano is None else nano / NANO


def in_list(scan: ScanNow, label: str) -> ScanInList:
    """A scan in short."""
    return ScanInList(**_common(scan, label))


def whole(scan: ScanNow, label: str, *, counts: list[Tally], change: Any) -> ScanView:
    """A scan with its numbers, or, until there are some, with how far it is."""
    score = scan.score if scan.status == "completed" else None
    scores = {one["platform"]: one for one in score["platforms"]} if score else {}
    return ScanView(
        **_common(scan, label),
        job_id=scan.job_id,
        message=None if scan.is_over else scan.message,
        prompts=len(scan.prompt_ids),
        platform_results=[_platform(scan, name, scores.get(name), counts) for name in scan.platforms],
        intervals=_intervals(score["metrics"]) if score else {},
        coverage=_coverage(scan, counts),
        quadrant_confidence=_rounded(score["quadrant_confidence"]) if score else None,
        borderline=bool(score and score["borderline"]),
        thresholds=_thresholds(score["thresholds"]) if score else None,
        missing={name: list(platforms) for name, platforms in score["missing"].items()} if score else {},
        sources=list(score["sources"]) if score else [],
        change=change,
        sandbox_platforms=scan.sandboxed,
        spend=Spend(spent=scan.spent_nano / NANO, limit=dollars(scan.max_spend_nano)),
        judging=_judging(score["judging"]) if score and score.get("judging") else None,
        judge_version=scan.judge_version,
        judged_at=scan.judged_at,
        started_at=scan.started_at,
        error=_fault(scan, counts),
    )


def answer(one: Answer) -> AnswerView:
    """One answer, whole."""
    usage, cost = None, None
    if one.cost_source is not None:
        cost = Cost(amount=dollars(one.cost_nano), source=one.cost_source)  # type: ignore[arg-type]
    if one.usage is not None:
        usage = {
            "inputTokens": one.usage.get("input_tokens", 0),
            "outputTokens": one.usage.get("output_tokens", 0),
            "cachedTokens": one.usage.get("cached_tokens", 0),
            "searches": one.usage.get("searches", 0),
        }
    return AnswerView(
        id=one.id,
        scan_id=one.scan_id,
        platform=one.platform,
        prompt=PromptInAnswer(
            id=one.prompt.id,
            text=one.prompt.text,
            category=one.prompt.category,  # type: ignore[arg-type]
            intent=one.prompt.intent,
            branded=one.prompt.branded,
        ),
        repeat=one.repeat,
        state=one.state,  # type: ignore[arg-type]
        text=one.text,
        citations=[_citation(cited) for cited in one.citations],
        queries=one.queries,
        model=one.model,
        sandbox=one.sandbox,
        usage=usage,
        cost=cost,
        error=one.error,
        elapsed_ms=one.elapsed_ms,
        asked_at=one.asked_at,
        answered_at=one.answered_at,
        judgement=None if one.judgement is None else _judgement(one),
    )


def _common(scan: ScanNow, label: str) -> dict[str, Any]:
    done = scan.status == "completed"
    return {
        "id": scan.id,
        "brand360_id": label,
        "status": scan.status,
        "platforms": scan.platforms,
        "metrics": _in_order(scan.metrics) if done and scan.metrics else None,
        "quadrant": scan.quadrant if done else None,
        "progress": 100 if done else min(int(scan.progress), 99),
        "sandbox": bool(scan.sandboxed),
        "prompt_count": scan.prompt_count,
        "repeats": scan.repeats,
        "created_at": scan.created_at,
        "completed_at": scan.finished_at if done else None,
    }


def _platform(scan: ScanNow, name: str, score: Mapping[str, Any] | None, counts: list[Tally]) -> PlatformResult:
    metrics = score["metrics"] if score else {}
    return PlatformResult(
        platform=name,
        metrics={metric: shown(metric, told["value"]) for metric, told in _in_order(metrics).items()},
        intervals=_intervals(metrics),
        coverage=_coverage(scan, counts, platform=name),
        models=list(score["models"]) if score else [],
        sandbox=name in scan.sandboxed,
    )


def _intervals(metrics: Mapping[str, Any]) -> dict[str, Interval]:
    return {
        name: Interval(
            value=shown(name, told["value"]),
            low=shown(name, told["low"]),
            high=shown(name, told["high"]),
            n=told["n"],
            method=told["method"],
            reason=told["reason"],
        )
        for name, told in _in_order(metrics).items()
    }


def _in_order(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """As the contract lists them, then ours; the store keeps no order."""
    return {name: metrics[name] for name in METRICS if name in metrics}


def _coverage(scan: ScanNow, counts: list[Tally], *, platform: str | None = None) -> CoverageView:
    chosen = [one for one in counts if platform in (None, one.platform)]
    by_state = {state: sum(one.cells for one in chosen if one.state == state) for state in ENDS}
    reasons: Counter[str] = Counter()
    for one in chosen:
        if one.reason is not None:
            reasons[one.reason] += one.cells
    planned = len(scan.prompt_ids) * scan.repeats * (1 if platform else len(scan.platforms))
    return CoverageView(
        planned=planned,
        waiting=sum(one.cells for one in chosen if one.state in OPEN),
        share=round(by_state["valid"] / planned, 4) if planned else None,
        reasons=dict(reasons.most_common()),
        **by_state,
    )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


def _thresholds(held: Mapping[str, float]) -> dict[str, float]:
    return {"shareOfVoice": round(held["share_of_voice"], 1), "accuracy": held["accuracy"]}


def _fault(scan: ScanNow, counts: list[Tally]) -> Any:
    """Why it failed. That nobody answered has one code, whether the platforms failed or had nothing to say."""
    if scan.status != "failed":
        return UNSET
    error = scan.error or {}
    silent = {one.platform: one.reason or one.state for one in reversed(counts) if one.state not in OPEN}
    if (
        error.get("code") in ("no_answers", "stage_failed")
        and silent
        and not any(one.state == "valid" for one in counts)
    ):
        told = ", ".join(f"{platform} ({reason})" for platform, reason in sorted(silent.items()))
        return ScanFault(
            code="no_answers",
            message=f"No platform gave an answer: {told}.",
            retryable=bool(error.get("retryable", False)),
            details={"platforms": dict(sorted(silent.items()))},
        )
    return ScanFault(
        code=error.get("code", "failed"),
        message=error.get("message", "The scan failed."),
        retryable=bool(error.get("retryable", False)),
        details=error.get("details") or UNSET,
    )


def _citation(held: Mapping[str, Any]) -> CitationView:
    return CitationView(
        url=held["url"],
        title=held.get("title", ""),
        domain=held.get("domain", ""),
        start=held.get("start"),
        end=held.get("end"),
        cited=held.get("cited", True),
    )


def _judgement(one: Answer) -> JudgementView:
    held = one.judgement
    return JudgementView(
        mentioned=held["mentioned"],
        rank=held["rank"],
        list_length=held["list_length"],
        competitors=list(held["competitors"]),
        ranks=held["ranks"],
        contradicted=[_finding(found) for found in held["contradicted"]],
        supported=[_finding(found) for found in held["supported"]],
        unsupported=[_finding(found) for found in held["unsupported"]],
        sentiment=shown("sentiment", held["sentiment"]),
        refusal=held["refusal"],
        voice_alignment=shown("voiceAlignment", one.voice),
        judge_version=one.judge_version,
        judge=_judge(bool(held.get("model") and held["model"]["used"])),
        model=_reading(held["model"]) if held.get("model") else None,
    )


def _reading(held: Mapping[str, Any]) -> ModelReadingView:
    counts = {name: held.get(name, 0) for name in ("added", "agreed", "overruled", "withdrawn")}
    return ModelReadingView(
        model=held["model"], used=held["used"], reason=held.get("reason"), dropped=held.get("dropped", {}), **counts
    )


def _judging(held: Mapping[str, Any]) -> JudgingView:
    return JudgingView(
        judge=_judge(held["with_model"] > 0),
        rules=held["rules"],
        with_model=held["with_model"],
        model=held["model"],
        reasons=held["reasons"],
        tokens=held["tokens"],
        cost=dollars(held["cost_nano"]),
    )


def _judge(with_model: bool) -> Literal["rules", "rules+model"]:
    return "rules+model" if with_model else "rules"


def _finding(held: Mapping[str, Any]) -> FindingView:
    return FindingView(
        quote=held["quote"],
        start=held["start"],
        end=held["end"],
        fact_id=held.get("fact_id"),
        claimed=held.get("claimed", ""),
        actual=held.get("actual", ""),
        fabricated=held.get("fabricated", False),
        by=held.get("by", "rules"),
    )
