"""Whether a said value fits a true one. Rounding is no lie, a wrong currency or period is."""

from __future__ import annotations

from typing import Literal

from pipelines.perception.judge.money import exclude, in_months, may_be, rate
from pipelines.perception.judge.values import Value

Verdict = Literal["match", "near", "clash"]  # near: neither supported nor contradicted
_ORDER: dict[Verdict, int] = {"match": 0, "near": 1, "clash": 2}


def compare(said: Value, true: Value) -> Verdict:
    """The kindest verdict over what the digits on both sides can mean."""
    if said.kind == "year":
        return _years(said, true)
    verdicts: list[Verdict] = []
    for claimed in said.readings:
        for actual in true.readings:
            if said.kind == "money":
                verdicts.append(_money(said, claimed, true, actual))
            else:
                verdicts.append(_amounts(said, claimed, true, actual))
    return min(verdicts, key=lambda verdict: _ORDER[verdict])


def _years(said: Value, true: Value) -> Verdict:
    actual = true.readings[0]
    claimed = said.readings[0]
    if said.high is not None:
        return (
            "match" if claimed <= actual <= said.high else "near" if claimed - 1 <= actual <= said.high + 1 else "clash"
        )
    if true.high is not None:
        return "match" if actual <= claimed <= true.high else "clash"
    if claimed == actual:
        return "match"
    return "near" if said.relation == "about" and abs(claimed - actual) <= 2 else "clash"


def _money(said: Value, claimed: float, true: Value, actual: float) -> Verdict:
    if not claimed or not actual:
        return "match" if claimed == actual else "clash"
    if said.unit and true.unit and said.unit != true.unit and not may_be(said.written, true.unit):
        return _across_currencies(said, claimed, true, actual)
    if exclude(said.bases, true.bases) and claimed == actual:
        return "clash"
    a, b = in_months(claimed, said.period), in_months(actual, true.period)
    if a is not None and b is not None and said.period != true.period:
        if abs(a - b) <= 0.02 * b:
            return "match"
        return "near" if 0.78 * b <= a < b and said.period == "year" else "clash"
    if said.high is not None:
        return "match" if claimed <= actual <= said.high else "clash"
    if true.high is not None:
        return "match" if 0.99 * actual <= claimed <= 1.01 * true.high else "clash"
    if (said.period is None) != (true.period is None) and any(
        abs(claimed - 12 * actual) <= 0.01 * claimed or abs(12 * claimed - actual) <= 0.01 * actual for _ in (0,)
    ):
        return "match"
    if said.relation == "max" and claimed > actual:
        return "near"  # "up to 190": at other times less
    if said.relation == "min" and claimed < actual <= 1.35 * claimed:
        return "match" if actual <= 1.1 * claimed else "near"  # "a little over six euros"
    return _close(
        claimed, actual, exact=0.004, near=0.021, loose=said.relation in ("about", "max"), large=actual >= 100_000
    )


def _across_currencies(said: Value, claimed: float, true: Value, actual: float) -> Verdict:
    """The same digits under another sign are wrong; an amount that the exchange rate explains is a conversion."""
    ours, theirs = rate(said.unit), rate(true.unit)
    if ours is None or theirs is None:
        return "near"
    a, b = in_months(claimed, said.period) or claimed, in_months(actual, true.period) or actual
    if abs(a - b) <= 0.004 * b:
        return "clash"
    return "near" if 0.72 <= (a * ours) / (b * theirs) <= 1.38 else "clash"


def _close(claimed: float, actual: float, *, exact: float, near: float, loose: bool, large: bool = False) -> Verdict:
    if actual == claimed:
        return "match"
    if not actual:
        return "clash"
    off = abs(claimed - actual) / abs(actual)
    if loose or large:
        return "match" if off <= 0.07 else "near" if off <= 0.14 else "clash"
    return "match" if off <= exact else "near" if off <= near else "clash"


def _amounts(said: Value, claimed: float, true: Value, actual: float) -> Verdict:
    if said.kind == "measure":
        if said.high is not None:
            return "match" if 0.98 * claimed <= actual <= 1.02 * said.high else "clash"
        if true.high is not None:
            return "match" if 0.98 * actual <= claimed <= 1.02 * true.high else "clash"
        return _close(
            claimed, actual, exact=0.02 if said.unit == "duration" else 0.03, near=0.06, loose=said.relation == "about"
        )
    if said.kind == "percent":
        return _percents(said, claimed, true, actual)
    return _bounded(said, claimed, true, actual)


def _percents(said: Value, claimed: float, true: Value, actual: float) -> Verdict:
    """Shares are told exactly; near 100 a tenth matters, so that hedging allows a little only."""
    if said.high is not None:
        return "match" if claimed <= actual <= said.high else "clash"
    if abs(claimed - actual) < 0.005:
        return "match"
    if said.relation == "exact":
        return "clash"
    if max(claimed, actual) < 99:
        return _bounded(said, claimed, true, actual)
    return "near" if abs(claimed - actual) <= 0.1 or (said.relation == "min" and actual >= claimed) else "clash"


def _bounded(said: Value, claimed: float, true: Value, actual: float) -> Verdict:
    """Counts with "about", "over", "fewer than", ranges and orders of magnitude."""
    if true.relation == "max" and said.relation in ("max", "exact", "about") and said.high is None:
        if said.relation == "max":
            return "match" if claimed == actual else "near" if abs(claimed - actual) <= 0.03 * actual else "clash"
        return "match" if claimed == actual else "near" if claimed < 1.03 * actual else "clash"
    if true.high is not None:
        inside = 0.95 * actual <= claimed <= 1.05 * true.high
        return "match" if inside else "near" if 0.8 * actual <= claimed <= 1.2 * true.high else "clash"
    if said.high is not None:
        if 0.9 * claimed <= actual <= 1.1 * said.high:
            return "match"
        return "near" if 0.6 * claimed <= actual <= 1.6 * said.high else "clash"
    if said.relation == "min":
        if actual >= 0.995 * claimed:
            return "match" if actual <= 1.7 * claimed else "near"
        return "near" if actual >= 0.95 * claimed or (true.relation == "min" and actual >= 0.7 * claimed) else "clash"
    if said.relation == "max":
        if actual <= 1.01 * claimed:
            return "match" if actual >= 0.5 * claimed else "near"
        return "near" if actual <= 1.06 * claimed else "clash"
    off = abs(claimed - actual) / max(abs(actual), 1e-9)
    if true.relation == "min" and claimed >= actual:
        return "match" if off <= 0.35 else "near" if off <= 1.0 else "clash"
    if said.relation == "about" or true.relation in ("about", "min", "max"):
        return "match" if off <= 0.13 else "near" if off <= 0.22 else "clash"
    if off <= 0.001:
        return "match"
    if _roundness(claimed) < _roundness(actual) and off <= 0.055:
        return "match"
    return "near" if off <= 0.02 and actual >= 50 else "clash"


def _roundness(value: float) -> int:
    """Significant digits: 40 has one, 42 two."""
    digits = f"{value:.6g}".replace(".", "").lstrip("0").rstrip("0")
    return len(digits.split("e", maxsplit=1)[0])
