"""Analyzing a website as the published document describes it, end to end, on the project's own website."""

from __future__ import annotations

import json

import pytest

from store.kit.settings import ROOT
from tests.api.vistralai.analyses import analyze, finished, person
from workers.demo_site import served

TRUTH = json.loads((ROOT / "docs" / "demo-site" / "truth.json").read_text())


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
