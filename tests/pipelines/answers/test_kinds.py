"""What a question asks for, how a text shows that it has it, and which pages are meant: pure."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.answers import kinds
from pipelines.answers.lookup import chosen
from pipelines.answers.pages import ARCHIVE, FITTING, LEGAL, prior


def page(title: str, path: str = "/x", content: str = "Text.", *, score: float = 0.5, language: str = "en"):
    return SimpleNamespace(title=title, url=f"https://a.example{path}", content=content, score=score, language=language)


@pytest.mark.parametrize(
    ("question", "kind", "has", "has_not"),
    [
        ("How much does the Pro plan cost?", "price", "Pro · $20/month", "We may change our prices."),
        ("Was kostet ein Doppelzimmer?", "price", "ab 119 € pro Nacht", "Preise können sich ändern."),
        ("Combien coûte une chambre double ?", "price", "119 € par nuit", "Les prix changent."),
        ("When was the company founded?", "time", "It was founded in 2009.", "It was founded by two friends."),
        ("What are your opening hours?", "hours", "Friday: 8:30 – 13:00", "Our meetings are in the morning."),
        ("Wann hat das Restaurant geöffnet?", "hours", "täglich von 12 bis 21 Uhr", "Montag ist Ruhetag."),
        ("¿Dónde está el hotel?", "where", "Estamos en la Seestraße 12.", "El hotel es muy grande."),
        ("Where are you located?", "where", "Davis, CA 95618", "We love our neighbours."),
        ("Hoe kan ik contact opnemen?", "contact", "Mail info@a.example", "Wij helpen graag."),
        ("Who is the executive director?", "who", "Karmen Weiss leads us.", "The Executive Director shall preside."),
        ("Chi è la direttrice?", "who", "La direttrice è Anna Huber.", "La direttrice lavora qui."),
        ("What is OMSF?", "definition", "The Foundation (OMSF) is a nonprofit.", "Members of OMSF must comply."),
        ("O que é o Hotel Lindenhof?", "definition", "O Hotel Lindenhof é um hotel.", "No Hotel Lindenhof há festas."),
        ("How do I cancel?", "how", "Click on Cancel.", "Cancellations are rare."),
    ],
)
def test_a_question_s_kind_is_known_in_every_language_and_so_is_what_answers_it(question, kind, has, has_not):
    asked = kinds.of(question)

    assert asked.kind == kind
    assert asked.shown_by(has) == asked.mark
    assert not asked.shown_by(has_not)


@pytest.mark.parametrize(
    "question",
    ["Do you ship to Norway?", "I want mails where I am alone", "What is the mission of the club?", "Lieferzeit?"],
)
def test_a_question_that_asks_for_nothing_particular_has_no_kind(question):
    asked = kinds.of(question)

    assert (asked.kind, asked.mark, asked.rest, asked.gained_by("$5")) == ("", frozenset(), question, 0.0)


def test_the_words_that_only_tell_the_kind_are_not_looked_for():
    assert kinds.of("How much does the dog bowl cost?").rest.split() == ["the", "dog", "bowl", "?"]
    assert kinds.of("Where are you?").sought == "Where are you? address"
    assert kinds.of("Where is the Eiffel tower?").sought == "Where is the Eiffel tower?"


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_message_and_any_text_may_come(message, text):
    asked = kinds.of(message)

    assert asked.shown_by(text) <= asked.mark


def test_pages_that_are_meant_go_first_and_terms_and_news_last_unless_they_are_asked_for():
    prices, privacy = kinds.of("What are your prices?"), kinds.of("What does your privacy policy say?")

    assert prior(prices, page("Plans and pricing")) == (FITTING, 0.0)
    assert prior(prices, page("Terms of service")) == (0.0, LEGAL)
    assert prior(prices, page("Aktuelles", "/blog/2021")) == (0.0, ARCHIVE)
    assert prior(prices, page("Refund policy")) == (0.0, 0.0)
    assert prior(privacy, page("Privacy policy")) == (0.0, 0.0)
    assert prior(kinds.of("What is Acme?"), page("Acme", "/")) == (FITTING, 0.0)


def test_of_passages_that_say_the_same_the_best_one_is_looked_at_and_the_question_s_language_goes_first():
    same = "We are there around the clock for all of your questions."
    pool = [
        page("A", content=same),
        page("B", content=f"{same} Really."),
        page("C", content="Wir sind da.", language="de"),
    ]

    order = [one.passage.title for one in chosen(kinds.of("Can somebody help me with my order please?"), pool)]

    assert order == ["A", "C"]
