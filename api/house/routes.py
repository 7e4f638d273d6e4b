"""The house's own pages."""

from __future__ import annotations

from typing import Any

from api.house.health import Health
from api.house.metrics import Metrics
from api.house.openapi import OpenApi

OPENAPI = OpenApi()
ROUTES: tuple[tuple[str, Any], ...] = (
    ("/health", Health()),
    ("/metrics", Metrics()),
    ("/openapi.json", OPENAPI),
)
