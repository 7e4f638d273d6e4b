"""Blocks to chunks that the embedding model reads whole, counted in its own tokens.

A chunk holds whole sentences of one section, up to CAPACITY tokens, and begins with the last ones of the chunk before
it (OVERLAP). Its `heading` (the document's title and the headings above) is embedded before it. Rows of a table stay
whole, and every chunk of a table begins with its header.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from pipelines.clients.wordpieces import tokenizer
from pipelines.knowledge.reading.blocks import Block, Heading, Table, Text, Unreadable
from pipelines.knowledge.reading.tongues import language_of
from store.knowledge.languages import spaced

CAPACITY = 180
OVERLAP = 40
MAX_HEADING = 48  # tokens; with CAPACITY still below what the model reads
SMALL = 16  # tokens; a section that has fewer goes with the next one on its page
PART_FULL = 0.6  # of CAPACITY: from here on a chunk rather ends with its paragraph
MAX_CHUNKS = 20_000
CELLS = " | "
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[^\sa-z])|(?<=[。！？])|\n+")
_CUT = re.compile(r"\s+\S*$")


class Chunk(Struct, frozen=True, kw_only=True):
    """`words`: what is indexed for words, where that is not heading and content as they are."""

    content: str
    heading: str
    token_count: int
    page: int | None
    url: str | None
    title: str | None
    language: str | None = None
    words: str | None = None


class _Unit(Struct, frozen=True):
    """A sentence, a heading's line or a table's row; `glue` is what stands between it and the one before."""

    text: str
    tokens: int
    glue: str
    page: int | None
    paragraph: int = 0
    """Tokens of the paragraph that begins here; 0 within one."""


class Cutter:
    """Cuts one document, or one page of a website; `title` heads every chunk."""

    def __init__(self, title: str, *, url: str | None = None, shown_title: str | None = None) -> None:
        self._title = title
        self._url = url
        self._shown_title = shown_title
        self._path: list[tuple[int, str]] = []
        self._above: list[str] = []
        self._units: list[_Unit] = []

    def cut(self, blocks: Sequence[Block]) -> Iterator[Chunk]:
        """The chunks, in order."""
        for block in blocks:
            if isinstance(block, Heading):
                yield from self._begin_section(block)
            elif isinstance(block, Table):
                yield from self._end_section()
                yield from self._cut_table(block)
            else:
                self._units += _sentences(block)
        yield from self._end_section()

    def _begin_section(self, heading: Heading) -> Iterator[Chunk]:
        if self._units and (sum(unit.tokens for unit in self._units) >= SMALL or self._units[0].page != heading.page):
            yield from self._end_section()
        self._path = [(level, text) for level, text in self._path if level < heading.level]
        if not self._units:
            self._above = [text for _, text in self._path]
        self._path.append((heading.level, heading.text))
        self._units += _split(heading.text, glue="\n\n", page=heading.page)

    def _end_section(self) -> Iterator[Chunk]:
        units, self._units = self._units, []
        for packed in _packed(units):
            yield self._chunk("".join(_joined(packed)), sum(unit.tokens for unit in packed), packed[0].page)
        self._above = [text for _, text in self._path]

    def _cut_table(self, table: Table) -> Iterator[Chunk]:
        header = CELLS.join(table.header) if table.header else ""
        header_tokens = count(header)
        if header_tokens > CAPACITY // 2:
            header, header_tokens = "", 0
        room = CAPACITY - header_tokens
        rows = [unit for row in table.rows for unit in _split(CELLS.join(row), glue="\n", page=table.page, room=room)]
        for packed in _packed(rows, room=room, overlap=0):
            body = "".join(_joined(packed))
            text = f"{header}\n{body}" if header else body
            yield self._chunk(text, header_tokens + sum(unit.tokens for unit in packed), table.page)

    def _chunk(self, content: str, tokens: int, page: int | None) -> Chunk:
        heading = _fitting([self._title, *self._above])
        whole = f"{heading}\n{content}"
        words = spaced(whole)
        return Chunk(
            content=content,
            heading=heading,
            token_count=tokens,
            page=page,
            url=self._url,
            title=self._shown_title,
            words=words if words != whole else None,
            language=language_of(content),
        )


def with_languages(chunks: list[Chunk]) -> tuple[list[Chunk], str | None]:
    """The chunks, those in no language of their own in the document's; and that one, which most of its text is in."""
    if len(chunks) > MAX_CHUNKS:
        raise Unreadable("too_large", f"The file has more text than a document holds ({MAX_CHUNKS} chunks).")
    seen: Counter[str] = Counter()
    for chunk in chunks:
        if chunk.language is not None:
            seen[chunk.language] += chunk.token_count
    main = seen.most_common(1)[0][0] if seen else None
    return [chunk if chunk.language else _in_language(chunk, main) for chunk in chunks], main


def count(text: str) -> int:
    """Tokens of the model, without its marks. One text at a time: a batch would start threads, which a child has not."""
    return len(tokenizer().encode(text, add_special_tokens=False).ids)


def _in_language(chunk: Chunk, language: str | None) -> Chunk:
    values = {name: getattr(chunk, name) for name in chunk.__struct_fields__}
    return Chunk(**(values | {"language": language}))


def _sentences(block: Text) -> list[_Unit]:
    parts = [part for part in _SENTENCE.split(block.text) if part and part.strip()]
    units = [unit for part in parts for unit in _split(part.strip(), glue=" ", page=block.page)]
    if "\n" in block.text:  # a list or a listing: its lines stay lines
        units = [unit for line in block.text.split("\n") if line.strip() for unit in _lines(line, block.page)]
    if not units:
        return []
    first = units[0]
    return [_Unit(first.text, first.tokens, "\n\n", first.page, sum(unit.tokens for unit in units)), *units[1:]]


def _lines(line: str, page: int | None) -> list[_Unit]:
    parts = [part.strip() for part in _SENTENCE.split(line) if part and part.strip()]
    units = [unit for part in parts for unit in _split(part, glue=" ", page=page)]
    return [_Unit(units[0].text, units[0].tokens, "\n", page), *units[1:]] if units else []


def _split(text: str, *, glue: str, page: int | None, room: int = CAPACITY) -> list[_Unit]:
    """One unit; several when it has more tokens than a chunk has room for, cut between words where there are any."""
    encoded = tokenizer().encode(text, add_special_tokens=False)
    total = len(encoded.ids)
    if total <= room:
        return [_Unit(text, total, glue, page)] if total else []
    offsets = encoded.offsets
    found: list[_Unit] = []
    first = 0
    while first < total:
        last = min(first + room, total)
        if last < total:
            # back to a token that begins a word, if there is one in the second half of the piece
            back = next(
                (place for place in range(last, first + room // 2, -1) if _begins_word(text, offsets[place][0])), last
            )
            last = back
        piece = text[offsets[first][0] : offsets[last][0] if last < total else len(text)].strip()
        found.append(_Unit(piece, last - first, glue if not found else " ", page))
        first = last
    return found


def _begins_word(text: str, place: int) -> bool:
    return place == 0 or text[place - 1].isspace()


def _packed(units: Sequence[_Unit], *, room: int = CAPACITY, overlap: int = OVERLAP) -> Iterator[list[_Unit]]:
    """Units in runs of at most `room` tokens; each run begins with the end of the one before."""
    run: list[_Unit] = []
    tokens = carried = 0
    for unit in units:
        breaks_early = unit.paragraph and tokens >= PART_FULL * room and tokens + unit.paragraph > room
        if len(run) > carried and (tokens + unit.tokens > room or breaks_early):
            yield run
            run = [] if breaks_early else _end_of(run, min(overlap, room - unit.tokens))
            tokens, carried = sum(one.tokens for one in run), len(run)
        run.append(unit)
        tokens += unit.tokens
    if len(run) > carried:
        yield run


def _end_of(run: Sequence[_Unit], tokens: int) -> list[_Unit]:
    """The last units that have so many tokens at most, never all of them."""
    first = len(run)
    while first > 1 and run[first - 1].tokens <= tokens:
        first -= 1
        tokens -= run[first].tokens
    return list(run[first:])


def _joined(units: Sequence[_Unit]) -> Iterator[str]:
    for place, unit in enumerate(units):
        yield unit.text if place == 0 else unit.glue + unit.text


def _fitting(titles: Sequence[str]) -> str:
    """Title and headings, outermost first; those in the middle go first when they are too long together."""
    kept = [title for place, title in enumerate(titles) if title and title not in titles[:place]]
    while len(kept) > 1 and count(" > ".join(kept)) > MAX_HEADING:
        kept.pop(1 if len(kept) > 2 else 0)
    text = " > ".join(kept)
    encoded = tokenizer().encode(text, add_special_tokens=False)
    if len(encoded.ids) <= MAX_HEADING:
        return text
    return _CUT.sub("", text[: encoded.offsets[MAX_HEADING][0]]).strip()
