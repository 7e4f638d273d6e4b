"""Answer: what a resource returns when a plain value is not enough: headers, another status, or a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from msgspec import Struct


class Answer(Struct, kw_only=True):
    """`body` is encoded and wrapped in the surface's envelope, unless `content_type` says it is raw bytes.

    `meta` stands beside the data in an envelope that has it; `retry_after` is in seconds; `etag` is compared with If-None-Match (a match answers 304);
    `cookies` are whole Set-Cookie values; `stream` yields bytes and replaces the body.
    """

    body: Any = None
    meta: Any = None
    status: int | None = None
    location: str | None = None
    retry_after: int | None = None
    etag: str | None = None
    headers: Mapping[str, str] = {}
    cookies: tuple[str, ...] = ()
    content_type: str | None = None
    stream: AsyncIterator[bytes] | None = None
