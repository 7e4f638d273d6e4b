"""Products from JSON-LD and microdata: Product, SoftwareApplication, Service, Course and what offers and catalogues hold."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import unescape
from typing import Any

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.labels import bare_name
from pipelines.onboarding.extraction.links import target
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.prices import period_in
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.structured import Node, string
from pipelines.onboarding.extraction.text import fold, word_count

_RULES = {
    "Product": "data-product", "IndividualProduct": "data-product", "ProductModel": "data-product", "ProductGroup": "data-product",
    "SoftwareApplication": "data-software", "WebApplication": "data-software", "MobileApplication": "data-software",
    "VideoGame": "data-software", "Service": "data-service", "FinancialProduct": "data-service", "Course": "data-service",
    "ProfessionalService": "", "MenuItem": "data-product", "Menu": "",
}  # fmt: skip
# What a page mentions, reviews or relates to is not what its owner sells.
_MENTIONED = frozenset(
    ("itemReviewed", "about", "mentions", "isRelatedTo", "isSimilarTo", "isAccessoryOrSparePartFor", "knowsAbout")
)
_UNITS = {"HUR": "hourly", "DAY": "daily", "WEE": "weekly", "MON": "monthly", "ANN": "yearly", "P1M": "monthly", "P1Y": "yearly",
          "P1W": "weekly", "P1D": "daily"}  # fmt: skip
_MAX_NAME_WORDS = 16
_MAX_DESCRIPTION = 400


def propose(page: Page) -> Iterator[Candidate]:
    alone = sum(any(_RULES.get(name) for name in node["@type"]) for node in page.nodes) == 1
    for node in page.nodes:
        rule = next((_RULES[name] for name in node["@type"] if _RULES.get(name)), "")
        if not rule or node.get("@under") in _MENTIONED or page.kind in ("article", "blog"):
            continue
        name = unescape(string(node.get("name")))
        if not name or word_count(name) > _MAX_NAME_WORDS or not any(map(str.isalpha, name)):
            continue
        pricing = next((found for offer in _offers(node) if (found := _pricing(offer))), None)
        value: dict[str, Any] = {"name": bare_name(name)}
        link = string(node.get("url")) or (page.url if alone and page.kind != "home" else "")
        if address := target(page.url, link).url:
            value["url"] = address
        if text := string(node.get("description")):
            value["description"] = text[:_MAX_DESCRIPTION]
        if sort := string(node.get("category") or node.get("applicationCategory") or node.get("serviceType")):
            value["category"] = sort
        if pricing:
            value["pricing"] = pricing
        yield page.from_data("product", value, string(node.get("name")), rule, boost=0.4 if node.get("offers") else 0.0)
    yield from _of_head(page)


def _of_head(page: Page) -> Iterator[Candidate]:
    """og:type product: the page's og:title is the thing, product:price:* its price."""
    if page.head.get("og:type", "").lower() not in ("product", "product.item", "og:product"):
        return
    title = page.head.get("og:title", "")
    name = title.replace(" – ", " | ").replace(" - ", " | ").split(" | ")[0].strip()
    if not name or word_count(name) > _MAX_NAME_WORDS:
        return
    value: dict[str, Any] = {"name": bare_name(name), "url": page.url}
    amount = _number(page.head.get("product:price:amount") or page.head.get("og:price:amount") or "")
    currency = (page.head.get("product:price:currency") or page.head.get("og:price:currency") or "").upper()
    if amount is not None and _is_currency(currency):
        quote = page.head.get("product:price:amount") or page.head.get("og:price:amount")
        value["pricing"] = {"currency": currency, "amount": amount, "quote": quote}
    yield page.from_head("product", value, title, "data-product")


def _offers(node: Node) -> Iterator[Node]:
    """Offers of a node, of its variants too; an Offer that holds the node is not seen from here."""
    offers = node.get("offers")
    for offer in offers if isinstance(offers, list) else [offers]:
        if isinstance(offer, dict):
            inner = offer.get("offers")
            yield from (one for one in (inner if isinstance(inner, list) else [inner]) if isinstance(one, dict))
            yield offer


def _pricing(offer: Node) -> dict[str, Any] | None:
    specification = offer.get("priceSpecification")
    detail = specification[0] if isinstance(specification, list) and specification else specification
    detail = detail if isinstance(detail, dict) else {}
    quote = string(offer.get("price")) or string(offer.get("lowPrice")) or string(detail.get("price"))
    amount = _number(quote)
    currency = (string(offer.get("priceCurrency")) or string(detail.get("priceCurrency"))).upper()
    if amount is None or not _is_currency(currency):
        return None
    pricing: dict[str, Any] = {"currency": currency, "amount": amount, "quote": quote}
    unit = string(detail.get("unitCode")) or string(detail.get("billingDuration")) or string(detail.get("unitText"))
    period = _UNITS.get(unit.upper()) or period_in(unit) or period_in(f"/{unit}")
    if period:
        pricing["billingPeriod"] = period
    if not string(offer.get("price")) and string(offer.get("lowPrice")):
        pricing["from"] = True
    return pricing


def _number(text: str) -> float | None:
    """schema.org amounts use a point; a comma is the common mistake."""
    bare = fold(text).lstrip("$€£ ").replace(" ", "")
    try:
        amount = float(bare.replace(",", "") if "." in bare else bare.replace(",", "."))
    except ValueError:
        return None
    return amount if math.isfinite(amount) and amount >= 0 else None


def _is_currency(code: str) -> bool:
    return (len(code) == 3 and code.isalpha() and code.isascii()) or code in words.topic("prices")["currencies"]
