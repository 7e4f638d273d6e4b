"""audio_normalizer: a sound at the loudness that is wanted (ITU-R BS.1770-4, EBU R 128), its peaks kept below a ceiling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from pipelines.tools.tool import FileId, Made, MadeFile, Source, Tool

OVERSAMPLING = 4  # as ITU-R BS.1770-4 wants it for true peaks
EDGE = 64  # samples
LEAST_SECONDS = 0.5  # loudness is measured in blocks of 0.4 s


class NormalizeInputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """-14 LUFS is what streaming services play at, -16 podcasts, -23 broadcast."""

    file_id: FileId
    target_lufs: Annotated[float, Meta(ge=-40, le=-5)] = -16.0
    ceiling_db: Annotated[float, Meta(ge=-9, le=0, description="The highest peak, in dBFS.")] = -1.0
    format: Literal["wav", "flac", "ogg", "mp3"] = "wav"


def run(inputs: NormalizeInputs, sources: Mapping[str, Source]) -> Made:
    """One gain for the whole sound: louder parts stay louder. Where a peak would pass the ceiling it is less, and told."""
    from pipelines.clients.sandboxed import Refused
    from pipelines.tools.sounds import WRITTEN, Sound, heard, written

    sound = heard(sources["file_id"])
    if sound.seconds < LEAST_SECONDS:
        raise Refused("audio_too_short", f"The loudness of less than {LEAST_SECONDS} seconds cannot be measured.")
    before = _loudness(sound.samples, sound.rate)
    peak = _true_peak_db(sound.samples)
    if before is None or peak is None:
        raise Refused("silence", "The sound is silent: it has no loudness to change.")
    wanted = inputs.target_lufs - before
    gain = min(wanted, inputs.ceiling_db - peak)
    louder = Sound(sound.samples * (10 ** (gain / 20)), sound.rate)
    facts = {
        "loudness_before": round(before, 2),
        "loudness_after": round(before + gain, 2),
        "gain_db": round(gain, 2),
        "peak_before_db": round(peak, 2),
        "peak_after_db": round(peak + gain, 2),
        "limited_by_peak": gain < wanted - 0.01,
        "duration_seconds": round(sound.seconds, 3),
    }
    media_type = WRITTEN[inputs.format][2]
    file = MadeFile(format=inputs.format, media_type=media_type, data=written(louder, inputs.format))
    return Made(files=[file], facts=facts)


def _loudness(samples: Any, rate: int) -> float | None:
    """LUFS; None for silence."""
    import math

    import pyloudnorm

    # Beyond five channels the standard has no weights; those that are there are weighted as mono or stereo.
    value = float(pyloudnorm.Meter(rate).integrated_loudness(samples[:, :5]))
    return value if math.isfinite(value) else None


def _true_peak_db(samples: Any) -> float | None:
    """The highest point, between samples too, in dBFS; None for silence."""
    import numpy as np
    from scipy.signal import resample_poly

    highest = float(np.abs(samples).max())
    if highest <= 0:
        return None
    sampled, step = highest, 1 << 14
    for start in range(0, len(samples), step):
        before = min(start, EDGE)
        block = samples[start - before : start + step + EDGE]
        if float(np.abs(block).max()) > sampled / 2:  # elsewhere no curve between samples passes the highest of them
            curve = np.abs(resample_poly(block, OVERSAMPLING, 1, axis=0))
            # Where a block is cut the filter swings over: those points belong to its neighbours.
            inner = curve[before * OVERSAMPLING : (before + min(step, len(samples) - start)) * OVERSAMPLING]
            highest = max(highest, float(inner.max()))
    return float(20 * np.log10(highest))


TOOL = Tool(
    id="audio_normalizer",
    name="Audio Normalizer",
    category="audio",
    description="Bring a sound to the loudness that streaming or broadcast want",
    credits=3,
    seconds=3,
    makes="audio",
    inputs=NormalizeInputs,
    run=run,
    files=("file_id",),
    needs=("pipelines.tools.sounds", "pyloudnorm", "scipy.signal"),
    memory_bytes=3 * 1024**3,
    limit_seconds=180,
    message="Measuring loudness...",
)
