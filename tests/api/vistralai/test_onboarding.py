"""The onboarding section of the published document, end to end, on the project's own website."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from store.kit.settings import ROOT
from tests.kit.client import Client
from tests.kit.eventually import eventually
from tests.kit.factories import Maker
from workers.demo_site import DemoSite, served

TRUTH = json.loads((ROOT / "docs" / "demo-site" / "truth.json").read_text())
DONE_WITHIN_S = 40


@dataclass
class Analysed:
    """A finished analysis of the demo site and the person who asked for it."""

    api: Client
    job_id: str
    result: dict[str, Any]
    seen: list[dict[str, Any]]


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with served() as running:
        yield running


def analyze(api: Client, url: str, brand_id: str) -> str:
    started = api.post("/api/onboarding/analyze", {"brandId": brand_id, "websiteUrl": url})
    assert started.status_code == 202, started.text
    return started.json()["data"]["jobId"]


def finished(api: Client, job_id: str, seen: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        data = api.get(f"/api/onboarding/analyze?jobId={job_id}").json()["data"]
        if seen is not None:
            seen.append(data)
        return data if data["status"] != "processing" else None

    return eventually(look, within_s=DONE_WITHIN_S)


def reviews(api: Client, job_id: str) -> dict[str, Any]:
    found = api.get(f"/api/onboarding/review-queue?jobId={job_id}").json()["data"]
    return {review["dataType"]: review for review in found["reviews"]}


def decide(api: Client, review: dict[str, Any], *approvals: dict[str, Any], **more: Any) -> Any:
    return api.post(
        "/api/onboarding/review-queue/approve", {"reviewId": review["id"], "approvals": list(approvals), **more}
    )


def person(stack: Any) -> Client:
    """A client of somebody who signed in a moment ago, with a workspace of their own."""
    return stack.client().with_key(Maker().person().token)


@pytest.fixture(scope="module")
def analysed(stack, site) -> Analysed:
    api, seen = person(stack), []
    job_id = analyze(api, site.url, "brand_123")
    last = finished(api, job_id, seen)
    assert last["status"] == "completed", last
    return Analysed(api, job_id, last["result"], seen)


def test_a_start_answers_as_documented(stack, site):
    api = person(stack)

    started = api.post("/api/onboarding/analyze", {"brandId": "brand_123", "websiteUrl": site.url, "extra": 1})

    assert started.status_code == 202
    data = started.json()["data"]
    assert set(data) == {"jobId", "status", "phase", "progress", "estimatedTimeRemaining"}
    assert (data["status"], data["phase"]) == ("started", "crawl")
    assert isinstance(data["estimatedTimeRemaining"], int)
    assert started.headers["Location"] == f"/api/onboarding/analyze?jobId={data['jobId']}"
    assert int(started.headers["Retry-After"]) >= 1
    finished(api, data["jobId"])


def test_progress_rises_through_the_documented_phases(analysed):
    under_way = [data for data in analysed.seen if data["status"] == "processing"]

    phases = ("crawl", "extract", "analyze", "review")
    order = [(phases.index(data["phase"]), data["progress"]) for data in under_way]
    assert order == sorted(order)
    for data in under_way:
        assert data["result"] is None
        assert data["estimatedTimeRemaining"] >= 1


def test_a_completed_analysis_has_the_documented_shape(analysed):
    last = analysed.seen[-1]

    assert {"jobId", "status", "progress", "result"} == set(last)
    assert (last["status"], last["progress"]) == ("completed", 100)
    crawl = analysed.result["crawlData"]
    assert "paperwork off the people" in crawl["markdown"]
    assert crawl["metadata"]["title"] == "Berthline | Berth booking for small harbours"
    assert crawl["metadata"]["description"].startswith("Berthline is berth booking software")
    assert {"extractedIdentity", "extractedCompetitors", "extractedProducts", "evidence", "pages"} < set(
        analysed.result
    )


def test_what_is_true_of_the_company_was_found(analysed):
    identity = analysed.result["extractedIdentity"]
    truth = TRUTH["identity"]

    assert identity["name"] in truth["name"]
    assert identity["tagline"] in truth["tagline"]
    assert identity["mission"] in truth["mission"]
    assert identity["vision"] in truth["vision"]
    assert identity["coreValues"] == truth["coreValues"]
    assert identity["brandStory"].startswith(truth["brandStory"][0])
    assert identity["foundedYear"] in truth["foundedYear"]
    assert truth["headquarters"][0] in identity["headquarters"]
    assert {one["name"] for one in analysed.result["extractedCompetitors"]} == set(TRUTH["competitors"])
    prices = {one["name"]: one.get("pricing", {}) for one in analysed.result["extractedProducts"]}
    for name, price in TRUTH["products"].items():
        assert prices[name].items() >= price.items()


def test_nothing_that_is_not_true_was_accepted(analysed):
    evidence, traps = analysed.result["evidence"], TRUTH["traps"]
    accepted = {
        field: value for field, value in analysed.result["extractedIdentity"].items() if evidence[field]["accepted"]
    }

    assert accepted.get("foundedYear") not in traps["foundedYear"]
    assert not any(place in accepted.get("headquarters", "") for place in traps["headquarters"])
    names = {one["name"] for one in analysed.result["extractedCompetitors"]}
    assert not names & set(traps["competitors"])
    sure = [name for name, shown in evidence["products"].items() if shown["accepted"]]
    assert set(sure) <= set(TRUTH["products"])


def test_every_value_is_shown_with_words_from_its_page(analysed, site):
    for field in analysed.result["extractedIdentity"]:
        for source in analysed.result["evidence"][field]["sources"]:
            page = site.texts[source["url"].removeprefix(site.url)]
            for word in source["quote"].split():
                assert word in page.replace("&amp;", "&"), (field, source)


def test_the_page_that_robots_txt_closes_was_not_read(analysed, site):
    assert not any(path == "/office/" for _, path, _ in site.hits)


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


def test_a_site_that_is_down_fails_with_a_code_and_a_sentence(stack):
    with served() as site:
        url = site.url
    api = person(stack)

    last = finished(api, analyze(api, url, "brand_123"))

    assert (last["status"], last["result"]) == ("failed", None)
    assert last["error"]["code"] == "site_unreachable"
    assert last["error"]["message"].endswith((".", ")"))


def test_a_cancelled_analysis_says_so(stack):
    with served() as site:
        site.texts["/robots.txt"] = "User-agent: *\nCrawl-delay: 5\n"
        api = person(stack)
        job_id = analyze(api, site.url, "brand_123")

        assert api.post(f"/v1/jobs/{job_id}/cancel").status_code == 200

        last = finished(api, job_id)
        assert (last["status"], last["result"]) == ("cancelled", None)


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


def test_a_job_of_another_pipeline_is_no_analysis(stack):
    api = person(stack)
    echo = api.post("/v1/jobs", {"pipeline": "diagnostics.echo", "input": {}}).json()["job_id"]

    for path in ("analyze", "review-queue"):
        assert api.get(f"/api/onboarding/{path}?jobId={echo}").status_code == 404


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"brandId": "b"}, "websiteUrl", "MISSING_REQUIRED_FIELD"),
        ({"websiteUrl": "https://example.com"}, "brandId", "MISSING_REQUIRED_FIELD"),
        ({"brandId": " ", "websiteUrl": "https://example.com"}, "brandId", "INVALID_INPUT"),
        ({"brandId": "b", "websiteUrl": 7}, "websiteUrl", "INVALID_INPUT"),
        ({"brandId": "b", "websiteUrl": ""}, "websiteUrl", "INVALID_INPUT"),
        ({"brandId": "b", "websiteUrl": "not-a-domain"}, "websiteUrl", "INVALID_INPUT"),
        ({"brandId": "b", "websiteUrl": "ftp://example.com"}, "websiteUrl", "INVALID_INPUT"),
        ({"brandId": "b", "websiteUrl": "https://me:pw@example.com"}, "websiteUrl", "INVALID_INPUT"),
        ({"brandId": "b", "websiteUrl": "http://10.0.0.1/"}, "websiteUrl", "INVALID_INPUT"),
        ({"brandId": "b", "websiteUrl": "http://[::1]/"}, "websiteUrl", "INVALID_INPUT"),
        ({"brandId": "b", "websiteUrl": "https://a\x00b.com"}, "websiteUrl", "INVALID_INPUT"),
    ],
)
def test_a_bad_start_names_its_field_and_starts_nothing(stack, body, field, code):
    api = person(stack)

    answer = api.post("/api/onboarding/analyze", body)

    assert answer.status_code == 400
    told = answer.json()
    assert (told["success"], told["code"], told["details"]["field"]) == (False, code, field)
    assert api.get("/v1/jobs").json()["jobs"] == []


@pytest.mark.parametrize("url", ["https://me:pw@example.com", "http://10.0.0.1/", "ftp://example.com"])
def test_the_own_job_endpoint_refuses_the_same_addresses(stack, url):
    api = person(stack)

    answer = api.post("/v1/jobs", {"pipeline": "onboarding", "input": {"brandId": "b", "websiteUrl": url}})

    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["details"]["field"].startswith("input")
    assert "websiteUrl" in error["message"] + error["details"]["field"]
    assert api.get("/v1/jobs").json()["jobs"] == []


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


@pytest.mark.parametrize("path", ["analyze", "review-queue"])
@pytest.mark.parametrize("query", ["", "?jobId=", "?jobId=brand_123", "?jobId=job_00000000000000000000000000"])
def test_an_unknown_job_is_refused(stack, path, query):
    answer = person(stack).get(f"/api/onboarding/{path}{query}")

    assert answer.status_code == (400 if not query else 404)
    assert answer.json()["details"]["field"] == "jobId"


def test_nothing_is_open_without_a_key(stack):
    for method, path in (("GET", "analyze"), ("POST", "analyze"), ("GET", "review-queue")):
        answer = stack.client().request(method, f"/api/onboarding/{path}")
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")
