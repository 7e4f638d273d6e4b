"""The examples of docs/judge.md and docs/judge_with_model.md print what the pages show."""

from __future__ import annotations

import contextlib
import io
import re

import pytest

from store.kit.settings import ROOT


@pytest.mark.parametrize("name", ["judge.md", "judge_with_model.md"])
def test_the_example_of_the_page_prints_what_it_shows(name):
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    example, shown = (re.search(rf"```{kind}\n(.*?)```", page, re.DOTALL)[1] for kind in ("python", "text"))
    printed = io.StringIO()

    with contextlib.redirect_stdout(printed):
        exec(compile(example, name, "exec"), {})

    assert printed.getvalue() == shown
