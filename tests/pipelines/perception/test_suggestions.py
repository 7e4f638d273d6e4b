"""Suggestions state verified facts and nothing else, in forms that can be published as they are."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.perception.corrections.ground import Ground, Wrong
from pipelines.perception.corrections.suggest import suggest
from pipelines.perception.records import Fact
from store.kit.errors import Unprocessable

FOUNDED = Fact(
    id="identity.foundedYear", predicate="founded_year", kind="year", value=2024, statement="Acme was founded in 2024."
)
PLACE = Fact(
    id="hq", predicate="headquarters", kind="place", value="Berlin", statement="Acme has its headquarters in Berlin."
)
PRICE = Fact(
    id="price", predicate="price", kind="money", subject="Acme Pro",
    value={"amount": 99, "currency": "USD", "period": "month"}, statement="Acme Pro costs 99 USD per month.",
)  # fmt: skip
ABOUT = Fact(
    id="about", predicate="description", subject="Acme Pro", value="Tracks parcels", statement="Tracks parcels"
)
TAGLINE = Fact(id="tagline", predicate="tagline", value="Know where it is", statement="Know where it is")
ACME = Ground(name="Acme", domain="acme.com", facts=(FOUNDED, PLACE, PRICE, ABOUT, TAGLINE))
WRONG = Wrong(type="hallucination", fact_id=FOUNDED.id, claimed="2020", pages=("https://old.example/acme",))
EVERY = ("schema_org", "content_update", "faq", "press_note", "llms_txt", "source_outreach")
SCRIPT = re.compile(r'<script type="application/ld\+json">\n(.*?)\n</script>', re.DOTALL)


def embedded(suggestion):
    (found,) = SCRIPT.findall(suggestion.content)
    return json.loads(found)


def test_the_organization_with_its_right_founding_date():
    made = suggest("schema_org", WRONG, ACME)

    assert made.content.startswith("Add Organization schema with correct founding date")
    assert embedded(made) == made.json_ld
    assert {
        "@context": "https://schema.org", "@type": "Organization", "name": "Acme", "url": "https://acme.com",
        "foundingDate": "2024", "address": "Berlin", "slogan": "Know where it is",
    }.items() <= made.json_ld.items()  # fmt: skip
    (offer,) = made.json_ld["makesOffer"]
    assert (offer["price"], offer["priceCurrency"], offer["itemOffered"]["name"]) == (99, "USD", "Acme Pro")
    assert "2020" not in made.content


def test_a_product_whose_price_is_told_wrong():
    made = suggest("schema_org", Wrong(type="outdated_fact", fact_id="price", claimed="$49"), ACME)

    assert made.json_ld["@type"] == "Product"
    assert made.json_ld["offers"]["price"] == 99
    assert made.json_ld["description"] == "Tracks parcels"
    assert made.json_ld["manufacturer"]["foundingDate"] == "2024"
    assert "$49" not in made.content


def test_a_price_without_a_currency_is_left_out():
    bare = Fact(id="price", predicate="price", kind="money", subject="Acme Pro", value={"amount": 5}, statement="x")

    made = suggest("schema_org", WRONG, Ground(name="Acme", domain=None, facts=(bare,)))

    assert "price" not in made.json_ld["makesOffer"][0]
    assert "url" not in made.json_ld


def test_content_faq_press_note_and_llms_txt_lead_with_the_right_fact():
    page, note, text = (suggest(kind, WRONG, ACME) for kind in ("content_update", "press_note", "llms_txt"))
    faq = suggest("faq", WRONG, ACME)

    assert "Acme was founded in 2024." in page.content
    assert "search your own pages for “2020”" in page.content
    assert faq.questions[0] == {"question": "When was Acme founded?", "answer": "Acme was founded in 2024."}
    assert embedded(faq)["mainEntity"][0]["acceptedAnswer"]["text"] == "Acme was founded in 2024."
    assert note.title == "Acme was founded in 2024."
    assert "The right one is 2024." in note.content
    assert text.snippet.startswith("# Acme\n\n> Know where it is\n")
    assert "- Acme Pro: Tracks parcels." in text.snippet


def test_outreach_names_the_pages_and_brings_a_letter():
    made = suggest("source_outreach", WRONG, ACME)

    assert made.pages == ["https://old.example/acme"]
    assert (
        "Answers of AI assistants that say that the founding year of Acme is 2020 cite your page; the right founding"
        " year is 2024. Acme was founded in 2024. Could you check" in made.snippet
    )
    with pytest.raises(Unprocessable) as refused:
        suggest("source_outreach", Wrong(type="hallucination"), ACME)
    assert refused.value.fields["field"] == "fixType"


@pytest.mark.parametrize("kind", ["content_update", "faq", "press_note", "llms_txt", "source_outreach"])
def test_a_text_says_nothing_twice(kind):
    rope = Fact(
        id="kind", predicate="category", subject="Sea Line", value="Rope", statement="Sea Line is of the kind: Rope"
    )
    ground = Ground(name="Acme", domain=None, facts=(rope, FOUNDED))

    made = suggest(kind, Wrong(type="source_gap", subject="g2.com", pages=("https://g2.com/x",)), ground)

    assert (made.snippet or made.content).split("<script")[0].count("Sea Line is in the category Rope.") <= 1
    assert "Sea Line is in the category Rope." in made.content


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("type_", ["missing_from_answers", "negative_sentiment", "competitor_dominance", "source_gap"])
def test_every_kind_of_fix_answers_every_kind_of_insight(kind, type_):
    made = suggest(kind, Wrong(type=type_, subject="Bolt", pages=("https://g2.com/x",)), ACME)

    assert made.type == kind
    assert made.content
    assert set(made.facts) <= {fact.id for fact in ACME.facts}
    assert made.facts


@pytest.mark.parametrize("kind", EVERY)
def test_nothing_verified_makes_no_suggestion(kind):
    with pytest.raises(Unprocessable):
        suggest(kind, WRONG, Ground(name="Acme", domain="acme.com", facts=()))


def test_a_fact_that_was_deleted_since_is_not_asserted():
    made = suggest("schema_org", WRONG, Ground(name="Acme", domain=None, facts=(PLACE,)))

    assert "foundingDate" not in made.json_ld


texts = st.text(max_size=60).filter(str.strip)


@settings(max_examples=60)
@given(statement=texts, name=texts, subject=st.none() | texts, claimed=st.none() | texts, kind=st.sampled_from(EVERY))
def test_no_text_breaks_out_of_the_markup(statement, name, subject, claimed, kind):
    hostile = "</script><script>alert(1)</script>"
    fact = Fact(
        id="f", predicate="description", subject=subject, value=statement + hostile, statement=statement + hostile
    )
    ground = Ground(name=name + hostile, domain="acme.com", facts=(fact, FOUNDED))

    made = suggest(kind, Wrong(type="hallucination", fact_id="f", claimed=claimed, pages=("https://a.b/",)), ground)

    if made.json_ld is not None:
        assert "<" not in made.snippet.removeprefix("<script").removesuffix("</script>")
        assert json.loads(SCRIPT.findall(made.snippet)[0]) == made.json_ld
