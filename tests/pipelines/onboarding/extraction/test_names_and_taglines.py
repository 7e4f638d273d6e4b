"""What the brand is called, and what it says of itself in a line."""

from __future__ import annotations

from tests.pipelines.onboarding.extraction.site_builder import accepted, decided, home, page, profile, read


def test_sources_that_agree_name_the_brand():
    decision = decided("name", home())
    assert decision is not None
    assert decision.value == "Brindle Kettles"
    assert decision.status == "accepted"
    assert len({one.rule for one in decision.evidence}) >= 2


def test_a_shop_builders_placeholder_is_no_name():
    markup = '<script type="application/ld+json">{"@type": "Organization", "name": "My Store"}</script>'
    assert accepted("name", home(head=markup)) == "Brindle Kettles"


def test_a_legal_form_does_not_make_a_second_name():
    imprint = page(
        "<main><h1>Imprint</h1><p>© 2020 Brindle Kettles Ltd.</p></main>",
        path="imprint",
        title="Imprint | Brindle Kettles",
    )
    assert accepted("name", home(), imprint) == "Brindle Kettles"


def test_two_different_names_go_to_a_person():
    one = '<meta property="og:site_name" content="Copper Harbour">'
    two = '<script type="application/ld+json">{"@type": "Organization", "name": "Willow Press"}</script>'
    decision = decided("name", page("<p>Hello there</p>", title="", head=one + two))
    assert decision is not None
    assert decision.status == "review"
    assert decision.alternatives


def test_markup_with_comments_and_trailing_commas_is_still_read():
    broken = '<script type="application/ld+json">{ // who we are\n"@type": "Organization", "name": "Brindle Kettles", "foundingDate": "1987",};</script>'
    assert accepted("foundedYear", home(head=broken)) == 1987


def test_the_first_heading_that_is_not_the_name_is_the_tagline():
    hero = "<h1>Brindle Kettles</h1><h2>Tea water for slow mornings</h2>"
    assert accepted("tagline", home(hero)) == "Tea water for slow mornings"


def test_the_name_alone_is_no_tagline():
    assert decided("tagline", home("<h1>Brindle Kettles</h1>")) is None


def test_a_copyright_line_and_a_section_label_are_no_tagline():
    assert accepted("tagline", home("<h1>© 2024 Brindle Kettles Limited</h1>")) is None
    assert accepted("tagline", home("<h1>What makes us different</h1>")) is None


def test_a_subpage_gives_no_tagline():
    shop = page("<main><h1>Copper pots at fair prices</h1></main>", path="shop/pots", title="Pots | Brindle Kettles")
    assert accepted("tagline", home(), shop) is None


def test_the_order_of_pages_does_not_matter():
    pages = [
        home("<h1>Tea water for slow mornings</h1>"),
        page("<h1>About us</h1>", path="about", title="About | Brindle Kettles"),
    ]
    assert profile(*pages) == profile(*reversed(pages))


def test_a_page_is_read_the_same_way_twice():
    assert read(home("<h1>Tea water for slow mornings</h1>")) == read(home("<h1>Tea water for slow mornings</h1>"))


def test_a_partners_logo_that_leads_to_its_own_site_names_nobody():
    logos = '<nav><a href="https://partner.example/"><img class="logo" alt="Harbour Relief" src="p.png"></a></nav>'
    decision = decided("name", home(logos))
    assert decision is not None
    assert decision.status == "accepted"
    assert all(one.value != "Harbour Relief" for one in decision.alternatives)


def test_a_topic_that_many_titles_share_does_not_dispute_the_name():
    shop = [page("<p>pot</p>", path=f"p{number}", title=f"Copper pots {number} | Kitchenware") for number in range(4)]
    decision = decided("name", home(), *shop)
    assert decision is not None
    assert (decision.value, decision.status) == ("Brindle Kettles", "accepted")


def test_what_a_framework_ships_with_is_no_tagline():
    assert (
        decided("tagline", home(head='<meta name="description" content="Web site created using create-react-app">'))
        is None
    )


def test_pictures_and_signs_are_no_part_of_the_name():
    shop = page("<header><h1>🐈 Brindle</h1></header><main><h2>Brindle™</h2><p>Tea.</p></main>", title="Brindle")
    decision = decided("name", shop)
    assert decision is not None
    assert decision.value == "Brindle"
