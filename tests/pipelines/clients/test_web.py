"""The guarded client against servers that are slow, endless, broken or lying."""

from __future__ import annotations

import datetime as dt
import gzip
import socket
import ssl
import threading
import time
import zlib
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pipelines.clients.egress import Found
from pipelines.clients.fetch_errors import FetchError, retry_after
from pipelines.clients.web import Limits, WebClient
from tests.kit import fake_web
from tests.kit.fake_web import FakeWeb, Page, Request

LIMITS = Limits(connect_seconds=5, read_seconds=5, total_seconds=10, max_bytes=1_000_000)
HTML = Limits(connect_seconds=5, read_seconds=5, total_seconds=10, max_bytes=1_000_000, types=("text/html",))


@pytest.fixture
def web():
    with FakeWeb() as server:
        yield server


@pytest.fixture
def client() -> WebClient:
    return WebClient(allow=("127.0.0.0/8",), user_agent="Tester/1")


def refused(client: WebClient, url: str, **options) -> FetchError:
    with pytest.raises(FetchError) as caught:
        client.fetch("GET", url, **{"limits": LIMITS, **options})
    return caught.value


def test_an_answer_carries_url_status_headers_body_and_time(web: FakeWeb, client: WebClient) -> None:
    web.page("/a", "grüß", headers={"X-Thing": "yes"})
    answer = client.fetch("GET", f"{web.url}/a?q=1", headers={"X-Mine": "1"}, limits=LIMITS)
    assert (answer.status, answer.body.decode(), answer.headers["x-thing"]) == (200, "grüß", "yes")
    assert answer.media_type == "text/html" and 0 < answer.elapsed < 2 and answer.hops == ()
    hit = web.hits[0]
    assert (hit.path, hit.headers["user-agent"], hit.headers["x-mine"]) == ("/a?q=1", "Tester/1", "1")


def test_a_body_is_posted_and_any_status_is_an_answer(web: FakeWeb, client: WebClient) -> None:
    web.page("/hook", "broken", status=500)
    answer = client.fetch("POST", f"{web.url}/hook", body=b'{"a":1}', limits=LIMITS)
    assert (answer.status, web.hits[0].method, web.hits[0].body) == (500, "POST", b'{"a":1}')


def test_connections_are_kept_and_used_again(web: FakeWeb, client: WebClient) -> None:
    ports: set[int] = set()

    def answers(request: Request) -> None:
        ports.add(request.client_address[1])
        request.answer(body=b"x")

    web.on("/", answers)
    for _ in range(5):
        client.fetch("GET", web.url, limits=LIMITS)
    assert len(ports) == 1


def test_a_kept_connection_that_the_server_closed_is_replaced(web: FakeWeb, client: WebClient) -> None:
    def hangs_up_afterwards(request: Request) -> None:
        request.answer(body=b"x")
        request.close_connection = True

    web.on("/", hangs_up_afterwards)
    assert [client.fetch("GET", web.url, limits=LIMITS).status for _ in range(4)] == [200] * 4


def test_redirects_are_followed_and_told(web: FakeWeb, client: WebClient) -> None:
    web.redirect("/one", "/two")
    web.redirect("/two", "three?x=ü", status=308)
    web.page("/three", "here")
    answer = client.fetch("GET", f"{web.url}/one", limits=LIMITS)
    assert answer.body == b"here"
    assert answer.url == f"{web.url}/three?x=%FC"  # the byte that was sent, whatever its charset
    assert answer.hops == (f"{web.url}/one", f"{web.url}/two")


def test_redirects_in_a_circle_or_without_an_end_are_given_up(web: FakeWeb, client: WebClient) -> None:
    web.redirect("/a", "/b")
    web.redirect("/b", "/a")
    assert refused(client, f"{web.url}/a").code == "too_many_redirects"
    web.on("/n", lambda request: request.answer(302, Location=f"/n?{len(request.web.hits)}"))
    before = len(web.hits)
    assert refused(client, f"{web.url}/n").code == "too_many_redirects"
    assert len(web.hits) - before == LIMITS.max_redirects + 1


def test_a_redirect_out_of_scope_is_not_followed_and_names_its_target(web: FakeWeb, client: WebClient) -> None:
    web.redirect("/", "/elsewhere")
    error = refused(client, web.url, allow_redirect=lambda _, target: "elsewhere" not in target)
    assert (error.code, error.target) == ("redirect_out_of_scope", f"{web.url}/elsewhere")
    assert web.paths() == ["/"]


def test_without_redirects_the_redirect_is_the_answer(web: FakeWeb, client: WebClient) -> None:
    web.redirect("/", "http://[")
    assert client.fetch("GET", web.url, limits=LIMITS, allow_redirect=False).status == 301


def test_secrets_do_not_follow_a_redirect_to_another_origin(web: FakeWeb, client: WebClient) -> None:
    with FakeWeb() as other:
        web.redirect("/", f"{other.url}/there", status=307)
        other.page("/there", "ok")
        client.fetch("GET", web.url, headers={"Authorization": "Bearer s", "X-Key": "s"}, limits=LIMITS)
        assert web.hits[0].headers["authorization"] == "Bearer s"
        assert not {"authorization", "x-key"} & set(other.hits[0].headers)


def test_a_gzip_bomb_is_stopped_at_the_cap(web: FakeWeb, client: WebClient) -> None:
    web.on("/bomb", fake_web.sends_gzip_bomb)
    assert refused(client, f"{web.url}/bomb").code == "too_large"


def test_a_deflate_bomb_and_a_bomb_of_many_members_are_stopped(web: FakeWeb, client: WebClient) -> None:
    web.pages["/deflate"] = Page(zlib.compress(bytes(5_000_000)), headers={"Content-Encoding": "deflate"})
    web.pages["/members"] = Page(gzip.compress(bytes(300_000)) * 4, headers={"Content-Encoding": "gzip"})
    web.pages["/empty-members"] = Page(gzip.compress(b"", mtime=0) * 60_000, headers={"Content-Encoding": "gzip"})
    assert {refused(client, web.url + path).code for path in ("/deflate", "/members", "/empty-members")} == {
        "too_large"
    }


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(b"plain", mtime=0), gzip.compress(b"pl", mtime=0) + gzip.compress(b"ain", mtime=0) + b"\0\0"],
)
def test_gzip_is_unpacked(web: FakeWeb, client: WebClient, packed: bytes) -> None:
    web.pages["/"] = Page(packed, headers={"Content-Encoding": "gzip"})
    assert client.fetch("GET", web.url, limits=LIMITS).body == b"plain"


def test_deflate_is_unpacked_with_and_without_its_header(web: FakeWeb, client: WebClient) -> None:
    raw = zlib.compressobj(wbits=-15)
    web.pages["/raw"] = Page(raw.compress(b"plain") + raw.flush(), headers={"Content-Encoding": "deflate"})
    web.pages["/zlib"] = Page(zlib.compress(b"plain"), headers={"Content-Encoding": "deflate"})
    assert {client.fetch("GET", web.url + path, limits=LIMITS).body for path in ("/raw", "/zlib")} == {b"plain"}


@pytest.mark.parametrize(
    ("encoding", "data"),
    [("br", b"xx"), ("gzip, br", b"xx"), ("gzip", b"no gzip"), ("gzip", gzip.compress(b"cut" * 999, mtime=0)[:-20])],
)
def test_an_encoding_that_cannot_be_undone_is_told(web: FakeWeb, client: WebClient, encoding: str, data: bytes) -> None:
    web.pages["/"] = Page(data, headers={"Content-Encoding": encoding})
    assert refused(client, web.url).code == "bad_encoding"


def test_an_endless_page_is_stopped_at_the_cap(web: FakeWeb, client: WebClient) -> None:
    web.on("/", fake_web.sends_for_ever)
    assert refused(client, web.url).code == "too_large"


def test_an_endless_error_page_is_cut(web: FakeWeb, client: WebClient) -> None:
    def endless(request: Request) -> None:
        request.start(500, Content_Type="text/html")
        while not request.web.stopping.is_set():
            request.wfile.write(b"x" * 10_000)

    web.on("/", endless)
    answer = client.fetch("GET", web.url, limits=LIMITS)
    assert (answer.status, len(answer.body)) == (500, 64 * 1024)


def test_a_large_body_is_refused_by_its_length_before_it_is_read(web: FakeWeb, client: WebClient) -> None:
    web.on("/", lambda request: request.start(Content_Type="text/html", Content_Length="9999999999"))
    started = time.monotonic()
    assert refused(client, web.url).code == "too_large"
    assert time.monotonic() - started < 1


def test_a_drip_ends_with_the_whole_time(web: FakeWeb, client: WebClient) -> None:
    web.on("/", fake_web.drips)
    started = time.monotonic()
    assert refused(client, web.url, limits=Limits(read_seconds=1, total_seconds=0.6)).code == "timeout"
    assert time.monotonic() - started < 1.5


def test_dripping_headers_end_with_the_whole_time(web: FakeWeb, client: WebClient) -> None:
    def drips_headers(request: Request) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not request.web.stopping.wait(0.05):
            request.wfile.write(b"X-A: b\r\n"[:1])

    web.on("/", drips_headers)
    started = time.monotonic()
    assert refused(client, web.url, limits=Limits(read_seconds=1, total_seconds=0.6)).code == "timeout"
    assert time.monotonic() - started < 1.5


def test_silence_ends_with_the_read_time(web: FakeWeb, client: WebClient) -> None:
    web.on("/", fake_web.stays_silent)
    started = time.monotonic()
    assert refused(client, web.url, limits=Limits(read_seconds=0.3, total_seconds=5)).code == "timeout"
    assert time.monotonic() - started < 1.5


def test_a_cancelled_call_ends_while_it_waits(web: FakeWeb, client: WebClient) -> None:
    web.on("/", fake_web.stays_silent)
    cancelled = threading.Event()
    threading.Timer(0.2, cancelled.set).start()
    started = time.monotonic()
    error = refused(client, web.url, limits=Limits(read_seconds=5, total_seconds=5), cancelled=cancelled.is_set)
    assert error.code == "cancelled"
    assert time.monotonic() - started < 1


def test_the_type_is_judged_before_the_body_is_read(web: FakeWeb, client: WebClient) -> None:
    def endless_film(request: Request) -> None:
        request.start(Content_Type="video/mp4")
        request.web.stopping.wait(10)

    web.on("/film", endless_film)
    started = time.monotonic()
    assert refused(client, f"{web.url}/film", limits=HTML).code == "wrong_type"
    assert time.monotonic() - started < 1


def test_a_missing_type_is_let_through_and_an_error_page_may_have_any(web: FakeWeb, client: WebClient) -> None:
    web.on("/bare", lambda request: request.answer(body=b"<p>x"))
    web.page("/gone", "{}", status=404, content_type="application/json")
    assert client.fetch("GET", f"{web.url}/bare", limits=HTML).body == b"<p>x"
    assert client.fetch("GET", f"{web.url}/gone", limits=HTML).status == 404


@pytest.mark.parametrize(
    "said", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", b"\0" * 100]
)
def test_what_is_no_whole_answer_is_a_lost_connection(web: FakeWeb, client: WebClient, said: bytes) -> None:
    def says(request: Request) -> None:
        request.wfile.write(said)
        request.close_connection = True

    web.on("/", says)
    error = refused(client, web.url)
    assert error.code == "connection_lost" and error.retry_helps


def test_a_flood_of_headers_is_refused(web: FakeWeb, client: WebClient) -> None:
    web.on("/", lambda request: request.answer(more={f"X-{n}": "v" for n in range(500)}))
    assert refused(client, web.url).code == "connection_lost"


def test_nobody_at_home_is_told(client: WebClient) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert refused(client, f"http://127.0.0.1:{closed.getsockname()[1]}/").code == "connect_failed"


def test_cookies_are_neither_kept_nor_sent(web: FakeWeb, client: WebClient) -> None:
    web.page("/", "x", headers={"Set-Cookie": "id=1"})
    client.fetch("GET", web.url, limits=LIMITS)
    client.fetch("GET", web.url, limits=LIMITS)
    assert "cookie" not in web.hits[1].headers


def test_many_threads_share_one_client(web: FakeWeb, client: WebClient) -> None:
    for n in range(40):
        web.page(f"/{n}", f"page {n}")
    wrong: list[int] = []

    def ask(n: int) -> None:
        if client.fetch("GET", f"{web.url}/{n}", limits=LIMITS).body != f"page {n}".encode():
            wrong.append(n)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [] and len(web.hits) == 40


def test_json_that_is_none_is_told(web: FakeWeb, client: WebClient) -> None:
    web.page("/", "<html>", content_type="application/json")
    with pytest.raises(FetchError) as caught:
        client.fetch("GET", web.url, limits=LIMITS).json()
    assert caught.value.code == "bad_json"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("3", 3), (" 120 ", 60), ("9" * 30, 60), ("-1", None), ("soon", None), ("", None), (None, None), ("1.5", None),
     ("Mon, 01 Jan 2001 00:00:00 GMT", 0), ("Fri, 31 Dec 2150 23:59:59 GMT", 60)],
)  # fmt: skip
def test_retry_after_is_read_in_seconds_and_as_a_date(header: str | None, seconds: int | None) -> None:
    wait = retry_after(header, at_most=dt.timedelta(seconds=60))
    assert wait == (None if seconds is None else dt.timedelta(seconds=seconds))


def test_tls_verifies_the_name_although_the_checked_address_is_dialled(tmp_path: Path) -> None:
    authority, chain = _certificate(tmp_path, "good.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)

    def resolve(host: str, port: int) -> list[Found]:
        return [(socket.AF_INET, ("127.0.0.1", port))]

    with FakeWeb() as web:
        web.page("/", "secret")
        web._server.socket = context.wrap_socket(web._server.socket, server_side=True)
        trusting = WebClient(allow=("127.0.0.0/8",), resolve=resolve, ca_file=str(authority))
        answer = trusting.fetch("GET", f"https://good.example:{web.port}/", limits=LIMITS)
        assert answer.body == b"secret"
        assert refused(trusting, f"https://evil.example:{web.port}/").code == "tls_failed"
        strict = WebClient(allow=("127.0.0.0/8",), resolve=resolve)
        assert refused(strict, f"https://good.example:{web.port}/").code == "tls_failed"
        web.on("/drip", fake_web.drips)
        slow = Limits(read_seconds=1, total_seconds=0.6)
        assert refused(trusting, f"https://good.example:{web.port}/drip", limits=slow).code == "timeout"
    assert web.paths() == ["/", "/drip"]


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-made authority's file, and a key with a certificate for `name` that it signed."""
    now = dt.datetime.now(dt.UTC)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    ours = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

    def sign(whom: x509.Name, key: ec.EllipticCurvePrivateKey, is_authority: bool) -> x509.Certificate:
        builder = x509.CertificateBuilder().subject_name(whom).issuer_name(subject).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        builder = builder.not_valid_after(now + dt.timedelta(days=1))
        builder = builder.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        return builder.sign(keys[0], hashes.SHA256())

    authority, chain = folder / "authority.pem", folder / "chain.pem"
    authority.write_bytes(sign(subject, keys[0], True).public_bytes(serialization.Encoding.PEM))
    private = keys[1].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(private + sign(ours, keys[1], False).public_bytes(serialization.Encoding.PEM))
    return authority, chain
