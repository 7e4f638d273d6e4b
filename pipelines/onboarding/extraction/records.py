"""What goes into extraction and what comes out, as plain frozen records that serialise to JSON.

`SourcePage` is what the crawl hands over, `PageFindings` what one page yields (cacheable by content hash),
`SiteProfile` what all pages together yield. A value never travels without the words it was read from.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

FeatureValue = float | int | bool | str
Status = Literal["accepted", "review"]


class SourcePage(msgspec.Struct, frozen=True):
    """One fetched page. `html` is decoded text; `anchors` are the texts of the links that point to it."""

    url: str
    html: str
    status: int = 200
    depth: int = 0
    anchors: tuple[str, ...] = ()
    language: str | None = None


class Evidence(msgspec.Struct, frozen=True):
    """Where a value was read: `quote` is a verbatim span of the page's folded text, head or structured data.

    `region` is nav, header, main, footer or aside for visible text, `head` for head tags, `data` for JSON-LD and
    microdata. `confidence` is the strength of this source on its own, 0..1, filled in by the scorer.
    """

    url: str
    quote: str
    rule: str
    heading: str | None = None
    region: str | None = None
    confidence: float | None = None


class Candidate(msgspec.Struct, frozen=True):
    """A proposal of one rule on one page. `value` is a scalar, or a dict for things with parts (products)."""

    field: str
    value: Any
    evidence: Evidence
    features: dict[str, FeatureValue] = {}


class PageFindings(msgspec.Struct, frozen=True):
    """Everything the decision needs to know of one page; the page itself is not needed again.

    `block_keys` are hashes of the page's text blocks: a key seen on many pages is boilerplate.
    """

    url: str
    rules_version: str
    page_type: str
    language: str | None
    title: str
    description: str
    h1: str
    candidates: list[Candidate]
    block_keys: list[str]
    canonical: str | None = None


class Alternative(msgspec.Struct, frozen=True):
    """A value that was proposed and not chosen, kept for the reviewer."""

    value: Any
    confidence: float
    evidence: list[Evidence]


class Item(msgspec.Struct, frozen=True):
    """One entry of a list-valued field with evidence of its own."""

    value: Any
    confidence: float
    evidence: list[Evidence]


class Decision(msgspec.Struct, frozen=True):
    """The outcome for one field. `value` is a scalar, a dict, or for list fields a list of the items' values.

    `confidence` is 0..1; `status` is accepted only when it reaches the threshold and no other source disagrees.
    """

    field: str
    value: Any
    confidence: float
    status: Status
    evidence: list[Evidence]
    alternatives: list[Alternative] = []
    items: list[Item] = []


class SiteProfile(msgspec.Struct, frozen=True):
    """A site read as a brand. Fields without evidence are not in `identity` at all."""

    site_url: str
    rules_version: str
    name: str | None
    identity: dict[str, Decision]
    products: list[Decision]
    competitors: list[Decision]
    audience: list[Decision]
    language: str | None = None
