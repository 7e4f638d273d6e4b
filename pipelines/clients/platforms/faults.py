"""What can go wrong with a call to an AI platform, by what to do about it. Judged by the body, not by the status alone.

The platform's own words stay out of messages: they may repeat the question or the key.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from pipelines.clients.fetch_errors import retry_after
from pipelines.clients.web import Response
from store.kit.clock import utc_now

Verdict = Literal["retry", "wait", "pause", "fail", "lost"]
"""retry: this call, after a moment. wait: this call and its siblings, when the platform says. pause: nothing of this
platform until an operator has done something, or a day has passed. fail: this call will never do. lost: nobody knows
whether it was answered, and billed."""

LONGEST = timedelta(days=2)
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")


class PlatformError(Exception):
    """`code` is ours and stable, `message` a sentence without secrets, `after` the wait that was asked for, if any."""

    def __init__(self, verdict: Verdict, code: str, message: str, *, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.verdict: Verdict = verdict
        self.code = code
        self.message = message
        self.after = after


class Refusal(msgspec.Struct, frozen=True):
    """An answer that is no success, read as far as it can be. `body` is its JSON, None when it is none."""

    status: int
    headers: Mapping[str, str]
    body: Any

    def error(self) -> dict[str, Any]:
        """The object under `error`, as most platforms have it; empty without one."""
        found = self.body.get("error") if isinstance(self.body, dict) else None
        return found if isinstance(found, dict) else {}

    def wait(self) -> timedelta | None:
        """The wait that the headers ask for."""
        return asked_wait(self.headers)


Judge = Callable[[Refusal], PlatformError | None]


def refused(name: str, response: Response, judge: Judge) -> PlatformError:
    """What an answer with a status other than 200 means: the platform's own judge first, then what all have in common."""
    try:
        body = msgspec.json.decode(response.body)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        body = None
    refusal = Refusal(response.status, response.headers, body)
    return judge(refusal) or by_status(name, refusal)


def by_status(name: str, refusal: Refusal) -> PlatformError:
    """What a status means where the body says nothing that is known."""
    status, after = refusal.status, refusal.wait()
    if refusal.headers.get("x-should-retry") == "false" and (status == 429 or status >= 500):
        return PlatformError(
            "fail", "refused", f"{name} answered with status {status} and does not want to be asked again."
        )
    if status in (401, 403):
        return unauthorized(name)
    if status == 402:
        return unpaid(name)
    if status == 429:
        return PlatformError("wait", "rate_limited", f"{name} asks to slow down.", after=after)
    if status in (408, 409) or status >= 500 or refusal.headers.get("x-should-retry") == "true":
        verdict: Verdict = "retry" if after is None else "wait"
        return PlatformError(verdict, "unavailable", f"{name} answered with status {status}.", after=after)
    if status == 404:
        return PlatformError("fail", "not_found", f"{name} does not know the model or the address that is configured.")
    return PlatformError("fail", "bad_request", f"{name} refused the request with status {status}.")


def unauthorized(name: str) -> PlatformError:
    """The key is wrong, or may not do this."""
    return PlatformError("pause", "unauthorized", f"{name} refused the key that is configured.")


def unpaid(name: str) -> PlatformError:
    """The account is empty, or has reached a bound on spending."""
    return PlatformError("pause", "billing", f"The account at {name} is empty or has reached its spending limit.")


def exhausted(name: str, after: timedelta | None = None) -> PlatformError:
    """A quota that comes back by itself, but not soon."""
    return PlatformError("pause", "quota_exhausted", f"The quota at {name} is used up for now.", after=after)


def bad_answer(name: str) -> PlatformError:
    """A 200 that does not have the platform's shape. It may have been paid for, and asking again may not help."""
    return PlatformError("fail", "bad_answer", f"The answer of {name} does not have its documented shape.")


def asked_wait(headers: Mapping[str, str]) -> timedelta | None:
    """The wait that an answer's headers ask for: the order is that of the vendors' own SDKs, then their reset times."""
    found = _number(headers.get("retry-after-ms"), 1e-3)
    if found is None:
        found = _number(headers.get("retry-after"), 1.0)
    if found is not None:
        return _bounded(found)
    dated = retry_after(headers.get("retry-after"), at_most=LONGEST)
    if dated is not None:
        return dated
    resets = [
        _reset(text)
        for name, text in headers.items()
        if name.startswith(("anthropic-ratelimit-", "x-ratelimit-"))
        and (name.endswith("-reset") or "-reset-" in name)
        and headers.get(_remaining(name)) == "0"
    ]
    known = [one for one in resets if one is not None]
    return max(known) if known else None


def duration(text: object) -> timedelta | None:
    """`"46s"`, `"6m0s"`, `"1h2m3.5s"`, `"20ms"`; None for anything else."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) and text else None
    if found is None:
        return None
    hours, minutes, seconds, millis = (float(part or 0) for part in found.groups())
    return _bounded(hours * 3600 + minutes * 60 + seconds + millis / 1000)


def _remaining(name: str) -> str:
    return (
        name.removesuffix("-reset") + "-remaining"
        if name.endswith("-reset")
        else name.replace("-reset-", "-remaining-")
    )


def _reset(text: str) -> timedelta | None:
    """A duration, or a moment (RFC 3339)."""
    given = duration(text)
    if given is not None:
        return given
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _bounded((moment - utc_now()).total_seconds())


def _number(text: str | None, unit: float) -> float | None:
    try:
        value = float(text or "") * unit
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _bounded(seconds: float) -> timedelta:
    return timedelta(seconds=min(max(seconds, 0.0), LONGEST.total_seconds()))
