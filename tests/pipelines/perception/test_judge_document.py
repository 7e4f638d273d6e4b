"""The example of docs/judge.md prints what the page shows."""

from __future__ import annotations

import contextlib
import io
import re

from store.kit.settings import ROOT


def test_the_example_of_the_page_prints_what_it_shows():
    page = (ROOT / "docs/judge.md").read_text(encoding="utf-8")
    example, shown = (re.search(rf"```{kind}\n(.*?)```", page, re.DOTALL)[1] for kind in ("python", "text"))
    printed = io.StringIO()

    with contextlib.redirect_stdout(printed):
        exec(compile(example, "docs/judge.md", "exec"), {})

    assert printed.getvalue() == shown
