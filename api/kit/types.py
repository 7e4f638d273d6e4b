"""Bases of request and response types.

`Own` is for our own endpoints: unknown fields are refused. `Camel` and `Snake` are for the five contracts, which
ignore what they don't know, so that a client may send back what it got.
"""

from __future__ import annotations

from msgspec import Struct


class Own(Struct, kw_only=True, forbid_unknown_fields=True):
    """Input of our own endpoints, in snake_case."""


class Snake(Struct, kw_only=True):
    """Types of the insydr, craudioviz and clisonix contracts."""


class Camel(Struct, kw_only=True, rename="camel"):
    """Types of the vistralai and runs contracts: `website_url` is `websiteUrl` on the wire."""
