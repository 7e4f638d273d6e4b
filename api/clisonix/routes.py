"""The Clisonix contract, path by path."""

from __future__ import annotations

from typing import Any

from api.clisonix.analytics import AnalyticsSummary
from api.clisonix.auth import Login, Refresh
from api.clisonix.ocean import OceanChat, OceanStream
from api.clisonix.users import Me

ROUTES: tuple[tuple[str, Any], ...] = (
    ("/v1/auth/login", Login()),
    ("/v1/auth/refresh", Refresh()),
    ("/v1/users/me", Me()),
    ("/v1/ocean/v2/chat", OceanChat()),
    ("/v1/ocean/v2/stream", OceanStream()),
    ("/v1/analytics/summary", AnalyticsSummary()),
)
