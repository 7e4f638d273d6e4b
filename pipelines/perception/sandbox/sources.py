"""Pages that an answer of the sandbox cites: the brand's own, review sites, rivals', the press. Pure.

The sites are real, since which kinds of places are cited is part of what a scan tells; the pages behind them are not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.perception.records import BrandFacts
from pipelines.perception.sandbox.chance import dice
from pipelines.replies import Citation

OWN = (("/", "{name}"), ("/about", "About {name}"), ("/pricing", "{name}: pricing"), ("/products", "{name}: products"))
ELSEWHERE = (
    ("https://www.g2.com/products/{slug}/reviews", "{name} reviews on G2"),
    ("https://www.capterra.com/p/{slug}/", "{name} on Capterra"),
    ("https://www.trustpilot.com/review/{slug}", "{name} on Trustpilot"),
    ("https://www.reddit.com/search/?q={slug}", "What people say about {name}"),
    ("https://www.linkedin.com/company/{slug}", "{name} | LinkedIn"),
    ("https://www.crunchbase.com/organization/{slug}", "{name} on Crunchbase"),
)


def pages(facts: BrandFacts, platform: str, question: str, named: Sequence[str], *, most: int) -> list[Citation]:
    """Up to `most` pages about the brands that the answer names, without a place in the text."""
    chosen = dice("sources", facts.name, platform, question)
    found: list[tuple[str, str, str]] = []
    if facts.name in named and facts.domain:
        path, title = chosen.choice(OWN)
        found.append((f"https://{facts.domain}{path}", title, facts.name))
    domains = {rival.name: rival.domain for rival in facts.competitors}
    found += [(f"https://{domains[name]}/", "{name}", name) for name in named if domains.get(name)]
    for name in named[:3]:
        url, title = chosen.choice(ELSEWHERE)
        found.append((url.replace("{slug}", _slug(name)), title, name))
    chosen.shuffle(found)
    return [_citation(url, title.replace("{name}", name)) for url, title, name in found[:most]]


def _citation(url: str, title: str) -> Citation:
    return Citation(url=url, title=title, domain=url.split("/")[2].removeprefix("www."))


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "company"
