"""Numbers written in words: "forty-two", "zweihundertfünfzig", "duemilacinquecento", "quatre-vingt-dix"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from pipelines.perception.judge.lexicon import Token, topic
from pipelines.perception.judge.text import fold

_LINKS = {"and", "und", "et", "y", "e", "en", "i"}
# One-letter articles that are also numbers count only before a unit of time; see values.py.
ARTICLES = {"a", "an", "ein", "eine", "einen", "einem", "einer", "un", "une", "una", "uno", "um", "uma", "een"}
# Inside one written word: what multiplies what stands before it and adds what stands behind.
_INNER = {
    "de": (("tausend", 1000.0), ("hundert", 100.0)),
    "nl": (("duizend", 1000.0), ("honderd", 100.0)),
    "it": (("mila", 1000.0), ("mille", 1000.0), ("cento", 100.0), ("cent", 100.0)),
}
_JOINTS = {"de": "und", "nl": "en", "it": "e"}


@cache
def _single(language: str) -> dict[str, float]:
    """Every number below 100 that is one word, and the hundreds."""
    table = topic("numbers")
    small = {fold(word): float(value) for word, value in table["units"].get(language, {}).items()}
    tens = {fold(word): float(value) for word, value in table["tens"].get(language, {}).items()}
    found = {**small, **tens}
    units = {word: value for word, value in small.items() if 1 <= value <= 9}
    for ten, tens_value in tens.items():
        for unit, value in units.items():
            if language == "de":
                found[f"{unit}und{ten}"] = tens_value + value
            elif language == "nl":
                found[f"{unit}en{ten}"] = tens_value + value
            elif language == "it":
                found[(ten[:-1] if unit[0] in "uo" else ten) + unit] = tens_value + value
    found.update({fold(word): float(value) for word, value in table["hundreds"].get(language, {}).items()})
    return found


@lru_cache(maxsize=4096)
def _value(word: str, language: str) -> float | None:
    """What one word counts: "zweihundertfünfzig" is 250."""
    known = _single(language)
    if word in known:
        return known[word]
    for inner, scale in _INNER.get(language, ()):
        before, found, behind = word.partition(inner)
        if not found or (not before and not behind):
            continue
        low = _value(before, language) if before else 1.0
        rest = behind.removeprefix(_JOINTS[language]) if _value(behind, language) is None else behind
        high = _value(rest, language) if rest else 0.0
        if low is not None and high is not None and high < scale:
            return low * scale + high
    return None


@cache
def _in_all_languages() -> dict[str, float]:
    return {word: value for language in topic("numbers")["units"] for word, value in _single(language).items()}


def word_value(word: str) -> float | None:
    """A number below 100 in whichever language."""
    return _in_all_languages().get(word)


@cache
def _scales(language: str) -> dict[str, float]:
    return {fold(word): float(value) for word, value in topic("numbers")["scales"].get(language, {}).items()}


def numbers_in_words(tokens: list[Token], language: str) -> Iterator[tuple[int, int, float, bool]]:
    """Start, end and value of each; the last says whether it is an article that may mean one."""
    if not _single(language):
        return
    place = 0
    while place < len(tokens):
        stop, value, is_article = _read(tokens, place, language)
        if value is None:
            place += 1
            continue
        yield tokens[place].start, tokens[stop - 1].end, value, is_article
        place = stop


def _read(tokens: list[Token], begin: int, language: str) -> tuple[int, float | None, bool]:
    """The number that begins at a token: where it stops and what it comes to."""
    scales = _scales(language)
    total = current = 0.0
    stop = begin
    seen = lone_article = False
    while stop < len(tokens) and (stop == begin or tokens[stop].start - tokens[stop - 1].end <= 2):
        word = tokens[stop].word
        value = _value(word, language)
        if value is None and word in scales:
            total += max(current, 1.0) * scales[word]
            current = 0.0
            seen = seen or stop > begin
        elif value == 100 and seen and current < 100:
            current = max(current, 1.0) * 100
        elif value == 20 and language == "fr" and current % 100 == 4:
            current += 76  # "quatre-vingt"
        elif value is not None and (not seen or (current >= 20 and value < current) or (total and not current)):
            lone_article = not seen and word in ARTICLES
            current += value
            seen = True
        elif value == 12 and seen:  # "two dozen"
            current *= 12
        elif not (_links(tokens, stop, current or total, language, seen=seen) or _opens(tokens, stop, begin, language)):
            break
        stop += 1
    if not seen:
        return begin, None, False
    value = total + current
    return max(stop, begin + 1), value, stop - begin <= 1 and (lone_article or value == 1)


def _links(tokens: list[Token], place: int, current: float, language: str, *, seen: bool) -> bool:
    """ "thirty and five", "two hundred and fifty": the joint between two parts of one number."""
    if tokens[place].word not in _LINKS or not seen or place + 1 >= len(tokens) or current < 20:
        return False
    following = _value(tokens[place + 1].word, language)
    return following is not None and 0 < following < (10 if current < 100 else 100)


def _opens(tokens: list[Token], place: int, begin: int, language: str) -> bool:
    """ "a hundred", "a thousand", "a dozen"."""
    if tokens[place].word != "a" or language != "en" or place != begin or place + 1 >= len(tokens):
        return False
    return tokens[place + 1].word in _scales(language) or tokens[place + 1].word in ("hundred", "dozen")
