"""Which domains answers cite, and what kind of place each is. Pure.

The kinds are for reading, not for scoring: a short list of well-known places, everything else is `other`.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from pipelines.perception.records import BrandFacts, Cell
from pipelines.perception.scores import SourceKind, SourceShare

MAX_SOURCES = 50
KNOWN: dict[str, SourceKind] = {
    **dict.fromkeys(("g2.com", "capterra.com", "trustpilot.com", "trustradius.com", "getapp.com", "softwareadvice.com",
                     "glassdoor.com", "yelp.com", "tripadvisor.com", "producthunt.com", "omr.com"), "review"),
    **dict.fromkeys(("reddit.com", "youtube.com", "linkedin.com", "facebook.com", "instagram.com", "x.com",
                     "twitter.com", "tiktok.com", "quora.com", "medium.com", "pinterest.com", "threads.net"), "social"),
    **dict.fromkeys(("nytimes.com", "theguardian.com", "bbc.com", "bbc.co.uk", "reuters.com", "bloomberg.com",
                     "forbes.com", "techcrunch.com", "wsj.com", "ft.com", "cnbc.com", "theverge.com", "wired.com",
                     "businessinsider.com", "spiegel.de", "lemonde.fr"), "news"),
    **dict.fromkeys(("wikipedia.org", "wikidata.org", "britannica.com", "crunchbase.com", "github.com",
                     "stackoverflow.com", "investopedia.com"), "reference"),
}  # fmt: skip


def sources(cells: Sequence[Cell], facts: BrandFacts) -> tuple[SourceShare, ...]:
    """The domains that valid answers cite, most answers first, at most MAX_SOURCES."""
    citations: dict[str, int] = {}
    answers: dict[str, set[str]] = {}
    platforms: dict[str, set[str]] = {}
    for cell in cells:
        if cell.state != "valid":
            continue
        for citation in cell.citations:
            domain = (citation.domain or domain_of(citation.url)).lower().removeprefix("www.")
            if not (citation.cited and domain):
                continue
            citations[domain] = citations.get(domain, 0) + 1
            answers.setdefault(domain, set()).add(cell.answer_id)
            platforms.setdefault(domain, set()).add(cell.platform)
    found = [
        SourceShare(
            domain=domain,
            kind=kind_of(domain, facts),
            citations=count,
            answers=len(answers[domain]),
            platforms=tuple(sorted(platforms[domain])),
        )
        for domain, count in citations.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.answers, -one.citations, one.domain))[:MAX_SOURCES])


def kind_of(domain: str, facts: BrandFacts) -> SourceKind:
    """What kind of place a domain is, as this brand sees it."""
    if facts.domain and belongs_to(domain, facts.domain):
        return "own"
    if any(rival.domain and belongs_to(domain, rival.domain) for rival in facts.competitors):
        return "rival"
    return next((kind for known, kind in KNOWN.items() if belongs_to(domain, known)), "other")


def belongs_to(domain: str, owner: str) -> bool:
    """Whether `domain` is the owner's domain or below it; www does not matter."""
    domain, owner = (text.strip().lower().rstrip(".").removeprefix("www.") for text in (domain, owner))
    return bool(owner) and (domain == owner or domain.endswith(f".{owner}"))


def domain_of(url: str) -> str:
    """The host of an address; empty for what is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
