"""PDF: text by PDFium, page by page, lines joined to paragraphs; ruled tables by pdfplumber; headings from the outline.

PDFium must not be called by two threads, which is one more reason why all of this runs in a child.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from io import BytesIO

import pdfplumber
import pypdf
import pypdfium2 as pdfium
from pypdfium2 import raw

from pipelines.knowledge.reading.blocks import Block, Content, Heading, Table, Text, Unreadable, table_of
from pipelines.knowledge.reading.lines import paragraphs, without_running_heads

MAX_PAGES = 5000
THIN, LONG = 3.0, 12.0  # points: a drawn line is thinner and longer; a cell's box is longer both ways
LYING, STANDING, BOXES = 3, 2, 4  # so many lines each way, or boxes: a page may hold a ruled table
TABLE_SECONDS = 20.0  # for all tables of a file; later ones are kept as lines of text
ODD_SHARE = 0.2  # of a page's letters from which its fonts cannot be what PDFium thinks
_LEADERS = re.compile(r"[ \t]*(?:\.[ \t]*){5,}")  # the dots of a table of contents
_ENCRYPTED = (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)


def read(data: bytes) -> Content:
    """The blocks of a PDF. Raises Unreadable."""
    file = _opened(data)
    try:
        return _Reader(file, data).read()
    finally:
        file.close()


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        file = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) in _ENCRYPTED and _has_pages(data):
            raise Unreadable(
                "encrypted", "The PDF is protected by a password. Remove it and upload the file again."
            ) from error
        raise Unreadable("corrupt", "The PDF is damaged and cannot be read.") from error
    if len(file) > MAX_PAGES:
        raise Unreadable("too_large", f"The PDF has {len(file)} pages; {MAX_PAGES} are read at most.")
    return file


def _has_pages(data: bytes) -> bool:
    """Whether there is something behind the password: PDFium says the same of a file without any page."""
    try:
        return pypdf.PdfReader(BytesIO(data)).is_encrypted
    except Exception:
        return False  # whatever it stumbled over: not a file that a password would open


class _Reader:
    def __init__(self, file: pdfium.PdfDocument, data: bytes) -> None:
        self._file = file
        self._data = data
        self._plumber: pdfplumber.PDF | None = None
        self._second: pypdf.PdfReader | None = None
        self._tables_until = time.monotonic() + TABLE_SECONDS
        self._tables_left_out = 0

    def read(self) -> Content:
        pages, pictured = [], 0
        tables: dict[int, list[Table]] = {}
        for place in range(len(self._file)):
            text, has_rules, has_pictures = self._page(place)
            pages.append(text.split("\n"))
            pictured += not text.strip() and has_pictures
            if has_rules:
                tables[place] = self._tables(place)
        if not any(line.strip() for lines in pages for line in lines):
            raise _no_text(len(pages), pictured)
        outline = self._outline()
        blocks: list[Block] = []
        for place, lines in enumerate(without_running_heads(pages)):
            blocks += _blocks(lines, outline.get(place, {}), place + 1)
            blocks += tables.get(place, [])
        notes = [f"Tables on {self._tables_left_out} pages were read as plain text."] if self._tables_left_out else []
        if pictured:
            notes.append(f"{pictured} pages are pictures without text.")
        return Content(blocks=blocks, title=self._title(), pages=len(pages), notes=notes)

    def _page(self, place: int) -> tuple[str, bool, bool]:
        """(text, whether it may have ruled tables, whether it has pictures)."""
        try:
            page = self._file[place]
            text = page.get_textpage().get_text_bounded()
            objects = list(page.get_objects(max_depth=2))
            has_rules = _has_rules([one.get_bounds() for one in objects if one.type == raw.FPDF_PAGEOBJ_PATH])
            has_pictures = any(one.type == raw.FPDF_PAGEOBJ_IMAGE for one in objects)
            page.close()
        except pdfium.PdfiumError as error:
            raise Unreadable("corrupt", "A page of the PDF is damaged and cannot be read.", page=place + 1) from error
        if _is_odd(text):
            text = self._by_second_reader(place) or text
        return _clean(text), has_rules, has_pictures

    def _by_second_reader(self, place: int) -> str:
        """The page's text by pypdf, which knows some fonts better; empty when it knows them no better."""
        try:
            self._second = self._second or pypdf.PdfReader(BytesIO(self._data))
            text = self._second.pages[place].extract_text()
        except MemoryError:
            raise
        except Exception:
            return ""  # it is the second opinion only
        return "" if _is_odd(text) else text

    def _tables(self, place: int) -> list[Table]:
        """The ruled tables of a page; their text stays among the lines as well."""
        if time.monotonic() > self._tables_until:
            self._tables_left_out += 1
            return []
        try:
            self._plumber = self._plumber or pdfplumber.open(BytesIO(self._data))
            page = self._plumber.pages[place]
            found = [table_of(_unfolded(rows), page=place + 1) for rows in page.extract_tables()]
            page.close()
        except MemoryError:
            raise
        except Exception:
            self._tables_left_out += 1  # the page's text is there all the same
            return []
        return [table for table in found if table is not None and len(table.rows) > 1 and len(table.rows[0]) > 1]

    def _outline(self) -> dict[int, dict[str, int]]:
        """By page: the titles that begin there, folded, with their level."""
        found: dict[int, dict[str, int]] = {}
        try:
            for entry in self._file.get_toc(max_depth=4):
                target = entry.get_dest()
                place = target.get_index() if target is not None else None
                if place is not None:
                    found.setdefault(place, {})[_folded(entry.get_title())] = entry.level + 1
        except pdfium.PdfiumError:
            return {}  # a broken outline costs the headings only
        return found

    def _title(self) -> str | None:
        title = self._file.get_metadata_value("Title").strip()
        return title or None


def _blocks(lines: Sequence[str], titles: dict[str, int], page: int) -> Iterator[Block]:
    held: list[str] = []
    for line in lines:
        level = titles.get(_folded(line)) if line.strip() else None
        if level is None:
            held.append(line)
            continue
        yield from (Text(text, page) for text in paragraphs(held))
        held = []
        yield Heading(line.strip(), level, page)
    yield from (Text(text, page) for text in paragraphs(held))


def _unfolded(rows: Sequence[Sequence[str | None]]) -> list[list[str]]:
    """Rows whose every cell holds the same number of lines are that many rows, drawn without rules between them."""
    found: list[list[str]] = []
    for row in rows:
        cells = [(cell or "").split("\n") for cell in row]
        numbers = {len(cell) for cell in cells if cell != [""]}
        if len(numbers) == 1 and (number := numbers.pop()) > 2:
            found += [[cell[place] if len(cell) == number else "" for cell in cells] for place in range(number)]
        else:
            found.append([" ".join(cell) for cell in cells])
    return found


def _has_rules(bounds: Sequence[tuple[float, float, float, float]]) -> bool:
    """A quick look, since reading a page's tables takes a hundred times as long as its text."""
    lying = standing = boxes = 0
    for left, bottom, right, top in bounds:
        width, height = right - left, top - bottom
        lying += height < THIN and width > LONG
        standing += width < THIN and height > LONG
        boxes += width > LONG and height > LONG
    return (lying >= LYING and standing >= STANDING) or boxes >= BOXES


def _is_odd(text: str) -> bool:
    letters = [character for character in text if not character.isspace()]
    odd = sum(ord(character) < 32 or "\ue000" <= character <= "\uf8ff" for character in letters)
    return odd > ODD_SHARE * len(letters)


def _clean(text: str) -> str:
    """Without the hyphens that only part lines (PDFium marks them), and without what cannot be shown."""
    text = text.replace("\ufffe\r\n", "").replace("\x02\r\n", "").replace("\u00ad\r\n", "")
    text = _LEADERS.sub(" … ", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n"))
    return "".join(
        character
        for character in text
        if character in "\n\t" or (ord(character) >= 32 and character not in "\ufffe\ufffd")
    )


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def _no_text(pages: int, pictured: int) -> Unreadable:
    if pictured:
        return Unreadable(
            "scan_without_text",
            f"The PDF's pages are pictures without text ({pages} pages). Run text recognition (OCR) over it first.",
            page=1,
        )
    return Unreadable("empty_file", "There is no text in the PDF.")
