"""How reviews fare: the figures follow every change, and pages are cut where they are asked to be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store.brands import dashboard, queries, reviews
from store.brands.dashboard import Figures
from store.brands.reviews import Decision, Proposal
from store.kit import db

pytestmark = pytest.mark.usefixtures("empty_store")
MINE, THEIRS = "ws_mine", "ws_theirs"


def opened(*states, workspace=MINE, job_id="job_1", confidence=0.6):
    brand = queries.ensure(workspace, "brand_123")
    proposals = [
        Proposal(field=f"f{n}", value="x", confidence=confidence, evidence=[], alternatives=[], status=state)
        for n, state in enumerate(states)
    ]
    made = reviews.open_review(workspace, brand.id, job_id=job_id, data_type="identity", proposals=proposals)
    assert made
    return made


def events():
    return [(kind, data) for kind, data in db.rows("SELECT type, data FROM event ORDER BY xid, id")]


def test_a_review_counts_where_it_stands_and_people_s_time_only(move_clock):
    opened("auto_approved", job_id="job_0")
    review = opened("pending", "pending")
    assert dashboard.figures(MINE) == Figures(1, 1, 0, None)

    move_clock(timedelta(minutes=10))
    reviews.approve(MINE, review, [Decision(field="f0", status="rejected")], by="user_1", notes=None)
    assert dashboard.figures(MINE) == Figures(1, 1, 0, None)
    move_clock(timedelta(minutes=10))
    reviews.reject(MINE, review, reason=None, by="user_1")

    figures = dashboard.figures(MINE)
    assert (figures.pending, figures.approved, figures.rejected) == (0, 1, 1)
    assert figures.resolution_seconds == pytest.approx(1200, abs=5)
    assert dashboard.figures(THEIRS) == Figures(0, 0, 0, None)
    opened("pending", workspace=THEIRS, job_id="job_2")
    assert dashboard.figures(None).pending == 1


def test_only_a_review_that_waits_is_told_and_a_stage_that_runs_again_tells_nothing():
    review = opened("pending", "auto_approved")
    brand = queries.get(MINE, "brand_123")
    assert reviews.open_review(MINE, brand.id, job_id="job_1", data_type="identity", proposals=[]) is None
    opened("auto_approved", job_id="job_2")

    assert events() == [
        ("review.pending", {"brandId": "brand_123", "reviewId": review, "jobId": "job_1", "dataType": "identity"})
    ]
    assert dashboard.figures(MINE) == Figures(1, 1, 0, None)


def test_pages_are_newest_first_and_say_how_many_fields_are_doubtful():
    ids = [opened("pending", "rejected", job_id=f"job_{n}", confidence=n / 10) for n in range(5)]
    opened("pending", workspace=THEIRS, job_id="job_x")

    first = dashboard.page(MINE, status=None, before_id=None, sure_from=0.25, limit=2)
    rest = dashboard.page(MINE, status=None, before_id=first[-1].id, sure_from=0.25, limit=9)

    assert [row.id for row in first + rest] == ids[::-1]
    assert [row.low_confidence_fields for row in first + rest] == [0, 0, 2, 2, 2]
    assert {(row.fields, row.undecided_fields, row.brand_label) for row in first} == {(2, 1, "brand_123")}
    assert len(dashboard.page(None, status=None, before_id=None, sure_from=0.5, limit=9)) == 6
    assert len(dashboard.page(None, status="pending", before_id=None, sure_from=0.5, limit=9)) == 1
    assert len(dashboard.page(MINE, status="partially_approved", before_id=None, sure_from=0.5, limit=9)) == 5
