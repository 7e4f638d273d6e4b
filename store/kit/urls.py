"""URLs that people give us: a website to read, a webhook to call. Checked at the door, with a sentence.

This is politeness, not the guard: names are not resolved here. The guarded HTTP client decides at dial
time, on the addresses themselves. No heavy imports, so that the API may use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import idna

from store.kit import addresses
from store.kit.addresses import Network
from store.kit.errors import InvalidInput

MAX_LENGTH = 2048
SCHEMES = ("http", "https")
PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ufeff]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LOCAL_SUFFIXES = ("localhost", "local", "internal", "lan", "home.arpa", "onion")
_SAFE = "/%:@!$&'()*+,;=~-._"


class BadUrl(InvalidInput):
    """The URL cannot be used; the message is a sentence for the person who gave it."""

    code = "invalid_url"


def check_website_url(text: str, allow: Iterable[Network] = ()) -> str:
    """The URL in the form we keep: lower-case scheme and host, IDNA host, quoted path, no fragment.

    `allow` are networks that may be reached although they are private (`addresses.networks(egress.allow)`); their
    addresses may use any port. Raises BadUrl.
    """
    text = text.strip(" \t\r\n")
    if not text:
        raise BadUrl("The URL is empty.")
    if len(text) > MAX_LENGTH:
        raise BadUrl(f"The URL is longer than {MAX_LENGTH} characters.")
    if _CONTROL.search(text):
        raise BadUrl("The URL contains a space, a NUL or another control character.")
    if "\\" in text:
        raise BadUrl("The URL contains a backslash.")
    parts = _split(text)
    if parts.scheme not in SCHEMES or not text[len(parts.scheme) :].startswith("://"):
        raise BadUrl("The URL must start with http:// or https://.")
    if "@" in parts.netloc:
        raise BadUrl("The URL contains a user name or password; give it without credentials.")
    host = ascii_host(parts.hostname or "")
    port = _port(parts)
    _check_host(host, port, PORTS[parts.scheme], list(allow))
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != PORTS[parts.scheme]:
        netloc = f"{netloc}:{port}"
    path, query = quote(parts.path, safe=_SAFE) or "/", quote(parts.query, safe=_SAFE + "?")
    url = urlunsplit((parts.scheme, netloc, path, query, ""))
    if len(url) > MAX_LENGTH:
        raise BadUrl(f"The URL is longer than {MAX_LENGTH} characters once its special characters are encoded.")
    return url


def ascii_host(host: str) -> str:
    """The host as the DNS knows it: lower case, IDNA (UTS 46), no final dot. Raises BadUrl."""
    host = host.rstrip(".").lower()
    if not host:
        raise BadUrl("The URL names no host.")
    if ":" in host:  # IPv6
        return host
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise BadUrl(f"The host name {host!r} is not a valid international domain name.") from error
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadUrl(f"The host name {host!r} is not valid.")
    return host


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError as error:  # unbalanced brackets, a netloc that changes under NFKC
        raise BadUrl("The URL cannot be read.") from error


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError as error:
        raise BadUrl("The URL's port is not a number from 1 to 65535.") from error
    if port == 0:
        raise BadUrl("The URL's port is not a number from 1 to 65535.")
    return port


def _check_host(host: str, port: int | None, usual_port: int, allow: list[Network]) -> None:
    """Refuses what can be seen to be private without a look-up, and ports other than 80 and 443."""
    address = addresses.literal(host)
    if address is not None:
        if addresses.is_allowed(address, allow):
            return
        if not addresses.is_public(address):
            raise BadUrl(f"{host} is a private or special address; only public websites can be read.")
    elif not allow and ("." not in host or host.endswith(tuple("." + suffix for suffix in _LOCAL_SUFFIXES))):
        raise BadUrl(f"{host!r} is not a public host name; only public websites can be read.")
    if not allow and (port or usual_port) not in PORTS.values():
        raise BadUrl("Only the ports 80 and 443 can be used.")
