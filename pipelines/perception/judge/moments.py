"""Times of day, weekdays and days of the year in a text: "from 8:00 to 22:00", "Thursday to Saturday", "31 January".

A `Moment` of kind "clock" holds minutes since midnight (`high`: until when), "weekday" the days (Monday is 0), "date"
month * 100 + day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipelines.perception.judge.lexicon import expression, topic
from pipelines.perception.judge.number_words import word_value

MomentKind = Literal["clock", "weekday", "date"]
ALL_DAY = 1440.0
_CLOCK = re.compile(
    r"(?<![\d.,:/])(?:(?P<hour>2[0-4]|[01]?\d)(?!\d)(?:(?P<colon>[:h])(?P<minute>[0-5]\d)(?!\d)|(?P<dot>\.)(?P<after>[0-5]\d)(?= ?(?:uhr|[ap]\.?m|h\b|uur)))?"
    r"|(?P<word>[a-z]{3,10})(?= (?:o'clock|uhr|uur|[ap]\.?m\b)))"
    r"(?: ?(?P<mark>o'clock|[ap]\.?m\b\.?|uhr(?: (?P<half>\d\d)(?!\d))?|uur|h(?![a-z0-9])|heures?(?= |,|\.|$)|[時点](?!間)))?"
)
_PAST = re.compile(r"\b(?P<part>half|halb|half) (?:past )?(?P<hour>[a-z]+|\d{1,2})\b(?! (?:a |of |million|price|the ))")
_NAMED = {"noon": 720.0, "midday": 720.0, "midnight": 1440.0, "mittags": 720.0, "mitternacht": 1440.0, "midi": 720.0, "minuit": 1440.0,
          "mediodia": 720.0, "medianoche": 1440.0, "mezzogiorno": 720.0, "mezzanotte": 1440.0, "middernacht": 1440.0, "meio-dia": 720.0,
          "meia-noite": 1440.0, "poludnie": 720.0, "polnoc": 1440.0}  # fmt: skip
_EVENING = re.compile(
    r"^ ?(?:in the (?:evening|afternoon)|at night|abends|nachmittags|'?s avonds|'?s middags|du soir|de l'apres-midi|de la (?:tarde|noche)|di sera|del pomeriggio|da (?:tarde|noite)|wieczorem|po poludniu)"
)
_BEFORE_HOUR = re.compile(
    r"(?:\b(?:at|from|until|till|by|before|after|um|ab|bis|von|vor|a|des|de|jusqu'a|avant|a las|las|alle|dalle|fino alle|ore|om|tot|vanaf|as|das|ate as|o|od|do|przed|between|opens?|closes?)|[-:]) ?$"
)


_GROUPS = {
    "every_day": (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0),
    "working_days": (0.0, 1.0, 2.0, 3.0, 4.0),
    "weekend": (5.0, 6.0),
}


@dataclass(frozen=True, slots=True)
class Moment:
    kind: MomentKind
    start: int
    end: int
    readings: tuple[float, ...]
    high: float | None = None


def find_moments(folded: str, start: int, end: int) -> list[Moment]:
    """Every moment of a stretch of folded text in order, ranges joined and lists of days as one."""
    found = [*_all_day(folded, start, end), *_dates(folded, start, end)]
    found.extend(one for one in _weekdays(folded, start, end) if not _overlaps(one, found))
    found.extend(one for one in _clocks(folded, start, end) if not _overlaps(one, found))
    return sorted(found, key=lambda one: one.start)


def _overlaps(moment: Moment, others: list[Moment]) -> bool:
    return any(moment.start < other.end and other.start < moment.end for other in others)


def _all_day(folded: str, start: int, end: int) -> list[Moment]:
    return [
        Moment("clock", match.start(), match.end(), (0.0,), ALL_DAY)
        for match in expression("all_day", of="moments").finditer(folded, start, end)
    ]


@cache
def _months() -> tuple[re.Pattern[str], dict[str, int]]:
    names = {name: number for number, listed in enumerate(topic("moments")["months"], 1) for name in listed}
    body = "|".join(sorted(names, key=len, reverse=True))
    day = r"(?<![\d.,])(?P<{0}>[0-3]?\d)(?:st|nd|rd|th|er|o|º)?\.?"
    return re.compile(
        rf"{day.format('day')} (?:of |de |do )?(?P<month>{body})\b|\b(?P<first>{body})\.? (?P<then>[0-3]?\d)(?:st|nd|rd|th)?(?![\d.,:]\d|\d)"
        r"|(?P<cjk>\d{1,2})月(?P<cday>\d{1,2})[日号]"
    ), names


def _dates(folded: str, start: int, end: int) -> list[Moment]:
    pattern, names = _months()
    found = []
    for match in pattern.finditer(folded, start, end):
        month = int(match["cjk"]) if match["cjk"] else names[match["month"] or match["first"]]
        day = int(match["day"] or match["then"] or match["cday"])
        if 1 <= day <= 31:
            found.append(Moment("date", match.start(), match.end(), (month * 100.0 + day,)))
    return found


@cache
def _days() -> tuple[re.Pattern[str], dict[str, int]]:
    table = topic("moments")
    names = {name: number for number, listed in enumerate(table["weekdays"]) for name in listed}
    body = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.compile(rf"(?<![a-z])(?:{body})(?![a-z])\.?"), names


@cache
def _short_range() -> re.Pattern[str]:
    """Two days in one manner: full names, or both short ("Mo-Fr")."""
    table = topic("moments")

    def of(names: list[str], manner: str) -> str:
        body = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        return rf"(?P<{manner}_from>{body})\.?{table['spans']}(?P<{manner}_to>{body})"

    full, short = of(list(_days()[1]), "full"), of(list(table["short_weekdays"]), "short")
    return re.compile(rf"(?<![a-z])(?:{full}|{short})(?![a-z])\.?")


def _weekdays(folded: str, start: int, end: int) -> list[Moment]:
    known = {**topic("moments")["short_weekdays"], **_days()[1]}
    parts: list[Moment] = []
    for name, days in _GROUPS.items():
        parts.extend(
            Moment("weekday", match.start(), match.end(), days)
            for match in expression(name, of="moments").finditer(folded, start, end)
        )
    for match in _short_range().finditer(folded, start, end):
        low, high = known[match["full_from"] or match["short_from"]], known[match["full_to"] or match["short_to"]]
        span = tuple(float((low + step) % 7) for step in range((high - low) % 7 + 1))
        parts.append(Moment("weekday", match.start(), match.end(), span))
    pattern, names = _days()
    for match in pattern.finditer(folded, start, end):
        lone = Moment("weekday", match.start(), match.end(), (float(names[match[0].rstrip(".")]),))
        if not _overlaps(lone, parts):
            parts.append(lone)
    return _joined(folded, sorted(parts, key=lambda one: one.start), start)


def _joined(folded: str, parts: list[Moment], start: int) -> list[Moment]:
    """Days of one list as one; "every day but Monday" is the other six."""
    found: list[Moment] = []
    for part in parts:
        last = found[-1] if found else None
        if expression("except", of="moments").search(folded, max(start, part.start - 24), part.start):
            others = set(last.readings if last is not None and part.start - last.end < 24 else map(float, range(7)))
            kept = tuple(sorted(others - set(part.readings)))
            if last is not None and part.start - last.end < 24:
                found[-1] = Moment("weekday", last.start, part.end, kept)
            else:
                found.append(Moment("weekday", part.start, part.end, kept))
        elif last is not None and re.fullmatch(topic("moments")["joins"], folded[last.end : part.start]):
            days = tuple(sorted({*last.readings, *part.readings}))
            found[-1] = Moment("weekday", last.start, part.end, days)
        else:
            found.append(part)
    return found


def _clocks(folded: str, start: int, end: int) -> list[Moment]:
    found: list[Moment] = []
    for match in _CLOCK.finditer(folded, start, end):
        minutes = _minutes(folded, match, found)
        if minutes is not None:
            _add_clock(folded, found, Moment("clock", match.start(), match.end(), (minutes,)))
    for match in _PAST.finditer(folded, start, end):
        hour = int(match["hour"]) if match["hour"].isdigit() else word_value(match["hour"])
        if hour is not None and 1 <= hour <= 12 and (match[0].startswith("half past") or match["part"] != "half"):
            late = 30.0 if "past" in match[0] else -30.0
            moment = Moment("clock", match.start(), match.end(), (hour * 60 + late,))
            if not _overlaps(moment, found):
                found.append(moment)
    for name, minutes in _NAMED.items():
        place = folded.find(name, start, end)
        if place >= 0 and _BEFORE_HOUR.search(folded, max(start, place - 12), place):
            _add_clock(folded, found, Moment("clock", place, place + len(name), (minutes,)))
    return found


def _minutes(folded: str, match: re.Match[str], found: list[Moment]) -> float | None:
    mark = (match["mark"] or "").replace(".", "")
    hour = word_value(match["word"]) if match["word"] else float(match["hour"])
    if hour is None or hour > 24:
        return None
    led = _BEFORE_HOUR.search(folded, max(0, match.start() - 12), match.start()) is not None
    follows = bool(found) and re.fullmatch(topic("moments")["spans"], folded[found[-1].end : match.start()]) is not None
    told = (
        match["colon"] == ":"
        or (mark[:1] in ("u", "o") and mark != "uur")
        or (mark == "uur" and (bool(led) or follows))
        or mark in ("am", "pm", "時", "点")
        or match["dot"]
    )
    if not told and not ((mark.startswith("h") or match["colon"] == "h") and (led or follows)) and not follows:
        return None
    if follows and not told and not mark and folded[match.end() : match.end() + 2].strip()[:1].isalpha():
        return None  # "at 8:00 to 40 people"
    minutes = hour * 60 + float(match["minute"] or match["after"] or match["half"] or 0)
    evening = mark == "pm" or _EVENING.match(folded[match.end() : match.end() + 18])
    if evening and hour < 12:
        return minutes + 720
    return minutes - 720 if mark == "am" and hour == 12 else minutes


_OPENING = re.compile(r"(?<![\d.,:])(?P<hour>2[0-4]|[01]?\d)(?:[.:](?P<minute>[0-5]\d))?$")


def _add_clock(folded: str, found: list[Moment], moment: Moment) -> None:
    """Appends a time, or ends the range that the one before it, or a bare hour ("9-17 Uhr"), opens."""
    last = found[-1] if found else None
    for span in re.finditer(
        rf"(?<=\d){topic('moments')['spans']}(?=\d)", folded[max(0, moment.start - 22) : moment.start + 1]
    ):
        begin = max(0, moment.start - 22)
        opening = _OPENING.search(folded, begin, begin + span.start())
        if opening and begin + span.end() == moment.start and not (last and last.end > opening.start()):
            minutes = int(opening["hour"]) * 60.0 + int(opening["minute"] or 0)
            found.append(Moment("clock", opening.start(), moment.end, (minutes,), moment.readings[0]))
            return
    gap = folded[last.end : moment.start] if last is not None else ""
    between = (
        re.search(
            r"\b(?:between|zwischen|entre|tra|fra|tussen|pomiedzy|miedzy) $",
            folded[max(0, last.start - 12) : last.start],
        )
        if last
        else None
    )
    spans = re.fullmatch(topic("moments")["spans"], gap) or (
        between and re.fullmatch(r" (?:and|und|et|y|e|en|a|i) (?:las )?", gap)
    )
    if last is not None and last.high is None and spans:
        found[-1] = Moment("clock", last.start, moment.end, last.readings, moment.readings[0])
    else:
        found.append(moment)
