"""E-mail addresses: one spelling per mailbox, so that an address is one account."""

from __future__ import annotations

import re

import idna

from store.kit.errors import InvalidInput

LONGEST = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")  # RFC 5321 Dot-string
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")


def normal(email: str) -> str:
    """The address in lower case with its domain in A-labels. Raises InvalidInput naming `email`."""
    local, _, domain = email.strip().rpartition("@")
    local, domain = local.lower(), domain.lower()
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            domain = ""
    if len(local) > 64 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise _refused()
    address = f"{local}@{domain}"
    if len(address) > LONGEST:
        raise _refused()
    return address


def find_normal(email: str) -> str | None:
    """As `normal`, but None for what cannot be an address: nobody has an account under it."""
    try:
        return normal(email)
    except InvalidInput:
        return None


def _refused() -> InvalidInput:
    return InvalidInput(
        "This is not an e-mail address that mail can be sent to.", field="email", expectedFormat="user@example.com"
    )
