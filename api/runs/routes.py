"""The paths of run tracking and what serves them."""

from __future__ import annotations

from typing import Any

from api.runs.alerts import AlertHistory, Alerts, OneAlert
from api.runs.analytics import Models, Overview, Prompts, Timeline
from api.runs.export import Export, ExportFile, Exports, OneExport
from api.runs.invitation_page import InvitationPage
from api.runs.team import Acceptance, Leave, Team, Teammate
from api.runs.track import Runs

ROUTES: tuple[tuple[str, Any], ...] = (
    ("/api/integrations/run", Runs()),
    ("/api/analytics/overview", Overview()),
    ("/api/analytics/models", Models()),
    ("/api/analytics/prompts", Prompts()),
    ("/api/analytics/timeline", Timeline()),
    ("/api/export", Export()),
    ("/api/export/files", Exports()),
    ("/api/export/{export_id}", OneExport()),
    ("/api/export/{export_id}/file", ExportFile()),
    ("/api/alerts", Alerts()),
    ("/api/alerts/{alert_id}", OneAlert()),
    ("/api/alerts/{alert_id}/history", AlertHistory()),
    ("/api/team", Team()),
    ("/api/team/accept", Acceptance()),
    ("/api/team/leave", Leave()),
    ("/api/team/{member_id}", Teammate()),
    ("/accept-invitation", InvitationPage()),  # where the link in the mail leads
)
