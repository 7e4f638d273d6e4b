"""Setting documents: data stays text, missing fonts are told, the same data makes the same bytes."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from pipelines.clients import typesetter
from pipelines.clients.typesetter import Unprintable

MADE = datetime(2026, 12, 30, tzinfo=UTC)
PAGE = """
#import "/clients/paper.typ": *
#let data = json(bytes(sys.inputs.data))
#show: paper.with(title: data.title, subtitle: data.text, running: data.title, made: "made", mark: tag("MARK"))
#chart(data.points)
#sheet((1fr, auto), ([Name], [Value]), data.rows.map(row => (breakable(row.at(0)), row.at(1))))
"""
DATA = {"title": "Acme", "text": "plain", "points": [{"x": 0.5, "y": 10, "low": 5, "high": 20}], "rows": [["a", "1"]]}


@pytest.fixture(autouse=True)
def rooms(tmp_path, monkeypatch):
    (tmp_path / "clients").mkdir()
    shutil.copy(typesetter.ROOT / "clients" / "paper.typ", tmp_path / "clients")
    (tmp_path / "page.typ").write_text(PAGE)
    monkeypatch.setattr(typesetter, "ROOT", tmp_path)
    return tmp_path


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_nothing_in_the_data_is_markup():
    hostile = '#read("/page.typ") *bold* _it_ $x^2$ @ref <tag> \\ `raw` // comment'

    printed = typesetter.pdf("page.typ", DATA | {"text": hostile}, made_at=MADE)

    assert hostile in text_of(printed.pdf).replace("\u200b", "")
    assert PdfReader(io.BytesIO(printed.pdf)).metadata.title == "Acme"


def test_the_same_data_makes_the_same_bytes():
    assert typesetter.pdf("page.typ", DATA, made_at=MADE) == typesetter.pdf("page.typ", DATA, made_at=MADE)


def test_other_alphabets_are_set_and_what_no_font_has_is_told():
    readable = typesetter.pdf("page.typ", DATA | {"text": "Ελληνικά Привет Łódź"}, made_at=MADE)
    boxes = typesetter.pdf("page.typ", DATA | {"text": "Acme \U00012345!"}, made_at=MADE)

    assert (readable.missing, "Привет" in text_of(readable.pdf)) == ("", True)
    assert boxes.missing == "\U00012345"
    assert "appear as boxes" in text_of(boxes.pdf)
    assert "appear as boxes" not in text_of(readable.pdf)


def test_gaps_and_nothing_at_all_make_a_chart_too():
    gaps = [{"x": n / 9, "y": None if n % 3 else n, "low": None, "high": None} for n in range(10)]

    assert typesetter.pdf("page.typ", DATA | {"points": gaps, "rows": []}, made_at=MADE).pdf
    assert typesetter.pdf("page.typ", DATA | {"points": [], "rows": []}, made_at=MADE).pdf


def test_what_cannot_be_set_says_why():
    with pytest.raises(Unprintable, match=r"page\.typ.*rows"):
        typesetter.pdf("page.typ", {name: value for name, value in DATA.items() if name != "rows"}, made_at=MADE)
    with pytest.raises(Unprintable, match="more than a document"):
        typesetter.pdf("page.typ", DATA | {"text": "x" * typesetter.MAX_DATA_BYTES}, made_at=MADE)
