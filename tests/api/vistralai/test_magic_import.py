"""A magic import of the project's own website: progress by stage, the filled brand, its reviews, and what is told."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.api.vistralai.analyses import DONE_WITHIN_S, decide, person, reviews
from tests.kit.client import Client
from tests.kit.eventually import eventually
from tests.kit.receivers import Receiver
from workers.demo_site import served

STAGES = ["crawl", "analyze", "competitors", "profile"]
VISTRALAI_EVENTS = ["analysis.completed", "review.pending", "brand_profile.updated"]
BRAND = "organizationId"


def start(api: Client, url: str, organization: str = "org_123") -> Any:
    return api.post("/api/aeo/magic-import", {BRAND: organization, "websiteUrl": url})


def followed(api: Client, import_id: str) -> list[dict[str, Any]]:
    """Every answer until the import is over."""
    seen: list[dict[str, Any]] = []

    def look() -> bool:
        answer = api.get(f"/api/aeo/magic-import/{import_id}")
        assert answer.status_code == 200, answer.text
        seen.append(answer.json()["data"])
        return seen[-1]["status"] != "processing"

    eventually(look, within_s=DONE_WITHIN_S)
    return seen


def profile(api: Client, path: str, key: str = "brandId") -> Any:
    answer = api.get(f"/api/brand-360/{path}?{key}=org_123")
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


class Imported:
    """One import and all that was seen of it."""

    def __init__(self, api: Client, url: str) -> None:
        self.api = api
        with Receiver() as receiver:
            api.post("/api/webhooks", {"url": receiver.url, "events": VISTRALAI_EVENTS})
            self.started = start(api, url)
            self.id = self.started.json()["data"]["importId"]
            self.seen = followed(api, self.id)
            self.last = self.seen[-1]
            eventually(lambda: self.events()["job.completed"] == 1)
            wanted = sum(self.events()[kind] for kind in ("job.completed", *VISTRALAI_EVENTS))
            eventually(lambda: len(receiver.bodies()) == wanted, within_s=10)
            self.told = receiver.bodies()

    def events(self) -> Counter[str]:
        return Counter(one["type"] for one in self.api.get("/v1/events?limit=100").json()["events"])

    def open_reviews(self) -> list[dict[str, Any]]:
        assert self.last["status"] == "completed", self.last
        return list(self.last["result"]["reviews"])


@pytest.fixture(scope="module")
def imported(stack, site) -> Imported:
    return Imported(person(stack), site.url)


def test_a_start_answers_as_documented(imported):
    assert imported.started.status_code == 202
    data = imported.started.json()["data"]
    assert {"importId", "status", "stages", "currentStage", "progress"} <= set(data)
    assert (data["status"], data["stages"], data["currentStage"], data["progress"]) == ("started", STAGES, "crawl", 0)
    assert imported.started.headers["Location"] == f"/api/aeo/magic-import/{imported.id}"
    assert int(imported.started.headers["Retry-After"]) >= 1


def test_progress_rises_stage_by_stage(imported):
    told = [(STAGES.index(one["currentStage"]), one["progress"]) for one in imported.seen]

    assert told == sorted(told)
    assert (imported.last["status"], imported.last["progress"]) == ("completed", 100)
    assert all(one["stages"] == STAGES and one["importId"] == imported.id for one in imported.seen)
    assert all(one["result"] is None for one in imported.seen[:-1])


def test_the_result_is_the_filled_brand_with_its_open_reviews(imported):
    result = imported.last["result"]
    brand = result["brand"]

    assert (result["organizationId"], brand["brandId"]) == ("org_123", "org_123")
    assert (brand["identity"]["name"], brand["identity"]["foundedYear"]) == ("Berthline", 2016)
    assert {one["name"] for one in brand["products"]} == {"Berthline Desk", "Berthline Gate", "Berthline Meter"}
    assert {one["name"] for one in brand["competitors"]} <= {"Quayfolio", "Moorsheet"}
    opened = {review["id"]: review for review in reviews(imported.api, imported.id).values()}
    for one in result["reviews"]:
        pending = [field["field"] for field in opened[one["id"]]["fieldReviews"] if field["status"] == "pending"]
        assert (one["dataType"], one["pendingFields"]) == (opened[one["id"]]["dataType"], pending)
    assert result["pages"]["read"] > 5


def test_the_brand_is_there_under_the_organization_s_id(imported):
    brand = imported.last["result"]["brand"]
    identity = profile(imported.api, "identity")

    assert {name: identity[name] for name in brand["identity"]} == brand["identity"]
    assert [one["id"] for one in profile(imported.api, "products")] == [one["id"] for one in brand["products"]]
    assert identity["sources"]["name"]["origin"] == "onboarding"


def test_what_is_approved_of_the_audience_shows_in_both_places(imported):
    review = reviews(imported.api, imported.id)["audience"]
    pending = [field["field"] for field in review["fieldReviews"] if field["status"] == "pending"]
    if pending:
        decided = decide(imported.api, review, *({"field": field, "status": "approved"} for field in pending))
        assert decided.status_code == 200, decided.text

    names = {field["field"] for field in review["fieldReviews"] if field["status"] != "rejected"}
    for shown in (
        profile(imported.api, "market-position"),
        profile(imported.api, "audience", "brand360Id")["audience"],
    ):
        assert {one["name"] for one in shown["targetAudiences"]} == names
        assert {one["source"]["origin"] for one in shown["targetAudiences"]} == {"onboarding"}


def test_each_event_is_told_once_for_each_thing_that_happened(imported):
    told = Counter((one["event"], one["data"].get("dataType")) for one in imported.told)
    open_types = [one["dataType"] for one in imported.open_reviews()]
    (analysis,) = [one["data"] for one in imported.told if one["event"] == "analysis.completed"]

    assert analysis["jobId"] == imported.id and analysis["brandId"] == "org_123"
    assert {kind: number for (event, kind), number in told.items() if event == "review.pending"} == dict.fromkeys(
        open_types, 1
    )
    changed = {kind: number for (event, kind), number in told.items() if event == "brand_profile.updated"}
    assert changed.items() <= dict.fromkeys(("identity", "products", "competitors", "audience"), 1).items()
    assert {"identity", "products"} <= set(changed)
    assert {one["data"]["brandId"] for one in imported.told} == {"org_123"}


def test_the_queues_count_it_once_each(imported):
    stats = imported.api.get("/api/admin/queue-stats").json()["data"]["stats"]
    board = imported.api.get("/api/admin/review-queue").json()["data"]

    assert [stats[f"{queue}Queue"]["completed"] for queue in ("crawl", "extract", "analyze")] == [1, 1, 1]
    assert (stats["totalJobs"], stats["successRate"]) == (1, 1.0)
    assert stats["averageProcessingTime"] > 100
    assert {one["jobId"] for one in board["reviews"]} == {imported.id}
    assert board["stats"]["totalReviews"] == len(board["reviews"])


def test_a_second_import_respects_what_people_decided(imported, site):
    imported.api.put("/api/brand-360/identity", {BRAND: "ignored", "brandId": "org_123", "mission": "Ours alone"})

    again = followed(imported.api, start(imported.api, site.url).json()["data"]["importId"])[-1]

    assert again["result"]["brand"]["identity"]["mission"] == "Ours alone"
    assert profile(imported.api, "identity")["mission"] == "Ours alone"


def test_a_site_that_is_down_fails_as_in_an_analysis(stack):
    with served() as gone:
        url = gone.url
    api = person(stack)

    last = followed(api, start(api, url).json()["data"]["importId"])[-1]

    assert (last["status"], last["result"], last["currentStage"]) == ("failed", None, "crawl")
    assert last["error"]["code"] == "site_unreachable"


def test_a_cancelled_import_says_so(stack):
    with served() as slow:
        slow.texts["/robots.txt"] = "User-agent: *\nCrawl-delay: 5\n"
        api = person(stack)
        import_id = start(api, slow.url).json()["data"]["importId"]

        assert api.post(f"/v1/jobs/{import_id}/cancel").status_code == 200
        last = followed(api, import_id)[-1]

    assert (last["status"], last["result"]) == ("cancelled", None)
    assert "error" not in last


def test_a_start_sent_twice_under_one_key_is_one_import(stack, site):
    api = person(stack)
    body, headers = {BRAND: "org_123", "websiteUrl": site.url}, {"Idempotency-Key": "once"}
    first, again = (api.post("/api/aeo/magic-import", body, headers=headers) for _ in range(2))

    assert first.json()["data"]["importId"] == again.json()["data"]["importId"]
    assert api.post(f"/v1/jobs/{first.json()['data']['importId']}/cancel").status_code == 200


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({BRAND: "org_123"}, "websiteUrl", "MISSING_REQUIRED_FIELD"),
        ({"websiteUrl": "https://example.com"}, BRAND, "MISSING_REQUIRED_FIELD"),
        ({BRAND: "", "websiteUrl": "https://example.com"}, BRAND, "INVALID_INPUT"),
        ({BRAND: 7, "websiteUrl": "https://example.com"}, BRAND, "INVALID_INPUT"),
        ({BRAND: "o", "websiteUrl": "not-a-domain"}, "websiteUrl", "INVALID_INPUT"),
        ({BRAND: "o", "websiteUrl": "http://10.0.0.1/"}, "websiteUrl", "INVALID_INPUT"),
    ],
)
def test_a_bad_start_names_its_field_and_starts_nothing(stack, body, field, code):
    api = person(stack)
    answer = api.post("/api/aeo/magic-import", body)

    assert (answer.status_code, answer.json()["code"], answer.json()["details"]["field"]) == (400, code, field)
    assert api.get("/v1/jobs").json()["jobs"] == []


def test_what_is_no_import_or_another_s_is_not_found(imported, stack):
    other = person(stack)
    echo = imported.api.post("/v1/jobs", {"pipeline": "diagnostics.echo", "input": {}}).json()["job_id"]

    for api, import_id in ((other, imported.id), (imported.api, echo), (imported.api, "import_123")):
        answer = api.get(f"/api/aeo/magic-import/{import_id}")
        assert (answer.status_code, answer.json()["details"]["field"]) == (404, "importId")
