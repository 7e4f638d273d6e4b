"""Decides the identity fields other than the name. `RATES` are the base rates of the rules (see `scorer`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pipelines.onboarding.extraction.records import Candidate, Decision, Item
from pipelines.onboarding.extraction.scorer import (
    FOREIGN_PAGES,
    Cluster,
    Scored,
    cluster,
    settle,
    settle_list,
    strength,
)
from pipelines.onboarding.extraction.site import Site
from pipelines.onboarding.extraction.text import key, squeezed, word_count

RATES = {
    "tagline.slogan": 0.85, "tagline.marked": 0.72, "tagline.lead": 0.62, "tagline.heading": 0.4, "tagline.subtitle": 0.52, "tagline.title": 0.6,
    "tagline.description": 0.35,
    "mission.label": 0.68, "mission.stated": 0.58,
    "vision.label": 0.68, "vision.stated": 0.58,
    "coreValues.headings": 0.7, "coreValues.lead": 0.7, "coreValues.siblings": 0.66, "coreValues.list": 0.62, "coreValues.stated": 0.7,
    "uniqueSellingPoints.headings": 0.66, "uniqueSellingPoints.lead": 0.64, "uniqueSellingPoints.siblings": 0.62, "uniqueSellingPoints.list": 0.58,
    "story.label": 0.68, "story.about": 0.36, "story.paragraph": 0.25,
    "founded.data": 0.88, "founded.sentence": 0.62, "founded.since": 0.46, "founded.started": 0.48, "founded.label": 0.66,
    "headquarters.data": 0.82, "headquarters.address": 0.6, "headquarters.sentence": 0.52, "headquarters.based": 0.3, "headquarters.label": 0.58,
    "llm": 0.55,
}  # fmt: skip
BELONGS = {
    "tagline": ("home",),
    "mission": ("home", "about", "mission", "values", "story"),
    "vision": ("home", "about", "mission", "values", "story"),
    "coreValues": ("home", "about", "mission", "values", "story", "team"),
    "uniqueSellingPoints": ("home", "about", "pricing", "services"),
    "brandStory": ("home", "about", "story"),
    "foundedYear": ("home", "about", "story", "mission", "contact", "imprint"),
    "headquarters": ("home", "about", "contact", "imprint", "locations"),
}
_RECURRING = 0.3  # share of pages from which an address is the site's own, in its frame
_BOILERPLATE = 0.6  # share of pages from which a text is the site's frame, not a statement


def decide_tagline(site: Site) -> Decision | None:
    """Only the home page's words count; its first heading that is not the name leads, the next ones follow."""
    scored = []
    lead: int | None = None
    home = site.home.url if site.home else ""
    for candidate in site.of("tagline"):
        rule = candidate.evidence.rule
        if candidate.evidence.url != home and rule not in ("tagline.slogan", "tagline.marked"):
            continue
        value = _without_name(str(candidate.value), site)
        if (
            word_count(value) < 3
            or site.is_name(value)
            or (rule == "tagline.description" and _is_everywhere(candidate, site))
        ):
            continue
        if rule == "tagline.heading":
            rank = int(candidate.features.get("rank", 0))
            lead = rank if lead is None else lead
            rule = "tagline.lead" if rank == lead and candidate.features.get("hero") else rule
        elif site.is_name(str(candidate.features.get("under", ""))):
            rule = "tagline.lead"
        base = RATES[rule] - (0.1 if not 4 <= word_count(value) <= 11 else 0.0)
        scored.append(
            Scored(_with_value(candidate, value), strength(candidate, site, base=base, belongs=BELONGS["tagline"]))
        )
    return settle("tagline", cluster(scored, _same_text), exclusive=False)


def decide_text(field: str) -> Callable[[Site], Decision | None]:
    """A verdict for fields whose value is a statement; several statements are no contradiction."""

    def decide_it(site: Site) -> Decision | None:
        return settle(field, cluster(_score(field, site.of(field), site), _same_text), exclusive=False)

    return decide_it


def decide_year(site: Site) -> Decision | None:
    """Later years that the brand only started or did something in are milestones, no other founding."""
    clusters = cluster(_score("foundedYear", site.of("foundedYear"), site), lambda a, b: a == b)
    founded = [one for one in clusters if one is clusters[0] or one.value < clusters[0].value or not _is_milestone(one)]
    return settle("foundedYear", founded, exclusive=True)


def _is_milestone(group: Cluster) -> bool:
    return all(member.candidate.evidence.rule in ("founded.since", "founded.started") for member in group.members)


def decide_place(site: Site) -> Decision | None:
    """An address that stands on one page alone, and not on one where the brand's own stands, is likely another's."""
    scored = [
        Scored(one.candidate, one.strength * (0.7 if _is_aside(one.candidate, site) else 1.0))
        for one in _score("headquarters", site.of("headquarters"), site)
    ]
    clusters = cluster(scored, same_place)
    return settle("headquarters", clusters, exclusive=True)


def decide_items(field: str, most: int) -> Callable[[Site], Decision | None]:
    """A verdict for list fields: each item is decided for itself, the surest `most` are kept in page order."""

    def decide_them(site: Site) -> Decision | None:
        clusters = cluster(_score(field, site.of(field), site), lambda a, b: squeezed(str(a)) == squeezed(str(b)))
        order = {squeezed(str(one.value)): place for place, one in reversed(list(enumerate(site.of(field))))}
        kept = sorted(clusters[:most], key=lambda one: order[squeezed(str(one.value))])
        return settle_list(field, [Item(one.value, round(one.confidence, 3), one.evidence[:3]) for one in kept])

    return decide_them


def _score(field: str, candidates: Iterable[Candidate], site: Site) -> list[Scored]:
    belongs = BELONGS[field]
    return [
        Scored(
            one,
            strength(one, site, base=RATES[one.evidence.rule], belongs=belongs, foreign=FOREIGN_PAGES),
        )
        for one in candidates
        if field in ("headquarters", "foundedYear") or len(site.findings) < 4 or site.share_of_pages(one) < _BOILERPLATE
    ]


def _same_text(one: Any, other: Any) -> bool:
    a, b = key(str(one)), key(str(other))
    return a == b or (min(len(a), len(b)) > 20 and (a in b or b in a))


def same_place(one: Any, other: Any) -> bool:
    """Whether two places share their town: "Davis, CA" and "Davis", "Berlin" and "10115 Berlin"."""
    a, b = (key(str(place).split(",")[0]) for place in (one, other))
    return bool(a) and bool(b) and (a == b or f" {a} " in f" {key(str(other))} " or f" {b} " in f" {key(str(one))} ")


def _is_aside(candidate: Candidate, site: Site) -> bool:
    if candidate.features.get("page") in BELONGS["headquarters"] or candidate.evidence.region in ("head", "data"):
        return False
    on_pages = site.repeated[str(candidate.features.get("block"))]
    return on_pages < 2 or on_pages < _RECURRING * len(site.findings)


def _without_name(text: str, site: Site) -> str:
    """A tagline without the brand's name in front or at the end, when it is set off or stands alone on a line."""
    name = site.name or ""
    for form in (name, f"{name}™", f"{name}®"):
        if form and text.casefold().startswith(form.casefold()):
            rest = text[len(form) :]
            if rest[:1] in (" ", ":", ",") and rest.strip(" :,–-")[:1].isupper():
                return rest.strip(" :,–-|")
    return text


def _is_everywhere(candidate: Candidate, site: Site) -> bool:
    """Whether a description stands on most pages, so that it says nothing of the home page."""
    same = sum(page.description == candidate.value for page in site.findings)
    return len(site.findings) > 2 and same > 0.5 * len(site.findings)


def _with_value(candidate: Candidate, value: str) -> Candidate:
    return Candidate(candidate.field, value, candidate.evidence, candidate.features)
