"""Answers held against facts that are a sentence: what a clause, a list item or a table's cell says of the fact's thing.

"Parking | €12", "Dog: £12 each way" and "there is a charge for dogs" all say that it costs money; a fact that says "free" is
contradicted by each, and by none of "no fee", "at no extra cost" and "a room with breakfast costs €90".
"""

from __future__ import annotations

import re
from functools import cache

from pipelines.perception.judge.lexicon import Hit, Token, finder, tokens_of, word_set
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.relations import CUES, Standing, cues_in, denied_of, standing_of
from pipelines.perception.judge.scope_east import EAST
from pipelines.perception.judge.scope_marks import UNTRUE
from pipelines.perception.judge.senses import is_sense, stem, stems_of
from pipelines.perception.judge.stances import clause_of
from pipelines.perception.judge.stated import Stated
from pipelines.perception.judge.stated_guards import (
    RELATIVE,
    holds_limits,
    is_beside,
    is_mine,
    is_placed,
    is_unasserted,
)
from pipelines.perception.judge.verdicts import Outcome, Scene

_ASIDE = re.compile(
    r"\b(?:with|plus|incl|including|mit|samt|inklusive|inkl|avec|con|met|inclusief|com|z|ze|including the|avec le|und|and) (?:[a-z]+ )?$"
)
_LABEL = re.compile(r"[\s*\"'(-]*(?P<label>[^:|\n]{2,40}?)\s*: *(?=\S)")
_NEAR = 60
_CUES = frozenset(CUES)
_OF_ITS_SUBJECT = re.compile(
    r"available|supported|offered|provided|integrated|built in|compatible|used|exist|works?$|function|running|usable|reach|via|by|called|yes|connected|comes|serves|added"
)
_SHORT_CELL, _AT_ONCE = 40, 12
_HYPHENED = re.compile(r"-(?!free\b|frei\b)[a-z]+")
_AT_A_PRICE = re.compile(r", (?:but|though|aber|allerdings|jedoch|mais|pero|aunque|ma|pero|maar|mas|ale)\b")
_NO = re.compile(
    r"\s*(?:no|none|nein|keine?[rsn]?|non|aucune?|ninguna?|nessuna?|nee|geen|nao|nenhuma?|nie|brak|なし|无|没有|\u2717|\u2718|\u274c|not available|-)(?=\W|$)"
)


def weigh_stated(scene: Scene) -> None:
    for probe in scene.probes:
        if probe.stated is not None:
            _weigh(scene, probe, probe.stated)


def _weigh(scene: Scene, probe: Probe, fact: Stated) -> None:
    spot = None if scene.unit.cell == 0 else _thing_in(scene, probe, fact)
    if spot is None or UNTRUE.search(scene.folded, scene.unit.start, scene.unit.end) or not holds_limits(scene, fact):
        return
    place, said, cues = spot[0], *_said(scene, fact, *spot)
    if said is None or is_unasserted(scene, place, cues) or not is_mine(scene, place, probe):
        return
    if fact.standing.excludes(said):
        if not is_placed(scene, fact, said, place, cues, probe) and not is_beside(scene, fact, place, cues, probe):
            _prevail(scene, probe, "match")
            scene.add("clash", *place, probe, denies=True)
    elif fact.standing.agrees(said):
        _prevail(scene, probe, "clash")
        scene.add("match", *place, probe)


def _prevail(scene: Scene, probe: Probe, outcome: Outcome) -> None:
    """What was read from a sentence's polarity alone gives way to what it says of the thing."""
    scene.verdicts = [
        verdict
        for verdict in scene.verdicts
        if verdict.outcome != outcome
        or verdict.probe is None
        or verdict.probe.fact_id != probe.fact_id
        or verdict.probe.sort not in ("flag", "gist")
    ]


def _thing_in(scene: Scene, probe: Probe, fact: Stated) -> tuple[tuple[int, int], bool, str] | None:
    """Where a unit names a fact's thing, whether it is only one of its kind, and "label" where its label alone does."""
    wanted = _wanted(scene, probe, fact)
    found: dict[str, Token] = {}
    kinds: list[Token] = []
    for said, token in stems_of(scene.unit.tokens):
        if said in wanted:
            found.setdefault(said, _whole(scene, said, token))
        elif said in fact.kinds and stem(token.word) == said:  # not "Kokosmilch"
            kinds.append(token)
    lead = _leading(scene, wanted - found.keys())
    if wanted and _enough(len(found) + len(lead), len(wanted)) and found:
        places = sorted(found.values(), key=lambda token: token.start)
        return (places[0].start, places[-1].end), False, "lead" if lead else ""
    if wanted and scene.unit.cell > 0 and _enough(len(lead), len(wanted)) and _is_label(scene, probe):
        return (scene.unit.start, scene.unit.end), False, "cell"
    if kinds:
        return (kinds[0].start, kinds[0].end), True, ""
    return None


def _whole(scene: Scene, said: str, token: Token) -> Token:
    """A token with what belongs to it: "petit-déjeuner", "single sign-on"."""
    end = token.end
    if stem(token.word) != said:
        end = next((one.end for one in scene.unit.tokens if one.start >= end), end)
    while (tail := _HYPHENED.match(scene.folded, end)) is not None:
        end = tail.end()
    return Token(token.word, token.start, end)


def _enough(shared: int, of: int) -> bool:
    return shared == of if of < 3 else shared * 3 >= of * 2


def _wanted(scene: Scene, probe: Probe, fact: Stated) -> frozenset[str]:
    if probe.language == scene.language:
        return fact.thing
    known = frozenset(word for word in fact.thing if is_sense(word))
    most = len(fact.thing) if fact.by == "deed" else (len(fact.thing) + 1) // 2
    return known if len(known) >= most else frozenset()


def _leading(scene: Scene, missing: frozenset[str]) -> frozenset[str]:
    return frozenset(missing & scene.unit.stems) if scene.unit.lead_text and missing else frozenset()


def _is_label(scene: Scene, probe: Probe) -> bool:
    """Whether the words that a cell stands under are the fact's alone: not "Parking for coaches"."""
    own = {said for said, _ in stems_of(scene.unit.tokens)}
    about = scene.unit.stems - own
    return len(about - probe.words - scene.brand_words - _labels()) <= 1


@cache
def _labels() -> frozenset[str]:
    words = "item cost costs price what detail details info position posten preis kosten was prix poste element cout precio concepto prezzo voce prijs kostenpost preco feature fact topic included extra service"
    return frozenset(said for said, _ in stems_of([Token(word, 0, 1) for word in words.split()]))


def _said(
    scene: Scene, fact: Stated, place: tuple[int, int], kind: bool, how: str
) -> tuple[Standing | None, list[Hit]]:
    """What the unit says of the thing, and by which cues."""
    unit, folded = scene.unit, scene.folded
    if how == "cell":
        return _of_cell(scene), []
    label = _LABEL.match(folded, unit.start, unit.end)
    if label and place[1] <= label.end("label") and not _is_sentence(folded[label.start("label") : label.end("label")]):
        rest = _of_text(scene, label.end(), unit.end)
        return rest, []
    clause = clause_of(scene, Hit("", *place))
    cues = cues_in(unit.tokens, folded, scene.language, *clause)
    kinds = _of_a_kind(fact) if kind else _of_a_fact(fact)
    cues = [hit for hit in cues if hit.name in kinds and not _is_of_its_name(hit, place) and _counts(scene, hit, place)]
    negators = [hit for hit in scene.scope.negators if clause[0] <= hit.start < clause[1]]
    priced = any(
        value.kind == "money" and max(value.readings) > 0 and clause[0] <= value.start < clause[1]
        for value in unit.values
    ) and not _ASIDE.search(folded[max(unit.start, place[0] - 24) : place[0]])
    if _ASIDE.search(folded[max(unit.start, place[0] - 24) : place[0]]) and not kind:
        cues = [hit for hit in cues if hit.name not in ("paid", "extra")]
    priced = priced and _is_priced(scene, place, cues, clause)
    said = standing_of(folded, cues, negators, place, clause, priced=priced)
    if said == Standing() and _ASIDE.search(folded[max(unit.start, place[0] - 24) : place[0]]):
        return Standing(present=True), cues  # "a room with breakfast costs"
    if (
        said.cost is None
        and fact.standing.cost == "free"
        and said.present is not False
        and _costs_after(scene, clause[1])
    ):
        said = Standing(cost="paid", present=True)
    if not kind and scene.unit.lead_text and said == Standing():
        return _of_item(scene, place), cues
    return said, cues


def _is_of_its_name(cue: Hit, place: tuple[int, int]) -> bool:
    """ "phone support", "a use of": a word of the thing's name; "delivery is free for orders" says it is free."""
    return cue.name in ("has", "contains", "allowed", "needs") and place[0] <= cue.start and cue.end <= place[1]


def _costs_after(scene: Scene, end: int) -> bool:
    """ "Dogs are welcome, but you pay a supplement of £12": the clause behind says what it costs."""
    unit, folded = scene.unit, scene.folded
    opening = next((match for match in _AT_A_PRICE.finditer(folded, max(unit.start, end - 12), unit.end)), None)
    if opening is None or opening.start() > end + 2:
        return False
    cues = cues_in(unit.tokens, folded, scene.language, opening.end(), unit.end)
    negators = [hit for hit in scene.scope.negators if hit.start >= opening.start()]
    priced = any(
        value.kind == "money" and max(value.readings) > 0 for value in unit.values if value.start > opening.start()
    )
    return priced and not negators and any(hit.name in ("paid", "extra") for hit in cues)


def _of_a_fact(fact: Stated) -> frozenset[str]:
    """The cues that count: whether pets are allowed is not said by whoever has one."""
    if fact.by in ("allowed", "forbidden"):
        return _CUES - {"has", "contains"}
    return _CUES


def _of_a_kind(fact: Stated) -> frozenset[str]:
    told = {"allowed"} if fact.by in ("allowed", "forbidden") else {"contains"}
    return frozenset(told | {"lacks", "forbidden"})


def _is_priced(scene: Scene, place: tuple[int, int], cues: list[Hit], clause: tuple[int, int]) -> bool:
    """Whether the clause's price is the thing's: a word of paying, or "for" beside it."""
    if any(hit.name in ("paid", "extra") for hit in cues):
        return True
    low, high = max(clause[0], place[0] - _NEAR), min(clause[1], place[1] + _NEAR)
    return re.search(
        r"\b(?:for|per|each|fur|pro|je|pour|par|por|per|voor|por|za|od)\b", scene.folded[low:high]
    ) is not None or (scene.language in EAST)


def _of_cell(scene: Scene) -> Standing | None:
    return _of_text(scene, scene.unit.start, scene.unit.end)


def _of_text(scene: Scene, low: int, high: int) -> Standing | None:
    """What stands behind a label: a price, yes, no, "free", "not included"."""
    unit, folded = scene.unit, scene.folded
    no = _NO.match(folded, low, high)
    if no and re.match(r"[\s*]*(?:$|[,;.(]|- )", folded[no.end() : high]):
        return Standing(present=False, needed=False)
    cues = cues_in(unit.tokens, folded, scene.language, low, min(high, low + _SHORT_CELL))
    names = {hit.name for hit in cues}
    money = [
        value for value in unit.values if low <= value.start < min(high, low + _SHORT_CELL) and value.kind == "money"
    ]
    negators = [hit for hit in scene.scope.negators if low <= hit.start < high]
    denied = no is not None or bool(denied_of(folded, cues, negators))
    if names & {"free", "included"}:
        return Standing(cost="paid" if denied else "free", present=True)
    if money:
        return Standing(cost="paid" if max(money[0].readings) > 0 else "free", present=True)
    if names & {"paid", "extra"}:
        return Standing(cost="free" if denied else "paid", present=True)
    if any(hit.name in ("forbidden", "lacks") and hit.start - low < _AT_ONCE for hit in cues):
        return Standing(present=denied, needed=denied)
    if "unneeded" in names:
        return Standing(needed=denied)
    if "needs" in names:
        return Standing(needed=not denied)
    if names:
        return Standing(present=not denied)
    return None if denied else Standing(present=True)


def _of_item(scene: Scene, place: tuple[int, int]) -> Standing | None:
    """A list item that opens with the thing, below a line that says what there is."""
    opens = not re.search(r"\w", scene.folded[scene.unit.start : place[0]])
    cues = finder("relations", scene.language, "has", "included", "lacks", "extra")
    lead = scene.unit.lead_text
    names = {hit.name for hit in cues.find(tokens_of(lead), lead)}
    return Standing(present=True) if opens and names and names <= {"has", "included"} else None


def _is_sentence(label: str) -> bool:
    return len(label.split()) > 4


def _counts(scene: Scene, cue: Hit, place: tuple[int, int]) -> bool:
    """Whether a cue is of the thing: in its own part of the sentence, not far from it, no "free" of something else."""
    folded = scene.folded
    said = folded[cue.start : cue.end]
    between = folded[cue.end : place[0]] if cue.end <= place[0] else folded[place[1] : cue.start]
    if "," in between and cue.name != "free":
        return False
    if cue.name in ("has", "contains"):
        if scene.language == "en" and cue.start > place[0] and not _OF_ITS_SUBJECT.match(said):
            return False  # "the policy on animal testing has stayed"
        return len(between) < _NEAR and not RELATIVE.search(between)
    if cue.name == "free" and said == "free" and cue.end <= scene.unit.end:
        behind = next((token for token in scene.unit.tokens if token.start >= cue.end), None)
        joined = behind is not None and folded[cue.end : behind.start] == " " and behind.start != place[0]
        return (
            not joined or behind is None or behind.word in word_set("filler", "empty") | {"when", "if", "within", "too"}
        )
    return True
