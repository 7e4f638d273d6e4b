"""A report's content in the shape that report.typ prints: texts, numbers as they are read, points of charts. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pipelines.perception.reports import words
from pipelines.perception.reports.collecting import Content, Scored
from pipelines.perception.scores import DOCUMENTED, Coverage, Metric, PlatformScore

CHARTS = ("faithfulness", "shareOfVoice", "hallucination", "visibility", "voiceAlignment", "sentiment")
SUMMED_UP = (*DOCUMENTED, "visibility", "avgPosition", "factCoverage", "citationShare")
LABELS = 5  # dates under a chart that do not run into each other
QUOTES = 3
LONG = 320
SOURCES = 10
_LEAD = re.compile(r"^\s*(?:[-*•#>]+|\d{1,2}[.)])\s+")
_MARKS = re.compile(r"\*\*|__|`")
LEFT_TO_RIGHT = "\u200e"  # a mark: what follows a name in Arabic or Hebrew does not turn round with it
UNCOUNTED = {"hallucination", "outdated_fact"}  # whose evidence text does not say in how many answers


def layout(content: Content) -> dict[str, Any]:
    """What the template reads as `data`."""
    latest = content.latest
    return {
        "title": f"How AI sees {content.name}",
        "running": f"{_cut(content.name, 70)}{LEFT_TO_RIGHT}, {words.period(content.first_day, content.last_day)}",
        "period": words.period(content.first_day, content.last_day),
        "made": f"Made on {words.day(content.made_at)}, {content.made_at:%H:%M} UTC",
        "sandbox": content.has_sandbox,
        "scans": len(content.scans),
        "leftOut": content.left_out,
        "latest": _latest(content, latest) if latest else None,
        "charts": [_chart(name, content.scans) for name in CHARTS] if latest else [],
        "platforms": [_platform(one) for one in latest.score.platforms] if latest else [],
        "columns": [words.TITLES[name] for name in DOCUMENTED],
        "sources": [
            {
                "domain": one.domain,
                "kind": one.kind,
                "answers": one.answers,
                "platforms": _platforms(one.platforms),
            }
            for one in (latest.score.sources[:SOURCES] if latest else ())
        ],
        "insights": [_insight(one) for one in content.insights],
        "moreInsights": content.more_insights,
        "corrections": _corrections(content),
        "meanings": [{"name": words.TITLES[name], "text": text} for name, text in words.MEANINGS.items()],
    }


def _latest(content: Content, latest: Scored) -> dict[str, Any]:
    score = latest.score
    title, meaning = words.QUADRANTS[score.quadrant]
    sure = score.quadrant_confidence
    voice, accuracy = score.metrics["shareOfVoice"].value, _accuracy(score.metrics)
    return {
        "at": words.day(latest.at),
        "quadrant": title,
        "meaning": meaning,
        "confidence": f"{round(100 * sure)} % of resamples agree" if sure is not None else "",
        "borderline": score.borderline,
        "answers": _answers(score.coverage),
        "thresholds": {"x": score.thresholds.share_of_voice, "y": score.thresholds.accuracy},
        "point": {"x": voice, "y": accuracy} if voice is not None and accuracy is not None else None,
        "metrics": [_metric(name, score.metrics[name], content) for name in SUMMED_UP],
    }


def _accuracy(metrics: dict[str, Metric]) -> float | None:
    values = [metrics[name].value for name in ("faithfulness", "hallucination")]
    known = [value for value in values if value is not None]
    return min(known) if len(known) == len(values) else None


def _metric(name: str, metric: Metric, content: Content) -> dict[str, Any]:
    change = content.change.overall.get(name) if content.change else None
    return {
        "name": words.TITLES[name],
        "value": words.number(name, metric.value),
        "interval": words.interval(name, metric)
        if metric.value is not None
        else words.REASONS.get(metric.reason or "", ""),
        "n": metric.n or None,
        "change": words.difference(name, change),
        "verdict": words.VERDICTS[change.verdict] if change else "",
        "moved": change is not None and change.verdict == "moved",
        "tone": "good" if change and ((change.difference or 0) > 0) != (name == "avgPosition") else "bad",
    }


def _chart(name: str, scans: Sequence[Scored]) -> dict[str, Any]:
    is_sentiment = name == "sentiment"
    places = _places([one.at for one in scans])
    metrics = [one.score.metrics[name] for one in scans]
    return {
        "title": words.TITLES[name],
        "last": words.number(name, metrics[-1].value),
        "low": -1 if is_sentiment else 0,
        "high": 1 if is_sentiment else 100,
        "ticks": [-1, -0.5, 0, 0.5, 1] if is_sentiment else [0, 25, 50, 75, 100],
        "points": [
            {"x": place, "y": metric.value, "low": metric.low, "high": metric.high}
            for place, metric in zip(places, metrics, strict=True)
        ],
        "labels": _labels([one.at for one in scans], places),
        "empty": all(metric.value is None for metric in metrics),
    }


def _places(moments: Sequence[datetime]) -> list[float]:
    """Where each moment is on an axis from 0 to 1; in the middle when there is but one."""
    first, last = moments[0], moments[-1]
    if first == last:
        return [0.5] * len(moments)
    return [(moment - first) / (last - first) for moment in moments]


def _labels(moments: Sequence[datetime], places: Sequence[float]) -> list[dict[str, Any]]:
    """A few dates, none closer to the one before than a label is wide; the first and the last always."""
    chosen: list[int] = []
    for number, place in enumerate(places):
        is_last = number == len(places) - 1
        if not chosen or place - places[chosen[-1]] >= 1 / LABELS or (is_last and place > places[chosen[-1]]):
            if is_last and len(chosen) > 1 and place - places[chosen[-1]] < 1 / LABELS:
                chosen.pop()
            chosen.append(number)
    years = len({moment.year for moment in moments}) > 1
    return [
        {"x": places[number], "text": words.short_day(moments[number]) + (f" {moments[number]:%Y}" if years else "")}
        for number in chosen
    ]


def _platform(one: PlatformScore) -> dict[str, Any]:
    return {
        "name": words.platform(one.platform),
        "sandbox": one.sandbox,
        "models": ", ".join(one.models[:3]),
        "answers": _answers(one.coverage),
        "cells": [
            {"value": words.number(name, one.metrics[name].value), "interval": words.interval(name, one.metrics[name])}
            for name in DOCUMENTED
        ],
    }


def _answers(coverage: Coverage) -> str:
    return f"{coverage.valid} of {coverage.planned}"


def _platforms(names: Sequence[str]) -> str:
    return ", ".join(words.platform(name) for name in names)


def _insight(row: Any) -> dict[str, Any]:
    prevalence = row.prevalence
    quotes = list({(one.get("quote") or one["answerId"]): one for one in reversed(row.quotes)}.values())[::-1]
    quotes.sort(key=lambda one: not one.get("quote"))
    return {
        "severity": row.severity,
        "tone": words.TONES[row.severity],
        "kind": words.KINDS[row.type],
        "platforms": _platforms(row.platforms),
        "description": _cut(row.description),
        "evidence": _cut(row.evidence),
        "prevalence": f"{prevalence['k']} of {prevalence['n']} answers" if row.type in UNCOUNTED else "",
        "state": "resolved" if row.resolved_at else "dismissed" if row.dismissed_at else "",
        "sandbox": row.sandbox,
        "quotes": [
            {
                "text": _cut(_unmarked(one.get("quote") or "")),
                "prompt": _cut(one["prompt"]),
                "platform": words.platform(one["platform"]),
            }
            for one in quotes[:QUOTES]
        ],
    }


def _corrections(content: Content) -> list[dict[str, Any]]:
    about = {one.id: one.description for one in content.insights}
    return [
        {
            "what": words.FIXES[one.fix_type],
            "insight": _cut(about[one.insight_id]),
            "status": one.status,
            "tone": words.TONES[one.status],
            "made": words.short_day(one.created_at),
            "approved": words.short_day(one.approved_at) if one.approved_at else "–",
            "verified": words.short_day(one.verified_at) if one.verified_at else "–",
        }
        for one in content.corrections
    ]


def _unmarked(quote: str) -> str:
    """A quote without the Markdown that answers are written in: `- **Acme**: fast` reads `Acme: fast`."""
    return _MARKS.sub("", _LEAD.sub("", quote))


def _cut(text: str, most: int = LONG) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
