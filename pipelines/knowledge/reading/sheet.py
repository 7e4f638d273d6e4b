"""Comma-separated values and their kin: the delimiter is found out, the first row is the header if it names columns."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import clevercsv

from pipelines.knowledge.reading.blocks import Content, Unreadable, table_of

_SAMPLE = 20_000  # characters that the delimiter is looked for in
_DELIMITERS = [",", ";", "\t", "|"]
_MAX_CELL = 1_000_000


def read(text: str) -> Content:
    """One table. Raises Unreadable when the rows cannot be told apart."""
    csv.field_size_limit(_MAX_CELL)
    try:
        rows = [list(row) for row in csv.reader(StringIO(text), **_dialect(text[:_SAMPLE]))]
    except csv.Error as error:
        raise Unreadable("corrupt", f"The table cannot be read: {error}.") from error
    table = table_of(rows)
    return Content(blocks=[table] if table else [])


def _dialect(sample: str) -> dict[str, Any]:
    """How the sample's rows are written; a comma and double quotes when nothing can be told (one column)."""
    whole_lines = sample.rpartition("\n")[0] or sample
    try:
        found = clevercsv.Detector().detect(whole_lines, delimiters=_DELIMITERS)
    except clevercsv.Error:
        found = None
    if found is None or not found.delimiter:
        return {"delimiter": ",", "quotechar": '"'}
    return {
        "delimiter": found.delimiter,
        "quotechar": found.quotechar or '"',
        "escapechar": found.escapechar or None,
        "strict": False,
    }
