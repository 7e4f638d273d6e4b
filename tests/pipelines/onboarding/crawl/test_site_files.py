"""robots.txt, sitemaps, and the order in which a frontier would read a site."""

from __future__ import annotations

import gzip

import pytest
from lxml import etree

from pipelines.clients.fetch_errors import FetchError
from pipelines.clients.web import Limits, Response
from pipelines.onboarding.crawl import robots, sitemap, urls
from pipelines.onboarding.crawl.frontier import Frontier
from pipelines.onboarding.crawl.pages import Link

SITE = "https://example.com"


def served(files: dict[str, bytes]):
    """A `get` that answers from memory and writes down what was asked."""
    asked: list[str] = []

    def get(url: str, _limits: Limits) -> Response:
        asked.append(url)
        if url not in files:
            raise FetchError("connect_failed", "nobody there", url=url)
        return Response(url, 200, {}, files[url], 0.0)

    return get, asked


def test_robots_rules_are_matched_for_our_name_first() -> None:
    rules = robots.parse(
        200, "User-agent: *\nDisallow: /\n\nUser-agent: millracebot\nDisallow: /private*\nAllow: /private/ok$\n"
    )
    assert [rules.allows(SITE + path) for path in ("/", "/private/x", "/private/ok")] == [True, False, True]


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 2.5", 2.5),
        ("User-agent: *\nRequest-rate: 1/4", 4.0),
        ("", None),
        ("User-agent: *\nCrawl-delay: x", None),
    ],
)
def test_the_delay_is_what_the_file_asks_for(text: str, delay: float | None) -> None:
    assert robots.parse(200, text).delay_seconds == delay


@pytest.mark.parametrize(
    "body", ["<!doctype html><title>404</title>", "\x01\x02", "Disallow: /", "User-agent: other\nDisallow: /"]
)
def test_what_is_no_rule_for_us_forbids_nothing(body: str) -> None:
    assert robots.parse(200, body).allows(SITE + "/")


def test_sitemap_indexes_are_followed_and_gz_unpacked() -> None:
    get, asked = served(
        {
            f"{SITE}/sitemap.xml": b'<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            b"<sitemap><loc> https://example.com/a.xml.gz </loc></sitemap><sitemap><loc>https://example.com/b.txt</loc></sitemap>"
            b"<sitemap><loc>https://elsewhere.org/c.xml</loc></sitemap></sitemapindex>",
            f"{SITE}/a.xml.gz": gzip.compress(
                b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:i="http://i"><url><loc>https://example.com/1'
                b"</loc><i:image><i:loc>https://example.com/1.png</i:loc></i:image></url><url><priority>1</priority></url></urlset>"
            ),
            f"{SITE}/b.txt": b"https://example.com/2\nnot a url\nhttps://example.com/3\n",
        }
    )
    site = urls.site_of(SITE)
    found = list(sitemap.read([f"{SITE}/sitemap.xml"], get, max_urls=99, in_scope=lambda url: urls.in_scope(url, site)))
    assert found == [f"{SITE}/1", f"{SITE}/2", f"{SITE}/3"]
    assert f"{'https://elsewhere.org'}/c.xml" not in asked


def test_sitemaps_end_at_their_bounds() -> None:
    many = (
        b"<urlset>" + b"".join(b"<url><loc>https://example.com/%d</loc></url>" % n for n in range(5000)) + b"</urlset>"
    )
    index = b"<sitemapindex>" + b"".join(
        b"<sitemap><loc>https://example.com/%d.xml</loc></sitemap>" % n for n in range(500)
    )
    files = {f"{SITE}/index.xml": index, f"{SITE}/many.xml": many} | {
        f"{SITE}/{n}.xml": b"<urlset/>" for n in range(500)
    }
    get, asked = served(files)
    assert len(list(sitemap.read([f"{SITE}/many.xml"], get, max_urls=100, in_scope=lambda _: True))) == 100
    asked.clear()
    assert list(sitemap.read([f"{SITE}/index.xml"], get, max_urls=100, in_scope=lambda _: True)) == []
    assert len(asked) == sitemap.MAX_FILES


def order(found) -> list[str]:
    return [
        page.url.removeprefix(SITE) for page in sorted(found, key=lambda page: -page.priority) if page.reason is None
    ]


def test_pages_that_tell_about_a_brand_come_first() -> None:
    frontier = Frontier(urls.site_of(SITE), allows=lambda _: True, max_urls=1000)
    links = [Link(f"{SITE}/news/{n}", f"Article {n}") for n in range(50)]
    links += [Link(f"{SITE}{path}", text) for path, text in
              [("/p7", "Über uns"), ("/tarifs", "Tarifs"), ("/quienes-somos", ""), ("/contact", "Contact"), ("/login", "Log in"),
               ("/produkte", "Produkte"), ("/mission", "x"), ("/p9", "Impressum")]]  # fmt: skip
    found, _ = frontier.links(links, depth=1)
    assert set(order(found)[:7]) == {"/p7", "/tarifs", "/quienes-somos", "/contact", "/produkte", "/mission", "/p9"}
    assert "/login" in order(found)[-20:]


def test_other_languages_and_siblings_without_end_wait_behind_the_rest() -> None:
    frontier = Frontier(urls.site_of(SITE), allows=lambda _: True, max_urls=1000)
    frontier.set_language(f"{SITE}/de/", "en")
    links = [Link(f"{SITE}/{language}/about", "About") for language in ("en", "fr", "de")]
    links += [Link(f"{SITE}/calendar/2026-{n:02}", "next") for n in range(30)] + [Link(f"{SITE}/odd-page", "Odd page")]
    found, _ = frontier.links(links, depth=1)
    ranks = {path: rank for rank, path in enumerate(order(found))}
    assert ranks["/de/about"] < ranks["/odd-page"] < ranks["/calendar/2026-25"]
    assert ranks["/de/about"] < min(ranks["/en/about"], ranks["/fr/about"])


def test_a_full_memory_takes_only_pages_that_promise_much() -> None:
    frontier = Frontier(urls.site_of(SITE), allows=lambda _: True, max_urls=10)
    frontier.links([Link(f"{SITE}/x/{n}", "") for n in range(50)], depth=1)
    found, _ = frontier.links([Link(f"{SITE}/y", ""), Link(f"{SITE}/about-us", "About us")], depth=2)
    assert [page.url for page in found] == [f"{SITE}/about-us"]
    assert frontier.dropped == 41


def test_texts_of_later_links_are_added_to_known_pages() -> None:
    frontier = Frontier(urls.site_of(SITE), allows=lambda _: True, max_urls=10)
    frontier.links([Link(f"{SITE}/p", "One")], depth=1)
    found, fresh = frontier.links([Link(f"{SITE}/p/", "One"), Link(f"{SITE}/p", "Two")], depth=2)
    assert found == [] and fresh == {"example.com/p": ["One", "Two"]}


@pytest.mark.parametrize("before", ["<!-- made by hand -->", "<?xml-stylesheet href='map.xsl'?>"])
def test_a_map_that_is_one_entry_after_a_remark_is_read(before: str) -> None:
    body = f"{before}<url><loc>{SITE}/a</loc></url>".encode()
    assert list(sitemap.entries(body)) == [("page", f"{SITE}/a")]


def test_only_an_entry_s_own_location_counts() -> None:
    image = "<i:image xmlns:i='i'><i:loc>https://example.com/boat.jpg</i:loc></i:image>"
    body = f"<urlset><url>{image}<!-- x --><loc> {SITE}/a </loc></url><url>{image}</url><loc>{SITE}/b</loc></urlset>"
    assert list(sitemap.entries(body.encode())) == [("page", f"{SITE}/a")]


@pytest.mark.parametrize("wrapping", ["%s", "<url>%s</url>"])
@pytest.mark.long
def test_a_map_full_of_nothing_does_not_fill_the_memory(wrapping: str) -> None:
    body = ("<r>" + wrapping % ("<x/>" * 60_000) + "</r>").encode()
    kept: list[int] = []

    class Watched(etree.iterparse):
        def __next__(self):
            event = super().__next__()
            parent = event[1].getparent()
            kept.append(0 if parent is None else len(parent))
            return event

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(etree, "iterparse", Watched)
        assert list(sitemap.entries(body)) == []
    assert max(kept) <= 20_000, "the parser reads ahead by some thousands, the rest is to be freed"
