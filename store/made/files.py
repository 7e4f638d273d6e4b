"""Reading and forgetting rows of files that jobs make; each table of them is one `Files`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from msgspec import Struct

from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import NotFound
from store.kit.ids import is_id

REMEMBERED = timedelta(days=30)  # how long after its end an address still says that the file has expired


class FileNow(Struct, frozen=True, kw_only=True):
    """A file as it stands: `state` and `error` are its job's; ready when it has a blob."""

    id: str
    workspace_id: str
    job_id: str
    format: str
    blob_id: str | None
    created_at: datetime
    expires_at: datetime
    state: str | None
    error: dict[str, Any] | None

    @property
    def has_expired(self) -> bool:
        """Whether its blob is gone by now."""
        return self.expires_at <= utc_now()


Now = TypeVar("Now", bound=FileNow)


class Files(Generic[Now]):
    """One table. `kind` is the table's name and the word of its ids (store/kit/ids.py); `unknown` makes the error of an
    id that names none, or another workspace's."""

    def __init__(self, kind: str, now: type[Now], *, unknown: Callable[[str], NotFound]) -> None:
        self._kind = kind
        self._now = now
        self._unknown = unknown
        self._names = now.__struct_fields__
        columns = [f"j.{name}" if name in {"state", "error"} else f"f.{name}" for name in self._names]
        self._select = f"SELECT {', '.join(columns)} FROM {kind} f LEFT JOIN job j ON j.id = f.job_id"
        self._prune = (
            f"DELETE FROM {kind} WHERE id = ANY (ARRAY("
            f"SELECT id FROM {kind} WHERE expires_at < %s ORDER BY expires_at LIMIT %s)) RETURNING 1"
        )

    def get(self, workspace_id: str, file_id: str) -> Now:
        """The file as it stands. Raises NotFound, also for another workspace's."""
        found = is_id(self._kind, file_id) and self._first("f.id = %s AND f.workspace_id = %s", file_id, workspace_id)
        return found or self._refuse(file_id)

    def get_by_link(self, file_id: str) -> Now:
        """The file that a signed link names; the caller has checked the signature. Raises NotFound."""
        return self._first("f.id = %s", file_id) or self._refuse(file_id)

    def of_job(self, workspace_id: str, job_id: str) -> Now:
        """The file that this job makes. Raises NotFound."""
        return self._first("f.job_id = %s AND f.workspace_id = %s", job_id, workspace_id) or self._refuse(job_id)

    def listed(self, workspace_id: str, *, limit: int, before_id: str | None) -> list[Now]:
        """The workspace's files, newest first; needs an index of (workspace_id, id)."""
        before = " AND f.id < %s" if before_id else ""
        values = (workspace_id, before_id, limit) if before_id else (workspace_id, limit)
        return self._all(f"f.workspace_id = %s{before} ORDER BY f.id DESC LIMIT %s", *values)

    def prune(self, *, limit: int) -> int:
        """Forget files that expired long ago, at most `limit`; how many. Their blobs go by themselves."""
        return len(db.rows(self._prune, (utc_now() - REMEMBERED, limit)))

    def _all(self, where: str, *values: Any) -> list[Now]:
        found = db.rows(f"{self._select} WHERE {where}", values)
        return [self._now(**dict(zip(self._names, row, strict=True))) for row in found]

    def _first(self, where: str, *values: Any) -> Now | None:
        return next(iter(self._all(where, *values)), None)

    def _refuse(self, sought: str) -> Now:
        raise self._unknown(sought[:100])
