"""Who a site says it is for, and what follows "for" without being anybody."""

from __future__ import annotations

import pytest

from pipelines.onboarding.extraction import SourcePage
from tests.pipelines.onboarding.extraction.site_builder import home, page, profile


def audience(*pages: SourcePage) -> set[str]:
    return {one.value.casefold() for one in profile(*pages).audience if one.status == "accepted"}


@pytest.mark.parametrize(
    ("text", "people"),
    [
        (
            "Brindle Kettles is built for startups, freelancers and DevOps teams who drink tea.",
            {"startups", "freelancers", "devops teams"},
        ),
        (
            "Whether you're a dog lover, a cat enthusiast, or someone who likes tea, we are here.",
            {"dog lover", "cat enthusiast"},
        ),
        ("We help independent bookshop owners and small schools.", {"independent bookshop owners", "small schools"}),
        ("Unsere Kessel sind entwickelt für Handwerker und kleine Unternehmen.", {"handwerker", "kleine unternehmen"}),
        ("Nous aidons les associations et les petites entreprises.", {"associations", "petites entreprises"}),
        ("Ayudamos a las pequeñas empresas de Andalucía.", {"pequeñas empresas"}),
        ("Aiutiamo aziende e liberi professionisti.", {"aziende", "liberi professionisti"}),
        ("Wij helpen ondernemers en scholen.", {"ondernemers", "scholen"}),
    ],
)
def test_a_sentence_that_says_for_whom_names_the_people(text: str, people: set[str]):
    assert audience(home(f"<p>{text}</p>")) == people


@pytest.mark.parametrize(
    "text",
    [
        "Designed for speed and built for the long run.",
        "Perfect for everyday use.",
        "Free shipping for orders over $50, and thanks for reading.",
        "Ideal for small kitchens.",
        "Read the care guide for your kettle.",
    ],
)
def test_for_what_is_not_for_whom(text: str):
    assert audience(home(f"<p>{text}</p>")) == set()


def test_a_list_under_who_is_it_for_names_the_people():
    items = "<li>Bug bounty hunters looking for quick tea</li><li>Teachers &amp; students</li><li>Anything with a spout</li>"
    assert audience(home(f"<section><h2>Who is it for?</h2><ul>{items}</ul></section>")) == {
        "bug bounty hunters",
        "teachers",
        "students",
    }


def test_a_neighbour_of_people_under_who_uses_it_is_people_too():
    cards = "".join(
        f"<div><h3>{name}</h3><p>Some words on their day.</p></div>"
        for name in ("Harbour masters", "Yacht clubs", "Boatyards")
    )
    found = audience(home(f"<section><h2>Who uses Brindle Kettles</h2>{cards}</section>"))
    assert found == {"harbour masters", "yacht clubs", "boatyards"}


def test_a_rivals_audience_is_not_ours():
    body = (
        "<section><h2>Who should use which?</h2>"
        "<h3>Brindle Kettles is perfect for:</h3><ul><li>Freelancers in a hurry</li><li>Startups on a budget</li></ul>"
        "<h3>Copperline Pots is ideal for:</h3><ul><li>Investment banks with time</li><li>Insurers with patience</li></ul></section>"
    )
    compare = page(
        f"<main><h1>Brindle Kettles vs Copperline Pots</h1>{body}</main>",
        path="compare/copperline-pots",
        title="Comparison",
    )
    assert audience(home(), compare) == {"freelancers", "startups"}


def test_what_a_customer_says_of_herself_is_no_audience():
    assert audience(home("<blockquote><p>A dream come true, perfect for pet lovers like me!</p></blockquote>")) == set()


def test_menu_entries_under_industries_name_the_sectors():
    menu = '<nav><ul><li><a href="/industries/healthcare">Healthcare</a></li><li><a href="/industries/schools">For schools</a></li></ul></nav>'
    pages = [
        page("<main><h1>Healthcare</h1></main>", path="industries/healthcare"),
        page("<main><h1>Schools</h1></main>", path="industries/schools"),
    ]
    found = {one.value for one in profile(home(menu), *pages).audience}
    assert {"Healthcare", "schools"} <= found
