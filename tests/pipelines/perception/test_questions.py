"""The questions of a scan: natural, no two the same, stable, and fair to a brand that nobody has heard of."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pipelines.perception.questions import CATEGORIES, Subject, questions
from pipelines.perception.questions.words import article, audience_in, kind_in, need_in, plural, running, singular
from store.brands.values import name_key

BERTHLINE = Subject(
    name="Berthline",
    names=("Berthline", "berthline.example", "Berthline Desk", "Gate Keeper"),
    kinds=("harbour management software tool", "booking system"),
    needs=("berth booking",),
    audiences=("harbour masters", "yacht clubs"),
    industries=("hospitality",),
    places=("US", "Cornwall"),
    products=("Berthline Desk", "Gate Keeper"),
    priced=("Gate Keeper",),
    features=("offline mode",),
    rivals=("Quayfolio", "Moorsheet"),
)
WORDS = some.text(some.sampled_from("abc XY-1é"), max_size=12)


def test_ten_questions_ask_about_everything_and_half_of_them_do_not_name_the_brand():
    found = questions(BERTHLINE, 10)

    assert len(found) == 10
    assert {one.category for one in found} == set(CATEGORIES)
    assert sum(not one.branded for one in found) >= 5
    assert len({one.intent for one in found}) >= 4


def test_a_longer_list_begins_with_the_shorter_one():
    assert questions(BERTHLINE, 40)[:10] == questions(BERTHLINE, 10)


def test_a_question_that_names_a_product_of_the_brand_is_branded():
    for one in questions(BERTHLINE, 200):
        assert one.branded == any(name in one.text for name in ("Berthline", "Gate Keeper")), one.text


@pytest.mark.parametrize("category", CATEGORIES)
def test_one_category_alone_can_be_asked_for(category):
    found = questions(BERTHLINE, 5, [category])

    assert [one.category for one in found] == [category] * 5


def test_a_bare_name_is_enough_for_some_questions_and_not_for_all():
    found = questions(Subject(name="Acme", names=("Acme",)), 200)

    assert 5 <= len(found) < 200
    assert all("Acme" in one.text for one in found)


@settings(max_examples=60)
@given(
    some.builds(
        Subject,
        name=some.text("abc", min_size=1, max_size=5),
        names=some.tuples(WORDS),
        kinds=some.lists(WORDS.filter(str.strip), max_size=3).map(tuple),
        rivals=some.lists(WORDS.filter(str.strip), max_size=3).map(tuple),
        audiences=some.lists(WORDS.filter(str.strip), max_size=2).map(tuple),
        products=some.lists(WORDS.filter(str.strip), max_size=2).map(tuple),
    ),
    some.integers(1, 60),
)
def test_no_two_are_the_same_and_no_slot_stays_open(subject, count):
    found = questions(subject, count)

    assert len(found) <= count
    assert len({name_key(one.text) for one in found}) == len(found)
    assert not any(re.search(r"[{}]", one.text) for one in found)


@pytest.mark.parametrize(
    ("kind", "many"),
    [
        ("AI visibility platform", "AI visibility platforms"),
        ("agency", "agencies"),
        ("harbour management software", "harbour management software tools"),
        ("B2B SaaS", "B2B SaaS tools"),
        ("coffee", "coffee companies"),
        ("running shoes", "running shoes"),
        ("glass", "glasses"),
        ("boat", "boats"),
        ("ロープ", "ロープ"),
        ("B2B ソフトウェア", "B2B ソフトウェア"),
    ],
)
def test_kinds_have_a_plural(kind, many):
    assert plural(kind) == many
    assert plural(singular(many)) == many


def test_headlines_become_running_text():
    assert running("AI Visibility Platform") == "AI visibility platform"
    assert running("Enterprise CMOs") == "enterprise CMOs"
    assert running("E-commerce") == "e-commerce"
    assert running("Real-Time Tracking.") == "real-time tracking"


def test_articles_follow_the_sound():
    told = {word: article(word) for word in ("AI tool", "unicorn", "CRM", "SMS gateway", "hour", "boat", "app", "user")}

    assert told == {
        "AI tool": "an", "unicorn": "a", "CRM": "a", "SMS gateway": "an", "hour": "an", "boat": "a", "app": "an",
        "user": "a",
    }  # fmt: skip


def test_a_short_description_gives_its_kind_its_need_and_its_people():
    assert kind_in("Enterprise AI visibility platform with advanced analytics") == "enterprise AI visibility platform"
    assert kind_in("A booking system that works offline") == "booking system"
    assert kind_in("Know How AI Sees You") is None
    assert need_in("Berth booking for small harbours") == "berth booking"
    assert audience_in("Berth booking for small harbours") == "small harbours"
    assert need_in("Know How AI Sees You") is None
    assert audience_in("Sleep well") is None
