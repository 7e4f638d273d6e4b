"""A made-up website of any size in a process of its own, so that it does not share the crawler's interpreter.

`with website(pages=2000, latency_ms=50) as url:`. Pages are some 15 KB of plain markup, each with words of its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.kit.fake_web import FakeWeb, Request

SECTIONS = ("about", "products", "pricing", "contact", "services", "team", "mission", "imprint", "faq", "features")


@contextmanager
def website(*, pages: int, latency_ms: float) -> Iterator[str]:
    """The address of a running site; it ends with the block."""
    command = [sys.executable, "-m", "tests.bench.kit.site", str(pages), str(latency_ms)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()  # the site ends with its input


def page(number: int, pages: int) -> str:
    """Page `number`: a menu, its own paragraphs, and links on to its neighbours."""
    menu = "".join(f'<a href="/{name}">{name.title()}</a>' for name in SECTIONS)
    onward = "".join(
        f'<li><a href="/note/{n}">Note {n}</a></li>' for n in range(number * 5 + 1, number * 5 + 26) if n < pages
    )
    words = "".join(
        f"<h2>Part {part} of {number}</h2><p>Paragraph {part} on page {number} tells what the yard did on day {part * number} "
        "of its calendar, how many planks were bent, who came by to look, and what the river thought of it all.</p>"
        for part in range(40)
    )
    return (
        f"<!doctype html><html lang=en><head><title>Page {number} | Alder Boats</title></head><body><nav>{menu}</nav>"
        f"<main><h1>Page {number}</h1>{words}<ul>{onward}</ul></main><footer>Alder Boats</footer></body></html>"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=int)
    parser.add_argument("latency_ms", type=float)
    wanted = parser.parse_args()

    def note(request: Request) -> None:
        tail = request.path.rpartition("/")[2]
        if wanted.latency_ms:
            request.web.stopping.wait(wanted.latency_ms / 1000)
        if tail.isdigit() and int(tail) < wanted.pages:
            request.answer(200, page(int(tail), wanted.pages).encode(), Content_Type="text/html; charset=utf-8")
        else:
            request.answer(404, b"not found", Content_Type="text/html")

    with FakeWeb(latency=wanted.latency_ms / 1000) as web:
        web.page("/", page(0, wanted.pages))
        for number, name in enumerate(SECTIONS, start=1):
            web.page(f"/{name}", page(wanted.pages + number, wanted.pages))
        web.fallback = note
        print(web.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
