"""CSV (RFC 4180) that is safe to open in a spreadsheet: text that would be run as a formula is told to be text.

Texts from outside that begin with = + - @, tab or carriage return get a leading apostrophe (OWASP, "CSV Injection");
numbers are written as numbers. UTF-8 with a byte order mark, which is how spreadsheets know.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

BOM = b"\xef\xbb\xbf"
RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # a wide = runs in some spreadsheets too


def lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file in pieces, a row each. None is an empty cell, true and false are words."""
    yield BOM + line(header)
    for row in rows:
        yield line(row)


def line(row: Sequence[Any]) -> bytes:
    """One row with its line end."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([cell(value) for value in row])
    return text.getvalue().encode()


def cell(value: Any) -> Any:
    """A value as its cell holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(RUN) else text
