"""Reviewing what was found as the published document describes it, and what a second crawl may change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.vistralai.analyses import analyze, decide, finished, person, reviews
from workers.demo_site import served


def test_the_review_queue_answers_as_documented(analysed):
    answer = analysed.api.get(f"/api/onboarding/review-queue?jobId={analysed.job_id}")

    assert answer.status_code == 200
    data = answer.json()["data"]
    stats = data["stats"]
    assert set(stats) == {"totalReviews", "pendingReviews", "approvedReviews", "rejectedReviews"}
    assert stats["totalReviews"] == len(data["reviews"])
    parts = ("pendingReviews", "approvedReviews", "rejectedReviews")
    assert sum(stats[part] for part in parts) == stats["totalReviews"]
    for review in data["reviews"]:
        assert review["jobId"] == analysed.job_id
        assert {"id", "dataType", "extractedData", "fieldReviews", "status", "createdAt"} <= set(review)
        for field in review["fieldReviews"]:
            assert {"field", "value", "confidence", "status"} <= set(field)
            assert field["evidence"]
    identity = next(review for review in data["reviews"] if review["dataType"] == "identity")
    assert identity["extractedData"]["name"] == "Berthline"


def test_approve_and_edit_answer_as_documented_and_reach_the_brand(stack, site):
    api = person(stack)
    job_id = analyze(api, site.url, "brand_123")
    finished(api, job_id)
    review = reviews(api, job_id)["identity"]

    answer = decide(
        api,
        review,
        {"field": "mission", "status": "approved"},
        {"field": "vision", "status": "edited", "value": "Updated vision statement", "feedback": "More specific"},
        {"field": "foundedYear", "status": "rejected"},
        notes="Great extraction overall",
    )

    assert answer.status_code == 200
    data = answer.json()["data"]
    assert set(data) == {"id", "status", "updatedAt", "userApprovedData"}
    assert (data["id"], data["status"]) == (review["id"], "partially_approved")
    assert data["userApprovedData"] == {
        "mission": review["extractedData"]["mission"],
        "vision": "Updated vision statement",
    }
    brand = api.get("/api/brand-360/identity?brandId=brand_123").json()["data"]
    assert brand["vision"] == "Updated vision statement"
    assert (brand["sources"]["vision"]["origin"], brand["sources"]["vision"]["locked"]) == ("person", True)
    assert "foundedYear" not in brand
    again = decide(api, review, {"field": "mission", "status": "rejected"})
    assert (again.status_code, again.json()["code"]) == (409, "CONFLICT")


def test_a_rejected_review_leaves_nothing_in_the_brand(stack, site):
    api = person(stack)
    job_id = analyze(api, site.url, "brand_123")
    finished(api, job_id)
    assert api.get("/api/brand-360/products?brandId=brand_123").json()["data"]
    review = reviews(api, job_id)["products"]

    answer = api.post("/api/onboarding/review-queue/reject", {"reviewId": review["id"], "reason": "Old website"})

    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (set(data), data["status"]) == ({"id", "status", "updatedAt"}, "rejected")
    assert api.get("/api/brand-360/products?brandId=brand_123").json()["data"] == []
    stats = api.get(f"/api/onboarding/review-queue?jobId={job_id}").json()["data"]["stats"]
    assert stats["rejectedReviews"] == 1


def test_of_two_people_who_approve_at_once_one_wins(stack, site):
    api = person(stack)
    job_id = analyze(api, site.url, "brand_123")
    finished(api, job_id)
    review = reviews(api, job_id)["identity"]

    def edit(number: int) -> int:
        value = {"field": "mission", "status": "edited", "value": f"Mission {number}"}
        return decide(api, review, value).status_code

    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(edit, range(4)))

    assert codes == [200, 409, 409, 409]


def test_a_second_crawl_respects_locks_and_reads_only_what_changed(stack):
    with served() as site:
        api = person(stack)
        first = analyze(api, site.url, "brand_123")
        finished(api, first)
        vision = {"field": "vision", "status": "edited", "value": "Mine"}
        name = {"field": "name", "status": "approved"}
        assert decide(api, reviews(api, first)["identity"], vision, name).status_code == 200
        site.texts["/mission/"] = site.texts["/mission/"].replace("A coast where", "A shore where")
        site.hits.clear()

        second = analyze(api, site.url, "brand_123")
        last = finished(api, second)

        fields = {field["field"]: field for field in reviews(api, second)["identity"]["fieldReviews"]}
        assert fields["name"]["status"] == "auto_approved"
        assert fields["vision"]["status"] == "pending"
        assert fields["vision"]["value"].startswith("A shore where")
        assert api.get("/api/brand-360/identity?brandId=brand_123").json()["data"]["vision"] == "Mine"
        pages = last["result"]["pages"]
        assert pages["unchanged"] == pages["read"] - 1
        changed = [path for _, path, status in site.hits if status == 200 and path.endswith("/")]
        assert changed == ["/mission/"]


def test_strangers_see_nothing_although_they_use_the_same_brand_id(analysed, stack):
    stranger = person(stack)
    review = next(iter(reviews(analysed.api, analysed.job_id).values()))
    field = review["fieldReviews"][0]["field"]

    answers = [
        stranger.get(f"/api/onboarding/analyze?jobId={analysed.job_id}"),
        stranger.get(f"/api/onboarding/review-queue?jobId={analysed.job_id}"),
        decide(stranger, review, {"field": field, "status": "approved"}),
        stranger.post("/api/onboarding/review-queue/reject", {"reviewId": review["id"]}),
        stranger.get("/api/brand-360/identity?brandId=brand_123"),
        stranger.get("/api/brand-360/competitors?brandId=brand_123"),
        stranger.get("/api/brand-360/products?brandId=brand_123"),
    ]

    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND"), answer.url


@pytest.mark.parametrize(
    ("approvals", "field"),
    [
        (None, "approvals"),
        ([], "approvals"),
        ([{"status": "approved"}], "approvals[0].field"),
        ([{"field": "mission", "status": "maybe"}], "approvals[0].status"),
        ([{"field": "mission", "status": "edited"}], "approvals[0].value"),
        ([{"field": "foundedYear", "status": "edited", "value": "soon"}], "approvals[0].value"),
        ([{"field": "motto", "status": "approved"}], "approvals[0].field"),
        ([{"field": "name", "status": "rejected"}] * 2, "approvals[1].field"),
    ],
)
def test_a_bad_decision_names_its_field(analysed, approvals, field):
    review = reviews(analysed.api, analysed.job_id)["identity"]
    body = {"reviewId": review["id"]} | ({} if approvals is None else {"approvals": approvals})

    answer = analysed.api.post("/api/onboarding/review-queue/approve", body)

    assert answer.status_code == 400, answer.text
    assert answer.json()["details"]["field"] == field
    assert reviews(analysed.api, analysed.job_id)["identity"] == review
