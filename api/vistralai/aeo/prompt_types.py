"""Request and response types of /api/aeo/prompts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from api.kit.paging import Cursor, Limit
from api.kit.types import Camel
from api.vistralai.aeo.scan_types import Category, PromptCount
from store.brands.values import Label


class GeneratePrompts(Camel, kw_only=True):
    """How many prompts of which categories; without categories of all three."""

    brand360_id: Label
    count: PromptCount = 10
    categories: Annotated[list[Category], Meta(min_length=1, max_length=3)] | None = None


class ListPrompts(Camel, kw_only=True):
    """Whose prompts."""

    brand360_id: Label
    limit: Limit = 100
    cursor: Cursor | None = None


class PromptView(Camel, kw_only=True):
    """A question; `branded`: it names the brand, and does not count for share of voice."""

    id: str
    text: str
    category: Category
    intent: str
    branded: bool


class Generated(Camel, kw_only=True):
    """`count` may be lower than asked for: the profile has not more to ask about."""

    prompts: list[PromptView]
    count: int


class PromptInList(PromptView, kw_only=True):
    """With how many scans have asked it."""

    usage_count: int
    created_at: datetime
    last_used_at: datetime | None
