"""Cuts a parsed page into blocks: runs of visible text between block-level boundaries, in reading order.

Every rule looks at this list; nobody walks the tree again. A block knows its headings, its region, its place in a
list or a row of cards, and its links, and its text is exactly what a reader sees with whitespace folded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from pipelines.onboarding.extraction import words as word_lists
from pipelines.onboarding.extraction.regions import is_hidden, is_voice, region_of, tokens
from pipelines.onboarding.extraction.text import fold, key

BLOCK_TAGS = frozenset((
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "html", "label", "legend", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_UNSEEN = frozenset((
    "script", "style", "template", "svg", "iframe", "object", "embed", "canvas", "noscript", "head", "select", "textarea",
    "audio", "video", "math", "map",
))  # fmt: skip
_BOLD = frozenset(("b", "strong"))
_SCOPES = frozenset(("section", "article", "footer", "aside", "nav", "li", "td", "main"))
_TITLE_WORDS = {"title", "heading", "headline"}
_PSEUDO_LEVEL = 7
_LINE_BREAK = "\u2028"  # whitespace to `fold`, and never typed by an author
_SHORT_TITLE = 80
_FILLER_WORDS = 4
_QUOTATION = re.compile(
    '(?:"[^"]{12,}"|[\u201c\u201d\u201e][^\u201c\u201d\u201e]{12,}[\u201c\u201d]|\u00ab[^\u00bb]{12,}\u00bb|\u00bb[^\u00ab]{12,}\u00ab)'
)
_LETTER = re.compile(r"[^\W\d_]{2}")


@dataclass(slots=True, frozen=True)
class Block:
    """`path` is the chain of tag.class from body without positions: cards that repeat share it.

    `headings` runs from the page's outermost heading to the nearest; `since_heading` counts the blocks since the
    nearest one. `lead` is a bold run that opens the text. `lines` are the parts between <br>s. `quoted` marks what
    other people say. `level` is 1-6 for headings, 7 for a line that only looks like one, 0 for text.
    """

    index: int
    tag: str
    text: str
    lines: tuple[str, ...]
    region: str
    headings: tuple[str, ...]
    since_heading: int
    level: int
    path: str
    lead: str
    quoted: bool
    listed: bool
    links: tuple[tuple[str, str], ...]
    words: frozenset[str]
    element: HtmlElement = field(repr=False, compare=False)

    @property
    def heading(self) -> str | None:
        return self.headings[-1] if self.headings else None

    @property
    def link_share(self) -> float:
        """Share of the text that lies in links, 0..1."""
        return min(1.0, sum(len(text) for _, text in self.links) / len(self.text))


@dataclass(slots=True, frozen=True)
class Image:
    """`alt` folded; `link` is the href around it, if any; `words` of class, id and file name."""

    src: str
    alt: str
    region: str
    link: str | None
    words: frozenset[str]


@dataclass(slots=True)
class _Context:
    """What holds for everything inside the element being walked."""

    region: str
    path: str
    quoted: bool
    listed: bool
    inside_content: bool
    link: str | None
    owner: HtmlElement
    words: frozenset[str]


class _Run:
    """The text collected since the last boundary."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.bold = 0
        self.lead: list[str] = []
        self.lead_open = True

    def add(self, text: str, *, bold: bool) -> None:
        self.parts.append(text)
        if bold:
            self.bold += len(fold(text))
            if self.lead_open:
                self.lead.append(text)
        elif text.strip():
            self.lead_open = False


class _Cutter:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.images: list[Image] = []
        self.run = _Run()
        self.headings: list[tuple[int, str, int]] = []

    def walk(self, element: HtmlElement, around: _Context, *, bold: bool) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in _UNSEEN or is_hidden(element):
            return
        if tag == "br":
            if self.run.parts:
                self.run.parts.append(_LINE_BREAK)
            return
        words = tokens(element)
        if tag == "img":
            self.see_image(element, around, words)
            return
        is_block = tag in BLOCK_TAGS or (tag == "a" and (around.region == "nav" or bool(words & {"btn", "button"})))
        if is_block:
            self.walk_block(element, around, words)
        else:
            self.walk_inline(element, around, words, bold=bold or tag in _BOLD)

    def walk_block(self, element: HtmlElement, around: _Context, words: set[str]) -> None:
        tag = element.tag
        self.flush(around)
        inside = _Context(
            region=region_of(element, words, around.region, inside_content=around.inside_content),
            path=f"{around.path}/{tag}.{'.'.join((element.get('class') or '').split()[:2])}",
            quoted=around.quoted or is_voice(element, words),
            listed=around.listed or tag in ("li", "dd", "td"),
            inside_content=around.inside_content or tag in ("main", "article", "section"),
            link=element.get("href") if tag == "a" else around.link,
            owner=element,
            words=frozenset(words),
        )
        depth, first = len(self.headings), len(self.blocks)
        self.collect(element, inside, bold=tag == "th")
        self.flush(inside)
        if tag in _SCOPES and any(not block.level for block in self.blocks[first:]):
            del self.headings[depth:]

    def walk_inline(self, element: HtmlElement, around: _Context, words: set[str], *, bold: bool) -> None:
        href = element.get("href") if element.tag == "a" else None
        before = element.getprevious()
        touches = before is not None and not (before.tail or "") and before.tag == element.tag
        if touches and len(fold(element.text_content())) > 1:  # letter-by-letter spans stay one word
            self.run.add(" ", bold=bold)
        if href is None:
            around = around if not is_voice(element, words) else _replaced(around, quoted=True)
            self.collect(element, around, bold=bold)
            return
        run, start = self.run, len(self.run.parts)
        self.collect(element, _replaced(around, link=href), bold=bold)
        if run is self.run:
            run.links.append((href, fold("".join(run.parts[start:]))))

    def collect(self, element: HtmlElement, around: _Context, *, bold: bool) -> None:
        if element.text:
            self.run.add(element.text, bold=bold)
        for child in element:
            self.walk(child, around, bold=bold)
            if child.tail:
                self.run.add(child.tail, bold=bold)

    def see_image(self, element: HtmlElement, around: _Context, words: set[str]) -> None:
        src = element.get("src") or element.get("data-src") or ""
        name = set(re.split(r"[^a-z]+", src.rsplit("/", 1)[-1].lower())) - {""}
        alt = fold(element.get("alt") or "")
        self.images.append(Image(src, alt, around.region, around.link, frozenset(words | name | around.words)))

    def flush(self, around: _Context) -> None:
        run, self.run = self.run, _Run()
        raw = "".join(run.parts)
        text = fold(raw)
        if not text or _is_filler(text):
            return
        links = tuple(link for link in run.links if link[1]) or (((around.link, text),) if around.link else ())
        level = self.level_of(around, run, text)
        if level:
            while self.headings and self.headings[-1][0] >= level:
                self.headings.pop()
        start = self.headings[-1][2] if self.headings else -1
        index = len(self.blocks)
        lines = tuple(line for line in map(fold, raw.split(_LINE_BREAK)) if line)
        lead = fold("".join(run.lead))
        self.blocks.append(
            Block(
                index=index,
                tag=around.owner.tag,
                text=text,
                lines=lines,
                region=around.region,
                headings=tuple(heading for _, heading, _ in self.headings),
                since_heading=index - start - 1,
                level=level,
                path=around.path,
                lead=lead if lead != text else "",
                quoted=around.quoted or (not level and is_quotation(text)),
                listed=around.listed,
                links=links,
                words=around.words,
                element=around.owner,
            )
        )
        if level:
            self.headings.append((level, text, index))

    def level_of(self, around: _Context, run: _Run, text: str) -> int:
        owner: HtmlElement | None = around.owner
        for _ in range(2):  # <h2><div>…</div></h2> is still a heading
            if owner is None:
                break
            if owner.tag in HEADINGS:
                return HEADINGS[owner.tag]
            owner = owner.getparent()
        if (
            around.region == "nav"
            or len(text) > _SHORT_TITLE
            or text[-1] in ",;"
            or text.count(" ") > 9
            or not _LETTER.search(text)
        ):
            return 0
        tag = around.owner.tag
        titled = any(map(_is_title_word, around.words)) and tag in ("div", "p", "span", "a")
        if text[-1] == "." and not titled:
            return 0
        all_bold = run.bold >= len(text) - 1
        if tag in ("dt", "summary", "legend") or ((all_bold or titled) and tag in ("p", "div", "li")):
            return _PSEUDO_LEVEL
        return 0


def _replaced(context: _Context, *, link: str | None = None, quoted: bool | None = None) -> _Context:
    return _Context(
        region=context.region,
        path=context.path,
        quoted=context.quoted if quoted is None else quoted,
        listed=context.listed,
        inside_content=context.inside_content,
        link=link or context.link,
        owner=context.owner,
        words=context.words,
    )


def _is_filler(text: str) -> bool:
    """Whether a text is the printers' Latin that templates are filled with: nobody's words."""
    return len(word_lists.keys("identity", "filler").intersection(key(text).split())) >= _FILLER_WORDS


def _is_title_word(word: str) -> bool:
    """A class that makes a title: "title", "heading", "stitle", "cardtitle", but no "subtitle"."""
    return word in _TITLE_WORDS or (word.endswith("title") and not word.startswith("sub"))


def is_quotation(text: str) -> bool:
    """Whether most of a text stands between quotation marks: somebody is being quoted, whatever the markup says."""
    match = _QUOTATION.match(text)
    return match is not None and match.end() >= 0.6 * len(text)


def cut(body: HtmlElement) -> tuple[list[Block], list[Image]]:
    """The blocks and images of a page's body, in document order. The tree is not changed."""
    cutter = _Cutter()
    context = _Context("main", "", False, False, False, None, body, frozenset())
    cutter.walk_block(body, context, tokens(body))
    return cutter.blocks, cutter.images
