"""Queues and reviews as the published document tells an administrator of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipelines.engine.submit import Submission, submit
from store.accounts import users
from store.brands import queries, reviews
from store.brands.reviews import Decision, Proposal
from store.kit.clock import utc_now
from tests.kit.eventually import eventually

QUEUES = ("crawlQueue", "extractQueue", "analyzeQueue")
COUNTS = {"waiting", "active", "completed", "failed", "delayed"}
NOTHING = dict.fromkeys(COUNTS, 0)


@pytest.fixture
def operator(api, make):
    person = make.person()
    users.set_operator(person.user.id, is_operator=True)
    return api.with_key(person.token)


def stats(client):
    answer = client.get("/api/admin/queue-stats")
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]["stats"]


def reviewed(client, query=""):
    answer = client.get(f"/api/admin/review-queue{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def open_review(workspace_id, job_id, *confidences, status="pending"):
    brand = queries.ensure(workspace_id, "brand_123")
    proposals = [
        Proposal(field=f"f{n}", value="x", confidence=one, evidence=[], alternatives=[], status=status)
        for n, one in enumerate(confidences)
    ]
    made = reviews.open_review(workspace_id, brand.id, job_id=job_id, data_type="identity", proposals=proposals)
    assert made
    return made


def test_queue_stats_answer_as_documented_before_anything_has_happened(mine):
    data = mine.get("/api/admin/queue-stats").json()["data"]

    assert set(data) == {"queueType", "timestamp", "stats"}
    assert data["queueType"] == "dramatiq"
    assert {*QUEUES, "totalJobs", "averageProcessingTime", "successRate", "lanes"} == set(data["stats"])
    assert [data["stats"][queue] for queue in QUEUES] == [NOTHING] * 3
    assert (data["stats"]["totalJobs"], data["stats"]["averageProcessingTime"], data["stats"]["successRate"]) == (
        0, None, None,
    )  # fmt: skip


def test_what_waits_runs_and_ends_is_told_where_it_stands(mine, theirs, operator, owner):
    later = utc_now() + timedelta(days=1)
    before = stats(operator)
    site = {"brandId": "b", "websiteUrl": "https://acme.example"}
    submit(Submission(workspace_id=owner.workspace.id, pipeline="onboarding", input=site, run_at=later))
    jobs = [
        mine.post("/v1/jobs", {"pipeline": "diagnostics.echo", "input": told}).json()["job_id"]
        for told in ({"value": 1}, {"sleep_ms": 200}, {"fail": True})
    ]
    for job in jobs:
        eventually(lambda job=job: mine.get(f"/v1/jobs/{job}").json()["status"] in ("completed", "failed"), within_s=20)

    found = stats(mine)
    assert found["crawlQueue"] == {**NOTHING, "delayed": 1}
    assert found["lanes"]["web"] == {**NOTHING, "delayed": 1}
    assert found["lanes"]["quick"] == {**NOTHING, "completed": 2, "failed": 1}
    assert (found["totalJobs"], found["successRate"]) == (4, 0.6667)
    assert 50 <= found["averageProcessingTime"] <= 5000
    assert stats(theirs)["totalJobs"] == 0
    assert stats(operator)["totalJobs"] == before["totalJobs"] + 4


def test_the_dashboard_of_reviews_answers_as_documented(mine, theirs, operator, owner, stranger):
    first = open_review(owner.workspace.id, f"job_{owner.user.id}1", 0.9, 0.2, 0.69)
    second = open_review(owner.workspace.id, f"job_{owner.user.id}2", 0.9)
    other = open_review(stranger.workspace.id, f"job_{stranger.user.id}", 0.9)
    reviews.approve(owner.workspace.id, second, [Decision(field="f0", status="rejected")], by=owner.user.id, notes=None)

    data = reviewed(mine)
    assert [one["id"] for one in data["reviews"]] == [second, first]
    assert {
        "id",
        "jobId",
        "brandId",
        "dataType",
        "status",
        "fieldCount",
        "lowConfidenceFieldCount",
        "createdAt",
    } <= set(data["reviews"][1])
    assert {"brandId": "brand_123", "status": "pending", "fieldCount": 3, "lowConfidenceFieldCount": 2}.items() <= data[
        "reviews"
    ][1].items()
    assert data["stats"] == {
        "totalReviews": 2, "pendingReviews": 1, "approvedReviews": 0, "rejectedReviews": 1, "averageResolutionTime": 0,
    }  # fmt: skip
    assert [one["id"] for one in reviewed(mine, "?status=rejected")["reviews"]] == [second]
    assert [one["id"] for one in reviewed(theirs)["reviews"]] == [other]
    assert reviewed(theirs)["stats"]["averageResolutionTime"] is None
    assert {first, second, other} <= {one["id"] for one in reviewed(operator, "?limit=100")["reviews"]}


def test_pages_follow_each_other_and_end(mine, owner):
    ids = [open_review(owner.workspace.id, f"job_{owner.user.id}{n}", 0.5) for n in range(5)]
    seen, query = [], "?limit=2"
    while True:
        page = reviewed(mine, query)
        seen += [one["id"] for one in page["reviews"]]
        if page["nextCursor"] is None:
            break
        query = f"?limit=2&cursor={page['nextCursor']}"

    assert seen == ids[::-1]


@pytest.mark.parametrize(
    ("query", "field"),
    [("status=open", "status"), ("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"),
     ("cursor=x", "cursor"), ("cursor=WyJyZXZpZXdzIiwieCJd", "cursor"), ("cursor=WyJqb2JzIiwieCJd", "cursor"),
     ("status=%00", "status")],
)  # fmt: skip
def test_a_bad_query_names_its_parameter(mine, query, field):
    answer = mine.get(f"/api/admin/review-queue?{query}")

    assert (answer.status_code, answer.json()["code"], answer.json()["details"]["field"]) == (
        400, "INVALID_INPUT", field,
    )  # fmt: skip


@pytest.mark.parametrize("path", ["queue-stats", "review-queue"])
def test_a_member_is_refused(api, colleague, path):
    answer = api.with_key(colleague.token).get(f"/api/admin/{path}")

    assert (answer.status_code, answer.json()["success"], answer.json()["code"]) == (403, False, "FORBIDDEN")
