"""The paths of run tracking and what serves them."""

from __future__ import annotations

from typing import Any

from api.runs.analytics import Models, Overview, Prompts, Timeline
from api.runs.track import Runs

ROUTES: tuple[tuple[str, Any], ...] = (
    ("/api/integrations/run", Runs()),
    ("/api/analytics/overview", Overview()),
    ("/api/analytics/models", Models()),
    ("/api/analytics/prompts", Prompts()),
    ("/api/analytics/timeline", Timeline()),
)
