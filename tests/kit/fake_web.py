"""A web server on loopback that does what a test tells it, good or hostile, and writes down every hit.

`with FakeWeb() as web: web.page("/", "<h1>Hi</h1>"); … web.hits`. Pages carry an ETag and answer 304. A handler
function gets the running request and may misbehave on the raw socket. Everything stops with the block.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Answer = Callable[["Request"], None]


@dataclass(frozen=True)
class Hit:
    """One request as it arrived. `at` is time.monotonic()."""

    method: str
    path: str
    at: float
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def is_conditional(self) -> bool:
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


@dataclass
class Page:
    """What a path answers. `body` as text is sent as UTF-8 unless `charset` says otherwise."""

    body: str | bytes = ""
    status: int = 200
    content_type: str = "text/html"
    charset: str | None = "utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    etag: bool = True
    latency: float | None = None


class Request(BaseHTTPRequestHandler):
    """The running request: `answer()` for whole answers, `wfile` for those who want to misbehave."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body go out apart: the second would wait 40 ms for an ACK
    web: FakeWeb
    body: bytes = b""

    def log_message(self, *_: Any) -> None:
        """Silent: the hit log tells."""

    def handle_any(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.web.note(Hit(self.command, self.path, time.monotonic(), headers, self.body))
        self.web.serve(self)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any

    def answer(
        self, status: int = 200, body: bytes = b"", more: Mapping[str, str] | None = None, **headers: str
    ) -> None:
        """One whole answer; headers as a mapping or by name with `_` for `-`."""
        self.send_response(status)
        for name, value in {**(more or {}), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != 304:
            self.wfile.write(body)

    def start(self, status: int = 200, **headers: str) -> None:
        """Status and headers of an answer without a length; the connection ends it."""
        self.close_connection = True
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Connection", "close")
        self.end_headers()


class FakeWeb:
    """`url` ends without a slash. `active_at_most` is the largest number of requests that were open at once."""

    def __init__(self, *, latency: float = 0.0, host: str = "127.0.0.1") -> None:
        self.latency = latency
        self.pages: dict[str, Page | Answer] = {}
        self.fallback: Page | Answer = Page("<title>404</title>not found", status=404, etag=False)
        self.hits: list[Hit] = []
        self.active = 0
        self.active_at_most = 0
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        handler = type("BoundRequest", (Request,), {"web": self})
        self._server = _QuietServer((host, 0), handler)
        self.host, self.port = host, int(self._server.server_address[1])
        self.url = f"http://{host}:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def page(self, path: str, body: str | bytes = "", **options: Any) -> None:
        """Serve `body` under `path`; options are Page's."""
        self.pages[path] = Page(body, **options)

    def redirect(self, path: str, to: str, status: int = 301) -> None:
        self.pages[path] = Page(status=status, headers={"Location": to}, etag=False)

    def on(self, path: str, answer: Answer) -> None:
        """Let a function answer `path`."""
        self.pages[path] = answer

    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [hit.path for hit in self.hits]

    def note(self, hit: Hit) -> None:
        with self._lock:
            self.hits.append(hit)

    def serve(self, request: Request) -> None:
        with self._lock:
            self.active += 1
            self.active_at_most = max(self.active_at_most, self.active)
        try:
            found = self.pages.get(request.path) or self.pages.get(request.path.partition("?")[0]) or self.fallback
            wait = found.latency if isinstance(found, Page) and found.latency is not None else self.latency
            if wait:
                self.stopping.wait(wait)
            if isinstance(found, Page):
                self._serve_page(found, request)
            else:
                found(request)
        finally:
            with self._lock:
                self.active -= 1

    def _serve_page(self, page: Page, request: Request) -> None:
        body = page.body if isinstance(page.body, bytes) else page.body.encode(page.charset or "utf-8")
        content_type = page.content_type + (f"; charset={page.charset}" if page.charset else "")
        headers = {"Content-Type": content_type, **page.headers}
        if page.etag and page.status == 200:
            headers["ETag"] = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
            if request.headers.get("If-None-Match") == headers["ETag"]:
                request.answer(304, more=headers)
                return
        request.answer(page.status, body, headers)


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what some tests are about."""


@lru_cache(maxsize=2)
def gzip_bomb(size: int = 32 * 1024 * 1024) -> bytes:
    """Zeros that unpack to `size` bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    block = bytes(1024 * 1024)
    return b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()


def sends_gzip_bomb(request: Request) -> None:
    """An answer of some kilobytes that would fill the memory."""
    request.answer(200, gzip_bomb(), Content_Type="text/html", Content_Encoding="gzip")


def sends_for_ever(request: Request) -> None:
    """A page without an end."""
    request.start(Content_Type="text/html")
    block = b"<p>and so on</p>" * 4096
    while not request.web.stopping.is_set():
        request.wfile.write(block)


def drips(request: Request) -> None:
    """One byte at a time, each soon enough for a read timeout."""
    request.start(Content_Type="text/html")
    while not request.web.stopping.wait(0.05):
        request.wfile.write(b".")
        request.wfile.flush()


def stays_silent(request: Request) -> None:
    """Takes the request and says nothing."""
    request.close_connection = True
    request.web.stopping.wait(30)


def gzipped(text: str) -> Page:
    """A page that is sent compressed."""
    return Page(gzip.compress(text.encode()), headers={"Content-Encoding": "gzip"})


def small_site() -> Iterator[tuple[str, str]]:
    """Pages of a plain little brand site: (path, html)."""
    nav = "".join(f'<a href="{path}">{name}</a>' for path, name in _NAV)
    for path, name in (("/", "Home"), *_NAV):
        yield (
            path,
            (
                f"<!doctype html><html lang='en'><head><title>{name} | Alder Boats</title></head><body><nav>{nav}</nav>"
                f"<main><h1>{name}</h1><p>Words about {name.lower()} at Alder Boats, long enough to be worth a read for "
                "anyone who happens to pass by and wonders what this yard is doing.</p></main></body></html>"
            ),
        )


_NAV = (
    ("/about", "About us"),
    ("/products", "Products"),
    ("/pricing", "Pricing"),
    ("/contact", "Contact"),
    ("/blog/one", "First post"),
    ("/privacy", "Privacy"),
)
