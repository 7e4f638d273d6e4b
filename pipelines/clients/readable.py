"""A page as readable markdown with its head's metadata: for people, for `crawlData`, for prompts. Not for evidence.

The one place that knows trafilatura. Main-text extraction loses heroes, cards and footers (15 % of a brand's facts in
our measurements), so extraction proper works on the whole page instead.
"""

from __future__ import annotations

import re

import msgspec
from lxml import html as lxml_html
from lxml.etree import ParserError

MAX_CHARACTERS = 1_000_000  # of HTML; what comes after is no longer anybody's main text
MAX_MARKDOWN = 100_000
_SPACE = re.compile(r"\s+")


class Readable(msgspec.Struct, frozen=True):
    """`markdown` is empty when a page has no main text; the others are None when the page does not say."""

    markdown: str
    title: str | None
    description: str | None
    language: str | None
    site_name: str | None
    image: str | None


def readable(html: str, url: str) -> Readable:
    """Read a page's decoded HTML. Never fails: broken markup gives what could be read."""
    head = _head(html[:MAX_CHARACTERS])
    return Readable(
        markdown=markdown(html, url),
        title=head.get("title") or head.get("og:title"),
        description=head.get("description") or head.get("og:description"),
        language=head.get("lang"),
        site_name=head.get("og:site_name"),
        image=head.get("og:image"),
    )


def markdown(html: str, url: str) -> str:
    """The main text as markdown, links and images left out, at most MAX_MARKDOWN characters. About 20 ms a page."""
    from trafilatura import extract  # a second of imports, and only some workers need it

    try:
        text = extract(
            html[:MAX_CHARACTERS],
            url=url,
            output_format="markdown",
            favor_recall=True,
            include_comments=False,
            include_tables=True,
            with_metadata=False,
        )
    except (ParserError, ValueError, AttributeError, RecursionError):
        return ""  # markup that trafilatura stumbles over; the page is kept and read by the extractors all the same
    return (text or "")[:MAX_MARKDOWN]


def _head(html: str) -> dict[str, str]:
    """Title, meta tags by name or property (lower case, the first one counts) and `lang`, spaces joined."""
    try:
        tree = lxml_html.document_fromstring(
            html.encode("utf-8", "replace"), parser=lxml_html.HTMLParser(encoding="utf-8")
        )
    except (ParserError, ValueError):
        return {}
    pairs = [("title", tree.findtext(".//title") or ""), ("lang", tree.get("lang") or "")]
    pairs.extend((tag.get("name") or tag.get("property") or "", tag.get("content") or "") for tag in tree.iter("meta"))
    found: dict[str, str] = {}
    for name, raw in pairs:
        value = _SPACE.sub(" ", raw).strip()
        if name and value:
            found.setdefault(name.lower(), value)
    return found
