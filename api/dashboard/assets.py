"""GET /static/{asset}: the dashboard's style and mark."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from api.kit.answer import Answer
from api.kit.operation import operation
from store.kit.errors import NotFound

FOLDER = Path(__file__).parent / "static"
TYPES = {"dashboard.css": "text/css; charset=utf-8", "mark.svg": "image/svg+xml"}


class Asset:
    """GET /static/{asset}."""

    @operation("Style or picture of a page", auth="public")
    def on_get(self, asset: str) -> Answer:
        if asset not in TYPES:
            raise NotFound("There is nothing at this path.")
        content, etag = _read(asset)
        return Answer(
            body=content, content_type=TYPES[asset], etag=etag, headers={"Cache-Control": "public, max-age=3600"}
        )


@lru_cache(maxsize=len(TYPES))
def _read(name: str) -> tuple[bytes, str]:
    content = (FOLDER / name).read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:16]}"'
