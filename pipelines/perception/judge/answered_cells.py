"""Cells that answer their label with yes or no: "Payroll | no", "Minimalny okres umowy | brak", "Hunde erlaubt | ✓".

The label alone says nothing, its cell says nothing alone; together they affirm or deny what a yes-or-no fact says.
"""

from __future__ import annotations

import re

from pipelines.perception.judge.lexicon import tokens_of
from pipelines.perception.judge.senses import stems_of
from pipelines.perception.judge.stances import is_turned, wanted_of
from pipelines.perception.judge.subjects import is_ours
from pipelines.perception.judge.verdicts import Scene

_YES = re.compile(
    r"\s*(?:yes|ja|oui|si|sim|tak|true|included|available|inklusive|enthalten|vorhanden|inclus\w*|incluid[oa]s?|compres[oa]|inbegrepen|w cenie|\u2713|\u2714\ufe0f?|\u2705|はい|あり|有り?|○|◯|対応|支持|是)\s*(?=$|[,;:(.\-])"
)
_NO = re.compile(
    r"\s*(?:no|none|not (?:included|available|offered|possible)|nein|keine?[rsn]?|nicht (?:enthalten|vorhanden|moglich|verfugbar)|non|aucune?|pas (?:du tout|inclus\w*)|ningun[oa]?|nessun[oa]?|nee|geen|niet (?:inbegrepen|mogelijk)|nao|nenhuma?|nie|brak|false|never|nie|\u2717|\u2718|\u274c|\u00d7|いいえ|なし|無し?|非対応|不可|无|没有|沒有|否|不支持)\s*(?=$|[,;:(.\-])"
)
_DENYING = re.compile(r"\b(?:no|without|kein\w*|ohne|sans|pas de|sin|senza|geen|zonder|sem|bez)\b|-(?:free|frei)\b")


def weigh_answered(scene: Scene) -> None:
    """Adds what a cell says of the yes-or-no facts that its label speaks about."""
    unit = scene.unit
    if unit.cell <= 0:
        return
    said = _answer(scene)
    if said is None:
        return
    labels = {stem for stem, _ in stems_of(tokens_of(unit.lead_text))}
    said = said != (_DENYING.search(unit.lead_text) is not None)
    for probe in scene.probes:
        if probe.sort not in ("flag", "gist") or not is_ours([unit.owner or ""], probe.subject):
            continue
        wanted = wanted_of(scene, probe)
        shared = wanted & labels
        if not wanted or len(shared) * 3 < len(wanted) * 2:
            continue
        fits = (said != is_turned(labels)) == (probe.flag != is_turned(probe.words))
        scene.add("match" if fits else "clash", unit.start, unit.end, probe, denies=True)


def _answer(scene: Scene) -> bool | None:
    """Whether the cell says yes (also by a figure) or no; None when it says something else."""
    unit, folded = scene.unit, scene.folded
    if _NO.match(folded, unit.start, unit.end):
        return False
    if _YES.match(folded, unit.start, unit.end):
        return True
    return True if any(value.kind in ("measure", "money", "percent") for value in unit.values) else None
