"""Places that a sentence gives for something: "based in Leeds, England", "Leeds-based", "a Swedish maker"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipelines.perception.judge.binding import bind
from pipelines.perception.judge.declined import spots_in
from pipelines.perception.judge.places import Spot, demonyms, read_place
from pipelines.perception.judge.places_told import tells_place
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.text import Plain
from pipelines.perception.judge.towns import cjk_places, towns_of_seats, towns_written

_CAPITAL = r"(?:[A-Z\u00c0-\u00de][^\W\d_]*(?:'|\.(?= [A-Z]))?)"
_LINK = r"(?:[ -](?:upon|am|an|der|de|del|la|le|les|di|do|da|of|the|on|sur|aan|den|y|e))"
_NAME = re.compile(rf"(?:(?:the|The|Den|La|El|Le) )?{_CAPITAL}(?:{_LINK}{{0,2}}[ '-]{_CAPITAL}){{0,4}}")
_TAIL = re.compile(rf"(?:, | \(|,? in )(?:the )?({_CAPITAL}(?:[ -](?:of |the )?{_CAPITAL}){{0,3}})")
_BASED = re.compile(r"-(?:based|headquartered|born|ansassige\w*)\b")
_PREPOSITION = re.compile(
    r"(?:^|[ (:'|-])(?:in|at|near|to|from|is|are|of|outside|nach|aus|bei|ist|a|en|est|sur|pres de|em|no|na|es|e|te|uit|naar|la ciudad de|der stadt|la ville de|city of|:|\||->|now|today|heute|now in|still in) ?(?:the |den |der |die |le |la |el |o |il )?$"
)
_ORGANISATION = r"(?:compan(?:y|ies)|makers?|brands?|start-?ups?|firms?|manufacturers?|vendors?|provider|business|retailer|producer|label|roaster|brewery|software|tool|platform|studio|unternehmen|hersteller|marke|anbieter|firma|entreprise|marque|societe|fabricant|editeur|empresa|marca|fabricante|compania|azienda|produttore|societa|bedrijf|merk|fabrikant|fintech|insurer|bank)"
_DEMONYM = re.compile(
    rf"\b(?P<who>[a-z-]{{4,20}})(?: [\w-]{{2,20}}){{0,3}}? {_ORGANISATION}\b|\b{_ORGANISATION}(?: [\w-]{{2,20}}){{0,2}}? (?P<after>[a-z]{{5,16}})\b"
)


_WEAK = frozenset({"from", "comes from", "aus", "uit", "out of", "z", "ze"})
_ENDINGS = frozenset(
    {"in", "at", "a", "en", "em", "w", "from", "de"}
)  # "si trova a", "based in": their place stands behind
_BEFORE_PLACES = _WEAK | {"moved", "moved to", "based in", "sede", "location", "from its"}
# Verbs whose place stands behind them: "the firm from Rotterdam builds saws".
_MAKES = frozenset(
    [
        "builds",
        "makes",
        "built",
        "produces",
        "baut",
        "stellt",
        "produit",
        "produce",
        "produceert",
        "bouwt",
        "produkuje",
        "wytwarza",
        "produz",
    ]
)


@dataclass(frozen=True, slots=True)
class PlaceSaid:
    """A place at text[start:end] and what it is the place of. `spots` is empty for a place that nobody knows."""

    start: int
    end: int
    name: str
    spots: tuple[Spot, ...]
    concept: str | None
    anchor: tuple[int, int]
    wide: bool = False


def places_in(unit: Unit, plain: Plain, language: str) -> list[PlaceSaid]:
    found: list[PlaceSaid] = []
    text, folded = plain.text, plain.folded
    end = unit.end
    place = unit.start
    named = [(mention.start, mention.end) for mention in unit.mentions]
    interesting = any(
        hit.name == "headquarters" or hit.name in ("hosting", "manufacturing", "founded") for hit in unit.hits
    ) or any(name in ("headquarters", "hosting", "manufacturing", "founded") for name in unit.lead)
    while match := _NAME.search(text, place, end):
        place = match.end()
        if any(low < match.end() and match.start() < high for low, high in named):
            place = min((high for low, high in named if low < match.end() and match.start() < high), default=place)
            place = max(place, match.start() + 1)
            continue
        start, stop, spots = _longest_known(text, match.start(), match.end(), language)
        if not spots and (interesting or named) and _PREPOSITION.search(folded, max(unit.start, start - 24), start):
            spots = towns_written(match[0])
            if spots and (known := _bound(unit, folded, start, stop)) and folded[known[1][0] : known[1][1]] in _WEAK:
                continue
        if not spots and not interesting:
            continue
        if spots:
            stop, spots = _with_tail(text, start, stop, end, language, spots)
            place = max(stop, start + 1)
        elif not _PREPOSITION.search(folded, max(unit.start, start - 24), start):
            continue
        bound = _bound(unit, folded, start, stop) or _told(unit, folded, start, stop, spots)
        if bound is None and not spots:
            continue
        concept, anchor = bound or (None, (start, stop))
        found.append(PlaceSaid(start, stop, text[start:stop], spots, concept, anchor))
    if not folded.isascii():
        for start, stop, spots in (*cjk_places(folded, unit.start, end), *towns_of_seats(folded, unit.start, end)):
            bound = _bound(unit, folded, start, stop) or _told(unit, folded, start, stop, spots)
            concept, anchor = bound or (None, (start, stop))
            found.append(PlaceSaid(start, stop, text[start:stop], spots, concept, anchor))
    found.extend(_origins(unit, plain))
    return found


def _longest_known(text: str, start: int, end: int, language: str) -> tuple[int, int, tuple[Spot, ...]]:
    """The longest known place among the words of a capitalised run; the run itself when none is."""
    words = [(match.start(), match.end()) for match in re.finditer(r"[^\s]+", text[start:end])]
    for size in range(len(words), 0, -1):
        for first in range(len(words) - size + 1):
            low, high = start + words[first][0], start + words[first + size - 1][1]
            spots = spots_in(text[low:high], language)
            if spots and (size > 1 or high - low > 2 or text[low:high].isupper()):
                return low, high, spots
    return start, end, ()


def _with_tail(
    text: str, start: int, stop: int, end: int, language: str, spots: tuple[Spot, ...]
) -> tuple[int, tuple[Spot, ...]]:
    """With ", England, UK" or "(Oregon)" behind it when those are known wider places."""
    spots = read_place(text[start:stop]) or spots
    while tail := _TAIL.match(text, stop, end):
        low, high, known = _longest_known(text, tail.start(1), tail.end(1), language)
        if not known or low != tail.start(1):
            break
        wider = read_place(f"{text[start:stop]}, {text[low:high]}")
        if (
            wider == spots
            and not any(spot in spots for spot in known)
            and not any(outer.country == inner.country for outer in known for inner in spots)
        ):
            break
        spots, stop = wider, high
        if text[stop : stop + 1] == ")":
            stop += 1
    return stop, spots


def _bound(unit: Unit, folded: str, start: int, stop: int) -> tuple[str, tuple[int, int]] | None:
    if _BASED.match(folded, stop):
        return "headquarters", (start, stop)
    bound = bind(unit, folded, "place", start, stop)
    if bound is not None and bound.start >= stop and folded[bound.start : bound.end] in _MAKES:
        others = [hit for hit in unit.hits if hit.start != bound.start]
        bound = bind(replace(unit, hits=others), folded, "place", start, stop)
    if bound is None:
        return None
    between = folded[bound.end : start] if bound.end <= start else folded[stop : bound.start]
    said = folded[bound.start : bound.end]
    far = len(between) > 24 or " to " in between  # "comes from exports to Germany"
    if bound.end <= start and far and said in _WEAK:
        return None
    if bound.start >= stop and said.rpartition(" ")[2] in _ENDINGS:
        return None
    if bound.start >= stop and said in _BEFORE_PLACES:
        return None
    return bound.concept, (bound.start, bound.end)


def _told(
    unit: Unit, folded: str, start: int, stop: int, spots: tuple[Spot, ...]
) -> tuple[str, tuple[int, int]] | None:
    """A town that stands beside the brand's name as its place; a country would be a market as often."""
    town = bool(spots) and any(spot.town for spot in spots)
    return ("headquarters", (start, stop)) if town and tells_place(unit, folded, start, stop) else None


def _origins(unit: Unit, plain: Plain) -> list[PlaceSaid]:
    """ "a Danish start-up": the country that an organisation is said to come from."""
    found = []
    table = demonyms()
    for match in _DEMONYM.finditer(plain.folded, unit.start, unit.end):
        group = "who" if match["who"] else "after"
        code = table.get(match[group])
        if code:
            start, stop = match.span(group)
            found.append(
                PlaceSaid(start, stop, plain.text[start:stop], (Spot(code),), "headquarters", (start, stop), wide=True)
            )
    return found
