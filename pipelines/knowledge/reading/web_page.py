"""HTML to blocks: headings, paragraphs, list items, tables and listings of the page's own text, without its menus.

trafilatura (pipelines/clients/readable.py) says what the main text is; where it leaves out much of what stands in
the page (cards, prices, heroes), the whole page is taken, less what its own markup calls navigation.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import msgspec
import trafilatura  # noqa: F401 - loaded before the child may open no more files
from lxml import html as lxml_html
from msgspec import Struct

from pipelines.clients.readable import markdown as main_text
from pipelines.knowledge.reading import markdown
from pipelines.knowledge.reading.blocks import Block, Content, Heading, Table, Text, table_of
from pipelines.onboarding.markup import tree_of

ENOUGH = 0.6  # of the page's words: a main text that has them is taken
ENOUGH_OF_ITS_OWN = 0.85  # the same once what stands on the website's other pages too is gone
MAX_CELL = 500  # characters; a table of longer ones is layout
_SILENT = frozenset({"head", "title", "script", "style", "noscript", "template", "svg", "iframe", "object", "canvas", "audio", "video"})  # fmt: skip
_AROUND = frozenset({"nav", "footer", "aside", "form", "button", "select", "dialog", "menu"})
_AROUND_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "dialog"})
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "ol",
        "p",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_SPACE = re.compile(r"[ \t\r\f\v\u00a0]*\n[ \t\r\f\v\u00a0]*|[ \t\r\f\v\u00a0]+")
_WORD = re.compile(r"\w+")
_NO_DATE = re.compile(r"\b(?:0001-01-01|0000-00-00)(?:[T ][\d:.]+(?:Z|\s\+0000 UTC)?)?(?!\d)\s*(?:[|·–—:-]\s*)?")


class Page(Struct, frozen=True):
    """A page read in two ways: all of it but what its markup calls navigation, and its main text alone."""

    whole: list[Block]
    main: list[Block]
    title: str | None

    def without(self, repeated: Collection[bytes]) -> Content:
        """The main text, where it has most of the page; `repeated` are keys of blocks of the website's every page."""
        whole = [block for block in self.whole if key_of(block) not in repeated]
        main = [block for block in self.main if key_of(block) not in repeated]
        words = _words(whole)
        enough = ENOUGH_OF_ITS_OWN if len(whole) < len(self.whole) else ENOUGH
        return Content(blocks=main if enough * words <= _words(main) < words else whole, title=self.title)


def read(text: str, url: str = "") -> Content:
    """The blocks of a page's main text."""
    return page(text, url).without(())


def page(text: str, url: str) -> Page:
    """The page in both ways."""
    tree = tree_of(text)
    if tree is None:
        return Page([], [], None)
    whole = _read(tree, leave_out=_AROUND)
    main = markdown.read(main_text(text, url))
    return Page(_said(whole.blocks), _said(main.blocks), _title(tree) or main.title)


def key_of(block: Block) -> bytes:
    """What is the same for blocks that are the same."""
    return msgspec.msgpack.encode(block)


def _said(blocks: list[Block]) -> list[Block]:
    """Without dates that a page's template wrote where there was none, and without ornaments."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Text):
            text = _NO_DATE.sub("", block.text)
            found += [Text(text, block.page)] if _WORD.search(text) else []
        else:
            found.append(block)
    return found


def read_everything(text: str) -> Content:
    """The blocks of all of it: for HTML that another reader made."""
    tree = tree_of(text)
    return Content() if tree is None else _read(tree, leave_out=frozenset())


def _read(tree: lxml_html.HtmlElement, *, leave_out: frozenset[str]) -> Content:
    walk = _Walk(leave_out)
    walk.into(tree)
    walk.flush()
    return Content(blocks=walk.blocks)


class _Walk:
    """One pass over a tree, in document order."""

    def __init__(self, leave_out: frozenset[str]) -> None:
        self.blocks: list[Block] = []
        self._held: list[str] = []
        self._leave_out = leave_out

    def into(self, element: lxml_html.HtmlElement) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in _SILENT or self._is_around(element, tag):
            return
        if re.fullmatch("h[1-6]", tag):
            self.flush()
            if title := _inline(element):
                self.blocks.append(Heading(title, int(tag[1])))
            return
        if tag == "pre":
            self.flush()
            if listing := str(element.text_content()).strip("\n"):
                self.blocks.append(Text(listing))
            return
        if tag == "table" and (table := _table(element)) is not None:
            self.flush()
            self.blocks.append(table)
            return
        if tag == "br":
            self._held.append("\n")
        is_block = tag in _BLOCKS
        if is_block:
            self.flush()
        if tag == "li":
            self._held.append("- ")
        self._held.append(_spaced(element.text))
        for child in element:
            self.into(child)
            self._held.append(_spaced(child.tail))
        if is_block:
            self.flush()

    def flush(self) -> None:
        """What is held is a paragraph."""
        text = _SPACE.sub(lambda run: "\n" if "\n" in run.group() else " ", "".join(self._held)).strip()
        self._held.clear()
        if _WORD.search(text):
            self.blocks.append(Text(text))

    def _is_around(self, element: lxml_html.HtmlElement, tag: str) -> bool:
        if not self._leave_out:
            return False
        role = (element.get("role") or "").lower()
        return tag in self._leave_out or role in _AROUND_ROLES or element.get("hidden") is not None


def _table(element: lxml_html.HtmlElement) -> Table | None:
    """The table's cells; None for layout: one column, one row, a table inside, or whole texts in its cells."""
    if next(element.iterdescendants("table"), None) is not None:
        return None
    rows = [[_inline(cell) for cell in row.iterchildren("td", "th")] for row in element.iter("tr")]
    if len(rows) < 2 or max(map(len, rows)) < 2 or any(len(cell) > MAX_CELL for row in rows for cell in row):
        return None
    named = next(element.iter("tr")).find("th") is not None
    table = table_of(rows)
    if table is not None and named and table.header is None and len(table.rows) > 1:
        return Table(table.rows[0], table.rows[1:])
    return table


def _inline(element: lxml_html.HtmlElement) -> str:
    return " ".join(" ".join(str(text) for text in element.itertext() if text).split())


def _spaced(text: str | None) -> str:
    return " ".join(text.split("\n")) if text else ""


def _title(tree: lxml_html.HtmlElement) -> str | None:
    found = tree.find(".//title")
    return (_inline(found) or None) if found is not None else None


def _words(blocks: list[Block]) -> int:
    return sum(len(_WORD.findall(_plain(block))) for block in blocks)


def _plain(block: Block) -> str:
    if isinstance(block, Table):
        return "\n".join(" ".join(row) for row in [block.header or [], *block.rows])
    return block.text
