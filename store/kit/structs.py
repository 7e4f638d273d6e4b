"""Decoding into structs, safely from any thread. The only place that hands a type to msgspec.

msgspec 0.22 learns a type at its first use, piece by piece, and lets other threads see the half of it: two threads that
meet a struct of structs for the first time end the process (SIGSEGV). Here each type is learned once, under a lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_known: set[Any] = set()
_learning = threading.RLock()  # a module that is imported while a type is learned may learn types of its own


def convert(
    value: Any,
    kind: type[T],
    *,
    strict: bool = True,
    from_attributes: bool = False,
    dec_hook: Callable[[type, Any], Any] | None = None,
) -> T:
    """`msgspec.convert`: plain values as `kind`. Raises msgspec.ValidationError."""
    learn(kind)
    return msgspec.convert(value, kind, strict=strict, from_attributes=from_attributes, dec_hook=dec_hook)


def decode(raw: bytes | str, kind: type[T]) -> T:
    """JSON text as `kind`. Raises msgspec.DecodeError, of which ValidationError is a kind."""
    learn(kind)
    return msgspec.json.decode(raw, type=kind)


def decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    """A decoder to keep, for a type that is decoded often."""
    learn(kind)
    return msgspec.json.Decoder(kind)


def learn(kind: Any) -> None:
    """See to it that msgspec knows the type, and all the types inside it, as a whole."""
    if kind in _known:
        return
    with _learning:
        if kind not in _known:
            msgspec.json.Decoder(kind)
            _known.add(kind)
