"""Pages become readable markdown with the metadata of their head."""

from __future__ import annotations

import pytest

from pipelines.clients.readable import readable

PAGE = """<!doctype html><html lang="de"><head><title> Alder
 Boats </title><meta name="description" content="Boats of alder."><meta property="og:site_name" content="Alder">
<meta property="og:image" content="/boat.png"></head><body><nav><a href="/x">Menu</a></nav><main><h1>About us</h1>
<p>We have built wooden boats on the river since the yard was opened, and every one of them still floats today.</p>
<h2>Our values</h2><ul><li>Patience in every plank we cut</li><li>Wood from next door only</li></ul>
</main><script>alert(1)</script></body></html>"""


def test_a_page_becomes_markdown_with_its_metadata() -> None:
    page = readable(PAGE, "https://alder.example/about")
    assert "# About us" in page.markdown and "- Patience in every plank we cut" in page.markdown
    assert "alert" not in page.markdown
    assert (page.title, page.description, page.language) == ("Alder Boats", "Boats of alder.", "de")
    assert (page.site_name, page.image) == ("Alder", "/boat.png")


@pytest.mark.parametrize(
    "html",
    ["", " ", "<!-- -->", "\x00", "<html", "plain words", "<p>" * 5000, "<?xml version='1.0' encoding='utf-16'?><p>x"],
)
def test_what_is_hardly_a_page_gives_little_and_does_not_fail(html: str) -> None:
    page = readable(html, "https://a.example/")
    assert page.title is None and page.description is None
