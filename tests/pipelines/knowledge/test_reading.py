"""What readers make of files, and what cutting makes of that: nothing lost, nothing too long, tables with their header."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.clients import sandboxed, wordpieces
from pipelines.knowledge.reading import charsets, child, cutting, markdown, pdf, plain, sheet, web_page
from pipelines.knowledge.reading.blocks import Heading, Table, Text, Unreadable
from pipelines.knowledge.reading.cutting import Cutter
from pipelines.knowledge.reading.kinds import checked_kind
from pipelines.knowledge.reading.lines import paragraphs, without_running_heads
from pipelines.knowledge.stages import READER
from pipelines.knowledge.website import matches, wanted
from tests.kit import files

WORDS = st.text("abcdeé ßя港", min_size=1, max_size=12).filter(str.strip)
SENTENCES = st.lists(WORDS, min_size=1, max_size=30).map(lambda words: " ".join(words).strip() + ".")
BLOCKS = st.lists(
    st.one_of(
        SENTENCES.map(Text),
        st.builds(Heading, WORDS.map(str.strip), st.integers(1, 4)),
        st.builds(
            Table,
            st.one_of(st.none(), st.lists(WORDS, min_size=2, max_size=2)),
            st.lists(st.lists(WORDS, min_size=2, max_size=2), min_size=1, max_size=40),
        ),
    ),
    max_size=12,
)


@given(BLOCKS)
@settings(max_examples=60)
def test_chunks_hold_every_word_in_order_and_fit_the_model(blocks):
    chunks = list(Cutter("Title").cut(blocks))

    for chunk in chunks:
        assert 0 < chunk.token_count <= cutting.CAPACITY
        assert wordpieces.count([chunk.content]) == [chunk.token_count]
        (read,) = wordpieces.encode([f"{chunk.heading}\n{chunk.content}"])
        assert len(read) < wordpieces.MAX_TOKENS, "the model would drop its end"
    said = "".join("".join(texts(block)) for block in blocks)
    assert is_within(said, [chunk.content for chunk in chunks])


def is_within(said: str, contents: list[str]) -> bool:
    """Whether the letters of `said` stand in the contents in this order (which repeat some of them)."""
    letters = iter("".join("".join(content.split()) for content in contents))
    return all(letter in letters for letter in "".join(said.split()))


def texts(block) -> list[str]:
    if isinstance(block, Table):
        return [*(block.header or []), *(cell for row in block.rows for cell in row)]
    return [block.text]


def test_every_chunk_of_a_table_begins_with_its_header():
    rows = [[f"Ware number {number}", f"{number}.50", "in the shop at the quay"] for number in range(200)]

    chunks = list(Cutter("Prices").cut([Table(["Name", "Price", "Where"], rows)]))

    assert len(chunks) > 10
    assert all(chunk.content.startswith("Name | Price | Where\n") for chunk in chunks)
    lines = [line for chunk in chunks for line in chunk.content.split("\n")[1:]]
    assert lines == [" | ".join(row) for row in rows], "a row was cut, or is there twice"


def test_chunks_overlap_by_whole_sentences_of_their_section():
    sentences = [
        f"Sentence number {number} tells of the harbour and of its ships and of the people there."
        for number in range(40)
    ]

    chunks = list(Cutter("Guide").cut([Heading("Harbour", 1), Text(" ".join(sentences))]))

    for before, after in pairwise(chunks):
        first = re.match(r"[^.]*\.", after.content)
        assert first and first.group() in before.content
    assert not any(sentence not in " ".join(chunk.content for chunk in chunks) for sentence in sentences)


def test_questions_and_their_answers_stay_together():
    faq = "\n\n".join(
        f"## Question {n}: may I bring my dog number {n}?\n\nYes, dogs are welcome on pier {n}, on a leash."
        for n in range(20)
    )

    chunks = list(Cutter("FAQ").cut(markdown.read(faq).blocks))

    assert len(chunks) == 20
    assert all(f"dog number {n}" in chunk.content and f"pier {n}," in chunk.content for n, chunk in enumerate(chunks))


def test_headings_above_stand_before_what_is_embedded():
    chunks = list(
        Cutter("Manual").cut(markdown.read("# Engine\n\n## Starting\n\n" + "Turn the key to the right. " * 5).blocks)
    )

    assert (chunks[-1].heading, chunks[-1].content[:8]) == ("Manual", "Engine\n\n") or chunks[
        -1
    ].heading == "Manual > Engine"


def test_more_text_than_a_document_holds_is_refused(monkeypatch):
    monkeypatch.setattr(cutting, "MAX_CHUNKS", 2)

    with pytest.raises(Unreadable, match="more text"):
        cutting.with_languages(list(Cutter("x").cut([Table(None, [["cell " * 80]] * 9)])))


def test_markdown_knows_its_parts():
    text = "Title\n=====\n\nA line\nand another.\n\n```\n# no heading\n| no | table |\n```\n\n| a | b \\| c |\n|---|:-:|\n| 1 | 2 |\n\n### Deep ###\nend"

    assert markdown.read(text).blocks == [
        Heading("Title", 1),
        Text("A line\nand another."),
        Text("# no heading\n| no | table |"),
        Table(["a", "b | c"], [["1", "2"]]),
        Heading("Deep", 3),
        Text("end"),
    ]


@given(st.text(max_size=300))
def test_no_text_breaks_a_reader(text):
    for content in (markdown.read(text), plain.read(text), web_page.read_everything(text)):
        list(Cutter("x").cut(content.blocks))


@pytest.mark.parametrize(
    ("text", "header", "rows"),
    [
        ("name;price\nTea;4,50\n", ["name", "price"], [["Tea", "4,50"]]),
        ("a\tb\n1\t2\n", ["a", "b"], [["1", "2"]]),
        ('name,note\n"Tea, green","says ""hi"""\nx,y\n', ["name", "note"], [["Tea, green", 'says "hi"'], ["x", "y"]]),
        ("2021,5\n2022,6\n", None, [["2021", "5"], ["2022", "6"]]),
        ("one\ntwo\nthree\n", ["one"], [["two"], ["three"]]),
    ],
)
def test_values_are_parted_and_headed(text, header, rows):
    assert sheet.read(text).blocks == [Table(header, rows)]


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("utf-8-sig", "größer"),
        ("utf-16", "größer"),
        ("utf-16-le", "an ordinary line of text"),
        ("cp1252", "El niño comió una manzana en la montaña, señor. ¿Qué tal estás?"),
        ("cp1252", "Die Öffnung der Schleuse dauert zehn Minuten."),
        ("cp1250", "Zażółć gęślą jaźń, proszę państwa, książka leży na stole" * 3),
        ("cp1251", "Привет, как дела? Это текст на русском языке." * 5),
        ("cp932", "東京都の港は冬も開いています。ありがとうございます。" * 5),
    ],
)
def test_characters_are_told_by_mark_by_form_and_by_language(charset, text):
    assert charsets.text_of(text.encode(charset)) == text


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(300), None),
        ("a.txt", b"{\\rtf1 hello}", "wrong_type"),
        ("a.md", b"see %PDF-1.4 for the format", None),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "wrong_type"),
        ("a.pdf", b"", "empty_file"),
        ("a", b"x", "unsupported_type"),
    ],
)
def test_name_and_bytes_must_agree(name, data, code):
    if code is None:
        assert checked_kind(name, data) == {"txt": "text", "md": "markdown"}[name.rpartition(".")[2]]
        return
    with pytest.raises(Unreadable) as refused:
        checked_kind(name, data)
    assert refused.value.code == code


def test_a_page_s_menus_are_left_out_and_its_tables_kept():
    html = "<title>Prices</title><nav><a>Home</a><a>About</a></nav><main><h1>Prices</h1><p>All in crowns.</p><table><tr><th>Ware<th>Price<tr><td>Tea<td>4</table><ul><li>one<li>two</ul></main><footer>Imprint</footer>"

    content = web_page.read(html)

    assert content.title == "Prices"
    assert content.blocks == [
        Heading("Prices", 1), Text("All in crowns."), Table(["Ware", "Price"], [["Tea", "4"]]), Text("- one"), Text("- two"),
    ]  # fmt: skip


def test_a_website_s_menu_without_markup_and_dates_that_nobody_wrote_are_left_out():
    menu = "<ul><li>About</li><li>Programs</li></ul><div>Mission People Contact</div>"
    texts = [f"Boat {number} is repaired in the yard of our harbour, by hand and in the winter." for number in range(4)]
    links = "<ul><li>0001-01-01 | Donate</li><li>2024-05-06 | Boat show</li></ul>"
    pages = [
        {
            "url": f"https://a.example/{text[:6]}",
            "html": f"<title>{text[:6]}</title>{menu}<p>{text}</p>{links * (text == texts[0])}",
        }
        for text in texts
    ]

    chunks = child.read({"pages": pages, "title": ""})["chunks"]

    said = "\n".join(chunk["content"] for chunk in chunks)
    assert all(text in said for text in texts)
    assert "Mission" not in said
    assert "0001" not in said
    assert "Donate" in said
    assert "2024-05-06" in said


def test_pdf_pages_headings_tables_and_hyphens():
    source = (
        '#set page(numbering: "1", header: [The Harbour Book])\n#set text(hyphenate: true, lang: "en")\n#set par(justify: true)\n'
        "= Fees\n" + "#lorem(120)\n"
        "#table(columns: 3, [Berth],[Length],[Fee], [A1],[8 m],[40], [B2],[12 m],[60], [C3],[15 m],[85])\n"
        + "".join(f"#pagebreak()\n= Chapter {n}\nThe story of ship number {n} and of its crew is told here.\n" for n in range(2, 6))
    )  # fmt: skip

    content = pdf.read(files.pdf(source))

    assert content.pages == 5
    headings = [(block.text, block.page) for block in content.blocks if isinstance(block, Heading)]
    assert headings == [("Fees", 1), *((f"Chapter {n}", n) for n in range(2, 6))]
    (table,) = (block for block in content.blocks if isinstance(block, Table))
    assert (table.header, table.rows[1], table.page) == (["Berth", "Length", "Fee"], ["B2", "12 m", "60"], 1)
    words = " ".join(block.text for block in content.blocks if isinstance(block, Text))
    assert "The Harbour Book" not in words
    assert not re.search("[\x00-\x08\ufffe\ufffd]", words)


def test_running_heads_go_and_lines_become_paragraphs():
    pages = [["The Book", f"Line one of page {n}", f"It ends with {n}.", f"Page {n}"] for n in range(1, 6)]

    assert without_running_heads(pages)[0] == ["Line one of page 1", "It ends with 1."]
    assert without_running_heads(pages[:2]) == pages[:2]
    assert paragraphs(["A line that goes on and on to", "the next, and ends.", "Short.", "", "- item one", "- item two"]) == [
        "A line that goes on and on to the next, and ends.", "Short.", "- item one", "- item two",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "pattern", "fits"),
    [
        ("https://a.example/docs/x/y", "/docs/*", True),
        ("https://a.example/docs", "/docs/*", True),
        ("https://a.example/docsx", "/docs/*", False),
        ("https://a.example/", "/docs/*", False),
        ("https://a.example/p?id=3", "/p?id=*", True),
        ("https://a.example/de/x.html", "*.html", True),
        ("https://b.example/x", "https://b.example/*", True),
        ("https://a.example/x", "https://b.example/*", False),
    ],
)
def test_globs_fit_paths_and_addresses(url, pattern, fits):
    assert matches(url, [pattern]) is fits


def test_what_is_excluded_stays_out_whatever_includes_it():
    is_wanted = wanted({"include_patterns": ["/docs/*"], "exclude_patterns": ["*/old/*"]})

    assert is_wanted("https://a.example/docs/new")
    assert not is_wanted("https://a.example/docs/old/x")
    assert not is_wanted("https://a.example/blog")
    assert wanted({})("https://a.example/anything")


def test_the_child_that_opens_no_file_reads_text_in_every_encoding():
    """What Excel and Notepad write begins with a mark; codecs are modules, and a child loads none."""
    text = "Name;Größe\nBoot;schön lang\nFloß;eher kurz"
    for charset in (
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "cp1252",
        "cp1250",
        "mac_roman",
    ):
        for name in ("table.csv", "list.txt", "list.md"):
            found = sandboxed.run(READER, {"name": name, "data": text.encode(charset), "title": name})
            assert "error" not in found, (charset, name)
            if charset.startswith("utf"):
                assert "Größe" in found["chunks"][0]["content"], (charset, name)
