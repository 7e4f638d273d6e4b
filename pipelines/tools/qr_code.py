"""qr_code: a text or link as a QR code, as SVG, PNG and PDF."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Annotated, Literal

from msgspec import Meta, Struct

from pipelines.tools.drawing.colors import contrast, luminance
from pipelines.tools.drawing.hex import Hex
from pipelines.tools.tool import Made, MadeFile, Source, Tool

LEAST_CONTRAST = 3.0  # below it many cameras give up


class QrInputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`error_correction`: how much may be hidden, from L (7 %) to H (30 %). `color` must be the darker one."""

    text: Annotated[str, Meta(min_length=1, max_length=2000)]
    color: Hex = "#000000"
    background: Hex = "#ffffff"
    error_correction: Literal["L", "M", "Q", "H"] = "M"
    size: Annotated[int, Meta(ge=64, le=4096, description="Pixels of the PNG, at most.")] = 1024
    border: Annotated[int, Meta(ge=0, le=20, description="Modules around it; scanners want 4.")] = 4

    def __post_init__(self) -> None:
        if luminance(self.color) > luminance(self.background) or contrast(self.color, self.background) < LEAST_CONTRAST:
            raise ValueError("color: must be clearly darker than background, or it cannot be scanned")


def run(inputs: QrInputs, _sources: Mapping[str, Source]) -> Made:
    """The code. Raises Refused for a text that does not fit."""
    import segno

    from pipelines.clients.sandboxed import Refused

    try:
        code = segno.make_qr(inputs.text, error=inputs.error_correction, boost_error=True)
    except segno.DataOverflowError:
        raise Refused("text_too_long", "The text does not fit into a code with this error correction.") from None
    colors = {"dark": inputs.color, "light": inputs.background, "border": inputs.border}
    modules = code.symbol_size(border=inputs.border)[0]
    scale = max(inputs.size // modules, 1)
    made: dict[str, bytes] = {}
    for kind, options in (("png", {"scale": scale}), ("svg", {"scale": 8}), ("pdf", {"scale": 8})):
        buffer = BytesIO()
        code.save(buffer, kind=kind, **options, **colors)
        made[kind] = buffer.getvalue()
    files = [
        MadeFile(format="png", media_type="image/png", data=made["png"]),
        MadeFile(format="svg", media_type="image/svg+xml", data=made["svg"]),
        MadeFile(format="pdf", media_type="application/pdf", data=made["pdf"]),
    ]
    facts = {"version": code.version, "error_correction": code.error, "modules": code.symbol_size(border=0)[0]}
    return Made(files=files, facts=facts)


TOOL = Tool(
    id="qr_code",
    name="QR Code",
    category="design",
    description="Make a QR code of a text or link",
    credits=1,
    seconds=1,
    makes="qr_code",
    inputs=QrInputs,
    run=run,
    needs=("segno", "segno.writers"),
    message="Encoding...",
)
