"""HTML to a tree as browsers build it: for the crawl, for extraction and for the readers of documents.

libxml2 knows no element younger than HTML 4. One of them that comes before `<body>` (`<main>`, `<header>`, `<my-menu>`)
stays in the head with everything that follows, where nobody looks for words.
"""

from __future__ import annotations

from lxml import html as lxml_html
from lxml.etree import ParserError

_OF_HEADS = frozenset({"title", "meta", "link", "base", "style", "script", "noscript", "template"})


def tree_of(text: str) -> lxml_html.HtmlElement | None:
    """The page without comments; None when there is nothing else. Never fails."""
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        tree = lxml_html.document_fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except (ParserError, ValueError):
        return None  # nothing but whitespace or comments
    head = tree.find("head")
    if head is not None:
        _end(head)
    return tree


def _end(head: lxml_html.HtmlElement) -> None:
    """Move what no head holds, and what follows it, to the beginning of the body."""
    first = next((element for element in head if element.tag not in _OF_HEADS), None)
    if first is None:
        return
    body = head.getnext()
    if body is None or body.tag != "body":
        body = lxml_html.Element("body")
        head.addnext(body)
    moved = [first, *first.itersiblings()]
    text, body.text = body.text, None
    body[:0] = moved
    if text:
        moved[-1].tail = (moved[-1].tail or "") + text
