"""Ranks in sentences: "the best are A, B and C", "first A, second B", "Lantern takes third place"."""

from __future__ import annotations

import re

from pipelines.perception.judge.names import Mention
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.text import Plain

_UNKNOWN = r"(?:[A-Z][\w&.'-]*(?: [A-Z][\w&.'-]*){0,2})"
_THEN = (
    r"(?:closely |dicht |de près |de cerca )?(?:followed by|and then|then|gefolgt von|dann|suivie?s? (?:de|par)|puis|ensuite|seguid[oa]s? (?:de|da|por|dal)"
    r"|luego|después|poi|gevolgd door|daarna|dan|depois)"
)
_AND = r"(?:and|or|und|oder|et|ou|y|o|e|en|of|sowie|as well as|&)"
_JOIN = rf"(?:\s*,\s*(?:(?:{_AND}\s+)?(?:{_THEN})|{_AND})?\s*|\s+(?:{_AND}|{_THEN})\s+|\s*[\u3001\uff0c]\s*|\s*(?:\u548c|\u4ee5\u53ca|\u53ca|\u3068)\s*)"
_BRACKET = r"(?:\s*\([^()\n]{0,80}\))?"
_GAP = re.compile(
    rf"^{_BRACKET}{_JOIN}(?:(?P<unknown>{_UNKNOWN}){_BRACKET}{_JOIN}(?:(?P<second>{_UNKNOWN}){_BRACKET}{_JOIN})?)?(?:the |die |der |das )?$"
)
_LEADING = re.compile(
    rf"(?P<run>(?:{_UNKNOWN}{_BRACKET}\s*,\s*){{1,4}})$|(?P<one>{_UNKNOWN})\s+(?:and|or|und|et|y|e|en|&)\s+$"
)
_STRONG = re.compile(
    r"\b(?:rank (?:them|these)|my (?:ranking|order|top \w+)|best|top|recommend\w*|leading|favou?rites?|picks?|followed by|first choice|winners?|first choice|(?:erste|eerste|primera|prima|premier|primeira) (?:wahl|keuze|opcion|scelta|choix|escolha|opcao)|gevolgd door|suivie? (?:de|par)|seguid[oa]s? (?:de|da|por|dal)|beste[nrs]?|empfehl\w*|empfehle|fuhrend\w*|favorit\w*|gefolgt von|meilleure?s?|recommand\w*|conseill\w*|mejor(?:es)?|recomiend\w*|recomend\w*|destacad\w*|migliori?|consigli\w*|raccomand\w*|beste|aanbevol\w*|aanraden|melhor(?:es)?|principais)\b|おすすめ|最高|最好|推荐|首选"
)
_WEAK = re.compile(
    r"\b(?:popular|options?|choices?|alternatives?|consider|look at|well known|include|includes|candidates?|contenders?|shortlist|worth|beliebt\w*|optionen|alternativen|infrage|populaires?|choix|options|incluyen|opciones|populares|opzioni|popolari|scelte|opties|populaire|keuzes|opcoes|populares|escolhas|try)\b|人気|选择"
)
_NO_RANK = re.compile(
    r"\b(?:compare[sd]?|comparison|competes?|competitors? (?:of|to)|between|differ|vs|versus|vergleich|unlike|smaller than|larger than|choosing between|alternatives? to)\b"
)
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "runner-up": 2,
    "erste": 1, "erster": 1, "ersten": 1, "zweite": 2, "zweiter": 2, "zweiten": 2, "dritte": 3, "dritter": 3, "dritten": 3, "vierte": 4, "vierten": 4, "erstens": 1, "zweitens": 2, "drittens": 3,
    "premier": 1, "premiere": 1, "deuxieme": 2, "second choix": 2, "seconde": 2, "troisieme": 3, "quatrieme": 4,
    "primero": 1, "primera": 1, "primer": 1, "segundo": 2, "segunda": 2, "tercero": 3, "tercera": 3, "tercer": 3, "cuarto": 4, "cuarta": 4,
    "primo": 1, "prima": 1, "secondo": 2, "terzo": 3, "terza": 3, "quarto": 4, "eerste": 1, "tweede": 2, "derde": 3, "vierde": 4,
    "primeiro": 1, "primeira": 1, "terceiro": 3, "terceira": 3, "quarta": 4,
}  # fmt: skip
_ORDINAL = "|".join(sorted(map(re.escape, _ORDINALS), key=len, reverse=True))
_NUMBERED = r"(?:#|no\. ?|nr\. ?|number |nummer |platz |place |rank |numero |plek )(?P<digit>\d{1,2}|one|two|three|four|five|eins|zwei|drei)\b"
_THINGS = r"(?:choice|place|pick|option|spot|position|recommendation|wahl|platz|stelle|choix|opcion|lugar|puesto|scelta|posto|keuze|plaats|escolha)"
_BEFORE = re.compile(
    rf"(?:\b(?<!news )(?<!things )(?<!nachricht )(?P<ordinal>{_ORDINAL})\b(?: {_THINGS})?|{_NUMBERED}(?: {_THINGS})?)(?: (?:would be|is|comes|goes to|ist|kommt|ware|waere|est|vient|es|e|viene|seria|sarebbe|komt|and best|we have|i would|i'd|put|place|name|my))*[ :,\-]*(?:the )?$"
)
_AFTER = re.compile(
    rf"^[ ,]*(?:(?:currently|usually|often|only|also|is|was|then|would|still|closely) )*(?:comes?(?: in)?(?: at)?|ranks?|ranked|takes?|finishes|finished|places?|placed|lands?|sits|belegt|liegt|landet|kommt|arrive|se classe|ocupa|queda|si piazza|staat|eindigt|fica|is|in|at|auf|an|on|as|en|em|al|follows)(?: (?:in|at|as|on|the|a|my|our|den|der|la|le|el|il|de|o|close|ranked|auf|dem|an|a la|en|listed))*,? (?:(?P<ordinal>{_ORDINAL})\b(?P<thing> (?:{_THINGS}|overall|on|in|among|out|behind|after))?|{_NUMBERED})"
)
_DIGITS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "eins": 1, "zwei": 2, "drei": 3}
_PUT = re.compile(r"\b(?:put|place|rank|list|rate)s? $")
_PUT_AFTER = re.compile(rf"^ (?:in |at |as )?(?:the )?(?:(?P<ordinal>{_ORDINAL})\b|{_NUMBERED})")


def _tracked(unit: Unit) -> list[Mention]:
    return [mention for mention in unit.mentions if mention.role in ("brand", "rival")]


def enumerated(unit: Unit, plain: Plain) -> tuple[dict[str, int], int]:
    """Places in a recommending enumeration and its length; ({}, 0) when the sentence holds none."""
    named = _tracked(unit)
    if len(named) < 2 or unit.cell >= 0:
        return {}, 0
    text = plain.text
    best: tuple[dict[str, int], int] = ({}, 0)
    place = 0
    while place < len(named):
        ranks: dict[str, int] = {}
        count = _before_first(text, unit.start, named[place].start)
        count += 1
        ranks[named[place].name] = count
        while place + 1 < len(named) and (gap := _GAP.match(text[named[place].end : named[place + 1].start])):
            place += 1
            count += 1 + (1 if gap["unknown"] else 0) + (1 if gap["second"] else 0)
            ranks.setdefault(named[place].name, count)
        tail = re.match(rf"{_BRACKET}(?:{_JOIN}{_UNKNOWN}){{1,4}}", text[named[place].end : unit.end])
        extra = len(re.findall(rf"{_JOIN}(?={_UNKNOWN})", tail[0])) if tail else 0
        if len(ranks) > 1 and count + extra > best[1]:
            best = (ranks, count + extra)
        place += 1
    ranks, length = best
    if not ranks:
        return {}, 0
    folded = plain.folded[unit.start : unit.end]
    strong, weak = _STRONG.search(folded), _WEAK.search(folded)
    if _NO_RANK.search(folded) or not (strong or (weak and length >= 3)):
        return {}, 0
    return ranks, length


def _before_first(text: str, low: int, start: int) -> int:
    """How many unknown names the enumeration holds before its first tracked one."""
    match = _LEADING.search(text, max(low, start - 120), start)
    if match is None:
        return 0
    if match["one"]:
        return 1
    return match["run"].count(",")


def ordinal_places(unit: Unit, plain: Plain) -> list[tuple[str, int]]:
    """Names with the place that an ordinal or a number gives them."""
    named = _tracked(unit)
    found = []
    folded = plain.folded
    for number, mention in enumerate(named):
        low = named[number - 1].end if number else unit.start
        high = named[number + 1].start if number + 1 < len(named) else unit.end
        before = _BEFORE.search(folded, max(low, mention.start - 60), mention.start)
        after = _AFTER.match(folded[mention.end : min(high, mention.end + 70)])
        put = _PUT_AFTER.match(folded[mention.end : high]) if _PUT.search(folded, low, mention.start) else None
        if before and not (
            before["ordinal"]
            and before.end() - before.start() == len(before["ordinal"]) + 1
            and not _listing(folded, unit)
        ):
            found.append((mention.name, _number(before)))
        elif put:
            found.append((mention.name, _number(put)))
        elif (
            after
            and (after["digit"] or after["thing"] or _ends(folded, mention.end + after.end()))
            and not re.match(
                r" (?:choice|generation|of its kind|ever|year|office)", folded[mention.end + after.end() :]
            )
        ):
            found.append((mention.name, _number(after)))
    return found


def _listing(folded: str, unit: Unit) -> bool:
    """Whether a sentence counts several ordinals: "first A, second B"."""
    return len(set(re.findall(rf"\b(?:{_ORDINAL})\b", folded[unit.start : unit.end]))) > 1


def _ends(folded: str, place: int) -> bool:
    return re.match(r"\s*(?:[.,;!]|$|and\b|und\b|with\b|behind\b|after\b)", folded[place:]) is not None


def _number(match: re.Match[str]) -> int:
    if match["ordinal"]:
        return _ORDINALS[match["ordinal"]]
    digit = match["digit"]
    return int(digit) if digit.isdigit() else _DIGITS[digit]
