"""What a model said about an answer, held against the answer: a verdict counts when all of it can be checked.

The fact must be one that was shown, the quote must stand in the answer word for word, what is claimed in the quote. The
rules' own reading of the place decides whether anything is asserted there, and of whom; figures, names and denials are
compared by code. What falls through is counted by its reason and otherwise forgotten.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from pipelines.perception.judge.compare import compare
from pipelines.perception.judge.judging import Read
from pipelines.perception.judge.probe import Probe, content
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.scope import Scope, is_denied
from pipelines.perception.judge.subjects import owners_of
from pipelines.perception.judge.text import fold, key
from pipelines.perception.judge_model.prompt import Request
from pipelines.perception.judge_model.quotes import Flat, flatten, places_of
from pipelines.perception.judge_model.reply import Said
from pipelines.perception.records import Fact

LONGEST_QUOTE = 400
SHORTEST_QUOTE = 3
MOST_FACTS_A_SENTENCE = 6  # no sentence speaks of more facts; one that is quoted for them all was not read
TYPED = frozenset({"amount", "moment", "place", "people", "members", "name"})
"""Sorts of probes whose claims code can compare; the others are sentences that are affirmed or denied."""

Outcome = Literal["supported", "contradicted"]


class Checked(Struct, frozen=True):
    """A verdict that stood: answer[start:end] is its quote, `sentence` where the first sentence of it begins."""

    fact: Fact
    outcome: Outcome
    start: int
    end: int
    claimed: str
    sentence: int


class Checks(Struct, frozen=True):
    """`dropped` counts by reason."""

    kept: list[Checked]
    dropped: dict[str, int]


class _Place(Struct, frozen=True):
    """A quote and what is claimed in it, in the coordinates of the plain text; `said` is the claim in the answer's words."""

    low: int
    high: int
    claim_low: int
    claim_high: int
    said: str
    has_claim: bool


class _No(Exception):
    """The verdict does not count here."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def checked(read: Read, request: Request, said: Sequence[Said]) -> Checks:
    """The verdicts that stand, at most one a fact, in the order in which they stand in the answer."""
    dropped: Counter[str] = Counter()
    answer = flatten(read.plain.original)
    by_fact: dict[str, list[Checked]] = {}
    for one in said:
        if one.verdict == "not_said":
            continue
        fact = request.facts.get(one.fact.strip())
        if fact is None:
            dropped["unknown_fact"] += 1
            continue
        try:
            stands = _check(read, answer, fact, one)
        except _No as no:
            dropped[no.reason] += 1
            continue
        by_fact.setdefault(fact.id, []).append(stands)
    found: list[Checked] = []
    for listed in by_fact.values():
        if len({one.outcome for one in listed}) > 1:
            dropped["undecided"] += len(listed)
            continue
        found.append(listed[0])
    crowded = Counter(one.sentence for one in found)
    kept = [one for one in found if crowded[one.sentence] <= MOST_FACTS_A_SENTENCE]
    if len(kept) < len(found):
        dropped["overused_quote"] += len(found) - len(kept)
    return Checks(sorted(kept, key=lambda one: (one.start, one.fact.id)), dict(dropped))


def typed_facts(read: Read) -> frozenset[str]:
    """Facts with a part that code can compare."""
    return frozenset(probe.fact_id for probe in read.engine.probes if probe.sort in TYPED)


def _check(read: Read, answer: Flat, fact: Fact, said: Said) -> Checked:
    """The verdict at the first place where it stands. Raises _No with the reason of the first place where it does not."""
    if len(said.quote) > LONGEST_QUOTE:
        raise _No("long_quote")
    if len(said.quote.strip()) < SHORTEST_QUOTE:
        raise _No("no_quote")
    if said.verdict == "contradicted" and not said.claimed.strip():
        raise _No("no_claim")
    reason = "quote_not_found"
    for start, end in places_of(said.quote, answer):
        try:
            place = _place(read, said, start, end)
            sentence = _asserted(read, fact, said, place)
            _compared(read, fact, said, place)
        except _No as no:
            reason = no.reason if reason == "quote_not_found" else reason
            continue
        outcome: Outcome = "supported" if said.verdict == "supported" else "contradicted"
        return Checked(fact, outcome, start, end, place.said, sentence)
    raise _No(reason)


def _place(read: Read, said: Said, start: int, end: int) -> _Place:
    """Where the quote at original[start:end] and its claim stand in the plain text."""
    low, high = _plain(read, start, end)
    if low >= high:
        raise _No("no_text")
    inside = next(places_of(said.claimed, flatten(read.plain.original[start:end])), None)
    if inside is None:
        if said.verdict == "contradicted":
            raise _No("claim_not_in_quote")
        return _Place(low, high, low, high, "", has_claim=False)
    claim = (start + inside[0], start + inside[1])
    claim_low, claim_high = _plain(read, *claim)
    if claim_low >= claim_high:
        raise _No("no_text")
    return _Place(low, high, claim_low, claim_high, read.plain.original[claim[0] : claim[1]], has_claim=True)


def _plain(read: Read, start: int, end: int) -> tuple[int, int]:
    origin = read.plain.origin
    return bisect_left(origin, start), bisect_left(origin, end)


def _asserted(read: Read, fact: Fact, said: Said, place: _Place) -> int:
    """Where the sentence begins in which the brand is said to be so. Raises _No where nothing is, or of somebody else."""
    units = [
        (unit, scope)
        for unit, scope in zip(read.units, read.scopes, strict=True)
        if unit.start < place.claim_high and unit.end > place.claim_low
    ]
    if not units:
        raise _No("no_sentence")
    for unit, scope in units:
        if unit.dropped or scope.is_injection:
            raise _No("speaks_to_machines" if scope.is_injection else "not_asserted")
        at = max(place.claim_low, unit.start)
        if scope.silent(at) or scope.silent(min(place.claim_high, unit.end) - 1) or "past" in scope.at(at):
            raise _No("not_asserted")
        _check_owner(read, unit, place)
        _check_denial(read, fact, said, (unit, scope), place)
    return units[0][0].start


def _check_owner(read: Read, unit: Unit, place: _Place) -> None:
    """No claim of a rival's counts. Whom a sentence is about that names nobody tracked, a model tells better than rules."""
    low = max(place.claim_low, unit.start)
    if not place.has_claim:
        named = [mention.end for mention in unit.mentions if low <= mention.start < place.claim_high]
        low = named[-1] if named else low
    owners = owners_of(unit, read.plain, low, max(low, min(place.claim_high, unit.end)))
    if all(owner.startswith("rival") for owner in owners):
        raise _No("of_another")


def _check_denial(read: Read, fact: Fact, said: Said, where: tuple[Unit, Scope], place: _Place) -> None:
    """What is denied supports only a fact that denies, and contradicts only a fact whose own words it denies."""
    unit, scope = where
    folded = read.plain.folded
    before = is_denied(scope, folded, max(place.claim_low, unit.start))
    within = any(place.claim_low <= hit.start < place.claim_high for hit in scope.negators)
    probes = [probe for probe in read.engine.probes if probe.fact_id == fact.id]
    denies = any(not probe.flag for probe in probes)
    words = _words(probes)
    shared = content(folded[max(place.claim_low, unit.start) : min(place.claim_high, unit.end)]) & words
    if not before and not within:
        if said.verdict == "contradicted" and not denies and len(words) > 1 and len(shared) * 5 >= len(words) * 4:
            raise _No("fits")  # it says what the fact says, in the fact's own words
        return
    if said.verdict == "supported":
        if not denies and (before or shared):
            raise _No("denied")
    elif before and not shared:
        raise _No("denied")


def _words(probes: Sequence[Probe]) -> frozenset[str]:
    return frozenset(word for probe in probes for word in probe.words)


def _compared(read: Read, fact: Fact, said: Said, place: _Place) -> None:
    """Figures and names by code: what fits a fact does not contradict it, what does not fit supports nothing."""
    probes = [probe for probe in read.engine.probes if probe.fact_id == fact.id]
    typed = [probe for probe in probes if probe.sort in TYPED]
    if not typed:
        return
    figures = [probe for probe in typed if probe.value is not None]
    low, high = (place.claim_low, place.claim_high) if place.has_claim else (place.low, place.high)
    outcomes = {outcome for probe in figures for outcome in _figures(read, probe, low, high)}
    if said.verdict == "supported":
        if outcomes and "match" not in outcomes:
            raise _No("does_not_fit")
        if len(figures) == len(probes) and not outcomes:
            raise _No("no_figure")
        return
    if outcomes & {"match", "near"} or _names_the_fact(place.said, typed):
        raise _No("fits")
    if len(figures) == len(probes) and not outcomes:
        raise _No("no_figure")


def _figures(read: Read, probe: Probe, low: int, high: int) -> list[str]:
    """How the figures at low:high that are of the fact's kind compare with its own."""
    true = probe.value
    if true is None:
        return []
    return [
        compare(value, true)
        for unit in read.units
        if unit.start < high and unit.end > low
        for value in unit.values
        if value.kind == true.kind
        and value.start < high
        and value.end > low
        and (value.kind != "measure" or value.unit == true.unit)
    ]


def _names_the_fact(claimed: str, probes: Sequence[Probe]) -> bool:
    """Whether the claim is the fact's own name: then it says what the fact says."""
    said = key(claimed)
    return any(
        said == key(name) or said == fold(name) for probe in probes for name in (*probe.names, probe.actual) if name
    )
