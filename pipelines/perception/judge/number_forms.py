"""Finds numbers in plain text: digits in every grouping, scale words, numbers in words, and what loosens them.

A number has one reading or two ("4.990" is 4990 or 4.99); who compares takes the one that fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipelines.perception.judge.lexicon import Token, topic
from pipelines.perception.judge.number_cjk import cjk_numbers
from pipelines.perception.judge.number_words import numbers_in_words, word_value
from pipelines.perception.judge.text import Plain, fold, key

Relation = Literal["exact", "about", "min", "max", "range"]

_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "bn": 1e9, "mn": 1e6, "万": 1e4, "億": 1e8, "亿": 1e8, "萬": 1e4, "千": 1e3}
_DIGITS = re.compile(
    r"(?<![a-z0-9_.,/'])(?<![a-z]-)(?P<number>\d{1,3}(?:[.,' ]\d{3}){1,4}(?![\d])(?:[.,]\d{1,2}(?!\d))?|\d{1,15}(?:[.,]\d{1,4}(?!\d))?)"
    r"(?:(?:[ -]?(?P<word>[a-z]{3,10})\b\.?)|(?P<short>bn|mn|[kKmMbB])(?![a-zA-Z0-9])| ?(?P<cjk>[万億亿萬千]))?",
    re.IGNORECASE,
)
# Codes that hold digits and no number: standards, versions, phone-like runs.
_CODES = re.compile(
    r"\b(?:iso(?:/iec)?|soc|din|iec|rfc|pci|ipx?|usb|web|gpt|b2|h264|rev|version|ver|v|no\.|nr\.|article|type|covid|top|fortune|series|apple|ios|android|windows|24/7)[ -]?(?:iso )?\d[\d.:-]*(?: ?(?:type|typ) ?\d)?|\b24/7\b|\b\d{1,2}[:h]\d{2}\b(?!\d)|\b\d{1,2}/\d{1,2}\b(?!/)",
)
_ISO_DATE = r"(?P<y1>(?:1[5-9]|20)\d\d)-(?P<m1>\d{2})-(?P<d1>\d{2})"
_DOT_DATE = r"(?P<d2>\d{1,2})[./](?P<m2>\d{1,2})[./](?P<y2>(?:1[5-9]|20)\d\d)"
_CJK_DATE = r"(?P<y3>(?:1[5-9]|20)\d\d) ?[年](?: ?(?P<m3>\d{1,2}) ?月)?"
DATES = re.compile(rf"(?<!\d)(?:{_ISO_DATE}|{_DOT_DATE}|{_CJK_DATE})(?!\d)")
_JOIN = re.compile(r" ?(?:-|~|to|bis|a|à|al|tot|ate|et|and|und|y|e|en|from|至|から|〜|～) ?")
_BETWEEN = ("between", "zwischen", "entre", "tra", "fra", "tussen", "from", "von", "de", "da", "van", "des")
_MOVED = re.compile(
    r"\b(?:rais|increas|cut|lower|dropp|gr[eo]w|rose|fell|reduc|chang|went|jump|climb|erhoh|gesenkt|stieg|pass|augment|sub[ei]|baj|sali)\w*"
)
_ARTICLE = re.compile(r" (?:the|i|gli|le|les|los|las|die|den|de|os|as)$")
_SHORTENED = re.compile(r"\.(?= [a-z\u00df-\u017f])")
_REACH = 26


@dataclass(frozen=True, slots=True)
class Number:
    """`readings`: what the digits can mean, likeliest first. `high` is the other end of a range."""

    start: int
    end: int
    readings: tuple[float, ...]
    relation: Relation = "exact"
    high: float | None = None
    written: str = ""
    worded: bool = False

    @property
    def value(self) -> float:
        return self.readings[0]


def find_numbers(plain: Plain, tokens: list[Token], language: str, start: int, end: int) -> list[Number]:
    """Every number of plain[start:end] in order, ranges joined and loosened as the words beside them say."""
    folded = plain.folded
    found = [Number(low, high, (value,)) for low, high, value in cjk_numbers(folded, start, end)]
    mixed = [(number.start, number.end) for number in found]
    found.extend(
        number
        for number in (*_digits(plain, start, end, language), *_vague(tokens))
        if not any(low <= number.start < high for low, high in mixed)
    )
    taken = [(number.start, number.end) for number in found]
    for low, high, value, is_article in numbers_in_words(tokens, language):
        if not any(begin < high and low < stop for begin, stop in taken):
            found.append(Number(low, high, (value,), written="article" if is_article else "", worded=True))
    found.sort(key=lambda number: number.start)
    return _loosened(_joined(folded, found, start), folded, start, end)


def _digits(plain: Plain, start: int, end: int, language: str) -> Iterator[Number]:
    folded = plain.folded
    segment = folded[start:end]
    if not any(map(str.isdigit, segment)):
        return
    codes = [(start + match.start(), start + match.end()) for match in _CODES.finditer(segment)]
    codes.extend((start + match.start(), start + match.end()) for match in DATES.finditer(segment))
    for match in _DIGITS.finditer(folded, start, end):
        if any(low <= match.start() < high for low, high in codes):
            continue
        written = match["number"]
        stop = match.end("number")
        scale = 1.0
        word = match["word"]
        if word:
            known = _scale_words().get(word)
            if known:
                scale, stop = known, match.end("word")
                if _SHORTENED.match(plain.text, stop, end):
                    stop += 1  # "3,5 tys. studentów"
        elif match["short"] and (
            plain.text[match.start("short")] != "m" or folded[match.start() - 1 : match.start()] in "$€£¥"
        ):
            scale, stop = _SCALES[match["short"].lower()], match.end("short")
        elif match["cjk"]:
            scale, stop = _SCALES[match["cjk"]], match.end("cjk")
        yield Number(
            match.start(), stop, tuple(value * scale for value in readings(written, language)), written=written
        )


def readings(written: str, language: str = "en") -> tuple[float, ...]:
    """ "1,240" is 1240 (or 1.24 where a comma is decimal), "4.990" 4990 or 4.99, "12.90" only 12.9."""
    plain = written.replace("'", "").replace(" ", "")
    marks = [char for char in plain if char in ".,"]
    if not marks:
        return (float(plain),)
    last = plain.rfind(marks[-1])
    decimals = len(plain) - last - 1
    whole = plain[:last].replace(".", "").replace(",", "")
    as_decimal = float(f"{whole}.{plain[last + 1 :]}")
    if len(set(marks)) == 2:
        return (as_decimal,)
    joined = float(plain.replace(".", "").replace(",", ""))
    if len(marks) > 1:
        return (joined,)
    if decimals != 3 or len(whole) > 3 or whole.startswith("0"):
        return (as_decimal,)
    if marks[0] == ("," if language in ("en", "ja", "zh") else "."):
        return (joined,)
    return (as_decimal, joined)


@cache
def _scale_words() -> dict[str, float]:
    return {fold(word): float(value) for table in topic("numbers")["scales"].values() for word, value in table.items()}


@cache
def _vague_words() -> dict[str, tuple[tuple[tuple[str, ...], tuple[float, float]], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], tuple[float, float]]]] = {}
    for table in topic("numbers")["vague"].values():
        for phrase, (low, high) in table.items():
            words = tuple(key(phrase).split())
            found.setdefault(words[0], []).append((words, (float(low), float(high))))
    for phrase, value in topic("numbers")["fractions"].items():
        words = tuple(key(phrase).split())
        found.setdefault(words[0], []).append((words, (float(value), float(value))))
    return {word: tuple(sorted(entries, key=lambda entry: -len(entry[0]))) for word, entries in found.items()}


def _vague(tokens: list[Token]) -> Iterator[Number]:
    """ "hundreds of", "several dozen": an order of magnitude."""
    table = _vague_words()
    done = -1
    for place, token in enumerate(tokens):
        if token.start < done:
            continue
        for words, (low, high) in table.get(token.word, ()):
            if tuple(one.word for one in tokens[place : place + len(words)]) == words:
                end = tokens[place + len(words) - 1].end
                if words[0] in _scale_words() and place and word_value(tokens[place - 1].word) is not None:
                    break  # "trzy tysiące" is a number, "tysiące" an order of magnitude
                yield (
                    Number(token.start, end, (low,), "range", high) if high > low else Number(token.start, end, (low,))
                )
                done = end
                break


def _joined(folded: str, numbers: list[Number], start: int) -> list[Number]:
    """ "40-50", "between 40 and 50", "40 bis 50" as one."""
    found: list[Number] = []
    for number in numbers:
        last = found[-1] if found else None
        if last is not None and last.high is None and number.high is None and last.end <= number.start:
            gap = _ARTICLE.sub("", folded[last.end : number.start].strip("$€£¥ "))
            opener = _ARTICLE.sub("", folded[max(start, last.start - 14) : last.start].strip("$€£¥ ")).rsplit(" ", 1)[
                -1
            ]
            dash = gap in ("-", "~", "to", "bis", "a", "tot", "ate", "至", "〜", "～", "から")
            if gap in ("to", "auf", "a") and _MOVED.search(folded, max(start, last.start - 60), last.start):
                gap = ""  # "raised from 10 to 12" is no range
            spread = (dash and gap) or (gap in ("and", "und", "et", "y", "e", "en") and opener in _BETWEEN)
            if (
                spread
                and last.value < number.value <= 20 * max(last.value, 1)
                and not (1500 < last.value < 2100 and gap != "-" and not opener)
            ):
                found[-1] = Number(last.start, number.end, (last.value,), "range", number.value, last.written)
                continue
        found.append(number)
    return found


@cache
def _loosening() -> tuple[tuple[Relation, re.Pattern[str]], ...]:
    """What stands right before a number, most telling first; spaces and currency signs may come between."""
    table = topic("numbers")
    entries: tuple[tuple[Relation, str], ...] = (("min", "at_least"), ("max", "at_most"), ("about", "about"))
    found = []
    for relation, entry in entries:
        phrases = sorted({fold(p) for words in table[entry].values() for p in words}, key=len, reverse=True)
        body = "|".join(re.escape(phrase).replace(r"\ ", " +") for phrase in phrases)
        found.append(
            (
                relation,
                re.compile(
                    rf"(?:(?<![a-z0-9])(?:{body}))[ \"(]*(?:a |an |the |just |only |eur|usd|gbp|chf|us)?[ $€£¥]*$"
                ),
            )
        )
    return tuple(found)


@cache
def _loosening_after() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = topic("numbers")
    made = []
    for entry in ("after_at_least", "after_about"):
        body = "|".join(re.escape(fold(phrase)) for phrase in sorted(table[entry]["any"], key=len, reverse=True))
        made.append(
            re.compile(rf" ?(?:[名人社店校個个家种種点件台年円元]|店舗|[かカヵヶ]国|个国家)?(?:{body})(?![a-z])")
        )
    return made[0], made[1]


def _loosened(numbers: list[Number], folded: str, start: int, end: int) -> list[Number]:
    more, about = _loosening_after()
    found = []
    floor = start
    for number in numbers:
        relation = number.relation
        if number.high is None:
            before = folded[max(floor, number.start - _REACH) : number.start]
            relation = next((name for name, pattern in _loosening() if pattern.search(before)), "exact")
            if more.match(folded, number.end, end):
                relation = "min"
            elif relation == "exact" and about.match(folded, number.end, end):
                relation = "about"
        found.append(
            Number(number.start, number.end, number.readings, relation, number.high, number.written, number.worded)
        )
        floor = number.end
    return found
