"""Request: Falcon's, made safe to build from any bytes, with the few facts that our resources ask for."""

from __future__ import annotations

import random
import re
import time
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import quote

import falcon.asgi

from api.kit.surface import Surface, surface_of
from store.accounts.principals import Principal
from store.kit.errors import InvalidInput
from store.kit.settings import settings

_REQUEST_ID = re.compile(rb"[A-Za-z0-9_-]{8,64}")
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_FORWARDING = (b"x-forwarded-for", b"forwarded", b"x-real-ip")


class Request(falcon.asgi.Request):
    """One request. `surface` is the contract that its path belongs to, `place` the workspace that its path names,
    `is_page` whether it asks for what web pages open with a publishable key.

    `client_address` believes X-Forwarded-For only from `server.trusted_proxies`.
    """

    def __init__(self, scope: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        if not scope["query_string"].isascii():
            # Falcon decodes the query before any error handler is in place; as escapes it is judged later, by us.
            scope = {**scope, "query_string": quote(scope["query_string"], safe="%&=+;,/:?@!$'()*[]").encode()}
        super().__init__(scope, *args, **kwargs)
        given = self._asgi_headers.get(b"x-request-id", b"")
        # Not new_id(): this is made for every request, and needs neither order nor the system's randomness.
        known = given and _REQUEST_ID.fullmatch(given)
        self.request_id = given.decode("ascii") if known else f"req_{random.getrandbits(80):020x}"
        self.surface: Surface = surface_of(self.path)
        self.place: str | None = None
        self.is_page = False
        self.limit_headers: dict[str, str] = {}
        self.caller: Principal | None = None
        self.begun_at = time.perf_counter()

    def header(self, name: bytes) -> str | None:
        """A header by its lower-case name."""
        value = self._asgi_headers.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def idempotency_key(self) -> str | None:
        """The Idempotency-Key header. Raises InvalidInput."""
        given = self.header(b"idempotency-key")
        if given is not None and not _IDEMPOTENCY_KEY.fullmatch(given):
            raise InvalidInput("`Idempotency-Key` must be 1 to 255 visible ASCII characters.", field="Idempotency-Key")
        return given

    @property
    def client_address(self) -> str:
        """The caller's address: the socket's, or the nearest forwarded one that no trusted proxy has."""
        client = self.scope.get("client")
        address = client[0] if client else "unix"
        if not settings().server.trusted_proxies or not _is_trusted(address):
            return address
        for hop in reversed((self.header(b"x-forwarded-for") or "").split(",")):
            if hop.strip():
                address = hop.strip()
                if not _is_trusted(address):
                    break
        return address

    @property
    def is_local(self) -> bool:
        """Whether the caller sits on this machine: a loopback socket and Host, and no proxy in between.

        The Host is checked because a web page elsewhere can point its own name at 127.0.0.1 (DNS rebinding).
        """
        client = self.scope.get("client")
        if not client or any(name in self._asgi_headers for name in _FORWARDING):
            return False
        host = re.sub(r":\d+$", "", self.header(b"host") or "").strip("[]")
        return _is_loopback(client[0]) and (host == "localhost" or _is_loopback(host))

    def accepts(self, media_type: str) -> bool:
        """Whether Accept names this type itself (a wildcard does not count)."""
        return media_type in (self.header(b"accept") or "")


def _is_loopback(text: str) -> bool:
    try:
        return ip_address(text).is_loopback
    except ValueError:
        return False


def _is_trusted(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return any(address in network for network in _networks(settings().server.trusted_proxies))


@lru_cache(maxsize=1)
def _networks(cidrs: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(cidr, strict=False) for cidr in cidrs]
