"""Static text that is kept packed and served so to those who take it: scripts and styles of our pages and the widget."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping

from msgspec import Struct

from api.kit.answer import Answer
from api.kit.request import Request


class Packed(Struct, frozen=True):
    """A text with its type and tag."""

    packed: bytes
    content_type: str
    etag: str


def pack(content: bytes, content_type: str) -> Packed:
    """The content, to be kept."""
    etag = f'W/"{hashlib.sha256(content).hexdigest()[:16]}"'
    return Packed(packed=gzip.compress(content, mtime=0), content_type=content_type, etag=etag)


def answer(request: Request, found: Packed, *, max_age: int, headers: Mapping[str, str] | None = None) -> Answer:
    """The text, which browsers may keep for `max_age` seconds."""
    takes_gzip = "gzip" in (request.header(b"accept-encoding") or "")
    return Answer(
        body=found.packed if takes_gzip else gzip.decompress(found.packed),
        content_type=found.content_type,
        etag=found.etag,
        headers={
            "Cache-Control": f"public, max-age={max_age}",
            "Vary": "Accept-Encoding",
            **({"Content-Encoding": "gzip"} if takes_gzip else {}),
            **(headers or {}),
        },
    )
