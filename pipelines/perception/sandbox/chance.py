"""Chance that comes out the same each time: drawn from names, not from a clock. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import TypeVar

T = TypeVar("T")


def number(*parts: object) -> int:
    """A number of 64 bits that these parts always give."""
    return int.from_bytes(blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest())


def share(*parts: object) -> float:
    """A number from 0 up to 1 that these parts always give."""
    return number(*parts) / 2**64


def dice(*parts: object) -> Random:
    """Dice that always fall the same way for these parts."""
    return Random(number(*parts))


def one_of(choices: Sequence[T], *parts: object) -> T:
    """One of the choices, always the same for these parts."""
    return choices[number(*parts) % len(choices)]
