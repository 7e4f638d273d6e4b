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
WEIGHED = ("pounds", "pound", "libras", "libra", "livres", "pfund", "pond", "ponden", "funtow", "funty")  # or a weight


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


@cache
def _called() -> tuple[re.Pattern[str], dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """A currency in words behind its number: "Norwegian kroner", "couronnes norvégiennes", "ノルウェークローネ"."""
    nouns = {fold(noun): code for code, listed in topic("money")["nouns"].items() for noun in listed}
    whose = [(re.compile("|".join(map(fold, listed))), code) for code, listed in topic("money")["whose"].items()]
    adjective = "|".join(fold(word) for listed in topic("money")["whose"].values() for word in listed)
    noun = "|".join(map(re.escape, sorted(nouns, key=len, reverse=True)))
    shape = rf"[ -]?(?:(?P<before>{adjective}) ?)?(?P<noun>{noun})(?![a-z])(?: (?P<after>{adjective})(?![a-z]))?"
    return re.compile(shape), nouns, whose


def _in_words(folded: str, place: int, end: int) -> tuple[int, str, str] | None:
    """Where a currency told in words ends, which it is ("" when several are called so) and the word."""
    shape, nouns, whose = _called()
    match = shape.match(folded, place, end)
    if match is None:
        return None
    said = match["before"] or match["after"]
    code = next((code for told, code in whose if said and told.fullmatch(said)), nouns[match["noun"]])
    return match.end(), code, match["noun"]


def money_at(folded: str, number: Number, start: int, end: int, stop: int) -> Money | None:
    """What makes a number money, within start:end; its period stands before `stop`, where the next number begins."""
    before, after, periods = _patterns()
    opened = before.search(folded, max(start, number.start - 8), number.start)
    words = None if opened else _in_words(folded, number.end, end)
    mark = opened or after.match(folded, number.end, end)
    if mark is None and words is None:
        return None
    begin, finish = (mark.start(), number.end) if opened and mark else (number.start, mark.end() if mark else 0)
    said = mark[0].strip(" -") if mark else ""
    code = _signs().get(said, "")
    if words is not None and words[0] >= finish:
        finish, code, said = words
    reach = folded[finish : min(end, max(stop, finish), finish + _BEHIND)]
    period = periods.search(re.split(r"[.;!?,]\s", reach, maxsplit=1)[0])
    if period is None:
        ahead = folded[max(start, begin - _AHEAD) : begin]
        earlier = list(periods.finditer(ahead))
        if earlier and not any(map(str.isdigit, ahead[earlier[-1].end() :])):
            period = earlier[-1]
    return Money(begin, finish, code, None if period is None else str(period.lastgroup), said)


def in_months(amount: float, period: str | None) -> float | None:
    """What an amount is a month; None for one-time and untold periods."""
    return None if period is None or period not in _PER_MONTH else amount / _PER_MONTH[period]


@cache
def _bases() -> tuple[dict[str, re.Pattern[str]], ...]:
    return tuple({name: re.compile(shape) for name, shape in line.items()} for line in topic("money")["bases"])


def bases_in(folded: str) -> frozenset[str]:
    """What a stretch of text says an amount is asked for: "per stay", "both eyes"."""
    return frozenset(name for line in _bases() for name, shape in line.items() if shape.search(folded))


def exclude(said: frozenset[str], true: frozenset[str]) -> bool:
    """Whether two amounts are asked for things that exclude each other: a night and a stay, one eye and both."""
    lines = [set(line) for line in _bases()]
    return any(said & line and true & line and not said & true & line for line in lines)


def may_be(sign: str, currency: str) -> bool:
    """Whether a sign that several currencies share can mean this one."""
    return currency in topic("money")["shared"].get(sign, ())


def rate(currency: str) -> float | None:
    """About how many dollars one of it is, to tell a conversion from a mistake."""
    return topic("money")["rates"].get(currency)
