"""logo_maker: a name becomes a logo in one of four styles, in several layouts to choose from, as SVG, PNG and PDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct, field

from pipelines.tools.drawing.hex import Hex
from pipelines.tools.logo.choices import Icon, Layout, Style
from pipelines.tools.tool import Made, MadeFile, Source, Tool

WIDTHS = (1024, 512, 2048)  # the first is what `?format=png` gives
ICON_WIDTHS = (512, 1024, 256)


class LogoInputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`layout` is the one to put first; all of them are made."""

    text: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"\S", description="The name.")]
    style: Style = "modern"
    colors: Annotated[list[Hex], Meta(max_length=6, description="The main colour first; none: the style's own.")] = (
        field(default_factory=list)
    )
    icon: Icon | None = None
    tagline: Annotated[str, Meta(max_length=80)] | None = None
    layout: Layout | None = None


def run(inputs: LogoInputs, _sources: Mapping[str, Source]) -> Made:
    """Every layout as SVG, PDF and PNG at three widths. Raises Refused for letters that no font of ours has."""
    from pipelines.clients.sandboxed import Refused
    from pipelines.tools.drawing.face import composed, missing
    from pipelines.tools.logo.layouts import LAYOUTS, Order, layout, proposed
    from pipelines.tools.logo.palette import palette
    from pipelines.tools.logo.symbols import FACES

    text = " ".join(composed(inputs.text).split())
    tagline = " ".join(composed(inputs.tagline or "").split()) or None
    unknown = missing(f"{text}{tagline or ''}", FACES[inputs.style])
    if unknown:
        raise Refused("unsupported_characters", f"No font here has these letters: {' '.join(unknown)}")
    colors = palette(inputs.style, inputs.colors)
    order = Order(text, inputs.style, colors, inputs.icon, tagline)
    first = inputs.layout or proposed(order)
    names = sorted(LAYOUTS, key=lambda name: name != first)
    files = [file for name in names for file in _files(name, layout(name, order).svg(title=text, margin=_clear(name)))]
    return Made(files=files, facts={"style": inputs.style, "colors": [colors.ink, *colors.all], "layout": first})


def _clear(name: Layout) -> float:
    """The space to keep clear around it."""
    return 4 if name == "icon" else 36


def _files(name: Layout, svg: str) -> list[MadeFile]:
    from pipelines.clients import typesetter

    widths = ICON_WIDTHS if name == "icon" else WIDTHS
    pictures = [
        MadeFile(
            format="png", media_type="image/png", data=typesetter.picture(svg, width=width), layout=name, width=width
        )
        for width in widths
    ]
    return [
        *pictures,
        MadeFile(format="svg", media_type="image/svg+xml", data=svg.encode(), layout=name),
        MadeFile(format="pdf", media_type="application/pdf", data=typesetter.drawing_pdf(svg), layout=name),
    ]


TOOL = Tool(
    id="logo_maker",
    name="Logo Maker",
    category="design",
    description="Create professional logos",
    credits=10,
    seconds=5,
    makes="logo",
    inputs=LogoInputs,
    run=run,
    needs=("pipelines.clients.typesetter", "typst", "pipelines.tools.logo.layouts", "pipelines.tools.drawing.face"),
)
