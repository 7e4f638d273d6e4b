"""Products that menus name: the entries below "Services" in the navigation, or in a footer's column of that name.

Menus are written by hand and stand on every page, so they tell what a company itself counts among its offers.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement

from pipelines.onboarding.extraction import page_types, words
from pipelines.onboarding.extraction.blocks import Block
from pipelines.onboarding.extraction.labels import announces_other, bare_name, is_card_name
from pipelines.onboarding.extraction.links import Target, target
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.people import is_people
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.text import fold, key

_KINDS = ("goods", "services", "projects")
_LEADS_TO = frozenset(("other", "product", "products", "services"))
_MOST_ENTRIES = 40
_FOOTER_DOUBT = 0.4  # footers put calculators and application forms beside their services
_LABELS = frozenset(("a", "button", "span", "p", "div", "label"))


def propose(page: Page) -> Iterator[Candidate]:
    if page.tree is None:
        return
    blocks = {link: block for block in page.blocks for link in block.links if link[1] in block.text}
    here = target(page.url, page.url)
    for kind, entries in (*_submenus(page.tree), *_footer_columns(page)):
        offers = [(link, to) for link in entries if (to := _offer(link, here)) is not None]
        if len(offers) < 2 or len(offers) > _MOST_ENTRIES:
            continue
        for link, to in offers:
            block = blocks.get(link)
            if block is not None:
                value = {"name": bare_name(link[1]), "url": to.url}
                hedge = _FOOTER_DOUBT if block.region == "footer" else 0.0
                yield page.from_block("product", value, block, f"menu-{kind}", quote=link[1], hedge=hedge)


def _submenus(tree: HtmlElement) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """(kind, links) of lists inside a menu entry that is called like an offer: <li>Services<ul>…</ul></li>."""
    for inner in tree.iter("ul"):
        entry = inner.getparent()
        if entry is None or entry.tag not in ("li", "div"):
            continue
        label = next((child for child in entry if child is not inner and child.tag in _LABELS), None)
        kind = _kind(fold(label.text_content())) if label is not None else _kind(fold(entry.text or ""))
        if kind:
            yield kind, [(a.get("href"), fold(a.text_content())) for a in inner.iter("a") if a.get("href")]


def _footer_columns(page: Page) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    columns: dict[str, list[Block]] = {}
    for block in page.blocks:
        if block.region == "footer" and block.links and block.heading:
            columns.setdefault(block.heading, []).append(block)
    for heading, column in columns.items():
        kind = _kind(heading)
        if kind:
            yield kind, [link for block in column for link in block.links]


def _kind(label: str) -> str | None:
    """The kind of offers a label names when it is that word and no more: "Our services", not "Why our services"."""
    told = key(label)
    bare = " ".join(word for word in told.split() if word not in words.keys("offers", "articles"))
    return next((kind for kind in _KINDS if bare and {bare, told} & words.keys("offers", kind)), None)


def _offer(link: tuple[str, str], here: Target) -> Target | None:
    """Where an entry leads when it can be an offer: a page of the site that is nothing else, with a name for it."""
    href, text = link
    to = target(here.url, href)
    if not to.parts or to.host != here.host or page_types.prior(to.url)[0] not in _LEADS_TO:
        return None
    if not is_card_name(text) or announces_other(text) or is_people(text) or _kind(text):
        return None
    return to
