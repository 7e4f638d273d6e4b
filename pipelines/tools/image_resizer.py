"""image_resizer: a picture in another size, as PNG, JPEG or WebP; upright, and without the metadata it came with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from pipelines.tools.drawing.hex import Hex
from pipelines.tools.tool import FileId, Made, MadeFile, Source, Tool

Side = Annotated[int, Meta(ge=1, le=8000, description="Pixels.")]
Format = Literal["png", "jpeg", "webp"]


class ResizeInputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`fit`: whole inside the box; `fill`: exactly the box, the rest in `background`; `crop`: exactly the box, cut."""

    file_id: FileId
    width: Side | None = None
    height: Side | None = None
    mode: Literal["fit", "fill", "crop"] = "fit"
    formats: Annotated[list[Format], Meta(max_length=3, description="The main one first; none: as it came.")] = field(
        default_factory=list
    )
    quality: Annotated[int, Meta(ge=1, le=100)] = 85
    background: Hex | None = None
    focus: Literal["center", "top", "bottom", "left", "right"] = "center"

    def __post_init__(self) -> None:
        if self.width is None and self.height is None:
            raise ValueError("width: width or height is needed")
        if self.mode != "fit" and (self.width is None or self.height is None):
            raise ValueError(
                f"{'width' if self.width is None else 'height'}: mode {self.mode} needs both width and height"
            )


def run(inputs: ResizeInputs, sources: Mapping[str, Source]) -> Made:
    """The picture in each format that is asked for."""
    from pipelines.tools.pictures import MEDIA_TYPES, encoded, opened

    picture = opened(sources["file_id"])
    before = picture.size
    done = _resized(picture, inputs)
    formats = list(dict.fromkeys(inputs.formats)) or [_own(sources["file_id"].data)]
    files = [
        MadeFile(format=one, media_type=MEDIA_TYPES[one], data=encoded(done, one, quality=inputs.quality))
        for one in formats
    ]
    facts = {"width": done.width, "height": done.height, "original_width": before[0], "original_height": before[1]}
    return Made(files=files, facts=facts)


def _own(data: bytes) -> Format:
    if data[:3] == b"\xff\xd8\xff":
        return "jpeg"
    return "webp" if data[8:12] == b"WEBP" else "png"


def _resized(picture: Any, inputs: ResizeInputs) -> Any:
    from PIL import Image, ImageColor, ImageOps

    smooth = Image.Resampling.LANCZOS
    width, height = picture.size
    box = (inputs.width or width, inputs.height or height)
    if inputs.mode == "crop":
        centre = {"top": (0.5, 0.0), "bottom": (0.5, 1.0), "left": (0.0, 0.5), "right": (1.0, 0.5)}
        return ImageOps.fit(picture, box, method=smooth, centering=centre.get(inputs.focus, (0.5, 0.5)))
    by = min((inputs.width or 10**9) / width, (inputs.height or 10**9) / height)
    most = 8000 / max(width, height)
    size = (max(round(width * min(by, most)), 1), max(round(height * min(by, most)), 1))
    small = picture.resize(size, smooth)
    if inputs.mode == "fit":
        return small
    ground = ImageColor.getrgb(inputs.background) if inputs.background else (0, 0, 0, 0)
    whole = Image.new("RGBA", box, ground)
    place = ((whole.width - small.width) // 2, (whole.height - small.height) // 2)
    whole.paste(small, place, small if small.mode == "RGBA" else None)
    return whole


TOOL = Tool(
    id="image_resizer",
    name="Image Resizer",
    category="images",
    description="Resize, fit or crop a picture and convert it",
    credits=2,
    seconds=2,
    makes="image",
    inputs=ResizeInputs,
    run=run,
    files=("file_id",),
    needs=("pipelines.tools.pictures", "PIL.ImageColor"),
    message="Resizing...",
)
