"""What can go wrong with a call out, as a closed vocabulary that stages and people can act on."""

from __future__ import annotations

from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal, get_args

from store.kit.clock import utc_now

Code = Literal[
    "bad_url",  # cannot be read, odd scheme, credentials inside
    "address_refused",  # private, loopback, link-local or special
    "port_refused",  # not 80 or 443
    "dns_failed",
    "connect_failed",
    "tls_failed",
    "timeout",
    "connection_lost",  # broken off, or not HTTP at all
    "too_large",
    "wrong_type",
    "bad_encoding",  # a Content-Encoding we don't speak, or one that does not decode
    "too_many_redirects",
    "redirect_out_of_scope",
    "bad_json",
    "cancelled",
]
CODES: tuple[str, ...] = get_args(Code)
_WORTH_A_RETRY = frozenset({"dns_failed", "connect_failed", "timeout", "connection_lost"})


class FetchError(Exception):
    """`code` is one of CODES, `message` a sentence, `url` the hop that failed, `target` the redirect refused."""

    def __init__(self, code: Code, message: str, *, url: str = "", target: str | None = None) -> None:
        super().__init__(message)
        self.code: Code = code
        self.message = message
        self.url = url
        self.target = target

    @property
    def retry_helps(self) -> bool:
        """Whether the same call may succeed later."""
        return self.code in _WORTH_A_RETRY


def retry_after(header: str | None, *, at_most: timedelta) -> timedelta | None:
    """The wait that a Retry-After header asks for, in seconds or as a date (RFC 9110 §10.2.3); None without a good one."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), at_most)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(moment - utc_now(), timedelta(0)), at_most)
