"""Prices in text and in markup: the amount, its currency and period, and what only looks like a price."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.onboarding.extraction import SourcePage
from pipelines.onboarding.extraction.page import open_page
from pipelines.onboarding.extraction.price_tags import Tag, price_tags
from pipelines.onboarding.extraction.prices import find_prices, is_free, is_on_request, only_a_price

AMOUNTS = st.integers(min_value=1, max_value=999_999).map(lambda cents: cents / 100)
TEXTS = st.text(alphabet=st.sampled_from("0123456789.,'- /$€£kMabEURonth\u00a0zł%+"), max_size=60)


def one(text: str, country: str = ""):
    found = find_prices(text, country=country)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "amount", "currency", "period"),
    [
        ("$ 20 /month", 20, "USD", "monthly"),
        ("2 pairs from $349", 349, "USD", None),
        ("Now $5k", 5000, "USD", None),
        ("1.299,00 €", 1299, "EUR", None),
        ("1,299.00 USD", 1299, "USD", None),
        ("CHF 1'250.-", 1250, "CHF", None),
        ("25,- €", 25, "EUR", None),
        ("29,90 Euro / Monat", 29.9, "EUR", "monthly"),
        ("9 € par mois", 9, "EUR", "monthly"),
        ("12 € al mese", 12, "EUR", "monthly"),
        ("R$ 19,90/mês", 19.9, "BRL", "monthly"),
        ("€ 7,50 per maand", 7.5, "EUR", "monthly"),
        ("45 € la hora, 45 € por hora"[14:], 45, "EUR", "hourly"),
        ("$9 per user / month", 9, "USD", "monthly"),
        ("$4,500 · one-time", 4500, "USD", "one-time"),
        ("99 € einmalig", 99, "EUR", "one-time"),
        ("1\u00a0299 kr", 1299, "SEK", None),
        ("30 zł", 30, "PLN", None),
    ],
)
def test_a_price_is_read_with_its_currency_and_period(text: str, amount: float, currency: str, period: str | None):
    price = one(text)
    assert (price.amount, price.currency, price.period, price.asked) == (amount, currency, period, True)
    assert text[price.start : price.end] == price.quote


@pytest.mark.parametrize(
    "text",
    ["Save $20", "$10 off", "Free shipping on orders over $50", "raised $2M", "a grant of €40,000", "bis zu 500 €", "Get $5 in credits",
     "jusqu'à 300 €", "Umsatz 40.000 €"],
)  # fmt: skip
def test_discounts_thresholds_and_grants_are_no_prices(text: str):
    assert not any(price.asked for price in find_prices(text))


@pytest.mark.parametrize(
    "text", ["Paid ANNUALLY 5 users", "version 2.5", "in 2024", "call 555 010", "100% cotton", "5 stars", ""]
)
def test_numbers_without_a_currency_are_no_prices(text: str):
    assert find_prices(text) == []


def test_the_old_price_that_is_named_first_is_not_asked():
    old, new = find_prices("statt 30 € nur 20 €")
    assert (old.amount, old.past) == (30, True)
    assert (new.amount, new.asked) == (20, True)


def test_a_range_is_one_price_with_a_lower_bound():
    price = one("$20 – $40 per hour")
    assert (price.amount, price.lower_bound, price.period) == (20, True, "hourly")
    assert one("20 - 40 €").amount == 20
    assert one("1 – 29 €").amount == 29  # a list number, not a range


def test_a_shared_sign_follows_the_country():
    assert one("$15", country="au").currency == "AUD"
    assert one("$15").currency == "USD"
    assert one("99 kr", country="dk").currency == "DKK"


def test_free_and_on_request_are_said_in_words():
    assert is_free("Kostenlos")
    assert not is_free("free shipping over the whole of Europe")
    assert is_on_request("Preis auf Anfrage")
    assert is_on_request("Sur devis")
    assert not is_on_request("Ask away!")


def test_a_line_that_is_only_a_price():
    text = "from $20 per month"
    assert only_a_price(text, find_prices(text))
    text = "We shipped kettles worth $20 to a school in Leeds"
    assert not only_a_price(text, find_prices(text))


@given(AMOUNTS)
def test_any_amount_written_the_english_way_is_read_back(amount: float):
    assert one(f"${amount:,.2f}").amount == pytest.approx(amount)


@given(AMOUNTS)
def test_any_amount_written_the_german_way_is_read_back(amount: float):
    written = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert one(f"{written} €").amount == pytest.approx(amount)


@given(TEXTS)
def test_every_price_quotes_the_text_it_was_read_from(text: str):
    last = 0
    for price in find_prices(text):
        assert text[price.start : price.end] == price.quote
        assert price.amount >= 0
        assert price.start >= last
        assert any(map(str.isdigit, price.quote))
        last = price.end


def tags(html: str) -> list[Tag]:
    page = open_page(SourcePage("https://www.brindle-kettles.example/", f"<body>{html}</body>"))
    return price_tags(page.blocks, "")


def asked(html: str) -> list[float]:
    return [tag.price.amount for tag in tags(html) if tag.price.asked]


@pytest.mark.parametrize(
    "html",
    [
        "<p><del>$49.98</del> $24.99</p>",
        '<p><span class="price-old">$49.98</span> <span>$24.99</span></p>',
        '<p><span class="line-through text-lg">$49.98</span> <b>$24.99</b> Sale</p>',
        '<div><div class="price-was">$49.98</div><div class="price-now">$24.99</div></div>',
        '<p><span style="text-decoration: line-through">$49.98</span> $24.99</p>',
    ],
)
def test_a_struck_out_price_is_not_asked(html: str):
    assert asked(html) == [24.99]


def test_superscript_cents_are_cents_and_footnotes_are_not_digits():
    assert asked("<p>$29<sup>99</sup></p>") == [29.99]
    assert asked("<p>$29<sup>1</sup></p>") == [29]


def test_a_sign_and_its_amount_may_stand_in_two_blocks():
    assert asked("<div><div>€</div><div>29</div></div>") == [29]


def test_currency_switches_hold_no_price():
    assert (
        tags("<header><select><option>GBP £</option><option>USD $</option></select></header><p>EUR € | France</p>")
        == []
    )
