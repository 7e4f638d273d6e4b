"""Request and response types of /api/aeo/corrections."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from api.kit.paging import Cursor, Limit
from api.kit.types import Camel
from pipelines.perception.corrections.suggest import FixType
from store.brands.values import Label

Status = Literal["pending", "approved", "verifying", "verified", "failed"]


class ListCorrections(Camel):
    """Which of the brand's corrections."""

    brand360_id: Label
    status: Status | None = None
    insight_id: str | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class CreateCorrection(Camel):
    """The insight to answer, and how."""

    insight_id: Annotated[str, Meta(min_length=1, max_length=100, examples=["insight_123"])]
    fix_type: FixType


class SuggestionView(Camel, kw_only=True):
    """`content` is what a person reads, with what is to be published in it; the other fields hold it for programs."""

    type: FixType
    content: str
    title: str | UnsetType = UNSET
    json_ld: dict[str, Any] | UnsetType = UNSET
    snippet: str | UnsetType = UNSET
    questions: list[dict[str, str]] | UnsetType = UNSET
    pages: list[str] | UnsetType = UNSET
    facts: list[str] | UnsetType = UNSET


class CorrectionView(Camel, kw_only=True):
    """A correction as it stands. `verification` is what asking again found; `error` why that did not come to an end."""

    workflow_id: str
    insight_id: str
    status: Status
    fix_type: FixType
    suggestion: SuggestionView
    verification: dict[str, Any] | UnsetType = UNSET
    error: dict[str, Any] | UnsetType = UNSET
    approved_at: datetime | UnsetType = UNSET
    verified_at: datetime | UnsetType = UNSET
    created_at: datetime
    updated_at: datetime
