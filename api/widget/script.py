"""GET /widget.js: one script from the files of source/, in their order, with the style inside.

No build step: lines are joined without their indentation and comments, and the server packs the result. Any page may
load it; it runs under a policy that allows this host's scripts and calls and nothing inline.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from api.kit import packed
from api.kit.answer import Answer
from api.kit.operation import operation
from api.kit.packed import Packed
from api.kit.request import Request

SOURCE = Path(__file__).parent / "source"
MAX_AGE = 300  # seconds; then browsers ask whether it has changed
FOR_ALL = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class Script:
    """GET /widget.js."""

    @operation("Script of the chat widget, for websites", media_types=("text/javascript",), auth="public")
    def on_get(self, request: Request) -> Answer:
        return packed.answer(request, _script(), max_age=MAX_AGE, headers=FOR_ALL)


def text() -> str:
    """The whole script."""
    style = _CSS_COMMENT.sub("", (SOURCE / "widget.css").read_text(encoding="utf-8"))
    parts = [_lean(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.glob("*.js"))]
    return "\n".join(
        ['(()=>{"use strict";', f"const CSS_TEXT={json.dumps(_lean(style), ensure_ascii=False)};", *parts, "})();\n"]
    )


def _lean(source: str) -> str:
    """The lines without indentation and without those that only comment."""
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


@lru_cache(maxsize=1)
def _script() -> Packed:
    return packed.pack(text().encode(), "text/javascript; charset=utf-8")
