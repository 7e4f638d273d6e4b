"""Competitors a site names itself, and the names beside which it only works."""

from __future__ import annotations

import pytest

from pipelines.onboarding.extraction import SourcePage
from tests.pipelines.onboarding.extraction.site_builder import home, page, profile


def competitors(*pages: SourcePage) -> list[str]:
    return sorted(one.value for one in profile(*pages).competitors if one.status == "accepted")


def compare(name: str, path: str, title: str = "") -> SourcePage:
    title = title or f"Brindle Kettles vs {name}"
    return page(
        f"<main><h1>{title}</h1><p>Both boil water. One of them boils it faster.</p></main>",
        path=path,
        title=f"{title} | Brindle Kettles",
    )


def test_pages_that_compare_the_brand_name_its_competitors():
    found = competitors(
        home(), compare("Copperline", "copperline-alternative"), compare("Steam & Sons", "compare/steam-sons")
    )
    assert found == ["Copperline", "Steam & Sons"]


def test_a_name_in_brackets_is_the_same_competitor():
    assert competitors(home(), compare("Hotpot (Copperline)", "copperline-alternative"), compare("Copperline", "vs/copperline")) in (
        ["Copperline"], ["Hotpot"],
    )  # fmt: skip


def test_short_and_long_forms_of_a_name_are_one_competitor():
    found = competitors(
        home('<footer><a href="/zap-alternative">ZAP alternative</a></footer>'), compare("Grand ZAP", "zap-alternative")
    )
    assert found == ["Grand ZAP"]


@pytest.mark.parametrize(
    "title",
    ["Copperline alternative", "The best alternative to Copperline", "Eine Alternative zu Copperline", "Une alternative à Copperline",
     "La alternativa a Copperline", "L'alternativa a Copperline", "A alternativa ao Copperline", "Het alternatief voor Copperline"],
)  # fmt: skip
def test_an_alternative_page_names_whom_it_replaces(title: str):
    assert competitors(home(), compare("", "copperline-alternative", title)) == ["Copperline"]


def test_columns_of_a_comparison_beside_the_brand_are_competitors():
    table = (
        "<table><tr><th>Feature</th><th>Brindle Kettles</th><th>Copperline</th><th>Others</th></tr>"
        "<tr><td>Boils</td><td>yes</td><td>slowly</td><td>no</td></tr></table>"
    )
    assert competitors(
        home(), page(f"<main><h1>Comparison</h1>{table}</main>", path="comparison", title="Comparison")
    ) == ["Copperline"]


def test_plans_side_by_side_are_no_competitors():
    table = "<table><tr><th>Feature</th><th>Free</th><th>Pro</th></tr><tr><td>Boils</td><td>yes</td><td>yes</td></tr></table>"
    assert competitors(home(), page(f"<main><h1>Plans</h1>{table}</main>", path="pricing", title="Pricing")) == []


@pytest.mark.parametrize(
    "body",
    [
        "<h2>Our partners</h2><p>Copperline and Steamworks supply our spouts.</p>",
        "<h2>Integrations</h2><p>Works with Copperline, Steamworks and Hobtop.</p>",
        "<h2>Built on Copperline</h2><p>Import from Copperline in a minute.</p>",
        "<h2>A healthy alternative</h2><p>Plastic alternatives for every kitchen.</p>",
        "<h2>Cats vs dogs</h2><p>Which pet drinks more tea?</p>",
        "<p>Unlike many others, we answer the phone.</p>",
        "<p>We are better than ever, compared to last year.</p>",
    ],
)
def test_partners_suppliers_and_generic_alternatives_are_no_competitors(body: str):
    assert competitors(home(body)) == []


def test_a_comparison_of_two_others_in_the_blog_says_nothing():
    article = page(
        "<main><h1>Copperline vs Steamworks</h1><p>Two old rivals.</p></main>",
        path="blog/rivals",
        title="Copperline vs Steamworks",
    )
    assert competitors(home(), article) == []


def test_a_kind_of_thing_that_the_site_writes_small_is_no_competitor():
    title = "Brindle Kettles vs Boiling Services"
    body = f"<main><h1>{title}</h1><p>Most boiling services send you hot water by post.</p></main>"
    links = '<footer><a href="/vs/boiling-services">Brindle Kettles vs Boiling Services</a></footer>'
    assert competitors(home(links), page(body, path="vs/boiling-services", title=title)) == []


def test_doing_it_oneself_is_no_competitor():
    assert competitors(home(), compare("In-House Boiling", "vs/in-house"), compare("DIY Kettles", "vs/diy")) == []


def test_two_names_that_share_a_word_stay_two_competitors():
    pages = [compare(name, f"vs/{name.lower().replace(' ', '-')}") for name in ("Focus Keeper", "Be Focus", "Focus")]
    assert competitors(home(), *pages) == ["Be Focus", "Focus", "Focus Keeper"]


def test_a_german_noun_after_a_comparison_is_no_name():
    body = "<main><p>Unser Stahl ist leichter: im Vergleich zu Kupfer spart er Kraft. Anders als Holz brennt er nicht.</p></main>"
    german = SourcePage("https://www.brindle-kettles.example/material", f"<html lang=de><body>{body}</body></html>")
    assert competitors(home(), german) == []


@pytest.mark.parametrize(
    "title",
    [
        "How to Position Against Cheaper Competitors",
        "Finding Better Alternatives",
        "Seven Alternatives for Busy Cooks",
        "Copperline Alternatives",
    ],
)
def test_articles_about_competition_name_nobody_for_sure(title: str):
    path = f"blog/{title.lower().replace(' ', '-')}"
    assert (
        competitors(home(), page(f"<main><h1>{title}</h1><p>Some thoughts.</p></main>", path=path, title=title)) == []
    )
