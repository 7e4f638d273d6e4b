"""Sentences, their scores, and the quotes made of them: pure."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.answers import extractive, kinds, phrases, sentences
from pipelines.answers.extractive import Found, Sentence, Words
from pipelines.answers.sentences import Part

TEXT = "Free is free. Starter costs 19 euros. Pro costs 99 euros. Both are paid each month. Cancel at any time."


def passage(content: str = TEXT, *, document: str = "doc_1", title: str = "Prices") -> SimpleNamespace:
    return SimpleNamespace(
        document_id=document, title=title, chunk_index=0, content=content, score=0.9, page=3, url=None
    )


def composed(found: Found, passages: list, *, style: str = "conversational", max_length: int = 500) -> str:
    text, _ = extractive.compose(
        found, passages, style=style, max_length=max_length, phrases=phrases.of("en"), tone="friendly"
    )
    return text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("We have 3.5 plans at 9.99 each. Ok?", ["We have 3.5 plans at 9.99 each.", "Ok?"]),
        ("Dr. Smith agrees, e.g. Mr. X. He said so.", ["Dr. Smith agrees, e.g. Mr. X. He said so."]),
        ("A line that\nbreaks. Next", ["A line that breaks.", "Next"]),
        ("# Prices\nAll of them.", ["Prices", "All of them."]),
        ("- one\n- two", ["one", "two"]),
        ("- one\n- two\n- three", ["one · two · three"]),
        ("| a | b |\n| 1. B | 2 |", ["| a | b |", "| 1. B | 2 |"]),
        ("Plan | Price\nFree | 0\nPro | 99", ["Plan | Price", "Free | 0", "Pro | 99"]),
        (
            "All fees are**strictly** due, see [the terms](https://x.example/a).",
            ["All fees are strictly due, see the terms."],
        ),
        ("我们有三个计划。价格是五元。", ["我们有三个计划。", "价格是五元。"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text, wanted):
    assert [part.text for part in sentences.split(text)] == wanted


def test_a_preview_is_what_a_reader_would_see():
    source = extractive.source_of(1, passage("5. Prices\n\n- **Changes:** We may *change* them.\n- Visa\n- Amex"))

    assert source.chunk_preview == "5. Prices · Changes: We may change them. Visa · Amex"


def test_what_says_nothing_by_itself_is_the_heading_of_what_follows_and_cards_stay_together():
    page = "Pricing\n\nWe offer three plans.\n\nDo you ship?\n\nYes.\n\nPro\n\nMonthly\n\n$20 a month\n\n- Ten agents"

    parts = sentences.split(page)

    assert [(part.text, part.heading) for part in parts if not part.is_heading] == [
        ("We offer three plans.", 0), ("Yes.", 2), ("Pro · Monthly · $20 a month · Ten agents", 2),
    ]  # fmt: skip
    assert [part.text for part in parts if part.is_heading] == ["Pricing", "Do you ship?"]


@given(st.text(max_size=400))
def test_no_word_of_a_passage_is_lost_and_no_sentence_is_endless(text):
    found = sentences.split(text)

    said = re.sub(r"[\W_]", "", "".join(part.text for part in found))
    assert said == re.sub(r"[\W_]", "", text)
    assert all(0 < len(part.text) <= sentences.LONGEST for part in found)
    assert all(part.heading is None or found[part.heading].is_heading for part in found)


def test_rare_words_count_for_more_and_neighbours_and_passage_for_some():
    weight = extractive.weights({"plan": 90, "mars": 1}, 100)
    words = Words(
        frozenset({"plan", "mars"}), frozenset(), [frozenset({"plan"}), frozenset({"mars"}), frozenset(), frozenset()]
    )
    found = [Sentence(0, place, "x") for place in range(4)]

    parts = {0: [Part("x")] * 4}

    plan, mars, near, far = extractive.overlaps(found, parts, {0: words}, weight=weight)

    assert mars > plan > near > far > 0
    assert extractive.weights({}, 0)("anything") > 0


def test_a_heading_counts_for_what_stands_under_it():
    weight = extractive.weights({}, 10)
    red = frozenset({"red"})
    parts = {0: [Part("Mars", is_heading=True), *[Part("It is red.", heading=0)] * 2, *[Part("It is red.")] * 2]}
    words = Words(frozenset({"mars", "red"}), frozenset(), [frozenset({"mars"}), red, red, red, red])
    found = [Sentence(0, 2, "It is red.", "Mars"), Sentence(0, 4, "It is red.")]

    under, outside = extractive.overlaps(found, parts, {0: words}, weight=weight)

    assert under > outside


@given(st.floats(-2, 3))
def test_confidence_is_a_share_that_grows_with_the_score(score):
    assert 0 <= extractive.confidence(score) <= 1
    assert extractive.confidence(score) <= extractive.confidence(score + 0.1)
    assert extractive.confidence(extractive.MIDDLE) == 0.5


def test_a_quote_has_its_neighbours_as_the_style_says_and_a_second_source_only_when_it_is_near():
    parts = sentences.split(TEXT)
    best = Sentence(0, 2, parts[2].text)
    other = passage("Pro is 99 euros, says the FAQ.", document="doc_2", title="FAQ")
    also = Sentence(1, 0, "Pro is 99 euros, says the FAQ.")
    by_passage = {0: parts, 1: [Part(also.text)]}
    near, far = Found([(0.9, best), (0.85, also)], by_passage), Found([(0.9, best), (0.7, also)], by_passage)
    passages = [passage(), other]

    assert composed(far, passages) == (
        "Here's what I found in Prices: “Starter costs 19 euros. Pro costs 99 euros. Both are paid each month.” [1]"
    )
    assert composed(far, passages, style="concise") == "Here's what I found in Prices: “Pro costs 99 euros.” [1]"
    assert composed(far, passages, style="detailed").count(".") == 5
    assert composed(near, passages, style="concise").endswith("“Pro is 99 euros, says the FAQ.” [2]")


def test_a_quote_keeps_to_its_section_and_of_a_list_to_what_follows():
    page = "Free\n\nFree is free.\n\nPro\n\nPro costs 99 euros.\n\nPay\n\n- With Visa.\n- With Amex.\n- With Diners.\n- At once."
    found, by_passage = extractive.candidates([passage(page)], kinds.of("Amex?"))
    said = {one.text: one for one in found}

    quoted = {text: composed(Found([(0.9, one)], by_passage), [passage(page)]) for text, one in said.items()}

    assert set(said) == {"Free is free.", "Pro costs 99 euros.", "With Visa.", "With Amex.", "With Diners.", "At once."}
    assert quoted["Pro costs 99 euros."] == "Here's what I found in Prices: “Pro costs 99 euros.” [1]"
    assert quoted["With Amex."] == "Here's what I found in Prices: “With Amex. With Diners. At once.” [1]"


def test_steps_are_quoted_with_those_that_follow_and_nothing_that_only_announces_or_names_is_quoted():
    page = "Install\n\nDo as follows:\n\n1. Open the file.\n\n2. Click on it.\n\nMore\n\nSee below:"
    found, by_passage = extractive.candidates([passage(page)], kinds.of("How do I install it?"))
    texts = [one.text for one in found]

    assert texts == ["Do as follows:", "1. Open the file.", "2. Click on it."]
    assert composed(Found([(0.9, found[0])], by_passage), [passage(page)]).endswith(
        "“Do as follows: 1. Open the file. 2. Click on it.” [1]"
    )


def test_who_somebody_is_may_stand_in_a_heading_and_the_names_of_a_table_s_columns_are_one():
    page = "Jo March\n\nHead of Sales\n\nShe likes boats.\n\nPlan | Price\nFree | 0\nPro | 99"

    asked, other = kinds.of("Who is the head of sales?"), kinds.of("What does she like?")
    who, what = ([one.text for one in extractive.candidates([passage(page)], one)[0]] for one in (asked, other))

    assert who == ["Jo March · Head of Sales", "She likes boats.", "Free | 0", "Pro | 99"]
    assert what == who[1:]
    assert sentences.split(page)[-1].heading == 2


def test_a_menu_goes_behind_a_sentence_unless_it_has_what_is_asked_for():
    menu = "About\n\nPeople\n\nContact"
    found, by_passage = extractive.candidates([passage(menu)], kinds.of("Can I donate?"))
    card = "Jo March\n\nSales\n\n12 Elm Street"
    shop, shop_parts = extractive.candidates([passage(card)], kinds.of("Where are you?"))

    assert extractive.shown(found, by_passage, kinds.of("Can I donate?")) == [extractive.BARE]
    assert extractive.shown(shop, shop_parts, kinds.of("Where are you?")) == [kinds.SHOWN]


@given(st.integers(50, 400), st.sampled_from(["concise", "conversational", "detailed"]), st.integers(0, 4))
def test_an_answer_is_never_longer_than_allowed(max_length, style, place):
    parts = sentences.split(TEXT)
    found = Found([(0.9, Sentence(0, place, parts[place].text))], {0: parts})

    assert len(composed(found, [passage()], style=style, max_length=max_length)) <= max_length


def test_greetings_and_phrases_are_known_in_several_languages_and_as_whole_words_only():
    assert phrases.small_talk("Hello!") == ("greeting", "en")
    assert phrases.small_talk("MERCI BEAUCOUP") == ("thanks", "fr")
    assert phrases.small_talk("hello, do you ship?") is None
    assert phrases.mentions("I want a REFUND now", ["refund"])
    assert phrases.mentions("Où est le café ?", ["cafe"])
    assert not phrases.mentions("refunding", ["refund"])
