"""From blocks to units: sentences, list items and table cells, each with its words, names, values and what it stands under.

A unit's `topic` is whom it speaks of when it names nobody; `lead` are the concepts of its label, heading or column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.perception.judge.layout import Block, Layout
from pipelines.perception.judge.lexicon import Hit, Token, concept_of_predicate, tokens_of, triggers
from pipelines.perception.judge.moments import Moment, find_moments
from pipelines.perception.judge.names import Mention
from pipelines.perception.judge.text import Plain
from pipelines.perception.judge.values import Value, find_values

_LONGEST_SENTENCE = 1500
_MOST_HITS, _MOST_VALUES = 90, 30  # of one sentence; no sentence of a person has so many
_END = re.compile(
    r"(?P<cjk>[\u3002\uff01\uff1f!?]+[\u300d\u300f\"')]*(?=[\u3040-\u30ff\u4e00-\u9fff]|\s|$))"
    r"|(?P<stop>[.!?\u2026]{1,3}[\"')\]]{0,3})(?=\s+[\"'(\[\u00bf\u00a1*]{0,3}[^\W_a-z\u00df-\u00ff]|\s*\n|\s*$)|\n"
)
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\"'])(?:[A-Z]|[A-Z]\.[A-Z]|Dr|Mr|Mrs|Ms|St|Inc|Ltd|Co|Corp|vs|e\.g|i\.e|z\.B|d\.h|bzw|ca|etc|approx|Prof|Sr|Jr|U\.S|U\.K"
    r"|Str|Tel|bd|av|p\.ej|n|aprox|Sra|Dra|Hr|Fr|inkl|exkl|zzgl|usw|evtl|incl|excl|max|min|est|Est|mind|Mio|Mrd|Tsd|circa|bijv|o\.a|cf|env|M|Mme|pág|núm|dott|ing|sig|i\.e|s\.r\.l|s\.p\.a|S\.A|S\.L|B\.V|[A-Z]\.\s?[A-Z])\.$"
)


_LABEL = re.compile(r"[\s\"'*(-]*(?P<label>[a-z][\w' &/-]{1,32}?) ?: ")
_NAMED_BY_LABEL = frozenset(
    {"headquarters", "founder", "ceo", "owner", "manufacturing", "hosting", "languages", "certification"}
)


def _labelled(folded: str, start: int, end: int, hits: list[Hit]) -> list[Hit]:
    """ "Base: Lisbon": what a label says in a fact's own word for it."""
    match = _LABEL.match(folded, start, end)
    if match is None or any(hit.start < match.end() for hit in hits):
        return []
    concept = concept_of_predicate(match["label"])
    return [Hit(concept, *match.span("label"))] if concept in _NAMED_BY_LABEL and concept else []


@dataclass(slots=True)
class Unit:
    """A stretch of plain text that says something. `quote` is the span that is quoted as evidence."""

    start: int
    end: int
    quote: tuple[int, int]
    block: int
    tokens: list[Token]
    hits: list[Hit]
    mentions: list[Mention]
    values: list[Value]
    moments: list[Moment] = field(default_factory=list)
    lead: tuple[str, ...] = ()
    topic: str = ""
    owner: str | None = None  # given by a table's row or column
    cell: int = -1
    is_heading: bool = False
    first_in_block: bool = False
    lead_text: str = ""
    dropped: bool = False
    stems: frozenset[str] = field(default_factory=frozenset)


def sentences(plain: Plain, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the sentences of a block; abbreviations and initials do not end one."""
    found: list[tuple[int, int]] = []
    begin = start
    for match in _END.finditer(plain.text, start, end):
        stop = match.end() if match[0] != "\n" else match.start()
        before = max(begin, match.start() - 12)
        if match["stop"] == "." and _ABBREVIATED.search(plain.text, before, match.end()):
            continue
        found.extend(_pieces(plain.text, begin, stop))
        begin = match.end()
    found.extend(_pieces(plain.text, begin, end))
    return found


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, or parts of one that is longer than any person's: what follows costs its square."""
    while end - start > _LONGEST_SENTENCE:
        space = text.rfind(" ", start + 1, start + _LONGEST_SENTENCE)
        stop = space if space > start else start + _LONGEST_SENTENCE
        if text[start:stop].strip():
            yield start, stop
        start = stop
    if text[start:end].strip():
        yield start, end


class Reader:
    """Cuts a layout into units."""

    def __init__(self, layout: Layout, mentions: list[Mention], language: str) -> None:
        self.plain = layout.plain
        self.blocks = layout.blocks
        self.language = language
        self._mentions = mentions
        self._next = 0

    def units(self) -> list[Unit]:
        found: list[Unit] = []
        header: Block | None = None
        last_row = -2
        for number, block in enumerate(self.blocks):
            if block.kind != "row":
                found.extend(self._sentences_of(number, block))
                continue
            if last_row != number - 1:
                header = None
            last_row = number
            if block.is_header:
                header = block
                self._take(block.end)
            else:
                found.extend(self._cells(number, block, header))
        return found

    def _sentences_of(self, number: int, block: Block) -> list[Unit]:
        made = []
        for place, (start, end) in enumerate(sentences(self.plain, block.start, block.end)):
            unit = self._unit(start, end, number)
            unit.is_heading = block.kind == "heading"
            unit.first_in_block = place == 0
            made.append(unit)
        self._take(block.end)
        return made

    def _cells(self, number: int, row: Block, header: Block | None) -> list[Unit]:
        made = []
        for place, (start, end) in enumerate(row.cells):
            unit = self._unit(start, end, number)
            unit.cell = place
            unit.quote = (row.start, row.end)
            labels = [row.cells[0]] if place else []
            if header is not None and place < len(header.cells):
                labels.append(header.cells[place])
            lead: list[str] = []
            texts = []
            for low, high in labels:
                tokens = tokens_of(self.plain.folded, low, high)
                lead.extend(hit.name for hit in triggers().find(tokens, self.plain.folded, start=low, end=high))
                texts.append(self.plain.folded[low:high])
            unit.lead = tuple(dict.fromkeys(lead))
            unit.lead_text = " ".join(texts)
            made.append(unit)
        self._take(row.end)
        return made

    def _unit(self, start: int, end: int, number: int) -> Unit:
        folded = self.plain.folded
        end = min(end, start + _LONGEST_SENTENCE)
        tokens = tokens_of(folded, start, end)
        mentions = self._take(end)
        found = triggers().find(tokens, folded, start=start, end=end)[:_MOST_HITS]
        hits = [hit for hit in found if not any(one.start <= hit.start and hit.end <= one.end for one in mentions)]
        hits = [*_labelled(folded, start, end, hits), *hits]
        moments = find_moments(folded, start, end)[:_MOST_VALUES]
        values = find_values(self.plain, tokens, self.language, start, end, moments)[:_MOST_VALUES]
        own = [value for value in values if not any(one.start <= value.start < one.end for one in mentions)]
        return Unit(start, end, (start, end), number, tokens, hits, mentions, own, moments)

    def _take(self, end: int) -> list[Mention]:
        """The mentions up to a place that nobody took yet."""
        begin = self._next
        while self._next < len(self._mentions) and self._mentions[self._next].start < end:
            self._next += 1
        return self._mentions[begin : self._next]
