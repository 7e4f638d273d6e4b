"""Loudness and peaks as the standard measures them."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from pipelines.clients.sandboxed import Refused
from pipelines.tools.audio_normalizer import NormalizeInputs, run
from pipelines.tools.sounds import heard
from pipelines.tools.tool import Source

RATE = 48_000


def tone(level_db: float, *, frequency: float = 997.0, seconds: float = 3.0, phase: float = 0.0) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    return (10 ** (level_db / 20) * np.sin(2 * np.pi * frequency * time + phase)).astype("float32")


def source(samples: np.ndarray) -> Source:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, RATE, format="WAV", subtype="FLOAT")
    return Source("a.wav", buffer.getvalue())


def normalized(samples: np.ndarray, **inputs: object) -> tuple[dict, np.ndarray]:
    made = run(NormalizeInputs(file_id="f", format="flac", **inputs), {"file_id": source(samples)})
    return made.facts, soundfile.read(io.BytesIO(made.files[0].data))[0]


def test_a_stereo_tone_of_the_standard_is_as_loud_as_it_says():
    """EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS has -23 LUFS."""
    both = np.stack([tone(-23)] * 2, axis=1)

    facts, samples = normalized(both, target_lufs=-16)

    assert facts["loudness_before"] == pytest.approx(-23, abs=0.1)
    assert facts["loudness_after"] == pytest.approx(-16, abs=0.01)
    assert 20 * np.log10(np.abs(samples).max()) == pytest.approx(-16, abs=0.1)


def test_a_peak_between_samples_is_found():
    """EBU Tech 3341, case 15 and 16: a quarter of the rate, an eighth of a turn off: the samples are 3 dB below the top."""
    facts, _ = normalized(tone(-6, frequency=RATE / 4, phase=np.pi / 4))

    assert facts["peak_before_db"] == pytest.approx(-6, abs=0.2)


def test_a_long_tone_has_the_peak_it_has():
    facts, _ = normalized(tone(-20, seconds=10))

    assert facts["peak_before_db"] == pytest.approx(-20, abs=0.05)


def test_the_ceiling_holds_and_is_told():
    clicks = tone(-40)
    clicks[::RATE] = 0.5

    facts, samples = normalized(clicks, target_lufs=-10, ceiling_db=-1)

    assert facts["limited_by_peak"] is True
    assert facts["peak_after_db"] == pytest.approx(-1, abs=0.01)
    assert np.abs(samples).max() <= 10 ** (-1 / 20) + 1e-3


@pytest.mark.parametrize(
    ("samples", "code"),
    [
        (np.zeros(RATE, dtype="float32"), "silence"),
        (tone(-20, seconds=0.1), "audio_too_short"),
        (np.full(RATE, np.nan, dtype="float32"), "unreadable_file"),
    ],
)
def test_what_has_no_loudness_is_refused(samples, code):
    with pytest.raises(Refused) as refused:
        normalized(samples)

    assert refused.value.code == code


def test_a_sound_that_is_cut_off_is_refused():
    whole = source(tone(-20)).data

    with pytest.raises(Refused):
        heard(Source("a.wav", whole[: len(whole) // 2]))
