"""One page opened once: tree, blocks, head tags, structured data and card groups, shared by all rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from lxml.html import HtmlElement

from pipelines.onboarding.extraction import page_types, structured
from pipelines.onboarding.extraction.blocks import Block, Image, cut
from pipelines.onboarding.extraction.bounds import bounded
from pipelines.onboarding.extraction.cards import Group, groups
from pipelines.onboarding.extraction.records import Candidate, Evidence, FeatureValue, SourcePage
from pipelines.onboarding.extraction.sections import Section, sections
from pipelines.onboarding.extraction.text import digest
from pipelines.onboarding.markup import tree_of

_MAX_QUOTE = 1200


@dataclass(frozen=True)
class Page:
    """`head` are the head tags by name, `nodes` the typed nodes of JSON-LD and microdata."""

    source: SourcePage
    kind: str
    language: str | None
    head: dict[str, str]
    nodes: list[structured.Node]
    blocks: list[Block]
    images: list[Image]
    tree: HtmlElement | None = field(repr=False)

    @property
    def url(self) -> str:
        return self.source.url

    @property
    def title(self) -> str:
        return self.head.get("title", "")

    @cached_property
    def h1(self) -> str:
        return next((block.text for block in self.blocks if block.level == 1), "")

    @cached_property
    def sections(self) -> list[Section]:
        """Labels and what stands under them (see `sections`)."""
        return sections(self.blocks)

    @cached_property
    def running(self) -> str:
        """All text that is no heading, a block a line."""
        return "\n".join(block.text for block in self.blocks if not block.level)

    @cached_property
    def _kickers(self) -> dict[str, tuple[str, ...]]:
        return {section.title.text: section.labels for section in self.sections if section.kicked}

    def labels(self, heading: str | None) -> tuple[str, ...]:
        """A heading and the short line that announces it ("Our services" above "What we do best")."""
        return () if heading is None else self._kickers.get(heading, (heading,))

    @cached_property
    def groups(self) -> list[Group]:
        """Rows of two or more parallel things (see `cards`)."""
        return groups(self.blocks, at_least=2)

    def from_block(
        self, name: str, value: object, block: Block, rule: str, *, quote: str = "", **features: FeatureValue
    ) -> Candidate:
        """A candidate read from visible text. `quote` must be a span of the block's text; empty means all of it."""
        quote = quote or block.text
        if quote not in block.text:
            raise ValueError(f"{rule}: the quote is not a span of its block")
        evidence = Evidence(self.url, quote[:_MAX_QUOTE], rule, block.heading, block.region)
        own: dict[str, FeatureValue] = {
            "page": self.kind,
            "block": digest(block.text),
            "region": block.region,
            "voice": block.quoted,
            "since_heading": block.since_heading,
        }
        return Candidate(name, value, evidence, own | features)

    def from_head(self, name: str, value: object, quote: str, rule: str, **features: FeatureValue) -> Candidate:
        """A candidate read from a head tag; `quote` is that tag's text."""
        evidence = Evidence(self.url, quote[:_MAX_QUOTE], rule, None, "head")
        own: dict[str, FeatureValue] = {"page": self.kind, "region": "head", "voice": False}
        return Candidate(name, value, evidence, own | features)

    def from_data(self, name: str, value: object, quote: str, rule: str, **features: FeatureValue) -> Candidate:
        """A candidate read from JSON-LD or microdata; `quote` is the string found there."""
        evidence = Evidence(self.url, quote[:_MAX_QUOTE], rule, None, "data")
        own: dict[str, FeatureValue] = {"page": self.kind, "region": "data", "voice": False}
        return Candidate(name, value, evidence, own | features)


def open_page(source: SourcePage) -> Page:
    """Parses and cuts one page. A page without markup yields no blocks; nothing here raises on bad HTML."""
    tree = tree_of(source.html)
    if tree is None:
        return Page(
            source, page_types.classify(source.url, source.anchors, "", ""), source.language, {}, [], [], [], None
        )
    head = structured.head_tags(tree)
    body = tree.find("body")
    found, images = cut(body if body is not None else tree)
    blocks = bounded(found)
    h1 = next((block.text for block in blocks if block.level == 1), "")
    kind = page_types.classify(source.url, source.anchors, head.get("title", ""), h1, head.get("og:type", ""))
    language = source.language or _language(tree.get("lang") or tree.get("xml:lang") or "")
    return Page(source, kind, language, head, structured.nodes(tree, source.url), blocks, images, tree)


def _language(tag: str) -> str | None:
    """ "de-CH" -> "de"; None when the attribute holds something else."""
    code = tag.strip().lower().replace("_", "-").split("-")[0]
    return code if len(code) == 2 and code.isalpha() else None
