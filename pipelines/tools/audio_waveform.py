"""audio_waveform: the picture of a sound, as PNG, SVG and PDF, and its peaks as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from pipelines.tools.drawing.hex import Hex
from pipelines.tools.tool import FileId, Made, MadeFile, Source, Tool


class WaveformInputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without a `background` the picture is transparent."""

    file_id: FileId
    style: Literal["bars", "solid"] = "bars"
    color: Hex = "#2f5bea"
    background: Hex | None = None
    width: Annotated[int, Meta(ge=100, le=4000)] = 1600
    height: Annotated[int, Meta(ge=40, le=2000)] = 320


def run(inputs: WaveformInputs, sources: Mapping[str, Source]) -> Made:
    """The loudest of each stretch of time, all channels together, against the loudest of all."""
    from pipelines.clients import typesetter
    from pipelines.tools.drawing.canvas import Drawing
    from pipelines.tools.drawing.outline import Box, rectangle
    from pipelines.tools.sounds import heard

    sound = heard(sources["file_id"])
    step = max(inputs.width / 200, 4) if inputs.style == "bars" else 2
    peaks = _peaks(sound.samples, max(int(inputs.width / step), 1))
    loudest = max(peaks)
    heights = [peak / loudest if loudest > 0 else 0.0 for peak in peaks]
    frame = Box(0, 0, inputs.width, inputs.height)
    drawn = Drawing()
    if inputs.background:
        drawn.add(rectangle(0, 0, inputs.width, inputs.height), inputs.background)
    drawn.add(_bars(heights, inputs) if inputs.style == "bars" else _solid(heights, inputs), inputs.color)
    svg = drawn.svg(title="Waveform", frame=frame)
    facts = {
        "duration_seconds": round(sound.seconds, 3),
        "sample_rate": sound.rate,
        "channels": int(sound.samples.shape[1]),
        "peak": round(loudest, 4),
    }
    files = [
        MadeFile(format="png", media_type="image/png", data=typesetter.picture(svg, width=inputs.width)),
        MadeFile(format="svg", media_type="image/svg+xml", data=svg.encode()),
        MadeFile(format="pdf", media_type="application/pdf", data=typesetter.drawing_pdf(svg)),
        MadeFile(
            format="json",
            media_type="application/json",
            data=msgspec.json.encode({**facts, "peaks": [round(peak, 4) for peak in peaks]}),
        ),
    ]
    return Made(files=files, facts=facts)


def _peaks(samples: Any, count: int) -> list[float]:
    import numpy as np

    parts = np.array_split(np.abs(samples).max(axis=1), min(count, len(samples)))
    return [float(part.max()) for part in parts]


def _bars(heights: list[float], inputs: WaveformInputs) -> Any:
    from functools import reduce
    from operator import add

    from pipelines.tools.drawing.outline import rectangle

    step = inputs.width / len(heights)
    thick = step * 0.62
    bars = []
    for place, height in enumerate(heights):
        tall = max(height * inputs.height * 0.94, min(thick, inputs.height))
        left, top = place * step + (step - thick) / 2, (inputs.height - tall) / 2
        bars.append(rectangle(left, top, thick, tall, corner=thick / 2))
    return reduce(add, bars)


def _solid(heights: list[float], inputs: WaveformInputs) -> Any:
    from pipelines.tools.drawing.outline import polygon

    step = inputs.width / max(len(heights) - 1, 1)
    middle = inputs.height / 2
    half = [max(height * middle * 0.94, 0.75) for height in heights]
    above = [(place * step, middle - one) for place, one in enumerate(half)]
    below = [(place * step, middle + one) for place, one in enumerate(half)]
    return polygon([*above, *reversed(below)])


TOOL = Tool(
    id="audio_waveform",
    name="Audio Waveform",
    category="audio",
    description="Draw the waveform of a sound",
    credits=2,
    seconds=2,
    makes="waveform",
    inputs=WaveformInputs,
    run=run,
    files=("file_id",),
    needs=("pipelines.tools.sounds", "pipelines.tools.drawing.canvas", "pipelines.clients.typesetter", "typst"),
    memory_bytes=2 * 1024**3,
    message="Listening...",
)
