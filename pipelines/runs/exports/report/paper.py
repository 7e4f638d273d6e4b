"""The report laid out for report.typ: every text as it is printed, every point of a curve in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from pipelines.runs.exports.report import words
from pipelines.runs.exports.report.charts import LABELS
from pipelines.runs.exports.report.content import OTHER, Content, Step, ticks
from store.runs import rates
from store.runs.figures import Row

UNITS = ((1e9, ", billions"), (1e6, ", millions"), (1e3, ", thousands"))


def layout(content: Content) -> dict[str, Any]:
    """What the template reads."""
    return {
        "title": content.workspace,
        "subtitle": f"AI runs from {words.period(content)}",
        "running": f"{content.workspace}, AI runs",
        "made": words.made(content),
        "tiles": [msgspec.to_builtins(tile) for tile in words.tiles(content)],
        "notes": words.notes(content),
        "hasRuns": content.overview.sums.runs > 0,
        "charts": _charts(content),
        "groups": [
            {"title": "By model", "name": "Model", "rows": [_row(row) for row in content.models]},
            {"title": "By prompt", "name": "Prompt", "rows": [_row(row) for row in content.prompts]},
        ],
        "fired": [
            {
                "title": words.TITLES[one.type],
                "name": one.name,
                **dict(zip(("start", "end"), words.span(one), strict=True)),
                "threshold": words.amount(one.threshold),
                "worst": f"{words.amount(one.worst)} {words.UNITS[one.type]}",
            }
            for one in content.fired
        ],
    }


def _charts(content: Content) -> list[dict[str, Any]]:
    sums = [step.sums for step in content.steps]
    return [
        _chart("Runs", content.steps, [one.runs for one in sums]),
        _chart("Failed runs", content.steps, [one.failed for one in sums]),
        _chart("Cost in dollars", content.steps, [float(rates.dollars(one.cost)) for one in sums]),
        _chart("Average latency in ms", content.steps, [rates.average_latency(one) for one in sums]),
    ]


def _chart(title: str, steps: Sequence[Step], values: Sequence[float | None]) -> dict[str, Any]:
    most = max((value for value in values if value is not None), default=0)
    unit, sign = next((one for one in UNITS if most >= 10 * one[0]), (1, ""))  # a tick has room for four digits
    scale = ticks(most / unit)
    across = max(len(steps) - 1, 1)
    every = max(-(-len(steps) // LABELS), 1)
    return {
        "title": title + sign,
        "high": scale[-1],
        "ticks": [rates.number(tick) for tick in scale],
        "points": [
            {"x": place / across, "y": None if value is None else value / unit, "low": None, "high": None}
            for place, value in enumerate(values)
        ],
        "labels": [
            {"x": place / across, "text": words.short_day(step.start)}
            for place, step in enumerate(steps)
            if place % every == 0
        ],
    }  # fmt: skip


def _row(row: Row) -> dict[str, Any]:
    return {
        "name": row.name or OTHER,
        "provider": row.provider,
        "cells": [
            words.whole(row.sums.runs),
            words.money(rates.dollars(row.sums.cost) if row.sums.priced else None),
            words.money(rates.average_cost(row.sums)),
            words.whole(row.sums.tokens),
            words.percent(rates.success_rate(row.sums)),
            words.latency(rates.average_latency(row.sums)),
        ],
    }
