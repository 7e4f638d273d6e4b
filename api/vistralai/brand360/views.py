"""From a row of the profile to an answer, and from a body to what is written: the same for every section and list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from msgspec import UNSET, Struct

from api.kit.identity import Principal
from api.vistralai.brand360.types import GroupView, SourceView
from api.vistralai.onboarding import who
from store.brands import sections
from store.brands.tables import Brand
from store.brands.values import Source, columns, completion_score
from store.kit.clock import rfc3339, utc_now

View = TypeVar("View", bound=Struct)
NOT_VALUES = ("brand_id", "brand360_id", "target_audiences")
"""What a body says beside the fields of the section or entry itself."""


def sent(body: Struct) -> dict[str, Any]:
    """The values of a body, by column name: those that were sent."""
    return {column: value for column, value in columns(body).items() if column not in NOT_VALUES}


def by(caller: Principal) -> Source:
    """A person's hand: what it writes is locked."""
    now = rfc3339(utc_now())
    return Source(origin="person", at=now, by=who(caller), locked_at=now)


def section(
    kind: type[View], name: str, brand: Brand, row: Any | None, *, also: Mapping[str, Any] = {}, **more: Any
) -> View:
    """A section's answer. `also`: what counts for its completion beside its own fields; `more`: fields of the answer.

    `row` is None for a section that has only what is kept beside it; `more` then says when that was.
    """
    held = sections.values(name, row)
    kept = {column: held.get(wire, UNSET) for column, wire in sections.SECTIONS[name].fields.items()}
    if row is not None:
        more |= {"created_at": row.created_at, "updated_at": _latest(row.updated_at, more.get("updated_at"))}
    sources = {} if row is None else row.sources
    return kind(
        id=sections.id_of(brand.id, name) if row is None else row.id,
        completion_score=completion_score(name, {**held, **also}),
        sources={field: source(one) for field, one in sources.items() if field in held},
        **{_names_brand(kind): brand.label},
        **kept,
        **more,
    )


def entry(kind: type[View], brand: Brand, row: Any) -> View:
    """The answer for one entry of a list."""
    named = _names_brand(kind)
    values = {name: getattr(row, name) for name in kind.__struct_fields__ if name not in (named, "source")}
    return kind(
        **{named: brand.label}, source=source(row.source), **{name: _whole(value) for name, value in values.items()}
    )


def groups(rows: Sequence[Any]) -> list[GroupView]:
    """The groups of people whom a brand is for."""
    return [
        GroupView(
            name=row.name,
            demographics=row.demographics,
            psychographics=row.psychographics,
            source=source(row.source),
        )
        for row in rows
    ]


def source(kept: dict[str, Any]) -> SourceView:
    """Where a value came from."""
    return SourceView(
        origin=kept["origin"],
        locked="lockedAt" in kept,
        confidence=kept.get("confidence", UNSET),
        evidence=kept.get("evidence", []),
    )


def _names_brand(kind: type[Struct]) -> str:
    """What the contract calls the brand's id in this answer."""
    return "brand360_id" if "brand360_id" in kind.__struct_fields__ else "brand_id"


def _latest(first: datetime, second: datetime | None) -> datetime:
    return first if second is None else max(first, second)


def _whole(value: Any) -> Any:
    """25 rather than 25.0, as it was sent."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
