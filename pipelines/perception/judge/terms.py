"""Languages and places of a sentence in whichever tongue: 英語, 德文, "po niemiecku", オランダ, "w Austrii".

Closed sets whose members are all languages, or all places, are compared by these. Names of languages are CLDR's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from babel import Locale

from pipelines.perception.judge.declined import spots_in
from pipelines.perception.judge.lexicon import LANGUAGES, Phrases, in_both_scripts
from pipelines.perception.judge.places import Spot, compatible
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.text import Plain, fold, is_cjk
from pipelines.perception.judge.towns import cjk_places

# Those that products are offered in; CLDR has hundreds more, some of which are ordinary words elsewhere.
_SPOKEN = "ar bg bn ca cs cy da de el en es et eu fa fi fr ga gl he hi hr hu id is it ja ko lt lv ms nb nl no pl pt ro ru sk sl sr sv ta th tr uk ur vi zh".split()  # noqa: SIM905
_POLISH_ENDING = re.compile(r"(?<=[a-z]{4})(?:iego|iemu|imi|ich|iej|im|iu|ie|i|u|a)$")
_CAPITAL = re.compile(r"[A-Z\u00c0-\u017d][^\W\d_]+(?: [A-Z\u00c0-\u017d][^\W\d_]+)?")

Term = tuple[int, int, bool]


@lru_cache(maxsize=2048)
def language_code(name: str) -> str | None:
    """The language that a folded name means."""
    return _named().get(name) or _polish().get(_POLISH_ENDING.sub("", name))


@cache
def _named() -> dict[str, str]:
    found: dict[str, str] = {}
    for tongue in (*LANGUAGES, "zh_Hant"):
        names = Locale.parse(tongue).languages
        for code in _SPOKEN:
            for name in in_both_scripts([str(names[code])]) if tongue == "zh" else [str(names[code])]:
                found.setdefault(fold(name), code)
    return found


@cache
def _polish() -> dict[str, str]:
    names = Locale.parse("pl").languages
    return {_POLISH_ENDING.sub("", fold(str(names[code]))): code for code in _SPOKEN}


@cache
def _in_runs() -> Phrases:
    return Phrases([(name, code) for name, code in _named().items() if is_cjk(name[0])])


def are_languages(names: tuple[str, ...]) -> bool:
    return all(language_code(fold(name)) for name in names)


def languages_said(unit: Unit, plain: Plain, names: tuple[str, ...], language: str) -> list[Term]:
    """Each language that a sentence names: where, and whether it is one of `names`."""
    members = {language_code(fold(name)) for name in names}
    found: list[Term] = []
    for token in unit.tokens:
        code = None if is_cjk(token.word[0]) else language_code(token.word)
        if code and (language != "en" or plain.text[token.start].isupper()):
            found.append((token.start, token.end, code in members))
    runs = _in_runs().find([], plain.folded, start=unit.start, end=unit.end)
    found.extend((hit.start, hit.end, hit.name in members) for hit in runs)
    return sorted(found)


def places_named(unit: Unit, plain: Plain, spots: list[tuple[Spot, ...]], language: str) -> list[Term]:
    """Each place that a sentence names: where, and whether it is, or holds, one of `spots`."""
    found = list(_places(unit, plain, language))
    return sorted((low, high, any(compatible(said, one) for one in spots)) for low, high, said in found)


def _places(unit: Unit, plain: Plain, language: str) -> Iterator[tuple[int, int, tuple[Spot, ...]]]:
    if not plain.folded.isascii():
        yield from cjk_places(plain.folded, unit.start, unit.end)
    taken = [(mention.start, mention.end) for mention in unit.mentions]
    for match in _CAPITAL.finditer(plain.text, unit.start, unit.end):
        if any(low < match.end() and match.start() < high for low, high in taken):
            continue
        spots = spots_in(match[0], language)
        if spots:
            yield match.start(), match.end(), spots
            continue
        for word in re.finditer(r"\S+", match[0]):
            if spots := spots_in(word[0], language):
                yield match.start() + word.start(), match.start() + word.end(), spots
