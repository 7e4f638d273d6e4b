"""Which web pages may use a publishable key: `allowed_domains` against a browser's Origin header.

It keeps honest browsers of other sites away, no more: a program can send any Origin. Hosts are compared as whole
labels in lower-case A-labels. `a.com` is itself; `*.a.com` is everything below it, one label or more, not `a.com`.
An entry may end in `:port`; without one the scheme's own port and any other are fine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from store.kit.errors import InvalidInput
from store.kit.urls import BadUrl, ascii_host

MOST = 100
_ORIGIN = re.compile(r"https?://[^/?#@\\\s]+", re.IGNORECASE)
_ENTRY = re.compile(r"(?P<any>\*\.)?(?P<host>[^*:/?#@\\\s\[\]]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?")


def checked(domains: Sequence[str]) -> tuple[str, ...]:
    """The entries in the form that is stored and shown, each once. Raises InvalidInput naming `allowed_domains`."""
    if len(domains) > MOST:
        raise InvalidInput(f"A key has at most {MOST} domains.", field="allowed_domains")
    return tuple(dict.fromkeys(_checked(one) for one in domains))


def allows(domains: Sequence[str], origin: str | None) -> bool:
    """Whether a page of this origin may use a key with these (checked) domains; without any, everyone may."""
    if not domains:
        return True
    if origin is None or not _ORIGIN.fullmatch(origin):
        return False
    try:
        parts = urlsplit(origin)
        host, port = ascii_host(parts.hostname or ""), parts.port
    except (BadUrl, ValueError):
        return False
    usual = 443 if parts.scheme.lower() == "https" else 80
    return any(_matches(entry, host, port or usual) for entry in domains)


def _matches(entry: str, host: str, port: int) -> bool:
    found = _ENTRY.fullmatch(entry)
    if found is None or (found["port"] is not None and int(found["port"]) != port):
        return False
    wanted = found["host"].strip("[]")
    return host.endswith("." + wanted) if found["any"] else host == wanted


def _checked(text: str) -> str:
    found = _ENTRY.fullmatch(text.strip())
    if found is None:
        raise _refused(text)
    try:
        host = ascii_host(found["host"].strip("[]"))
    except BadUrl:
        raise _refused(text) from None
    port = found["port"]
    is_lone_label = "." not in host and ":" not in host and host != "localhost"
    if is_lone_label or (port is not None and not 0 < int(port) < 65536) or (found["any"] and ":" in host):
        raise _refused(text)
    shown = f"[{host}]" if ":" in host else host
    return (found["any"] or "") + shown + (f":{port}" if port is not None else "")


def _refused(text: str) -> InvalidInput:
    return InvalidInput(
        f"{text[:100]!r} is not a domain: write example.com, *.example.com or localhost:3000.",
        field="allowed_domains",
        expectedFormat="example.com",
    )
