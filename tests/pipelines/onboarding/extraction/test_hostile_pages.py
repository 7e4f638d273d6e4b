"""Pages that are built to take for ever: each is read within seconds, and the worker lives to read the next."""

from __future__ import annotations

import json
import time

import pytest

from pipelines.clients import readable
from pipelines.onboarding.extraction import SourcePage, read_page
from pipelines.onboarding.extraction.bounds import MAX_BLOCK_CHARACTERS, MAX_BLOCKS, MAX_CHARACTERS
from pipelines.onboarding.extraction.page import open_page

SIZE = 400_000
REPEATED = {
    "prices": "<li>Plan $12.99 / month</li>",
    "cards": '<div class="card"><h3>Plan A</h3><p>$12.99/mo</p><ul><li>a</li></ul></div>',
    "people": "<div><h3>Jane Doe</h3><p>CEO</p></div>",
    "years": "founded in 2012 ",
    "rivals": "alternative to Foo, ",
    "sentences": "A. ",
}


def page(repeated: str) -> SourcePage:
    html = "<html><head><title>Alder | Boats</title></head><body>" + repeated * (SIZE // len(repeated))
    return SourcePage(url="https://alder.example/about", html=html, status=200, depth=0, anchors=(), language=None)


@pytest.mark.parametrize("kind", REPEATED)
def test_a_page_of_one_thing_repeated_is_read_in_seconds(kind: str) -> None:
    source = page(REPEATED[kind])

    started = time.process_time()
    read_page(source)
    readable.markdown(source.html, source.url)

    assert time.process_time() - started < 20  # two seconds each when the machine is idle; it was minutes to hours


def test_the_rules_see_the_beginning_of_an_overlong_page() -> None:
    many = open_page(page("<p>One more line of this.</p>"))
    long = open_page(page('<b>Alder</b> <a href="/x">builds</a> wooden boats. '))
    broad = open_page(page(f"<p>{'Wooden boats. ' * 300}</p>"))

    assert len(many.blocks) == MAX_BLOCKS
    assert [len(block.text) <= MAX_BLOCK_CHARACTERS for block in long.blocks] == [True]
    assert long.blocks[0].text.startswith("Alder builds wooden boats.")
    assert long.blocks[0].links[0] == ("/x", "builds")
    assert sum(len(block.text) for block in broad.blocks) <= MAX_CHARACTERS


def test_what_stands_first_on_an_overlong_page_is_still_found() -> None:
    repeated = "<p>Alder was founded in 1998 in Kiel.</p>" + REPEATED["people"] * 10_000
    found = read_page(page(repeated))

    assert 1998 in [candidate.value for candidate in found.candidates if candidate.field == "foundedYear"]


@pytest.mark.parametrize(
    "address", ["http://[", "//[x", "javascript:alert(1)", "data:text/html,x", "https://a.example:x/"]
)
def test_an_address_that_is_none_costs_the_address_only(address: str) -> None:
    offer = {"@type": "Product", "name": "Kit", "url": address, "offers": {"price": "5", "priceCurrency": "EUR"}}
    html = (
        f'<html><body><header><a href="{address}"><img src="/logo.png" alt="Alder"></a></header>'
        f'<script type="application/ld+json">{json.dumps(offer)}</script><p><a href="{address}">Kit</a> for 5 EUR</p>'
    )
    source = SourcePage(url="https://alder.example/kit", html=html, status=200, depth=0, anchors=(), language=None)

    products = [one.value for one in read_page(source).candidates if one.field == "product"]

    assert "Kit" in [product["name"] for product in products]
    assert {product.get("url") for product in products} <= {None, "https://alder.example/kit", "https://a.example:x/"}
