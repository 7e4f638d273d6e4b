"""Products of small shops, services, plans and projects, and the things on a page that are none."""

from __future__ import annotations

import json

import pytest

from pipelines.onboarding.extraction import Decision, SourcePage
from tests.pipelines.onboarding.extraction.site_builder import home, page, profile


def products(*pages: SourcePage) -> dict[str, Decision]:
    """Accepted products by name."""
    return {one.value["name"]: one for one in profile(*pages).products if one.status == "accepted"}


def price(decision: Decision) -> tuple[float, str, str | None] | None:
    """(amount, currency, period) when the price is sure enough to be accepted."""
    pricing = decision.value.get("pricing")
    if not pricing or pricing["confidence"] < 0.7:
        return None
    return pricing["amount"], pricing["currency"], pricing.get("billingPeriod")


def card(name: str, cost: str, link: str = "") -> str:
    button = '<button class="buy">Add to cart</button>'
    title = f'<a href="{link}">{name}</a>' if link else name
    return f'<div class="card"><img src="x.jpg" alt=""><h3>{title}</h3><p>{cost}</p>{button}</div>'


def shop(*cards: str, heading: str = "Shop") -> SourcePage:
    return page(f"<main><h1>{heading}</h1><div class=grid>{''.join(cards)}</div></main>", path="shop", title=heading)


def test_cards_with_a_price_are_products():
    found = products(
        home(), shop(card("Red Kettle", "$40"), card("Blue Kettle", "<del>$60</del> $45"), card("Tea Towel", "from $8"))
    )
    assert {name: price(one) for name, one in found.items()} == {
        "Red Kettle": (40, "USD", None),
        "Blue Kettle": (45, "USD", None),
        "Tea Towel": (8, "USD", None),
    }


def test_every_price_carries_the_words_it_was_read_from():
    found = products(home(), shop(card("Red Kettle", "now only $40 each"), card("Blue Kettle", "$45")))
    evidence = found["Red Kettle"].value["pricing"]["evidence"][0]
    assert evidence.quote == "$40"
    assert evidence.url.endswith("/shop")


def test_a_product_under_two_addresses_is_one_product():
    own = "<main><h1>Brindle Kettles™ Red Kettle</h1><p>$40</p><button>Add to cart</button><p>Boils two litres in a minute.</p></main>"
    found = products(
        home(),
        shop(card("Red Kettle", "$40", "/products/red-kettle.html"), card("Blue Kettle", "$45")),
        page(own, path="products/red-kettle.html", title="Red Kettle"),
        page(own, path="products/red-kettle/", title="Red Kettle"),
    )
    assert sorted(found) == ["Blue Kettle", "Red Kettle"]
    assert "/products/red-kettle" in found["Red Kettle"].value["url"]


def test_two_pages_that_disagree_on_a_price_leave_it_to_a_person():
    own = "<main><h1>Red Kettle</h1><p>$55</p><button>Add to cart</button></main>"
    found = products(
        home(),
        shop(card("Red Kettle", "$40", "/products/red-kettle"), card("Blue Kettle", "$45")),
        page(own, path="products/red-kettle", title="Red Kettle"),
    )
    assert price(found["Red Kettle"]) is None
    assert price(found["Blue Kettle"]) == (45, "USD", None)


def test_markup_gives_products_even_when_its_json_is_sloppy():
    node = {
        "@type": "Product",
        "name": "Red Kettle",
        "offers": {"@type": "Offer", "price": "40.00", "priceCurrency": "EUR"},
    }
    head = f'<script type="application/ld+json">// our product\n{json.dumps(node)}</script>'
    found = products(home(), page("<main><h1>Red Kettle</h1></main>", path="products/red-kettle", head=head))
    assert price(found["Red Kettle"]) == (40, "EUR", None)


def test_what_a_page_only_reviews_is_no_product():
    node = {"@type": "Review", "itemReviewed": {"@type": "Product", "name": "Copperline Pot"}}
    head = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    assert "Copperline Pot" not in products(home(), page("<main><h1>Pots we like</h1></main>", path="pots", head=head))


def plan(name: str, cost: str, *items: str, badge: str = "") -> str:
    listed = "".join(f"<li><b>{item}</b></li>" for item in items)
    return f'<div class="plan {badge}">{badge}<h2>{name}</h2><div>{cost}</div><ul>{listed}</ul><button>Choose plan</button></div>'


def test_plan_columns_give_free_paid_and_asked_for_plans():
    columns = (
        plan("Free", "<sup>$</sup><span>0</span><span>/month</span>", "One kettle")
        + plan("Pro", "$20 /month <small>billed annually</small>", "All kettles", "Always hot", badge="popular")
        + plan("Lifetime", "$599", "Works offline")
        + plan("Enterprise", "Contact us", "Single sign-on")
    )
    extra = "<p>After one year: renewal at $219/year</p>"
    pricing = page(
        f"<main><h1>Plans and pricing</h1><div>{columns}</div>{extra}</main>", path="pricing", title="Pricing"
    )
    found = products(home(), pricing)
    assert {name: price(one) for name, one in found.items()} == {
        "Free": (0, "USD", "monthly"),
        "Pro": (20, "USD", "monthly"),
        "Lifetime": (599, "USD", None),
        "Enterprise": None,
    }


def test_a_plan_that_says_free_in_words_costs_nothing_in_the_currency_beside_it():
    columns = plan("Starter", "Kostenlos", "Ein Kessel") + plan("Plus", "9 € pro Monat", "Alle Kessel")
    found = products(home(), page(f"<main><h1>Preise</h1><div>{columns}</div></main>", path="preise", title="Preise"))
    assert price(found["Starter"]) == (0, "EUR", None)
    assert price(found["Plus"]) == (9, "EUR", "monthly")


def test_a_price_list_gives_one_product_a_row():
    rows = "".join(
        f"<tr><td>{name}</td><td>{cost}</td></tr>" for name, cost in [("Haarschnitt", "32,00 €"), ("Färben", "ab 45 €")]
    )
    found = products(home(), page(f"<main><h1>Preise</h1><table>{rows}</table></main>", path="preise", title="Preise"))
    assert {name: price(one) for name, one in found.items()} == {
        "Haarschnitt": (32, "EUR", None),
        "Färben": (45, "EUR", None),
    }


def test_a_menu_of_lines_gives_one_product_a_line():
    lines = "".join(
        f"<li>{name} <span>{cost}</span></li>" for name, cost in [("Espresso", "2,50 €"), ("Caffè latte", "3,80 €")]
    )
    found = products(home(), page(f"<main><h1>Il menu</h1><ul>{lines}</ul></main>", path="menu", title="Menu"))
    assert {name: price(one) for name, one in found.items()} == {
        "Espresso": (2.5, "EUR", None),
        "Caffè latte": (3.8, "EUR", None),
    }


@pytest.mark.parametrize(
    ("path", "heading"),
    [("services", "Our services"), ("leistungen", "Unsere Leistungen"), ("prestations", "Nos prestations"), ("servicios", "Servicios"),
     ("servizi", "I nostri servizi"), ("servicos", "Nossos serviços"), ("diensten", "Onze diensten")],
)  # fmt: skip
def test_cards_under_a_heading_of_services_are_services(path: str, heading: str):
    cards = "".join(
        f"<div><h3>{name}</h3><p>A few words about what this is and for what it is good.</p></div>"
        for name in ("Kettle Repair", "Descaling")
    )
    found = products(home(), page(f"<main><h1>{heading}</h1>{cards}</main>", path=path, title=heading))
    assert sorted(found) == ["Descaling", "Kettle Repair"]
    assert all(price(one) is None for one in found.values())


@pytest.mark.parametrize(
    "heading",
    [
        "Why choose us",
        "How it works",
        "Our team",
        "Latest news",
        "What our customers say",
        "Kundenstimmen",
        "Nos partenaires",
    ],
)
def test_cards_under_other_headings_are_no_products(heading: str):
    cards = "".join(
        f"<div><h3>{name}</h3><p>Some words that go on for a while here.</p></div>"
        for name in ("Quick Boil", "Fair Price")
    )
    assert products(home(f"<section><h2>{heading}</h2>{cards}</section>")) == {}


def test_sections_of_a_service_page_that_speak_to_the_reader_are_no_services():
    names = ("Kettle Repair", "Descaling", "What we repair", "Your next step", "Contact us")
    cards = "".join(
        f"<section><h2>{name}</h2><p>Some words that go on for a while here.</p></section>" for name in names
    )
    found = products(home(), page(f"<main><h1>Services</h1>{cards}</main>", path="services", title="Services"))
    assert not {"What we repair", "Your next step", "Contact us"} & set(found)


def test_old_prices_in_articles_grants_and_benefits_are_no_products():
    article = page(
        "<main><h1>Ten years of kettles</h1><h2>The first one</h2><p>$12</p></main>",
        path="blog/ten-years",
        title="Ten years",
    )
    rows = "<tr><td>Community grant 2023</td><td>$5,000</td></tr><tr><td>Scholarship fund</td><td>$2,000</td></tr>"
    money = page(f"<main><h1>Giving back</h1><table>{rows}</table></main>", path="giving", title="Giving back")
    assert products(home(), article, money) == {}


def test_a_calculator_that_starts_at_zero_sells_nothing():
    boxes = "<div><h3>Monthly saving</h3><p>$0</p></div><div><h3>Yearly cost</h3><p>$0</p></div>"
    assert products(home(), page(f"<main><h1>Calculator</h1><div>{boxes}</div></main>", path="calculator")) == {}


def projects_page() -> SourcePage:
    cards = "".join(
        f'<a href="/projects/{name.lower()}"><h2>{name}</h2><p>Open tools for people who mend kettles.</p></a>'
        for name in ("Openboil", "Freespout")
    )
    return page(f"<main><h1>Current projects</h1>{cards}</main>", path="projects", title="Projects")


def test_a_nonprofit_offers_its_projects():
    found = products(home("<p>Brindle Kettles is a non-profit that keeps old kettles alive.</p>"), projects_page())
    assert sorted(found) == ["Freespout", "Openboil"]


def test_a_companys_projects_are_its_references_and_no_products():
    assert products(home("<p>We build websites for kettle makers.</p>"), projects_page()) == {}


def test_one_service_told_for_many_towns_is_one_service():
    nodes = [
        {"@type": "Service", "name": f"Kettle Repair in {town}"}
        for town in ("Aville", "Beton", "Ceford", "Dunmouth", "Eham")
    ]
    pages = [
        page(
            "<main><h1>Repair</h1></main>",
            path=f"repair-{at}",
            head=f'<script type="application/ld+json">{json.dumps(node)}</script>',
        )
        for at, node in enumerate(nodes)
    ]
    assert list(products(home(), *pages)) == ["Kettle Repair"]


def test_people_a_service_is_for_are_no_services():
    cards = "".join(
        f'<div><h3><a href="/solutions/{name.lower().replace(" ", "-")}">{name}</a></h3><p>What we do for them, in a few words.</p></div>'
        for name in ("Land Investors", "Property Managers", "Kettle Repair")
    )
    found = products(home(), page(f"<main><h1>Solutions</h1>{cards}</main>", path="solutions", title="Solutions"))
    assert not {"Land Investors", "Property Managers"} & set(found)


def test_prices_of_rivals_on_a_comparing_page_are_not_ours():
    cards = card("Copperline", "$30") + card("Steamworks", "$20")
    assert (
        products(home(), page(f"<main><h1>Kettles compared</h1>{cards}</main>", path="compare", title="Compare")) == {}
    )


def test_sections_of_one_services_own_page_go_to_a_person():
    names = ("Soldering", "Polishing", "Rust removal")
    sections = "".join(
        f"<section><h2>{name}</h2><p>How this part of the work is done, in a few words.</p></section>" for name in names
    )
    detail = page(
        f"<main><h1>Kettle Repair</h1>{sections}</main>", path="services/kettle-repair", title="Kettle Repair"
    )
    assert sorted(products(home(), detail)) == ["Kettle Repair"]


def test_a_slogan_behind_a_dash_is_left_out_where_the_name_stands_alone():
    cards = (
        '<div><img alt="Red Kettle"><h2>Red Kettle – the strength of fire</h2><p>Boils two litres in one minute.</p></div>'
        '<div><img alt=""><h2>Model 52 – blue kettle</h2><p>Boils one litre in two minutes.</p></div>'
    )
    found = products(home(), page(f"<main><h1>Products</h1>{cards}</main>", path="products", title="Products"))
    assert sorted(found) == ["Model 52 – blue kettle", "Red Kettle"]


def test_entries_of_a_services_menu_are_services():
    menu = (
        '<nav><ul><li><a href="#">Nos prestations</a><ul><li><a href="/pose-gel.html">Pose en gel</a></li>'
        '<li><a href="/manucure.html">Manucure</a></li><li><a href="/contact.html">Contact</a></li></ul></li></ul></nav>'
    )
    assert sorted(products(home(menu))) == ["Manucure", "Pose en gel"]


def test_a_footer_column_alone_goes_to_a_person():
    footer = (
        '<footer><h4>Services</h4><ul><li><a href="/crm">CRM</a></li><li><a href="/apply">Apply</a></li></ul></footer>'
    )
    assert products(page(f"<main><h1>Brindle Kettles</h1></main>{footer}")) == {}


def test_a_product_that_carries_the_brand_in_its_name_keeps_every_source():
    own = "<main><h1>Brindle Kettles Gate</h1><p>$89 per month</p><h2>What it does</h2><ul><li>Lets steam out</li></ul></main>"
    rows = "<h2>Brindle Kettles Gate</h2><p>$89 per month</p><h2>Brindle Kettles Meter</h2><p>$240 once</p>"
    found = products(
        home(),
        page(own, path="products/gate/", title="Brindle Kettles Gate"),
        page(f"<main><h1>Pricing</h1>{rows}</main>", path="pricing/", title="Pricing | Brindle Kettles"),
    )
    assert {price(one) for one in found.values()} == {(89, "USD", "monthly"), (240, "USD", "one-time")}
    gate = next(one for one in found.values() if one.value["name"].endswith("Gate"))
    assert {one.rule for one in gate.evidence} >= {"priced-page", "priced-card"}
