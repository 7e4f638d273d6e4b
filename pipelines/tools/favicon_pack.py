"""favicon_pack: every icon a website needs from one picture: .ico, PNGs, the web manifest and the lines of HTML, zipped."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from pipelines.tools.drawing.hex import Hex
from pipelines.tools.tool import FileId, Made, MadeFile, Source, Tool

SIZES = {16: "favicon-16x16", 32: "favicon-32x32", 48: "favicon-48x48", 180: "apple-touch-icon",
         192: "android-chrome-192x192", 512: "android-chrome-512x512"}  # fmt: skip
ICO_SIZES = (16, 32, 48)
HTML = """<link rel="icon" href="/favicon.ico" sizes="48x48">
<link rel="icon" type="image/png" sizes="32x32" href="/favicon-32x32.png">
<link rel="icon" type="image/png" sizes="16x16" href="/favicon-16x16.png">
<link rel="apple-touch-icon" href="/apple-touch-icon.png">
<link rel="manifest" href="/site.webmanifest">
"""


class FaviconInputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`padding` is a share of the side; the icon for Apple's devices always has a ground."""

    file_id: FileId
    name: Annotated[str, Meta(max_length=60, description="The website's name, for the manifest.")] = ""
    background: Hex | None = None
    theme_color: Hex = "#ffffff"
    padding: Annotated[float, Meta(ge=0, le=0.4)] = 0.0


def run(inputs: FaviconInputs, sources: Mapping[str, Source]) -> Made:
    """The pack as ZIP, and its files by themselves."""
    from pipelines.tools.pictures import encoded, opened

    picture = opened(sources["file_id"])
    pictures = {size: _square(picture, size, inputs) for size in SIZES}
    pngs = {size: encoded(one, "png") for size, one in pictures.items()}
    buffer = BytesIO()
    # Each size drawn by itself, rather than the largest made smaller by the codec.
    pictures[48].save(
        buffer, "ICO", sizes=[(size, size) for size in ICO_SIZES],
        append_images=[pictures[size] for size in ICO_SIZES if size != 48],
    )  # fmt: skip
    ico, manifest = buffer.getvalue(), _manifest(inputs)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        entries = {f"{SIZES[size]}.png": data for size, data in pngs.items()}
        entries |= {"favicon.ico": ico, "site.webmanifest": manifest, "head.html": HTML.encode()}
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    files = [
        MadeFile(format="zip", media_type="application/zip", data=packed.getvalue(), name="favicons.zip"),
        MadeFile(format="ico", media_type="image/x-icon", data=ico, name="favicon.ico"),
        *(
            MadeFile(format="png", media_type="image/png", data=pngs[size], width=size, name=f"{SIZES[size]}.png")
            for size in sorted(SIZES, reverse=True)
        ),
        MadeFile(format="webmanifest", media_type="application/manifest+json", data=manifest, name="site.webmanifest"),
    ]
    return Made(files=files, facts={"html": HTML, "sizes": sorted(SIZES)})


def _square(picture: Any, size: int, inputs: FaviconInputs) -> Any:
    """The whole picture in the middle of a square."""
    from PIL import Image, ImageColor

    from pipelines.tools.pictures import flattened

    ground = ImageColor.getrgb(inputs.background) if inputs.background else None
    inner = max(round(size * (1 - 2 * inputs.padding)), 1)
    by = inner / max(picture.size)
    small = picture.convert("RGBA").resize(
        (max(round(picture.width * by), 1), max(round(picture.height * by), 1)), Image.Resampling.LANCZOS
    )
    whole = Image.new("RGBA", (size, size), (*ground[:3], 255) if ground else (0, 0, 0, 0))
    whole.alpha_composite(small, ((size - small.width) // 2, (size - small.height) // 2))
    return flattened(whole, ground[:3] if ground else (255, 255, 255)) if size == 180 else whole


def _manifest(inputs: FaviconInputs) -> bytes:
    icons = [
        {"src": f"/{SIZES[size]}.png", "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)
    ]  # fmt: skip
    manifest = {
        "name": inputs.name, "short_name": inputs.name[:12].strip(), "icons": icons, "theme_color": inputs.theme_color,
        "background_color": inputs.background or "#ffffff", "display": "standalone",
    }  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2)


TOOL = Tool(
    id="favicon_pack",
    name="Favicon Pack",
    category="images",
    description="Make every icon that a website needs from one picture",
    credits=3,
    seconds=1,
    makes="favicon_pack",
    inputs=FaviconInputs,
    run=run,
    files=("file_id",),
    needs=("pipelines.tools.pictures", "PIL.ImageColor"),
    message="Drawing the icons...",
)
