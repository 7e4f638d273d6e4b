"""Places and what they lie in: "Leeds" is in England, in the United Kingdom. Towns and regions are in words/places.yaml.

Country names in all languages of the judge come from CLDR through Babel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from babel import Locale

from pipelines.perception.judge.lexicon import LANGUAGES, topic
from pipelines.perception.judge.text import fold, key

# What CLDR does not say: short and old names.
_MORE = {
    "US": ("usa", "u s", "u s a", "us", "united states of america", "america", "ee uu", "eeuu", "stati uniti", "vs", "eua", "the states"),
    "GB": ("uk", "u k", "great britain", "britain", "grossbritannien", "großbritannien", "reino unido", "gran bretagna", "royaume uni", "regno unito", "groot brittannie", "vk"),
    "NL": ("holland", "the netherlands", "hollande", "holanda", "olanda", "pays bas"), "CZ": ("czech republic", "tschechische republik"),
    "AE": ("uae", "emirates"), "KR": ("korea",), "CN": ("mainland china",), "TR": ("turkey", "turkei"), "RU": ("russland",),
}  # fmt: skip
_DEMONYMS = {
    "GB": "british english scottish welsh uk-based britisch britische britischer britisches britannique britanico britanica britannico britannica brits britse",
    "US": "american us-based amerikanisch amerikanische amerikanischer us-amerikanische americain americaine estadounidense americano americana statunitense amerikaans amerikaanse",
    "DE": "german deutsch deutsche deutscher deutsches deutschen allemand allemande aleman alemana tedesco tedesca duits duitse alemao alema",
    "FR": "french franzosisch franzosische franzosischer franzosisches francais francaise frances francesa francese frans franse",
    "ES": "spanish spanisch spanische spanischer spanisches espagnol espagnole espanol espanola spagnolo spagnola spaans spaanse espanhol espanhola",
    "IT": "italian italienisch italienische italienischer italienisches italien italienne italiano italiana italiaans italiaanse",
    "NL": "dutch niederlandisch niederlandische niederlandischer niederlandisches neerlandais neerlandaise neerlandes neerlandesa holandes holandesa olandese nederlands nederlandse",
    "PT": "portuguese portugiesisch portugiesische portugiesischer portugais portugaise portugues portuguesa portoghese portugees portugese",
    "SE": "swedish schwedisch schwedische schwedischer schwedisches suedois suedoise sueco sueca svedese zweeds zweedse",
    "DK": "danish danisch danische danischer danois danoise danes danesa danese deens deense dinamarques",
    "NO": "norwegian norwegisch norwegische norwegischer norvegien norvegienne noruego noruega norvegese noors noorse",
    "FI": "finnish finnisch finnische finnischer finlandais finlandaise fines finlandes finlandesa finlandese fins finse",
    "CH": "swiss schweizer schweizerisch schweizerische suisse suizo suiza svizzero svizzera zwitsers zwitserse suico suica",
    "AT": "austrian osterreichisch osterreichische osterreichischer autrichien autrichienne austriaco austriaca oostenrijks oostenrijkse",
    "BE": "belgian belgisch belgische belgischer belge belga belgisch",
    "IE": "irish irisch irische irischer irlandais irlandaise irlandes irlandesa irlandese iers ierse",
    "PL": "polish polnisch polnische polnischer polonais polonaise polaco polaca polacco polacca pools poolse",
    "JP": "japanese japanisch japanische japonais japonaise japones japonesa giapponese japans japanse",
    "CN": "chinese chinesisch chinesische chinois chinoise chino china cinese chinees chinese",
    "CA": "canadian kanadisch kanadische canadien canadienne canadiense canadese canadees canadense", "AU": "australian australisch australische",
    "IN": "indian indisch indische indien indienne indiano", "BR": "brazilian brasilianisch brasilianische bresilien brasileno brasileiro brasileira",
    "MX": "mexican mexikanisch mexicano mexicana messicano mexicaine", "EE": "estonian estnisch estnische", "IL": "israeli israelisch israelische",
    "CZ": "czech tschechisch tschechische tcheque checo checa", "GR": "greek griechisch griechische", "KR": "korean koreanisch koreanische coreano",
}  # fmt: skip
_NO_COUNTRIES = {"ZZ", "XA", "XB", "QO", "EZ", "UN", "EU"}
_MEMBERS = [
    "AT",
    "BE",
    "BG",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GR",
    "HR",
    "HU",
    "IE",
    "IT",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
]
# Groups of countries that answers name as places: their names and members.
_UNIONS = {
    "+EU": (("eu", "e u", "european union", "europaische union", "ue", "union europeenne", "union europea", "unione europea", "europese unie", "uniao europeia", "欧盟", "歐盟"), (*_MEMBERS,)),
    "+EUROPE": (("europe", "europa", "欧洲", "ヨーロッパ"), (*_MEMBERS, "+EU", "GB", "CH", "NO", "IS", "UA", "RS", "AL", "BA", "MK", "ME", "MD", "LI", "MC", "AD", "SM")),
}  # fmt: skip
_GENERIC = re.compile(
    r"^(?:the|city of|greater|central|downtown|north|south|east|west|northern|southern|eastern|western|nearby|sunny|beautiful|historic|inner|die|der|den|das|la|le|il|el|o|a|de) "
)


@dataclass(frozen=True, slots=True)
class Spot:
    """One place that a name can mean: its country, the region it lies in or is, and the town ("" for wider places)."""

    country: str
    region: str = ""
    town: str = ""


@cache
def gazetteer() -> dict[str, tuple[Spot, ...]]:
    """What each known name can mean, by its comparison key."""
    found: dict[str, set[Spot]] = {}
    for country, names in _countries().items():
        for name in names:
            found.setdefault(name, set()).add(Spot(country))
    for country, regions in topic("places").items():
        for heading, towns in regions.items():
            label, _, above = heading.partition("<")
            region = "" if label == "~" else key(label.split("/")[0])
            for name in label.split("/") if region else ():
                found.setdefault(key(name), set()).add(Spot(country, region))
            for town in towns:
                written = town.split("/")
                for name in written:
                    spots = found.setdefault(key(name), set())
                    spots.add(Spot(country, region, key(written[0])))
                    if above:
                        spots.add(Spot(country, key(above), key(written[0])))
    return {
        name: tuple(sorted(spots, key=lambda spot: (spot.country, spot.region, spot.town)))
        for name, spots in found.items()
    }


@cache
def _parents() -> dict[tuple[str, str], str]:
    """Which region a smaller region lies in."""
    found = {}
    for country, regions in topic("places").items():
        for heading in regions:
            label, _, above = heading.partition("<")
            if above:
                found[country, key(label.split("/")[0])] = key(above)
    return found


@cache
def _countries() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for language in (*LANGUAGES, "zh_Hant"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES:
                found.setdefault(code, set()).add(key(str(name)))
    for union, (names, _) in _UNIONS.items():
        found[union] = set(map(key, names))
    for code, more in _MORE.items():
        found.setdefault(code, set()).update(map(key, more))
    return found


@cache
def demonyms() -> dict[str, str]:
    return {fold(word): code for code, listed in _DEMONYMS.items() for word in listed.split()}


@lru_cache(maxsize=4096)
def spots_of(name: str) -> tuple[Spot, ...]:
    """What one name can mean, without "the" and the like before it; () when it is not known."""
    told = key(name)
    table = gazetteer()
    while told not in table:
        shorter = _GENERIC.sub("", told)
        if shorter == told:
            return ()
        told = shorter
    return table[told]


@lru_cache(maxsize=4096)
def read_place(text: str) -> tuple[Spot, ...]:
    """What "Leeds, West Yorkshire, UK" means: spots of its first known part that its wider parts do not exclude."""
    parts = [part.strip() for part in re.split(r"[,(){}/|;]| - | in ", text) if part.strip()]
    known = [(part, spots) for part in parts if (spots := spots_of(part))]
    if not known:
        return ()
    spots = known[0][1]
    for _, wider in known[1:]:
        fitting = tuple(spot for spot in spots if any(contains(outer, spot) for outer in wider))
        if fitting:
            spots = fitting
    return spots


def contains(outer: Spot, inner: Spot) -> bool:
    """Whether a place lies in (or is) another."""
    if outer.country in _UNIONS:
        return inner.country == outer.country or inner.country in _UNIONS[outer.country][1]
    if outer.country != inner.country:
        return False
    if outer.town:
        within = _upward(inner)
        return outer.town == inner.town and (outer.region in within or inner.region in _upward(outer))
    return not outer.region or outer.region in _upward(inner)


def _upward(spot: Spot) -> list[str]:
    """The spot's region and those it lies in."""
    found = [spot.region]
    while above := _parents().get((spot.country, found[-1])):
        found.append(above)
    return found


def compatible(said: tuple[Spot, ...], true: tuple[Spot, ...]) -> bool | None:
    """True when one lies in the other, False when they exclude each other, None when either is not known."""
    if not said or not true:
        return None
    return any(contains(a, b) or contains(b, a) for a in said for b in true)


def is_place(name: str) -> bool:
    return bool(spots_of(name))
