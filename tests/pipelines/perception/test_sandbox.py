"""The sandbox: the same answer each time, right and wrong in known places, and better once a correction was approved."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pipelines.perception.questions import Subject, questions
from pipelines.perception.records import BrandFacts, Fact, Rival
from pipelines.perception.sandbox import Asked, answer, beliefs
from store.kit.sections import DOCUMENTED_PLATFORMS as PLATFORMS

FACTS = BrandFacts(
    name="Berthline",
    domain="berthline.example",
    products=("Berthline Desk", "Berthline Gate"),
    competitors=(Rival("Quayfolio", (), "quayfolio.example"), Rival("Moorsheet")),
    facts=(
        Fact(id="identity.foundedYear", predicate="founded_year", kind="year", value=2016),
        Fact(id="identity.headquarters", predicate="headquarters", kind="place", value="Falmouth"),
        Fact(
            id="product.1.price",
            predicate="price",
            kind="money",
            value={"amount": 49, "currency": "GBP", "period": "month"},
            subject="Berthline Desk",
        ),
        Fact(id="audience", predicate="audience", kind="choice", value=["Harbour masters", "Yacht clubs"]),
    ),
)
SUBJECT = Subject(
    name="Berthline",
    names=("Berthline", "Berthline Desk", "Berthline Gate"),
    kinds=("booking system",),
    audiences=("harbour masters",),
    products=FACTS.products,
    rivals=("Quayfolio", "Moorsheet"),
)
QUESTIONS = questions(SUBJECT, 24)
WRONGABLE = {"identity.foundedYear", "identity.headquarters", "product.1.price"}


def said(platform: str, *, published=frozenset(), repeats: int = 2) -> list:
    return [
        answer(
            FACTS,
            Asked(text=one.text, intent=one.intent, branded=one.branded, platform=platform, repeat=repeat),
            published=published,
        )
        for one in QUESTIONS
        for repeat in range(repeats)
    ]


@pytest.mark.parametrize("platform", [*PLATFORMS, "llama"])
def test_an_answer_is_the_same_each_time_and_differs_between_repeats(platform):
    first = said(platform)

    assert said(platform) == first
    assert sum(one.text != other.text for one, other in zip(first[::2], first[1::2], strict=True)) > len(QUESTIONS) / 3
    assert all(one.state == "valid" or (platform == "google_aio" and one.state == "absent") for one in first)


def test_platforms_do_not_speak_alike():
    whole = {platform: {one.text for one in said(platform)} for platform in PLATFORMS}

    assert not set.intersection(*whole.values())
    assert any("### " in text for text in whole["chatgpt"])
    assert all("### " not in text for text in whole["claude"])


@pytest.mark.parametrize("platform", [*PLATFORMS, "llama"])
def test_every_platform_is_wrong_about_something_that_can_be_checked_and_right_about_the_rest(platform):
    believed = beliefs(FACTS, platform)

    assert believed.wrong
    assert believed.wrong <= WRONGABLE
    for fact in FACTS.facts:
        assert (believed.facts[fact.id].value == fact.value) == (fact.id not in believed.wrong)


def test_what_one_platform_has_wrong_another_has_wrong_in_the_same_way():
    values = {}
    for platform in (*PLATFORMS, "llama", "mistral", "qwen"):
        believed = beliefs(FACTS, platform)
        for fact_id in believed.wrong:
            values.setdefault(fact_id, set()).add(str(believed.facts[fact_id].value))

    assert all(len(found) == 1 for found in values.values())


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_approved_correction_is_believed_from_then_on(platform):
    wrong = beliefs(FACTS, platform).wrong
    corrected = beliefs(FACTS, platform, wrong)

    assert not corrected.wrong
    assert corrected.facts == {fact.id: fact for fact in FACTS.facts}
    text = " ".join(one.text for one in said(platform, published=wrong))
    believed = beliefs(FACTS, platform)
    if "identity.foundedYear" in wrong:
        assert str(believed.facts["identity.foundedYear"].value) not in text
        assert "2016" in text


def test_an_invention_goes_when_it_was_corrected():
    invented = beliefs(FACTS, "gemini").invented
    assert invented
    assert any(invented in one.text for one in said("gemini"))

    key = frozenset({f"hallucination:claim:{invented.lower()}"})
    assert beliefs(FACTS, "gemini", key).invented is None
    assert not any(invented in one.text for one in said("gemini", published=key))


def test_a_brand_that_asked_to_be_named_is_named():
    unbranded = [one for one in QUESTIONS if not one.branded]

    def named(published) -> int:
        return sum(
            "Berthline" in answer(
                FACTS,
                Asked(text=one.text, intent=one.intent, branded=False, platform=platform, repeat=1),
                published=published,
            ).text
            for one in unbranded
            for platform in PLATFORMS
        )  # fmt: skip

    before, after = named(frozenset()), named(frozenset({"missing_from_answers:product"}))
    assert 0 < before < after
    # and one that made itself known on a site that answers lean on
    assert named(frozenset({"source_gap:g2.com"})) == after == len(unbranded) * len(PLATFORMS)


def test_citations_stand_in_the_text_and_only_platforms_that_search_have_them():
    for platform in PLATFORMS:
        for one in said(platform):
            for cited in one.citations:
                assert 0 <= cited.start < cited.end <= len(one.text)
                assert cited.url.startswith("https://")
    assert all(not one.citations for one in said("llama"))
    marks = [one.text[cited.start : cited.end] for one in said("perplexity") for cited in one.citations]
    assert marks
    assert all(mark.startswith("[") and mark.endswith("]") for mark in marks)


@settings(max_examples=40)
@given(
    some.builds(
        BrandFacts,
        name=some.text("abcé ", min_size=1, max_size=8).filter(str.strip),
        products=some.lists(some.text("xyz", min_size=1, max_size=5), max_size=3).map(tuple),
        competitors=some.lists(some.builds(Rival, some.text("rst", min_size=1, max_size=5)), max_size=3).map(tuple),
        facts=some.just(FACTS.facts[:2]) | some.just(()),
    ),
    some.sampled_from([*PLATFORMS, "llama"]),
    some.sampled_from(QUESTIONS),
    some.integers(1, 3),
)
def test_no_profile_is_too_poor_for_an_answer(facts, platform, question, repeat):
    reply = answer(
        facts,
        Asked(text=question.text, intent=question.intent, branded=question.branded, platform=platform, repeat=repeat),
    )

    assert reply.state == "absent" or reply.text.strip()
