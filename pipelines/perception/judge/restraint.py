"""Contradictions that a careful reader would not call one are dropped: a false alarm costs more trust than a miss.

The answer also says it right; the figure is of another size altogether, so of another thing; a year stands beside
something that was opened or begun, not the founding; somebody says "until", "in his day" or corrects themselves.
"""

from __future__ import annotations

import re

from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.text import Plain, fold
from pipelines.perception.judge.values import Value
from pipelines.perception.judge.verdicts import Verdict

SINGLE = (
    "amount",
    "place",
)  # sorts of which a brand has one value; a list may be right in one part and wrong in another
SMALL = 12  # a number like this counts something near at hand, not all of a company's people
SMALL_RATIO, ANY_RATIO = 5.0, 30.0
_FOUNDING = re.compile(
    r"found|establish|incorporat|set up|gegrund|grund|fond[eaéo]|fund(?:ad|ou|o |aci)|creat|cread|creee|opgericht|oprich|zaloz|powsta|"
    r"設立|創業|创立|成立|創立|est\."
)
_SINCE = re.compile(r"\b(?:since|seit|depuis|desde|dal|sinds|od)\b")
_EXISTS = re.compile(r"\b(?:exist|around|business|operating|active|besteh|bestaa|existe|activ|attiv|aktiv|dzial)")
_OTHER = re.compile(
    r"\b(?:second|first|third|another|new|web|online|shop|store|kitchen|bar|cafe|branch|office|building|site|plant|factory|campus|wing|"
    r"app|product|line|model|version|website|series|took over|in office|president|chancellor|director|"
    r"zweite|erste|filiale|laden|werk|neue|deuxieme|premier|premiere|boutique|usine|segund[ao]|primer[ao]?|tienda|fabrica|negozio|"
    r"second[ao]|prim[ao]|sede|tweede|eerste|winkel|loja|segunda|drugi|druga|sklep)\b"
)
_FORMER = re.compile(
    r"\b(?:until|till|in (?:his|her|those|the old) days?|back then|at the time|used to|formerly|previously|had been|until recently|"
    r"bis(?! heute| dato)|damals|fruher|ehemals|jusqu|autrefois|anciennement|hasta|antes|antiguamente|fino a[l]?|un tempo|in passato|tot|vroeger|"
    r"voorheen|ate|outrora|dawniej|do roku)\b"
)
_CORRECTS = re.compile(
    r"^[\s,;:.–—(-]*(?:sorry|pardon|correction|wait|actually|no,|scratch that|i mean|i mixed|let me correct|rather|entschuldigung|"
    r"verzeihung|korrektur|vielmehr|perdon|corrijo|mejor dicho|pardon|plutot|scusa|anzi|correctie|excuus|perdao|alias|przepraszam)"
)
_PLANNED = re.compile(
    r"\b(?:plans? to|planning to|intends?|wants to|hopes to|expected to|is considering|if demand|(?:from|ab|vanaf|a partir de|dal|od) 20[2-9]\d|"
    r"wil de|zou|gesproken over|preve|ampliaria|podria|pourrait|prevoit|potrebbe|konnte|plant|will bald|pretende|planuje)\b"
)
_OF_A_PART = re.compile(
    r"\b(?:subsidiar|sister company|parent company|team alone|department|division|tochter(?:gesellschaft|firma)?|dochter|filiale|filial|"
    r"consociata|controllata|spolka zalezna|(?:quarter|third|half) of a)"
)
_DENIED = re.compile(
    r"\b(?:mistaken|wrong|incorrect|untrue|not true|never (?:right|true)|myth|made up|falsch|irrtum|stimmt nicht|faux|fausse|erron|"
    r"inexact|falso|falsa|equivocad|sbagliat|errat|onjuist|klopt niet|errad|bledn|nieprawd)"
)
_WITHIN = 60


def restrained(verdicts: list[tuple[Unit, Verdict]], plain: Plain) -> list[tuple[Unit, Verdict]]:
    """The verdicts without the contradictions that are none."""
    right = {
        (verdict.probe.fact_id, verdict.probe.concept)
        for _, verdict in verdicts
        if verdict.outcome == "match" and verdict.probe is not None and verdict.probe.sort in SINGLE
    }
    return [one for one in verdicts if one[1].outcome != "clash" or not _is_none(one[0], one[1], right, plain)]


def _is_none(unit: Unit, verdict: Verdict, right: set[tuple[str, str | None]], plain: Plain) -> bool:
    probe = verdict.probe
    if probe is None:
        return False
    same = not verdict.denies and not _is_money(verdict) and _says_the_same(verdict, probe.actual)
    if _is_elsewhere(unit, verdict, plain) or same:
        return True
    if probe.sort not in SINGLE:
        return False
    if (probe.fact_id, probe.concept) in right or _is_part_of_a_word(verdict, plain):
        return True
    said = plain.folded[unit.start : unit.end]
    if _OF_A_PART.search(said):
        return True
    if probe.sort != "amount" or probe.value is None:
        return False
    if probe.value.kind == "year" and probe.concept == "founded":
        begins = _OTHER.search(said) or (_SINCE.search(said) and not _EXISTS.search(said))
        return not _FOUNDING.search(said) and bool(begins)
    return probe.value.kind in ("count", "measure") and _is_of_another_size(unit, verdict, probe.value, probe.nouns)


def _is_elsewhere(unit: Unit, verdict: Verdict, plain: Plain) -> bool:
    """Said of another time, taken back, or reported to be untrue."""
    clause = plain.folded[max(unit.start, verdict.start - _WITHIN) : min(unit.end, verdict.end + _WITHIN)]
    after = plain.folded[verdict.end : verdict.end + _WITHIN]
    return any(
        found is not None
        for found in (_FORMER.search(clause), _PLANNED.search(clause), _DENIED.search(clause), _CORRECTS.search(after))
    )


def _is_money(verdict: Verdict) -> bool:
    return verdict.probe is not None and verdict.probe.value is not None and verdict.probe.value.kind == "money"


def _is_place(verdict: Verdict) -> bool:
    return verdict.probe is not None and verdict.probe.sort == "place"


def _is_part_of_a_word(verdict: Verdict, plain: Plain) -> bool:
    """ "4" of "4Watt", "six" of "six-part"."""
    after = plain.folded[verdict.end : verdict.end + 2]
    before = plain.folded[max(verdict.start - 1, 0) : verdict.start]
    claimed = plain.folded[verdict.start : verdict.end]
    joined = after[:1].isalpha() and claimed[-1:].isdigit() and after[:1].isascii()
    return (
        joined
        or (before.isalnum() and before.isascii())
        or (not _is_place(verdict) and claimed.isalpha() and after[:1] == "-" and after[1:].isalpha())
    )


def _says_the_same(verdict: Verdict, actual: str) -> bool:
    """The same figure, or a name that stands in the fact: what clashed was only how it was read."""
    digits = "".join(re.findall(r"\d", verdict.claimed))
    if digits:
        return digits == "".join(re.findall(r"\d", actual))
    claimed = fold(verdict.claimed)
    return len(claimed) > 2 and re.search(rf"\b{re.escape(claimed)}\b", fold(actual)) is not None


def _is_of_another_size(unit: Unit, verdict: Verdict, actual: Value, probe_nouns: frozenset[str]) -> bool:
    kind, readings = actual.kind, actual.readings
    value = next((one for one in unit.values if (one.start, one.kind) == (verdict.start, kind)), None)
    if value is None:
        return False
    said = value.readings
    ratios = [max(one / true, true / one) for one in said for true in readings if one > 0 and true > 0]
    if not ratios:
        return False
    is_small = max(said) <= SMALL < max(readings) and not probe_nouns & set(value.nouns[:2])
    return min(ratios) >= (SMALL_RATIO if is_small else ANY_RATIO)
