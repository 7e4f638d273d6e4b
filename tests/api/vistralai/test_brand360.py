"""Brand 360 as the published document has it: sections, lists, scores, locks, errors and what the log is told."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.vistralai import documented
from tests.kit.factories import Maker
from tests.kit.settled import events_of

SECTIONS = {
    "identity": ("brandId", documented.IDENTITY),
    "market-position": ("brandId", documented.MARKET_POSITION),
    "positioning": ("brand360Id", documented.POSITIONING),
}
LISTS = {
    "competitors": ("brandId", documented.COMPETITOR),
    "products": ("brandId", documented.PRODUCT),
    "personas": ("brand360Id", documented.PERSONA),
}
PATHS = {name: key for name, (key, _) in {**SECTIONS, **LISTS}.items()} | {"audience": "brand360Id"}


def url(path: str, label: str | None = None, **query: str) -> str:
    told = {PATHS[path]: label, **query} if label else query
    return f"/api/brand-360/{path}?" + "&".join(f"{name}={value}" for name, value in told.items())


def label_of(body: dict[str, Any]) -> str:
    return str(body.get("brandId") or body["brand360Id"])


def data(answer: Any) -> Any:
    assert answer.status_code < 300, answer.text
    assert answer.json()["success"] is True
    return answer.json()["data"]


def told(client: Any, kind: str = "brand_profile.updated") -> list[dict[str, Any]]:
    return [one["data"] for one in events_of(client) if one["type"] == kind]


@pytest.mark.parametrize("path", ["identity", "market-position"])
def test_a_section_is_created_updated_and_read_as_documented(mine, path):
    body = SECTIONS[path][1]
    created = mine.post(url(path), body)
    again = mine.post(url(path), body)
    updated = mine.put(url(path), body)
    read = data(mine.get(url(path, "brand_123")))

    assert (created.status_code, again.status_code, updated.status_code) == (201, 200, 200)
    first = created.json()["data"]
    assert {"id", "brandId", "completionScore", "createdAt", "updatedAt"} <= set(first)
    assert first["completionScore"] == {"identity": 85, "market-position": 78}[path]
    assert read["id"] == first["id"] == data(updated)["id"]
    assert read["brandId"] == "brand_123"
    for name, value in body.items():
        if name == "targetAudiences":
            assert [value[0].items() <= one.items() for one in read[name]] == [True]
        else:
            assert read[name] == value


def test_a_positioning_is_updated_and_read_as_documented(mine):
    written = data(mine.put(url("positioning"), documented.POSITIONING))
    axes = [{"name": "price", "low": "cheap", "high": "premium", "position": 0.8}]
    data(mine.put(url("positioning"), {
        "brand360Id": "brand360_123", "categoryDefinition": "AI Visibility Platform",
        "primaryDifferentiator": "Only platform with LLM-as-a-Judge evaluation", "positioningAxes": axes,
    }))  # fmt: skip
    read = data(mine.get(url("positioning", "brand360_123")))

    assert written["completionScore"] == 70
    assert documented.POSITIONING.items() <= read.items()
    assert {"id", "categoryDefinition", "primaryDifferentiator", "positioningAxes"} <= set(read)
    assert (read["positioningAxes"], read["completionScore"]) == (axes, 100)


def test_an_audience_is_updated_and_read_with_its_personas_as_documented(mine):
    written = data(mine.put(url("audience"), documented.AUDIENCE))
    persona = data(mine.post(url("personas"), documented.PERSONA))
    data(mine.put(url("audience"), {"brand360Id": "brand360_123", "targetJobTitles": ["CMO", "VP Marketing"]}))
    read = data(mine.get(url("audience", "brand360_123")))

    assert (written["completionScore"], read["audience"]["completionScore"]) == (60, 100)
    assert documented.AUDIENCE.items() <= read["audience"].items()
    assert read["audience"]["targetJobTitles"] == ["CMO", "VP Marketing"]
    assert read["personas"] == [persona]


@pytest.mark.parametrize("path", LISTS)
def test_entries_are_added_listed_read_changed_and_removed_as_documented(mine, path):
    body = LISTS[path][1]
    added = mine.post(url(path), body)
    one = added.json()["data"]
    listed = data(mine.get(url(path, label_of(body))))
    here = f"/api/brand-360/{path}/{one['id']}"
    changed = data(mine.put(here, {"name": "Another", "unheardOf": 1}))

    assert added.status_code == 201
    assert {"id", PATHS[path], "name", "createdAt"} <= set(one)
    assert one["id"].startswith({"competitors": "competitor_", "products": "product_", "personas": "persona_"}[path])
    assert listed == [one] and body.items() <= listed[0].items()
    assert {name: value for name, value in changed.items() if name not in ("name", "updatedAt", "source")} == {
        name: value for name, value in one.items() if name not in ("name", "updatedAt", "source")
    }
    assert data(mine.get(here)) == changed and changed["name"] == "Another"
    assert data(mine.delete(here)) == {"deleted": True}
    assert [mine.get(here).status_code, mine.put(here, {}).status_code, mine.delete(here).status_code] == [404] * 3
    assert data(mine.get(url(path, label_of(body)))) == []


@pytest.mark.parametrize("path", ["competitors", "products"])
def test_entries_can_be_named_in_the_query(mine, path):
    one = data(mine.post(url(path), LISTS[path][1]))

    assert data(mine.put(url(path, id=one["id"]), {**one, "name": "Another"}))["name"] == "Another"
    assert data(mine.delete(url(path, id=one["id"]))) == {"deleted": True}
    assert mine.delete(url(path, id=one["id"])).json()["details"]["field"] == "id"
    assert mine.put(url(path), {"name": "Another"}).json()["code"] == "MISSING_REQUIRED_FIELD"


def test_a_market_position_is_whole_with_a_competitor(mine):
    data(mine.post(url("market-position"), documented.MARKET_POSITION))
    data(mine.post(url("competitors"), documented.COMPETITOR))
    data(mine.post(url("competitors"), {"brandId": "brand_123", "name": "Competitor B", "marketShare": 18.5}))

    assert data(mine.get(url("market-position", "brand_123")))["completionScore"] == 100
    listed = data(mine.get(url("competitors", "brand_123")))
    assert [(one["name"], one["isPrimary"], one["marketShare"]) for one in listed] == [
        ("Competitor A", True, 25), ("Competitor B", False, 18.5),
    ]  # fmt: skip


def test_target_audiences_are_sent_whole(mine):
    groups = [{"name": "CMOs"}, {"name": "Agencies", "demographics": "Small"}]
    data(mine.put(url("market-position"), {"brandId": "b", "targetAudiences": groups}))

    kept = data(mine.put(url("market-position"), {"brandId": "b", "marketSegment": "B2B"}))
    fewer = data(mine.put(url("market-position"), {"brandId": "b", "targetAudiences": [{"name": "AGENCIES"}]}))
    none = data(mine.put(url("market-position"), {"brandId": "b", "targetAudiences": None}))
    twice = mine.put(url("market-position"), {"brandId": "b", "targetAudiences": [{"name": "A"}, {"name": " a "}]})

    assert [one["name"] for one in kept["targetAudiences"]] == ["CMOs", "Agencies"]
    assert [(one["name"], one["demographics"]) for one in fewer["targetAudiences"]] == [("AGENCIES", "Small")]
    assert none["targetAudiences"] == [] and none["marketSegment"] == "B2B"
    assert (twice.status_code, twice.json()["details"]["field"]) == (400, "targetAudiences[1].name")
    mine.post(url("market-position"), {"brandId": "new", "targetAudiences": [{"name": "A"}, {"name": "a"}]})
    assert mine.get(url("competitors", "new")).status_code == 404


@pytest.mark.parametrize(("path", "body"), [*SECTIONS.items(), ("audience", ("brand360Id", documented.AUDIENCE))])
def test_what_is_not_sent_stays_null_empties_and_what_was_got_can_be_put_back(mine, path, body):
    key, example = body
    whole = data(mine.put(url(path), example))
    first = next(name for name in example if name not in (key, "targetAudiences"))

    less = data(mine.put(url(path), {key: label_of(example), first: None, "neverHeardOf": {"a": 1}}))
    assert first not in less and less["completionScore"] < whole["completionScore"]
    assert {name for name in whole if name not in less} == {first}

    before = data(mine.put(url(path), {key: label_of(example), first: example[first]}))
    after = data(mine.put(url(path), before))
    ours = {"updatedAt", "sources"}
    assert {k: v for k, v in after.items() if k not in ours} == {k: v for k, v in before.items() if k not in ours}
    assert after["sources"][first]["locked"]


def test_what_is_no_domain_is_told_as_documented(mine):
    answer = mine.post(url("competitors"), {"brandId": "b", "name": "A", "domain": "not-a-domain"})
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert answer.json()["details"] == {"field": "domain", "value": "not-a-domain", "expectedFormat": "example.com"}


def test_a_brand_answers_to_the_client_s_label_and_to_its_own_id(mine):
    data(mine.post(url("identity"), documented.IDENTITY))
    own = data(mine.get(url("identity", "brand_123")))["id"].replace("identity_", "brand_")

    written = data(mine.put(url("positioning"), documented.POSITIONING | {"brand360Id": own}))

    assert written["brand360Id"] == "brand_123"
    assert data(mine.get(url("positioning", "brand_123"))) == data(mine.get(url("positioning", own)))


@pytest.mark.parametrize("path", LISTS)
def test_a_name_that_is_there_already_is_a_conflict(mine, path):
    body = LISTS[path][1]
    data(mine.post(url(path), body))
    other = data(mine.post(url(path), body | {"name": "Other"}))

    again = mine.post(url(path), body | {"name": body["name"].upper()})
    renamed = mine.put(f"/api/brand-360/{path}/{other['id']}", {"name": body["name"] + "."})

    for answer in (again, renamed):
        assert (answer.status_code, answer.json()["code"], answer.json()["details"]["field"]) == (
            409, "CONFLICT", "name",
        )  # fmt: skip
    assert data(mine.get(f"/api/brand-360/{path}/{other['id']}"))["name"] == "Other"


def test_a_stranger_with_the_same_brand_id_has_a_brand_of_their_own(mine, theirs):
    for path, (key, body) in {**SECTIONS, **LISTS}.items():
        data((mine.put if path in SECTIONS else mine.post)(url(path), body | {key: "brand_123"}))
    data(mine.put(url("audience"), documented.AUDIENCE | {"brand360Id": "brand_123"}))
    for path in PATHS:
        hidden = theirs.get(url(path, "brand_123"))
        assert (hidden.status_code, hidden.json()["details"]["field"]) == (404, PATHS[path])

    data(theirs.post(url("identity"), {"brandId": "brand_123", "mission": "Theirs"}))

    assert data(theirs.get(url("identity", "brand_123")))["mission"] == "Theirs"
    assert data(mine.get(url("identity", "brand_123")))["mission"] == documented.IDENTITY["mission"]
    assert data(theirs.get(url("competitors", "brand_123"))) == []
    assert data(theirs.get(url("audience", "brand_123"))) == {"audience": None, "personas": []}
    assert theirs.get(url("positioning", "brand_123")).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "field", "code"),
    [
        ("identity", {"mission": "M"}, "brandId", "MISSING_REQUIRED_FIELD"),
        ("identity", {"brandId": "", "mission": "M"}, "brandId", "INVALID_INPUT"),
        ("identity", {"brandId": "b", "mission": 7}, "mission", "INVALID_INPUT"),
        ("identity", {"brandId": "b", "mission": "  "}, "mission", "INVALID_INPUT"),
        ("identity", {"brandId": "b", "mission": "a\x00b"}, "mission", "INVALID_INPUT"),
        ("identity", {"brandId": "b\x00", "mission": "a"}, "brandId", "INVALID_INPUT"),
        ("identity", {"brandId": "b", "coreValues": "Care"}, "coreValues", "INVALID_INPUT"),
        ("identity", {"brandId": "b", "coreValues": ["Care", 7]}, "coreValues[1]", "INVALID_INPUT"),
        ("identity", {"brandId": "b", "coreValues": ["Care"] * 101}, "coreValues", "INVALID_INPUT"),
        ("identity", {"brandId": "b", "foundedYear": "2024"}, "foundedYear", "INVALID_INPUT"),
        ("identity", {"brandId": "b", "foundedYear": 99999}, "foundedYear", "INVALID_INPUT"),
        ("market-position", {"marketSegment": "M"}, "brandId", "MISSING_REQUIRED_FIELD"),
        ("market-position", {"brandId": "b", "geographicMarkets": [None]}, "geographicMarkets[0]", "INVALID_INPUT"),
        ("market-position", {"brandId": "b", "targetAudiences": [{}]}, "targetAudiences[0].name", "MISSING_REQUIRED_FIELD"),
        ("market-position", {"brandId": "b", "targetAudiences": [{"name": "A", "demographics": 1}]},
         "targetAudiences[0].demographics", "INVALID_INPUT"),
        ("market-position", {"brandId": "b", "targetAudiences": [{"name": "A"}] * 201}, "targetAudiences", "INVALID_INPUT"),
        ("audience", {"primaryMarket": "B2B"}, "brand360Id", "MISSING_REQUIRED_FIELD"),
        ("audience", {"brand360Id": "b", "targetIndustries": {}}, "targetIndustries", "INVALID_INPUT"),
        ("positioning", {"brand360Id": "b", "valuePropositions": [{}]}, "valuePropositions[0].headline", "MISSING_REQUIRED_FIELD"),
        ("positioning", {"brand360Id": "b", "proofPoints": [{"title": "T", "url": "javascript:1"}]}, "proofPoints[0].url", "INVALID_INPUT"),
        ("positioning", {"brand360Id": "b", "positioningAxes": [1]}, "positioningAxes[0]", "INVALID_INPUT"),
        ("positioning", {"brand360Id": "b", "positioningAxes": [{"a\x00": 1}]}, "positioningAxes[0].a\\u0000", "INVALID_INPUT"),
        ("competitors", {"brandId": "b"}, "name", "MISSING_REQUIRED_FIELD"),
        ("competitors", {"brandId": "b", "name": "A", "marketShare": 101}, "marketShare", "INVALID_INPUT"),
        ("competitors", {"brandId": "b", "name": "A", "isPrimary": "yes"}, "isPrimary", "INVALID_INPUT"),
        ("products", {"brandId": "b"}, "name", "MISSING_REQUIRED_FIELD"),
        ("products", {"brandId": "b", "name": "A", "pricing": {"amount": -1}}, "pricing.amount", "INVALID_INPUT"),
        ("products", {"brandId": "b", "name": "A" * 501}, "name", "INVALID_INPUT"),
        ("personas", {"name": "A"}, "brand360Id", "MISSING_REQUIRED_FIELD"),
        ("personas", {"brand360Id": "b", "name": "A", "painPoints": [{"severity": "high"}]}, "painPoints[0].title", "MISSING_REQUIRED_FIELD"),
        ("personas", {"brand360Id": "b", "name": "A", "ageRange": 35}, "ageRange", "INVALID_INPUT"),
    ],
)  # fmt: skip
def test_bad_input_names_its_field_and_writes_nothing(mine, path, body, field, code):
    answer = (mine.put if path in ("audience", "positioning") else mine.post)(url(path), body)

    assert answer.status_code == 400, answer.text
    assert (answer.json()["code"], answer.json()["details"]["field"]) == (code, field)
    assert mine.get(url(path, "b")).status_code == 404
    assert told(mine) == []


@pytest.mark.parametrize("path", PATHS)
def test_a_question_without_a_brand_says_which_field_is_missing(mine, path):
    answer = mine.get(url(path))

    assert (answer.status_code, answer.json()["code"]) == (400, "MISSING_REQUIRED_FIELD")
    assert answer.json()["details"]["field"] == PATHS[path]


@pytest.mark.parametrize("entry", ["x", "product_1", "persona_01jd0000000000000000000000", "%00", "..", "product_%00"])
@pytest.mark.parametrize("path", LISTS)
def test_an_id_that_is_none_is_not_found(mine, path, entry):
    assert mine.get(f"/api/brand-360/{path}/{entry}").status_code == 404


def test_every_write_is_told_once_and_what_changes_nothing_is_not_told(mine):
    data(mine.post(url("identity"), documented.IDENTITY))
    data(mine.put(url("identity"), documented.IDENTITY))
    data(mine.post(url("market-position"), documented.MARKET_POSITION))
    one = data(mine.post(url("products"), documented.PRODUCT))
    data(mine.put(url("products", id=one["id"]), {"name": one["name"], "sku": one["sku"]}))
    data(mine.put(url("products", id=one["id"]), {"sku": "2"}))
    data(mine.delete(url("products", id=one["id"])))

    kinds = ("identity", "market-position", "products", "products", "products")
    assert told(mine) == [{"brandId": "brand_123", "dataType": kind} for kind in kinds]


def test_of_two_people_at_once_neither_loses_what_they_wrote(stack, mine):
    token = Maker().person().token
    fields = [name for name in documented.IDENTITY if name != "brandId"]

    def write(field: str) -> int:
        body = {"brandId": "b", field: documented.IDENTITY[field]}
        return int(stack.client().with_key(token).put(url("identity"), body).status_code)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(write, fields))

    whole = data(stack.client().with_key(token).get(url("identity", "b")))
    assert answers == [200] * len(fields)
    assert {name: whole[name] for name in fields} == {name: documented.IDENTITY[name] for name in fields}


@pytest.mark.parametrize("path", ["competitors", "personas"])
def test_of_many_who_add_one_name_at_once_one_does(stack, path):
    token, body = Maker().person().token, LISTS[path][1]

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(
            pool.map(lambda _: stack.client().with_key(token).post(url(path), body).status_code, range(8))
        )

    assert answers == {201: 1, 409: 7}


def test_of_many_who_rename_to_one_name_at_once_one_does(stack):
    client = stack.client().with_key(Maker().person().token)
    ids = [data(client.post(url("products"), {"brandId": "b", "name": f"P{n}"}))["id"] for n in range(6)]

    with ThreadPoolExecutor(6) as pool:
        answers = Counter(pool.map(lambda one: client.put(url("products", id=one), {"name": "Same"}).status_code, ids))

    assert answers == {200: 1, 409: 5}
    assert sum(one["name"] == "Same" for one in data(client.get(url("products", "b")))) == 1


def test_people_who_swap_names_and_lists_at_once_wait_for_each_other(stack):
    client = stack.client().with_key(Maker().person().token)
    ids = [data(client.post(url("products"), {"brandId": "b", "name": f"P{n}"}))["id"] for n in range(2)]
    groups = [{"name": f"G{n}"} for n in range(6)]

    def swap(turn: int) -> int:
        if turn % 2:
            body = {"brandId": "b", "targetAudiences": groups[:: 1 if turn % 4 == 1 else -1]}
            return int(client.put(url("market-position"), body).status_code)
        return int(client.put(url("products", id=ids[turn // 2 % 2]), {"name": f"P{(turn // 2 + 1) % 2}"}).status_code)

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(swap, range(64)))

    assert set(answers) <= {200, 409}
    assert len(data(client.get(url("market-position", "b")))["targetAudiences"]) == 6
