"""When what a clause says of a thing is not said of the brand's own: another's, a part's, one plan's, in one place only."""

from __future__ import annotations

import re

from pipelines.perception.judge.elsewhere import is_of_a_part
from pipelines.perception.judge.lexicon import Hit, finder
from pipelines.perception.judge.names import owner_key
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.relations import Standing
from pipelines.perception.judge.scope_east import EAST
from pipelines.perception.judge.stances import clause_of, is_but_one, is_limited
from pipelines.perception.judge.stated import Stated
from pipelines.perception.judge.subjects import is_ours, owners_of
from pipelines.perception.judge.verdicts import Scene

_PLANTS = r"(?:plants?|vegetable|oats?|soya?|almond|coconut|cashew|peanut|cocoa|shea|avoine|coco|soja|amandes?|cacao|cacahuetes?|almendras?|avena|mandorle?|cocco|aveia|amendoa|haver|arachide|vegetale?s?)"
_OF_PLANTS = re.compile(
    rf"\b(?:{_PLANTS}(?:[- ]based)?|vegan\w*|veggie|synthetic|artificial|faux|fake|imitation|pflanzlich\w*|kunst|vegetal\w*|plantaardig\w*|roslinn\w*|kokosow\w*|sojow\w*|owsian\w*|migdalow\w*)[ -]$"
)
_FROM_PLANTS = re.compile(
    rf" (?:d'|de |di |van |z |from |of )?(?:{_PLANTS}|vegan\w*|vegetal\w*|sintetic\w*|synthetique|kokosow\w*|sojow\w*|owsian\w*|migdalow\w*|alternativ\w*|substitut\w*)\b"
)
_OPENING = 16
RELATIVE = re.compile(r"\b(?:that|which|who|whose|qui|dont|wie|than|als)\b")
_THAT_ONE = re.compile(r"[\s\"'(*]*(?:in|at|with|for) that [a-z]+\b")  # of the other one, spoken of before
_IN_A_PLAN = re.compile(
    r"\b(?:plan|plans|tier|edition|tarifs?|abo|formule|plano|piano|pakiet\w*|abonnement|starter|basic|trial)\b"
)
_PLURAL_OTHERS = re.compile(
    r"[\s\"'(*]*(?:banks|hotels|companies|brands|shops|others|other|many|most|guests who|customers who|rivals|competitors|andere|viele|banken|d'autres|beaucoup|otros|muchos|altri|molti|anderen|outros|muitos|inne|wiele)\b"
)
_ANY = re.compile(
    r"\b(?:any|every|all|no|kein\w*|jede\w*|aucun\w*|chaque|ningun\w*|cada|nessun\w*|ogni|geen|elk|nenhum\w*|zadn\w*) $"
)


def is_placed(
    scene: Scene, fact: Stated, said: Standing, place: tuple[int, int], cues: list[Hit], probe: Probe
) -> bool:
    """Dogs that are only kept out of the restaurant are welcome; where none are, a place that takes them speaks against it."""
    if (said.cost and fact.standing.cost) or fact.standing.needed is not None:
        return False
    if fact.standing.present is False:
        return is_but_one(scene, Hit("", *place), probe)
    return is_limited(scene, Hit("", *place), probe, beside=cues)


def holds_limits(scene: Scene, fact: Stated) -> bool:
    return not fact.limits or bool(fact.limits & (scene.unit.stems | {token.word for token in scene.unit.tokens}))


def is_unasserted(scene: Scene, place: tuple[int, int], cues: list[Hit]) -> bool:
    spots = [place[0], *(hit.start for hit in cues)]
    return any(scene.scope.silent(spot) or "past" in scene.scope.at(spot) for spot in spots)


def is_mine(scene: Scene, place: tuple[int, int], probe: Probe) -> bool:
    """Whether the thing is the brand's: a name behind it, "dogs travel free with Rival", counts like one before."""
    named = scene.unit.mentions
    ours = any(mention.role in ("brand", "product") for mention in named)
    if _THAT_ONE.match(scene.folded, scene.unit.start):
        return False
    if named and not ours and any(mention.role in ("rival", "other") for mention in named):
        return False
    owners = owners_of(scene.unit, scene.plain, *place)
    opens = bool(named) and named[0].start - scene.unit.start < _OPENING  # "some Velumo products contain milk"
    if ours and (owners == [""] or (owners == ["other"] and opens)):
        owners = [owner_key(mention) for mention in named]
    return is_ours(owners, probe.subject)


def is_beside(scene: Scene, fact: Stated, place: tuple[int, int], cues: list[Hit], probe: Probe) -> bool:
    """Whether a clause is of something else: another's thing, a thing's part, one plan, whoever is cheaper than others."""
    folded = scene.folded
    if _is_another(scene, place) or is_of_a_part(scene, place[0], probe):
        return True
    low, high = clause_of(scene, Hit("", *place))
    if fact.kinds and (
        _OF_PLANTS.search(folded[max(low, place[0] - 24) : place[0]]) or _FROM_PLANTS.match(folded, place[1])
    ):
        return True
    plan = _IN_A_PLAN.search(folded, low, high)
    if (
        plan
        and not _ANY.search(folded[max(low, plan.start() - 12) : plan.start()])
        and not _IN_A_PLAN.search(probe.actual.lower())
    ):
        return True
    if fact.standing.present is False:
        first = min([place[0], *(hit.start for hit in cues)])
        return RELATIVE.search(folded, low, first) is not None or _is_of_others(scene, low, first)
    return False


def _is_of_others(scene: Scene, low: int, first: int) -> bool:
    """Whether a clause's subject is of a class of others: "banks with branches are", "customers can use those of partners"."""
    if scene.language in EAST:
        return False
    subject = scene.folded[low:first]
    named = any(low <= mention.start < first for mention in scene.unit.mentions)
    return not named and _PLURAL_OTHERS.match(subject) is not None


def _is_another(scene: Scene, place: tuple[int, int]) -> bool:
    """Whether a word beside the thing makes it another: "the second visit", "assistance dogs"."""
    near = [token for token in scene.unit.tokens if place[0] - 26 <= token.start and token.end <= place[1] + 20]
    hits = finder("relations", scene.language, "another").find(
        near, scene.folded, start=max(scene.unit.start, place[0] - 12), end=min(scene.unit.end, place[1] + 8)
    )
    told = {token.start for token in near}
    return any(hit.start in told and not place[0] <= hit.start < place[1] for hit in hits)
