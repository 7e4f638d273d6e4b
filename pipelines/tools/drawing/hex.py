"""Colours as people write them: `#FF5733` or `#f53`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

Hex = Annotated[str, Meta(pattern="^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$", examples=["#FF5733"])]
