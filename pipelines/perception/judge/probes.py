"""What the judge looks for, made from a brand's facts: typed values by concept, with the words that tell facts apart.

One fact gives one probe, or several when it is a sentence alone ("founded in 2014 in Porto by Inês Carvalho").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipelines.perception.judge.binding import bind, is_weak, value_type
from pipelines.perception.judge.choices_said import choices_of
from pipelines.perception.judge.kinds_said import kinds_in
from pipelines.perception.judge.lexicon import concept_of_predicate, concepts, language_of, phrases, tokens_of, triggers
from pipelines.perception.judge.moments import Moment
from pipelines.perception.judge.names import Mention
from pipelines.perception.judge.partly_said import predicate_of
from pipelines.perception.judge.people import find_people
from pipelines.perception.judge.people_said import said_of
from pipelines.perception.judge.places_said import places_in
from pipelines.perception.judge.probe import Probe, SentenceOfFact, Sort, content, deeds_in, read_sentence
from pipelines.perception.judge.probe_values import from_value
from pipelines.perception.judge.scope import is_denied, scope_of
from pipelines.perception.judge.senses import stem, stems_of
from pipelines.perception.judge.stated import all_stated
from pipelines.perception.judge.text import Plain, fold, spoken
from pipelines.perception.judge.values import Value
from pipelines.perception.records import BrandFacts, Fact

_ALL_DAYS = 7
_TELLING = 9  # words of a sentence whose language is certain


def probes_of(brand: BrandFacts) -> tuple[Probe, ...]:
    """The probes of all facts, in their order."""
    written = fold(" ".join(fact.statement or spoken(fact.predicate) for fact in brand.facts))
    language = language_of(tokens_of(written), written)
    return tuple(probe for fact in brand.facts for probe in _probes(fact, brand, language))


def _probes(fact: Fact, brand: BrandFacts, language: str) -> list[Probe]:
    """`language`: that of most of the brand's facts, for a sentence that is too short to tell."""
    text = fact.statement or spoken(fact.predicate)
    told = read_sentence(text, language if len(text.split()) < _TELLING else None)
    about = _without(told.plain.folded, [*told.unit.moments, *told.unit.values]) if fact.statement else ""
    concept = _fitting(concept_of_predicate(fact.predicate), fact)
    for low, high in _spans((brand.name, *brand.aliases), told.plain):
        told.unit.mentions.append(Mention(low, high, "brand", brand.name))
        told.unit.hits = [hit for hit in told.unit.hits if not (low <= hit.start and hit.end <= high)]
    subject = _subject(fact, brand)
    names = (brand.name, *brand.aliases, *([subject.partition(":")[2]] if subject else ()))
    own = frozenset(stem(word) for name in names for word in fold(name).split())
    brand_own = frozenset(stem(word) for name in names[: 1 + len(brand.aliases)] for word in fold(name).split())
    base = Probe(
        fact_id=fact.id,
        sort="gist",
        actual="",
        concept=concept,
        words=content(f"{spoken(fact.predicate)} {about}") - own,
        topic=content(spoken(fact.predicate)) - own,
        qualifiers=_qualifiers(fact, told, concept) - brand_own,
        subject=subject,
        language=told.language,
        deeds=_deeds(f"{spoken(fact.predicate)} {fact.statement}"),
    )
    own_names = (brand.name, *brand.aliases)
    if concept is None and fact.value is not None and fact.statement:
        base = replace(base, concept=_concept_told(fact, told, own_names, base))
    found = list(from_value(fact, base)) if fact.value is not None else []
    if not found and fact.statement:
        found = [*_from_sentence(base, told, own_names), *_stated(base, told, names)]
    elif not found and isinstance(fact.value, str):
        found = list(_from_sentence(base, read_sentence(fact.value), own_names))
    return found


def _stated(base: Probe, told: SentenceOfFact, names: tuple[str, ...]) -> Iterator[Probe]:
    """How the brand stands to the thing that a sentence speaks of."""
    plain = told.plain
    scope = scope_of(told.unit, plain, told.language)
    for name, members in choices_of(told.unit.tokens, plain.folded, scope):
        yield replace(base, sort="choice", concept=None, names=(name,), nouns=members, actual=plain.text.strip())
    stems = [(said, token.start) for said, token in stems_of(told.unit.tokens) if said in base.words]
    predicate = predicate_of(plain.folded, stems)
    if predicate and not scope.negators and not told.unit.moments:
        subject = frozenset(said for said, _ in stems) - predicate
        yield replace(base, sort="whole", concept=None, words=predicate, nouns=subject, actual=plain.text.strip())
    if any(hit.name in ("owner", "legal_form", "founder") for hit in told.unit.hits):
        return
    for said in all_stated(told.unit.tokens, plain.folded, told.language, scope, _spans(names, plain)):
        yield replace(base, sort="stated", concept=None, actual=plain.text.strip(), stated=said)


def _deeds(text: str) -> frozenset[str]:
    folded = fold(text)
    return deeds_in(tokens_of(folded), folded, 0, len(folded))


def _parts(folded: str) -> list[tuple[int, int]]:
    """The parts of a statement that say each something: "runs only in the browser; there is no desktop app"."""
    stops = [match.start() for match in re.finditer(";", folded)]
    return list(pairwise([0, *stops, len(folded)]))


def _tail(folded: str, low: int, high: int) -> int:
    """Where a part ends that goes on with what it is not: "employees, not freelancers"."""
    match = re.search(
        r"(?:, (?:not|nicht|pas|no|non|niet|nao)| rather than) (?:an? |the )?[\w -]{3,40}\.?$", folded[low:high]
    )
    return low + match.start() if match and match.start() > (high - low) // 3 else high


def _without(folded: str, said: Sequence[Moment | Value]) -> str:
    """A statement's words about its topic: without its figures, times and days."""
    for one in said:
        folded = folded[: one.start] + " " * (one.end - one.start) + folded[one.end :]
    return folded


def _concept_told(fact: Fact, told: SentenceOfFact, own_names: tuple[str, ...], base: Probe) -> str | None:
    """The concept that a statement gives to the kind of value that a fact without a telling predicate has."""
    in_words = [probe for probe in _from_sentence(base, told, own_names) if probe.concept is not None]
    meant = list(from_value(fact, base))
    sorts = {probe.sort for probe in meant} | (
        {"place", "people"} if any(probe.sort in ("name", "members") for probe in meant) else set()
    )
    kinds = {value_type(probe.value) for probe in meant if probe.value is not None}
    fitting = [
        probe
        for probe in in_words
        if probe.sort in sorts and (probe.value is None or not kinds or value_type(probe.value) in kinds)
    ]
    return fitting[0].concept if fitting else None


def _fitting(concept: str | None, fact: Fact) -> str | None:
    """The predicate's concept, unless it cannot hold what the fact holds: "managing_partner" counts no partners."""
    if concept is None:
        return None
    takes = concepts()[concept].takes
    if fact.kind in ("person", "place"):
        return concept if fact.kind in takes else None
    bare = Probe(fact_id=fact.id, sort="gist", actual="")
    held = {value_type(one.value) for one in from_value(fact, bare) if one.value is not None} if fact.value else set()
    return concept if not held or held & takes or (held == {"count"} and takes & {"percent", "duration"}) else None


def _subject(fact: Fact, brand: BrandFacts) -> str | None:
    """The product that a fact is about, by its subject or in its statement, as an owner of claims."""
    for told in (fact.subject, fact.statement):
        if told:
            folded = fold(told)
            for product in sorted(brand.products, key=len, reverse=True):
                if fold(product) in folded:
                    return f"product:{product}"
    names = {fold(name) for name in (brand.name, *brand.aliases)}
    if fact.subject and fold(fact.subject) not in names and is_proper(fact.subject):
        return f"product:{fact.subject}"
    return None


def is_proper(subject: str) -> bool:
    """Whether a fact's subject is a name, not a thing like "breakfast" or "double room": those only qualify."""
    named = any(char.isupper() or char.isdigit() for char in subject)
    return named and not subject.strip().isdigit() and not re.search(r" (?:to|from|for|per|in|at) ", subject)


def _qualifiers(fact: Fact, told: SentenceOfFact, concept: str | None) -> frozenset[str]:
    """Words of subject, predicate and the statement before its value that are not the concept's own."""
    before = told.plain.folded[: told.unit.values[0].start] if told.unit.values and fact.statement else ""
    text = fold(f"{fact.subject or ''} {spoken(fact.predicate)} {before}")
    hits = triggers().find(tokens_of(text), text)
    covered = [(hit.start, hit.end) for hit in hits if concept is None or hit.name == concept]
    rest = list(text)
    for low, high in covered:
        rest[low:high] = " " * (high - low)
    found = content("".join(rest))
    if concept is not None:
        found -= frozenset(stem(word) for name in phrases("concepts", concept, "called") for word in name.split())
    return found | content(fact.subject or "")


def _spans(names: tuple[str, ...], plain: Plain) -> list[tuple[int, int]]:
    """Where the brand's own names stand: they are nobody's."""
    return [
        (match.start(), match.end()) for name in names for match in re.finditer(re.escape(fold(name)), plain.folded)
    ]


def _from_sentence(base: Probe, told: SentenceOfFact, own_names: tuple[str, ...]) -> Iterator[Probe]:
    """Every typed part of a sentence; without any, whether it affirms or denies."""
    unit, plain = told.unit, told.plain
    scope = scope_of(unit, plain, told.language)
    found = False
    timed = any(moment.kind == "clock" for moment in unit.moments)
    for moment in unit.moments:
        found = True
        if timed and moment.kind == "weekday" and len(moment.readings) < _ALL_DAYS:
            continue  # "at 6:30 on weekdays" says nothing of Sundays
        yield replace(base, sort="moment", moment=moment, actual=plain.text[moment.start : moment.end])
    for value in unit.values:
        reach = value.end + 24 if value.kind == "count" else None
        bound = bind(unit, plain.folded, value_type(value), value.start, value.end, nouns_end=reach)
        concept = bound.concept if bound is not None and not (base.topic and is_weak(plain.folded, bound)) else None
        if value.kind == "year" and concept is None and base.concept is None and len(unit.values) > 1:
            continue
        if is_denied(scope, plain.folded, value.start):
            continue
        if value.written == "paid":
            continue
        found = True
        actual = plain.text[value.start : value.end]
        nouns = frozenset(value.nouns[:2])
        yield replace(base, sort="amount", value=value, concept=concept or base.concept, nouns=nouns, actual=actual)
    for said in said_of(unit, plain, find_people(plain, 0, len(plain.text), _spans(own_names, plain))):
        if said.role in ("founder", "ceo"):
            found = True
            actual = ", ".join(said.names)
            closed = len(said.names) > 1
            yield replace(base, sort="people", concept=said.role, names=said.names, actual=actual, closed=closed)
    places = [
        place
        for place in places_in(unit, plain, told.language)
        if place.concept is not None or (place.spots and not place.wide)
    ]
    for place in places:
        if place.concept is not None or not found:
            found = True
            yield replace(
                base, sort="place", concept=place.concept, spots=place.spots, names=(place.name,), actual=place.name,
                words=base.words - content(place.name),
            )  # fmt: skip
    kinds = kinds_in(unit.tokens, plain, told.language, 0, len(plain.text))
    for name in dict.fromkeys(hit.name.split("/")[0] for hit in kinds if not hit.name.startswith("variant/")):
        held = [hit for hit in kinds if hit.name.startswith(f"{name}/")]
        if not any(is_denied(scope, plain.folded, hit.start) for hit in held[:1]):
            found = True
            spoken_by = frozenset(stem(word) for hit in held for word in plain.folded[hit.start : hit.end].split())
            names = (held[0].name,)
            actual = plain.text[held[0].start : held[0].end]
            only = re.search(r"\b(?:only|exclusively|entirely|exactly|all)\b", plain.folded) is not None
            yield replace(base, sort="kind", names=names, actual=actual, words=base.words - spoken_by, closed=only)
    if (
        not found
        and any(hit.name in ("owner", "legal_form") for hit in unit.hits)
        and (scope.negators or "independent" in plain.folded)
    ):
        yield replace(base, sort="name", concept="owner", names=("nobody",), actual=plain.text.strip())
    if not found:
        concept = base.concept or next((hit.name for hit in unit.hits if "bool" in concepts()[hit.name].takes), None)
        if re.search(r"\bfree (?:of|from)\b(?! charge)|-free\b", plain.folded):
            base = replace(base, words=base.words - {"~free"})
        is_flag = concept is not None and "bool" in concepts()[concept].takes
        sort: Sort = "flag" if is_flag else "gist"
        for low, high in _parts(plain.folded):
            rid = re.search(r"-(?:free|frei)\b", plain.folded[low:high]) is not None  # "gluten-free" denies gluten
            flag = any(low <= hit.start < _tail(plain.folded, low, high) for hit in scope.negators) == rid
            part = (
                base
                if is_flag or high - low == len(plain.folded)
                else replace(base, words=base.words & content(plain.folded[low:high]))
            )
            yield replace(part, sort=sort, concept=concept, flag=flag, actual=plain.text[low:high].strip(" ;"))
