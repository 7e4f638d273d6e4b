"""How every platform is asked: what a question is, and one JSON call through the guarded client with its faults named.

A call whose connection broke, or that took longer than allowed, is `lost`: nobody knows whether it will be billed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from pipelines.clients.fetch_errors import FetchError
from pipelines.clients.platforms.faults import Judge, PlatformError, bad_answer, refused
from pipelines.clients.web import Limits, Response, call_json
from pipelines.pricing import Tokens
from pipelines.replies import Citation, Reply
from store.kit import structs
from store.kit.settings import settings

LONGEST_NAME = 200  # characters of what a server calls its model, and the request
_NEVER_SENT = frozenset({"bad_url", "address_refused", "port_refused", "dns_failed", "connect_failed", "tls_failed"})


class Question(Struct, frozen=True):
    """What is asked. `key` is the same each time this very question is asked, for platforms that know such keys."""

    text: str
    key: str


class Call:
    """The calls of one question to one platform, within one deadline (`seconds`, else platforms.timeout_seconds)."""

    def __init__(
        self, name: str, judge: Judge, *, cancelled: Callable[[], bool] | None = None, seconds: float | None = None
    ) -> None:
        self.name = name
        self._judge = judge
        self._cancelled = cancelled
        self._ends = time.monotonic() + (seconds or settings().platforms.timeout_seconds)
        self._answered = False

    def json(self, method: str, url: str, payload: Any = None, *, headers: Mapping[str, str] | None = None) -> Any:
        """The body of a 200, as JSON values. Raises PlatformError."""
        return self.respond(method, url, payload, headers=headers)[0]

    def respond(
        self, method: str, url: str, payload: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> tuple[Any, Mapping[str, str]]:
        """(body, headers) of a 200. Raises PlatformError."""
        response = self._send(method, url, payload, headers or {})
        if response.status != 200:
            raise refused(self.name, response, self._judge)
        self._answered = True
        try:
            return msgspec.json.decode(response.body), response.headers
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            # An answer of a gateway in between, or one that was cut off: the platform may have done its work.
            raise PlatformError("lost", "bad_answer", f"The answer of {self.name} is not valid JSON.") from None

    def _send(self, method: str, url: str, payload: Any, headers: Mapping[str, str]) -> Response:
        wanted = settings().platforms
        left = max(self._ends - time.monotonic(), 0.001)
        limits = Limits(read_seconds=left, total_seconds=left, max_bytes=wanted.answer_bytes, max_redirects=0)
        try:
            return call_json(method, url, payload, headers=headers, limits=limits, cancelled=self._cancelled)
        except FetchError as error:
            fault = _unreached(self.name, error)
        raise fault  # outside of the handler: the fetch error knows the URL, and a key may be part of it


def _unreached(name: str, error: FetchError) -> PlatformError:
    if error.code in ("address_refused", "port_refused", "bad_url"):
        return PlatformError(
            "pause", error.code, f"The address configured for {name} may not be called (egress.allow)."
        )
    if error.code in _NEVER_SENT:
        return PlatformError("retry", "unreachable", f"{name} could not be reached: {error.code}.")
    if error.code == "too_large":
        return PlatformError("fail", "too_large", f"The answer of {name} is larger than allowed.")
    if error.code == "bad_encoding":
        return PlatformError("lost", "bad_answer", f"The answer of {name} cannot be decoded.")
    code = "timeout" if error.code == "timeout" else "connection_lost"
    return PlatformError("lost", code, f"{name} did not answer in time." if code == "timeout" else f"{name} broke off.")


class Platform(Protocol):
    """What one file of this folder offers."""

    @property
    def name(self) -> str:
        """As the contract and the settings call it."""

    @property
    def price_provider(self) -> str | None:
        """The provider's name in the price lists, "" to go by the model's name; None: its calls have no list price."""

    @property
    def model(self) -> str:
        """What is asked, as configured."""

    def expected(self) -> Tokens:
        """What a call is thought to use, a little too much rather than too little."""

    def ask(self, question: Question, *, cancelled: Callable[[], bool] | None = None) -> Reply:
        """One answer. Raises PlatformError."""


def reading(name: str, read: Callable[[], Reply]) -> Reply:
    """`read()`, where a body without the documented shape is a PlatformError and no crash. NUL, which cannot be stored,
    is left out of whatever the platform said."""
    try:
        told = msgspec.to_builtins(read())
        if told.get("request_id") is not None:
            told["request_id"] = str(told["request_id"])
        reply = structs.convert(without_nul(told), Reply)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, msgspec.ValidationError) as error:
        raise bad_answer(name) from error
    return msgspec.structs.replace(
        reply,
        citations=tuple(_inside(one, len(reply.text)) for one in reply.citations),
        model=reply.model[:LONGEST_NAME],
        request_id=reply.request_id and reply.request_id[:LONGEST_NAME],
    )


def _inside(cited: Citation, length: int) -> Citation:
    """A citation whose place is no part of the text is one of the whole answer."""
    start, end = cited.start, cited.end
    if (start is None and end is None) or (start is not None and end is not None and start <= end <= length):
        return cited
    return msgspec.structs.replace(cited, start=None, end=None)


def without_nul(value: Any) -> Any:
    """JSON values without NUL in any text: Postgres stores none."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {name: without_nul(inner) for name, inner in value.items()}
    return [without_nul(inner) for inner in value] if isinstance(value, list | tuple) else value
