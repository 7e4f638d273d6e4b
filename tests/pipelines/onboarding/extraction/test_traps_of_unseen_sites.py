"""Traps that sites nobody had tuned for set: mixed-up lists, kickers, whose reasons, whose prices, filler text."""

from __future__ import annotations

from pipelines.onboarding.extraction import page_types
from tests.pipelines.onboarding.extraction.site_builder import accepted, decided, home, page, profile


def products(*pages):
    return {
        one.value["name"]: (one.value.get("pricing") or {}).get("amount")
        for one in profile(*pages).products
        if one.status == "accepted"
    }


def test_lists_of_two_menus_stay_two_however_often_memory_is_reused():
    columns = "".join(f"<div><ul><li>Item {name} one</li><li>Item {name} two</li></ul></div>" for name in "abcdefgh")
    found = {len(group) for group in _lists(home(f"<section><h2>Anything</h2>{columns}</section>"))}
    assert found == {2}


def _lists(source):
    from pipelines.onboarding.extraction.page import open_page

    return [group.cards for group in open_page(source).groups if group.kind == "list"]


def test_pictures_numbers_and_badges_are_no_titles_of_cards():
    card = '<div class="v-item"><div>🎯</div><div class="v-num">0{}</div><div class="v-name">{}</div><p>What we mean by it.</p></div>'
    cards = "".join(card.format(at, name) for at, name in enumerate(("Care", "Patience", "Candour"), 1))
    about = page(f"<main><section><h2>Our values</h2>{cards}</section></main>", path="about")
    assert accepted("coreValues", home(), about) == ["Care", "Patience", "Candour"]


def test_a_cards_footer_is_not_the_pages():
    card = (
        '<div class="offer"><h3>{}</h3><div class="offer_footer"><p>{} EUR</p><a href="/rooms">Details</a></div></div>'
    )
    cards = card.format("Garden room", 80) + card.format("Attic room", 95)
    assert products(home(f"<section><h2>Our rooms</h2>{cards}</section>")) == {"Garden room": 80.0, "Attic room": 95.0}


def test_dead_links_and_links_to_its_own_parts_do_not_name_a_page():
    assert page_types.classify("https://a.example/rooms", ("Rooms", "About us", "Blog", "FAQ"), "Acme", "") != "blog"
    inner = ("Bank statements", "Fields", "Formats", "Accuracy", "FAQ")
    assert page_types.classify("https://a.example/statements", inner, "Acme", "") == "other"


def test_links_that_agree_still_name_a_page():
    assert page_types.classify("https://a.example/p7", ("About us", "Read more"), "Acme", "") == "about"


def test_why_something_else_is_good_is_no_reason_for_the_brand():
    cards = "".join(f"<div><h3>{name}</h3><p>Because of that.</p></div>" for name in ("Warm", "Light", "Cheap"))
    label = "<section><h2>{}</h2>{}</section>"
    assert accepted("uniqueSellingPoints", home(label.format("Why choose Copper Plating?", cards))) is None
    assert accepted("uniqueSellingPoints", home(label.format("Why now", cards))) is None
    assert accepted("uniqueSellingPoints", home(label.format("Why Brindle Kettles", cards))) == [
        "Warm",
        "Light",
        "Cheap",
    ]


def test_reasons_on_the_page_of_one_service_go_to_review():
    cards = "".join(f"<div><h3>{name}</h3><p>Because of that.</p></div>" for name in ("Warm", "Light", "Cheap"))
    body = f"<main><h1>Descaling</h1><section><h2>Why choose us</h2>{cards}</section></main>"
    decision = decided("uniqueSellingPoints", home(), page(body, path="services/descaling"))
    assert decision is not None and decision.status == "review"


def test_what_others_offer_is_told_from_what_the_brand_offers():
    body = (
        "<section><h2>What makes Brindle Kettles different</h2>"
        "<p>What most shops offer:</p><ul><li>Thin steel</li><li>Short cables</li></ul>"
        "<p>What Brindle Kettles delivers:</p><ul><li>Thick copper</li><li>Long cables</li></ul></section>"
    )
    assert accepted("uniqueSellingPoints", home(body)) == ["Thick copper", "Long cables"]


def test_a_numeral_and_a_currency_stay_in_a_selling_point():
    items = "<ul><li>24 hours open</li><li>$9 flat delivery</li><li>3. Friendly staff</li></ul>"
    points = accepted("uniqueSellingPoints", home(f"<section><h2>Why choose us</h2>{items}</section>"))
    assert points == ["24 hours open", "$9 flat delivery", "Friendly staff"]


def test_two_rooms_told_on_one_page_are_two_products():
    card = '<div><h3>{}</h3><p>{} EUR</p><a href="/room.html">Details</a></div>'
    cards = card.format("Classic Single", 60) + card.format("Classic Double", 90)
    assert products(home(f"<section><h2>Our rooms</h2>{cards}</section>")) == {
        "Classic Single": 60.0,
        "Classic Double": 90.0,
    }


def test_a_price_inside_a_sentence_prices_no_section():
    lines = "".join(
        f"<section><h2>{title}</h2><p>It is $79 a month for everything, without any fee on top of that.</p></section>"
        for title in ("What makes us different", "Frequently asked questions", "Common questions asked")
    )
    assert products(home(lines)) == {}


def test_a_foreign_code_inside_a_name_is_no_price():
    row = "<div><h3>{}</h3><p>{} EUR</p></div>"
    body = (
        row.format("Wall set", 40) + row.format("Floor set", 60) + "<div><h3>Box</h3><p>Aivo 101 AED cabinet</p></div>"
    )
    found = products(home(f"<section><h2>Our products</h2>{body}</section>"))
    assert found == {"Wall set": 40.0, "Floor set": 60.0, "Box": None}


def test_free_shipping_from_an_amount_is_no_price():
    body = "<div><h3>Refill service</h3><p>Gratis verzending vanaf € 100</p></div><div><h3>Advice</h3><p>Gratis vanaf € 50</p></div>"
    assert set(products(home(f"<section><h2>Our products</h2>{body}</section>")).values()) == {None}


def test_markup_that_still_tells_the_struck_price_is_no_rival():
    data = '{"@context":"https://schema.org","@type":"Product","name":"Copper Kettle","offers":{"@type":"Offer","price":"50.00","priceCurrency":"EUR"}}'
    own = page(
        "<main><h1>Copper Kettle</h1><p><del>€ 50,00</del></p><p>€ 45,00</p><button>Add to cart</button></main>",
        path="product/copper-kettle",
        title="Copper Kettle",
        head=f'<script type="application/ld+json">{data}</script>',
    )
    found = next(one for one in profile(home(), own).products if one.value["name"] == "Copper Kettle")
    assert found.value["pricing"]["amount"] == 45.0 and found.value["pricing"]["confidence"] >= 0.7


def test_rows_beside_the_brands_own_are_rivals_and_no_products():
    rows = "".join(
        f"<tr><td>{name}</td><td>{price}</td></tr>"
        for name, price in (("Brindle Kettles", "$9"), ("Copperline", "$12"), ("Potworks", "$14"))
    )
    table = f"<table><tr><th>Tool</th><th>Price</th></tr>{rows}</table>"
    found = profile(home(), page(f"<main><h1>Pricing</h1><h2>Compared</h2>{table}</main>", path="pricing"))
    assert {one.value for one in found.competitors} == {"Copperline", "Potworks"}
    assert found.products == []


def test_a_kind_of_thing_with_an_article_is_no_competitor():
    assert profile(home("<h2>Brindle Kettles vs a Basic Kettle</h2><p>Some words.</p>")).competitors == []


def test_the_year_of_a_certificate_is_no_founding():
    about = page("<main><h1>Qui sommes-nous</h1><p>Certifié depuis 2008</p></main>", path="qui-sommes-nous")
    assert decided("foundedYear", home(), about) is None


def test_a_timeline_that_names_the_brand_founds_it():
    line = "<div><div>2008</div><div>A first degree</div></div><div><div>2010</div><div>Création de Brindle Kettles</div></div>"
    about = page(f"<main><h1>Qui sommes-nous</h1>{line}</main>", path="qui-sommes-nous")
    assert accepted("foundedYear", home(), about) == 2010


def test_printers_latin_is_nobodys_story():
    latin = "Duis aute irure dolor in reprehenderit in voluptate velit esse cillum dolore, founded in 1998, since quis nostrum."
    about = page(f"<main><h1>About us</h1><h2>Our story</h2><p>{latin}</p></main>", path="about")
    assert decided("brandStory", home(), about) is None and decided("foundedYear", home(), about) is None


def test_a_kicker_announces_the_cards_below_its_heading():
    card = '<div class="card"><div class="card-name">{}</div><p>A few words on this one here.</p></div>'
    cards = "".join(map(card.format, ("Descaling", "Engraving", "Plating")))
    body = f'<section><div class="eyebrow">Our services</div><div class="stitle">The very best.</div><div>{cards}</div></section>'
    names = {one.value["name"] for one in profile(home(body)).products}
    assert names == {"Descaling", "Engraving", "Plating"}


def test_a_singular_after_whoever_you_are_names_an_audience():
    body = "<p>Que vous soyez particulier ou entreprise, nous répondons présents.</p>"
    assert "particulier" in {one.value for one in profile(home(body)).audience}


def test_a_directory_of_others_is_no_range_of_products():
    cards = "".join(f"<div><h3>Firm {at} Ltd</h3><p>Some words about them here.</p></div>" for at in range(130))
    assert profile(home(f"<section><h2>Services</h2>{cards}</section>")).products == []


def test_a_restaurants_menu_is_no_navigation():
    dish = '<div class="menu-item"><h3>{}</h3><div>€{}</div><p>With rice and a salad.</p></div>'
    dishes = dish.format("Lentil stew", 9) + dish.format("Bean stew", 11)
    body = f'<main><h1>Our menu</h1><div class="menu-section"><h2>Stews</h2>{dishes}</div></main>'
    found = products(home(), page(body, path="menu"))
    assert found == {"Lentil stew": 9.0, "Bean stew": 11.0}


def test_priced_lines_in_boxes_of_their_own_are_rows():
    line = '<div class="box"><div class="line"><span>{}</span> <span>€{}</span></div></div>'
    lines = "".join(line.format(name, price) for name, price in (("Corn juice", 3), ("Mint tea", 2), ("Cold water", 1)))
    found = products(home(), page(f"<main><h1>Our menu</h1><h2>Drinks</h2>{lines}</main>", path="menu"))
    assert found == {"Corn juice": 3.0, "Mint tea": 2.0, "Cold water": 1.0}


def test_dead_links_to_terms_do_not_make_a_page_legal():
    anchors = ("Home line", "Privacy policy", "Terms of use")
    assert page_types.classify("https://a.example/home-line", anchors, "Acme", "") == "other"


def test_a_whole_sector_is_named_whole():
    cards = "".join(
        f"<div><h3>{name}</h3><p>What we do for them.</p></div>" for name in ("Farming & industry", "Schools")
    )
    found = {one.value for one in profile(home(f"<section><h2>Industries</h2>{cards}</section>")).audience}
    assert found == {"Farming & industry", "Schools"}


def test_a_saint_opens_a_towns_name():
    contact = page("<main><h1>Contatti</h1><p>Via Roma 7, 10077 San Maurizio (TO)</p></main>", path="contatti")
    decision = decided("headquarters", home(), contact)
    assert decision is not None and str(decision.value).startswith("San Maurizio")
