"""Money at a number: the currency before or behind it and the billing period around it. Words are in words/money.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipelines.onboarding.extraction import words as site_words
from pipelines.perception.judge.lexicon import topic
from pipelines.perception.judge.number_forms import Number
from pipelines.perception.judge.text import fold

_PER_MONTH = {"day": 1 / 30.4, "week": 7 / 30.4, "month": 1.0, "quarter": 3.0, "semester": 6.0, "year": 12.0}
_AMBIGUOUS = ("once", "fr.", "lei", "rm", "ft", "tl", "me")  # words before they are currencies
_AHEAD, _BEHIND = 30, 46


@dataclass(frozen=True, slots=True)
class Money:
    """Currency and period of an amount that reaches from `start` to `end`; `sign` as it is written."""

    start: int
    end: int
    currency: str
    period: str | None
    sign: str


@cache
def _signs() -> dict[str, str]:
    table = site_words.topic("prices")["currencies"]
    found = {fold(sign): code for code, listed in table.items() for sign in listed}
    found |= {fold(name): code for name, code in topic("money")["names"].items()}
    return {sign: code for sign, code in found.items() if sign not in _AMBIGUOUS}


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """A sign at the end of a text, a sign at its start, a billing period anywhere."""
    body = "|".join(map(re.escape, sorted(_signs(), key=len, reverse=True)))
    periods = "|".join(f"(?P<{name}>{pattern})" for name, pattern in topic("money")["periods"].items())
    return re.compile(rf"(?:(?<![a-z])(?:{body})) ?$"), re.compile(rf"[ -]?(?:{body})(?![a-z])"), re.compile(periods)


def money_at(folded: str, number: Number, start: int, end: int, stop: int) -> Money | None:
    """What makes a number money, within start:end; its period stands before `stop`, where the next number begins."""
    before, after, periods = _patterns()
    opened = before.search(folded, max(start, number.start - 8), number.start)
    mark = opened or after.match(folded, number.end, end)
    if mark is None:
        return None
    begin, finish = (mark.start(), number.end) if opened else (number.start, mark.end())
    reach = folded[finish : min(end, max(stop, finish), finish + _BEHIND)]
    period = periods.search(re.split(r"[.;!?,]\s", reach, maxsplit=1)[0])
    if period is None:
        ahead = folded[max(start, begin - _AHEAD) : begin]
        earlier = list(periods.finditer(ahead))
        if earlier and not any(map(str.isdigit, ahead[earlier[-1].end() :])):
            period = earlier[-1]
    said = mark[0].strip(" -")
    return Money(begin, finish, _signs()[said], None if period is None else str(period.lastgroup), said)


def in_months(amount: float, period: str | None) -> float | None:
    """What an amount is a month; None for one-time and untold periods."""
    return None if period is None or period not in _PER_MONTH else amount / _PER_MONTH[period]


def rate(currency: str) -> float | None:
    """About how many dollars one of it is, to tell a conversion from a mistake."""
    return topic("money")["rates"].get(currency)
