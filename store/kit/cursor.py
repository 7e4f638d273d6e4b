"""Opaque page cursors: where a keyset page ended. Checked when they come back, not signed.

Every query takes the workspace from the caller and not from the cursor, so a made-up one can only move its maker
within what it may see anyway; what must hold is that a malformed one is refused by name.
"""

from __future__ import annotations

import base64
from typing import TypeVar

import msgspec

from store.kit import structs
from store.kit.errors import InvalidInput

T = TypeVar("T")
MAX_LENGTH = 512


def encode(kind: str, place: object) -> str:
    """A cursor for the listing `kind` that goes on after `place` (a JSON value)."""
    return base64.urlsafe_b64encode(msgspec.json.encode([kind, place])).rstrip(b"=").decode()


def decode(kind: str, text: str, place: type[T]) -> T:
    """The place of a cursor of the same listing, as the type `place`. Raises InvalidInput that names `cursor`."""
    try:
        raw = base64.b64decode(text[:MAX_LENGTH] + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        found = structs.decode(raw, tuple[str, place])  # type: ignore[valid-type]
    except (ValueError, msgspec.DecodeError) as error:
        raise InvalidInput("`cursor` is not one that this listing gave out.", field="cursor") from error
    if found[0] != kind:
        raise InvalidInput("`cursor` belongs to another listing.", field="cursor")
    return found[1]
