"""How sure a number is: Wilson's interval, the clustered bootstrap, and the correlation of repeats. Pure.

Repeats of one question resemble each other, so the question is what is sampled, never the single answer. Sources:
E. B. Wilson, JASA 22 (1927); Efron & Tibshirani, *An Introduction to the Bootstrap* (1993), ch. 13 (percentile
interval); A. Donner, Int. Stat. Rev. 54 (1986) (ICC by analysis of variance, design effect 1 + (m-1)·ICC);
L. Kish, *Survey Sampling* (1965) (effective size of weighted observations).
"""

from __future__ import annotations

import hashlib
from math import sqrt
from typing import Any

DRAWS = 2000  # B: the 2.5 % point then stands on 50 draws
Z95 = 1.959963984540054
CONFIDENCE = (2.5, 97.5)
MIN_PROMPTS = 5  # below it a bootstrap of prompts has too few different draws, and Wilson's interval is reported


def wilson(successes: float, n: float, *, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of a share in 0..1.

    `successes` may be a sum of values in 0..1: among such values with the same mean, those of 0 and 1 vary most, so
    the interval is then wide rather than narrow.
    """
    if n <= 0:
        return 0.0, 1.0
    share = min(max(successes / n, 0.0), 1.0)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if share == 0 else max(centre - half, 0.0)
    high = 1.0 if share == 1 else min(centre + half, 1.0)
    return low, high


def draws_of(prompts: int, seed: str) -> Any:
    """(DRAWS, prompts): how often each prompt is in each resample. The same for all platforms and metrics of a scan.

    Platforms are asked the same prompts, so a hard prompt is hard for all of them; drawing prompts together keeps
    that, and is what lets the quadrant's confidence be read from joint draws.
    """
    import numpy as np

    if prompts == 0:
        return np.zeros((DRAWS, 0))
    random = np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])))
    return random.multinomial(prompts, np.full(prompts, 1 / prompts), size=DRAWS).astype(np.float64)


def ratios(draws: Any, numerators: Any, denominators: Any) -> Any:
    """Each draw's ratio of sums: (DRAWS, *rest) from (prompts, *rest); NaN where a draw has nothing below the line."""
    import numpy as np

    above = np.tensordot(draws, numerators, axes=1)
    below = np.tensordot(draws, denominators, axes=1)
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def percentiles(values: Any) -> tuple[float, float] | None:
    """The 95 % interval of one metric's draws; None when they cannot tell: too few with a value, or all alike."""
    import numpy as np

    known = values[~np.isnan(values)]
    if known.size < DRAWS // 2 or np.ptp(known) < 1e-12:
        return None
    low, high = np.percentile(known, CONFIDENCE)
    return float(low), float(high)


def effective_n(weights: Any, values: Any, squares: Any, kish: Any) -> float:
    """How many independent observations these are worth: Kish's size over the design effect of the clusters.

    Arguments are sums by cluster (Σw, Σwy, Σwy², Σw²). When every observation is alike there is no variance to
    estimate the correlation from, and the repeats are taken as copies of each other: the worse case.
    """

    full = weights > 0
    w, y, q = weights[full], values[full], squares[full]
    clusters, total = len(w), float(w.sum())
    if clusters == 0:
        return 0.0
    n = float(total**2 / kish.sum())
    size = n / clusters
    if size <= 1:
        return n
    return n / (1 + (size - 1) * _correlation(w, y, q, n, clusters))


def _correlation(w: Any, y: Any, q: Any, n: float, clusters: int) -> float:
    """The intraclass correlation by one-way analysis of variance, clipped to 0..1."""
    if clusters < 2:
        return 1.0
    total = w.sum()
    mean = y.sum() / total
    means = y / w
    scale = n / total  # weights as observations
    between = scale * float((w * (means - mean) ** 2).sum()) / (clusters - 1)
    within = scale * max(float((q - w * means**2).sum()), 0.0) / max(n - clusters, 1e-9)
    if between + within < 1e-12:
        return 1.0
    size = (n - scale * float((w**2).sum()) / total) / (clusters - 1)
    found = (between - within) / (between + (size - 1) * within) if size > 0 else 1.0
    return float(min(max(found, 0.0), 1.0))
