"""Claims that choose one of a class whose members exclude each other: steel or carbon, employed or freelance.

The classes are words/kinds.yaml. A fact that names a member is contradicted where the same thing is said, in the fact's
words or their like in another language, to be of another one.
"""

from __future__ import annotations

from functools import cache

from babel import Locale

from pipelines.perception.judge.elsewhere import is_of_a_part
from pipelines.perception.judge.lexicon import LANGUAGES, Hit, Phrases, Token, topic
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.scope import is_denied
from pipelines.perception.judge.senses import SENSE, is_sense
from pipelines.perception.judge.subjects import is_ours, owners_of
from pipelines.perception.judge.text import Plain, crude_stem, fold
from pipelines.perception.judge.verdicts import Scene

_CAPITAL = ("tongue/", "system/", "refrigerant/")  # written with a capital in any language
_OPENING = 3  # characters before a sentence's first word


_SPOKEN = "en de fr es it nl pt pl sv da fi nb cs sk sl hr hu ro bg el tr ru uk zh ja ko ar he ca lt lv et".split()  # noqa: SIM905


def _languages() -> list[tuple[str, str]]:
    """The languages' names in all languages of the judge."""
    names = [
        (fold(str(Locale.parse(language).languages.get(code, ""))), f"tongue/{code}")
        for language in LANGUAGES
        for code in _SPOKEN
    ]
    return [(name, member) for name, member in dict.fromkeys(names) if name]


@cache
def _members() -> Phrases:
    return Phrases(
        [
            (fold(word), f"{name}/{member}")
            for name, members in topic("kinds").items()
            for member, words in members.items()
            for word in words
        ]
        + _languages()
    )


def kinds_in(tokens: list[Token], plain: Plain, language: str, start: int, end: int) -> list[Hit]:
    """The members of classes in a text, each hit named "class/member"; a capital inside a sentence makes a name of one."""
    found = _members().find(tokens, plain.folded, start=start, end=end)
    if language == "de":
        return found
    return [
        hit
        for hit in found
        if not plain.text[hit.start].isupper() or hit.start - start < _OPENING or hit.name.startswith(_CAPITAL)
    ]


def another_variant(scene: Scene, near: tuple[int, int], told: frozenset[str]) -> bool:
    """Whether a figure is of another variant than the fact's: the single room's price, not the double's. `told`: the fact's stems."""
    hits = kinds_in(scene.unit.tokens, scene.plain, scene.language, scene.unit.start, scene.unit.end)
    said = {hit.name for hit in hits if hit.name.startswith("variant/") and near[0] <= hit.start < near[1]}
    meant = {f"variant/{member}" for member in topic("kinds")["variant"] if {SENSE + member, crude_stem(member)} & told}
    return bool(said) and not said & meant


def weigh_kinds(scene: Scene) -> None:
    probes = [probe for probe in scene.probes if probe.sort == "kind"]
    if not probes:
        return
    hits = kinds_in(scene.unit.tokens, scene.plain, scene.language, scene.unit.start, scene.unit.end)
    for probe in probes:
        said = [hit for hit in hits if hit.name.split("/")[0] == probe.names[0].split("/")[0]]
        if said and _same_topic(scene, probe):
            _weigh(scene, probe, said)


def _same_topic(scene: Scene, probe: Probe) -> bool:
    """Whether the sentence speaks of the same thing: half of the fact's words, of another language those with a sense."""
    wanted = probe.words if probe.language == scene.language else {word for word in probe.words if is_sense(word)}
    return bool(wanted) and len(wanted & scene.unit.stems) * 2 >= len(wanted)


def _weigh(scene: Scene, probe: Probe, said: list[Hit]) -> None:
    wrong: Hit | None = None
    for hit in said:
        if scene.scope.silent(hit.start) or "past" in scene.scope.at(hit.start) or not _is_mine(scene, hit, probe):
            continue
        denied = is_denied(scene.scope, scene.folded, hit.start)
        if hit.name in probe.names:
            others = any(one.name not in probe.names for one in said)
            if not denied and not (probe.closed and others):
                scene.add("match", hit.start, hit.end, probe)
                return
            if denied and not others:
                wrong = wrong or hit
        elif not denied:
            wrong = wrong or hit
    if wrong is not None and not is_of_a_part(scene, wrong.start, probe):
        scene.add("clash", wrong.start, wrong.end, probe, denies=wrong.name in probe.names)


def _is_mine(scene: Scene, hit: Hit, probe: Probe) -> bool:
    return is_ours(owners_of(scene.unit, scene.plain, hit.start, hit.end), probe.subject)
