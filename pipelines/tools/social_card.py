"""social_card: a title becomes the pictures that links are shared with: landscape, square and story."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct, field

from pipelines.tools.drawing.hex import Hex
from pipelines.tools.logo.choices import Style
from pipelines.tools.tool import Made, MadeFile, Source, Tool

SIZES = {"landscape": (1200, 630), "square": (1080, 1080), "story": (1080, 1920)}


class CardInputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`label` stands above the title, `site` in the lower corner."""

    title: Annotated[str, Meta(min_length=1, max_length=140, pattern=r"\S")]
    subtitle: Annotated[str, Meta(max_length=240)] = ""
    label: Annotated[str, Meta(max_length=40)] = ""
    site: Annotated[str, Meta(max_length=60)] = ""
    style: Style = "modern"
    colors: Annotated[list[Hex], Meta(max_length=6)] = field(default_factory=list)


def run(inputs: CardInputs, _sources: Mapping[str, Source]) -> Made:
    """Each size as PNG, SVG and PDF. Raises Refused for letters that no font of ours has."""
    from pipelines.clients import typesetter
    from pipelines.clients.sandboxed import Refused
    from pipelines.tools.cards import Text, card
    from pipelines.tools.drawing.face import composed, missing
    from pipelines.tools.drawing.outline import Box
    from pipelines.tools.logo.palette import palette
    from pipelines.tools.logo.symbols import FACES

    text = Text(*(composed(one) for one in (inputs.title, inputs.subtitle, inputs.label, inputs.site)))
    unknown = missing("".join(text), FACES[inputs.style])
    if unknown:
        raise Refused("unsupported_characters", f"No font here has these letters: {' '.join(unknown)}")
    colors = palette(inputs.style, inputs.colors)
    files = []
    for name, (width, height) in SIZES.items():
        svg = card(text, inputs.style, colors, width, height).svg(title=text.title, frame=Box(0, 0, width, height))
        files += [
            MadeFile(format="png", media_type="image/png", data=typesetter.picture(svg, width=width), layout=name,
                     width=width),
            MadeFile(format="svg", media_type="image/svg+xml", data=svg.encode(), layout=name),
            MadeFile(format="pdf", media_type="application/pdf", data=typesetter.drawing_pdf(svg), layout=name),
        ]  # fmt: skip
    return Made(files=files, facts={"style": inputs.style})


TOOL = Tool(
    id="social_card",
    name="Social Card",
    category="design",
    description="Make the pictures that a link is shared with",
    credits=5,
    seconds=2,
    makes="social_card",
    inputs=CardInputs,
    run=run,
    needs=("pipelines.clients.typesetter", "typst", "pipelines.tools.cards", "pipelines.tools.drawing.face"),
)
