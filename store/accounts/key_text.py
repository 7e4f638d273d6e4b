"""How an API key is written: `sk_live_<public id>_<secret><checksum>`.

Kind and mode can be read from it, the public id finds its row, the secret has 32 random bytes, and the
checksum lets a scanner, and us, tell a key from a guess without a query (the idea is GitHub's, in "Behind
GitHub's new authentication token formats", 2021). Only letters and digits after the prefix: it can be
selected with a double click.
"""

from __future__ import annotations

import hmac
import re
import secrets
import zlib
from typing import Literal

from msgspec import Struct

from store.accounts.tokens import sha256

Kind = Literal["secret", "publishable"]
Mode = Literal["live", "test"]
PREFIXES: dict[str, Kind] = {"sk": "secret", "pk": "publishable"}
_LETTERS = {kind: letters for letters, kind in PREFIXES.items()}
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PUBLIC = 10  # characters: 59 bits, unique by the schema
_SECRET = 43  # characters of base 62 that hold 32 bytes
_CHECK = 6  # characters of base 62 that hold a CRC-32
_SHAPE = re.compile(
    rf"(sk|pk)_(live|test)_([0-9A-Za-z]{{{_PUBLIC}}})_([0-9A-Za-z]{{{_SECRET}}})([0-9A-Za-z]{{{_CHECK}}})"
)


class NewKey(Struct, frozen=True):
    """A key just made: the only moment its `text` is known."""

    text: str
    public_id: str
    sha256: bytes
    last4: str


def mint(kind: Kind, mode: Mode) -> NewKey:
    """A fresh key of this kind and mode."""
    public_id = "".join(secrets.choice(_ALPHABET) for _ in range(_PUBLIC))
    body = f"{_LETTERS[kind]}_{mode}_{public_id}_{_base62(int.from_bytes(secrets.token_bytes(32)), _SECRET)}"
    text = body + _checksum(body)
    return NewKey(text=text, public_id=public_id, sha256=sha256(text), last4=text[-4:])


def public_id(text: str) -> str | None:
    """The public id of a well-written key; None for anything that no mint of ours can have made."""
    shape = _SHAPE.fullmatch(text)
    if shape is None or not hmac.compare_digest(_checksum(text[:-_CHECK]), shape[5]):
        return None
    return shape[3]


def looks_like_key(text: str) -> bool:
    """Whether a bearer credential means to be a key rather than a session token."""
    return text.startswith(("sk_", "pk_"))


def beginning(*, kind: str, mode: str, public_id: str) -> str:
    """`sk_live_4fk2p0Qa3B`: what is no secret of a key."""
    return f"{_LETTERS[kind]}_{mode}_{public_id}"  # type: ignore[index]


def masked(*, kind: str, mode: str, public_id: str, last4: str) -> str:
    """`sk_live_4fk2…x9Qz`: enough to recognise a key by."""
    return f"{_LETTERS[kind]}_{mode}_{public_id[:4]}…{last4}"  # type: ignore[index]


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECK)


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
