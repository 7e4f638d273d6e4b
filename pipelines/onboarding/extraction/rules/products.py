"""Products from what a page shows: priced things, cards under an offer's heading, a thing's own page, links to them.

A value is {name, url?, description?, features?, category?, pricing?}; `pricing` carries the quote it was read from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from pipelines.onboarding.extraction import page_types, words
from pipelines.onboarding.extraction.blocks import Block
from pipelines.onboarding.extraction.cards import Card, Group
from pipelines.onboarding.extraction.labels import announces_other, bare_name, is_name, offer_kind, sells
from pipelines.onboarding.extraction.offers import PricedThing, description_of, feature_list, free_things, priced_things
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.price_tags import Tag, price_tags
from pipelines.onboarding.extraction.prices import country_of, period_in
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.text import key, word_count

# Pages whose prices and cards are about something else: old prices, grants, fines, other people's things.
_SILENT = frozenset(("article", "blog", "legal", "jobs", "press", "docs", "account", "imprint", "customers", "team"))
_OFFER_PAGES = {"products": "goods", "services": "services"}
_MAX_DESCRIPTION = 400
_MAX_LINKS = 60
_MAX_ITEM_WORDS = 6  # a list of longer items tells what is included, not what is offered
_FOLDERS = ("goods", "services", "projects")


def propose(page: Page) -> Iterator[Candidate]:
    yield from _traits(page)
    yield from _links(page)
    if page.kind in _SILENT:
        return
    things = _things(page)
    yield from _priced(page, things)
    yield from _cards(page, {thing.name_block.index for thing in things})
    yield from _own_page(page, bool(things))


def _things(page: Page) -> list[PricedThing]:
    return priced_things(page.blocks, price_tags(page.blocks, country_of(page.url)))


def _priced(page: Page, things: list[PricedThing]) -> Iterator[Candidate]:
    currencies = [tag.price.currency for thing in things for tag in thing.tags]
    for thing in things:
        asked = [tag for tag in thing.tags if tag.price.asked]
        url = _own_link(page, [link for link in thing.links if not sells([link[1]])] or thing.links, thing.name)
        own = thing.name_block.level == 1 or (thing.peers == 1 and _is_detail(page.url) and _named_by(page, thing.name))
        rule = "priced-page" if own else f"priced-{thing.layout}" if thing.peers > 1 else "priced-single"
        value = _value(
            thing.name, url or (page.url if own else None), description_of(thing), feature_list(thing.blocks)
        )
        if asked:
            value["pricing"] = _pricing(asked[0], thing.blocks)
        yield page.from_block(
            "product", value, thing.name_block, rule, quote=thing.name,
            peers=thing.peers, boost=0.5 if thing.sold else 0.0, hedge=_doubt(thing.name),
        )  # fmt: skip
    for title, says in free_things(page.blocks, things):
        value = _value(title.text, None, "", [])
        value["pricing"] = {"currency": max(currencies, key=currencies.count), "amount": 0.0, "quote": says.text}
        yield page.from_block("product", value, title, "priced-card", peers=len(things), free=True)


def _pricing(tag: Tag, around: Iterable[Block]) -> dict[str, Any]:
    price = tag.price
    period = price.period or period_in(tag.block.text)
    if period is None:
        after = (block for block in around if block.index > tag.block.index and word_count(block.text) <= 6)
        period = next((found for block in after if (found := period_in(block.text))), None)
    pricing: dict[str, Any] = {"currency": price.currency, "amount": price.amount, "quote": price.quote}
    if period:
        pricing["billingPeriod"] = period
    if price.lower_bound:
        pricing["from"] = True
    return pricing


def _cards(page: Page, taken: set[int]) -> Iterator[Candidate]:
    """Rows of cards under a heading that announces offers, or on a page that is one list of them."""
    for group in page.groups:
        kind, hedge = _announced(page, group)
        if kind is None or group.region in ("nav", "footer", "aside"):
            continue
        cards = [card for card in group.cards if is_name(card.title) and not announces_other(card.title)]
        if len(cards) < 2 or len(cards) < 0.6 * len(group.cards):
            continue
        if group.kind in ("list", "lead") and not any(_own_link(page, card.links, card.title) for card in cards):
            if any(word_count(card.title) > _MAX_ITEM_WORDS for card in cards):
                continue
            hedge += 0.2
        for card in cards:
            titled = any(0 < block.level < 7 for block in card.blocks if card.title in block.text)
            if titled or offer_kind(group.heading) or _own_link(page, card.links, card.title):
                yield from _card(page, card, kind, hedge, taken)


def _card(page: Page, card: Card, kind: str, hedge: float, taken: set[int]) -> Iterator[Candidate]:
    block = next((one for one in card.blocks if card.title in one.text), None)
    if block is None or block.index in taken:
        return
    url = _own_link(page, card.links, card.title)
    body = card.body if word_count(card.body) >= 4 else ""
    value = _value(card.title, url, body, feature_list(card.blocks[1:]), kind)
    yield page.from_block(
        "product", value, block, f"offered-{kind}", quote=card.title,
        boost=0.3 if url and _is_detail(url) else 0.0, hedge=min(1.0, hedge + _doubt(card.title) + (0.0 if url or body else 0.2)),
    )  # fmt: skip


def _announced(page: Page, group: Group) -> tuple[str | None, float]:
    """(what the group's surroundings announce, doubt 0..1)."""
    if any(announces_other(heading) and not offer_kind(heading) for heading in group.headings[-2:]):
        return None, 0.0
    kind = offer_kind(group.headings[-1]) if group.headings else None
    if kind:
        return kind, 0.0
    page_kind = _OFFER_PAGES.get(page.kind)
    if page_kind and len(group.headings) <= 1 and group.kind in ("headings", "siblings"):
        told = offer_kind(page.h1) or offer_kind(
            page_types.path_parts(page.url)[-1] if page_types.path_parts(page.url) else ""
        )
        return told or page_kind, 0.0 if told else 0.15
    return None, 0.0


def _own_page(page: Page, priced: bool) -> Iterator[Candidate]:
    """/services/web-design: the thing is what the page is about."""
    kind = _folder_kind(page.url)
    if kind is None or not page.h1:
        return
    block = next(block for block in page.blocks if block.level == 1)
    name = _title_name(page, block.text)
    if name is None:
        return
    body = next((one.text for one in page.blocks[block.index + 1 :] if not one.level and word_count(one.text) >= 6), "")
    value = _value(name, page.url, body, [], kind)
    if name in block.text:
        yield page.from_block("product", value, block, f"own-page-{kind}", quote=name, boost=0.3 if priced else 0.0)
    else:
        yield page.from_head("product", value, page.title, f"own-page-{kind}")


def _title_name(page: Page, h1: str) -> str | None:
    """The h1 where it is a name that the path or the links to the page bear out, else the part of the title that is."""
    slug = page_types.path_parts(page.url)[-1]
    told = [slug, *map(key, page.source.anchors)]
    for text in (h1, *page.title.replace(" – ", " | ").replace(" - ", " | ").replace(" — ", " | ").split(" | ")):
        if (
            is_name(text)
            and not announces_other(text)
            and any(_overlap(key(text), other) >= 0.5 for other in told if other)
        ):
            return text
    return None


def _links(page: Page) -> Iterator[Candidate]:
    """Links into folders of offers, wherever they are: menus name what a company sells."""
    seen: set[tuple[str, str]] = set()
    for block in page.blocks:
        for href, text in block.links:
            url = urljoin(page.url, href)
            kind = _folder_kind(url) if _same_site(url, page.url) else None
            if (
                kind is None
                or not is_name(text)
                or announces_other(text)
                or (url, text) in seen
                or text not in block.text
            ):
                continue
            if not _overlap(key(text), page_types.path_parts(url)[-1]) or len(seen) >= _MAX_LINKS:
                continue
            seen.add((url, text))
            menu = block.region in ("nav", "header", "footer")
            yield page.from_block(
                "product",
                _value(text, url, "", [], kind),
                block,
                f"linked-{kind}",
                quote=text,
                boost=0.3 if menu else 0.0,
            )


def _traits(page: Page) -> Iterator[Candidate]:
    """Whether the site calls itself a non-profit: its projects are then what it offers."""
    if page.kind not in ("home", "about", "mission", "story", "imprint", "contact", "other", "faq"):
        return
    pattern = words.pattern("offers", "nonprofit")
    for block in page.blocks:
        found = pattern.search(block.text) if not block.quoted else None
        if found:
            yield page.from_block("trait", "nonprofit", block, "says-nonprofit", quote=found[0])
            return


def _value(name: str, url: str | None, description: str, features: list[str], kind: str = "") -> dict[str, Any]:
    value: dict[str, Any] = {"name": bare_name(name)}
    if url:
        value["url"] = url
    if description:
        value["description"] = description[:_MAX_DESCRIPTION]
    if features:
        value["features"] = features
    if kind in ("services", "projects"):
        value["category"] = kind.removesuffix("s")
    return value


def _doubt(name: str) -> float:
    """Long titles are rarely names."""
    return max(0.0, 0.12 * (word_count(name) - 6))


def _own_link(page: Page, links: Iterable[tuple[str, str]], name: str) -> str | None:
    """The link of a card that leads to its thing: a page of the site below its root, not this page and no anchor."""
    best: tuple[float, str] | None = None
    for href, text in links:
        url = urljoin(page.url, href).split("#")[0]
        if not url.startswith("http") or not _same_site(url, page.url) or url.rstrip("/") == page.url.rstrip("/"):
            continue
        parts = page_types.path_parts(url)
        if not parts:
            continue
        fit = max(_overlap(key(name), parts[-1]), 0.5 if key(text) == key(name) else 0.0)
        if best is None or fit > best[0]:
            best = (fit, url)
    return best[1] if best and best[0] > 0 else None


def _same_site(url: str, other: str) -> bool:
    return (urlsplit(url).hostname or "").removeprefix("www.") == (urlsplit(other).hostname or "").removeprefix("www.")


def _folder_kind(url: str) -> str | None:
    """goods, services or projects when the URL is a thing of its own inside a folder of such."""
    parts = page_types.path_parts(url)
    if len(parts) < 2:
        return None
    for kind in _FOLDERS:
        if parts[-2] in words.keys("offers", "folders", kind) and parts[-1] not in words.keys(
            "offers", "folders", kind
        ):
            return kind
    return None


def _is_detail(url: str) -> bool:
    return _folder_kind(url) is not None or len(page_types.path_parts(url)) > 0


def _named_by(page: Page, name: str) -> bool:
    parts = page_types.path_parts(page.url)
    return bool(parts) and _overlap(key(name), parts[-1]) >= 0.5


def _overlap(one: str, other: str) -> float:
    """Share of the shorter text's words that the other has, 0..1; run-together words count ("openfold")."""
    a, b = one.split(), other.split()
    if not a or not b:
        return 0.0
    if one.replace(" ", "") == other.replace(" ", ""):
        return 1.0
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    joined = "".join(long)
    return sum(word in long or (len(word) > 3 and word in joined) for word in short) / len(short)
