"""Uploaded pictures, read with care: the wrong type, a bomb and a cut-off file are refused in words for a person.

Only in sandboxed children. The one module that opens pictures for the tools.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, Literal

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from pipelines.clients.sandboxed import Refused
from pipelines.tools.tool import Source

READABLE = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
MAX_PIXELS = 50_000_000
Format = Literal["png", "jpeg", "webp"]
MEDIA_TYPES: dict[str, str] = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
Image.MAX_IMAGE_PIXELS = None  # judged here, before anything is unpacked


def warm_up() -> None:
    """Load every codec: a shut-in child can open no file."""
    Image.init()
    buffer = BytesIO()
    for name in ("PNG", "JPEG", "WEBP", "GIF", "ICO"):
        Image.new("RGB", (8, 8)).save(buffer, name)
    ImageCms.createProfile("sRGB")


def opened(source: Source) -> Any:
    """The picture upright, in sRGB, as RGB or RGBA. Raises Refused."""
    try:
        picture = Image.open(BytesIO(source.data), formats=READABLE)
    except UnidentifiedImageError:
        raise Refused(
            "unsupported_file", "This is not a picture that can be read; PNG, JPEG, WebP, GIF, BMP and TIFF can be."
        ) from None
    except (Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise _broken() from error
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise Refused(
            "image_too_large",
            f"The picture has {width} × {height} pixels; up to {MAX_PIXELS // 1_000_000} million can be read.",
        )
    if min(width, height) < 1:
        raise _broken()
    try:
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        return _plain(upright)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _broken() from error


def encoded(picture: Any, format_: str, *, quality: int = 85) -> bytes:
    """The picture's bytes in a format, without the metadata that it came with (a place, a camera)."""
    buffer = BytesIO()
    if format_ == "jpeg":
        flattened(picture, (255, 255, 255)).save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
    elif format_ == "webp":
        picture.save(buffer, "WEBP", quality=quality, method=4)
    else:
        picture.save(buffer, "PNG", optimize=picture.width * picture.height < 4_000_000)
    return buffer.getvalue()


def flattened(picture: Any, ground: tuple[int, int, int]) -> Any:
    """The picture as RGB on a ground."""
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    whole = Image.new("RGB", picture.size, ground)
    whole.paste(picture, mask=picture.getchannel("A"))
    return whole


def _plain(picture: Any) -> Any:
    profile = picture.info.get("icc_profile")
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    plain = picture.convert("RGBA" if has_alpha else "RGB") if picture.mode != "CMYK" else picture
    if profile:
        try:
            found = ImageCms.ImageCmsProfile(BytesIO(profile))
            plain = ImageCms.profileToProfile(
                plain, found, ImageCms.createProfile("sRGB"), outputMode="RGBA" if has_alpha else "RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that does not fit the picture: its numbers are taken as they are
    return plain if plain.mode in ("RGB", "RGBA") else plain.convert("RGB")


def _broken() -> Refused:
    return Refused("unreadable_file", "The picture is cut off or damaged.")
