"""The one guarded HTTP client: crawler, webhooks and providers call out through it and through nothing else.

Public addresses only (see egress.py), http and https, no proxy and no cookie, redirects followed hop by hop, and
caps on connect, silence, whole time and decoded bytes. `fetch()` raises FetchError with a closed set of codes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException
from ssl import SSLError
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

import certifi
import msgspec
import urllib3
from urllib3 import exceptions as broken
from urllib3.response import BaseHTTPResponse

from pipelines.clients.decoding import ACCEPTED, Decoder, NotDecodable, TooMuch
from pipelines.clients.egress import Budget, Gate, Resolver, guarded_pools, spending, system_resolver, tls_context
from pipelines.clients.fetch_errors import FetchError
from store.kit import addresses
from store.kit.settings import settings
from store.kit.urls import PORTS, BadUrl, ascii_host

REDIRECTS = frozenset({301, 302, 303, 307, 308})
CHUNK_BYTES = 64 * 1024
ERROR_BYTES = 64 * 1024  # of an answer that is no success only this much is kept
_SAFE = "/%:@!$&'()*+,;=~-._"
# What may follow a redirect to another origin: nothing that could be a secret.
_HARMLESS = frozenset({"user-agent", "accept", "accept-language", "accept-encoding"})

AllowRedirect = bool | Callable[[str, str], bool]
Told = Callable[[bytes], None]


@dataclass(frozen=True)
class Limits:
    """Caps of one call. `types` are accepted media types of a success (none: any); `max_bytes` counts decoded bytes."""

    connect_seconds: float = 5.0
    read_seconds: float = 10.0
    total_seconds: float = 20.0
    max_bytes: int = 5 * 1024 * 1024
    max_redirects: int = 5
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Response:
    """`url` is where the answer came from, `hops` the URLs that redirected there, `elapsed` seconds in all.

    `headers` have lower-case names, doubled ones joined by a comma. `body` is decoded from gzip or deflate; of an
    answer with a status from 300 on it is the first 64 KiB.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed: float
    hops: tuple[str, ...] = ()

    @property
    def media_type(self) -> str:
        """`text/html` of `Text/HTML; charset=utf-8`; empty when the server named none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The body as JSON. Raises FetchError `bad_json`."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
            raise FetchError("bad_json", "The answer is not valid JSON.", url=self.url) from error


class WebClient:
    """Thread-safe. Kept connections were dialled through the same gate, so reuse cannot go around the check."""

    def __init__(
        self,
        *,
        allow: tuple[str, ...] = (),
        user_agent: str = "Millrace",
        resolve: Resolver = system_resolver,
        ca_file: str = "",
    ) -> None:
        self.user_agent = user_agent
        self._pools = urllib3.PoolManager(
            num_pools=64, maxsize=8, retries=False, ssl_context=tls_context(ca_file or certifi.where())
        )
        self._pools.pool_classes_by_scheme = guarded_pools(Gate(addresses.networks(allow), resolve))

    def fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        limits: Limits = Limits(),
        allow_redirect: AllowRedirect = True,
        cancelled: Callable[[], bool] | None = None,
        told: Told | None = None,
    ) -> Response:
        """One answer, after the redirects that `allow_redirect` lets pass: True, False (the 3xx is the answer), or a
        question `(from, to) -> bool`, whose no is FetchError `redirect_out_of_scope`. Any status is an answer.
        `cancelled` is asked several times a second while waiting. `told` gets a success's body as it comes. Raises
        FetchError."""
        started = time.monotonic()
        budget = Budget(started + limits.total_seconds, limits.connect_seconds, limits.read_seconds, cancelled)
        sent = {"user-agent": self.user_agent, "accept-encoding": ACCEPTED, "accept": "*/*"}
        sent.update({name.lower(): value for name, value in (headers or {}).items()})
        hops: list[str] = []
        url = _checked(url)
        while True:
            with spending(budget):
                answer = self._one_hop(method, url, sent, body, limits, budget, told)
            target = None if allow_redirect is False else redirect_target(answer)
            if target is None:
                elapsed = time.monotonic() - started
                return Response(url, answer.status, answer.headers, answer.body, elapsed, tuple(hops))
            if target == url or target in hops:
                raise FetchError("too_many_redirects", "The page redirects in a circle.", url=url, target=target)
            if len(hops) >= limits.max_redirects:
                raise FetchError(
                    "too_many_redirects", f"More than {limits.max_redirects} redirects.", url=url, target=target
                )
            if callable(allow_redirect) and not allow_redirect(url, target):
                raise FetchError("redirect_out_of_scope", f"The page redirects to {target}.", url=url, target=target)
            if _origin(target) != _origin(url):
                sent = {name: value for name, value in sent.items() if name in _HARMLESS}
            if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
                method, body = "HEAD" if method == "HEAD" else "GET", None
            hops.append(url)
            url = target

    def _one_hop(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        body: bytes | None,
        limits: Limits,
        budget: Budget,
        told: Told | None,
    ) -> Response:
        budget.url = url
        dialled = budget.dialled
        try:
            return self._exchange(method, url, headers, body, limits, budget, told)
        except FetchError as error:
            # A kept connection that the server had closed: it never saw the request, ask once more on a fresh one.
            kept = budget.dialled == dialled
            if error.code != "connection_lost" or not kept or method not in ("GET", "HEAD"):
                raise
        return self._exchange(method, url, headers, body, limits, budget, told)

    def _exchange(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        body: bytes | None,
        limits: Limits,
        budget: Budget,
        told: Told | None,
    ) -> Response:
        parts = urlsplit(url)
        raw: BaseHTTPResponse | None = None
        whole = False
        try:
            pool = self._pools.connection_from_host(parts.hostname, parts.port, parts.scheme)
            raw = pool.urlopen(
                method,
                urlunsplit(("", "", parts.path, parts.query, "")),
                body=body,
                headers=headers,
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
                timeout=urllib3.Timeout(connect=limits.connect_seconds, read=min(limits.read_seconds, budget.left())),
            )
            found = {name.lower(): value.replace("\0", "") for name, value in raw.headers.items()}
            content = _body(raw, method, url, found, limits, told)
            whole = True
            return Response(url, raw.status, found, content, 0.0)
        except (SSLError, broken.SSLError) as error:
            raise FetchError("tls_failed", f"The encrypted connection failed: {_reason(error)}", url=url) from error
        except (TimeoutError, broken.TimeoutError) as error:
            raise FetchError("timeout", "The server did not answer in time.", url=url) from error
        except broken.LocationValueError as error:
            raise FetchError("bad_url", "The URL cannot be read.", url=url) from error
        except (OSError, HTTPException, broken.HTTPError) as error:
            raise FetchError("connection_lost", "The server broke the connection off.", url=url) from error
        finally:
            if raw is not None and not whole:
                raw.close()


def _body(
    raw: BaseHTTPResponse, method: str, url: str, headers: Mapping[str, str], limits: Limits, told: Told | None
) -> bytes:
    """The decoded body, within the caps. The type is judged before a byte of it is read."""
    success = 200 <= raw.status < 300
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if success and limits.types and media_type and media_type not in limits.types:
        raise FetchError("wrong_type", f"The answer is of type {media_type[:80]}.", url=url)
    length = headers.get("content-length", "")
    if success and method != "HEAD" and length.isdigit() and int(length) > limits.max_bytes:
        raise FetchError("too_large", f"The answer is larger than {limits.max_bytes} bytes.", url=url)
    try:
        decoder = Decoder(headers.get("content-encoding", ""), limits.max_bytes if success else ERROR_BYTES)
        while chunk := raw.read1(CHUNK_BYTES, decode_content=False):
            before = len(decoder.body)
            decoder.feed(chunk)
            if told is not None and success:
                told(bytes(decoder.body[before:]))
        return decoder.finish()
    except TooMuch as error:
        if success:
            raise FetchError("too_large", f"The answer is larger than {limits.max_bytes} bytes.", url=url) from error
        raw.close()
        return bytes(decoder.body[:ERROR_BYTES])
    except NotDecodable as error:
        if success:
            raise FetchError("bad_encoding", str(error), url=url) from error
        raw.close()
        return b""


def _checked(url: str) -> str:
    """The URL as it is sent: quoted, IDNA host, no fragment. Raises FetchError `bad_url`."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = ascii_host(parts.hostname or "")
    except (ValueError, BadUrl) as error:
        raise FetchError("bad_url", "The URL cannot be read.", url=url) from error
    if parts.scheme not in PORTS:
        raise FetchError("bad_url", "Only http and https are called.", url=url)
    if "@" in parts.netloc or "\\" in parts.netloc:
        raise FetchError("bad_url", "A URL with credentials is not called.", url=url)
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != PORTS[parts.scheme]:
        netloc = f"{netloc}:{port}"
    path = quote(parts.path, safe=_SAFE) or "/"
    return urlunsplit((parts.scheme, netloc, path, quote(parts.query, safe=_SAFE + "?"), ""))


def redirect_target(answer: Response) -> str | None:
    """Where an answer redirects to, as it would be sent; None when it does not. Raises FetchError `bad_url`."""
    location = answer.headers.get("location", "")
    if answer.status not in REDIRECTS or not location:
        return None
    raw = location.encode("latin-1", "ignore")  # http.client decoded the bytes that way
    try:
        return _checked(urljoin(answer.url, quote(raw, safe=_SAFE + "?#[]")))
    except ValueError as error:
        raise FetchError("bad_url", "The page redirects to something that is no URL.", url=answer.url) from error


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts: SplitResult = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _reason(error: BaseException) -> str:
    text = str(getattr(error, "verify_message", "") or error)
    return text[:200]


@lru_cache(maxsize=4)
def _client(allow: tuple[str, ...], user_agent: str) -> WebClient:
    return WebClient(allow=allow, user_agent=user_agent)


def client() -> WebClient:
    """The client of this process, with the egress rules and the user agent of its settings."""
    wanted = settings()
    return _client(wanted.egress.allow, f"MillraceBot/1.0 (+{wanted.base_url}/bot)")


def fetch(method: str, url: str, **options: Any) -> Response:
    """`client().fetch(…)`."""
    return client().fetch(method, url, **options)


def call_json(
    method: str,
    url: str,
    payload: Any = None,
    *,
    headers: Mapping[str, str] | None = None,
    limits: Limits = Limits(),
    cancelled: Callable[[], bool] | None = None,
    told: Told | None = None,
) -> Response:
    """A provider's JSON endpoint: `payload` goes out as JSON, redirects are not followed (they would carry the key).

    `told` gets the body as it comes. Any status is an answer; read it with `.status` and `.json()`. Raises FetchError.
    """
    sent = {"accept": "application/json", **{name.lower(): value for name, value in (headers or {}).items()}}
    body = None
    if payload is not None:
        sent["content-type"] = "application/json"
        body = msgspec.json.encode(payload)
    return client().fetch(
        method, url, headers=sent, body=body, limits=limits, allow_redirect=False, cancelled=cancelled, told=told
    )
