"""What a page says about itself to machines: head tags, JSON-LD and microdata, as plain dicts.

Markup is a bonus (three sites in four have none) and is often broken: comments, trailing commas and CDATA wrappers
are repaired, whatever still does not parse is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from extruct.w3cmicrodata import MicrodataExtractor
from lxml.html import HtmlElement

from pipelines.onboarding.extraction.text import fold

_WRAPPER = re.compile(
    r"^\s*(?:<!--|//<!\[CDATA\[|/\*<!\[CDATA\[\*/|<!\[CDATA\[)|(?:-->|//\]\]>|/\*\]\]>\*/|\]\]>)?[\s;]*$"
)
_STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_MAX_DEPTH = 12
Node = dict[str, Any]


def head_tags(tree: HtmlElement) -> dict[str, str]:
    """title, description, og:*, twitter:*, application-name … by lower-case name; the first non-empty one wins."""
    found: dict[str, str] = {}
    title = tree.find(".//head/title")
    if title is None:
        title = tree.find(".//title")
    if title is not None and title.getparent() is not None and title.getparent().tag != "svg":
        found["title"] = fold(title.text_content())
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        content = fold(meta.get("content") or "")
        if name and content:
            found.setdefault(name, content)
    for link in tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and link.get("href"):
            found.setdefault("canonical", link.get("href").strip())
    return found


def nodes(tree: HtmlElement, url: str) -> list[Node]:
    """Every typed node of JSON-LD and microdata, parents before children; `@type` is always a list of bare names.

    A child node carries `@under`, the name of the property that holds it ("" at the top).
    """
    found: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            found.extend(_typed(_parse(script.text or ""), "", 0))
    if tree.find(".//*[@itemscope]") is not None:
        for item in MicrodataExtractor(strict=False).extract_items(tree, url):
            found.extend(_typed(_as_json_ld(item), "", 0))
    return found


def _parse(raw: str) -> Any:
    text = _WRAPPER.sub("", raw)
    for attempt in (text, _without_comments(text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _without_comments(text: str) -> str:
    bare = _STRING_OR_COMMENT.sub(lambda match: match[0] if match[0].startswith('"') else "", text)
    return _TRAILING_COMMA.sub(r"\1", bare)


def _as_json_ld(item: Any) -> Any:
    if isinstance(item, list):
        return [_as_json_ld(part) for part in item]
    if not isinstance(item, dict):
        return item
    node = {name: _as_json_ld(value) for name, value in (item.get("properties") or {}).items()}
    node["@type"] = item.get("type") or []
    return node


def _typed(value: Any, under: str, depth: int) -> Iterator[Node]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for part in value:
            yield from _typed(part, under, depth + 1)
    elif isinstance(value, dict):
        types = value.get("@type") or []
        names = [str(one).rsplit("/", 1)[-1] for one in (types if isinstance(types, list) else [types])]
        if names:
            yield {**value, "@type": names, "@under": under}
        for name, part in value.items():
            if isinstance(part, (dict, list)):
                yield from _typed(part, "" if name == "@graph" else name, depth + 1)


def string(value: Any) -> str:
    """The folded text of a JSON-LD value: a string, a number, `{"@value": …}` or the first of a list; else ""."""
    if isinstance(value, list):
        return string(value[0]) if value else ""
    if isinstance(value, dict):
        return string(value.get("@value") or value.get("name") or "")
    if isinstance(value, bool) or value is None:
        return ""
    return fold(str(value))
