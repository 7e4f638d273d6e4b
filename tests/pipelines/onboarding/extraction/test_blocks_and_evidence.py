"""The cutting of pages into blocks, and the promise that evidence is verbatim."""

from __future__ import annotations

import lxml.html
import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.onboarding.extraction import PageFindings, SourcePage, decide, page_types, read_page
from pipelines.onboarding.extraction.page import open_page
from pipelines.onboarding.extraction.text import fold
from tests.pipelines.onboarding.extraction.site_builder import SITE, home, page

_WORDS = st.sampled_from(
    [
        "Our mission",
        "is to",
        "founded",
        "in 1987",
        "we",
        "Brindle",
        "values",
        "since",
        "Davis, CA 95618",
        "based in",
        "York",
        "Why choose us",
        "–",
        ".",
        "&amp;",
        "é",
    ]
)
_TEXT = st.lists(_WORDS, min_size=1, max_size=12).map(" ".join)
_TAG = st.sampled_from(
    ["p", "h1", "h2", "h3", "li", "div", "b", "blockquote", "footer", "address", "section", "a", "td", "dt", "span"]
)
_HTML = st.recursive(
    st.one_of(_TEXT, st.just("<br>")),
    lambda inner: st.builds(lambda tag, parts: f"<{tag}>{' '.join(parts)}</{tag}>", _TAG, st.lists(inner, max_size=4)),
    max_leaves=25,
)


@settings(max_examples=120)
@given(body=_HTML, path=st.sampled_from(["", "about", "contact", "blog/x"]))
def test_every_quote_occurs_verbatim_on_its_page(body: str, path: str):
    source = page(body, path=path)
    tree = lxml.html.document_fromstring(source.html)
    texts = [block.text for block in open_page(source).blocks] + [fold(tree.findtext(".//title") or "")]
    for candidate in read_page(source).candidates:
        assert candidate.evidence.quote
        assert any(candidate.evidence.quote in text for text in texts)


@settings(max_examples=80)
@given(html=st.text(max_size=300))
def test_no_input_makes_reading_fail(html: str):
    findings = read_page(SourcePage(SITE, html))
    decide([findings], site_url=SITE)


def test_findings_survive_json():
    findings = read_page(home("<h1>Tea water for slow mornings</h1>"))
    assert msgspec.json.decode(msgspec.json.encode(findings), type=PageFindings) == findings


def test_an_error_page_proposes_nothing():
    source = home("<h1>Tea water for slow mornings</h1>")
    assert read_page(msgspec.structs.replace(source, status=404)).candidates == []


def test_inline_tags_do_not_split_words_and_blocks_do_not_join():
    blocks = open_page(page("<div>Smart<b>Kettle</b> boils.<p>Second</p>tail</div>")).blocks
    assert [block.text for block in blocks] == ["SmartKettle boils.", "Second", "tail"]


def test_a_block_knows_its_headings_and_region():
    blocks = open_page(page("<main><h1>A</h1><h2>B</h2><p>text</p></main><footer><p>end</p></footer>")).blocks
    assert blocks[2].headings == ("A", "B")
    assert blocks[3].region == "footer"


def test_scripts_styles_and_templates_are_not_text():
    assert not open_page(page("<script>x</script><style>y</style><template>z</template><noscript>n</noscript>")).blocks


def test_a_page_type_is_told_before_the_page_is_fetched():
    assert page_types.prior(SITE)[0] == "home"
    assert page_types.prior(SITE + "de/ueber-uns.html")[0] == "about"
    assert page_types.prior(SITE + "acme-alternative")[0] == "compare"
    assert page_types.prior(SITE + "blog/our-pricing")[0] == "article"
    assert page_types.prior(SITE + "x1", ["Impressum"])[0] == "imprint"
    assert page_types.prior(SITE + "pricing")[1] > page_types.prior(SITE + "blog/a-post")[1]


def test_no_pages_give_an_empty_profile():
    profile = decide([], site_url=SITE)
    assert profile.name is None
    assert profile.identity == {}
