"""Pages of lists whose contract documents a bare array: where the next page starts travels in headers.

`X-Next-Cursor` is what `cursor` takes, `Link: <…>; rel="next"` the whole address (RFC 8288); both are absent on the last page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from msgspec import Meta

from api.kit.answer import Answer
from api.kit.request import Request
from store.kit import cursor, ids
from store.kit.errors import InvalidInput

T = TypeVar("T")
Limit = Annotated[int, Meta(ge=1, le=200, description="Entries of one page")]
Cursor = Annotated[str, Meta(max_length=cursor.MAX_LENGTH, description="The page before's X-Next-Cursor")]


def before(listing: str, kind: str, given: str | None) -> str | None:
    """The id of this kind that a cursor of the listing goes on after; None for the first page. Raises InvalidInput."""
    if given is None:
        return None
    place = cursor.decode(listing, given, str)
    if not ids.is_id(kind, place):
        raise InvalidInput("`cursor` is not one that this listing gave out.", field="cursor")
    return place


def page(request: Request, listing: str, found: Sequence[T], *, limit: int, show: Callable[[T], Any]) -> Answer:
    """The first `limit` of what was found; one more than that says that there is a next page. Rows have an `id`."""
    kept: Sequence[Any] = found[:limit]
    headers = {}
    if len(found) > limit:
        place = cursor.encode(listing, kept[-1].id)
        query = [(name, value) for name, value in parse_qsl(request.query_string) if name != "cursor"]
        address = f"{request.path}?{urlencode([*query, ('cursor', place)])}"
        headers = {"X-Next-Cursor": place, "Link": f'<{address}>; rel="next"'}
    return Answer(body=[show(one) for one in kept], headers=headers)
