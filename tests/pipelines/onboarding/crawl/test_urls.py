"""One key per page, one normal form per link, nothing worth less than a request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.onboarding.crawl import urls

BASE = "https://www.example.com/shop/boats.html"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/about", "https://www.example.com/about"),
        ("oars", "https://www.example.com/shop/oars"),
        ("../a/./b/../c", "https://www.example.com/a/c"),
        ("//cdn.example.com/x", "https://cdn.example.com/x"),
        ("HTTPS://Example.COM:443/A?b=2&a=1#top", "https://example.com/A?a=1&b=2"),
        ("/x?utm_source=a&id=7&fbclid=z", "https://www.example.com/x?id=7"),
        ("/x;jsessionid=AB12?y=1", "https://www.example.com/x?y=1"),
        ("/größe ", "https://www.example.com/gr%C3%B6%C3%9Fe"),
        ("/a b", "https://www.example.com/a%20b"),
        ("//example.com//a//b", "https://example.com/a/b"),
        ("?page=2", "https://www.example.com/shop/boats.html?page=2"),
    ],
)
def test_a_link_has_one_normal_form(link: str, url: str) -> None:
    assert urls.normal(BASE, link) == url


@pytest.mark.parametrize(
    "link",
    ["", "#top", "mailto:a@example.com", "tel:+1", "javascript:void(0)", "data:text/html,x", "ftp://example.com/",
     "http://", "http://[::1", "https://user:pw@example.com/", "http://example.com:99999/", "/" + "a" * 3000],
)  # fmt: skip
def test_what_leads_to_no_page_is_no_link(link: str) -> None:
    assert urls.normal(BASE, link) is None


@pytest.mark.parametrize(
    "same",
    [
        [
            "https://example.com/",
            "http://www.example.com/",
            "https://example.com/index.html",
            "https://example.com/index.php",
        ],
        [
            "https://example.com/a",
            "https://example.com/a/",
            "https://www.example.com/a.html",
            "https://example.com/a/index.htm",
        ],
    ],
)
def test_one_page_has_one_key(same: list[str]) -> None:
    assert len({urls.key(url) for url in same}) == 1


def test_different_pages_have_different_keys() -> None:
    different = ["https://a.com/", "https://a.com/A", "https://a.com/a", "https://a.com/a?x=1", "https://a.com/a?x=2",
                 "https://a.com:8443/a", "https://b.a.com/a", "https://a.com/a/b"]  # fmt: skip
    assert len({urls.key(url) for url in different}) == len(different)


def test_the_scope_is_one_host_with_and_without_www() -> None:
    site = urls.site_of("https://www.example.com/x")
    inside = ["https://example.com/", "http://www.example.com/a"]
    outside = [
        "https://shop.example.com/",
        "https://example.com.evil.org/",
        "https://example.org/",
        "https://example.com:8443/",
    ]
    assert [urls.in_scope(url, site) for url in inside + outside] == [True] * 2 + [False] * 4
    assert urls.on_origin("http://example.com/a?b=1", site) == "https://www.example.com/a?b=1"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://a.com/brochure.PDF", "file_type"), ("https://a.com/img/logo.png?v=2", "file_type"),
        ("https://a.com/feed.xml", "file_type"), ("https://a.com/a/b/a/b/a/b", "trap"), ("https://a.com/1/2/3/4/5/6/7/8/9", "trap"),
        ("https://a.com/x?a=1&b=2&c=3&d=4", "trap"), ("https://a.com/about.html", None), ("https://a.com/v2.0", None),
        ("https://a.com/.well-known", None), ("https://a.com/", None), ("https://a.com/node.js/", "file_type"),
    ],
)  # fmt: skip
def test_what_is_not_worth_a_request_says_why(url: str, reason: str | None) -> None:
    assert urls.skip_reason(url) == reason


@given(st.text(max_size=60))
def test_the_normal_form_is_stable_and_any_text_is_survived(link: str) -> None:
    url = urls.normal(BASE, link)
    if url is not None:
        assert url.isascii()
        assert urls.normal(url, url) == url
        assert urls.key(url) == urls.key(urls.normal(url, url) or "")
