"""Webhooks of the three surfaces that make them."""

from __future__ import annotations

from typing import Any

from api.webhooks.dialects import CRAUDIOVIZ, INSYDR, RUNS
from api.webhooks.resources import routes

ROUTES: tuple[tuple[str, Any], ...] = (*routes(CRAUDIOVIZ), *routes(INSYDR), *routes(RUNS))
