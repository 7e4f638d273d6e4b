"""What one answer says: links, directives, charset, and whether it is a shell for scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.onboarding.crawl import pages
from pipelines.onboarding.extraction import SourcePage
from pipelines.onboarding.extraction.page import open_page

URL = "https://example.com/a/page"


def read(html: str, **options: str) -> pages.ReadPage:
    return pages.read(html.encode(), "text/html; charset=utf-8", URL, **options)


def test_links_come_with_their_texts() -> None:
    page = read(
        '<base href="/b/"><a href="x"> Our\n <b>story</b></a><a href="/img"><img alt="Logo"></a><a href="y" aria-label="Y"></a>'
        '<area href="/z" alt="Zed"><a rel="nofollow" href="/no"></a><a>none</a><a href="mailto:x@y.z">mail</a>'
    )
    assert [(link.url, link.text) for link in page.links] == [
        ("https://example.com/b/x", "Our story"),
        ("https://example.com/img", "Logo"),
        ("https://example.com/b/y", "Y"),
        ("https://example.com/z", "Zed"),
    ]


def test_a_refresh_and_frames_are_links_too() -> None:
    page = read('<meta http-equiv="Refresh" content="0; URL=/en/"><frameset><frame src="/main.html"></frameset>')
    assert {link.url for link in page.links} == {"https://example.com/en/", "https://example.com/main.html"}


@pytest.mark.parametrize(
    ("html", "header", "expected"),
    [
        ("<p>x", "", (False, False)),
        ('<meta name="robots" content="NOINDEX, follow">', "", (True, False)),
        ('<meta name="Robots" content="none">', "", (True, True)),
        ('<meta name="googlebot" content="noindex">', "", (False, False)),
        ('<meta name="millracebot" content="nofollow">', "", (False, True)),
        ("<p>x", "noindex, nofollow", (True, True)),
        ("<p>x", "otherbot: noindex", (False, False)),
        ("<p>x", "MillraceBot: noindex", (True, False)),
    ],
)
def test_directives_are_read_from_page_and_header(html: str, header: str, expected: tuple[bool, bool]) -> None:
    page = read(html, robots_header=header)
    assert (page.noindex, page.nofollow) == expected


def test_the_same_words_have_the_same_hash_whatever_the_markup() -> None:
    one = read("<title>A</title><p>Same <b>words</b> here</p><script>1</script>")
    two = read("<title>B</title><div>Same\n<i>words</i></div> here <!-- c --><style>p{}</style>")
    assert one.text_hash == two.text_hash != read("<p>Other words").text_hash


@pytest.mark.parametrize(
    ("html", "needs"),
    [
        ('<div id="root"></div><script src="a.js"></script>', True),
        ('<div id="app">Loading</div><script></script>', True),
        (
            "<noscript>You need to enable JavaScript to run this app.</noscript><script></script><p>Hi there, all of you!",
            True,
        ),
        ("<p>" + "words " * 60 + "</p><script></script>", False),
        ("<p>short but plain</p>", False),
        ("<p>A short page of a small place, with a counter.</p><script></script>", False),
    ],
)
def test_a_shell_for_scripts_is_recognised(html: str, needs: bool) -> None:
    assert read(html).needs_js is needs


@pytest.mark.parametrize(
    ("body", "header", "text"),
    [
        ("Grüße".encode(), "text/html", "Grüße"),
        ("Grüße".encode(), "text/html; charset=iso-8859-1", "Grüße"),
        ("Grüße".encode("cp1252"), "text/html; charset=utf-8", "Grüße"),
        ("Grüße".encode("cp1252"), "text/html; charset=nonsense", "Grüße"),
        ('<meta charset="iso-8859-2">Příliš'.encode("iso-8859-2"), "text/html", '<meta charset="iso-8859-2">Příliš'),
        ("\ufeffGrüße".encode("utf-16-le"), None, "Grüße"),
        ("Привет, мир".encode("cp1251"), "text/html; charset=windows-1251", "Привет, мир"),
        (
            ("<p>" + "Мы делаем деревянные лодки на берегу реки уже много лет. " * 5).encode("cp1251"),
            "text/html",
            "<p>" + "Мы делаем деревянные лодки на берегу реки уже много лет. " * 5,
        ),
        ("こんにちは".encode("iso-2022-jp"), "text/html; charset=iso-2022-jp", "こんにちは"),
        (b'<?xml version="1.0" encoding="utf-8"?><html>x\0y', None, "<html>xy"),
        (b"", None, ""),
    ],
)
def test_the_charset_is_right(body: bytes, header: str | None, text: str) -> None:
    assert pages.decoded(body, header)[0] == text


@given(st.binary(max_size=400), st.sampled_from([None, "text/html", "text/html; charset=utf-16", "x; charset=\x00"]))
def test_any_bytes_are_survived(body: bytes, header: str | None) -> None:
    page = pages.read(body, header, URL)
    assert "\0" not in page.text
    page.text.encode("utf-8", "strict")


WHOLE = '<html><head><title>T</title></head><body><main><h1>Boats</h1><p>For <a href="/fleet">rent</a></main>here</body></html>'


@pytest.mark.parametrize(
    "html",
    [
        '<title>T</title><main><h1>Boats</h1><p>For <a href="/fleet">rent</a></main>here',
        '<head><title>T</title><my-hero>Boats For <a href="/fleet">rent</a></my-hero><meta name="a"></head><body>here',
        '<head><title>T</title><style>p{}</style><header><h1>Boats</h1></header><p>For <a href="/fleet">rent</a> here',
    ],
)
def test_a_page_that_begins_without_a_body_is_read_as_browsers_show_it(html: str) -> None:
    """libxml2 leaves elements that are younger than HTML 4, and all that follows, in the head."""
    page, whole = read(html), read(WHOLE)

    assert page.text_hash == whole.text_hash
    assert page.links == whole.links != ()
    assert next(block.text for block in open_page(SourcePage(URL, html)).blocks).startswith("Boats")
