"""Reviews: what a job proposes for a brand, field by field, and what people decide about it.

A decision is an UPDATE on the field's open state, so of two people at once one wins and the other gets a Conflict.
Approved and edited values go into the profile in the same transaction and are locked there.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from store.brands import dashboard, entries, queries, sections, telling
from store.brands.tables import Brand, FieldReview, Review
from store.brands.values import DATA_TYPES, IDENTITY_COLUMNS, Source, checked_entry, checked_identity
from store.kit.clock import rfc3339, utc_now
from store.kit.db import rows, transaction
from store.kit.errors import Conflict, InvalidInput, MissingField, NotFound
from store.kit.ids import is_id, new_id

OPEN = ("pending", "auto_approved")
HOLDS = ("approved", "edited", "auto_approved")


class Proposal(Struct, frozen=True, kw_only=True):
    """One field as the review stage puts it up: its value, where it was read, and the state it starts in."""

    field: str
    value: Any
    confidence: float
    evidence: list[dict[str, Any]]
    alternatives: list[dict[str, Any]]
    status: Literal["pending", "auto_approved", "edited", "rejected"]
    final_value: Any = None
    reviewer: str | None = None
    decided_at: datetime | None = None


class Decision(Struct, frozen=True, kw_only=True):
    """What a person says about one field. `given` tells an edited null from no value at all."""

    field: str
    status: Literal["approved", "edited", "rejected"]
    value: Any = None
    given: bool = False
    feedback: str | None = None


class Opened(Struct, frozen=True, kw_only=True):
    """A review with its fields, in order."""

    review: Any
    fields: list[Any]


def open_review(
    workspace_id: str, brand_id: str, *, job_id: str, data_type: str, proposals: list[Proposal]
) -> str | None:
    """Put up one review; its id, or None when this job has opened it before (a stage that ran again)."""
    now = utc_now()
    review_id = new_id("review")
    waits = any(proposal.status == "pending" for proposal in proposals)
    made = (
        Review.insert(
            id=review_id,
            workspace_id=workspace_id,
            brand_id=brand_id,
            job_id=job_id,
            data_type=data_type,
            status=_status(proposals),
            resolved_at=None if waits else now,
            created_at=now,
            updated_at=now,
        )
        .on_conflict_ignore()
        .returning(Review)
        .execute()
    )
    review = next(iter(made), None)
    if review is None:
        return None
    dashboard.count(workspace_id, None, dashboard.standing(review))
    if waits:
        telling.review_pending(Brand.get_by_id(brand_id), review_id=review_id, job_id=job_id, data_type=data_type)
    for position, proposal in enumerate(proposals):
        settled = proposal.status != "pending"
        FieldReview.insert(
            review_id=review_id,
            position=position,
            field=proposal.field,
            value=proposal.value,
            confidence=proposal.confidence,
            status=proposal.status,
            evidence=proposal.evidence,
            alternatives=proposal.alternatives,
            final_value=proposal.final_value,
            reviewer=proposal.reviewer,
            decided_at=proposal.decided_at or (now if settled else None),
        ).execute()
    return review_id


def of_job(workspace_id: str, job_id: str) -> list[Opened]:
    """The job's reviews in the order of DATA_TYPES; empty for a job without any, or another workspace's."""
    mine = (Review.workspace_id == workspace_id) & (Review.job_id == job_id)
    found = {review.data_type: review for review in Review.select().where(mine)}
    by_review: dict[str, list[Any]] = {review.id: [] for review in found.values()}
    wanted = FieldReview.select().where(FieldReview.review_id.in_(list(by_review))).order_by(FieldReview.position)
    for field in wanted:
        by_review[field.review_id].append(field)
    return [Opened(review=found[kind], fields=by_review[found[kind].id]) for kind in DATA_TYPES if kind in found]


def last_decisions(workspace_id: str, brand_id: str, data_type: str) -> dict[str, tuple[str, Any]]:
    """Field -> (status, the value proposed then) of the latest decision that a person took on it."""
    found = rows(
        """
        SELECT DISTINCT ON (f.field) f.field, f.status, f.value
        FROM review r JOIN field_review f ON f.review_id = r.id
        WHERE r.workspace_id = %s AND r.brand_id = %s AND r.data_type = %s
          AND f.status IN ('approved', 'edited', 'rejected') AND f.reviewer IS NOT NULL
        ORDER BY f.field, f.decided_at DESC
        """,
        (workspace_id, brand_id, data_type),
    )
    return {field: (status, value) for field, status, value in found}


def approve(
    workspace_id: str, review_id: str, decisions: list[Decision], *, by: str, notes: str | None
) -> tuple[Any, dict[str, Any]]:
    """Take these decisions, all or none. The review as it is now, and the values that people gave or confirmed.

    Raises NotFound, InvalidInput that names the field, and Conflict when one of the fields was decided before.
    """
    with transaction():
        review = _held(workspace_id, review_id)
        queries.lock(workspace_id, review.brand_id)
        fields = {field.field: field for field in _fields(review.id)}
        changed = False
        for position, decision in enumerate(decisions):
            at = f"approvals[{position}]"
            if decision.field not in fields:
                raise InvalidInput(
                    f"`{at}.field`: the review has no field {decision.field!r}, or it was named twice.",
                    field=f"{at}.field",
                )
            field = fields.pop(decision.field)
            final = _final_value(review, field, decision, at=at)
            changed |= _decide(review, field, decision.status, final, feedback=decision.feedback, by=by)
        _tell(review, changed)
        review = _settle(review, reviewer=by, notes=notes)
        approved = {
            field.field: field.final_value for field in _fields(review.id) if field.status in ("approved", "edited")
        }
        return review, approved


def reject(workspace_id: str, review_id: str, *, reason: str | None, by: str) -> Any:
    """Reject every field that no person has decided yet; what the review had approved by itself is withdrawn.

    Raises NotFound, and Conflict when nothing is left to reject.
    """
    with transaction():
        review = _held(workspace_id, review_id)
        queries.lock(workspace_id, review.brand_id)
        left = [field for field in _fields(review.id) if field.status in OPEN]
        if not left:
            raise Conflict("Every field of this review is decided already.", field="reviewId", status=review.status)
        changed = [_decide(review, field, "rejected", None, feedback=reason, by=by) for field in left]
        _tell(review, any(changed))
        return _settle(review, reviewer=by, reason=reason, status="rejected")


def counts(opened: list[Opened]) -> dict[str, int]:
    """Reviews in all, and by whether a person is still needed: a review with an undecided field is pending."""
    states = Counter(
        "pending"
        if any(field.status == "pending" for field in one.fields)
        else "rejected"
        if one.review.status == "rejected"
        else "approved"
        for one in opened
    )
    return {"total": len(opened), **{state: states[state] for state in ("pending", "approved", "rejected")}}


def _held(workspace_id: str, review_id: str) -> Any:
    """The review, held until the transaction ends, so that decisions on it come one after the other."""
    review = None
    if is_id("review", review_id):
        mine = (Review.workspace_id == workspace_id) & (Review.id == review_id)
        review = Review.select().where(mine).for_update().first()
    if review is None:
        raise NotFound("There is no such review.", field="reviewId", value=review_id)
    return review


def _fields(review_id: str) -> list[Any]:
    return list(FieldReview.select().where(FieldReview.review_id == review_id).order_by(FieldReview.position))


def _final_value(review: Any, field: Any, decision: Decision, *, at: str) -> Any:
    if decision.status == "rejected":
        return None
    if decision.status == "approved":
        if decision.given and decision.value != field.value:
            raise InvalidInput(f"`{at}.value`: a value of your own goes with status `edited`.", field=f"{at}.value")
        return field.value
    if not decision.given or decision.value is None:
        raise MissingField(f"`{at}.value` is required when a field is edited.", field=f"{at}.value")
    if review.data_type == "identity":
        return checked_identity(field.field, decision.value, at=f"{at}.value")
    checked_entry(review.data_type, decision.value, at=f"{at}.value")
    return {"name": decision.value} if isinstance(decision.value, str) else decision.value


def _decide(review: Any, field: Any, status: str, final: Any, *, feedback: str | None, by: str) -> bool:
    """Move one field out of its open state and the profile with it; whether the profile is another one now."""
    now = utc_now()
    moved = (
        FieldReview.update(status=status, final_value=final, feedback=feedback, reviewer=by, decided_at=now)
        .where(FieldReview.review_id == review.id, FieldReview.field == field.field, FieldReview.status.in_(OPEN))
        .execute()
    )
    if not moved:
        raise Conflict(f"{field.field!r} was decided already.", field=field.field, status=field.status)
    was_in_profile = field.status == "auto_approved"
    if status == "rejected":
        return was_in_profile and _withdraw(review, field)
    edited = status == "edited"
    source = Source(
        origin="person" if edited else "onboarding",
        at=rfc3339(now),
        confidence=None if edited else field.confidence,
        evidence=[] if edited else field.evidence,
        review_id=review.id,
        by=by,
        locked_at=rfc3339(now),
    )
    place = (review.workspace_id, review.brand_id)
    if review.data_type == "identity":
        values = {IDENTITY_COLUMNS[field.field]: final}
        _, changed = sections.write(*place, "identity", values, source=source)
        return changed
    values = checked_entry(review.data_type, final, at=field.field)
    changed = entries.write(*place, review.data_type, values, source=source)
    if was_in_profile and values["name"] != field.value["name"]:
        changed |= _withdraw(review, field)
    return changed


def _withdraw(review: Any, field: Any) -> bool:
    place = (review.workspace_id, review.brand_id)
    if review.data_type == "identity":
        return sections.withdraw(*place, "identity", [field.field], review_id=review.id)
    return entries.withdraw(*place, review.data_type, [field.value["name"]], review_id=review.id)


def _tell(review: Any, changed: bool) -> None:
    if changed:
        telling.profile_updated(Brand.get_by_id(review.brand_id), review.data_type)


def _settle(review: Any, *, reviewer: str, status: str | None = None, **said: str | None) -> Any:
    """The review's own row after its fields have changed; its status follows from them unless it is given."""
    now, before = utc_now(), dashboard.standing(review)
    fields = _fields(review.id)
    review.status = status or _status(fields)
    review.reviewer = reviewer
    review.updated_at = now
    review.resolved_at = None if any(field.status == "pending" for field in fields) else now
    for column, text in said.items():
        if text is not None:
            setattr(review, column, text)
    review.save()
    dashboard.count(review.workspace_id, before, dashboard.standing(review))
    return review


def _status(fields: list[Any]) -> str:
    """A review's status: what its fields say together."""
    states = Counter(field.status for field in fields)
    if states["rejected"] and states["rejected"] == len(fields):
        return "rejected"
    if not states["pending"] and not states["rejected"]:
        return "approved"
    if states["approved"] or states["edited"] or states["rejected"]:
        return "partially_approved"
    return "pending"
