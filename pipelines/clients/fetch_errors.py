"""What can go wrong with a call out, as a closed vocabulary that stages and people can act on."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, get_args

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
    """The wait that a Retry-After header in seconds asks for; its date form is left to the caller's own back-off."""
    if header is None or not header.strip().isdigit():
        return None
    return min(timedelta(seconds=min(int(header.strip()), 10**6)), at_most)
