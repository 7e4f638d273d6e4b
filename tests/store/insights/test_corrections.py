"""A correction's way from a suggestion to a verified end, each step by its old state."""

from __future__ import annotations

import pytest

from pipelines.engine import control
from pipelines.engine.submit import Submission, submit
from store.insights import corrections, queries
from store.kit import db
from store.kit.errors import Conflict, NotFound
from tests.store.insights.rows import OTHER, WS, brand_of, keep, scan_of, sighting

SUGGESTION = {"type": "faq", "content": "Say it."}


@pytest.fixture
def insight(empty_store):
    brand = brand_of()
    keep(brand, scan_of(brand), sighting())
    return queries.page(WS, brand.id, limit=1)[0]


def correction(insight, fix_type="faq"):
    return corrections.create(
        WS, insight.brand_id, insight_id=insight.id, fix_type=fix_type, suggestion=SUGGESTION, created_by="user_1"
    )


def verifying(one) -> str:
    job = submit(Submission(workspace_id=WS, pipeline="diagnostics.echo", input={}))
    with db.transaction():
        corrections.hold(WS, one.id)
        corrections.begin(WS, one.id, job_id=job.id, verification={"before": 0.5})
    return job.id


def test_one_open_correction_of_each_kind(insight):
    first = correction(insight)
    correction(insight, "press_note")

    with pytest.raises(Conflict) as refused:
        correction(insight)

    assert refused.value.fields == {"field": "fixType", "workflowId": first.id}
    job = verifying(first)
    corrections.settle(WS, first.id, job_id=job, is_verified=False, verification={})
    assert correction(insight).status == "pending"


def test_the_way_to_verified(insight):
    one = correction(insight)
    assert (one.status, one.approved_at, one.suggestion) == ("pending", None, SUGGESTION)
    assert corrections.count_pending(WS, insight.brand_id) == 1

    approved = corrections.approve(WS, one.id, by="user_2")
    job = verifying(one)
    assert corrections.get(WS, one.id).status == "verifying"
    done = corrections.settle(WS, one.id, job_id=job, is_verified=True, verification={"after": {"k": 0}})

    last = corrections.get(WS, one.id)
    assert (approved.status, approved.approved_by, done) == ("approved", "user_2", True)
    assert (last.status, last.verified_at is not None, last.verification) == ("verified", True, {"after": {"k": 0}})
    assert last.approved_at == approved.approved_at
    assert corrections.count_pending(WS, insight.brand_id) == 0


def test_approving_after_verifying_works_and_keeps_both_moments(insight):
    one = correction(insight)
    job = verifying(one)
    corrections.settle(WS, one.id, job_id=job, is_verified=True, verification={})

    approved = corrections.approve(WS, one.id, by="user_2")
    again = corrections.approve(WS, one.id, by="user_3")

    assert approved.status == "approved"
    assert approved.verified_at is not None
    assert (again.approved_at, again.approved_by) == (approved.approved_at, "user_2")


def test_approving_while_it_is_verified_is_a_conflict(insight):
    one = correction(insight)
    verifying(one)

    with pytest.raises(Conflict):
        corrections.approve(WS, one.id, by=None)


def test_a_verifying_job_that_ends_badly_has_failed_the_correction(insight):
    one = correction(insight)
    job = verifying(one)
    control.cancel(WS, job)
    assert corrections.get(WS, one.id).status == "failed"
    assert corrections.page(WS, insight.brand_id, limit=9, status="failed")[0].id == one.id

    db.rows("DELETE FROM job")

    gone = corrections.get(WS, one.id)
    assert (gone.status, gone.error) == ("failed", {"code": "job_gone"})
    assert corrections.approve(WS, one.id, by=None).status == "approved"


def test_an_old_job_does_not_settle_what_another_one_verifies(insight):
    one = correction(insight)
    old = verifying(one)
    new = verifying(one)

    assert not corrections.settle(WS, one.id, job_id=old, is_verified=True, verification={})
    assert corrections.settle(WS, one.id, job_id=new, is_verified=False, verification={})
    assert corrections.get(WS, one.id).status == "failed"


def test_approved_corrections_say_what_is_published(insight):
    one = correction(insight)
    assert corrections.published(WS, insight.brand_id) == []

    corrections.approve(WS, one.id, by=None)

    (published,) = corrections.published(WS, insight.brand_id)
    assert (published.type, published.fact_id, published.claimed) == ("hallucination", "founded", "2020")
    assert corrections.published(OTHER, insight.brand_id) == []


def test_corrections_are_paged_newest_first_and_a_strangers_are_not_found(insight):
    made = [correction(insight, kind) for kind in ("faq", "press_note", "llms_txt")]

    first = corrections.page(WS, insight.brand_id, limit=2)
    rest = corrections.page(WS, insight.brand_id, limit=2, before_id=first[-1].id)

    assert [one.id for one in first + rest] == [one.id for one in reversed(made)]
    assert [one.id for one in corrections.of_insights(WS, [insight.id])] == [one.id for one in first + rest]
    assert corrections.page(WS, insight.brand_id, limit=9, insight_id="insight_x") == []
    assert corrections.page(OTHER, insight.brand_id, limit=9) == []
    with pytest.raises(NotFound):
        corrections.get(OTHER, made[0].id)
    with pytest.raises(NotFound):
        corrections.approve(OTHER, made[0].id, by=None)
