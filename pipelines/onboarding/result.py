"""Builds the documented result of an onboarding job from a site's profile. Pure.

What was not found is not there: no field of `extractedIdentity` is ever empty or made up, and every value has its
sources under `evidence`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from pipelines.onboarding.extraction import Decision, SiteProfile
from pipelines.onboarding.reading import storable
from store.brands.values import DATA_TYPES, IDENTITY_FIELDS, checked_entry, checked_identity
from store.kit.errors import InvalidInput

MAX_MARKDOWN = 200_000  # characters over all pages: what a person reads, not an archive
MAX_ALTERNATIVES = 5
MAX_SOURCES = 10  # of each value, the strongest first
PARTS = ("items", "pricing")
PRICE = ("currency", "amount", "billingPeriod")
MAX_ENTRIES = 200  # products, competitors, audiences each; a shop's whole catalogue is no brand profile


class Readable(Struct, frozen=True, kw_only=True):
    """One page as people read it, in crawl order of worth."""

    url: str
    title: str
    description: str
    markdown: str


class Proposed(Struct, frozen=True, kw_only=True):
    """One field of one data type as the review stage puts it up."""

    field: str
    value: Any
    confidence: float
    accepted: bool
    evidence: list[dict[str, Any]]
    alternatives: list[dict[str, Any]]
    parts: dict[str, Any] = {}
    """Evidence of what the value is made of: `pricing` of a product, `items` of a list."""


def proposals(profile: SiteProfile) -> dict[str, list[Proposed]]:
    """What the profile says, by data type, with identity fields by wire name and entries by their name.

    Values that the brand's profile could not hold (a name of 600 characters) are left out.
    """
    found: dict[str, list[Proposed]] = {kind: [] for kind in DATA_TYPES}
    for field in IDENTITY_FIELDS.values():
        decision = profile.identity.get(field)
        if decision is not None and _fits("identity", field, decision.value):
            found["identity"].append(_proposed(field, decision.value, decision))
    lists = {"competitors": profile.competitors, "products": profile.products, "audience": profile.audience}
    for kind, decisions in lists.items():
        seen: set[str] = set()
        for decision in decisions:
            value = {"name": decision.value} if isinstance(decision.value, str) else decision.value
            if _fits(kind, value.get("name"), value) and value["name"] not in seen and len(seen) < MAX_ENTRIES:
                seen.add(value["name"])
                found[kind].append(_proposed(value["name"], value, decision))
    return found


def build(
    *,
    site_url: str,
    pages: list[Readable],
    summary: dict[str, Any],
    profile: SiteProfile,
    proposed: dict[str, list[Proposed]],
    llm: dict[str, Any],
) -> dict[str, Any]:
    """The job's result in the documented shape, with `extractedAudience`, `evidence`, `pages` and `llm` beside it."""
    home = next((page for page in pages if page.url.rstrip("/") == site_url.rstrip("/")), pages[0] if pages else None)
    markdown, is_cut = _joined(pages)
    metadata = {
        "title": home.title if home else None,
        "description": home.description if home else None,
        "language": profile.language,
        "pages": len(pages),
    }
    return {
        "crawlData": {
            "url": site_url,
            "markdown": markdown,
            "markdownTruncated": is_cut,
            "metadata": {name: value for name, value in metadata.items() if value not in (None, "")},
        },
        "extractedIdentity": {one.field: one.value for one in proposed["identity"]},
        "extractedCompetitors": [one.value for one in proposed["competitors"]],
        "extractedProducts": [one.value for one in proposed["products"]],
        "extractedAudience": [one.value for one in proposed["audience"]],
        "evidence": {
            **{one.field: _shown(one) for one in proposed["identity"]},
            **{kind: {one.field: _shown(one) for one in proposed[kind]} for kind in DATA_TYPES[1:]},
        },
        "pages": summary,
        "rulesVersion": profile.rules_version,
        "llm": llm,
    }


def proposals_of(result: dict[str, Any]) -> dict[str, list[Proposed]]:
    """The proposals that a result was built from: `build` loses none of them."""
    lists = {
        "competitors": result["extractedCompetitors"],
        "products": result["extractedProducts"],
        "audience": result["extractedAudience"],
    }
    return {
        "identity": [
            _read_back(field, value, result["evidence"][field]) for field, value in result["extractedIdentity"].items()
        ],
        **{
            kind: [_read_back(value["name"], value, result["evidence"][kind][value["name"]]) for value in values]
            for kind, values in lists.items()
        },
    }


def _read_back(field: str, value: Any, shown: dict[str, Any]) -> Proposed:
    return Proposed(
        field=field,
        value=value,
        confidence=shown["confidence"],
        accepted=shown["accepted"],
        evidence=shown["sources"],
        alternatives=shown["alternatives"],
        parts={part: shown[part] for part in PARTS if part in shown},
    )


def _shown(one: Proposed) -> dict[str, Any]:
    return {
        "confidence": one.confidence,
        "accepted": one.accepted,
        "sources": one.evidence,
        "alternatives": one.alternatives,
        **one.parts,
    }


def _proposed(field: str, value: Any, decision: Decision) -> Proposed:
    parts: dict[str, Any] = {}
    if decision.items:
        parts["items"] = [
            {"value": item.value, "confidence": round(item.confidence, 3), "sources": _evidence(item.evidence)}
            for item in decision.items
        ]
    if isinstance(value, dict) and value.get("pricing"):
        price = value["pricing"]
        value = value | {"pricing": {part: _whole(price[part]) for part in PRICE if price.get(part) is not None}}
        parts["pricing"] = {"confidence": price["confidence"], "sources": _evidence(price["evidence"])}
    return Proposed(
        field=field,
        value=storable(value),
        confidence=round(decision.confidence, 3),
        accepted=decision.status == "accepted",
        evidence=_evidence(decision.evidence),
        alternatives=[
            {
                "value": storable(other.value),
                "confidence": round(other.confidence, 3),
                "sources": _evidence(other.evidence),
            }
            for other in decision.alternatives[:MAX_ALTERNATIVES]
        ],
        parts=parts,
    )


def _whole(value: Any) -> Any:
    """49 rather than 49.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _evidence(sources: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in storable(msgspec.to_builtins(source)).items() if value is not None}
        for source in sources[:MAX_SOURCES]
    ]


def _fits(kind: str, field: Any, value: Any) -> bool:
    try:
        if kind == "identity":
            checked_identity(field, value, at=field)
        else:
            checked_entry(kind, value, at=kind)
    except InvalidInput:
        return False
    return True


def _joined(pages: list[Readable]) -> tuple[str, bool]:
    """All pages as one text, each under its address; whether something was cut off."""
    text = "\n\n".join(f"<!-- {page.url} -->\n{page.markdown}" for page in pages if page.markdown)
    return storable(text[:MAX_MARKDOWN]), len(text) > MAX_MARKDOWN
