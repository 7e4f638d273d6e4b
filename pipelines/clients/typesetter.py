"""Paper: a template (Typst) and data in, a PDF or pictures out. The one place that knows the typesetting library.

A template is a `.typ` file of ours below pipelines/; the data reaches it as JSON in `sys.inputs.data`, so that nothing
in it is ever markup: `#let data = json(bytes(sys.inputs.data))`. pipelines/clients/paper.typ has the page, charts and
tables that reports share. Fonts are those that the library carries (Latin, Greek, Cyrillic, Arabic, Hebrew) and, after
them, the machine's own.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

ROOT = Path(__file__).resolve().parents[1]
STANDARD = "a-2b"  # PDF/A: every font inside; it also refuses what no font can show, which is how we learn of it
MAX_DATA_BYTES = 4 * 1024 * 1024
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


class Unprintable(Exception):
    """The template or its data cannot be set; a bug, the message says where."""


class Printed(Struct, frozen=True):
    """A document. `missing` are characters that no font on this machine has: they are boxes on the page."""

    pdf: bytes
    missing: str = ""


def pdf(template: str, data: Any, *, made_at: datetime) -> Printed:
    """Set `template` (a path below pipelines/) with `data`. Bytes depend on the arguments and the machine's fonts only.

    A document with characters that no font has is set once more, with `sys.inputs.missing` for the template to say so.
    Raises Unprintable.
    """
    import typst

    inputs = _inputs(data)
    try:
        return Printed(_compile(template, inputs, made_at=made_at, standards=[STANDARD]))
    except typst.TypstError as error:
        missing = _missing(f"{error.message}\n{error.diagnostic}")
    try:
        return Printed(_compile(template, inputs | ({"missing": missing} if missing else {}), made_at=made_at), missing)
    except typst.TypstError as error:
        raise Unprintable(f"{template}: {error.message}") from error


def _missing(diagnostic: str) -> str:
    """The characters that an error says no font has; some are told as `\\u{12345}`."""
    shown = "".join(_MISSING.findall(diagnostic))
    plain = _ESCAPED.sub(lambda one: chr(int(one.group(1), 16)), shown)
    return "".join(one for one in dict.fromkeys(plain) if one.isprintable())


def _compile(template: str, inputs: dict[str, str], *, made_at: datetime, standards: Any = ()) -> bytes:
    import typst

    compiler = typst.Compiler(
        str(ROOT / template), root=str(ROOT), font_paths=_fonts(), ignore_system_fonts=False, sys_inputs=inputs
    )
    made = compiler.compile(format="pdf", pdf_standards=list(standards), timestamp=int(made_at.timestamp()))
    assert isinstance(made, bytes)
    return made


def _inputs(data: Any) -> dict[str, str]:
    encoded = msgspec.json.encode(data)
    if len(encoded) > MAX_DATA_BYTES:
        raise Unprintable(f"{len(encoded)} bytes of data are more than a document can have ({MAX_DATA_BYTES}).")
    return {"data": encoded.decode()}


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """Found once a process: looking through the machine's fonts takes longer than a page."""
    import typst

    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)


def picture(svg: str, *, width: int) -> bytes:
    """A drawing as a PNG of so many pixels across, transparent where it is empty."""
    made = _drawing(svg, "png", ppi=72 * width / _DRAWING_POINTS)
    assert isinstance(made, bytes)
    return made


def drawing_pdf(svg: str) -> bytes:
    """A drawing as a PDF of its own size, its outlines kept as such."""
    made = _drawing(svg, "pdf")
    assert isinstance(made, bytes)
    return made


_DRAWING_POINTS = 500
_DRAWING = (
    f"#set page(width: {_DRAWING_POINTS}pt, height: auto, margin: 0pt, fill: none)\n"
    '#image(bytes(sys.inputs.svg), format: "svg", width: 100%)'
)


def _drawing(svg: str, kind: Any, *, ppi: float = 72) -> Any:
    import typst

    compiler = typst.Compiler(
        _DRAWING.encode(), font_paths=_no_fonts(), ignore_system_fonts=True, sys_inputs={"svg": svg}
    )
    return compiler.compile(format=kind, ppi=ppi)


@lru_cache(maxsize=1)
def _no_fonts() -> Any:
    """Drawings have none: their letters are outlines."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)
