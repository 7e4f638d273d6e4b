"""Perception scans over HTTP: asked on fake platforms and in the sandbox, judged, scored, drilled into, cancelled."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from store.kit import db
from tests.api.vistralai.brands import write_brand
from tests.api.vistralai.scanning import answers_of, completed, job_done, over, read, start
from tests.kit.eventually import eventually
from tests.kit.factories import Maker
from tests.kit.fake_platforms import KEY, FakePlatforms
from tests.kit.fake_web import FakeWeb
from tests.kit.stack import running_stack

ASKED = ("claude", "chatgpt", "perplexity")
SANDBOXED = ("gemini", "google_aio")
ANSWER = "Berthline was founded in 2012. Berthline Desk costs £49 per month. Quayfolio is an alternative."


@pytest.fixture(scope="module")
def platforms() -> Iterator[FakePlatforms]:
    with FakeWeb() as web:
        yield FakePlatforms(web, lambda platform, question: ANSWER)


@pytest.fixture(scope="module")
def stack(services, emptier, platforms):
    """Three platforms have a key here, the others have none."""
    emptier.empty()
    settings = platforms.environment(*ASKED, concurrency=4, per_minute=0)
    with running_stack(services, settings=settings) as running:
        yield running


@pytest.fixture
def quiet(platforms) -> Iterator[FakePlatforms]:
    platforms.trouble.clear()
    platforms.asked.clear()
    yield platforms
    platforms.trouble.clear()


@pytest.fixture(scope="module")
def mine(stack):
    """Somebody with a brand."""
    api = stack.client().with_key(Maker().person().token)
    write_brand(api)
    return api


@pytest.fixture(scope="module")
def scanned(mine, platforms):
    """One scan of everything."""
    platforms.asked.clear()
    scan_id = start(mine, *ASKED, *SANDBOXED, promptCount=6, repeats=2)
    told = over(mine, scan_id)
    assert told["status"] == "completed", told
    return told


def test_a_scan_is_accepted_as_documented(mine, quiet):
    answer = mine.post(
        "/api/aeo/perception-scan", {"brand360Id": "berthline", "platforms": ["gemini", "gemini"], "promptCount": 1}
    )
    told = answer.json()["data"]

    assert answer.status_code == 202
    assert {"scanId", "status", "platforms", "createdAt"} <= set(told)
    assert (told["platforms"], told["sandbox"], told["sandboxPlatforms"]) == (["gemini"], True, ["gemini"])
    assert told["status"] in ("pending", "running")
    assert answer.headers["Location"].endswith(told["scanId"])
    assert over(mine, told["scanId"])["status"] == "completed"


def test_the_details_have_the_documented_shape_and_what_each_number_is_worth(scanned):
    assert {"id", "brand360Id", "status", "platforms", "metrics", "quadrant", "platformResults", "createdAt",
            "completedAt"} <= set(scanned)  # fmt: skip
    assert scanned["brand360Id"] == "berthline"
    assert list(scanned["metrics"]) == ["faithfulness", "shareOfVoice", "sentiment", "voiceAlignment", "hallucination"]
    assert [one["platform"] for one in scanned["platformResults"]] == [*ASKED, *SANDBOXED]
    claude = scanned["platformResults"][0]
    assert claude["metrics"]["faithfulness"] is not None
    for name, interval in claude["intervals"].items():
        if interval["value"] is not None:
            assert interval["low"] <= interval["value"] <= interval["high"], name
            assert interval["n"] > 0
        else:
            assert interval["reason"]
    assert scanned["metrics"]["voiceAlignment"] is None
    assert scanned["intervals"]["voiceAlignment"]["reason"] == "no_voice_profile"
    assert scanned["coverage"]["planned"] == 5 * 6 * 2
    assert scanned["coverage"]["valid"] + scanned["coverage"]["absent"] == 5 * 6 * 2
    assert scanned["progress"] == 100


def test_what_the_sandbox_answered_says_so_and_nothing_else_does(mine, scanned):
    assert scanned["sandbox"] is True
    assert scanned["sandboxPlatforms"] == list(SANDBOXED)
    assert {one["platform"] for one in scanned["platformResults"] if one["sandbox"]} == set(SANDBOXED)
    assert {one["platform"] for one in answers_of(mine, scanned["id"]) if one["sandbox"]} == set(SANDBOXED)


def test_every_call_was_made_once_and_counted(mine, scanned, platforms):
    counted = platforms.count()

    assert len(counted) == 3 * 6
    assert set(counted.values()) == {2}, "each repeat once"
    assert scanned["spend"]["spent"] == pytest.approx(
        sum(one["cost"]["amount"] for one in answers_of(mine, scanned["id"])), abs=1e-9
    )
    assert scanned["spend"]["limit"] == 20
    keys = {one.headers["idempotency-key"] for one in platforms.asked}
    assert len(keys) == 3 * 6 * 2, "each cell has a key of its own"


def test_every_number_can_be_followed_to_the_words_of_an_answer(mine, scanned):
    found = answers_of(mine, scanned["id"])

    assert len(found) == 60
    assert len({one["id"] for one in found}) == 60
    one = next(one for one in found if one["platform"] == "perplexity")
    assert one["text"].startswith(ANSWER)
    assert one["text"][one["citations"][0]["start"] : one["citations"][0]["end"]] == "[1]"
    assert one["citations"][0]["domain"] == "acme.example"
    assert one["usage"] == {"inputTokens": 1000, "outputTokens": 200, "cachedTokens": 100, "searches": 1}
    assert one["cost"] == {"amount": 0.0055, "source": "reported", "currency": "USD"}
    assert (one["model"], one["state"]) == ("perplexity/sonar", "valid")
    (wrong,) = one["judgement"]["contradicted"]
    assert (wrong["factId"], wrong["claimed"], wrong["actual"]) == ("identity.foundedYear", "2012", "2016")
    assert one["text"][wrong["start"] : wrong["end"]] == wrong["quote"]
    assert KEY not in json.dumps(found)


def test_answers_can_be_chosen_by_platform_state_and_prompt(mine, scanned):
    prompt = answers_of(mine, scanned["id"])[0]["prompt"]["id"]

    of_one = answers_of(mine, scanned["id"], "&platform=claude")
    assert {one["platform"] for one in of_one} == {"claude"}
    assert len(of_one) == 12
    assert len(answers_of(mine, scanned["id"], f"&promptId={prompt}")) == 10
    assert answers_of(mine, scanned["id"], "&state=failed") == []


def test_a_wrong_claim_becomes_an_insight(mine, scanned):
    listed = mine.get("/api/aeo/insights?brand360Id=berthline").json()["data"]

    year = next(one for one in listed if one["description"] == "Incorrect founding year mentioned")
    assert year["evidence"] == "Response stated 2012, actual is 2016"
    assert year["scanId"] == scanned["id"]


def test_scans_are_listed_newest_first_with_their_metrics(mine, scanned):
    listed = mine.get("/api/aeo/perception-scan?brand360Id=berthline").json()["data"]
    first = mine.get("/api/aeo/perception-scan?brand360Id=berthline&limit=1")

    assert [one["createdAt"] for one in listed] == sorted((one["createdAt"] for one in listed), reverse=True)
    held = next(one for one in listed if one["id"] == scanned["id"])
    assert held["metrics"] == scanned["metrics"]
    assert held["quadrant"] == scanned["quadrant"]
    rest = mine.get(first.links["next"]["url"]).json()["data"]
    assert [*first.json()["data"], *rest][:2] == listed[:2]


def test_prompts_are_made_as_documented_and_asked_by_scans(mine, scanned):
    made = mine.post(
        "/api/aeo/prompts/generate",
        {"brand360Id": "berthline", "count": 10, "categories": ["product", "brand", "competitor"]},
    )
    again = mine.post("/api/aeo/prompts/generate", {"brand360Id": "berthline", "count": 3, "categories": ["product"]})
    listed = mine.get("/api/aeo/prompts?brand360Id=berthline").json()["data"]

    assert (made.status_code, made.json()["data"]["count"]) == (200, 10)
    prompts = made.json()["data"]["prompts"]
    assert all({"id", "text", "category", "intent"} <= set(one) for one in prompts)
    assert {one["category"] for one in prompts} == {"product", "brand", "competitor"}
    assert len({one["text"] for one in prompts}) == 10
    assert [one["category"] for one in again.json()["data"]["prompts"]] == ["product"] * 3
    assert {one["id"] for one in prompts} <= {one["id"] for one in listed}
    by_id = {one["id"]: one for one in listed}
    assert by_id[prompts[0]["id"]]["usageCount"] >= 1
    assert {"createdAt", "text", "category"} <= set(listed[0])


def test_a_preview_tells_what_a_scan_would_do(mine, quiet):
    told = mine.post(
        "/api/aeo/perception-scan/preview",
        {"brand360Id": "berthline", "platforms": ["claude", "gemini"], "promptCount": 5, "maxSpend": 0.0001},
    ).json()["data"]

    assert (told["prompts"], told["repeats"], told["cells"]) == (5, 3, 30)
    assert [one["sandbox"] for one in told["platforms"]] == [False, True]
    assert told["platforms"][0]["estimatedCost"] > 0
    assert told["platforms"][1]["estimatedCost"] == 0
    assert told["estimatedCost"] == told["platforms"][0]["estimatedCost"]
    assert (told["fits"], told["maxSpend"]) == (False, 0.0001)
    assert any(one["field"] == "mission" for one in told["wouldHelp"])
    assert quiet.asked == []


def test_a_platform_that_refuses_the_key_costs_its_share_only(mine, quiet):
    def refuses(request, number):
        request.answer(401, b'{"error": {"type": "authentication_error", "message": "no"}}')
        return True

    quiet.trouble["claude"] = refuses
    told = over(mine, start(mine, "claude", "perplexity", promptCount=4, repeats=2))

    assert told["status"] == "completed"
    shares = {one["platform"]: one["coverage"]["share"] for one in told["platformResults"]}
    assert shares == {"claude": 0, "perplexity": 1}
    assert told["coverage"]["failed"] == 8
    failed = answers_of(mine, told["id"], "&state=failed")
    assert {one["error"]["code"] for one in failed} == {"unauthorized"}
    assert sum(one.platform == "claude" for one in quiet.asked) < 8, "the others are not asked in vain"
    assert KEY not in json.dumps(failed)
    db.rows("UPDATE platform_gate SET paused_until = now()")


def test_a_scan_that_nobody_answers_has_failed(mine, quiet):
    def broken(request, number):
        request.answer(400, b'{"error": {"message": "no", "type": "invalid_request_error"}}')
        return True

    quiet.trouble["chatgpt"] = broken
    told = over(mine, start(mine, "chatgpt", promptCount=2, repeats=1))

    assert told["status"] == "failed"
    assert (told["error"]["code"], told["error"]["retryable"]) == ("no_answers", True)
    assert told["error"]["message"] == "No platform gave an answer: chatgpt (bad_request)."
    assert told["coverage"]["reasons"] == {"bad_request": 2}
    assert (told["metrics"], told["spend"]["spent"]) == (None, 0)

    quiet.trouble.clear()
    assert mine.post(f"/v1/jobs/{told['jobId']}/retry").status_code == 202
    assert over(mine, told["id"])["coverage"]["valid"] == 2


def test_a_wait_that_a_platform_asks_for_delays_its_cells_and_loses_none(mine, quiet):
    def slow_down(request, number):
        if number > 2:
            return False
        request.answer(429, b'{"error": {"code": "rate_limit_exceeded"}}', {"Retry-After": "0.3"})
        return True

    quiet.trouble["chatgpt"] = slow_down
    told = over(mine, start(mine, "chatgpt", promptCount=4, repeats=1))

    assert (told["status"], told["coverage"]["valid"]) == ("completed", 4)
    assert len(quiet.asked) == 6


def test_a_hiccup_is_tried_again(mine, quiet):
    def stumbles(request, number):
        if number > 1:
            return False
        request.answer(503, b"<html>busy</html>", {"Content-Type": "text/html"})
        return True

    quiet.trouble["perplexity"] = stumbles
    told = over(mine, start(mine, "perplexity", promptCount=1, repeats=1))

    assert (told["status"], told["coverage"]["valid"]) == ("completed", 1)
    assert len(quiet.asked) == 2


def test_a_scan_spends_no_more_than_it_may(mine, quiet):
    told = over(mine, start(mine, "claude", promptCount=6, repeats=1, maxSpend=0.13))

    assert told["status"] == "completed"
    failed = answers_of(mine, told["id"], "&state=failed")
    assert {one["error"]["code"] for one in failed} == {"spend_limit"}
    assert told["spend"]["spent"] <= told["spend"]["limit"] == 0.13
    assert len(quiet.asked) == 6 - len(failed)


def test_what_calls_reserve_and_do_not_spend_is_there_for_the_next(mine, scanned, quiet):
    wish = {"brand360Id": "berthline", "platforms": ["claude"], "promptCount": 6, "repeats": 1}
    reserved = mine.post("/api/aeo/perception-scan/preview", wish).json()["data"]["estimatedCost"] / 6
    spent = max(one["cost"]["amount"] for one in answers_of(mine, scanned["id"], "&platform=claude"))

    told = over(mine, start(mine, "claude", promptCount=6, repeats=1, maxSpend=reserved + spent * 5.5))

    assert (told["coverage"]["valid"], told["coverage"]["reasons"]) == (6, {})
    assert spent * 6 == pytest.approx(told["spend"]["spent"], rel=0.1)


def test_a_cancelled_scan_keeps_its_answers_and_can_be_judged_all_the_same(mine, quiet, stack):
    def hangs(request, number):
        return number > 3 and request.web.stopping.wait(20)

    quiet.trouble["claude"] = hangs
    scan_id = start(mine, "claude", promptCount=8, repeats=1)
    eventually(lambda: read(mine, scan_id)["coverage"]["valid"] == 3, within_s=20)

    here = f"/api/aeo/perception-scan/{scan_id}"
    for cancelled in (mine.delete(here), mine.post(f"{here}/cancel")):
        assert (cancelled.status_code, cancelled.json()["data"]["status"]) == (200, "cancelled")
    assert len(answers_of(mine, scan_id, "&state=valid")) == 3
    assert mine.post(f"{here}/rejudge").status_code == 202
    told = eventually(lambda: completed(mine, scan_id), within_s=20)
    assert told["metrics"]["faithfulness"] is not None
    assert told["coverage"]["share"] == 3 / 8

    quiet.trouble["claude"] = lambda request, number: request.web.stopping.wait(0.3)
    retry = f"/v1/jobs/{told['jobId']}/retry"
    eventually(lambda: mine.post(retry).status_code == 202, within_s=20)  # 409 while calls are being stopped
    assert read(mine, scan_id)["status"] in ("pending", "running")
    assert mine.post(f"{here}/rejudge").status_code == 409
    whole = over(mine, scan_id)
    assert (whole["status"], whole["coverage"]["valid"]) == ("completed", 8)


def test_answers_are_judged_anew_without_asking_again(mine, scanned, quiet):
    before = read(mine, scanned["id"])
    mine.put("/api/brand-360/identity", {"brandId": "berthline", "foundedYear": 2012})
    try:
        started = mine.post(f"/api/aeo/perception-scan/{scanned['id']}/rejudge")
        assert started.status_code == 202, started.text
        job = started.json()["data"]["jobId"]
        assert eventually(lambda: mine.get(f"/v1/jobs/{job}?wait=10").json()["status"] == "completed", within_s=30)
        after = read(mine, scanned["id"])
    finally:
        mine.put("/api/brand-360/identity", {"brandId": "berthline", "foundedYear": 2016})

    assert quiet.asked == []
    assert after["judgedAt"] > before["judgedAt"]
    assert after["completedAt"] == before["completedAt"]
    asked = [one["metrics"]["faithfulness"] for one in after["platformResults"][:3]]
    assert asked == [100, 100, 100], "what was wrong is right by the corrected profile"


def test_the_same_idempotency_key_gives_the_same_scan(mine, quiet):
    body = {"brand360Id": "berthline", "platforms": ["gemini"], "promptCount": 1, "repeats": 1}
    key = {"Idempotency-Key": "once-only"}
    first, second = (mine.post("/api/aeo/perception-scan", body, headers=key) for _ in range(2))

    assert first.json()["data"]["scanId"] == second.json()["data"]["scanId"]
    over(mine, first.json()["data"]["scanId"])


def test_a_scan_of_a_schedule_or_by_name_is_a_scan_like_any_other(mine, quiet):
    wish = {"brand360Id": "berthline", "platforms": ["gemini"], "promptCount": 2, "repeats": 1}
    job = mine.post("/v1/jobs", {"pipeline": "perception", "input": wish}).json()

    done = eventually(lambda: job_done(mine, job["job_id"]), within_s=30)
    assert read(mine, done["result"]["scanId"])["status"] == "completed"
