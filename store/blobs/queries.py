"""Writing and reading blobs piece by piece, in memory for one piece only. Every verb takes the workspace first.

A blob is born with an end (`UNCLAIMED`), so that one whose writer died before anything named it goes by itself;
`keep` takes the end away in the transaction that names the blob.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from store.blobs import tables
from store.kit.clock import utc_now
from store.kit.db import row, rows
from store.kit.errors import NotFound, PayloadTooLarge
from store.kit.ids import is_id, new_id

PIECE_BYTES = 512 * 1024
UNCLAIMED = timedelta(days=1)


class Blob(Struct, frozen=True, kw_only=True):
    """A file that is whole. `sha256` is the hex digest of its bytes, `size` their number."""

    id: str
    workspace_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime
    expires_at: datetime | None


class Writer:
    """One blob being written: `add` bytes of any length, then `finish`. Not for two threads at once."""

    def __init__(self, workspace_id: str, *, name: str, media_type: str, max_bytes: int) -> None:
        self.id = new_id("blob")
        self.size = 0
        self._max_bytes = max_bytes
        self._idx = 0
        self._rest = bytearray()
        self._digest = hashlib.sha256()
        now = utc_now()
        tables.Blob.insert(
            id=self.id,
            workspace_id=workspace_id,
            name=name,
            media_type=media_type,
            created_at=now,
            expires_at=now + UNCLAIMED,
        ).execute()

    def add(self, data: bytes) -> None:
        """Append. Raises PayloadTooLarge when the whole grows over its limit."""
        self.size += len(data)
        if self.size > self._max_bytes:
            raise PayloadTooLarge(f"The file is larger than {self._max_bytes} bytes.", limit_bytes=self._max_bytes)
        self._digest.update(data)
        self._rest += data
        while len(self._rest) >= PIECE_BYTES:
            self._put(bytes(self._rest[:PIECE_BYTES]))
            del self._rest[:PIECE_BYTES]

    def finish(self) -> Blob:
        """Make the blob whole; only now can it be read."""
        if self._rest:
            self._put(bytes(self._rest))
            self._rest.clear()
        done = tables.Blob.update(size=self.size, sha256=self._digest.hexdigest()).where(tables.Blob.id == self.id)
        return _blob(next(iter(done.returning(tables.Blob).execute())))

    def abandon(self) -> None:
        """Upkeep removes what was written; nobody can have read it."""
        self._rest.clear()
        tables.Blob.update(expires_at=utc_now()).where(tables.Blob.id == self.id).execute()

    def _put(self, data: bytes) -> None:
        tables.BlobPiece.insert(blob_id=self.id, idx=self._idx, data=data).execute()
        self._idx += 1


def write(workspace_id: str, chunks: Iterable[bytes], *, name: str, media_type: str, max_bytes: int) -> Blob:
    """A blob of these bytes, unclaimed. Raises PayloadTooLarge; whatever ends it early leaves nothing to read."""
    writer = Writer(workspace_id, name=name, media_type=media_type, max_bytes=max_bytes)
    try:
        for chunk in chunks:
            writer.add(chunk)
        return writer.finish()
    except Exception:
        writer.abandon()
        raise


def find(workspace_id: str, blob_id: str) -> Blob | None:
    """The blob, or None: not this workspace's, not whole yet, or past its end."""
    if not is_id("blob", blob_id):
        return None
    mine = (tables.Blob.workspace_id == workspace_id) & (tables.Blob.id == blob_id)
    found = tables.Blob.get_or_none(mine, tables.Blob.size.is_null(False))
    if found is None or (found.expires_at is not None and found.expires_at <= utc_now()):
        return None
    return _blob(found)


def get(workspace_id: str, blob_id: str) -> Blob:
    """As `find`. Raises NotFound."""
    found = find(workspace_id, blob_id)
    if found is None:
        raise NotFound("There is no such file.", id=blob_id[:100])
    return found


def read(workspace_id: str, blob_id: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The bytes from `start` up to (not including) `end`, a piece at a time. Raises NotFound, also when it goes meanwhile."""
    blob = get(workspace_id, blob_id)
    for idx, first, last in cuts(start, blob.size if end is None else min(end, blob.size)):
        yield piece(blob.id, idx)[first:last]


def read_all(workspace_id: str, blob_id: str, *, max_bytes: int) -> bytes:
    """The whole file. Raises PayloadTooLarge rather than take more memory than `max_bytes`."""
    blob = get(workspace_id, blob_id)
    if blob.size > max_bytes:
        raise PayloadTooLarge(f"The file is larger than {max_bytes} bytes.", limit_bytes=max_bytes)
    return b"".join(read(workspace_id, blob_id))


def cuts(start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(piece, from, to within it) of the bytes `start:end`."""
    for idx in range(start // PIECE_BYTES, -(-end // PIECE_BYTES) if end > start else 0):
        base = idx * PIECE_BYTES
        yield idx, max(start - base, 0), min(end - base, PIECE_BYTES)


def piece(blob_id: str, idx: int) -> bytes:
    """One piece. Raises NotFound when the blob was deleted meanwhile. The caller has checked whose it is."""
    found = row("SELECT data FROM blob_piece WHERE blob_id = %s AND idx = %s", (blob_id, idx))
    if found is None:
        raise NotFound("There is no such file any more.", id=blob_id)
    return bytes(found[0])


def keep(workspace_id: str, blob_id: str, *, until: datetime | None = None) -> None:
    """Keep the blob until it is deleted, or until a moment. In the transaction that names it. Raises NotFound."""
    mine = (tables.Blob.workspace_id == workspace_id) & (tables.Blob.id == blob_id)
    is_whole = tables.Blob.expires_at.is_null() | (tables.Blob.expires_at > utc_now())  # else upkeep has some of it
    if not tables.Blob.update(expires_at=until).where(mine, is_whole).execute():
        raise NotFound("There is no such file any more.", id=blob_id)


def delete(workspace_id: str, blob_id: str) -> bool:
    """Remove the blob with its pieces; whether it was there."""
    mine = (tables.Blob.workspace_id == workspace_id) & (tables.Blob.id == blob_id)
    return bool(tables.Blob.delete().where(mine).execute())


def let_go(workspace_id: str, blob_ids: Sequence[str]) -> None:
    """Nobody can read these any more, and upkeep removes them: what is large is not deleted while somebody waits."""
    rows(
        "UPDATE blob SET expires_at = %s WHERE workspace_id = %s AND id = ANY (%s)",
        (utc_now(), workspace_id, list(blob_ids)),
    )


def prune(*, limit: int) -> int:
    """Remove at most `limit` pieces of blobs past their end, and the blobs that have none left; how many of both."""
    now = utc_now()
    pieces = rows(
        "DELETE FROM blob_piece WHERE (blob_id, idx) IN (SELECT p.blob_id, p.idx FROM blob b"
        "  CROSS JOIN LATERAL (SELECT blob_id, idx FROM blob_piece WHERE blob_id = b.id LIMIT %s) AS p"
        "  WHERE b.expires_at <= %s LIMIT %s) RETURNING 1",
        (limit, now, limit),
    )
    gone = rows(
        "DELETE FROM blob WHERE id = ANY (ARRAY(SELECT id FROM blob b WHERE expires_at <= %s"
        "  AND NOT EXISTS (SELECT FROM blob_piece WHERE blob_id = b.id) LIMIT %s)) RETURNING 1",
        (now, limit),
    )
    return len(pieces) + len(gone)


def _blob(found: tables.Blob) -> Blob:
    return Blob(**{field: getattr(found, field) for field in Blob.__struct_fields__})
