"""JSON-LD of schema.org, built from verified facts only. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from pipelines.perception.corrections.ground import Ground, sentence

CONTEXT = "https://schema.org"
MAX_PRODUCTS = 50
MAX_DESCRIPTION = 500


def organization(ground: Ground) -> dict[str, Any]:
    """https://schema.org/Organization with its offers."""
    made: dict[str, Any] = {"@context": CONTEXT, "@type": "Organization", "name": ground.name}
    if ground.url:
        made["url"] = ground.url
    facts = {
        "foundingDate": _text(ground.value("founded_year")),
        "address": _text(ground.value("headquarters")),
        "founder": [{"@type": "Person", "name": one} for one in _listed(ground.value("founder"))],
        "numberOfEmployees": _quantity(ground.value("employees")),
        "slogan": _text(ground.value("tagline")),
        "description": _text(ground.value("mission")),
        "areaServed": _listed(ground.value("geography")),
        "knowsAbout": _listed(ground.value("industries")),
        "makesOffer": [offered for name in ground.products()[:MAX_PRODUCTS] if (offered := _offer_of(ground, name))],
    }
    return made | {name: value for name, value in facts.items() if value}


def product(ground: Ground, name: str) -> dict[str, Any]:
    """https://schema.org/Product of one product, with the company that makes it."""
    maker = {key: value for key, value in organization(ground).items() if key not in {"@context", "makesOffer"}}
    made = {"@context": CONTEXT, **_product(ground, name), "brand": {"@type": "Brand", "name": ground.name}}
    made["manufacturer"] = maker
    if price := _price(ground, name):
        made["offers"] = {"@type": "Offer", **price}
    return made


def questions(items: list[tuple[str, str]]) -> dict[str, Any]:
    """https://schema.org/FAQPage."""
    return {
        "@context": CONTEXT,
        "@type": "FAQPage",
        "mainEntity": [
            {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": answer}}
            for question, answer in items
        ],
    }


def script(markup: dict[str, Any]) -> str:
    """The element to paste into a page's head. No value can end it early."""
    text = msgspec.json.format(msgspec.json.encode(markup), indent=2).decode().replace("<", "\\u003c")
    return f'<script type="application/ld+json">\n{text}\n</script>'


def _offer_of(ground: Ground, name: str) -> dict[str, Any]:
    return {"@type": "Offer", "itemOffered": _product(ground, name), **_price(ground, name)}


def _product(ground: Ground, name: str) -> dict[str, Any]:
    made: dict[str, Any] = {"@type": "Product", "name": name}
    if category := ground.value("category", name):
        made["category"] = category
    if description := ground.value("description", name):
        made["description"] = str(description)[:MAX_DESCRIPTION]
    features = [fact.value for fact in ground.facts if fact.predicate == "feature" and fact.subject == name]
    if features:
        made["additionalProperty"] = [
            {"@type": "PropertyValue", "name": "feature", "value": sentence(str(one))} for one in features[:20]
        ]
    return made


def _price(ground: Ground, name: str) -> dict[str, Any]:
    """A price that names its currency; without one it says nothing that a machine could use."""
    value = ground.value("price", name)
    if not isinstance(value, dict) or not value.get("currency"):
        return {}
    made: dict[str, Any] = {"price": value["amount"], "priceCurrency": value["currency"]}
    if value.get("period"):
        made["priceSpecification"] = {
            "@type": "UnitPriceSpecification",
            "price": value["amount"],
            "priceCurrency": value["currency"],
            "unitText": value["period"],
        }
    return made


def _text(value: Any) -> str | None:
    return str(value) if value not in (None, "") else None


def _listed(value: Any) -> list[str]:
    if value in (None, ""):
        return []
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def _quantity(value: Any) -> dict[str, Any] | None:
    amount = value.get("amount") if isinstance(value, dict) else value
    return {"@type": "QuantitativeValue", "value": amount} if isinstance(amount, int | float) else None
