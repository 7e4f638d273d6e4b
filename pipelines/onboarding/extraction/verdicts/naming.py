"""Decides what the brand is called, and under which other forms its pages speak of it.

Sources vote: markup, og:site_name, the title part most pages share, logo, home link, copyright line, "About X".
"My Store"-like placeholders never get here. A name that the domain repeats is surer; legal forms do not count.
"""

from __future__ import annotations

import re
from collections import Counter

from rapidfuzz import fuzz

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.records import Candidate, Decision
from pipelines.onboarding.extraction.rules.naming import title_parts, without_form
from pipelines.onboarding.extraction.scorer import Cluster, Scored, cluster, settle, strength
from pipelines.onboarding.extraction.site import Site, domain_label
from pipelines.onboarding.extraction.text import key, squeezed, written_out

RATES = {
    "name.organization": 0.72, "name.website": 0.65, "name.site_name": 0.72, "name.app": 0.5, "name.title": 0.3, "name.logo": 0.6,
    "name.home_link": 0.6, "name.copyright": 0.6, "name.heading": 0.5, "llm": 0.5,
}  # fmt: skip
_SMALL = {
    "the",
    "of",
    "and",
    "for",
    "in",
    "de",
    "la",
    "le",
    "du",
    "des",
    "der",
    "die",
    "das",
    "und",
    "fur",
    "et",
    "y",
    "e",
    "del",
    "da",
    "do",
    "van",
    "voor",
    "a",
    "an",
}
_ALIKE = 80
_PICTURES = re.compile(r"^[^\w(]+|[^\w)!?.]+$")  # emoji, trademark signs
_LABEL_KINDS = (
    "about",
    "contact",
    "products",
    "services",
    "blog",
    "pricing",
    "team",
    "faq",
    "legal",
    "features",
    "docs",
    "mission",
    "listing",
)


def decide_name(site: Site) -> tuple[Decision | None, frozenset[str]]:
    """The name, and the squeezed forms of all its variants (without legal form, initials, the domain's label)."""
    candidates = [one for one in site.of("name") if not _is_label(str(one.value))]
    shares = _title_shares(site, candidates)
    label = squeezed(domain_label(site.url))
    scored = [
        Scored(one, strength(one, site, base=_base(one, shares, label) * _nearness(one, site), foreign=()))
        for one in candidates
    ]
    clusters = cluster(scored, same_name)
    kin = [one for one in clusters[1:] if related(str(one.value), str(clusters[0].value))]
    topics = [one for one in clusters[1:] if one not in kin and not _is_named(one)]
    rivals = [one for one in clusters if one not in kin and one not in topics]
    decision = settle("name", rivals, exclusive=True)
    if decision is None:
        return None, frozenset()
    spelled = _best_spelling([str(member.candidate.value) for member in clusters[0].members])
    decision = Decision(
        field="name",
        value=spelled,
        confidence=decision.confidence,
        status=decision.status,
        evidence=decision.evidence,
        alternatives=decision.alternatives,
    )
    spellings = [
        str(member.candidate.value)
        for one in (clusters[0], *kin)
        for member in one.members
        if len(str(member.candidate.value)) <= 40
    ]
    return decision, _variants(spellings, label)


def _base(candidate: Candidate, shares: dict[str, float], label: str) -> float:
    base = RATES[candidate.evidence.rule]
    value = str(candidate.value)
    if candidate.evidence.rule == "name.title":
        share = shares.get(squeezed(without_form(value)))
        echo = 0.08 * int(candidate.features.get("echo", 0)) + (0.12 if without_form(value) != value else 0.0)
        whole = 0.15 if candidate.features.get("whole") else 0.0
        base = min(0.8, base + whole + (0.5 * share if share is not None else echo))
    if label and _in_domain(value, label):
        base += (1 - base) * 0.5
    return base


def _nearness(candidate: Candidate, site: Site) -> float:
    """What a logo or copyright line is worth away from home: little, when the home page never has that name."""
    if site.home is None or candidate.evidence.rule == "name.title" or candidate.evidence.url == site.home.url:
        return 1.0
    at_home = {squeezed(str(one.value)) for one in site.home.candidates if one.field == "name"}
    return 1.0 if squeezed(str(candidate.value)) in at_home else 0.6


def _in_domain(name: str, label: str) -> bool:
    """Whether the domain's label repeats the name: the same letters (umlauts written out too), or its initials."""
    forms = {squeezed(without_form(name)), squeezed(written_out(without_form(name)))} - {""}
    return (
        any(form == label or (min(len(form), len(label)) >= 5 and (form in label or label in form)) for form in forms)
        or initials(name) == label
    )


def _title_shares(site: Site, candidates: list[Candidate]) -> dict[str, float]:
    """Share of the distinct titles that carry a part, by squeezed form; empty when there are too few to vote."""
    titles = {page.title for page in site.findings if page.title}
    if len(titles) < 3:
        return {}
    parts = [{squeezed(without_form(part)) for part in title_parts(title)} for title in titles]
    forms = {squeezed(without_form(str(one.value))) for one in candidates}
    return {form: sum(form in one for one in parts) / len(titles) for form in forms if form}


def initials(name: str) -> str:
    """ "Open Molecular Software Foundation" -> "omsf"; "" for a single word."""
    parts = [part for part in key(name).split() if part not in _SMALL]
    return "".join(part[0] for part in parts) if len(parts) > 1 else ""


def same_name(one: str, other: str) -> bool:
    a, b = squeezed(without_form(one)), squeezed(without_form(other))
    if a == b:
        return True
    return (len(a) >= 3 and a == initials(other)) or (len(b) >= 3 and b == initials(one))


def _is_named(group: Cluster) -> bool:
    """Whether something other than titles and headings says it: those speak of topics as often as of the brand."""
    return any(member.candidate.evidence.rule not in ("name.title", "name.heading") for member in group.members)


def related(one: str, other: str) -> bool:
    """Whether two names are forms of one: "Stone Grill" and "Stone Grill Restaurant", "S. Barbara" and "Santa Barbara"."""
    a, b = squeezed(without_form(one)), squeezed(without_form(other))
    if min(len(a), len(b)) >= 4 and (a in b or b in a or fuzz.ratio(a, b) >= _ALIKE):
        return True
    short, long = sorted((key(without_form(one)).split(), key(without_form(other)).split()), key=len)
    return any(len(part) > 3 for part in short) and all(
        any(part == full or (len(part) == 1 and full[0] == part) for full in long) for part in short
    )


def _is_label(name: str) -> bool:
    bare = key(name)
    return any(bare in words.keys("pages", "types", kind) for kind in _LABEL_KINDS)


def _best_spelling(spellings: list[str]) -> str:
    """The most frequent spelling without legal form; mixed case beats shouting, the long form beats initials."""
    bare = [_PICTURES.sub("", without_form(one)) for one in spellings]
    longest_form = max(bare, key=lambda one: len(key(one).split()))
    counts = Counter(one for one in bare if squeezed(one) == squeezed(longest_form))
    return max(counts, key=lambda one: (not one.isupper() and not one.islower(), counts[one], one))


def _variants(spellings: list[str], label: str) -> frozenset[str]:
    forms = {squeezed(one) for one in spellings} | {squeezed(without_form(one)) for one in spellings}
    forms |= {initials(one) for one in spellings if len(initials(one)) >= 3}
    if len(label) >= 4 and any(label in form or form in label for form in forms if len(form) >= 3):
        forms.add(label)
    return frozenset(forms - {""})
