"""The Clisonix contract, path by path."""

from __future__ import annotations

from typing import Any

from api.clisonix.auth import Login, Refresh

ROUTES: tuple[tuple[str, Any], ...] = (
    ("/v1/auth/login", Login()),
    ("/v1/auth/refresh", Refresh()),
)
