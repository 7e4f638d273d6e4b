"""Finds things with a price on a page: cards, plan columns, rows of a price list, a product's own page.

Starts from the price and climbs to the smallest part of the page that also names something, because every theme builds
its cards differently and only the price is sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipelines.onboarding.extraction.blocks import Block
from pipelines.onboarding.extraction.labels import is_name, is_sellable, sells
from pipelines.onboarding.extraction.price_tags import Tag
from pipelines.onboarding.extraction.prices import is_free, is_on_request, only_a_price
from pipelines.onboarding.extraction.text import key, word_count

_MOST_PRICES = 300  # of one page: a long menu has fewer, and each is held against the others
_CLIMB = 9
_LARGEST_ITEM = 70
_VARIANTS = 2  # up to two priced parts under one heading are variants of one thing, more are things of their own
_MAX_ROW_NAME = 80
_ROW_DEPTH = 5
_PSEUDO = 7  # the level of lines that only look like headings
_SEPARATORS = " .\u2026:\u2013\u2014-|\u00b7\t\u2022*"


@dataclass(frozen=True, slots=True)
class PricedThing:
    """`name` is a span of `name_block`; `blocks` is the whole part of the page that is about the thing.

    `peers`: how many like it stand beside it, itself included. `layout`: card, row, or page (the only thing there).
    """

    name: str
    name_block: Block
    tags: tuple[Tag, ...]
    blocks: tuple[Block, ...]
    peers: int
    layout: str

    @property
    def links(self) -> list[tuple[str, str]]:
        return [link for block in self.blocks for link in block.links]

    @property
    def sold(self) -> bool:
        """Whether the part has a button that sells."""
        return sells([block.text for block in self.blocks] + [text for _, text in self.links])


class Outline:
    """Which blocks lie in which element, as first and last index."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        self.span: dict[HtmlElement, tuple[int, int]] = {}
        for block in blocks:
            element: HtmlElement | None = block.element
            while element is not None:
                first, _ = self.span.get(element, (block.index, block.index))
                self.span[element] = (first, block.index)
                element = element.getparent()

    def within(self, element: HtmlElement) -> Sequence[Block]:
        first, last = self.span[element]
        return self.blocks[first : last + 1]


def priced_things(blocks: Sequence[Block], tags: Sequence[Tag]) -> list[PricedThing]:
    """Everything on the page that has a name and a price, in reading order; prices without a name are left out."""
    usable = [
        tag
        for tag in tags
        if tag.block.region not in ("nav", "footer") and not tag.price.other and not tag.block.quoted
    ][:_MOST_PRICES]
    if not usable:
        return []
    outline = Outline(blocks)
    finder = _Finder(outline, usable)
    things: dict[tuple[int, str], list[tuple[Tag, HtmlElement, str]]] = {}
    for tag in usable:
        named = finder.name_of(tag)
        if named is not None and is_sellable(named[1]):
            block, name, root, layout = named
            things.setdefault((block.index, name), []).append((tag, root, layout))
    return list(_without_blanks(list(_assemble(outline, things))))


def _without_blanks(things: Sequence[PricedThing]) -> Iterator[PricedThing]:
    """Leaves out what costs 0 unless it says so or stands beside paid plans: calculators and carts start at 0."""
    paid = [thing for thing in things if any(tag.price.asked and tag.price.amount > 0 for tag in thing.tags)]
    for thing in things:
        beside = thing.layout == "card" and any(_same_row(thing.name_block, other) for other in paid)
        if thing in paid or is_free(thing.name) or beside:
            yield thing


def _assemble(
    outline: Outline, things: dict[tuple[int, str], list[tuple[Tag, HtmlElement, str]]]
) -> Iterator[PricedThing]:
    shapes: dict[tuple[str, str, int], int] = {}
    for (index, _), found in things.items():
        shape = _shape(outline.blocks[index], found[0][2])
        shapes[shape] = shapes.get(shape, 0) + 1
    for (index, name), found in things.items():
        block = outline.blocks[index]
        layout = found[0][2]
        within = outline.within(found[0][1])
        if layout == "flat":
            last = max(tag.block.index for tag, _, _ in found)
            within = outline.blocks[index : last + 1]
        yield PricedThing(
            name=name,
            name_block=block,
            tags=tuple(tag for tag, _, _ in found),
            blocks=tuple(within),
            peers=shapes[_shape(block, layout)],
            layout="card" if layout == "flat" else layout,
        )


def _shape(block: Block, layout: str) -> tuple[str, str, int]:
    return (layout, block.element.tag if layout == "row" else "", block.level)


class _Finder:
    def __init__(self, outline: Outline, tags: Sequence[Tag]) -> None:
        self.outline = outline
        self.priced = {tag.block.index for tag in tags}
        self.rows: dict[tuple[str, str | None], int] = {}
        for block in {tag.block.index: tag.block for tag in tags}.values():
            row = (block.path, block.heading)
            self.rows[row] = self.rows.get(row, 0) + 1
        # Asked once for each block and not once for each price: a page may have hundreds of both.
        self.titles = {block.index for block in outline.blocks if _is_title(block)}
        self.short_names = {block.index for block in outline.blocks if _is_short_name(block)}
        self.peers: dict[tuple[HtmlElement, str], int] = {}

    def name_of(self, tag: Tag) -> tuple[Block, str, HtmlElement, str] | None:
        """(block of the name, name, element of the thing, layout) for one price."""
        if tag.block.tag in ("td", "th"):
            return self._in_table(tag)
        if not tag.alone and tag.price.start > 0:
            return self._in_line(tag)
        return self._in_card(tag)

    def _in_line(self, tag: Tag) -> tuple[Block, str, HtmlElement, str] | None:
        """ "Espresso … 2,50 €": the name opens the line, and the lines beside it are built alike."""
        text = tag.block.text
        name = text[: tag.price.start].strip(_SEPARATORS + "(")
        rest = text[tag.price.end :]
        if self.rows[(tag.block.path, tag.block.heading)] < 2 or len(name) > _MAX_ROW_NAME or not is_name(name):
            return self._in_card(tag) if word_count(text) <= 8 and tag.block.level == 0 else None
        if word_count(name) > 7 or word_count(rest) > 8:
            return None
        return tag.block, name, tag.block.element, "row"

    def _in_table(self, tag: Tag) -> tuple[Block, str, HtmlElement, str] | None:
        """The row's first cell names the thing; where it only says "Price", the column's head does."""
        row = next((parent for parent in tag.block.element.iterancestors("tr")), None)
        if row is None:
            return self._in_card(tag)
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        blocks = self.outline.within(row)
        first = blocks[0]
        cell = next((one for one in (tag.block.element, *tag.block.element.iterancestors("td", "th"))), None)
        if first.index != tag.block.index and is_name(first.text) and first.index not in self.priced:
            return first, first.text, row, "row"
        table = next((parent for parent in row.iterancestors("table")), None)
        if table is None or cell is None or cell not in cells:
            return None
        column = cells.index(cell)
        head = next((line for line in table.iter("tr") if line is not row), None)
        heads = [one for one in head if one.tag in ("td", "th")] if head is not None else []
        if len(heads) != len(cells) or heads[column] not in self.outline.span:
            return None
        title = self.outline.within(heads[column])[0]
        return (title, title.text, heads[column], "row") if is_name(title.text) else None

    def _in_card(self, tag: Tag) -> tuple[Block, str, HtmlElement, str] | None:
        element = tag.block.element
        weak: tuple[Block, str, HtmlElement, str] | None = None
        weak_peers = 0
        for _ in range(_CLIMB):
            within = self.outline.within(element)
            if len(within) > _LARGEST_ITEM and weak is not None:
                break
            titles = [block for block in within if block.index in self.titles and block.index != tag.block.index]
            strong = [block for block in titles if block.level < _PSEUDO] or [
                block for block in titles if block.index < tag.block.index and not block.listed
            ]
            if strong:
                title = _nearest(strong, tag.block.index)
                if title is None:
                    return weak
                things = self._priced_parts(title, tag)
                if weak is not None and weak_peers > _VARIANTS and things > _VARIANTS:
                    return weak
                flat = len([block for block in strong if block.level == title.level]) > 1
                return title, title.text, element, "flat" if flat else "card" if len(within) < _LARGEST_ITEM else "page"
            if weak is None:
                peers = self._peers(element)
                name = self._weak_name(within, tag) if peers > 1 else None
                if name is not None:
                    weak, weak_peers = (name, name.text, element, "card"), peers
            parent = element.getparent()
            if parent is None or parent.tag == "html":
                break
            element = parent
        return weak

    def _priced_parts(self, title: Block, tag: Tag) -> int:
        """How many priced blocks follow the title before the next one of its level."""
        count = 0
        for block in self.outline.blocks[title.index + 1 :]:
            if block.level and block.level <= title.level:
                break
            count += block.index in self.priced
        return count

    def _peers(self, element: HtmlElement) -> int:
        """How many siblings of the same tag hold a price, the element itself included."""
        parent = element.getparent()
        if parent is None:
            return 1
        row = (parent, element.tag)
        if row not in self.peers:
            self.peers[row] = sum(1 for sibling in parent if sibling.tag == element.tag and self._has_price(sibling))
        return self.peers[row]

    def _has_price(self, element: HtmlElement) -> bool:
        span = self.outline.span.get(element)
        return span is not None and any(index in self.priced for index in range(span[0], span[1] + 1))

    def _weak_name(self, within: Sequence[Block], tag: Tag) -> Block | None:
        """The first short text of a card without headings that can be a name."""
        for block in within:
            if block.index in self.short_names and block.index not in self.priced and block.index != tag.block.index:
                return block
        return None


def unpriced_beside(blocks: Sequence[Block], things: Sequence[PricedThing]) -> Iterator[tuple[Block, Block, bool]]:
    """Plans in a row of priced ones whose price is a word: (name block, block that says it, whether it says "free").

    The others are told on request; they have no price.
    """
    levels = {thing.name_block.level for thing in things if thing.name_block.level}
    named = {thing.name_block.index for thing in things}
    for block in blocks:
        if block.level not in levels or block.index in named or not _is_title(block):
            continue
        if not any(_same_row(block, thing) for thing in things):
            continue
        said = next((one for one in _until_next(blocks, block) if is_free(one.text) or is_on_request(one.text)), None)
        if said is not None and is_free(said.text) and said.tag not in ("a", "button"):
            yield block, said, True
        elif is_free(block.text):
            yield block, block, True
        elif said is not None:
            yield block, said, False


def _until_next(blocks: Sequence[Block], title: Block) -> Iterator[Block]:
    """The blocks of a card: after its title, before the next one of its level."""
    for block in blocks[title.index + 1 : title.index + 1 + _LARGEST_ITEM]:
        if block.level and block.level <= title.level:
            return
        yield block


def _same_row(block: Block, thing: PricedThing) -> bool:
    """Whether a heading stands in the same row of cards: as deep below a common ancestor close above both."""
    if block.level != thing.name_block.level or block.element.tag != thing.name_block.element.tag:
        return False
    pairs = zip(block.element.iterancestors(), thing.name_block.element.iterancestors(), strict=False)
    return any(one is other for (one, other), _ in zip(pairs, range(_ROW_DEPTH), strict=False))


def _is_title(block: Block) -> bool:
    return block.level > 0 and block.region not in ("nav", "footer") and (is_name(block.text) or is_free(block.text))


def _is_short_name(block: Block) -> bool:
    return word_count(block.text) <= 7 and block.tag not in ("button", "label") and is_name(block.text)


def _nearest(titles: Sequence[Block], index: int) -> Block | None:
    """The closest title above the price, else the first one below it when it is near."""
    above = [block for block in titles if block.index < index]
    if above:
        best = above[-1]
        return best if index - best.index <= _LARGEST_ITEM else None
    return titles[0] if titles[0].index - index <= 4 else None


def description_of(thing: PricedThing) -> str:
    """The first sentence-like text of the thing that is neither its name nor a price."""
    for block in thing.blocks:
        tagged = any(tag.block.index == block.index for tag in thing.tags)
        after = block.index > thing.name_block.index and not block.level and not tagged
        if after and word_count(block.text) >= 4 and not only_a_price(block.text, []):
            return block.text
    return ""


def feature_list(blocks: Sequence[Block], limit: int = 12) -> list[str]:
    """The list items of a thing, verbatim, without doubles."""
    seen: dict[str, str] = {}
    for block in blocks:
        if block.tag == "li" and 1 < len(block.text) <= 160 and not block.level:
            seen.setdefault(key(block.text), block.text)
    return list(seen.values())[:limit]
