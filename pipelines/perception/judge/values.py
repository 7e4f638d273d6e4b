"""Typed values in a sentence: years, money, percent, measures with their unit, counts with the words they count."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from pipelines.perception.judge.counted import counted_in_runs
from pipelines.perception.judge.lexicon import Token, topic, word_set
from pipelines.perception.judge.moments import Moment
from pipelines.perception.judge.money import WEIGHED, bases_in, money_at
from pipelines.perception.judge.number_cjk import era_years
from pipelines.perception.judge.number_forms import DATES, Number, Relation, find_numbers
from pipelines.perception.judge.senses import is_sense, stem
from pipelines.perception.judge.text import Plain, fold

Kind = Literal["year", "money", "percent", "measure", "count"]
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_YEAR_OPENS = re.compile(
    r"(?:\b(?:in|since|year|seit|anno|jahr|en|depuis|desde|dal|nel|em|sinds|of|by|until|before|after|early|late|mid|spring"
    r"|summer|autumn|fall|winter|[a-z]*(?:uary|ember|ober|march|april|may|june|july|august)),? |[(\[|/] ?)$"
)
_DECADE = re.compile(
    r"(?:\b(?:(?P<early>early|fruhen|anfang der)|(?P<mid>mid|mitte der)|(?P<late>late|spaten|ende der))[ -])?"
    r"\b(?P<year>(?:1[89]|20)\d0)(?:'?s|er(?: jahre[n]?)?)\b"
)
_PARTS = {"early": (0, 4), "mid": (3, 7), "late": (5, 9)}
_PERCENT = re.compile(
    r" ?(?:%|percent\b|per cent\b|prozent\b|pour ?cent\b|por ciento\b|per ?cento\b|procent\b|por cento\b|パーセント)"
)
_CALENDAR = re.compile(
    r" ?(?:calendar|working|business|full|consecutive|volle|ganze|solo|single|einzig\w+|seule?|unic[oa]|enkel) "
)
_SOURCE = re.compile(r"\b(?:from|ab|da|desde|od|vanaf|des|a partir de|partir de) $")
_NOUN_REACH = 4
_ASKED_FOR = 36  # characters behind an amount that say what it is asked for


@dataclass(frozen=True, slots=True)
class Value:
    """One value at text[start:end]. `unit`: a currency or a dimension, in whose base `readings` and `high` are.

    `nouns`: stems of the words that a count counts. `period`: what money is asked for each time. `written`: the unit
    or the currency's sign as it stands there. `bases`: what money is asked for ("per stay").
    """

    kind: Kind
    start: int
    end: int
    readings: tuple[float, ...]
    relation: Relation = "exact"
    high: float | None = None
    unit: str = ""
    nouns: tuple[str, ...] = ()
    period: str | None = None
    written: str = ""
    bases: frozenset[str] = frozenset()


def find_values(
    plain: Plain, tokens: list[Token], language: str, start: int, end: int, moments: Sequence[Moment] = ()
) -> list[Value]:
    """Every value of a stretch of text in order; a number that can be two things is both ("30 pounds").

    Numbers inside `moments` are times and days, no values.
    """
    folded = plain.folded
    found = [*_decades(folded, start, end), *_dates(folded, start, end)]
    taken = [(value.start, value.end) for value in found] + [(moment.start, moment.end) for moment in moments]
    found.extend(_free(folded, start, end))
    found.extend(
        Value("measure", match.start(), match.end(), (_LIFETIME,), unit="duration", written="lifetime")
        for match in _LIFELONG.finditer(folded, start, end)
    )
    numbers = [
        number
        for number in find_numbers(plain, tokens, language, start, end)
        if not any(low <= number.start < high for low, high in taken)
    ]
    for place, number in enumerate(numbers):
        stop = numbers[place + 1].start if place + 1 < len(numbers) else end
        if found and found[-1].kind == "money" and _cents_behind(folded, found[-1].end, number, end):
            cents = number.value / 100
            found[-1] = replace(found[-1], end=number.end, readings=tuple(one + cents for one in found[-1].readings))
            continue
        found.extend(_typed(folded, tokens, number, start, end, stop))
    found.sort(key=lambda value: value.start)
    return found


def _cents_behind(folded: str, euros_end: int, number: Number, end: int) -> bool:
    """ "seven euros and fifty cents" is one amount."""
    return bool(_AND.fullmatch(folded[euros_end : number.start]) and _CENTS.match(folded, number.end, end))


_AND = re.compile(r" (?:(?:and|und|et|y|e|en|i) )?")
_CENTS = re.compile(r" (?:cents?|pence|centimes?|centimos?|centesimi|centavos?|centimos|rappen|groszy|ore)\b")


def _typed(folded: str, tokens: list[Token], number: Number, start: int, end: int, stop: int) -> list[Value]:
    measures = _measures(folded, number, end)
    if number.written == "article":
        return [measure for measure in measures if measure.unit == "duration"]
    money = money_at(folded, number, start, end, stop)
    if money is not None:
        asked = _value("money", number, money.end, unit=money.currency, period=money.period, written=money.sign)
        behind = folded[money.end : min(end, money.end + _ASKED_FOR)]
        asked = Value(**{**_fields(asked), "start": money.start, "bases": bases_in(behind)})
        return [asked, *measures] if money.sign in WEIGHED else [asked]
    percent = _PERCENT.match(folded, number.end, end)
    if percent:
        return [_value("percent", number, percent.end())]
    if measures:
        return [*measures, *_counts(folded, tokens, number, end, only_known=True)]
    if _OF_AGE.search(folded, max(start, number.start - 14), number.start) and number.value < _OLDEST:
        years = tuple(reading * _YEAR_SECONDS for reading in number.readings)
        return [Value("measure", number.start, number.end, years, number.relation, None, "duration", (), None, "years")]
    counted = _counts(folded, tokens, number, end)
    if not _is_year(number):
        return counted
    plainly = _YEAR_OPENS.search(folded, max(start, number.start - 14), number.start) is None
    return [_value("year", number, number.end), *(count for count in counted if plainly and _counts_things(count))]


def _counts_things(value: Value) -> bool:
    """Whether a number that could be a year has right behind it what it counts: "1998 employees"."""
    return bool(value.nouns) and (is_sense(value.nouns[0]) or value.nouns[0] in _count_phrases())


def _fields(value: Value) -> dict[str, Any]:
    return {name: getattr(value, name) for name in Value.__slots__}


def _value(kind: Kind, number: Number, stop: int, **more: Any) -> Value:
    return Value(kind, number.start, stop, number.readings, number.relation, number.high, **more)


def _is_year(number: Number) -> bool:
    return (
        len(number.written) == 4
        and _YEAR.fullmatch(number.written) is not None
        and number.relation != "max"
        and (number.high is None or 1500 <= number.high < 2101)
    )


def _decades(folded: str, start: int, end: int) -> list[Value]:
    found = []
    for match in _DECADE.finditer(folded, start, end):
        low, high = next((span for part, span in _PARTS.items() if match[part]), (0, 9))
        year = float(match["year"])
        found.append(Value("year", match.start(), match.end(), (year + low,), "range", year + high))
    return found


def _dates(folded: str, start: int, end: int) -> list[Value]:
    found = [
        Value("year", match.start(), match.end(), (float(match["y1"] or match["y2"] or match["y3"]),))
        for match in DATES.finditer(folded, start, end)
    ]
    if not folded.isascii():
        found.extend(Value("year", low, high, (year,)) for low, high, year in era_years(folded, start, end))
    return found


_LIFELONG = re.compile(
    r"\b(?:lifetime|lifelong|lebenslang\w*|a vie|de por vida|vitalici[oa]|a vita|levenslang\w*|dozywotni\w*)(?= (?:warrant|guarant|garant|gwaranc))|(?<=garantie )a vie|(?<=garantia )(?:de por vida|vitalicia)|(?<=garanzia )a vita"
)
_LIFETIME = 25 * 31556952.0  # more than any other guarantee
_OF_AGE = re.compile(r"\b(?:age of |ages? |aged |age:? )\*{0,2}$")
_OLDEST, _YEAR_SECONDS = 120, 31556952.0
UNPRICED = ("free", "paid")  # how money is written that is no figure
_FREE = re.compile(
    r"\b(?:free of charge|for free|at no (?:extra |additional |further )?(?:cost|charge)|costs? nothing|complimentary|(?:is|are|be|stay|travel|ride|get in|get into [\w ]{2,30}) (?:also |completely |always |entirely |absolutely )?free"
    r"(?! (?:trial|plan|version|account|tier|of|from|to|range)\b)|(?:deliver(?:ed|s)?|ships?|shipped|sent|posted) (?:\w+ )?free\b|free (?=admission|entry|entrance|delivery|shipping|parking|breakfast|wi-?fi|access|use|rental|transport|transfers?|returns?|of charge)|included in (?:the|every|your) (?:\w+ )?(?:price|rate|fee)|im (?:\w+)?preis (?:inbegriffen|enthalten)|inclus\w* dans le prix|incluid[oa]s? en el precio|(?:inclus[oa]|compres[oa]) nel prezzo|inbegrepen in de prijs|incluid[oa]s? no preco|w cenie|gratis|kostenlos\w*|kostenfrei\w*|umsonst|gratuite?s?|gratuit(?:ement|[oa]s?|amente)|kosteloos|bezplatn\w+|za darmo|darmow\w+)\b"
    r"(?! (?:(?:und )?(?:unverbindlich )?(?:test|trial|prob|prueba|prova|essai|version|plan|konto|account|tarif|abonnement|uitprober))\w*)|(?:無料|無償|免费|免費|免运费|免運費|包邮|免邮)(?!プラン|トライアル|体験|お試し|版|试用|試用|计划|計畫|套餐|会員|会员|登録|相談)"
)
_PAID = re.compile(
    r"\b(?:charges? for|charged for|for a fee|for an extra fee|subject to a fee|at extra cost|costs extra|(?:everyone|everybody|children|guests|visitors|all) (?:\w+ ){0,3}pays?|kostenpflichtig\w*|gebuhrenpflichtig\w*"
    r"|gegen (?:eine )?gebuhr|gegen aufpreis|payante?s?|de pago|a pagamento|tegen betaling|betaald\w*|e? ?paga(?:s|do|dos)?|sao pagas|platn[aey])\b|有料(?!プラン|版|会員)|收费(?!标准)|收費(?!標準)|付费(?!版|套餐|会员)"
)
_LONE_FREE = re.compile(r"(?:^|: ?|[-|] ?)free\s*$")


def _free(folded: str, start: int, end: int) -> list[Value]:
    """ "free of charge" is a price of nothing."""
    found = [
        Value("money", match.start(), match.end(), (0.0,), written="free")
        for match in _FREE.finditer(folded, start, end)
    ]
    found.extend(
        Value("money", match.start(), match.end(), (1.0,), "min", written="paid")
        for match in _PAID.finditer(folded, start, end)
    )
    lone = _LONE_FREE.search(folded[start:end].strip(" *.,;"))
    if lone and not found:
        place = folded.find("free", start, end)
        found.append(Value("money", place, place + 4, (0.0,), written="free"))
    return found


@cache
def _units() -> tuple[re.Pattern[str], dict[str, tuple[str, float]]]:
    table: dict[str, tuple[str, float]] = {}
    for dimension, factors in topic("units").items():
        for factor, listed in factors.items():
            for unit in listed:
                table.setdefault(fold(unit), (dimension, float(factor)))
    ordered = sorted(table, key=len, reverse=True)
    latin = "|".join(re.escape(unit) for unit in ordered if unit[0].isascii() or unit[0] == "°")
    other = "|".join(re.escape(unit) for unit in ordered if not (unit[0].isascii() or unit[0] == "°"))
    return re.compile(rf"[ -]{{0,2}}(?:(?P<latin>{latin})(?![a-z0-9])|(?P<other>{other}))"), table


def unit_of(written: str) -> tuple[str, float] | None:
    """The dimension and factor of a unit as it is written; nights are no days."""
    return ("night", 1.0) if stem(written) == stem("night") else _units()[1].get(written)


_HALF = re.compile(
    r" (?:and a half|et demie?|y medi[oa]|e mezz[oa]|e mei[oa]|i pol)\b|(?<=[\u9593\u6642\u5e74\u6708\u9031\u5929])\u534a"
)


def _measures(folded: str, number: Number, end: int) -> list[Value]:
    pattern, table = _units()
    skipped = _CALENDAR.match(folded, number.end, end)
    match = pattern.match(folded, skipped.end() - 1 if skipped else number.end, end)
    if match is None:
        return []
    said = match["latin"] or match["other"]
    dimension, factor = table[said]
    high = None if number.high is None else number.high * factor
    half = _HALF.match(folded, match.end(), end)  # "trois heures et demie"
    readings = tuple((value + 0.5 * (half is not None)) * factor for value in number.readings)
    return [
        Value(
            "measure",
            number.start,
            half.end() if half else match.end(),
            readings,
            number.relation,
            high,
            dimension,
            (),
            None,
            said,
        ),
    ]


@cache
def _count_phrases() -> frozenset[str]:
    """Stems of the words that concepts of counts are told by."""
    return frozenset(
        stem(fold(word))
        for name, entry in topic("concepts").items()
        if "count" in entry["takes"]
        for language, listed in entry.items()
        if isinstance(listed, list) and language not in ("takes", "called")
        for phrase in listed
        for word in phrase.split()[-1:]
    )


def _counts(folded: str, tokens: list[Token], number: Number, end: int, *, only_known: bool = False) -> list[Value]:
    """The number with the words that follow it: "130 independent dealers in Europe" counts independent dealers."""
    if number.written == "article":
        return []
    over, until = word_set("filler", "counted_over"), word_set("filler", "counted_until")
    broken = word_set("filler", "counted_broken")
    nouns: list[str] = []
    place = number.end
    first = bisect_left(tokens, number.end, key=lambda token: token.start)
    for token in tokens[first : first + 7]:
        if token.start >= end or any(char in ".,;:!?|()\n" for char in folded[place : token.start]):
            break
        place = token.end
        if token.word in over or (token.word in until - broken and not nouns):
            continue
        if token.word in until | broken or token.word.isdigit() or len(nouns) == _NOUN_REACH:
            break
        nouns.append(stem(token.word))
    if only_known and not any(noun in _count_phrases() for noun in nouns):
        return []
    if number.relation == "min" and _SOURCE.search(folded, max(0, number.start - 14), number.start):
        number = replace(number, relation="exact")  # "beans from 12 farms" is no lower bound
    if not folded.isascii():
        nouns = counted_in_runs(folded, tokens, number, end) or nouns
    return [_value("count", number, number.end, nouns=tuple(nouns))]
