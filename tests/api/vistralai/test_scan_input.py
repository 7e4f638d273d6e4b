"""What a scan refuses: bad input by its field, a profile with nothing in it, strangers. Nothing starts by it."""

from __future__ import annotations

import pytest

from tests.api.vistralai.brands import write_brand
from tests.api.vistralai.scanning import start
from tests.kit.factories import Maker


@pytest.fixture(scope="module")
def mine(stack):
    """Somebody with a brand."""
    api = stack.client().with_key(Maker().person().token)
    write_brand(api)
    return api


def test_a_stranger_finds_no_scan(stack, mine):
    scan_id = start(mine, "gemini", promptCount=1, repeats=1)
    theirs = stack.client().with_key(Maker().person().token)
    write_brand(theirs)

    for method, path in (
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/cancel"),
        ("POST", "/rejudge"),
        ("GET", "/answers"),
    ):
        assert theirs.request(method, f"/api/aeo/perception-scan/{scan_id}{path}").status_code == 404
    assert theirs.get("/api/aeo/perception-scan?brand360Id=berthline").json()["data"] == []
    assert theirs.get("/api/aeo/prompts?brand360Id=berthline").json()["data"] == []


GOOD = {"brand360Id": "berthline", "platforms": ["gemini"], "promptCount": 1}


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"platforms": ["claude", "altavista"]}, 400, "INVALID_INPUT", "platforms[1]"),
        ({"platforms": []}, 400, "INVALID_INPUT", "platforms"),
        ({"platforms": "claude"}, 400, "INVALID_INPUT", "platforms"),
        ({"platforms": None}, 400, "INVALID_INPUT", "platforms"),
        ({"promptCount": 0}, 400, "INVALID_INPUT", "promptCount"),
        ({"promptCount": 10_000}, 400, "INVALID_INPUT", "promptCount"),
        ({"promptCount": 10_001}, 400, "INVALID_INPUT", "promptCount"),
        ({"promptCount": 2.5}, 400, "INVALID_INPUT", "promptCount"),
        ({"promptCount": 200, "repeats": 10, "platforms": ["gemini", "claude", "chatgpt"]}, 400, "INVALID_INPUT",
         "promptCount"),
        ({"repeats": 11}, 400, "INVALID_INPUT", "repeats"),
        ({"maxSpend": -1}, 400, "INVALID_INPUT", "maxSpend"),
        ({"categories": ["weather"]}, 400, "INVALID_INPUT", "categories[0]"),
        ({"brand360Id": "nobody's"}, 404, "NOT_FOUND", "brand360Id"),
        ({"brand360Id": None}, 400, "INVALID_INPUT", "brand360Id"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["", "/preview"])
def test_bad_input_is_told_by_its_field_and_starts_nothing(mine, path, change, status, code, field):
    before = len(mine.get("/api/aeo/perception-scan?brand360Id=berthline&limit=200").json()["data"])

    answer = mine.post(f"/api/aeo/perception-scan{path}", GOOD | change)

    assert answer.status_code == status, answer.text
    assert (answer.json()["code"], answer.json()["details"]["field"]) == (code, field)
    assert len(mine.get("/api/aeo/perception-scan?brand360Id=berthline&limit=200").json()["data"]) == before


def test_a_profile_without_anything_in_it_says_what_to_fill_in(stack):
    api = stack.client().with_key(Maker().person().token)
    assert api.post("/api/brand-360/identity", {"brandId": "empty", "mission": None}).status_code == 201

    for path, body in (
        ("perception-scan", GOOD | {"brand360Id": "empty"}),
        ("perception-scan/preview", GOOD | {"brand360Id": "empty"}),
        ("prompts/generate", {"brand360Id": "empty", "count": 3}),
    ):
        answer = api.post(f"/api/aeo/{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR"), answer.text
        assert "/api/brand-360/identity" in answer.json()["error"]
        assert [one["field"] for one in answer.json()["details"]["missing"]] == ["name", "products"]


def test_a_scan_of_a_profile_that_says_little_tells_what_would_help(stack):
    api = stack.client().with_key(Maker().person().token)
    api.post("/api/brand-360/identity", {"brandId": "nameless", "mission": "Harbours stay open"})

    started = api.post("/api/aeo/perception-scan", GOOD | {"brand360Id": "nameless"}).json()["data"]
    api.delete(f"/api/aeo/perception-scan/{started['scanId']}")

    assert [one["field"] for one in started["wouldHelp"]] == ["name", "products", "competitors", "foundedYear"]


def test_prompts_refuse_bad_input(mine):
    for change, field in (({"count": 0}, "count"), ({"count": 10_000}, "count"), ({"categories": []}, "categories")):
        answer = mine.post("/api/aeo/prompts/generate", {"brand360Id": "berthline", **change})
        assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)
    assert mine.get("/api/aeo/prompts?brand360Id=nobody").status_code == 404
    assert mine.get("/api/aeo/prompts?brand360Id=berthline&cursor=x").status_code == 400
