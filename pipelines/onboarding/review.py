"""Stage 4 of onboarding: put what was found up for review, and what is sure into the brand's profile.

What a person has locked stays as it is. When the site now says something that this person has not seen, the field
is put up again as pending; what was seen and decided before is carried over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.onboarding.result import Proposed, proposals_of
from store.brands import entries, queries, reviews, sections, telling
from store.brands.reviews import Proposal
from store.brands.tables import Brand
from store.brands.values import DATA_TYPES, ENTRY_TYPES, IDENTITY_COLUMNS, Source, checked_entry, name_key, wire_names
from store.kit.clock import rfc3339, utc_now
from store.kit.settings import settings


def run(ctx: Context) -> Outcome:
    """Open one review per data type that has anything to show; the job's result says what is open."""
    result = ctx.output_of("analyze")
    with ctx.transaction():
        opened = put_up(ctx, ctx.input["brandId"], result, kinds=DATA_TYPES)
    return Outcome(output=result | {"reviews": opened})


def put_up(ctx: Context, label: str, result: dict[str, Any], *, kinds: Sequence[str]) -> dict[str, dict[str, int]]:
    """Within the caller's transaction: the reviews of these data types, and how many fields each has in which state."""
    brand = queries.ensure(ctx.workspace_id, label, website_url=result["crawlData"]["url"])
    queries.lock(ctx.workspace_id, brand.id)
    found = proposals_of(result)
    return {kind: _open(brand, ctx.job_id, kind, found[kind]) for kind in kinds if found[kind]}


def _open(brand: Brand, job_id: str, kind: str, found: list[Proposed]) -> dict[str, int]:
    """One review, and the profile's unlocked share of it; how many fields it has in each state."""
    place = (brand.workspace_id, brand.id)
    held = _held(*place, kind)
    decided = reviews.last_decisions(*place, kind)
    proposals = [
        _settled(one, held=held.get(_key(kind, one)), last=decided.get(one.field))
        for whole in found
        for one in _apart(whole)
    ]
    review_id = reviews.open_review(*place, job_id=job_id, data_type=kind, proposals=proposals)
    if review_id is not None and _approve(*place, kind, proposals, review_id):
        telling.profile_updated(brand, kind)
    states = [proposal.status for proposal in proposals]
    return {state: states.count(state) for state in sorted(set(states))}


class Held(Struct, frozen=True):
    """What the profile has for a field or an entry; a removed entry is a person's no to whatever the site says."""

    value: Any
    is_locked: bool
    is_removed: bool = False


def _settled(one: Proposed, *, held: Held | None, last: tuple[str, Any] | None) -> Proposal:
    """Which state a proposed value starts in."""

    def put_up(status: Any, **more: Any) -> Proposal:
        return Proposal(
            field=one.field,
            value=one.value,
            confidence=one.confidence,
            evidence=one.evidence,
            alternatives=one.alternatives,
            status=status,
            **more,
        )

    if held is not None and held.is_removed:
        return put_up("rejected")
    if held is not None and held.is_locked:
        if _agrees(one.value, held.value):
            return put_up("auto_approved", final_value=one.value)
        if last is not None and last[1] == one.value:
            kept = held.value is not None and last[0] != "rejected"
            return put_up("edited" if kept else "rejected", final_value=held.value if kept else None)
        return put_up("pending")
    was_rejected = last is not None and last[0] == "rejected" and last[1] == one.value
    if one.accepted and one.confidence >= settings().review.accept_confidence and not was_rejected:
        return put_up("auto_approved", final_value=one.value)
    return put_up("pending")


def _agrees(proposed: Any, held: Any) -> bool:
    """Whether the profile already says what is proposed; what only the profile knows does not matter."""
    if isinstance(proposed, dict) and isinstance(held, dict):
        return all(_agrees(value, held.get(name)) for name, value in proposed.items())
    return bool(proposed == held)


def _held(workspace_id: str, brand_id: str, kind: str) -> dict[str, Held]:
    """The profile's values by field (identity) or by name key (entries)."""
    if kind == "identity":
        row = sections.find(workspace_id, brand_id, "identity")
        values = sections.values("identity", row)
        sources: dict[str, Any] = row.sources if row is not None else {}
        return {field: Held(values.get(field), sections.is_locked(row, field)) for field in sources}
    wires = wire_names(ENTRY_TYPES[kind])
    return {
        key: Held(
            {wire: getattr(row, column) for column, wire in wires.items()},
            is_locked=row.locked_at is not None,
            is_removed=row.removed_at is not None,
        )
        for key, row in entries.known(workspace_id, brand_id, kind).items()
    }


def _key(kind: str, one: Proposed) -> str:
    return one.field if kind == "identity" else name_key(one.value["name"])


def _apart(one: Proposed) -> list[Proposed]:
    """A product that is sure of a price that is not: two fields, so that the doubt about one does not hold the other."""
    price = one.parts.get("pricing")
    if price is None or not one.accepted or price["confidence"] >= settings().review.accept_confidence:
        return [one]
    rest = {part: value for part, value in one.value.items() if part != "pricing"}
    return [
        replace(one, value=rest),
        Proposed(
            field=f"{one.field} (pricing)",
            value={"name": one.value["name"], "pricing": one.value["pricing"]},
            confidence=price["confidence"],
            accepted=False,
            evidence=price["sources"],
            alternatives=one.alternatives,
        ),
    ]


def _approve(workspace_id: str, brand_id: str, kind: str, proposals: list[Proposal], review_id: str) -> bool:
    """What is sure goes into the profile, which passes over what is locked; whether it is another one now."""
    sure = [one for one in proposals if one.status == "auto_approved"]
    if kind == "identity":
        values = {IDENTITY_COLUMNS[one.field]: one.value for one in sure}
        sources = {IDENTITY_COLUMNS[one.field]: _source(one, review_id) for one in sure}
        return sections.propose(workspace_id, brand_id, "identity", values, sources)
    changed = [
        entries.propose(
            workspace_id,
            brand_id,
            kind,
            checked_entry(kind, one.value, at=one.field),
            source=_source(one, review_id),
        )
        for one in sure
    ]
    return any(changed)


def _source(one: Proposal, review_id: str) -> Source:
    return Source(
        origin="onboarding",
        at=rfc3339(utc_now()),
        confidence=one.confidence,
        evidence=one.evidence,
        review_id=review_id,
    )
