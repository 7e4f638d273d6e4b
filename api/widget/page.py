"""GET /widget/demo: a small website with the widget on it, under a policy as strict as a customer's may be."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from api.kit import packed
from api.kit.answer import Answer
from api.kit.operation import operation
from api.kit.packed import Packed
from api.kit.request import Request
from store.kit.errors import NotFound

FOLDER = Path(__file__).parent / "demo"
ASSETS = {"demo.js": "text/javascript; charset=utf-8", "demo.css": "text/css; charset=utf-8"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: http: https:;"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Demo:
    """GET /widget/demo."""

    @operation("Page to try the chat widget on", returns=bytes, auth="public")
    def on_get(self) -> Answer:
        """`?agent_id=…&api_key=…` names the agent and a publishable key; `theme` and `position` as init takes them."""
        return Answer(
            body=(FOLDER / "demo.html").read_bytes(),
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": POLICY},
        )


class DemoAsset:
    """GET /widget/demo/{asset}."""

    @operation("Script or style of the page to try the widget on", auth="public")
    def on_get(self, request: Request, asset: str) -> Answer:
        if asset not in ASSETS:
            raise NotFound("There is nothing at this path.")
        return packed.answer(request, _asset(asset), max_age=300)


@lru_cache(maxsize=len(ASSETS))
def _asset(name: str) -> Packed:
    return packed.pack((FOLDER / name).read_bytes(), ASSETS[name])
