"""Whose cell a table's cell is: of the name in its row's first cell, or of the one in its column's head."""

from __future__ import annotations

from bisect import bisect_left

from pipelines.perception.judge.layout import Block
from pipelines.perception.judge.names import Mention, owner_key


def tables_of(blocks: list[Block]) -> list[tuple[int, int]]:
    """Each table as the numbers of its first row and of the block after its last."""
    found: list[tuple[int, int]] = []
    for number, block in enumerate(blocks):
        if block.kind != "row":
            continue
        if found and found[-1][1] == number:
            found[-1] = (found[-1][0], number + 1)
        else:
            found.append((number, number + 1))
    return found


def named_in(span: tuple[int, int], mentions: list[Mention]) -> str | None:
    """The owner that a cell names, None when it names nobody."""
    place = bisect_left(mentions, span[0], key=lambda mention: mention.start)
    if place >= len(mentions) or mentions[place].start >= span[1]:
        return None
    behind = mentions[place + 1] if place + 1 < len(mentions) else None
    if (
        mentions[place].role == "brand"
        and behind
        and behind.role == "product"
        and behind.start - mentions[place].end <= 1
    ):
        return owner_key(behind)  # "Lantern Desk 2" names the product
    return owner_key(mentions[place])


def _row_owner(row: Block, mentions: list[Mention]) -> str | None:
    """Whom a row is about: the company in one of its first cells, its product when that stands beside it."""
    named = [owner for cell in row.cells[:3] if (owner := named_in(cell, mentions)) is not None]
    product = next((owner for owner in named if owner.startswith("product:")), None)
    return product if product and named[0] in (product, "brand") else named[0] if named else None


def owners_of_cells(
    blocks: list[Block], mentions: list[Mention], labelled: frozenset[int]
) -> dict[tuple[int, int], str]:
    """Owners by (block, cell). Where rows or columns name companies, those without a tracked name are others'.

    `labelled`: rows that open with what they tell of rather than of whom; beside one product's they are the brand's.
    """
    found: dict[tuple[int, int], str] = {}
    for first, after in tables_of(blocks):
        rows = range(first, after)
        header = next((blocks[number] for number in rows if blocks[number].is_header), None)
        by_row = {number: _row_owner(blocks[number], mentions) for number in rows if not blocks[number].is_header}
        columns = [named_in(cell, mentions) for cell in header.cells] if header is not None else []
        named_rows = {owner for owner in by_row.values() if owner}
        lone = len(named_rows) == 1 and not any(owner.startswith("rival") for owner in named_rows)
        rows_name = bool(named_rows)
        columns_name = any(columns)
        for number, named in by_row.items():
            for cell in range(1 if rows_name else 0, len(blocks[number].cells)):
                column = columns[cell] if cell < len(columns) else None
                if column and not column.startswith("product:"):
                    keeps = named is not None and named.startswith("product:") and column == "brand"
                    found[number, cell] = named if keeps and named else column
                elif named or column:
                    found[number, cell] = named or column or ""
                elif (rows_name and not (lone and number in labelled)) or (columns_name and cell):
                    found[number, cell] = "other"
    return found
