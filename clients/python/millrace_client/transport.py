"""Transport: one HTTP session with a key, retries that cannot do a thing twice, and errors as exceptions.

A request is sent again when the answer says that nothing was done (429, 503), or when none came and the request may
safely come twice: it only reads, replaces or deletes, or it carries an Idempotency-Key that its endpoint honours.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from millrace_client.errors import ConnectionFailed, error_of

USER_AGENT = "millrace-python/1"
NOTHING_DONE = (429, 503)
MAYBE_DONE = (500, 502, 504)
REPEATABLE = ("GET", "PUT", "DELETE", "HEAD")
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0  # a longer Retry-After is the caller's to decide on: it is raised at once


class Transport:
    """`base_url` ends with the version (`…/v1`); `timeout` is in seconds, for one attempt."""

    def __init__(self, api_key: str | None, base_url: str, *, timeout: float = 60.0, max_retries: int = 3) -> None:
        self.base_url = base_url.rstrip("/")
        self.timeout = timeout
        self.max_retries = max_retries
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT
        if api_key:
            self.authorize(api_key)

    def authorize(self, token: str) -> None:
        """Use this key or session token from now on."""
        self._session.headers["Authorization"] = f"Bearer {token}"

    def json(self, method: str, path: str, *, idempotent: bool = False, **options: Any) -> Any:
        """The decoded answer, None for an empty one. Raises APIError. `idempotent`: the endpoint honours a key."""
        answer = self.send(method, path, idempotent=idempotent, **options)
        return answer.json() if answer.content else None

    def stream(self, method: str, path: str, **options: Any) -> requests.Response:
        """An answer whose body is read as it comes; close it, or use it as a context manager."""
        return self.send(method, path, stream=True, **options)

    def send(self, method: str, path: str, *, idempotent: bool = False, **options: Any) -> requests.Response:
        """The answer, if it is a good one. Raises APIError for all others."""
        headers = dict(options.pop("headers", {}))
        if idempotent:
            headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        may_repeat = idempotent or method in REPEATABLE
        params = {name: value for name, value in options.pop("params", {}).items() if value is not None}
        for attempt in range(self.max_retries + 1):
            is_last = attempt == self.max_retries
            try:
                answer = self._session.request(
                    method, self.base_url + path, headers=headers, params=params, timeout=self.timeout, **options
                )
            except (requests.ConnectionError, requests.Timeout) as error:
                if is_last or not may_repeat:
                    raise ConnectionFailed("connection_failed", str(error)) from error
                time.sleep(_pause(attempt, None))
                continue
            if answer.ok:
                return answer
            wait = _retry_after(answer.headers)
            again = answer.status_code in NOTHING_DONE or (may_repeat and answer.status_code in MAYBE_DONE)
            if is_last or not again or (wait or 0) > LONGEST_PAUSE_SECONDS or _is_used_up(options):
                raise _error(answer, wait)
            answer.close()
            time.sleep(_pause(attempt, wait))
        raise AssertionError("unreachable")


def events(answer: requests.Response) -> Iterator[str]:
    """The `data` of each Server-Sent Event (WHATWG HTML, section 9.2), as text."""
    lines: list[str] = []
    for raw in answer.iter_lines(chunk_size=None):
        line = raw.decode("utf-8")
        if line.startswith("data:"):
            lines.append(line[5:].removeprefix(" "))
        elif not line and lines:
            yield "\n".join(lines)
            lines = []


def _is_used_up(options: Mapping[str, Any]) -> bool:
    """Whether the body was a stream that cannot be sent a second time."""
    return "files" in options or hasattr(options.get("data"), "read")


def _pause(attempt: int, wait: float | None) -> float:
    """What the server asks for, else exponential back-off with full jitter on its upper half."""
    if wait is not None:
        return wait
    return min(FIRST_PAUSE_SECONDS * 2.0**attempt, LONGEST_PAUSE_SECONDS) * random.uniform(0.5, 1.0)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from either form that RFC 9110 has for Retry-After."""
    given = headers.get("Retry-After")
    if given is None:
        return None
    try:
        return max(float(given), 0.0)
    except ValueError:
        try:
            return max((parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds(), 0.0)
        except (TypeError, ValueError):
            return None


def _error(answer: requests.Response, wait: float | None) -> Exception:
    try:
        body = answer.json()
    except ValueError:
        body = None
    return error_of(answer.status_code, body, retry_after=wait, request_id=answer.headers.get("X-Request-ID"))
