"""Decides what the brand is called, and under which other forms its pages speak of it.

Sources vote: markup, og:site_name, the title part most pages share, logo, home link, copyright line, "About X".
"My Store"-like placeholders never get here. A name that the domain repeats is surer; legal forms do not count.
"""

from __future__ import annotations

import re
from collections import Counter

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.records import Candidate, Decision
from pipelines.onboarding.extraction.scorer import Scored, cluster, settle, strength
from pipelines.onboarding.extraction.site import Site, domain_label
from pipelines.onboarding.extraction.text import key, squeezed

RATES = {
    "name.organization": 0.72, "name.website": 0.65, "name.site_name": 0.72, "name.app": 0.5, "name.title": 0.3, "name.logo": 0.6,
    "name.home_link": 0.6, "name.copyright": 0.6, "name.heading": 0.5,
}  # fmt: skip
_SMALL = {"the", "of", "and", "for", "in", "de", "la", "le", "du", "des", "der", "die", "das", "und", "fur", "et", "y", "e", "del", "da", "do", "van", "voor", "a", "an"}
_LABEL_KINDS = ("about", "contact", "products", "services", "blog", "pricing", "team", "faq", "legal", "features", "docs", "mission", "listing")


def decide_name(site: Site) -> tuple[Decision | None, frozenset[str]]:
    """The name, and the squeezed forms of all its variants (without legal form, initials, the domain's label)."""
    candidates = [one for one in site.of("name") if not _is_label(str(one.value))]
    shares = _title_shares(site, candidates)
    label = squeezed(domain_label(site.url))
    scored = [Scored(one, strength(one, site, base=_base(one, shares, label), foreign=())) for one in candidates]
    clusters = cluster(scored, same_name)
    decision = settle("name", clusters, exclusive=True)
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
    return decision, _variants([str(member.candidate.value) for member in clusters[0].members], label)


def _base(candidate: Candidate, shares: dict[str, float], label: str) -> float:
    base = RATES[candidate.evidence.rule]
    bare = squeezed(without_form(str(candidate.value)))
    if candidate.evidence.rule == "name.title":
        base = min(0.8, base + 0.5 * shares.get(bare, 0.0))
    if label and (bare == label or initials(str(candidate.value)) == label or (len(label) >= 5 and bare and (bare in label or label in bare))):
        base += (1 - base) * 0.5
    return base


def _title_shares(site: Site, candidates: list[Candidate]) -> dict[str, float]:
    """Share of the distinct titles that carry a part, by squeezed form; 0 for sites of one page."""
    titles = {page.title for page in site.findings if page.title}
    if len(titles) < 2:
        return {}
    holders: Counter[str] = Counter()
    for form in {squeezed(without_form(str(one.value))) for one in candidates}:
        holders[form] = sum(form in squeezed(title) for title in titles) if form else 0
    return {form: count / len(titles) for form, count in holders.items() if count > 1}


def without_form(name: str) -> str:
    """The name without a legal form at its end: "Acme Tools Ltd." -> "Acme Tools"."""
    return re.sub(rf"[\s,]+(?:{_forms()})[\s.,]*$", "", name, flags=re.IGNORECASE).strip(" ,") or name


def _forms() -> str:
    return "|".join(sorted(map(re.escape, words.phrases("identity", "legal_forms")), key=len, reverse=True))


def initials(name: str) -> str:
    """"Open Molecular Software Foundation" -> "omsf"; "" for a single word."""
    parts = [part for part in key(name).split() if part not in _SMALL]
    return "".join(part[0] for part in parts) if len(parts) > 1 else ""


def same_name(one: str, other: str) -> bool:
    a, b = squeezed(without_form(one)), squeezed(without_form(other))
    if a == b:
        return True
    return (len(a) >= 3 and a == initials(other)) or (len(b) >= 3 and b == initials(one))


def _is_label(name: str) -> bool:
    bare = key(name)
    return any(bare in words.keys("pages", "types", kind) for kind in _LABEL_KINDS)


def _best_spelling(spellings: list[str]) -> str:
    """The most frequent spelling without legal form; mixed case beats shouting, the long form beats initials."""
    bare = [without_form(one) for one in spellings]
    longest_form = max(bare, key=lambda one: len(key(one).split()))
    counts = Counter(one for one in bare if squeezed(one) == squeezed(longest_form))
    return max(counts, key=lambda one: (not one.isupper() and not one.islower(), counts[one], one))


def _variants(spellings: list[str], label: str) -> frozenset[str]:
    forms = {squeezed(one) for one in spellings} | {squeezed(without_form(one)) for one in spellings}
    forms |= {initials(one) for one in spellings if len(initials(one)) >= 3}
    if len(label) >= 4 and any(label in form or form in label for form in forms if len(form) >= 3):
        forms.add(label)
    return frozenset(forms - {""})
