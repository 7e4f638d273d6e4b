"""The house's own pages."""

from __future__ import annotations

from typing import Any

from api.house.health import Health
from api.house.metrics import Metrics
from api.house.openapi import OpenApi
from api.house.pages import Bot, Docs, PageAsset

OPENAPI = OpenApi()
ROUTES: tuple[tuple[str, Any], ...] = (
    ("/health", Health()),
    ("/metrics", Metrics()),
    ("/openapi.json", OPENAPI),
    ("/docs", Docs()),
    ("/docs/{asset}", PageAsset()),
    ("/bot", Bot()),
)
