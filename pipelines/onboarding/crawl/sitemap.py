"""Sitemaps, read as far as they are useful: bounded by files, depth, URLs, bytes and time.

A stream over lxml.iterparse, because whole-tree readers hang on huge maps. Index files and .gz are understood, plain
text maps too; entities and network access are off.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import islice

from lxml import etree

from pipelines.clients.fetch_errors import FetchError
from pipelines.clients.web import Limits, Response

ENTRIES = ("url", "sitemap")
MAX_FILES = 10
MAX_DEPTH = 2  # an index may name indexes
MAX_BYTES = 10 * 1024 * 1024  # unpacked; the protocol allows 50 MB, which is no brand's best pages
MAX_ELEMENTS = 400_000  # of one map, enough for all the 50,000 pages that the protocol allows
MAX_SECONDS = 15.0
LIMITS = Limits(total_seconds=10, max_bytes=MAX_BYTES)

Get = Callable[[str, Limits], Response]


def read(starts: list[str], get: Get, *, max_urls: int, in_scope: Callable[[str], bool]) -> Iterator[str]:
    """Page URLs in the maps' order, at most `max_urls`. Maps that are missing, broken or off the site are passed over."""
    ends = time.monotonic() + MAX_SECONDS
    waiting = [(url, 0) for url in dict.fromkeys(starts)]
    seen: set[str] = set()
    given = 0
    while waiting and len(seen) < MAX_FILES and time.monotonic() < ends:
        url, depth = waiting.pop(0)
        if url in seen or not in_scope(url):
            continue
        seen.add(url)
        try:
            answer = get(url, LIMITS)
        except FetchError as error:
            if error.code == "cancelled":
                raise
            continue
        if answer.status != 200:
            continue
        for kind, found in entries(unzipped(answer.body)):
            if time.monotonic() > ends:
                return
            if kind == "sitemap":
                if depth < MAX_DEPTH and len(waiting) < MAX_FILES:
                    waiting.append((found, depth + 1))
                continue
            yield found
            given += 1
            if given >= max_urls:
                return


def entries(body: bytes) -> Iterator[tuple[str, str]]:
    """("page" | "sitemap", URL) for each `loc`, up to the first error in the XML; a text map has a URL per line."""
    if body.lstrip()[:1] != b"<":
        for line in body[:MAX_BYTES].decode("utf-8", "replace").splitlines():
            if line.strip().startswith(("http://", "https://")):
                yield "page", line.strip()
        return
    parser = etree.iterparse(
        BytesIO(body), events=("end",), resolve_entities=False, no_network=True, load_dtd=False, recover=True
    )
    where: str | None = None
    try:
        for _, element in islice(parser, MAX_ELEMENTS):
            name = _name(element)
            if name == "loc" and _name(element.getparent()) in ENTRIES:
                where = where or (element.text or "").strip()
            elif name in ENTRIES and where:
                yield "sitemap" if name == "sitemap" else "page", where
            if name in ENTRIES:
                where = None
            _forget(element)
    except etree.XMLSyntaxError:
        return  # what came before the error counts


def unzipped(body: bytes) -> bytes:
    """The content of a .gz map, cut at MAX_BYTES; anything else as it is."""
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(body, MAX_BYTES)
    except zlib.error:
        return b""


def _name(element: etree._Element | None) -> str:
    """The local name; empty for comments, processing instructions and no element at all."""
    if element is None or not isinstance(element.tag, str):
        return ""
    return etree.QName(element).localname.lower()


def _forget(element: etree._Element) -> None:
    """Free an element that has been seen, and what was kept before it: else the whole tree would pile up."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
