"""A workspace's name as a word of a URL: `My Company` is `my-company`."""

from __future__ import annotations

import re
import secrets
import unicodedata

LONGEST = 48
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def slug_of(name: str) -> str:
    """Lower-case ASCII letters, digits and single hyphens; `workspace` when the name has none of them."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST].strip("-") or "workspace"


def another(slug: str) -> str:
    """The slug with an ending of its own, for when the plain one is taken."""
    return f"{slug}-{''.join(secrets.choice(_ALPHABET) for _ in range(6))}"
