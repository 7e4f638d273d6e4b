"""Identity, competitors and products as the published document has them."""

from __future__ import annotations

import pytest

from tests.kit.factories import Maker

IDENTITY = {
    "brandId": "brand_123",
    "mission": "Help businesses grow through AI",
    "vision": "To be the world's leading AI visibility platform",
    "coreValues": ["Innovation", "Transparency", "Customer-first"],
    "brandStory": "Founded in 2024 to solve a critical problem...",
    "uniqueSellingPoints": ["Real-time AI tracking", "Competitive benchmarking", "AI-powered insights"],
    "tagline": "Know How AI Sees You",
    "foundedYear": 2024,
    "headquarters": "San Francisco, CA",
}
COMPETITOR = {
    "brandId": "brand_123",
    "name": "Competitor A",
    "domain": "competitor-a.com",
    "isPrimary": True,
    "strengths": ["Established brand", "Large customer base", "Advanced features"],
    "weaknesses": ["High pricing", "Poor UX", "Slow support"],
    "marketShare": 25,
    "differentiators": ["Our AI is more accurate", "Better pricing", "Faster implementation"],
}
PRODUCT = {
    "brandId": "brand_123",
    "name": "VistralAI Pro",
    "sku": "VISTRAL-PRO-001",
    "category": "Software",
    "subcategory": "SaaS",
    "description": "Enterprise AI visibility platform with advanced analytics",
    "shortDescription": "AI visibility for enterprise brands",
    "features": ["Real-time tracking", "Competitor benchmarking", "AI insights"],
    "benefits": ["Understand AI representation", "Optimize brand presence", "Stay ahead of competition"],
    "pricing": {"currency": "USD", "amount": 9900, "billingPeriod": "monthly"},
    "url": "https://vistralai.com/pro",
    "isActive": True,
}
PATHS = ("identity", "competitors", "products")


@pytest.fixture
def mine(stack):
    return stack.client().with_key(Maker().person().token)


@pytest.fixture
def theirs(stack):
    return stack.client().with_key(Maker().person().token)


def test_an_identity_is_created_read_and_updated_as_documented(mine):
    created = mine.post("/api/brand-360/identity", IDENTITY)
    updated = mine.put("/api/brand-360/identity", {"brandId": "brand_123", "mission": "Help shops grow"})
    read = mine.get("/api/brand-360/identity?brandId=brand_123")

    assert (created.status_code, updated.status_code, read.status_code) == (201, 200, 200)
    first, last = created.json()["data"], read.json()["data"]
    assert {"id", "brandId", "mission", "completionScore", "updatedAt"} <= set(first)
    assert (first["brandId"], first["completionScore"]) == ("brand_123", 85)
    assert last["id"] == first["id"]
    assert last["mission"] == "Help shops grow"
    assert {name: last[name] for name in IDENTITY if name != "mission"} == {
        name: value for name, value in IDENTITY.items() if name != "mission"
    }
    assert {"createdAt", "updatedAt"} <= set(last)


def test_what_get_answers_can_be_put_back(mine):
    mine.post("/api/brand-360/identity", {"brandId": "brand_123", "mission": "M", "coreValues": ["Care"]})
    before = mine.get("/api/brand-360/identity?brandId=brand_123").json()["data"]

    after = mine.put("/api/brand-360/identity", before).json()["data"]

    ours = {"updatedAt", "sources"}
    assert {k: v for k, v in after.items() if k not in ours} == {k: v for k, v in before.items() if k not in ours}


def test_the_published_python_example_runs(stack, make):
    api = stack.client()
    api.register("user@example.com")
    assert api.login("user@example.com").status_code == 200

    answer = api.post("/api/brand-360/identity", {"brandId": "brand_123", "mission": "Help businesses grow"})

    assert (answer.status_code, answer.json()["success"]) == (201, True)


def test_competitors_are_added_listed_and_removed_as_documented(mine):
    added = mine.post("/api/brand-360/competitors", COMPETITOR)
    mine.post("/api/brand-360/competitors", {"brandId": "brand_123", "name": "Competitor B", "marketShare": 18.5})
    listed = mine.get("/api/brand-360/competitors?brandId=brand_123")

    assert added.status_code == 201
    one = added.json()["data"]
    assert {"id", "brandId", "name", "createdAt"} <= set(one)
    assert [(row["name"], row["isPrimary"], row["marketShare"]) for row in listed.json()["data"]] == [
        ("Competitor A", True, 25),
        ("Competitor B", False, 18.5),
    ]
    assert COMPETITOR.items() <= {**listed.json()["data"][0]}.items()

    removed = mine.delete(f"/api/brand-360/competitors?id={one['id']}")
    assert (removed.status_code, removed.json()) == (200, {"success": True, "data": {"deleted": True}})
    assert mine.delete(f"/api/brand-360/competitors?id={one['id']}").status_code == 404
    assert len(mine.get("/api/brand-360/competitors?brandId=brand_123").json()["data"]) == 1


def test_products_are_added_and_listed_as_documented(mine):
    added = mine.post("/api/brand-360/products", PRODUCT)
    listed = mine.get("/api/brand-360/products?brandId=brand_123")

    assert added.status_code == 201
    assert {"id", "brandId", "name", "createdAt"} <= set(added.json()["data"])
    (one,) = listed.json()["data"]
    assert PRODUCT.items() <= one.items()


def test_a_name_that_is_there_already_is_a_conflict(mine):
    mine.post("/api/brand-360/products", PRODUCT)

    again = mine.post("/api/brand-360/products", PRODUCT | {"name": "vistralai PRO"})

    assert (again.status_code, again.json()["code"], again.json()["details"]["field"]) == (409, "CONFLICT", "name")


def test_a_stranger_with_the_same_brand_id_has_a_brand_of_their_own(mine, theirs):
    mine.post("/api/brand-360/identity", IDENTITY)
    competitor = mine.post("/api/brand-360/competitors", COMPETITOR).json()["data"]["id"]
    for path in PATHS:
        assert theirs.get(f"/api/brand-360/{path}?brandId=brand_123").status_code == 404
    assert theirs.delete(f"/api/brand-360/competitors?id={competitor}").status_code == 404

    theirs.post("/api/brand-360/identity", {"brandId": "brand_123", "mission": "Theirs"})

    assert theirs.get("/api/brand-360/identity?brandId=brand_123").json()["data"]["mission"] == "Theirs"
    assert mine.get("/api/brand-360/identity?brandId=brand_123").json()["data"]["mission"] == IDENTITY["mission"]
    assert theirs.get("/api/brand-360/competitors?brandId=brand_123").json()["data"] == []


@pytest.mark.parametrize(
    ("path", "body", "field", "code"),
    [
        ("identity", {"mission": "M"}, "brandId", "MISSING_REQUIRED_FIELD"),
        ("identity", {"brandId": "", "mission": "M"}, "brandId", "INVALID_INPUT"),
        ("identity", {"brandId": "b", "mission": 7}, "mission", "INVALID_INPUT"),
        ("identity", {"brandId": "b", "mission": "  "}, "mission", "INVALID_INPUT"),
        ("identity", {"brandId": "b", "mission": "a\x00b"}, "mission", "INVALID_INPUT"),
        ("identity", {"brandId": "b", "coreValues": "Care"}, "coreValues", "INVALID_INPUT"),
        ("identity", {"brandId": "b", "coreValues": ["Care", 7]}, "coreValues[1]", "INVALID_INPUT"),
        ("identity", {"brandId": "b", "foundedYear": "2024"}, "foundedYear", "INVALID_INPUT"),
        ("identity", {"brandId": "b", "foundedYear": 99999}, "foundedYear", "INVALID_INPUT"),
        ("competitors", {"brandId": "b"}, "name", "MISSING_REQUIRED_FIELD"),
        ("competitors", {"brandId": "b", "name": "A", "marketShare": 101}, "marketShare", "INVALID_INPUT"),
        ("competitors", {"brandId": "b", "name": "A", "isPrimary": "yes"}, "isPrimary", "INVALID_INPUT"),
        ("products", {"brandId": "b"}, "name", "MISSING_REQUIRED_FIELD"),
        ("products", {"brandId": "b", "name": "A", "pricing": {"amount": -1}}, "pricing.amount", "INVALID_INPUT"),
    ],
)
def test_bad_input_names_its_field_and_writes_nothing(mine, path, body, field, code):
    answer = mine.post(f"/api/brand-360/{path}", body)

    assert answer.status_code == 400
    assert (answer.json()["code"], answer.json()["details"]["field"]) == (code, field)
    assert mine.get(f"/api/brand-360/{path}?brandId=b").status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_a_list_without_a_brand_says_which_field_is_missing(mine, path):
    answer = mine.get(f"/api/brand-360/{path}")

    assert (answer.status_code, answer.json()["code"]) == (400, "MISSING_REQUIRED_FIELD")
    assert answer.json()["details"]["field"] == "brandId"
