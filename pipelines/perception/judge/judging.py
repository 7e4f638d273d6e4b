"""The judge: one answer and a brand's facts in, one judgement out. Rules alone, no model, no network, no clock.

Steps: layout → names → units (sentences, items, cells) → topics → scope → claims by kind → verdicts → findings, and
beside them rank, sentiment and refusal, each on the same units.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

import msgspec

from pipelines.perception.judge.amounts_said import weigh_amounts
from pipelines.perception.judge.answered_cells import weigh_answered
from pipelines.perception.judge.asked_said import weigh_asked
from pipelines.perception.judge.choices_said import weigh_choices
from pipelines.perception.judge.facts import read_facts
from pipelines.perception.judge.holders_said import weigh_names
from pipelines.perception.judge.inventions import weigh_inventions
from pipelines.perception.judge.kinds_said import weigh_kinds
from pipelines.perception.judge.layout import Layout, read_layout
from pipelines.perception.judge.lexicon import language_of, tokens_of
from pipelines.perception.judge.lists_said import weigh_lists
from pipelines.perception.judge.moments_said import weigh_moments
from pipelines.perception.judge.mood import mood_of, refuses
from pipelines.perception.judge.named_said import weigh_members, weigh_people, weigh_places
from pipelines.perception.judge.names import Mention, Names, owner_key
from pipelines.perception.judge.partly_said import weigh_partly
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.probes import is_proper, probes_of
from pipelines.perception.judge.ranking import rank_of
from pipelines.perception.judge.reading import Reader, Unit
from pipelines.perception.judge.restraint import restrained
from pipelines.perception.judge.scope import Scope, scope_of
from pipelines.perception.judge.senses import stem, stems_of
from pipelines.perception.judge.sets_said import weigh_sets
from pipelines.perception.judge.stances import weigh_stances
from pipelines.perception.judge.stated_said import weigh_stated
from pipelines.perception.judge.subjects import mark_longer_names
from pipelines.perception.judge.text import Plain, fold
from pipelines.perception.judge.topics import set_topics
from pipelines.perception.judge.verdicts import Scene, Verdict
from pipelines.perception.records import BrandFacts, Finding, Judgement

JUDGE_VERSION = "5"
_LONGEST_QUOTE = 320
_MOST_FINDINGS = 200


class _Engine(msgspec.Struct):
    """What is made once of a brand's facts."""

    brand: BrandFacts
    names: Names
    probes: tuple[Probe, ...]
    brand_words: frozenset[str]


_engines: OrderedDict[bytes, _Engine] = OrderedDict()
_lock = Lock()
_MOST_ENGINES = 64


class Read(msgspec.Struct, frozen=True):
    """An answer as the rules read it: what they judge by, and what a model's quotes are held against (judge_model)."""

    engine: _Engine
    layout: Layout
    mentions: list[Mention]
    units: list[Unit]
    scopes: list[Scope]
    language: str
    question: str | None

    @property
    def plain(self) -> Plain:
        return self.layout.plain


def judge(brand: BrandFacts | Mapping[str, Any], answer: str, *, question: str | None = None) -> Judgement:
    """What `answer` says about the brand. Facts may be plain dictionaries (see facts.read_facts). Never raises on any text.

    `question` is what was asked, if known: its names give pronouns a meaning, and its echo is no claim.
    """
    return judged(read_answer(brand, answer, question=question))


def read_answer(brand: BrandFacts | Mapping[str, Any], answer: str, *, question: str | None = None) -> Read:
    """The answer cut into units, each with whom it speaks of and what it does with its claims."""
    engine = _engine(read_facts(brand))
    layout = read_layout(answer)
    plain = layout.plain
    language = language_of(tokens_of(plain.folded, 0, 6000), plain.folded)
    mentions = engine.names.find(plain, language)
    units = Reader(layout, mentions, language).units()
    asked = _asked(engine, question, language)
    for unit in units:
        mark_longer_names(unit, plain, language, engine.brand_words)
    set_topics(units, layout.blocks, plain, mentions, _main_topic(mentions, asked))
    return Read(engine, layout, mentions, units, _scopes(units, plain, language, question), language, question)


def judged(read: Read) -> Judgement:
    """The judgement of the rules on an answer that was read."""
    engine, plain, mentions, units, scopes = read.engine, read.plain, read.mentions, read.units, read.scopes
    by_start = {unit.start: scope for unit, scope in zip(units, scopes, strict=True)}
    verdicts = _verdicts(engine, units, scopes, plain, read.language)
    verdicts.extend(_asked_for(read))
    verdicts.extend(weigh_lists(units, read.layout.blocks, plain, engine.probes))
    mentioned = any(engine.names.is_named(mention, plain) for mention in mentions)
    ranking = rank_of(read.layout, units, engine.names.carried(mentions, plain), engine.brand, read.question)
    supported, contradicted, unsupported = _findings(
        restrained(verdicts, by_start, plain, engine.probes, read.language), plain
    )
    return Judgement(
        mentioned=mentioned,
        rank=ranking.ranks.get(engine.brand.name),
        list_length=ranking.length,
        competitors=tuple(dict.fromkeys(mention.name for mention in mentions if mention.role == "rival")),
        ranks=ranking.ranks,
        contradicted=contradicted,
        supported=supported,
        unsupported=unsupported,
        sentiment=mood_of(units, scopes, plain, read.language) if mentioned else None,
        refusal=refuses(units, plain),
        judge_version=JUDGE_VERSION,
    )


def _asked_for(read: Read) -> list[tuple[Unit, Verdict]]:
    """What the answer's yes or no to its question says of the facts."""
    if not read.question or not read.units:
        return []
    engine, layout = read.engine, read_layout(read.question)
    mentions = engine.names.find(layout.plain, read.language)
    if any(mention.role == "rival" for mention in mentions):
        return []
    scene = Scene(read.units[0], read.scopes[0], read.plain, read.language, engine.probes, engine.brand_words)
    return weigh_asked(read.question, layout, mentions, read.units, read.plain, scene)


def _engine(brand: BrandFacts) -> _Engine:
    name = msgspec.json.encode(brand)
    with _lock:
        found = _engines.get(name)
        if found is not None:
            _engines.move_to_end(name)
            return found
    subjects = tuple(dict.fromkeys(fact.subject for fact in brand.facts if fact.subject))
    own = {fold(one) for one in (brand.name, *brand.aliases, *brand.products)}
    sold = (*brand.products, *(one for one in subjects if fold(one) not in own and is_proper(one)))
    widened = msgspec.structs.replace(brand, products=sold)
    words = frozenset(stem(word) for one in (brand.name, *brand.aliases) for word in fold(one).split())
    made = _Engine(brand, Names(widened), probes_of(widened), words)
    with _lock:
        _engines[name] = made
        while len(_engines) > _MOST_ENGINES:
            _engines.popitem(last=False)
    return made


def _asked(engine: _Engine, question: str | None, language: str) -> set[str]:
    """Whom the question names."""
    if not question:
        return set()
    return {owner_key(mention) for mention in engine.names.find(read_layout(question).plain, language)}


def _main_topic(mentions: list[Mention], asked: set[str]) -> str:
    """Whom an answer is about where nothing nearer says so."""
    named = [owner_key(mention) for mention in mentions if mention.role in ("brand", "rival")]
    sold = {owner_key(mention) for mention in mentions if mention.role == "product"}
    if not named and sold:
        return sold.pop() if len(sold) == 1 else "brand"
    if "brand" in asked and not any(owner.startswith("rival") for owner in asked):
        return "brand"
    if not named:
        return ""
    return (
        "brand" if (named[0] == "brand" and named.count("brand") * 2 >= len(named)) or set(named) == {"brand"} else ""
    )


def _scopes(units: list[Unit], plain: Plain, language: str, question: str | None) -> list[Scope]:
    """The scope of each unit; what a later sentence takes back, echoes and injections are dropped."""
    echo = _bare(question) if question else ""
    scopes: list[Scope] = []
    injected = -1
    for place, unit in enumerate(units):
        scope = scope_of(unit, plain, language)
        scopes.append(scope)
        if scope.is_injection:
            injected = unit.block
        unit.dropped = injected == unit.block or bool(
            echo and len(echo) > 12 and _bare(plain.text[unit.start : unit.end]) == echo
        )
        if scope.confirms and place:  # "The magazine is right about that"
            scopes[place - 1].zones = [zone for zone in scopes[place - 1].zones if zone[0] != "said"]
        if scope.takes_back and place:
            units[place - 1].dropped = True
    return scopes


def _bare(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalnum())


def _verdicts(
    engine: _Engine, units: list[Unit], scopes: list[Scope], plain: Plain, language: str
) -> list[tuple[Unit, Verdict]]:
    found: list[tuple[Unit, Verdict]] = []
    named = {owner_key(mention) for unit in units for mention in unit.mentions}
    products = frozenset(owner for owner in named if owner.startswith("product:"))
    for unit, scope in zip(units, scopes, strict=True):
        if unit.dropped or scope.is_question:
            continue
        unit.stems = frozenset(said for said, _ in stems_of([*unit.tokens, *tokens_of(unit.lead_text)]))
        scene = Scene(unit, scope, plain, language, engine.probes, engine.brand_words, products)
        weigh_amounts(scene)
        weigh_moments(scene)
        weigh_people(scene)
        weigh_places(scene)
        weigh_members(scene)
        weigh_sets(scene)
        weigh_names(scene)
        weigh_kinds(scene)
        weigh_stances(scene)
        weigh_stated(scene)
        weigh_answered(scene)
        weigh_choices(scene)
        weigh_partly(scene)
        weigh_inventions(scene, engine.brand)
        found.extend((unit, verdict) for verdict in scene.verdicts)
    return found


def _findings(
    verdicts: list[tuple[Unit, Verdict]], plain: Plain
) -> tuple[tuple[Finding, ...], tuple[Finding, ...], tuple[Finding, ...]]:
    """Supported, contradicted and unsupported findings, one for each fact and sentence, in order of place."""
    kept: dict[str, dict[tuple[str | None, int, int], Finding]] = {"match": {}, "clash": {}, "unknown": {}}
    for unit, verdict in verdicts:
        if verdict.outcome == "near":
            continue
        low, high = _evidence(unit, verdict, plain)
        quote, start, end = plain.quote(low, high)
        if not quote:
            continue
        probe = verdict.probe
        mark = (probe.fact_id if probe else None, start, end)
        finding = Finding(
            quote=quote, start=start, end=end, fact_id=probe.fact_id if probe else None, claimed=verdict.claimed,
            actual=probe.actual if probe else "", fabricated=verdict.fabricated,
        )  # fmt: skip
        kept[verdict.outcome].setdefault(mark, finding)
    told = {(mark[1], mark[2]) for outcome in ("match", "clash") for mark in kept[outcome]}
    unknown = {
        mark: finding
        for mark, finding in kept["unknown"].items()
        if (mark[1], mark[2]) not in told or finding.fabricated
    }
    ordered = [
        sorted(group.values(), key=lambda finding: finding.start)[:_MOST_FINDINGS]
        for group in (kept["match"], kept["clash"], unknown)
    ]
    return tuple(ordered[0]), tuple(ordered[1]), tuple(ordered[2])


def _evidence(unit: Unit, verdict: Verdict, plain: Plain) -> tuple[int, int]:
    """The unit, or the part of a long one around the claim, cut at spaces."""
    low, high = unit.quote
    if high - low <= _LONGEST_QUOTE:
        return low, high
    half = _LONGEST_QUOTE // 2
    start, end = max(low, verdict.start - half), min(high, verdict.end + half)
    if start > low:
        space = plain.text.find(" ", start, verdict.start)
        start = space + 1 if space >= 0 else start
    if end < high:
        space = plain.text.rfind(" ", verdict.end, end)
        end = space if space >= 0 else end
    return start, end
