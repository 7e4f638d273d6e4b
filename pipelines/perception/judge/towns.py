"""Places written in Chinese characters or kana, which stand without spaces around them, and what a fact's place lies in.

Towns are those of geonames.py; countries in all scripts are CLDR's, as in places.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from pipelines.perception.judge.geonames import NOT_BEHIND, tables
from pipelines.perception.judge.places import Spot, gazetteer, read_place
from pipelines.perception.judge.text import is_cjk, key

_KANA = re.compile(r"[\u30a1-\u30fa\u30fc]")
_DOT = "\u30fb"
_RUN, _RUN_BEFORE = re.compile(r"[\u30a1-\u30fa\u30fc]+"), re.compile(r"[\u30a1-\u30fa\u30fc]+$")
_LONGEST_RUN = 16
_WIDER = tuple("県省州道郡")  # 新潟県 is more than the town of that name
_PART = tuple("市区區町村府都")


def cjk_places(folded: str, start: int, end: int) -> Iterator[tuple[int, int, tuple[Spot, ...]]]:
    """Each place with what its name can mean; the longest name at a place."""
    names, longest = _names()
    place = start
    while place < end:
        reach = longest.get(folded[place], 0)
        for size in range(min(reach, end - place), 1, -1):
            spots = names.get(folded[place : place + size])
            if spots and _stands(folded, place, place + size):
                stop = place + size
                if folded.startswith(_WIDER, stop):
                    spots = tuple(dict.fromkeys(Spot(spot.country) for spot in spots))
                yield place, stop + folded.startswith((*_WIDER, *_PART), stop), spots
                place = stop
                break
        else:
            place += 1


def _stands(folded: str, start: int, end: int) -> bool:
    """Whether a name is no part of a longer one: リーズ in シリーズ."""
    if folded.startswith(NOT_BEHIND, end):
        return False
    before, after = folded[start - 1 : start], folded[end : end + 1]
    if not _KANA.match(folded[start]):
        return True
    if _KANA.match(before) or _KANA.match(after):
        return False
    names, _ = _names()
    behind = _RUN.match(folded, end + 1) if after == _DOT else None
    ahead = _RUN_BEFORE.search(folded, max(0, start - _LONGEST_RUN), start - 1) if before == _DOT else None
    return all(run is None or run[0] in names for run in (behind, ahead))  # "ドイツ・ポーランド" lists two


@cache
def _names() -> tuple[dict[str, tuple[Spot, ...]], dict[str, int]]:
    found = {name: set(spots) for name, spots in gazetteer().items() if name and is_cjk(name[0]) and len(name) > 1}
    for country, name, listed in tables().written:
        for written in listed:
            if written not in gazetteer():
                found.setdefault(written, set()).update(_spots(country, name))
    longest: dict[str, int] = {}
    for name in found:
        longest[name[0]] = max(longest.get(name[0], 0), len(name))
    ordered = {
        name: tuple(sorted(spots, key=lambda spot: (spot.country, spot.region, spot.town)))
        for name, spots in found.items()
    }
    return ordered, longest


def _spots(country: str, name: str) -> set[Spot]:
    """What a town's name can mean; "Frankfurt (Oder)" is called as the other Frankfurt is where names are not Latin."""
    known = {spot for spot in gazetteer().get(key(name), ()) if spot.country == country and spot.town}
    first = key(name).split(" ")[0]
    alike = {spot for spot in gazetteer().get(first, ()) if spot.country == country and spot.town == first}
    return alike | (known or {Spot(country, "", key(name))})


@cache
def _latin() -> dict[str, set[Spot]]:
    found: dict[str, set[Spot]] = {}
    for country, name, _ in tables().written:
        found.setdefault(key(name), set()).update(_spots(country, name))
    return found


def towns_named(name: str) -> tuple[Spot, ...]:
    """The towns of a name in Latin letters that places.py does not know."""
    return tuple(sorted(_latin().get(key(name), ()), key=lambda spot: (spot.country, spot.town)))


@lru_cache(maxsize=4096)
def towns_written(name: str) -> tuple[Spot, ...]:
    """The towns that a name can mean which places.py does not know: consulted where a sentence says that it names a place."""
    towns = tables().latin.get(name.lower(), ())
    return tuple({spot: None for country, town in towns for spot in sorted(_spots(country, town), key=str)})


_SEAT_BEFORE = re.compile(
    r"(?:总部|總部|总公司|總公司)(?:设|設|位|坐落|放|建|现|在|于|於|立|址|地|点|是|为|：|:|\"|“| )*(?P<behind>[\u4e00-\u9fff]{2})"
    r"|(?P<ahead>[\u4e00-\u9fff]{2})(?:市|県)?(?:に|を)(?:本社|本拠|拠点|本部|本店)"
)


def towns_of_seats(folded: str, start: int, end: int) -> Iterator[tuple[int, int, tuple[Spot, ...]]]:
    """Towns whose short names are words as often, where a seat is told beside them: "总部设在新竹"."""
    for match in _SEAT_BEFORE.finditer(folded, start, end):
        group = "behind" if match["behind"] else "ahead"
        town = tables().short.get(match[group])
        if town:
            yield *match.span(group), tuple(sorted(_spots(*town), key=str))


def place_of_fact(value: str, statement: str) -> tuple[Spot, ...]:
    """What a fact's place is; of a town that no list has, the country that its statement names behind it."""
    spots = read_place(value)
    if spots:
        return spots
    town = key(value.split(",", maxsplit=1)[0])
    behind = re.search(rf"{re.escape(value)}[^,.;]{{0,20}}, (?P<wider>[^.;]+)", statement)
    wider = read_place(behind["wider"].split(",")[-1]) if behind else ()
    listed = _latin().get(town, set())
    within = {spot for spot in listed if not wider or any(spot.country == outer.country for outer in wider)}
    if within:
        return tuple(sorted(within, key=lambda spot: spot.country))
    return tuple(Spot(outer.country, "", town) for outer in wider if not outer.town)
