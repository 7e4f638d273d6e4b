"""What a logo can be asked to be; light, because the tool's schema is made of it."""

from __future__ import annotations

from typing import Literal

Style = Literal["modern", "vintage", "minimalist", "playful"]
Icon = Literal[
    "bolt", "bubble", "cup", "drop", "flower", "gem", "heart", "house", "leaf", "moon", "mountain", "music", "paw",
    "spark", "star", "sun", "wave",
]  # fmt: skip
Layout = Literal["wordmark", "horizontal", "stacked", "badge", "icon"]
