"""Pages become readable markdown."""

from __future__ import annotations

import pytest

from pipelines.clients.readable import MAX_MARKDOWN, markdown

URL = "https://alder.example/about"
PAGE = """<!doctype html><html lang="de"><head><title>Alder Boats</title></head><body><nav><a href="/x">Menu</a></nav>
<main><h1>About us</h1>
<p>We have built wooden boats on the river since the yard was opened, and every one of them still floats today.</p>
<h2>Our values</h2><ul><li>Patience in every plank we cut</li><li>Wood from next door only</li></ul>
</main><script>alert(1)</script></body></html>"""


def test_a_page_becomes_markdown() -> None:
    text = markdown(PAGE, URL)
    assert "# About us" in text and "- Patience in every plank we cut" in text
    assert "alert" not in text


@pytest.mark.parametrize(
    "html",
    ["", " ", "<!-- -->", "\x00", "<html", "plain", "<p>" * 5000, "<?xml version='1.0' encoding='utf-16'?><p>x"],
)
def test_what_is_hardly_a_page_does_not_fail(html: str) -> None:
    assert len(markdown(html, URL)) < 20


def test_the_markdown_of_a_huge_page_is_cut() -> None:
    html = "<main>" + "<p>One of very many paragraphs that all say something of their own.</p>" * 3000 + "</main>"
    assert len(markdown(html, URL)) <= MAX_MARKDOWN
