"""Pages for people: /docs shows the API from /openapi.json, /bot tells site owners what MillraceBot is.

Both work offline and under a strict CSP. Swagger UI's files come from the package `swagger-ui-py`, which is only looked
up, never imported; they are packed once and kept by browsers.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from importlib.util import find_spec
from pathlib import Path

from api.kit import packed
from api.kit.answer import Answer
from api.kit.operation import operation
from api.kit.packed import Packed
from api.kit.request import Request
from store.kit.errors import NotFound
from store.kit.settings import settings

FOLDER = Path(__file__).parent


def _swagger_ui() -> Path:
    found = find_spec("swagger_ui")
    places = found.submodule_search_locations if found else None
    assert places, "swagger-ui-py is in requirements.txt"
    return Path(places[0]) / "static"


ASSETS = {
    "swagger-ui-bundle.js": (_swagger_ui(), "text/javascript; charset=utf-8"),
    "swagger-ui.css": (_swagger_ui(), "text/css; charset=utf-8"),
    "docs.js": (FOLDER / "static", "text/javascript; charset=utf-8"),
    "page.css": (FOLDER / "static", "text/css; charset=utf-8"),
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
DOCS = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Millrace API</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="docs"></div><noscript>This page needs JavaScript; the same is in /openapi.json.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/docs.js"></script></body>
</html>
"""
BOT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>MillraceBot</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/page.css"></head>
<body><main>
<h1>MillraceBot</h1>
<p>MillraceBot reads the public pages of a company's website when somebody asks this installation
(<code>{base_url}</code>) to describe that company: what it is called, what it offers and how it speaks of itself.
It signs its requests with <code>User-Agent: MillraceBot/1.0 (+{base_url}/bot)</code>.</p>
<h2>How it behaves</h2>
<ul>
<li>It reads <code>robots.txt</code> first and obeys it, <code>Crawl-delay</code> included.</li>
<li>It reads at most {max_pages} pages of a site at a time, at most {per_host} of them at once, and leaves
{delay} s between two requests to one host, whoever asks.</li>
<li>It slows down when the site answers 429 or 503, and takes <code>Retry-After</code> at its word.</li>
<li>It sends no forms, keeps no cookies and does not sign in anywhere.</li>
</ul>
<h2>How to refuse it</h2>
<p>Put this into your site's <code>robots.txt</code>; it counts within a day, because the file is kept that long:</p>
<pre>User-agent: MillraceBot
Disallow: /</pre>
<p>To keep it from a part of the site, name that part instead of <code>/</code>.</p>
</main></body>
</html>
"""


class Docs:
    """GET /docs."""

    @operation("Page that shows this API", returns=bytes, auth="public")
    async def on_get(self) -> Answer:
        return _page(DOCS)


class Bot:
    """GET /bot: where the crawler's user agent points."""

    @operation("Page that tells site owners what MillraceBot is", returns=bytes, auth="public")
    async def on_get(self) -> Answer:
        crawl = settings().crawl
        return _page(
            BOT.format(
                base_url=escape(settings().base_url),
                max_pages=crawl.max_pages,
                per_host=crawl.per_host,
                delay=f"{crawl.delay_seconds:g}",
            )
        )


class PageAsset:
    """GET /docs/{asset}: scripts and styles of our pages."""

    @operation("Script or style of a page", auth="public")
    def on_get(self, request: Request, asset: str) -> Answer:
        if asset not in ASSETS:
            raise NotFound("There is nothing at this path.")
        return packed.answer(request, _asset(asset), max_age=3600)


@lru_cache(maxsize=len(ASSETS))
def _asset(name: str) -> Packed:
    folder, content_type = ASSETS[name]
    return packed.pack((folder / name).read_bytes(), content_type)


def _page(text: str) -> Answer:
    return Answer(
        body=text.encode(), content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY}
    )
