"""The crawl stage on well-behaved sites: order, budget, dedupe, resuming, re-crawling, cancelling."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter

import pytest

from pipelines.clients.egress import Found
from pipelines.clients.web import WebClient
from pipelines.engine.outcomes import Cancelled, Superseded
from store.kit import db
from store.sites import crawls, queries
from tests.kit.eventually import eventually
from tests.kit.fake_web import FakeWeb, Page, Request, small_site
from tests.pipelines.onboarding.crawl.crawling import Run, crawl

pytestmark = pytest.mark.usefixtures("empty_sites")


@pytest.fixture
def web():
    with FakeWeb() as server:
        for path, html in small_site():
            server.page(path, html)
        yield server


def linked(*paths: str, title: str = "x", extra: str = "") -> str:
    links = "".join(f'<a href="{path}">to {path}</a>' for path in paths)
    return f"<html lang=en><head><title>{title}</title>{extra}</head><body><p>Page {title}</p>{links}</body></html>"


def test_robots_txt_comes_first_and_every_page_is_read_once(web: FakeWeb) -> None:
    run, output = crawl(web.url)
    paths = web.paths()
    assert paths[:2] == ["/robots.txt", "/"]
    assert max(Counter(paths).values()) == 1
    assert output["pages"] == 7 and output["failed"] == 0
    assert {hit.headers["user-agent"] for hit in web.hits} == {"MillraceBot/1.0 (+http://127.0.0.1:8000/bot)"}
    assert run.said[-1][1] == f"Read 7 pages of 127.0.0.1:{web.port}"


def test_the_budget_is_never_passed_and_the_best_pages_get_it(web: FakeWeb) -> None:
    run, output = crawl(web.url, maxPages=4)
    assert output["pages"] == 4
    assert len([path for path in web.paths() if path not in ("/robots.txt", "/sitemap.xml")]) == 4
    assert run.read_paths()[0] == "/"
    assert not {"/blog/one", "/privacy"} & set(run.read_paths())
    assert run.pages()["/blog/one"] == ("skipped", "over_budget")


def test_a_job_cannot_raise_the_budget_of_the_settings(web: FakeWeb) -> None:
    web.page("/", linked(*[f"/page-{n}" for n in range(50)]))
    web.fallback = Page("<html><body>unique? no", etag=False)
    _, output = crawl(web.url, maxPages=500)
    pages = [path for path in web.paths() if path not in ("/robots.txt", "/sitemap.xml")]
    assert len(pages) == 30
    assert output["pages"] + output["duplicates"] == 30


def test_robots_txt_is_obeyed_and_its_sitemap_read(web: FakeWeb) -> None:
    web.page(
        "/robots.txt", f"User-agent: *\nDisallow: /pricing\nSitemap: {web.url}/map.xml\n", content_type="text/plain"
    )
    web.page("/map.xml", f"<urlset><url><loc>{web.url}/hidden</loc></url></urlset>", content_type="application/xml")
    web.page("/hidden", linked(title="hidden"))
    run, output = crawl(web.url)
    assert "/pricing" not in web.paths() and "/sitemap.xml" not in web.paths()
    assert run.pages()["/pricing"] == ("skipped", "robots_disallow")
    assert "/hidden" in run.read_paths()
    assert output["reasons"] == {"robots_disallow": 1}


def test_every_url_ends_in_one_told_state(web: FakeWeb) -> None:
    web.page(
        "/",
        linked("/about", "/gone", "/file.pdf", "/away", "/film", "/a/b/a/b/a/b", "/secret", "https://other.example/"),
    )
    web.page("/gone", "gone", status=410)
    web.redirect("/away", "https://other.example/x")
    web.page("/film", "xx", content_type="video/mp4")
    web.page("/secret", linked("/from-secret", extra='<meta name="robots" content="noindex">'))
    web.page("/from-secret", linked("/deeper", extra='<meta name="robots" content="nofollow">', title="from secret"))
    run, output = crawl(web.url)
    pages = run.pages()
    pages.pop("/x", None)
    assert pages == {
        "/": ("fetched", None),
        "/about": ("fetched", None),
        "/gone": ("failed", "http_410"),
        "/file.pdf": ("skipped", "file_type"),
        "/film": ("skipped", "wrong_type"),
        "/a/b/a/b/a/b": ("skipped", "trap"),
        "/secret": ("skipped", "noindex"),
        "/from-secret": ("fetched", None),
        "/products": ("fetched", None), "/pricing": ("fetched", None), "/contact": ("fetched", None),
        "/blog/one": ("fetched", None), "/privacy": ("fetched", None),
    }  # fmt: skip
    assert output["reasons"]["redirects_away"] == 1
    assert output["problems"] == [{"url": f"{web.url}/gone", "reason": "http_410", "status": 410}]


def test_a_page_under_several_names_is_read_once(web: FakeWeb) -> None:
    web.pages.clear()
    web.page(
        "/", linked("/team", "/team/", "/team?utm_source=x", "/team.html", "/index.html", "/#top", "/old", "/staff")
    )
    web.page("/team", linked(title="team"))
    web.redirect("/old", "/team")
    web.page("/staff", linked(title="staff", extra='<link rel="canonical" href="/org/staff">'))
    crawl(web.url)
    asked = Counter(web.paths())
    assert asked["/team"] == 1 and asked["/"] == 1
    assert not {"/team/", "/team.html", "/index.html"} & set(asked)


def test_pages_with_the_same_words_are_told_as_duplicates(web: FakeWeb) -> None:
    web.pages.clear()
    web.page("/", linked("/print", "/screen"))
    web.page("/print", "<html><body class=a>Just the same words</body></html>")
    web.page("/screen", "<html><body class=b>Just  the same <b>words</b></body></html>")
    run, output = crawl(web.url)
    assert output["pages"] == 2 and output["duplicates"] == 1
    assert sorted(state for state, _ in run.pages().values()) == ["duplicate", "fetched", "fetched"]


def test_a_canonical_that_names_the_home_page_for_all_is_not_believed(web: FakeWeb) -> None:
    web.pages.clear()
    home = '<link rel="canonical" href="/">'
    web.page("/", linked("/a", "/b", extra=home))
    web.page("/a", linked(title="a", extra=home))
    web.page("/b", linked(title="b", extra=home))
    _, output = crawl(web.url)
    assert output["pages"] == 3


def test_a_second_crawl_asks_conditionally_and_keeps_findings(web: FakeWeb) -> None:
    first, _ = crawl(web.url)
    key = queries.page_keys("ws_one", first.job_id)[1]
    page = queries.page("ws_one", first.job_id, key)
    queries.keep_findings("ws_one", key, "r1", content_hash=page.content_hash, findings={"seen": True})
    web.hits.clear()
    second, output = crawl(web.url)
    asked = [hit for hit in web.hits if hit.path != "/sitemap.xml"]
    assert all(hit.is_conditional for hit in asked) and len(asked) == 7
    assert output["unchanged"] == output["pages"] == 7
    assert queries.find_findings("ws_one", second.job_id, key, "r1") == {"seen": True}
    assert queries.find_findings("ws_one", second.job_id, key, "r2") is None
    assert queries.page("ws_one", second.job_id, key).html == page.html


def test_a_changed_page_loses_its_findings_and_only_it_is_fetched(web: FakeWeb) -> None:
    first, _ = crawl(web.url)
    for key in queries.page_keys("ws_one", first.job_id):
        page = queries.page("ws_one", first.job_id, key)
        queries.keep_findings("ws_one", key, "r1", content_hash=page.content_hash, findings=[1])
    web.page("/about", linked(title="all new"))
    second, output = crawl(web.url)
    assert (output["pages"], output["unchanged"]) == (7, 6)
    found = {
        key: queries.find_findings("ws_one", second.job_id, key, "r1")
        for key in queries.page_keys("ws_one", second.job_id)
    }
    assert [key.rpartition("/")[2] for key, findings in found.items() if findings is None] == ["about"]


def test_without_validators_an_equal_body_counts_as_unchanged(web: FakeWeb) -> None:
    for page in web.pages.values():
        assert isinstance(page, Page)
        page.etag = False
    crawl(web.url)
    _, output = crawl(web.url)
    assert output["unchanged"] == output["pages"] == 7
    assert not any(hit.is_conditional for hit in web.hits)


def test_another_workspace_does_not_profit_from_our_copies(web: FakeWeb) -> None:
    crawl(web.url)
    web.hits.clear()
    _, output = crawl(web.url, workspace_id="ws_two")
    assert output["unchanged"] == 0
    assert not any(hit.is_conditional for hit in web.hits)


def test_a_crawl_that_died_goes_on_and_fetches_no_stored_page_again(web: FakeWeb) -> None:
    class Died(BaseException):
        pass

    run = Run(web.url)

    def dies(fraction: float, message: str | None = None) -> None:
        if message and message.startswith("Read 4"):
            raise Died

    run.progress = dies  # type: ignore[method-assign]
    with pytest.raises(Died):
        run.crawl()
    stored = set(run.read_paths())
    web.hits.clear()
    following = run.again()
    output = following.crawl().output
    assert output["pages"] == 7
    assert not stored & set(web.paths())
    assert "/robots.txt" not in web.paths() and "/sitemap.xml" not in web.paths()


def test_a_holder_that_was_replaced_writes_nothing_more(web: FakeWeb) -> None:
    old = Run(web.url)
    new = old.again()

    def replaced(request: Request) -> None:
        crawls.open_crawl(
            new.workspace_id,
            new.job_id,
            run=1,
            token=str(new.token),
            site="x",
            root_url=web.url,
            budget=30,
            most_attempts=9,
        )
        request.answer(body=linked("/about").encode(), Content_Type="text/html")

    web.on("/", replaced)
    with pytest.raises(Superseded):
        old.crawl()
    assert {state for state, _ in new.pages().values()} == {"queued"}


def test_a_cancelled_crawl_asks_for_nothing_more_within_a_second(web: FakeWeb) -> None:
    web.latency = 0.3
    run = Run(web.url)
    ended = threading.Event()

    def work() -> None:
        with pytest.raises(Cancelled):
            run.crawl()
        db.database.close()
        ended.set()

    threading.Thread(target=work).start()
    eventually(lambda: len(web.hits) >= 4)
    run.stop.set()
    cancelled_at = time.monotonic()
    eventually(ended.is_set)
    assert time.monotonic() - cancelled_at < 1
    assert all(hit.at <= cancelled_at + 0.05 for hit in web.hits)
    assert {state for state, _ in run.pages().values()} <= {"fetched", "skipped"}


def test_a_crawl_clears_away_what_has_outlived_its_time(web: FakeWeb) -> None:
    old, _ = crawl(web.url)
    kept, _ = crawl(web.url)
    db.rows("UPDATE site_crawl SET created_at = now() - interval '91 days' WHERE job_id = %s", (old.job_id,))
    db.rows("UPDATE page_copy SET seen_at = now() - interval '91 days' WHERE url LIKE '%%/privacy'")
    crawl(web.url, maxPages=2)
    assert queries.page_keys("ws_one", old.job_id) == [] and old.pages() == {}
    assert len(kept.pages()) == 7
    assert db.rows("SELECT count(*) FROM page_copy") == [(6,)]


def test_a_deep_start_page_and_the_home_page_are_both_read(web: FakeWeb) -> None:
    run, _ = crawl(f"{web.url}/pricing")
    assert web.paths()[:2] == ["/robots.txt", "/pricing"]
    assert {"/", "/pricing"} <= set(run.read_paths())


def test_a_start_page_that_moved_is_followed_and_the_new_site_asked_for_its_robots(web: FakeWeb) -> None:
    with FakeWeb() as old:
        old.redirect("/", f"{web.url}/")
        run, output = crawl(old.url)
    assert old.paths() == ["/robots.txt", "/"]
    assert web.paths()[:2] == ["/robots.txt", "/"]
    assert output["pages"] == 7 and output["url"] == f"{web.url}/"
    assert run.read_paths()[0] == "/"


def test_a_start_page_that_moved_to_www_keeps_its_place(web: FakeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, port: int) -> list[Found]:
        return [(socket.AF_INET, ("127.0.0.1", port))]

    client = WebClient(allow=("127.0.0.0/8",), resolve=resolve)
    monkeypatch.setattr("pipelines.clients.web.client", lambda: client)
    home = web.pages["/"]
    assert isinstance(home, Page)

    def by_host(request: Request) -> None:
        if request.headers["Host"].startswith("www."):
            request.answer(200, str(home.body).encode(), Content_Type="text/html")
        else:
            request.answer(301, Location=f"http://www.alder.example:{web.port}/")

    web.on("/", by_host)
    run, output = crawl(f"http://alder.example:{web.port}/", maxPages=3)
    assert output["pages"] == 3 and output["url"] == f"http://www.alder.example:{web.port}/"
    hosts = [(hit.headers["host"].partition(":")[0], hit.path) for hit in web.hits]
    assert hosts[:2] == [("alder.example", "/robots.txt"), ("alder.example", "/")]
    assert hosts[2:4] == [("www.alder.example", "/robots.txt"), ("www.alder.example", "/")]
    assert {host for host, _ in hosts[2:]} == {"www.alder.example"}
    assert run.pages()["/"] == ("fetched", None)


def test_the_charset_is_right_whatever_the_headers_say(web: FakeWeb) -> None:
    web.pages.clear()
    words = "Größe für Straßenkatzen"
    web.page("/", linked("/latin", "/lying", "/meta", "/bom", "/sjis"))
    web.page("/latin", f"<html><body>1 {words}", charset="iso-8859-1")
    web.page("/lying", f"<html><body>2 {words}".encode(), charset="iso-8859-1")
    web.page("/meta", f'<html><head><meta charset="windows-1252"></head><body>3 {words}'.encode("cp1252"), charset=None)
    web.page("/bom", f"<html><body>4 {words}".encode("utf-16"), charset=None)
    web.page("/sjis", "<html><body>5 日本語のページです。よろしくお願いします。", charset="shift_jis")
    run, output = crawl(web.url)
    texts = [queries.page("ws_one", run.job_id, key).html for key in queries.page_keys("ws_one", run.job_id)]
    assert output["pages"] == 6
    assert sum(words in text for text in texts) == 4
    assert any("日本語のページです" in text for text in texts)


def test_a_shell_that_needs_its_scripts_is_told(web: FakeWeb) -> None:
    web.pages.clear()
    web.page("/", '<html><body><div id="root"></div><script src="/app.js"></script></body></html>')
    _, output = crawl(web.url)
    assert output["needsJs"] is True and output["pages"] == 1
