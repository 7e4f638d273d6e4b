"""Uploaded sound, read with care: the wrong type, a cut-off file and endless ones are refused in words for a person.

Only in sandboxed children. The one module that opens sound files for the tools.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
import soundfile

from pipelines.clients.sandboxed import Refused
from pipelines.tools.tool import Source

MAX_SECONDS = 10 * 60
MAX_SAMPLES = 60_000_000  # over all channels: 240 MB as float32
READABLE = {"WAV", "WAVEX", "RF64", "AIFF", "FLAC", "OGG", "MP3"}
WRITTEN = {
    "wav": ("WAV", "PCM_16", "audio/wav"), "flac": ("FLAC", "PCM_16", "audio/flac"),
    "ogg": ("OGG", "VORBIS", "audio/ogg"), "mp3": ("MP3", "MPEG_LAYER_III", "audio/mpeg"),
}  # fmt: skip


class Sound(NamedTuple):
    """`samples`: (n, channels) float32."""

    samples: Any
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def warm_up() -> None:
    """Load the codecs: a shut-in child can open no file."""
    for name in WRITTEN:
        heard(Source("a", written(Sound(np.zeros((4800, 1), dtype=np.float32), 48_000), name)))


def heard(source: Source) -> Sound:
    """The whole sound. Raises Refused."""
    try:
        with soundfile.SoundFile(BytesIO(source.data)) as file:
            if file.format not in READABLE:
                raise _unsupported()
            frames, rate, channels = file.frames, file.samplerate, file.channels
            if frames <= 0 or rate <= 0:
                raise Refused("unreadable_file", "The sound is empty or cut off.")
            if frames / rate > MAX_SECONDS or frames * channels > MAX_SAMPLES:
                raise Refused("audio_too_long", f"The sound is longer than {MAX_SECONDS // 60} minutes.")
            samples = file.read(dtype="float32", always_2d=True)
    except soundfile.LibsndfileError:
        raise _unsupported() from None
    if len(samples) < frames * 0.98 or _is_cut(source.data):
        raise Refused("unreadable_file", "The sound is cut off or damaged.")
    if not np.isfinite(samples).all():
        raise Refused("unreadable_file", "The sound holds values that are no sound.")
    return Sound(samples, rate)


def written(sound: Sound, format_: str) -> bytes:
    """The sound's bytes in a format of WRITTEN."""
    kind, subtype, _ = WRITTEN[format_]
    buffer = BytesIO()
    soundfile.write(buffer, sound.samples, sound.rate, format=kind, subtype=subtype)
    return buffer.getvalue()


def _is_cut(data: bytes) -> bool:
    """Whether a RIFF file says that it is longer than it is; libsndfile reads what is there. A stream's has no size."""
    said = int.from_bytes(data[4:8], "little")
    return data[:4] == b"RIFF" and said != 0xFFFFFFFF and said + 8 > len(data) + 1


def _unsupported() -> Refused:
    return Refused("unsupported_file", "This is not a sound that can be read; WAV, AIFF, FLAC, Ogg and MP3 can be.")
