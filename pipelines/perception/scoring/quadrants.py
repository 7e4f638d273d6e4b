"""Where a brand stands: is it spoken of enough, and is what is said true? Pure.

x is share of voice, split at the fair share of one brand among those tracked; y is the lower of faithfulness and
hallucination, split at 80.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from pipelines.perception.scores import Quadrant, Thresholds
from pipelines.perception.scoring.sampling import MIN_PROMPTS

INPUTS = ("shareOfVoice", "faithfulness", "hallucination")
ACCURACY = 80.0
MIN_ANSWERS = 10
BORDERLINE = 0.8  # below it the quadrant is told to be a close call


class Placed(Struct, frozen=True, kw_only=True):
    """`confidence` is the share of draws in that quadrant; None without draws that mean something."""

    quadrant: Quadrant
    confidence: float | None
    borderline: bool
    thresholds: Thresholds


def place(
    values: Mapping[str, float | None], draws: Mapping[str, Any], *, brands: int, valid: int, prompts: int
) -> Placed:
    """The quadrant of these overall values. `brands` are tracked, `valid` answers were judged, of so many prompts."""
    import numpy as np

    thresholds = Thresholds(share_of_voice=100 / brands, accuracy=ACCURACY)
    voice, faithfulness, hallucination = (values[name] for name in INPUTS)
    if voice is None or faithfulness is None or hallucination is None or valid < MIN_ANSWERS:
        return Placed(quadrant="insufficient_data", confidence=None, borderline=False, thresholds=thresholds)
    quadrant = _quadrant(voice, min(faithfulness, hallucination), thresholds)
    if prompts < MIN_PROMPTS:
        return Placed(quadrant=quadrant, confidence=None, borderline=True, thresholds=thresholds)
    x, y = draws["shareOfVoice"], np.minimum(draws["faithfulness"], draws["hallucination"])
    known = ~np.isnan(x) & ~np.isnan(y)
    # A draw right on a threshold must fall as the value itself does, whatever the last bit of the division says.
    is_loud, is_true = x[known] >= thresholds.share_of_voice - 1e-9, y[known] >= ACCURACY - 1e-9
    same = (is_loud == (quadrant in {"dominant", "misrepresented"})) & (
        is_true == (quadrant in {"dominant", "hidden_gem"})
    )
    confidence = float(same.mean()) if same.size else None
    borderline = confidence is None or confidence < BORDERLINE
    return Placed(quadrant=quadrant, confidence=confidence, borderline=borderline, thresholds=thresholds)


def _quadrant(x: float, y: float, thresholds: Thresholds) -> Quadrant:
    if x >= thresholds.share_of_voice - 1e-9:
        return "dominant" if y >= thresholds.accuracy - 1e-9 else "misrepresented"
    return "hidden_gem" if y >= thresholds.accuracy - 1e-9 else "at_risk"
