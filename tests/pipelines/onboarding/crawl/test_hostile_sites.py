"""The crawl stage against sites that are down, refuse, lie, trap or never end: a clear code, or what could be read."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from pipelines.engine.outcomes import Permanent, TryAgain
from store.kit import db
from store.sites import hosts
from tests.kit import fake_web
from tests.kit.fake_web import FakeWeb, Hit, Page, Request, small_site
from tests.pipelines.onboarding.crawl.crawling import Run, crawl

pytestmark = pytest.mark.usefixtures("empty_sites")


@pytest.fixture
def web():
    with FakeWeb() as server:
        for path, html in small_site():
            server.page(path, html)
        yield server


def failed(url: str) -> Permanent:
    with pytest.raises(Permanent) as caught:
        crawl(url)
    return caught.value


def everything(web: FakeWeb, answer: Page | Callable[[Request], None]) -> None:
    web.pages.clear()
    web.page("/robots.txt", "", status=404)
    web.fallback = answer


def in_turns(hits: list[Hit], delay_seconds: float) -> bool:
    """Whether no request came before its turn. The first may have been a whole turn on its way, on a busy machine."""
    assert len(hits) >= 4
    return all(hit.at - hits[0].at >= (turn - 1) * delay_seconds for turn, hit in enumerate(hits))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Page("no", status=403), "site_refused"),
        (Page("no", status=401), "site_refused"),
        (Page("slow down", status=429), "site_refused"),
        (Page("oops", status=500), "site_unreachable"),
        (Page("away", status=503), "site_unreachable"),
        (Page("?", status=404), "start_page_missing"),
        (Page("", status=200), "no_html"),
        (Page("%PDF-1.7", content_type="application/pdf", charset=None), "no_html"),
        (Page('{"a": 1}', content_type="application/json"), "no_html"),
        (Page(b"\x00\x01\x02", content_type="", charset=None), "no_html"),
        (Page(status=302, headers={"Location": "/"}), "redirect_loop"),
        (fake_web.sends_gzip_bomb, "page_unreadable"),
        (fake_web.sends_for_ever, "page_unreadable"),
        (Page(b"xx", headers={"Content-Encoding": "br"}), "page_unreadable"),
        (Page(status=301, headers={"Location": "http://169.254.169.254/latest/"}), "address_refused"),
    ],
)
def test_a_site_that_cannot_be_read_fails_with_a_clear_code(web: FakeWeb, answer, code: str) -> None:
    everything(web, answer)
    error = failed(web.url)
    assert error.code == code
    assert error.message.endswith((".", ")"))
    assert len(web.hits) <= 10


@pytest.mark.parametrize("drip", [fake_web.drips, fake_web.stays_silent])
def test_a_site_that_never_finishes_is_given_up(web: FakeWeb, setting, drip) -> None:
    setting(page_seconds=0.4, read_seconds=0.3)
    everything(web, drip)
    started = time.monotonic()
    assert failed(web.url).code == "site_unreachable"
    assert time.monotonic() - started < 6


def test_nobody_at_home_fails_at_once() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        error = failed(f"http://127.0.0.1:{closed.getsockname()[1]}/")
    assert (error.code, error.retryable) == ("site_unreachable", True)


def test_a_private_address_that_is_not_let_through_is_refused() -> None:
    assert failed("http://10.0.0.1/").code == "invalid_url"


def test_robots_txt_that_disallows_everything_is_the_end(web: FakeWeb) -> None:
    web.page("/robots.txt", "User-agent: *\nDisallow: /", content_type="text/plain")
    assert failed(web.url).code == "robots_disallow"
    assert web.paths() == ["/robots.txt"]


@pytest.mark.parametrize("status", [500, 503])
def test_robots_txt_that_is_broken_means_hands_off_after_some_tries(web: FakeWeb, status: int) -> None:
    web.page("/robots.txt", "x", status=status)
    assert failed(web.url).code == "site_unreachable"
    assert web.paths() == ["/robots.txt"] * 3


def test_robots_txt_that_cannot_be_read_is_named_as_the_trouble(web: FakeWeb) -> None:
    web.page("/robots.txt", "Disallow: /x\n" * 400_000, content_type="text/plain")
    error = failed(web.url)
    assert (error.code, error.details["reason"]) == ("robots_unreadable", "robots_too_large")


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_robots_txt_that_is_not_there_allows_everything(web: FakeWeb, status: int) -> None:
    web.page("/robots.txt", "User-agent: *\nDisallow: /", status=status)
    assert crawl(web.url)[1]["pages"] == 7


def test_a_page_that_fails_now_and_then_is_tried_again(web: FakeWeb) -> None:
    answers = iter([500, 503, 200])

    def moody(request: Request) -> None:
        request.answer(next(answers), b"<html><body>about us at last", Content_Type="text/html")

    web.on("/about", moody)
    run, output = crawl(web.url)
    assert run.pages()["/about"] == ("fetched", None)
    assert output["failed"] == 0 and web.paths().count("/about") == 3


def test_a_page_that_always_fails_is_told_and_the_rest_is_read(web: FakeWeb) -> None:
    web.page("/about", "broken", status=500)
    web.page("/contact", "forbidden", status=403)
    _, output = crawl(web.url)
    assert output["pages"] == 5
    assert output["reasons"] == {"http_500": 1, "http_403": 1}
    assert web.paths().count("/about") == 3 and web.paths().count("/contact") == 1


def test_a_site_that_has_had_enough_is_left_alone(web: FakeWeb) -> None:
    web.pages.clear()
    web.page("/", "".join(f'<a href="/p{n}">p{n}</a>' for n in range(40)))
    web.fallback = Page("no more", status=403)
    _, output = crawl(web.url)
    assert output["pages"] == 1
    assert 5 <= output["failed"] <= 6
    assert output["reasons"]["given_up"] >= 34
    assert len(web.hits) <= 10


def test_429_with_retry_after_is_waited_for_and_the_pace_halved(web: FakeWeb) -> None:
    refused: list[float] = []

    def busy(request: Request) -> None:
        if not refused:
            refused.append(time.monotonic())
            request.answer(429, b"", Retry_After="1")
        else:
            request.answer(200, b"<html><body>contact us", Content_Type="text/html")

    web.on("/contact", busy)
    _, output = crawl(web.url)
    assert output["pages"] == 7
    later = [hit.at for hit in web.hits if hit.at > refused[0] + 0.2]
    assert min(later) - refused[0] >= 0.95
    assert all(after - before >= 0.1 for before, after in pairwise(later))


def test_a_redirect_to_a_page_that_fails_at_first_is_followed_again(web: FakeWeb) -> None:
    answers = iter([503, 200])

    def moody(request: Request) -> None:
        request.answer(next(answers), b"<html><body>all about us", Content_Type="text/html")

    web.redirect("/about", "/company")
    web.on("/company", moody)
    run, output = crawl(web.url)
    assert output["pages"] == 7 and "/company" in run.read_paths()


@pytest.mark.parametrize("path", ["/robots.txt", "/one.xml"])
def test_a_host_that_asks_for_long_pauses_again_and_again_is_given_up(web: FakeWeb, path: str) -> None:
    web.page("/robots.txt", f"Sitemap: {web.url}/one.xml\nSitemap: {web.url}/two.xml", content_type="text/plain")
    web.page(path, "", status=429, headers={"Retry-After": "40"})
    run = Run(web.url)
    for attempt in range(1, 9):
        try:
            run.crawl()
        except TryAgain:
            db.rows("UPDATE host_gate SET next_at = now()")  # the pause is over
            run = run.again()
        except Permanent as error:
            assert (error.code, path, attempt) == ("site_refused", "/robots.txt", 3)
            return
        else:
            assert path == "/one.xml"
            return
    raise AssertionError("it would have waited for ever")


def test_a_long_retry_after_gives_the_worker_back(web: FakeWeb) -> None:
    web.pages["/about"] = Page("later", status=429, headers={"Retry-After": "50"})
    run = Run(web.url)
    with pytest.raises(TryAgain) as caught:
        run.crawl()
    assert 30 < caught.value.after.total_seconds() <= 50
    assert "fetching" not in {state for state, _ in run.pages().values()}


def test_two_requests_at_most_are_open_at_one_host(web: FakeWeb) -> None:
    web.latency = 0.05
    crawl(web.url)
    assert web.active_at_most == 2


def test_the_delay_is_kept_between_all_requests_of_all_jobs(web: FakeWeb, setting) -> None:
    setting(delay_seconds=0.1)
    web.redirect("/about", "/about/us")
    web.page("/about/us", "<html><body>A redirect is a request like any other")
    crawl(web.url)
    assert "/about/us" in web.paths()
    assert in_turns(web.hits, 0.1)


def test_a_crawl_delay_wins_up_to_the_cap(web: FakeWeb, setting) -> None:
    setting(max_delay_seconds=0.15)
    web.page("/robots.txt", "User-agent: *\nCrawl-delay: 3600\n", content_type="text/plain")
    crawl(web.url, maxPages=4)
    assert in_turns(web.hits[1:], 0.15)


def test_a_gate_serves_its_holders_in_turns_and_frees_what_was_forgotten() -> None:
    def enter(holder: str, hold_seconds: float = 60.0) -> hosts.Turn:
        return hosts.enter(
            "a.example", holder, slots=2, delay_seconds=0.2, hold_seconds=hold_seconds, patience_seconds=5
        )

    assert enter("one", hold_seconds=0.0).granted
    two = enter("two")
    assert two.granted and 0.1 < two.wait_seconds <= 0.2
    three = enter("three")
    assert three.granted and 0.3 < three.wait_seconds <= 0.4, "the first holder's time was over"
    assert not enter("four").granted
    hosts.leave("a.example", "two")
    assert enter("four").granted
    hosts.leave_scolded("a.example", "three", pause_seconds=0, most_seconds=5)
    assert not enter("five").granted, "a host that complained gets one at a time"
    hosts.leave("a.example", "four")
    assert enter("five").granted


def test_an_endless_calendar_takes_no_more_than_the_budget(web: FakeWeb) -> None:
    def calendar(request: Request) -> None:
        number = int(request.path.rpartition("/")[2] or 0)
        body = f"<html><body>Month {number} <a href='/calendar/{number + 1}'>next</a><a href='/about'>About us</a>"
        request.answer(200, body.encode(), Content_Type="text/html")

    web.page("/", '<a href="/calendar/1">Calendar</a> <a href="/about">About us</a> <a href="/contact">Contact</a>')
    web.page("/about", "<html><body>About <a href='/pricing'>Pricing</a>")
    web.fallback = Page("", status=404)
    for number in range(1, 60):
        web.on(f"/calendar/{number}", calendar)
    run, output = crawl(web.url, maxPages=8)
    assert output["pages"] == 8
    assert {"/about", "/contact", "/pricing"} <= set(run.read_paths())


def test_redirect_traps_end(web: FakeWeb) -> None:
    web.page("/", '<a href="/in">in</a><a href="/long">long</a><a href="/about">About us</a>')
    web.redirect("/in", "/in")
    for number in range(12):
        web.redirect("/long" if number == 0 else f"/long{number}", f"/long{number + 1}")
    _, output = crawl(web.url)
    assert output["reasons"] == {"too_many_redirects": 2}


def test_a_start_page_that_moves_for_ever_ends() -> None:
    with FakeWeb() as one, FakeWeb() as two:
        one.fallback = Page(status=302, headers={"Location": f"{two.url}/x"})
        two.fallback = Page(status=302, headers={"Location": f"{one.url}/x"})
        assert failed(one.url).code in ("redirects_away", "redirect_loop")
        assert len(one.hits) + len(two.hits) <= 20


def test_characters_that_no_database_keeps_are_survived(web: FakeWeb) -> None:
    odd = "\x00\ud800&#0;&#xD800;&#x110000;\ufffe"
    body = f'<html lang="{odd}"><body><a href="/about{odd}" title="{odd}">{odd} us</a><a href="/%00%ff%ED%A0%80">x</a>{odd}'

    def odd_page(request: Request) -> None:
        request.wfile.write(
            b'HTTP/1.1 200 OK\r\nETag: "a\x00b\xff"\r\nContent-Type: text/html; charset=\x00utf-8\r\n\r\n'
        )
        request.wfile.write(body.encode("utf-8", "surrogatepass"))
        request.close_connection = True

    web.on("/", odd_page)
    web.fallback = Page("<html><body>whatever")
    assert crawl(web.url)[1]["pages"] >= 2
    assert crawl(web.url)[1]["failed"] == 0


def test_two_jobs_at_one_site_share_its_slots_and_its_pace(web: FakeWeb, setting) -> None:
    setting(delay_seconds=0.05)
    web.latency = 0.15
    runs = [Run(web.url, workspace_id=workspace) for workspace in ("ws_one", "ws_two")]
    outputs: list[dict] = []

    def work(run: Run) -> None:
        try:
            outputs.append(run.crawl().output)
        finally:
            db.database.close()

    threads = [threading.Thread(target=work, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [output["pages"] for output in outputs] == [7, 7]
    assert web.active_at_most == 2
    assert in_turns(web.hits, 0.05)


def test_hostile_sitemaps_do_no_harm(web: FakeWeb) -> None:
    bomb = fake_web.gzip_bomb(50 * 1024 * 1024)
    laughs = '<!DOCTYPE u [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9)
    )
    maps = {
        "/bomb.xml.gz": bomb,
        "/laughs.xml": f"{laughs}]><urlset><url><loc>&j;</loc></url></urlset>".encode(),
        "/loop.xml": f"<sitemapindex><sitemap><loc>{web.url}/loop.xml</loc></sitemap></sitemapindex>".encode(),
        "/broken.xml": f"<urlset><url><loc>{web.url}/extra</loc></url><url><loc>".encode(),
        "/elsewhere.xml": b"<urlset><url><loc>https://other.example/x</loc></url><url><loc>file:///etc/passwd</loc></url></urlset>",
    }  # fmt: skip
    for path, body in maps.items():
        web.pages[path] = Page(body, content_type="application/xml", charset=None)
    lines = "".join(f"Sitemap: {web.url}{path}\n" for path in maps)
    web.page("/robots.txt", lines + "Sitemap: http://10.0.0.1/map.xml\n", content_type="text/plain")
    web.page("/extra", "<html><body>only in the map")
    run, output = crawl(web.url)
    assert "/extra" in run.read_paths()
    assert output["pages"] == 8
    assert max(web.paths().count(path) for path in maps) == 1
