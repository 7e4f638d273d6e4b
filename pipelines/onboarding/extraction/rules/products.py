"""Products from what a page shows: priced things, cards under an offer's heading, a thing's own page, links to them.

A value is {name, url?, description?, features?, category?, pricing?}; `pricing` carries the quote it was read from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from pipelines.onboarding.extraction import page_types, words
from pipelines.onboarding.extraction.blocks import Block
from pipelines.onboarding.extraction.cards import Card, Group
from pipelines.onboarding.extraction.labels import announces_other, bare_name, is_card_name, is_name, offer_kind, sells
from pipelines.onboarding.extraction.links import Target, links, overlap, target
from pipelines.onboarding.extraction.offers import (
    PricedThing,
    description_of,
    feature_list,
    priced_things,
    unpriced_beside,
)
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.people import is_people
from pipelines.onboarding.extraction.price_tags import Tag, price_tags
from pipelines.onboarding.extraction.prices import country_of, period_in
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.text import key, word_count

# Pages whose prices and cards are about something else: old prices, grants, fines, other people's things.
_SILENT = frozenset(
    ("article", "blog", "legal", "jobs", "press", "docs", "account", "imprint", "customers", "team", "compare")
)
_OFFER_PAGES = {"products": "goods", "services": "services"}
_MAX_DESCRIPTION = 400
_DETAIL_PAGE = 0.5  # doubt about the sections of /services/roofing: they are about roofing
_LISTS = ("home", "pricing", "products")
_MAX_LINKS = 60
_PRICE_LINE = 8  # a line of more words says something, and a price on the way
_MOST_CARDS = 120  # a longer list without prices is a directory of other people's things
_PART_OF_ONE = 0.3  # doubt about cards on the page of one service: they may be its parts
_MOSTLY = 0.8  # a row in which more titles than that are no names is a row of sections
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
    tags = _in_one_currency(price_tags(page.blocks, country_of(page.url)))
    things = [thing for thing in priced_things(page.blocks, tags) if _is_priced(thing)]
    title = next((block for block in page.blocks if block.level == 1), None)
    alone = page.kind == "product" and len(things) == 1 and things[0].name_block.level > 1
    if alone and title is not None and is_card_name(title.text):
        # the one price on a product's page is the product's, whatever heads its section
        return [replace(things[0], name=title.text, name_block=title)]
    return things


def _in_one_currency(tags: list[Tag]) -> list[Tag]:
    """Without amounts inside a text whose currency is not the page's: "cabinet 101 AED" names a defibrillator."""
    counts = Counter(tag.price.currency for tag in tags if tag.alone)
    usual = counts.most_common(1)[0][0] if counts else None
    return [tag for tag in tags if tag.alone or usual is None or tag.price.currency == usual]


def _is_priced(thing: PricedThing) -> bool:
    """Whether its price stands for itself. One told in a sentence belongs to no section that asks or announces."""
    stands = any(tag.alone or word_count(tag.block.text) <= _PRICE_LINE for tag in thing.tags)
    if stands or not thing.name_block.level or thing.layout == "row":
        return True
    return is_card_name(thing.name) and not announces_other(thing.name)


def _priced(page: Page, things: list[PricedThing]) -> Iterator[Candidate]:
    currencies = [tag.price.currency for thing in things for tag in thing.tags]
    beside = list(unpriced_beside(page.blocks, things))
    for thing in things:
        asked = [tag for tag in thing.tags if tag.price.asked]
        to = _own_link(page, [link for link in thing.links if not sells([link[1]])] or thing.links, thing.name)
        peers = thing.peers + (len(beside) if thing.layout == "card" else 0)
        own = (thing.name_block.level == 1 or peers == 1) and page.kind not in _LISTS
        own = own and (page.kind == "product" or _named_by(page, thing.name))
        rule = "priced-page" if own else f"priced-{thing.layout}" if peers > 1 else "priced-single"
        url = to.url if to else page.url if own else None
        value = _value(thing.name, url, description_of(thing), feature_list(thing.blocks))
        if asked:
            value["pricing"] = _pricing(asked[0], thing.blocks)
            if before := [tag.price.amount for tag in thing.tags if tag.price.past]:
                value["pricing"]["before"] = before
        yield page.from_block(
            "product", value, thing.name_block, rule, quote=thing.name,
            peers=peers, boost=0.5 if thing.sold else 0.0, hedge=min(1.0, _doubt(thing.name)),
        )  # fmt: skip
    for title, says, free in beside:
        value = _value(title.text, None, "", [])
        if free:
            value["pricing"] = {"currency": max(currencies, key=currencies.count), "amount": 0.0, "quote": says.text}
        yield page.from_block("product", value, title, "priced-card", peers=len(things) + len(beside), free=free)


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
        if kind is None or group.region in ("nav", "footer", "aside") or len(group.cards) > _MOST_CARDS:
            continue
        if group.kind == "headings" and all(card.blocks[0].listed for card in group.cards):
            continue  # bold items of a list tell what is included
        cards = [card for card in group.cards if _is_offer(card.title)]
        if len(cards) < 2 or len(cards) < 0.6 * len(group.cards):
            continue
        if len(cards) < _MOSTLY * len(group.cards):
            hedge += 0.3
        if group.kind in ("list", "lead") and not any(_own_link(page, card.links, card.title) for card in cards):
            if any(word_count(card.title) > _MAX_ITEM_WORDS for card in cards):
                continue
            hedge += 0.2
        for card in cards:
            titled = any(0 < block.level < 7 for block in card.blocks if card.title in block.text)
            if titled or any(map(offer_kind, page.labels(group.heading))) or _own_link(page, card.links, card.title):
                yield from _card(page, card, kind, hedge, taken)


def _is_offer(title: str) -> bool:
    return is_card_name(title) and not announces_other(title) and not is_people(title)


def _card(page: Page, card: Card, kind: str, hedge: float, taken: set[int]) -> Iterator[Candidate]:
    block = next((one for one in card.blocks if card.title in one.text), None)
    if block is None or any(one.index in taken for one in card.blocks):
        return  # priced, or a category of priced things
    to = _own_link(page, card.links, card.title)
    if to and _is_post(to):
        return
    name = _known_head(page, card.title)
    body = card.body if word_count(card.body) >= 4 else ""
    value = _value(name, to.url if to else None, body, feature_list(card.blocks[1:]), kind)
    yield page.from_block(
        "product", value, block, f"offered-{kind}", quote=name,
        boost=0.3 if to else 0.0, hedge=min(1.0, hedge + _doubt(card.title) + (0.0 if to or body else 0.2)),
    )  # fmt: skip


def _known_head(page: Page, title: str) -> str:
    """ "Waldhonig – The strength of the forest" is called Waldhonig where the page says that alone somewhere."""
    head = next((title.split(dash, 1)[0] for dash in (" – ", " — ", " - ", ": ") if dash in title), "")
    if not head or not is_card_name(head):
        return title
    alone = {image.alt for image in page.images} | {text for block in page.blocks for _, text in block.links}
    return head if head in alone or any(block.text == head for block in page.blocks) else title


def _announced(page: Page, group: Group) -> tuple[str | None, float]:
    """(what the group's surroundings announce, doubt 0..1)."""
    labels = page.labels(group.heading)
    kind = next((kind for label in labels if (kind := offer_kind(label))), None)
    if kind and not any(announces_other(label) for label in labels):
        return kind, _PART_OF_ONE if _is_about_one(page) else 0.0
    if any(announces_other(label) for heading in group.headings[-2:] for label in page.labels(heading)):
        return None, 0.0
    page_kind = _OFFER_PAGES.get(page.kind)
    if page_kind and len(group.headings) <= 1 and group.kind in ("headings", "siblings"):
        parts = page_types.path_parts(page.url)
        index = bool(parts) and parts[-1] in words.keys("pages", "types", page.kind)
        return offer_kind(page.h1) or page_kind, 0.0 if index else _DETAIL_PAGE
    return None, 0.0


def _is_about_one(page: Page) -> bool:
    """Whether a page in the services is about one of them: its path goes on after "services"."""
    parts = page_types.path_parts(page.url)
    return page.kind == "services" and bool(parts) and parts[-1] not in words.keys("pages", "types", "services")


def _own_page(page: Page, priced: bool) -> Iterator[Candidate]:
    """/services/web-design: the thing is what the page is about."""
    kind = _folder_kind(target(page.url, page.url))
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
            and any(overlap(key(text), other) >= 0.5 for other in told if other)
        ):
            return text
    return None


def _links(page: Page) -> Iterator[Candidate]:
    """Links into folders of offers, wherever they are: menus name what a company sells."""
    seen: set[tuple[str, str]] = set()
    here = target(page.url, page.url).host
    for block, text, to in links(page):
        kind = _folder_kind(to) if to.host == here else None
        if kind is None or (to.url, text) in seen or len(seen) >= _MAX_LINKS:
            continue
        if not is_name(text) or announces_other(text) or _calls(text) or not overlap(key(text), to.parts[-1]):
            continue
        seen.add((to.url, text))
        boost = 0.3 if block.region in ("nav", "header", "footer") else 0.0
        value = _value(text, to.url, "", [], kind)
        yield page.from_block("product", value, block, f"linked-{kind}", quote=text, boost=boost)


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


def _is_post(to: Target) -> bool:
    """Whether a link leads to reading matter: /blog/…, /news-…, /terms."""
    posts = words.keys("pages", "types", "blog")
    return page_types.prior(to.url)[0] in _SILENT or any(part.split()[0] in posts for part in to.parts if part)


def _doubt(name: str) -> float:
    """Long titles and titles in two parts are rarely names."""
    long = max(0.0, 0.12 * (word_count(name) - 6))
    return long + (0.3 if ": " in name or "?" in name else 0.0) + (0.6 if _calls(name) else 0.0)


def _calls(name: str) -> bool:
    """ "Review the payroll service" asks the reader to do something."""
    told = key(name).split()
    return len(told) > 3 and told[0] in words.keys("offers", "calls")


def _own_link(page: Page, hrefs: Iterable[tuple[str, str]], name: str) -> Target | None:
    """The link of a card that leads to its thing: a page of the site below its root, not this page and no anchor."""
    best: tuple[float, Target] | None = None
    here = target(page.url, page.url)
    for href, text in hrefs:
        to = target(page.url, href)
        if not to.parts or to.host != here.host or to.parts == here.parts:
            continue
        fit = max(overlap(key(name), to.parts[-1]), 0.5 if key(text) == key(name) else 0.0)
        if best is None or fit > best[0]:
            best = (fit, to)
    return best[1] if best and best[0] > 0 else None


def _folder_kind(to: Target) -> str | None:
    """goods, services or projects when a page is a thing of its own inside a folder of such."""
    if len(to.parts) < 2:
        return None
    for kind in _FOLDERS:
        folders = words.keys("offers", "folders", kind)
        if to.parts[-2] in folders and to.parts[-1] not in folders:
            return kind
    return None


def _named_by(page: Page, name: str) -> bool:
    parts = page_types.path_parts(page.url)
    return bool(parts) and overlap(key(name), parts[-1]) >= 0.5
