"""Runs as text, a page at a time: a row of CSV or an object of JSON each, put together by Postgres.

A page is one statement by the key of the last row, so that nothing is held between two pages, however slow who reads
them is, and a million runs take the memory of one page. Oldest first.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from msgspec import Struct

from store.kit import db
from store.kit.clock import rfc3339
from store.kit.csv_text import RUN

Format = Literal["json", "csv"]
Place = tuple[datetime, int, int]
"""(moment, batch, place in it) of a run."""
PAGE = 5000
PAGE_WITH_TEXTS = 200  # of half a megabyte each, at worst
CSV_HEADER = "Date,Prompt ID,Model,Provider,Tokens,Cost,Latency,Success\n"

# A cell that a spreadsheet would run is told to be text; one with a comma, quote or line break is quoted (RFC 4180).
_CELL = """
    (SELECT CASE WHEN translate(safe, E'",\\r\\n', '') = safe THEN safe ELSE '"' || replace(safe, '"', '""') || '"' END
       FROM (SELECT CASE WHEN left({0}, 1) = ANY (%(run)s) THEN '''' || {0} ELSE {0} END AS safe) AS told)
"""
_COST = "trim_scale(cost * 0.000000001)"
_LATENCY = "trim_scale(latency_us * 0.001)"
_CSV = (
    "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') || ',' || "
    + " || ',' || ".join(_CELL.format(name) for name in ("prompt_id", "model", "provider"))
    + f" || ',' || coalesce(tokens::text, '') || ',' || coalesce({_COST}::text, '') || ',' || coalesce({_LATENCY}::text, '')"
    " || CASE WHEN success THEN E',Yes\\n' ELSE E',No\\n' END"
)
_JSON = f"""
    json_build_object('date', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'promptId', prompt_id,
        'model', model, 'provider', provider, 'tokensUsed', tokens, 'inputTokens', input_tokens,
        'outputTokens', output_tokens, 'cachedTokens', cached_tokens, 'cost', {_COST}, 'latency', {_LATENCY},
        'success', success, 'runId', run_id, 'metadata', metadata{{texts}})::text
"""
_PAGE = """
WITH page AS MATERIALIZED (
    SELECT at, batch, place, {line} AS line FROM run
     WHERE workspace_id = %(workspace)s AND at >= %(at)s AND at < %(end)s
       AND (at, batch, place) > (%(at)s, %(batch)s, %(place)s)
     ORDER BY at, batch, place LIMIT %(limit)s
)
SELECT count(*), string_agg(line, %(between)s ORDER BY at, batch, place),
       (SELECT ARRAY[batch, place] FROM page ORDER BY at DESC, batch DESC, place DESC LIMIT 1), max(at)
  FROM page
"""


class Page(Struct, frozen=True):
    """Rows as text, how many, and where to go on; None: that was the last."""

    text: str
    runs: int
    last: Place | None


class Wanted(Struct, frozen=True, kw_only=True):
    """Which runs, and how: those of [start, end); JSON may have their input and output."""

    workspace_id: str
    format: Format
    start: datetime
    end: datetime
    with_texts: bool = False

    @property
    def first(self) -> Place:
        """Before all of them."""
        return self.start, -1, -1


def opening(wanted: Wanted) -> str:
    """What stands before the rows."""
    if wanted.format == "csv":
        return CSV_HEADER
    return f'{{"startDate":"{rfc3339(wanted.start)}","endDate":"{rfc3339(wanted.end)}","runs":[\n'


def closing(wanted: Wanted, runs: int) -> str:
    """What stands behind them. In JSON it says how many there are: who reads it knows that nothing is missing."""
    return "" if wanted.format == "csv" else f'\n],"totalRuns":{runs}}}\n'


def between(wanted: Wanted) -> str:
    """What stands between two rows, and between two pages."""
    return "" if wanted.format == "csv" else ",\n"


def page(wanted: Wanted, after: Place) -> Page:
    """The rows after a place (index: the primary key)."""
    texts = ", 'input', input, 'output', output" if wanted.with_texts else ""
    line = _CSV if wanted.format == "csv" else _JSON.format(texts=texts)
    limit = PAGE_WITH_TEXTS if wanted.with_texts else PAGE
    runs, text, key, at = db.database.execute_sql(
        _PAGE.format(line=line),
        {"workspace": wanted.workspace_id, "end": wanted.end, "at": after[0], "batch": after[1], "place": after[2],
         "limit": limit, "between": between(wanted), "run": list(RUN)},
    ).fetchone()  # fmt: skip
    return Page(text or "", runs, (at, *key) if runs == limit else None)


def pages(wanted: Wanted) -> Iterator[Page]:
    """All pages that have rows, one after the other."""
    after: Place | None = wanted.first
    while after is not None:
        found = page(wanted, after)
        if found.runs:
            yield found
        after = found.last
