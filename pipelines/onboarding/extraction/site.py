"""The site as a whole, seen through its pages' findings: what verdicts and the scorer look things up in.

It answers which page is home, on how many pages a text occurs (boilerplate), which names the brand goes by, and
whether a subject in a sentence is the brand itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlsplit

from pipelines.onboarding.extraction import page_types
from pipelines.onboarding.extraction.records import Candidate, PageFindings
from pipelines.onboarding.extraction.text import squeezed


@dataclass(frozen=True)
class Site:
    """`brand` holds the squeezed forms of every name of the brand, empty until the name is decided."""

    url: str
    findings: Sequence[PageFindings]
    name: str | None = None
    brand: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def home(self) -> PageFindings | None:
        """The page at the site's root, else the shallowest home-like page."""
        homes = [page for page in self.findings if page.page_type == "home"]
        return min(homes, key=lambda page: (urlsplit(page.url).path.count("/"), len(page.url)), default=None)

    @cached_property
    def repeated(self) -> Counter[str]:
        """Block digest -> number of pages it occurs on."""
        return Counter(block for page in self.findings for block in set(page.block_keys))

    @cached_property
    def by_field(self) -> dict[str, list[Candidate]]:
        fields: dict[str, list[Candidate]] = {}
        for page in self.findings:
            for candidate in page.candidates:
                fields.setdefault(candidate.field, []).append(candidate)
        return fields

    def of(self, name: str) -> list[Candidate]:
        """All candidates for a field, in page order."""
        return self.by_field.get(name, [])

    def share_of_pages(self, candidate: Candidate) -> float:
        """Share of the pages that carry the candidate's block, 0..1; 0 when it is not from visible text."""
        block = candidate.features.get("block")
        return self.repeated[str(block)] / max(1, len(self.findings)) if block else 0.0

    def is_brand(self, subject: str) -> bool:
        """Whether a named subject is the brand: equal to, or beginning or ending with, one of its names."""
        bare = squeezed(subject)
        return bool(bare) and any(
            bare == name or (len(name) >= 4 and (bare.startswith(name) or bare.endswith(name))) for name in self.brand
        )

    def is_name(self, text: str) -> bool:
        """Whether a text is nothing but one of the brand's names, a word more or less."""
        bare = squeezed(text)
        return any(
            bare == name or (len(name) >= 4 and name in bare and len(bare) - len(name) <= 4) for name in self.brand
        )

    def named(self, name: str | None, brand: frozenset[str]) -> Site:
        return replace(self, name=name, brand=brand)


def domain_label(url: str) -> str:
    """The part of the host a brand registered: `www.acme.co.uk` -> `acme`, `acme.github.io` -> `acme`."""
    labels = (urlsplit(url).hostname or "").removeprefix("www.").split(".")
    if len(labels) < 2 or labels[-1].isdigit():
        return ""
    second_level = {
        "co",
        "com",
        "org",
        "net",
        "ac",
        "gov",
        "edu",
        "github",
        "gitlab",
        "netlify",
        "vercel",
        "pages",
        "web",
    }
    return labels[-3] if len(labels) > 2 and labels[-2] in second_level else labels[-2]


def survey(findings: Sequence[PageFindings], site_url: str) -> Site:
    """Pages are put in a fixed order (worth, then URL), so that the outcome does not depend on the crawl's timing."""
    ordered = sorted(findings, key=lambda page: (-page_types.WORTH[page.page_type], len(page.url), page.url))
    return Site(site_url, ordered)
