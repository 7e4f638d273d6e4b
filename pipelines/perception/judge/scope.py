"""What a sentence does with the values in it: asserts, denies, reports as others' words, tells of the past, imagines, asks.

Each reading is a zone over the sentence; `Scope.at` says which zones cover a place. Words are in words/scope.yaml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from pipelines.perception.judge.lexicon import Hit, finder
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.scope_east import EAST, asks, denied_behind, denies_itself, is_official, zones_behind
from pipelines.perception.judge.scope_marks import (
    A_TIME,
    AGO,
    ANSWER,
    AS_SOON,
    ASKING,
    CALLED_WRONG,
    CONDITIONAL,
    CORRECTING,
    DEPENDS,
    FROM_TO,
    HEDGED,
    MAY,
    MOVES,
    NOT_RIGHT,
    SAYERS,
    SPEECH,
    STAYED,
    TEMPORAL,
    THAT,
    UP_TO,
    WERE_IT,
    WHEN_OPENED,
    WITHOUT,
)
from pipelines.perception.judge.text import Plain

Flag = Literal["denied", "said", "past", "unreal", "asked"]
_ENTRIES = (
    "negators", "not_negators", "contrast", "reported", "according", "own_voice", "denials", "denied_after", "past", "present",
    "unreal", "conditions", "asked", "injections", "pronouns", "endorsed",
)  # fmt: skip
_BREAK = re.compile(r"[;()\u3001\uff0c\uff1b]| - |--|,(?=[ \u3040-\u9fff])|:(?= )")
_HARD_BREAK = re.compile(
    r"[;()]| - |, (?:tylko|lecz|ale|and|which|who|it|its|the company|they|so|das|die|der|und|es|et|elle|il|qui|y|que|e|che|en|dat|het|a empresa|ela) "
)
_ASIDE = re.compile(r"^, [^,]{3,60}, ")  # "was not, as some claim, founded in 2010"
_LIST_ITEM = 16
_RIGHT_BEFORE = 14
# These deny a noun: what follows it behind "and" stands.
_OF_A_NOUN = {
    "en": ({"no", "none", "without", "lacks", "nothing"}, " and "), "de": ({"kein", "keine", "keinen", "keiner", "ohne"}, " und "),
    "fr": ({"aucun", "aucune", "sans"}, " et "), "es": ({"ningun", "ninguna", "sin"}, " y "), "it": ({"nessun", "nessuna", "senza"}, " e "),
    "nl": ({"geen", "zonder"}, " en "), "pt": ({"nenhum", "nenhuma", "sem"}, " e "),
}  # fmt: skip
_AGAINST = ("contrary", "despite", "unlike", "entgegen", "trotz", "anders", "contrairement", "malgre", "contrario", "contrariamente", "a pesar",
            "pese", "nonostante", "malgrado", "in tegenstelling", "ondanks", "ao contrario", "apesar", "al contrario", "notwithstanding")  # fmt: skip
_NARROW_PAST = ("former", "ex", "ehemalige", "ehemaliger", "frühere", "fruhere", "fruherer", "ancien", "ancienne", "antiguo", "antigua", "voormalig",
                "voormalige", "antigo", "antiga", "predecessor", "vorganger", "vorgangerin", "succeeded", "replaced", "took over from", "then ceo",
                "abgelost", "a succede a", "remplace", "sustituyo a", "subentrata a", "subentrato a", "voorganger", "substituiu", "元社長", "元ceo", "元代表", "前ceo", "前社長", "前代表", "先代", "前任", "前总裁", "前首席执行官", "旧社名", "旧本社", "旧称", "退任", "卸任", "离任", "byłym")  # fmt: skip
_UNTIL = {"until", "before", "prior to", "bis", "avant", "jusque", "jusqu en", "hasta", "antes", "fino al", "fino a", "prima", "tot", "ate"}  # fmt: skip
_RELATIVE = re.compile(r" *(?:which|who|that|die|der|das|qui|que|che|dat)\b")
_EARLY = 44
_ONLY = re.compile(r"maar (?:\d|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien)")
_QUOTED = re.compile(r"\"[^\"\n]{12,600}\"")
RECENT = 2023  # what is told of an earlier year says nothing of today
_UMLAUTED = {"wurde", "wurden", "hatte", "hatten", "ware", "waren"}  # without their umlaut these tell of the past


@dataclass(slots=True)
class Scope:
    """The zones of one unit."""

    zones: list[tuple[Flag, int, int]] = field(default_factory=list)
    contrasts: list[Hit] = field(default_factory=list)
    negators: list[Hit] = field(default_factory=list)
    is_question: bool = False
    takes_back: bool = False  # it opens by denying the sentence before
    is_injection: bool = False
    confirms: bool = False  # it opens by saying that what others were quoted with is right
    language: str = "en"

    def at(self, place: int) -> set[Flag]:
        return {flag for flag, low, high in self.zones if low <= place < high}

    def silent(self, place: int) -> bool:
        """Whether what stands there is not asserted at all, true or denied."""
        return self.is_question or bool(self.at(place) & {"said", "unreal", "asked"})


def scope_of(unit: Unit, plain: Plain, language: str) -> Scope:
    folded = plain.folded
    groups: dict[str, list[Hit]] = {entry: [] for entry in _ENTRIES}
    for hit in finder("scope", language, *_ENTRIES).find(unit.tokens, folded, start=unit.start, end=unit.end):
        groups[hit.name].append(hit)
    if language == "nl" and not groups["negators"]:  # "maar twee uur" is only two hours
        groups["contrast"] = [hit for hit in groups["contrast"] if not _ONLY.match(folded, hit.start)]
    scope = Scope(contrasts=groups["contrast"], language=language)
    scope.is_injection = bool(groups["injections"])
    ending = folded[unit.start : unit.end].rstrip("\"')]* \n")
    east = language in EAST
    scope.is_question = ending.endswith("?") or (east and asks(unit, folded))
    covered = [(hit.start, hit.end) for hit in groups["not_negators"]]
    covered.extend((hit.start, hit.end) for hit in groups["denials"] if not THAT.match(folded, hit.end))
    answers = ANSWER.match(folded, unit.start, unit.end)  # "No, they are closed": the answer to a question
    if answers:
        covered.append(answers.span())
    hedged = [match.span() for match in HEDGED.finditer(folded, unit.start, unit.end)]
    covered.extend(hedged)
    scope.negators = [
        hit
        for hit in groups["negators"]
        if not any(
            (low <= hit.start and hit.end <= high) or (low < hit.end and hit.start < high) for low, high in covered
        )
    ]
    scope.negators = [
        hit for hit in scope.negators if not NOT_RIGHT.match(folded, hit.end) and not STAYED.match(folded, hit.end)
    ]
    for entry in ("reported", "denials"):
        groups[entry] = [hit for hit in groups[entry] if not any(low <= hit.start < high for low, high in hedged)]
    scope.takes_back = any(
        hit.start - unit.start < 14 and not (east and denies_itself(unit, hit)) for hit in groups["denials"]
    )
    scope.takes_back = scope.takes_back or CORRECTING.match(folded, unit.start, unit.end) is not None
    if east:
        scope.zones.extend(zones_behind(unit, folded, groups, language))
    if language == "ja":  # where what is reported and asked stands before the words that say so
        groups["reported"], groups["asked"] = [], []
    _reported(unit, folded, groups, scope)
    _according(unit, folded, groups, scope)
    _quoted(unit, folded, scope)
    _told_by_others(unit, folded, groups, scope)
    for hit in groups["denials"]:
        if hit.start - unit.start >= 14:
            scope.zones.append(("said", unit.start, hit.start))
    for hit in groups["denied_after"]:
        scope.zones.append(("denied", hit.start, _until(folded, hit.end, unit.end, groups["contrast"], commas=False)))
    _past(unit, folded, groups, scope)
    for hit in groups["unreal"]:
        if folded[hit.start : hit.end] in _UMLAUTED and plain.text[hit.start : hit.end].isascii():
            continue
        start = _clause_start(folded, unit.start, hit.start)
        relative = _RELATIVE.match(folded, start)
        stop = _clause_end(folded, hit.end, unit.end) if relative else _sentence_rest(folded, hit.end, unit, groups)
        scope.zones.append(("unreal", start, stop))
    for match in CONDITIONAL.finditer(plain.text, unit.start, unit.end):
        start = _clause_start(folded, unit.start, match.start())
        scope.zones.append(("unreal", start, _clause_end(folded, match.end(), unit.end)))
    for hit in groups["conditions"]:
        if any(low <= hit.start < high for low, high in hedged):
            continue  # "if I'm not mistaken": the claim counts
        comma = folded.find(",", hit.end, unit.end)
        opens = hit.start - unit.start < 4 or folded[hit.start - 2 : hit.start] == ", "
        if opens:
            stop = comma if comma >= 0 and not WERE_IT.search(folded, hit.end, comma) else unit.end
            scope.zones.append(("unreal", hit.start, stop))
    for hit in groups["asked"]:
        scope.zones.append(("asked", hit.start, unit.end))
    asking = ASKING.search(folded, unit.start, unit.end)
    if asking:
        scope.zones.append(("asked", asking.start(), _until(folded, asking.end(), unit.end, [], commas=False)))
    ago = AGO.search(folded, unit.start, unit.end)
    if ago:
        scope.zones.append(
            (
                "past",
                ago.start(),
                _until(folded, ago.end(), unit.end, groups["present"] + groups["contrast"], commas=False),
            )
        )
    opened = WHEN_OPENED.search(folded, unit.start, unit.end)
    if opened:
        scope.zones.append(("past", opened.start(), unit.end))
    scope.confirms = any(hit.start - unit.start < _EARLY for hit in groups["endorsed"]) and not scope.takes_back
    return scope


def is_denied(scope: Scope, folded: str, place: int) -> bool:
    """Whether a negation reaches a place: the last negator before it in its clause, with no contrast in between."""
    if "denied" in scope.at(place):
        return True
    if scope.language == "ja":
        return denied_behind(scope.negators, folded, place)
    for hit in reversed(scope.negators):
        if hit.end > place:
            continue
        between = _ASIDE.sub(" ", folded[hit.end : place])
        if len(between) > 90 or _HARD_BREAK.search(between) or MAY.search(between):
            return False
        if scope.language == "zh" and "," in between:
            return False  # members of a list stand behind another comma
        if folded[hit.start : hit.end] in WITHOUT and UP_TO.search(between):
            return False  # "without interest for up to 24 months"
        comma = between.rfind(",")
        if comma >= 0 and len(between) - comma > _LIST_ITEM:
            return False  # a new clause; only members of a list are denied across a comma
        nouns, conjunction = _OF_A_NOUN.get(scope.language, (set(), " and "))
        if folded[hit.start : hit.end] in nouns and (conjunction in between or "," in between):
            return False
        return not any(hit.end <= contrast.start < place for contrast in scope.contrasts)
    return False


def governs(scope: Scope, folded: str, anchor: int, place: int) -> bool:
    """Whether a negation denies just this: it stands right before the value or right before its trigger."""
    if "denied" in scope.at(place):
        return True
    return any(
        0 <= spot - hit.end <= _RIGHT_BEFORE and not re.search(r"[,;:]", folded[hit.end : spot])
        for hit in scope.negators
        for spot in (anchor, place)
    )


def _reported(unit: Unit, folded: str, groups: dict[str, list[Hit]], scope: Scope) -> None:
    against_until = -1
    for hit in groups["reported"]:
        if hit.start < against_until:
            continue
        said = folded[hit.start : hit.end]
        if any(mention.role == "brand" and 0 <= hit.start - mention.end <= 1 for mention in unit.mentions):
            continue  # what the brand says of itself
        against = said.startswith(_AGAINST)
        comma = folded.find(",", hit.end, unit.end)
        end = comma if against and comma >= 0 else _until(folded, hit.end, unit.end, groups["contrast"], commas=False)
        against_until = max(against_until, end) if against and comma >= 0 else against_until
        start = hit.start
        trails = not any(value.start >= hit.end for value in unit.values) and not against
        if trails and hit.start - unit.start > 12:
            start = _clause_start(folded, unit.start, max(unit.start, hit.start - 3))
        scope.zones.append(("said", start, max(end, hit.end)))


def _told_by_others(unit: Unit, folded: str, groups: dict[str, list[Hit]], scope: Scope) -> None:
    """ "Some of the same pages say", "reviews list it as", and what is called wrong in the same sentence."""
    for match in SAYERS.finditer(folded, unit.start, unit.end):
        end = _until(folded, match.end(), unit.end, groups["contrast"], commas=False)
        scope.zones.append(("said", match.start(), end))
    for match in CALLED_WRONG.finditer(folded, unit.start, unit.end):
        if match.start() - unit.start >= 14:
            scope.zones.append(("said", _sentence_part(folded, unit.start, match.start()), match.start()))
        else:
            scope.takes_back = True
    if groups["endorsed"] and not groups["denials"] and not CALLED_WRONG.search(folded, unit.start, unit.end):
        scope.zones = [zone for zone in scope.zones if zone[0] != "said"]


def _sentence_part(folded: str, low: int, place: int) -> int:
    """Where the part of a sentence begins that a remark at `place` is about: behind the last semicolon."""
    semicolon = folded.rfind("; ", low, place)
    return low if semicolon < 0 or semicolon > place - 3 else semicolon + 2


def _according(unit: Unit, folded: str, groups: dict[str, list[Hit]], scope: Scope) -> None:
    for hit in groups["according"]:
        comma = folded.find(",", hit.end, unit.end)
        stop = comma if 0 <= comma <= hit.end + 80 else min(unit.end, hit.end + 60)
        if DEPENDS.match(folded, hit.end, unit.end) or folded[hit.end : hit.end + 1] in ".,;!)":
            continue  # "según el caso": what it depends on, nobody's word
        own = any(hit.start <= voice.start < stop for voice in groups["own_voice"])
        own = own or (scope.language in EAST and is_official(unit, folded, groups))
        own = own or any(
            mention.role in ("brand", "product") and hit.end <= mention.start < stop for mention in unit.mentions
        )
        if own:
            continue
        opens = hit.start - unit.start < 6
        start = hit.start if opens else unit.start
        scope.zones.append(("said", start, _until(folded, hit.end, unit.end, groups["contrast"], commas=False)))


def _quoted(unit: Unit, folded: str, scope: Scope) -> None:
    for quote in _QUOTED.finditer(folded, unit.start, unit.end):
        outside = folded[unit.start : quote.start()] + " " + folded[quote.end() : unit.end]
        if SPEECH.search(outside):
            scope.zones.append(("said", quote.start(), quote.end()))


def _past(unit: Unit, folded: str, groups: dict[str, list[Hit]], scope: Scope) -> None:
    presents = groups["present"]
    for hit in groups["past"]:
        word = folded[hit.start : hit.end]
        if (word in _UNTIL and not A_TIME.match(folded, hit.end)) or (
            word == "once" and AS_SOON.match(folded, hit.end)
        ):
            continue
        narrow = word in _NARROW_PAST
        end = _until(folded, hit.end, unit.end, [*groups["contrast"], *presents], commas=not narrow)
        if word.endswith("from") and (to := re.search(r"\bto\b", folded[hit.end : end])):
            end = hit.end + to.start()
        if narrow:
            scope.zones.append(("past", hit.start, min(end, hit.end + 48)))
            continue
        start = _clause_start(folded, unit.start, hit.start)
        for present in presents:
            if start < present.end <= hit.start:
                start = hit.start
        scope.zones.append(("past", start, end))
    text = folded[unit.start : unit.end]
    if MOVES.search(text):
        for match in FROM_TO.finditer(text):
            scope.zones.append(("past", unit.start + match.start("old"), unit.start + match.end("old")))
    dated = TEMPORAL.match(text)
    if dated and not presents and int(dated["year"]) < RECENT:
        scope.zones.append(("past", unit.start, _until(folded, unit.start + dated.end(), unit.end, [], commas=False)))


def _sentence_rest(folded: str, place: int, unit: Unit, groups: dict[str, list[Hit]]) -> int:
    """Where a plan ends: at a contrast, at "now", at a semicolon or with the sentence."""
    return _until(folded, place, unit.end, [*groups["contrast"], *groups["present"]], commas=False)


def _clause_start(folded: str, low: int, place: int) -> int:
    start = low
    for match in _BREAK.finditer(folded, low, place):
        start = match.end()
    return start


def _clause_end(folded: str, place: int, high: int) -> int:
    match = _BREAK.search(folded, place, high)
    return match.start() if match else high


def _until(folded: str, place: int, high: int, stops: list[Hit], *, commas: bool) -> int:
    """The end of a zone: the next of `stops`, a semicolon, and a comma when those count."""
    end = high
    for hit in stops:
        if hit.start >= place:
            end = min(end, hit.start)
    mark = (
        re.compile(r"[;,](?=[ \u3040-\u9fff])|\u3001").search(folded, place, end)
        if commas
        else re.compile(r"; ").search(folded, place, end)
    )
    return mark.start() if mark else end
