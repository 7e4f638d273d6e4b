"""Reviews on a real database: who decides, who comes too late, and what reaches the profile."""

from __future__ import annotations

import threading

import pytest

from store.brands import entries, queries, reviews, sections
from store.brands.reviews import Decision, Proposal
from store.brands.values import IDENTITY_FIELDS, Source
from store.kit.errors import Conflict, InvalidInput, MissingField, NotFound

pytestmark = pytest.mark.usefixtures("empty_store")
MINE, THEIRS = "ws_mine", "ws_theirs"


def proposal(field, value, status="pending", confidence=0.6):
    return Proposal(
        field=field,
        value=value,
        confidence=confidence,
        evidence=[{"url": "https://acme.test/", "quote": "words", "rule": "heading", "confidence": confidence}],
        alternatives=[],
        status=status,
        final_value=value if status == "auto_approved" else None,
    )


def open_identity(*proposals, job_id="job_1", label="brand_123"):
    brand = queries.ensure(MINE, label)
    review_id = reviews.open_review(MINE, brand.id, job_id=job_id, data_type="identity", proposals=list(proposals))
    for one in proposals:
        if one.status == "auto_approved":
            column = next(c for c, wire in IDENTITY_FIELDS.items() if wire == one.field)
            found = Source(origin="onboarding", at="2026-01-01T00:00:00Z", review_id=review_id)
            sections.propose(MINE, brand.id, "identity", {column: one.value}, {column: found})
    return brand, review_id


def held(brand):
    return sections.values("identity", sections.find(MINE, brand.id, "identity"))


def test_an_approved_field_is_in_the_profile_and_locked():
    brand, review_id = open_identity(proposal("mission", "Carry water"), proposal("vision", "No thirst"))

    review, approved = reviews.approve(
        MINE, review_id, [Decision(field="mission", status="approved")], by="user_1", notes="good"
    )

    assert review.status == "partially_approved"
    assert review.notes == "good"
    assert approved == {"mission": "Carry water"}
    assert held(brand) == {"mission": "Carry water"}
    assert sections.is_locked(sections.find(MINE, brand.id, "identity"), "mission")


def test_an_edited_value_replaces_the_proposed_one_and_is_the_persons_own():
    brand, review_id = open_identity(proposal("foundedYear", 1871))

    review, approved = reviews.approve(
        MINE,
        review_id,
        [Decision(field="foundedYear", status="edited", value=2016, given=True)],
        by="user_1",
        notes=None,
    )

    assert (review.status, approved) == ("approved", {"foundedYear": 2016})
    assert held(brand) == {"foundedYear": 2016}
    source = sections.find(MINE, brand.id, "identity").sources["foundedYear"]
    assert (source["origin"], source["by"]) == ("person", "user_1")


def test_a_rejected_field_that_was_approved_by_itself_leaves_the_profile():
    brand, review_id = open_identity(proposal("mission", "Carry water", "auto_approved"), proposal("vision", "x"))
    assert held(brand) == {"mission": "Carry water"}

    reviews.approve(MINE, review_id, [Decision(field="mission", status="rejected")], by="user_1", notes=None)

    assert held(brand) == {}


def test_a_rejected_review_withdraws_what_it_had_approved_and_keeps_what_a_person_approved():
    brand, review_id = open_identity(
        proposal("mission", "Carry water", "auto_approved"), proposal("vision", "No thirst"), proposal("name", "Acme")
    )
    reviews.approve(MINE, review_id, [Decision(field="vision", status="approved")], by="user_1", notes=None)

    review = reviews.reject(MINE, review_id, reason="old website", by="user_2")

    assert (review.status, review.reason) == ("rejected", "old website")
    assert held(brand) == {"vision": "No thirst"}
    with pytest.raises(Conflict):
        reviews.reject(MINE, review_id, reason=None, by="user_2")


def test_of_many_who_decide_at_once_exactly_one_wins():
    brand, review_id = open_identity(proposal("mission", "Carry water"))
    start, outcomes = threading.Barrier(6), []

    def decide(person):
        start.wait()
        decision = Decision(field="mission", status="edited", value=person, given=True)
        try:
            reviews.approve(MINE, review_id, [decision], by=person, notes=None)
        except Conflict:
            outcomes.append(None)
        else:
            outcomes.append(person)

    threads = [threading.Thread(target=decide, args=(f"user_{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (winner,) = [person for person in outcomes if person]
    assert held(brand) == {"mission": winner}


def test_decisions_of_one_call_are_taken_together_or_not_at_all():
    brand, review_id = open_identity(proposal("mission", "Carry water"), proposal("vision", "No thirst"))
    reviews.approve(MINE, review_id, [Decision(field="vision", status="approved")], by="user_1", notes=None)

    with pytest.raises(Conflict) as refused:
        reviews.approve(
            MINE,
            review_id,
            [Decision(field="mission", status="approved"), Decision(field="vision", status="rejected")],
            by="user_2",
            notes=None,
        )

    assert refused.value.fields["field"] == "vision"
    assert held(brand) == {"vision": "No thirst"}


@pytest.mark.parametrize(
    ("decision", "error", "field"),
    [
        (Decision(field="motto", status="approved"), InvalidInput, "approvals[0].field"),
        (Decision(field="mission", status="edited"), MissingField, "approvals[0].value"),
        (Decision(field="mission", status="edited", value=7, given=True), InvalidInput, "approvals[0].value"),
        (Decision(field="mission", status="edited", value="  ", given=True), InvalidInput, "approvals[0].value"),
        (Decision(field="mission", status="approved", value="mine", given=True), InvalidInput, "approvals[0].value"),
    ],
)
def test_a_bad_decision_names_its_field_and_changes_nothing(decision, error, field):
    brand, review_id = open_identity(proposal("mission", "Carry water"))

    with pytest.raises(error) as refused:
        reviews.approve(MINE, review_id, [decision], by="user_1", notes=None)

    assert refused.value.fields["field"] == field
    assert held(brand) == {}


def test_a_stranger_finds_neither_review_nor_brand_of_the_same_label():
    _, review_id = open_identity(proposal("mission", "Carry water"))
    theirs = queries.ensure(THEIRS, "brand_123")

    with pytest.raises(NotFound):
        reviews.approve(THEIRS, review_id, [Decision(field="mission", status="approved")], by="user_9", notes=None)
    with pytest.raises(NotFound):
        reviews.reject(THEIRS, review_id, reason=None, by="user_9")
    assert reviews.of_job(THEIRS, "job_1") == []
    assert sections.find(THEIRS, theirs.id, "identity") is None


def test_a_stage_that_runs_again_opens_no_second_review():
    brand, first = open_identity(proposal("mission", "Carry water"))

    again = reviews.open_review(MINE, brand.id, job_id="job_1", data_type="identity", proposals=[])

    assert again is None
    assert [one.review.id for one in reviews.of_job(MINE, "job_1")] == [first]


def test_counts_say_pending_while_any_field_is_undecided():
    _, review_id = open_identity(proposal("mission", "Carry water"), proposal("vision", "No thirst"))
    assert reviews.counts(reviews.of_job(MINE, "job_1")) == {"total": 1, "pending": 1, "approved": 0, "rejected": 0}

    decide_all = [Decision(field="mission", status="approved"), Decision(field="vision", status="rejected")]
    reviews.approve(MINE, review_id, decide_all, by="user_1", notes=None)

    assert reviews.counts(reviews.of_job(MINE, "job_1")) == {"total": 1, "pending": 0, "approved": 1, "rejected": 0}


def test_an_entry_edited_to_another_name_takes_the_place_of_the_one_that_was_found():
    brand = queries.ensure(MINE, "brand_123")
    found = proposal("Akme", {"name": "Akme"}, "auto_approved")
    review_id = reviews.open_review(MINE, brand.id, job_id="job_1", data_type="competitors", proposals=[found])
    source = Source(origin="onboarding", at="2026-01-01T00:00:00Z", review_id=review_id)
    entries.propose(MINE, brand.id, "competitors", {"name": "Akme"}, source=source)

    decision = Decision(field="Akme", status="edited", value={"name": "Acme", "domain": "acme.test"}, given=True)
    reviews.approve(MINE, review_id, [decision], by="user_1", notes=None)

    (only,) = entries.listed(MINE, brand.id, "competitors")
    assert (only.name, only.domain, only.locked_at is not None) == ("Acme", "acme.test", True)
