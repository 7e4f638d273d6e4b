"""The guard against server-side request forgery: every trick of the table is refused before a byte is sent."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.clients.egress import Found
from pipelines.clients.fetch_errors import FetchError
from pipelines.clients.web import Limits, WebClient
from store.kit import addresses
from tests.kit.fake_web import FakeWeb, Request

QUICK = Limits(connect_seconds=1, read_seconds=1, total_seconds=3)
LOOPBACK = ("127.0.0.0/8", "::1/128")

REFUSED_HOSTS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f.1", "0x7f000001", "017700000001", "127.0.0.1.", "0", "0.0.0.0",
    "localhost", "LOCALHOST", "localhost.", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]",
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "[::ffff:169.254.169.254]",
    "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "[fe80::1]", "[fc00::1]", "[fd12::1]",
    "[fd00:ec2::254]", "[ff02::1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]", "[2002:7f00:1::]",
    "[2001::1]", "[2001:0:7f00:1::]", "[2001:db8::1]", "[100::1]", "[::7f00:1]", "[fec0::1]", "[3fff::1]",
]  # fmt: skip

PUBLIC = ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:80e::200e", "64:ff9b::101:101"]


@pytest.mark.parametrize("host", REFUSED_HOSTS)
def test_a_private_or_special_address_is_refused_in_every_spelling(host: str) -> None:
    with pytest.raises(FetchError) as caught:
        WebClient().fetch("GET", f"http://{host}/", limits=QUICK)
    assert caught.value.code == "address_refused"
    assert not caught.value.retry_helps


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_public(text: str) -> None:
    assert addresses.is_public(ip_address(text))


@given(st.ip_addresses(v=4))
def test_hiding_a_v4_address_in_a_v6_one_changes_nothing(address) -> None:
    for prefix in ("::ffff:0:0", "64:ff9b::"):
        hidden = ip_address(int(ip_address(prefix)) + int(address))
        assert addresses.is_public(hidden) == addresses.is_public(address)


@given(st.ip_addresses())
def test_our_rules_are_never_looser_than_the_library(address) -> None:
    if addresses.is_public(address):
        assert addresses.unwrapped(address).is_global
        assert not addresses.unwrapped(address).is_multicast


@pytest.mark.parametrize(
    "url",
    [
        "http://user:secret@example.com/", "http://evil@127.0.0.1/", "ftp://example.com/", "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_x", "//example.com/", "example.com", "http:///", "http://", "http://exa mple.com/",
        "http://example.com:99999/", "http://[::1/", "javascript:alert(1)", "http://example.com\\@127.0.0.1/",
    ],
)  # fmt: skip
def test_a_url_that_is_odd_is_refused_without_a_look_up(url: str) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[Found]:
        asked.append(host)
        return []

    with pytest.raises(FetchError) as caught:
        WebClient(resolve=resolve).fetch("GET", url, limits=QUICK)
    assert caught.value.code == "bad_url"
    assert asked == []


def test_one_bad_answer_among_good_ones_refuses_the_name() -> None:
    def resolve(host: str, port: int) -> list[Found]:
        return [(socket.AF_INET, ("93.184.216.34", port)), (socket.AF_INET, ("10.0.0.1", port))]

    with pytest.raises(FetchError) as caught:
        WebClient(resolve=resolve).fetch("GET", "http://mixed.example/", limits=QUICK)
    assert caught.value.code == "address_refused"


def test_a_name_is_looked_up_once_and_the_checked_address_is_dialled() -> None:
    with FakeWeb() as web:
        web.page("/", "hello")
        answers = ["127.0.0.1", "169.254.169.254"]

        def rebinds(host: str, port: int) -> list[Found]:
            return [(socket.AF_INET, (answers.pop(0), port))]

        client = WebClient(allow=LOOPBACK, resolve=rebinds)
        response = client.fetch("GET", f"http://rebinding.example:{web.port}/", limits=QUICK)
    assert response.body == b"hello"
    assert answers == ["169.254.169.254"], "the second answer was never asked for"
    assert web.hits[0].headers["host"] == f"rebinding.example:{web.port}"


def test_a_name_that_later_leads_inside_is_refused_on_the_next_connection() -> None:
    answers = ["127.0.0.1", "10.0.0.1"]

    def rebinds(host: str, port: int) -> list[Found]:
        return [(socket.AF_INET, (answers.pop(0), port))]

    with FakeWeb() as web:

        def says_one_and_closes(request: Request) -> None:
            request.start(Content_Type="text/plain")
            request.wfile.write(b"one")

        web.on("/", says_one_and_closes)
        client = WebClient(allow=LOOPBACK, resolve=rebinds)
        url = f"http://rebinding.example:{web.port}/"
        assert client.fetch("GET", url, limits=QUICK).body == b"one"
        with pytest.raises(FetchError) as caught:
            client.fetch("GET", url, limits=QUICK)
    assert caught.value.code == "address_refused"
    assert len(web.hits) == 1


def test_a_second_address_is_dialled_when_the_first_is_dead() -> None:
    with socket.socket() as closed, FakeWeb() as web:
        closed.bind(("127.0.0.2", 0))
        web.page("/", "hello")

        def resolve(host: str, port: int) -> list[Found]:
            return [(socket.AF_INET, ("127.0.0.2", port)), (socket.AF_INET, ("127.0.0.1", port))]

        client = WebClient(allow=LOOPBACK, resolve=resolve)
        assert client.fetch("GET", f"http://two.example:{web.port}/", limits=QUICK).body == b"hello"


def test_an_unusual_port_needs_an_address_that_was_let_through() -> None:
    def resolve(host: str, port: int) -> list[Found]:
        return [(socket.AF_INET, ("93.184.216.34", port))]

    with pytest.raises(FetchError) as caught:
        WebClient(allow=LOOPBACK, resolve=resolve).fetch("GET", "http://example.com:6379/", limits=QUICK)
    assert caught.value.code == "port_refused"


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[fd00::1]/"]
)
def test_a_redirect_to_a_refused_address_is_refused(target: str) -> None:
    with FakeWeb() as web:
        web.redirect("/", target, status=302)
        with pytest.raises(FetchError) as caught:
            WebClient(allow=LOOPBACK).fetch("GET", f"{web.url}/", limits=QUICK)
    assert caught.value.code == "address_refused"
    assert caught.value.url == target


def test_the_environment_cannot_set_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeWeb() as web, FakeWeb() as proxy:
        web.page("/", "direct")
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert WebClient(allow=LOOPBACK).fetch("GET", f"{web.url}/", limits=QUICK).body == b"direct"
    assert proxy.hits == []


def test_a_name_without_an_address_is_told_and_worth_a_retry() -> None:
    def resolve(host: str, port: int) -> list[Found]:
        raise socket.gaierror("no such name")

    with pytest.raises(FetchError) as caught:
        WebClient(resolve=resolve).fetch("GET", "http://nowhere.example/", limits=QUICK)
    assert caught.value.code == "dns_failed"
    assert caught.value.retry_helps


def test_a_look_up_that_hangs_ends_with_the_connect_time() -> None:
    with FakeWeb() as web:

        def hangs(host: str, port: int) -> list[Found]:
            web.stopping.wait(10)
            return []

        with pytest.raises(FetchError) as caught:
            WebClient(resolve=hangs).fetch("GET", "http://slow.example/", limits=Limits(connect_seconds=0.2))
    assert caught.value.code == "dns_failed"
