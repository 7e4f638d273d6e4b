"""The VistralAI contract, path by path."""

from __future__ import annotations

from typing import Any

from api.vistralai.admin import QueueStats, ReviewQueueDashboard
from api.vistralai.aeo.corrections import ApproveCorrection, Corrections, VerifyCorrection
from api.vistralai.aeo.insights import DismissInsight, Insights
from api.vistralai.aeo.prompts import PromptGeneration, Prompts
from api.vistralai.aeo.reports import ReportDownload, ReportExport, ReportSummary
from api.vistralai.aeo.scans import CancelScan, RejudgeScan, Scan, ScanAnswers, ScanPreview, Scans
from api.vistralai.aeo.schedules import ScheduleById, Schedules
from api.vistralai.auth import ConfirmResetPassword, Login, Logout, Register, ResetPassword, VerifyEmail
from api.vistralai.brand360.entries import (
    CompetitorById,
    CompetitorsOfBrand,
    PersonaById,
    PersonasOfBrand,
    ProductById,
    ProductsOfBrand,
)
from api.vistralai.brand360.sections import (
    AudienceOfBrand,
    IdentityOfBrand,
    MarketPositionOfBrand,
    PositioningOfBrand,
)
from api.vistralai.magic_import import MagicImport, MagicImportById
from api.vistralai.onboarding import Analyze, ApproveReview, RejectReview, ReviewQueueOfJob
from api.vistralai.verify_page import VerifyPage

ROUTES: tuple[tuple[str, Any], ...] = (
    ("/api/auth/register", Register()),
    ("/api/auth/login", Login()),
    ("/api/auth/logout", Logout()),
    ("/api/auth/verify-email", VerifyEmail()),
    ("/api/auth/reset-password", ResetPassword()),
    ("/api/auth/reset-password/confirm", ConfirmResetPassword()),
    ("/verify-email", VerifyPage()),  # where the link in the mail leads
    ("/api/onboarding/analyze", Analyze()),
    ("/api/onboarding/review-queue", ReviewQueueOfJob()),
    ("/api/onboarding/review-queue/approve", ApproveReview()),
    ("/api/onboarding/review-queue/reject", RejectReview()),
    ("/api/brand-360/identity", IdentityOfBrand()),
    ("/api/brand-360/market-position", MarketPositionOfBrand()),
    ("/api/brand-360/competitors", CompetitorsOfBrand()),
    ("/api/brand-360/competitors/{competitor_id}", CompetitorById()),
    ("/api/brand-360/products", ProductsOfBrand()),
    ("/api/brand-360/products/{product_id}", ProductById()),
    ("/api/brand-360/audience", AudienceOfBrand()),
    ("/api/brand-360/personas", PersonasOfBrand()),
    ("/api/brand-360/personas/{persona_id}", PersonaById()),
    ("/api/brand-360/positioning", PositioningOfBrand()),
    ("/api/aeo/magic-import", MagicImport()),
    ("/api/aeo/magic-import/{import_id}", MagicImportById()),
    ("/api/aeo/perception-scan", Scans()),
    ("/api/aeo/perception-scan/preview", ScanPreview()),
    ("/api/aeo/perception-scan/{scan_id}", Scan()),
    ("/api/aeo/perception-scan/{scan_id}/cancel", CancelScan()),
    ("/api/aeo/perception-scan/{scan_id}/rejudge", RejudgeScan()),
    ("/api/aeo/perception-scan/{scan_id}/answers", ScanAnswers()),
    ("/api/aeo/prompts", Prompts()),
    ("/api/aeo/prompts/generate", PromptGeneration()),
    ("/api/admin/queue-stats", QueueStats()),
    ("/api/admin/review-queue", ReviewQueueDashboard()),
    ("/api/aeo/insights", Insights()),
    ("/api/aeo/insights/{insight_id}/dismiss", DismissInsight()),
    ("/api/aeo/corrections", Corrections()),
    ("/api/aeo/corrections/{workflow_id}/approve", ApproveCorrection()),
    ("/api/aeo/corrections/{workflow_id}/verify", VerifyCorrection()),
    ("/api/aeo/schedules", Schedules()),
    ("/api/aeo/schedules/{schedule_id}", ScheduleById()),
    ("/api/aeo/reports/summary", ReportSummary()),
    ("/api/aeo/reports/export", ReportExport()),
    ("/api/reports/download/{report_id}", ReportDownload()),
)
