"""What a scan takes from a profile: names, facts, voice, and what is still missing."""

from __future__ import annotations

import pytest

from pipelines.perception import naming, profile
from pipelines.perception.records import Rival
from store.brands import entries, market, queries, sections
from store.brands.values import Source
from store.kit.errors import NotFound

MINE, THEIRS = "ws_mine", "ws_theirs"
PERSON = Source(origin="person", at="2026-01-01T00:00:00Z", by="user_1", locked_at="2026-01-01T00:00:00Z")


@pytest.fixture
def brand(empty_store):
    return queries.ensure(MINE, "brand_123", website_url="https://www.berthline.example/")


def fill(brand, section, **values):
    sections.write(MINE, brand.id, section, values, source=PERSON)


def facts(brand):
    return {fact.id: fact for fact in profile.facts_of(MINE, brand.id).facts}


def test_typed_values_become_typed_facts_with_a_sentence(brand):
    fill(
        brand,
        "identity",
        name="Berthline Ltd",
        founded_year=2016,
        headquarters="Falmouth",
        mission="Keep harbours open",
    )
    desk = entries.add(
        brand, "products",
        {"name": "Berthline Desk", "pricing": {"currency": "GBP", "amount": 49, "billingPeriod": "monthly"}},
        source=PERSON,
    )  # fmt: skip
    market.edit(brand, {"geographic_markets": ["UK", "Ireland"]}, [{"name": "Harbour masters"}], source=PERSON)

    found = facts(brand)

    year, price = found["identity.foundedYear"], found[f"product.{desk.id}.price"]
    assert (year.predicate, year.kind, year.value) == ("founded_year", "year", 2016)
    assert year.statement == "Berthline Ltd was founded in 2016."
    assert (found["identity.headquarters"].kind, found["identity.headquarters"].value) == ("place", "Falmouth")
    assert price.value == {"amount": 49, "currency": "GBP", "period": "month"}
    assert (price.subject, price.weight, price.statement) == (
        "Berthline Desk", 2.0, "Berthline Desk costs 49 GBP per month.",
    )  # fmt: skip
    assert found["audience"].value == ["Harbour masters"]
    assert found["market-position.geographicMarkets"].statement == "Berthline Ltd is sold in UK and Ireland."
    assert found["identity.mission"].kind == "text"
    assert [fact.kind for fact in profile.facts_of(MINE, brand.id).facts][-1] == "text"  # typed ones first


def test_ids_stay_when_a_list_is_put_in_another_order(brand):
    fill(brand, "identity", unique_selling_points=["Works offline", "One price"])
    before = facts(brand)
    fill(brand, "identity", unique_selling_points=["New", "One price", "Works offline"])

    assert set(before) < set(facts(brand))


def test_a_product_that_is_not_sold_any_more_has_no_price_to_get_wrong(brand):
    entries.add(brand, "products", {"name": "Old", "pricing": {"amount": 5}, "is_active": False}, source=PERSON)

    assert facts(brand) == {}
    assert profile.facts_of(MINE, brand.id).products == ("Old",)


def test_names_are_asked_with_and_looked_for_as_one_line(brand):
    fill(brand, "identity", name=" Berth\u200bline\n  Marine\x07 ")
    entries.add(brand, "products", {"name": "Berthline\tDesk"}, source=PERSON)
    entries.add(brand, "competitors", {"name": "Moor\u202esheet  GmbH"}, source=PERSON)

    held = profile.facts_of(MINE, brand.id)

    assert (held.name, held.products) == ("Berthline Marine", ("Berthline Desk",))
    assert [rival.name for rival in held.competitors] == ["Moorsheet GmbH"]


def test_rivals_have_their_domains(brand):
    entries.add(brand, "competitors", {"name": "Moorsheet GmbH", "domain": "www.moorsheet.example"}, source=PERSON)

    assert profile.facts_of(MINE, brand.id).competitors == (
        Rival("Moorsheet GmbH", ("Moorsheet", "moorsheet.example"), "moorsheet.example"),
    )


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.falconbridge.com/sea-line", "falconbridge.com"),
        ("https://falconbridgeropeworks.co.uk/", "falconbridgeropeworks.co.uk"),
        ("https://www.amazon.com/dp/B0", None),
    ],
)
def test_the_own_site_of_a_brand_that_nobody_crawled_is_where_its_products_are(empty_store, url, domain):
    brand = queries.ensure(MINE, "brand_1")
    fill(brand, "identity", name="Falconbridge Rope Works")
    entries.add(brand, "products", {"name": "Sea Line", "url": url}, source=PERSON)

    assert profile.facts_of(MINE, brand.id).domain == domain


@pytest.mark.parametrize(
    ("name", "host", "products", "wanted"),
    [
        ("Berthline Ltd", "berthline.example", (), ("Berthline", "berthline.example")),
        ("Berthline Marine Systems", "berthline.co.uk", (), ("Berthline", "berthline.co.uk")),
        ("Acme Tools", "acmetools.com", (), ("acmetools.com", "acmetools")),
        ("Quay Folio Group", None, ("Quay Folio Desk", "Quay Folio Gate"), ("Quay Folio",)),
        ("The Water Company", None, ("The Tap", "The Bottle"), ()),
        ("Berthline", "harbour-software.com", ("Desk",), ("harbour-software.com",)),
        ("Berthline", None, (), ()),
    ],
)  # fmt: skip
def test_other_names_are_only_those_that_domain_or_products_bear_out(name, host, products, wanted):
    assert naming.aliases(name, host, products) == wanted


@pytest.mark.parametrize(
    ("hosts", "products", "wanted"),
    [
        ((None, "vistralai.com"), ("VistralAI Pro",), "VistralAI"),
        (("berthline.example",), ("Desk",), "Berthline"),
        ((), ("Quay Desk", "Quay Gate"), "Quay"),
        ((), ("Quay Desk",), None),
        ((), (), None),
    ],
)
def test_a_name_that_nobody_said_is_read_from_domain_and_products(hosts, products, wanted):
    assert naming.guessed(hosts, products) == wanted


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.acme.co.uk:8443/x?y", "acme.co.uk"), ("ACME.com", "acme.com"), ("acme", None), ("", None),
        (None, None), ("http://[bad", None), ("https://user@acme.com", "acme.com"),
    ],
)  # fmt: skip
def test_a_host_is_read_from_any_address(address, host):
    assert naming.host_of(address) == host


def test_the_voice_is_what_the_brand_says_of_itself(brand):
    fill(brand, "identity", tagline="Plain berths", core_values=["Plain words"])
    fill(
        brand, "positioning", value_propositions=[{"headline": "Open by Monday", "functionalValue": "Set up in a day"}]
    )

    assert profile.voice_of(MINE, brand.id) == profile.Voice(
        attributes=("Plain words",), messages=("Plain berths", "Open by Monday", "Set up in a day")
    )


def test_an_empty_profile_says_what_to_fill_in_and_a_filled_one_what_would_help(brand):
    assert [one.field for one in profile.what_is_missing(MINE, brand.id)] == ["name", "products"]
    assert profile.voice_of(MINE, brand.id).is_empty

    entries.add(brand, "products", {"name": "Desk"}, source=PERSON)

    assert profile.what_is_missing(MINE, brand.id) == []
    assert [one.field for one in profile.what_would_help(MINE, brand.id)] == [
        "name", "competitors", "foundedYear", "mission",
    ]  # fmt: skip
    with pytest.raises(NotFound):
        profile.what_is_missing(THEIRS, brand.id)
