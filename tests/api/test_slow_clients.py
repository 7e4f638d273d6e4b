"""Clients that take their time: they are let go, so that a crowd of them cannot hold all of the connections."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

STACK_SETTINGS = {"MILLRACE_SERVER__FIRST_REQUEST_SECONDS": "1", "MILLRACE_SERVER__BODY_SECONDS": "1"}


@contextmanager
def connected(api) -> Iterator[socket.socket]:
    address = urlsplit(api.url)
    with socket.create_connection((address.hostname, address.port), timeout=0.1) as connection:
        yield connection


def answer_to(connection: socket.socket, first: bytes, then: bytes = b"", within_s: float = 10) -> bytes:
    """What the server says until it hangs up, to a client that goes on sending `then` every tenth of a second."""
    heard = b""
    ends = time.monotonic() + within_s
    connection.sendall(first)
    while time.monotonic() < ends:
        try:
            chunk = connection.recv(65536)
            if not chunk:
                return heard
            heard += chunk
        except TimeoutError:
            try:
                connection.sendall(then)
            except OSError:
                return heard
        except ConnectionError:
            return heard
    raise AssertionError(f"still connected after {within_s} s; heard {heard!r}")


@pytest.mark.parametrize(
    ("first", "then"), [(b"", b""), (b"GET /hea", b""), (b"GET /health HTTP/1.1\r\n", b"X-More: 1\r\n")]
)
def test_a_connection_that_never_asks_anything_is_closed(api, first: bytes, then: bytes) -> None:
    with connected(api) as connection:
        assert b"200 OK" not in answer_to(connection, first, then)

    assert api.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("framing", "first", "then"),
    [
        ("Content-Length: 1000", b"{", b""),
        ("Content-Length: 1000000", b"{", b" "),
        ("Transfer-Encoding: chunked", b"1\r\n{\r\n", b"1\r\n \r\n"),
    ],
)
def test_a_body_that_does_not_arrive_in_time_is_408(api, make, owner, framing: str, first: bytes, then: bytes) -> None:
    key = make.key(owner.workspace)
    head = f"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n{framing}\r\n\r\n"
    with connected(api) as connection:
        heard = answer_to(connection, head.encode() + first, then)

    assert heard.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"request_timeout"' in heard
    assert api.with_key(key).get("/v1/jobs").json()["jobs"] == []


def test_a_connection_that_has_asked_may_wait_for_its_answer(mine) -> None:
    wish = {"pipeline": "diagnostics.echo", "input": {"sleep_ms": 2500}}
    job_id = mine.post("/v1/jobs", wish).json()["job_id"]

    assert mine.get(f"/v1/jobs/{job_id}?wait=10").json()["status"] == "completed"
