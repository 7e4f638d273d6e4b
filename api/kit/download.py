"""Downloads: a blob as an answer, piece by piece, with ranges (RFC 9110, section 14) and the headers that make it harmless.

Files that users or tools made are attachments, never sniffed, and sandboxed should a browser show them all the same.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

import falcon

from api.kit.answer import Answer
from api.kit.request import Request
from api.kit.threads import pool
from store.blobs import queries
from store.blobs.queries import Blob

SAFE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class File:
    """What an operation `returns` whose answer is a file's bytes."""


def answer(request: Request, blob: Blob, *, media_type: str | None = None, name: str | None = None) -> Answer:
    """The file, or the one range of it that was asked for. Raises HTTPRangeNotSatisfiable (416)."""
    etag = f'"{blob.sha256}"'
    wanted = _range(request, blob, etag)
    start, end = wanted or (0, blob.size)
    headers = {
        "Content-Length": str(end - start),
        "Content-Disposition": disposition(name or blob.name),
        "Content-Security-Policy": SAFE_POLICY,
        "Accept-Ranges": "bytes",
    }
    if wanted is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{blob.size}"
    return Answer(
        status=None if wanted is None else 206,
        etag=etag,
        content_type=media_type or blob.media_type,
        headers=headers,
        stream=_pieces(blob, start, end),
    )


def disposition(name: str) -> str:
    """`attachment` with the name for old and new clients (RFC 6266)."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%/]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _pieces(blob: Blob, start: int, end: int) -> AsyncIterator[bytes]:
    for idx, first, last in queries.cuts(start, end):
        data = await pool("database").run(queries.piece, blob.id, idx)
        yield data if last - first == len(data) else data[first:last]


def _range(request: Request, blob: Blob, etag: str) -> tuple[int, int] | None:
    """(start, end) of the one range asked for; None for the whole: no range, several, or not of these bytes (If-Range)."""
    given = request.header(b"range")
    condition = request.header(b"if-range")
    found = _RANGE.fullmatch(given.strip()) if given else None
    if found is None or found.group() == "bytes=-" or (condition is not None and condition != etag):
        return None
    first, last = found.groups()
    start = int(first) if first else max(blob.size - int(last), 0)
    end = min(int(last) + 1, blob.size) if first and last else blob.size
    if first and last and int(last) < start:
        return None  # not a valid range: ignored, as RFC 9110 wants
    if start >= blob.size or (not first and int(last) == 0):
        raise falcon.HTTPRangeNotSatisfiable(blob.size)
    return start, end
