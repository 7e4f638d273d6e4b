"""CSV that no spreadsheet runs, and that every reader reads back."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.kit.csv_text import RUN, cell, lines

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://a.b")', "＝1"])
def test_what_would_be_run_is_text(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(("value", "written"), [(-0.42, -0.42), (3, 3), (None, ""), (True, "true"), ("a-b", "a-b")])
def test_numbers_stay_numbers(value, written):
    assert cell(value) == written


@given(rows=st.lists(st.lists(texts | st.none() | st.integers(), min_size=2, max_size=2), max_size=5))
def test_every_cell_comes_back_as_it_was_and_none_begins_like_a_formula(rows):
    text = b"".join(lines(["a", "b"], rows)).decode("utf-8-sig")

    back = list(csv.reader(io.StringIO(text, newline="")))

    assert back[0] == ["a", "b"]
    assert len(back) == len(rows) + 1
    for row, read in zip(rows, back[1:], strict=True):
        assert read == [str(cell(value)) for value in row]
        assert not any(one.startswith(RUN) for value, one in zip(row, read, strict=True) if isinstance(value, str))
