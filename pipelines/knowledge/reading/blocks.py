"""What a reader makes of a file: headings, text and tables in order; and why a file cannot be read."""

from __future__ import annotations

from msgspec import Struct, field


class Heading(Struct, frozen=True):
    """`level` counts from 1. `page` counts from 1 and is None where a kind of file has no pages, here and below."""

    text: str
    level: int
    page: int | None = None


class Text(Struct, frozen=True):
    """One paragraph, list item or block of code."""

    text: str
    page: int | None = None


class Table(Struct, frozen=True):
    """Cells are plain text. `header` is repeated in every chunk of the table; None when the first row is data."""

    header: list[str] | None
    rows: list[list[str]]
    page: int | None = None


Block = Heading | Text | Table


class Content(Struct):
    """A file that was read. `notes` say what was left out, for the document's page."""

    blocks: list[Block] = field(default_factory=list)
    title: str | None = None
    pages: int | None = None
    notes: list[str] = field(default_factory=list)


class Unreadable(Exception):
    """The file is at fault: `code` for a program, `message` for a person, `page` where it happened."""

    def __init__(self, code: str, message: str, *, page: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.page = page


def table_of(rows: list[list[str]], *, page: int | None = None) -> Table | None:
    """A table from its rows, with its header if the first row is one; None when nothing is in it."""
    rows = [cells for row in rows if any(cells := [" ".join(cell.split()) for cell in row])]
    if not rows:
        return None
    if len(rows) > 1 and _is_header(rows[0]):
        return Table(rows[0], rows[1:], page)
    return Table(None, rows, page)


def _is_header(cells: list[str]) -> bool:
    """Names, not values: some text, no two alike, no numbers."""
    named = [cell for cell in cells if cell]
    return len(named) > 0 and len(set(named)) == len(named) and not any(_is_number(cell) for cell in named)


def _is_number(cell: str) -> bool:
    digits = sum(character.isdigit() for character in cell)
    letters = sum(character.isalpha() for character in cell)
    return digits > 0 and digits >= letters
