"""Serves the made-up company's website of docs/demo-site on a free loopback port, as a plain web host would.

Called by the demo and by tests. Pages carry an ETag and answer 304; `hits` tells what was asked for.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from store.kit.settings import ROOT

FOLDER = ROOT / "docs" / "demo-site" / "pages"
TYPES = {".html": "text/html; charset=utf-8", ".xml": "application/xml", ".txt": "text/plain", ".svg": "image/svg+xml"}
PLACEHOLDER = "{{site}}"  # in canonical links, robots.txt and the sitemap, where the address must be whole


class DemoSite:
    """`url` ends without a slash. `texts` maps paths to what they answer and may be changed while it runs."""

    def __init__(self) -> None:
        self.hits: list[tuple[str, str, int]] = []
        self.texts = dict(_read())
        handler = type("BoundVisit", (_Visit,), {"site": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Visit(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: DemoSite

    def log_message(self, *_: Any) -> None:
        """Silent: `hits` tells."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        found = self.site.texts.get(path)
        status, body, kind = 404, b"<!doctype html><title>Not found</title>", TYPES[".html"]
        if found is not None:
            status, body = 200, found.replace(PLACEHOLDER, self.site.url).encode()
            kind = TYPES.get(Path(path).suffix, TYPES[".html"])
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if status == 200 and self.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        self.site.hits.append((self.command, path, status))
        self.send_response(status)
        self.send_header("ETag", etag)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.do_GET()


@contextmanager
def served() -> Iterator[DemoSite]:
    """The website, up for the length of a block."""
    site = DemoSite()
    site.start()
    try:
        yield site
    finally:
        site.stop()


def _read() -> Iterator[tuple[str, str]]:
    """(path, text) of every file; `about/index.html` is `/about/`."""
    for file in sorted(FOLDER.rglob("*")):
        if file.is_file():
            path = "/" + file.relative_to(FOLDER).as_posix()
            yield path.removesuffix("index.html"), file.read_text(encoding="utf-8")
