"""Links to files of ours that open without a key, for a while: in answers, and in webhooks.

Results keep paths (`/v1/items/…`), because a link in a row would expire there; whoever tells a result makes the links.
Ends are rounded up to the hour, so that the same file has the same address for a while and can be cached.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from store.blobs import links
from store.kit.clock import utc_now
from store.kit.settings import settings

STEP = timedelta(hours=1)


def item_path(item_id: str) -> str:
    """Where an item's files are."""
    return f"/v1/items/{item_id}/content"


def file_path(file_id: str) -> str:
    """Where an upload is."""
    return f"/v1/files/{file_id}/download"


def signed(path: str, *, until: datetime | None = None, **choice: str | int | None) -> str:
    """The whole address, which opens until a moment (`files.link_hours` unless told); `choice` says which of the files
    under this path."""
    now = utc_now()
    rounded = STEP - timedelta(seconds=now.timestamp() % STEP.total_seconds())
    lasts = until - now if until is not None else timedelta(hours=settings().files.link_hours)
    link = links.sign(path, lasts=lasts + rounded)
    chosen = urlencode({name: value for name, value in choice.items() if value is not None})
    return f"{settings().base_url}{link}{'&' + chosen if chosen else ''}"


def told(result: Any) -> Any:
    """A result of a pipeline with `links`, as its owner gets it."""
    if not isinstance(result, dict) or not isinstance(result.get("url"), str):
        return result
    return {**result, "url": signed(result["url"])}
