"""Small sites of our own for extraction tests: pages as HTML in, the decided profile out."""

from __future__ import annotations

from pipelines.onboarding.extraction import Decision, PageFindings, SiteProfile, SourcePage, decide, read_page

SITE = "https://www.brindle-kettles.example/"


def page(body: str, *, path: str = "", title: str = "Brindle Kettles", head: str = "") -> SourcePage:
    """One page of the site; `path` without the leading slash, "" is the home page."""
    html = f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return SourcePage(SITE + path, html)


def home(body: str = "", *, head: str = "") -> SourcePage:
    """A home page that leaves no doubt about the name."""
    named = '<meta property="og:site_name" content="Brindle Kettles">'
    frame = '<header><a href="/">Brindle Kettles</a></header><footer><p>© 2019 Brindle Kettles. All rights reserved.</p></footer>'
    return page(f"{frame}<main>{body}</main>", head=named + head)


def read(*pages: SourcePage) -> list[PageFindings]:
    return [read_page(one) for one in pages]


def profile(*pages: SourcePage) -> SiteProfile:
    return decide(read(*pages), site_url=SITE)


def decided(field: str, *pages: SourcePage) -> Decision | None:
    return profile(*pages).identity.get(field)


def accepted(field: str, *pages: SourcePage) -> object:
    """The value when it was accepted without a person, else None."""
    decision = decided(field, *pages)
    return decision.value if decision and decision.status == "accepted" else None
