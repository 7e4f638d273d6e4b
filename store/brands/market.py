"""A brand's market position: a section, and the groups of people it is for, which are the entries of `audience`."""

from __future__ import annotations

from typing import Any

from store.brands import entries, queries, sections, telling
from store.brands.tables import Brand
from store.brands.values import Source, name_key
from store.kit.db import transaction
from store.kit.errors import InvalidInput


def checked(audiences: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The groups as they are. Raises InvalidInput for one that is named twice."""
    seen: set[str] = set()
    for place, one in enumerate(audiences):
        if name_key(one["name"]) in seen:
            field = f"targetAudiences[{place}].name"
            raise InvalidInput(f"`{field}` names a group that is in the list already.", field=field)
        seen.add(name_key(one["name"]))
    return audiences


def edit(brand: Brand, given: dict[str, Any], audiences: list[dict[str, Any]] | None, *, source: Source) -> Any:
    """Set the fields that are given (by column name), and the whole (checked) list of groups unless it is None.

    One event.
    """
    with transaction():
        queries.lock(brand.workspace_id, brand.id)
        row, changed = sections.write(brand.workspace_id, brand.id, "market-position", given, source=source)
        if audiences is not None:
            replaced = entries.replace(brand.workspace_id, brand.id, "audience", audiences, source=source)
            row = sections.touch(row) if replaced else row  # else the last group would take the time with it
            changed |= replaced
        if changed:
            telling.profile_updated(brand, "market-position")
        return row
