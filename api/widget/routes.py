"""The widget's script and its demo page; what it calls is in api/insydr/widget.py."""

from __future__ import annotations

from typing import Any

from api.widget.page import Demo, DemoAsset
from api.widget.script import Script

ROUTES: tuple[tuple[str, Any], ...] = (
    ("/widget.js", Script()),
    ("/widget/demo", Demo()),
    ("/widget/demo/{asset}", DemoAsset()),
)
