"""Founding year and headquarters: whose they are matters more than that they stand there."""

from __future__ import annotations

import pytest

from tests.pipelines.onboarding.extraction.site_builder import accepted, decided, home, page


def about(body: str):
    return page(f"<main><h1>About us</h1>{body}</main>", path="about", title="About | Brindle Kettles")


def contact(body: str):
    return page(f"<main><h1>Contact</h1>{body}</main>", path="contact", title="Contact | Brindle Kettles")


@pytest.mark.parametrize(
    "text",
    [
        "Brindle Kettles was founded in 1987 by two brothers.",
        "We were established in 1987 in a shed behind the mill.",
        "Unser Betrieb wurde 1987 gegründet.",
        "Notre atelier a été fondé en 1987 par deux frères.",
        "Nuestra empresa fue fundada en 1987 por dos hermanos.",
        "La nostra azienda è stata fondata nel 1987.",
        "A nossa empresa foi fundada em 1987 por dois irmãos.",
        "Ons bedrijf werd in 1987 opgericht.",
    ],
)
def test_a_founding_of_the_brand_gives_the_year(text: str):
    assert accepted("foundedYear", home(), about(f"<p>{text}</p>")) == 1987


@pytest.mark.parametrize(
    "text",
    [
        "Harbour Relief Trust was founded in 1921 and helps sailors.",
        "“I founded my own tea house in 2004 with a kettle from here.”",
        "Our costumes span the years from 1000 to 1600.",
        "Customer since 2012, and never once disappointed.",
    ],
)
def test_other_years_are_not_the_founding(text: str):
    assert accepted("foundedYear", home(), about(f"<p>{text}</p>")) is None


def test_a_copyright_year_is_no_founding():
    assert decided("foundedYear", home()) is None


def test_two_founding_years_go_to_a_person():
    decision = decided(
        "foundedYear", home(), about("<p>We were founded in 1987.</p><p>Our company was founded in 1991.</p>")
    )
    assert decision is not None
    assert decision.status == "review"


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("12 Mill Lane<br>Davis, CA 95618", "Davis, CA"),
        ("Mühlgasse 12<br>90403 Nürnberg", "Nürnberg"),
        ("12 rue du Moulin<br>69002 Lyon", "Lyon"),
        ("Calle Molino 12<br>28013 Madrid", "Madrid"),
        ("Molenstraat 12<br>1012 AB Amsterdam", "Amsterdam"),
        ("12 Mill Lane<br>York YO1 7HH", "York"),
    ],
)
def test_a_postal_address_tells_the_town(line: str, place: str):
    assert accepted("headquarters", home(), contact(f"<p>Brindle Kettles<br>{line}</p>")) == place


def test_two_addresses_in_one_town_agree():
    body = "<p>Office<br>1 Mill Lane<br>Davis, CA 95618</p><p>Post<br>2 B Street<br>Davis, CA 95616</p>"
    assert accepted("headquarters", home(), contact(body)) == "Davis, CA"


def test_governing_law_names_no_headquarters():
    terms = page(
        "<main><p>These terms are governed by the laws of England and the courts located in London.</p></main>",
        path="terms",
        title="Terms",
    )
    assert accepted("headquarters", home(), terms) is None


def test_an_event_venue_is_no_headquarters():
    events = page(
        "<main><h2>Venue</h2><p>Town Hall, 3 High Street<br>Leeds LS1 3AD</p></main>",
        path="events",
        title="Events | Brindle Kettles",
    )
    assert accepted("headquarters", home(), events) is None


def test_a_templates_address_is_left_out():
    assert decided("headquarters", home(), contact("<p>Musterstraße 1<br>12345 Musterstadt</p>")) is None
    assert accepted("headquarters", home(), contact("<p>A108 Adam Street<br>New York, NY 535022</p>")) is None


def test_a_later_milestone_does_not_dispute_the_founding():
    body = "<p>We were founded in 1987.</p><p>Our second shop opened in 2004.</p><p>We have been repairing kettles since 2011.</p>"
    assert accepted("foundedYear", home(), about(body)) == 1987


def test_a_nation_before_the_postcode_is_not_the_town():
    assert (
        accepted("headquarters", home(), contact("<p>12 Mill Lane, Windermere, Cumbria, England, LA23 2AZ</p>"))
        == "Windermere, Cumbria"
    )


def test_an_address_on_one_far_page_does_not_dispute_the_brands_own():
    depot = page(
        "<main><p>Depot<br>3 Dock Road<br>Leeds LS1 3AD</p></main>", path="trams", title="Trams | Brindle Kettles"
    )
    assert accepted("headquarters", home(), contact("<p>12 Mill Lane<br>York YO1 7HH</p>"), depot) == "York"


def test_a_street_after_a_code_is_no_town():
    assert decided("headquarters", home(), contact("<p>Bâtiment 3, 01234 Avenue de la Batterie</p>")) is None


def test_what_stands_under_an_address_label_must_look_like_a_place():
    assert (
        accepted("headquarters", home(), contact("<h2>Our location</h2><p>Tinago, Bato, Leyte</p>"))
        == "Tinago, Bato, Leyte"
    )
    assert decided("headquarters", home(), contact("<h2>Our location</h2><p>Show me the map</p>")) is None
    assert decided("headquarters", home(), contact("<h2>Our location</h2><p>Worldwide</p>")) is None
