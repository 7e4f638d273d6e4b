"""A yes or a no to the question that was asked: "Does Velumo take dogs?" "Unfortunately not."

The question is read as if it were asserted. If that would support a fact, a no contradicts it, and if it would contradict
one, a yes does. Only a question about one thing counts, and only an answer that goes on without a "but".
"""

from __future__ import annotations

import re

from pipelines.perception.judge.choices_said import weigh_choices
from pipelines.perception.judge.layout import Layout
from pipelines.perception.judge.lexicon import expression, word_set
from pipelines.perception.judge.names import Mention
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.reading import Reader, Unit
from pipelines.perception.judge.relations import cues_in
from pipelines.perception.judge.scope import scope_of
from pipelines.perception.judge.senses import stems_of
from pipelines.perception.judge.stances import weigh_stances
from pipelines.perception.judge.stated_said import weigh_stated
from pipelines.perception.judge.text import Plain
from pipelines.perception.judge.topics import set_topics
from pipelines.perception.judge.verdicts import Scene, Verdict

_EACH = re.compile(r"\b(?:all|every|each|only|exclusively|entirely)\b")
_MOST_EXTRA = 2  # words of a question that neither the fact nor any relation has


def weigh_asked(
    question: str | None, layout: Layout, mentions: list[Mention], units: list[Unit], plain: Plain, scene: Scene
) -> list[tuple[Unit, Verdict]]:
    """What the first sentence's yes or no comes to. `layout` and `mentions` are the question's, `scene` is any of the answer's."""
    first = next((unit for unit in units if not unit.is_heading and not unit.dropped), None)
    if first is None or question is None or not question.rstrip().endswith(("?", "\uff1f")) or first.cell >= 0:
        return []
    yes, no = expression("yes").match(plain.folded, first.start), expression("no").match(plain.folded, first.start)
    partly = expression("not_all").match(plain.folded, first.start)
    said = partly or no or yes
    if said is None or (expression("but").search(plain.folded, said.end(), first.end) and not partly):
        return []
    found = []
    for outcome, probe in _answers(layout, mentions, scene):
        if partly and not (outcome == "match" and _EACH.search(probe.actual.lower())):
            continue
        turned = yes is None or bool(partly)
        meant = {"match": "clash", "clash": "match"}[outcome] if turned else outcome
        found.append(
            (
                first,
                Verdict(
                    "clash" if meant == "clash" else "match",
                    said.start(),
                    said.end(),
                    probe,
                    plain.text[said.start() : said.end()].strip(),
                    denies=True,
                ),
            )
        )
    return found


def _answers(layout: Layout, mentions: list[Mention], scene: Scene) -> list[tuple[str, Probe]]:
    """What a question would come to if it were asserted."""
    plain = layout.plain
    units = Reader(layout, mentions, scene.language).units()
    set_topics(units, layout.blocks, plain, mentions, "brand")
    if (
        not units
        or expression("open").match(plain.folded, units[-1].start)
        or expression("or").search(plain.folded, units[-1].start)
    ):
        return []
    unit = units[-1]
    unit.stems = frozenset(said for said, _ in stems_of(unit.tokens))
    scope = scope_of(unit, plain, scene.language)
    if scope.negators:
        return []
    scope.is_question = False
    scope.zones = []
    asked = Scene(unit, scope, plain, scene.language, scene.probes, scene.brand_words, scene.products)
    weigh_stances(asked)
    weigh_stated(asked)
    weigh_choices(asked)
    return [
        (verdict.outcome, verdict.probe)
        for verdict in asked.verdicts
        if verdict.outcome in ("match", "clash") and verdict.probe is not None and _is_all(asked, verdict.probe)
    ]


def _is_all(asked: Scene, probe: Probe) -> bool:
    """Whether a question asks for no more than a fact says: not "in the restaurant", "at night"."""
    cues = cues_in(asked.unit.tokens, asked.folded, asked.language, asked.unit.start, asked.unit.end)
    covered = [(hit.start, hit.end) for hit in cues] + [(one.start, one.end) for one in asked.unit.mentions]
    told = probe.words | probe.qualifiers | asked.brand_words
    told |= probe.stated.kinds if probe.stated is not None else frozenset()
    extra = {
        said
        for said, token in stems_of(asked.unit.tokens)
        if said not in told
        and token.word not in word_set("filler", "empty")
        and len(token.word) > 3
        and not any(low <= token.start < high for low, high in covered)
    }
    return len(extra) <= _MOST_EXTRA
