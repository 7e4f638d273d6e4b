"""The house's own pages."""

from __future__ import annotations

from typing import Any

from api.house.health import Health

ROUTES: tuple[tuple[str, Any], ...] = (("/health", Health()),)
