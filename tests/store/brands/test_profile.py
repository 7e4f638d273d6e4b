"""The brand's profile on a real database: labels, locks, lists and scores."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.brands import entries, market, queries, sections, values
from store.brands.values import Source, checked_entry, checked_identity
from store.kit.db import database
from store.kit.errors import Conflict, InvalidInput, NotFound, Unprocessable

MINE, THEIRS = "ws_mine", "ws_theirs"
PERSON = Source(origin="person", at="2026-01-01T00:00:00Z", by="user_1", locked_at="2026-01-01T00:00:00Z")
CRAWL = Source(origin="onboarding", at="2026-01-02T00:00:00Z", confidence=0.9, review_id="review_1")


def test_one_label_is_one_brand_in_each_workspace(empty_store):
    mine, again, theirs = (queries.ensure(place, "brand_123") for place in (MINE, MINE, THEIRS))

    assert mine.id == again.id != theirs.id
    assert queries.get(MINE, mine.id).id == mine.id
    with pytest.raises(NotFound):
        queries.get(THEIRS, mine.id)


def test_a_later_crawl_does_not_touch_what_a_person_wrote(empty_store):
    brand = queries.ensure(MINE, "brand_123")
    sections.write(MINE, brand.id, "identity", {"mission": "Mine"}, source=PERSON)

    sections.propose(
        MINE, brand.id, "identity", {"mission": "Site's", "vision": "V"}, {"mission": CRAWL, "vision": CRAWL}
    )

    assert sections.values("identity", sections.find(MINE, brand.id, "identity")) == {"mission": "Mine", "vision": "V"}


def test_a_value_sent_back_unchanged_is_locked_and_keeps_its_evidence(empty_store):
    brand = queries.ensure(MINE, "brand_123")
    sections.propose(MINE, brand.id, "identity", {"mission": "M"}, {"mission": CRAWL})

    row, _ = sections.write(MINE, brand.id, "identity", {"mission": "M", "vision": None}, source=PERSON)

    assert row.sources["mission"]["origin"] == "onboarding"
    assert row.sources["mission"]["confidence"] == 0.9
    assert sections.is_locked(row, "mission")
    assert not sections.is_locked(row, "vision")


def test_an_emptied_field_stays_empty(empty_store):
    brand = queries.ensure(MINE, "brand_123")
    sections.propose(MINE, brand.id, "identity", {"mission": "M"}, {"mission": CRAWL})
    sections.write(MINE, brand.id, "identity", {"mission": None}, source=PERSON)

    sections.propose(MINE, brand.id, "identity", {"mission": "M"}, {"mission": CRAWL})

    assert sections.values("identity", sections.find(MINE, brand.id, "identity")) == {}


def test_a_name_is_listed_once_whatever_its_spelling(empty_store):
    brand = queries.ensure(MINE, "brand_123")
    entries.add(brand, "competitors", {"name": "Acme Corp."}, source=PERSON)

    with pytest.raises(Conflict) as refused:
        entries.add(brand, "competitors", {"name": "ACME  corp"}, source=PERSON)

    assert refused.value.fields["field"] == "name"


def test_a_removed_entry_is_not_brought_back_by_a_crawl_but_by_a_person(empty_store):
    brand = queries.ensure(MINE, "brand_123")
    first = entries.add(brand, "products", {"name": "Desk", "sku": "D1"}, source=PERSON)
    entries.remove(MINE, "products", first.id)

    entries.propose(MINE, brand.id, "products", {"name": "Desk"}, source=CRAWL)
    assert entries.listed(MINE, brand.id, "products") == []

    again = entries.add(brand, "products", {"name": "Desk"}, source=PERSON)
    assert (again.sku, again.id != first.id) == (None, True)


def test_only_the_owner_removes_and_only_once(empty_store):
    brand = queries.ensure(MINE, "brand_123")
    entry = entries.add(brand, "competitors", {"name": "Acme"}, source=PERSON)

    with pytest.raises(NotFound):
        entries.remove(THEIRS, "competitors", entry.id)
    entries.remove(MINE, "competitors", entry.id)
    with pytest.raises(NotFound):
        entries.remove(MINE, "competitors", entry.id)


def test_the_published_example_scores_85():
    example = {
        "mission": "Help businesses grow through AI",
        "vision": "To be the world's leading AI visibility platform",
        "coreValues": ["Innovation", "Transparency", "Customer-first"],
        "brandStory": "Founded in 2024 to solve a critical problem...",
        "uniqueSellingPoints": ["Real-time AI tracking"],
        "tagline": "Know How AI Sees You",
        "foundedYear": 2024,
        "headquarters": "San Francisco, CA",
    }

    assert values.completion_score("identity", example) == 85
    assert values.completion_score("identity", example | {"name": "VistralAI"}) == 100
    assert values.completion_score("identity", {}) == 0


def test_a_name_whose_letters_stand_for_words_fits_the_index(empty_store):
    brand = queries.ensure(MINE, "brand_123")
    words = Random(
        1
    )  # each of these characters is a word of katakana in its plain form; in no order that can be packed
    name = "".join(chr(0x3300 + words.randrange(0x58)) for _ in range(500))

    assert len(values.name_key(name).encode()) <= values.LONGEST_KEY
    entries.add(brand, "products", {"name": name}, source=PERSON)
    with pytest.raises(Conflict):
        entries.add(brand, "products", {"name": unicodedata.normalize("NFKC", name)}, source=PERSON)


@given(st.text(min_size=1), st.text(st.characters(max_codepoint=127), min_size=1))
def test_a_name_key_does_not_depend_on_case_and_is_never_empty(any_name, plain_name):
    assert values.name_key(any_name)
    assert values.name_key(plain_name.upper()) == values.name_key(plain_name.lower())


@pytest.mark.parametrize(
    ("check", "value", "field", "sentence"),
    [
        (partial(checked_identity, "mission"), {"a": 1}, "value", "`value` must be a string or null, not an object."),
        (partial(checked_identity, "coreValues"), ["a", 2], "value[1]", "`value[1]` must be a string, not an integer."),
        (partial(checked_identity, "foundedYear"), 20_000, "value", "`value` must be at most 2100."),
        (partial(checked_entry, "products"), 5, "value", "`value` must be an object, not an integer."),
        (
            partial(checked_entry, "products"),
            {"name": "Kit", "url": "javascript:alert(1)"},
            "value.url",
            "`value.url` must be a web address with http:// or https://.",
        ),
        (
            partial(checked_entry, "competitors"),
            {"name": "Kit", "domain": "not-a-domain"},
            "value.domain",
            "`value.domain` must be a domain.",
        ),
        (
            partial(checked_entry, "products"),
            {"name": "\u200b \u2060"},
            "value.name",
            "`value.name` must not be blank.",
        ),
        (partial(checked_entry, "products"), {"sku": "1"}, "value.name", "`value.name` is required."),
        (
            partial(checked_entry, "products"),
            {"name": "Kit", "pricing": {"amount": "9"}},
            "value.pricing.amount",
            "`value.pricing.amount` must be an integer or a number or null, not a string.",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_its_place_in_a_sentence(check, value, field, sentence) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(value, at="value")

    assert (refused.value.fields["field"], refused.value.message) == (field, sentence)


def test_the_old_name_of_a_renamed_entry_is_not_brought_back_by_a_crawl(empty_store):
    brand = queries.ensure(MINE, "brand_123")
    desk = entries.add(brand, "products", {"name": "Desk"}, source=PERSON)
    entries.update(MINE, "products", desk.id, {"name": "Berthline Desk"}, source=PERSON)

    assert not entries.propose(MINE, brand.id, "products", {"name": "Desk"}, source=CRAWL)
    assert [row.name for row in entries.listed(MINE, brand.id, "products")] == ["Berthline Desk"]

    entries.update(MINE, "products", desk.id, {"name": "Desk"}, source=PERSON)
    assert [row.name for row in entries.listed(MINE, brand.id, "products")] == ["Desk"]


def test_an_entry_sent_back_unchanged_keeps_its_evidence_and_is_locked(empty_store):
    brand = queries.ensure(MINE, "brand_123")
    entries.propose(MINE, brand.id, "audience", {"name": "Harbour masters"}, source=CRAWL)

    market.edit(brand, {}, [{"name": "Harbour masters", "demographics": None}], source=PERSON)

    (row,) = entries.listed(MINE, brand.id, "audience")
    assert (row.source["origin"], row.source["confidence"]) == ("onboarding", 0.9)
    assert row.locked_at is not None


def test_a_list_has_an_end(empty_store, monkeypatch):
    brand = queries.ensure(MINE, "brand_123")
    monkeypatch.setattr(entries, "MAX_LISTED", 1)
    entries.add(brand, "personas", {"name": "Emma"}, source=PERSON)

    with pytest.raises(Unprocessable):
        entries.add(brand, "personas", {"name": "Olga"}, source=PERSON)
    entries.add(brand, "products", {"name": "Desk"}, source=PERSON)


def test_an_amount_that_is_given_alone_keeps_its_currency(empty_store):
    price = {"currency": "USD", "amount": 9_900, "billingPeriod": "monthly"}
    one = entries.add(queries.ensure(MINE, "b"), "products", {"name": "Pro", "pricing": price}, source=PERSON)

    def priced(given):
        return entries.update(MINE, "products", one.id, {"pricing": given}, source=PERSON)[1].pricing

    assert priced({"amount": 10_900}) == price | {"amount": 10_900}
    assert priced({"billingPeriod": None}) == {"currency": "USD", "amount": 10_900}
    assert priced(None) is None
    assert priced({"amount": 5}) == {"amount": 5}


def test_a_market_position_is_never_older_than_it_was(empty_store):
    brand = queries.ensure(MINE, "b")
    market.edit(brand, {"market_segment": "B2B"}, [{"name": "CMOs"}], source=PERSON)
    (group,) = entries.listed(MINE, brand.id, "audience")

    assert market.edit(brand, {}, [], source=PERSON).updated_at > group.updated_at


@pytest.mark.parametrize(
    "domain", ["a.com", "https://www.a.com/pricing?x=1", "例え.テスト", "a.b.co.uk:8080", "a.com."]
)
def test_a_competitor_s_domain_may_come_as_an_address(domain):
    assert checked_entry("competitors", {"name": "A", "domain": domain}, at="value")["domain"] == domain


@pytest.mark.parametrize("domain", ["not-a-domain", "a b.com", "javascript:alert(1)", ".com", "http://", "x@y.com"])
def test_what_is_no_domain_says_how_one_is_written(domain):
    with pytest.raises(InvalidInput) as refused:
        checked_entry("competitors", {"name": "A", "domain": domain}, at="value")

    assert refused.value.fields == {"field": "value.domain", "expectedFormat": "example.com"}


def test_of_many_who_add_at_once_no_more_get_in_than_have_room(empty_store, monkeypatch):
    brand = queries.ensure(MINE, "brand_123")
    monkeypatch.setattr(entries, "MAX_LISTED", 3)

    def add(number: int) -> bool:
        try:
            entries.add(brand, "competitors", {"name": f"Rival {number}"}, source=PERSON)
        except Unprocessable:
            return False
        finally:
            database.close()
        return True

    with ThreadPoolExecutor(12) as crowd:
        assert list(crowd.map(add, range(12))).count(True) == 3


@pytest.mark.parametrize("section", values.WEIGHTS)
def test_a_section_s_weights_make_a_hundred(section):
    assert sum(values.WEIGHTS[section].values()) == 100
    assert set(sections.SECTIONS[section].fields.values()) <= set(values.WEIGHTS[section])
