"""palette_extractor: the colours that make up a picture, with their shares, as JSON, SVG and PNG.

Clusters in OKLab, where distance is what an eye sees (k-means; starting points spread as in Arthur and Vassilvitskii,
"k-means++: The Advantages of Careful Seeding", 2007). The same picture always has the same palette.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from pipelines.tools.tool import FileId, Made, MadeFile, Source, Tool

SIDE = 160  # a palette is seen as well in a small picture
ROUNDS = 16


class PaletteInputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    file_id: FileId
    colors: Annotated[int, Meta(ge=2, le=16, description="How many at most.")] = 6


def run(inputs: PaletteInputs, sources: Mapping[str, Source]) -> Made:
    """The colours, the most frequent first. What is transparent does not count."""
    from pipelines.clients import typesetter
    from pipelines.clients.sandboxed import Refused
    from pipelines.tools.drawing.canvas import Drawing
    from pipelines.tools.drawing.colors import from_oklab, readable_on, to_hex
    from pipelines.tools.drawing.outline import Box, rectangle
    from pipelines.tools.pictures import opened

    picture = opened(sources["file_id"])
    picture.thumbnail((SIDE, SIDE))
    pixels = _seen(picture)
    if not len(pixels):
        raise Refused("nothing_to_see", "The picture is transparent everywhere.")
    palette = []
    for lab, share in _clusters(pixels, inputs.colors):
        color = to_hex(from_oklab((float(lab[0]), float(lab[1]), float(lab[2]))))
        palette.append({"hex": color, "share": round(share, 4), "text": readable_on(color)})
    drawn = Drawing()
    for place, one in enumerate(palette):
        drawn.add(rectangle(place * 120, 0, 120, 160), str(one["hex"]))
    svg = drawn.svg(title="Palette", frame=Box(0, 0, 120 * len(palette), 160))
    files = [
        MadeFile(format="png", media_type="image/png", data=typesetter.picture(svg, width=240 * len(palette))),
        MadeFile(format="svg", media_type="image/svg+xml", data=svg.encode()),
        MadeFile(format="json", media_type="application/json", data=msgspec.json.encode({"palette": palette})),
    ]
    return Made(files=files, facts={"palette": palette})


def _seen(picture: Any) -> Any:
    """(n, 3) float64 of OKLab: the pixels that can be seen."""
    import numpy as np

    values = np.asarray(picture.convert("RGBA"), dtype=np.float64).reshape(-1, 4) / 255
    plain = values[values[:, 3] >= 0.5][:, :3]
    linear = np.where(plain <= 0.04045, plain / 12.92, ((plain + 0.055) / 1.055) ** 2.4)
    cones = np.cbrt(
        linear
        @ np.array(
            [[0.4122214708, 0.2119034982, 0.0883024619],
             [0.5363325363, 0.6806995451, 0.2817188376],
             [0.0514459929, 0.1073969566, 0.6299787005]]
        )
    )  # fmt: skip
    return cones @ np.array(
        [[0.2104542553, 1.9779984951, 0.0259040371],
         [0.7936177850, -2.4285922050, 0.7827717662],
         [-0.0040720468, 0.4505937099, -0.8086757660]]
    )  # fmt: skip


def _clusters(pixels: Any, count: int) -> list[tuple[Any, float]]:
    """(centre, share) of at most `count` clusters, the largest first; those that look alike are one."""
    import numpy as np

    chance = np.random.default_rng(0)
    centres = pixels[chance.integers(len(pixels))][None]
    while len(centres) < count:
        away = ((pixels[:, None] - centres) ** 2).sum(-1).min(-1)
        if away.max() < 1e-4:
            break
        centres = np.vstack([centres, pixels[chance.choice(len(pixels), p=away / away.sum())]])
    for _ in range(ROUNDS):
        nearest = ((pixels[:, None] - centres) ** 2).sum(-1).argmin(-1)
        centres = np.array(
            [pixels[nearest == one].mean(0) if (nearest == one).any() else centres[one] for one in range(len(centres))]
        )
    nearest = ((pixels[:, None] - centres) ** 2).sum(-1).argmin(-1)
    sizes = np.bincount(nearest, minlength=len(centres)) / len(pixels)
    found: list[tuple[Any, float]] = []
    for one in sizes.argsort()[::-1]:
        twin = next((place for place, (lab, _) in enumerate(found) if ((lab - centres[one]) ** 2).sum() < 4e-4), None)
        if twin is not None:
            found[twin] = (found[twin][0], found[twin][1] + float(sizes[one]))
        elif sizes[one] > 0:
            found.append((centres[one], float(sizes[one])))
    return sorted(found, key=lambda cluster: -cluster[1])


TOOL = Tool(
    id="palette_extractor",
    name="Palette Extractor",
    category="images",
    description="Find the colors of a picture",
    credits=1,
    seconds=1,
    makes="palette",
    inputs=PaletteInputs,
    run=run,
    files=("file_id",),
    needs=(
        "numpy.random",
        "pipelines.tools.pictures",
        "pipelines.tools.drawing.canvas",
        "pipelines.clients.typesetter",
        "typst",
    ),
    message="Looking at the colors...",
)
