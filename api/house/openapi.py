"""GET /openapi.json: the whole API, described by itself."""

from __future__ import annotations

from typing import Any

import msgspec

from api.kit import openapi
from api.kit.answer import Answer
from api.kit.operation import operation
from store.kit.settings import settings


class OpenApi:
    """GET /openapi.json; `routes` is filled by create_app, which knows them all."""

    def __init__(self) -> None:
        self.routes: tuple[tuple[str, Any], ...] = ()
        self._document: bytes | None = None

    @operation("Describe this API (OpenAPI 3.1)", auth="public", returns=dict[str, Any])
    async def on_get(self) -> Answer:
        if self._document is None:
            self._document = msgspec.json.encode(openapi.document(self.routes, server=settings().base_url))
        return Answer(body=self._document, content_type="application/json")
