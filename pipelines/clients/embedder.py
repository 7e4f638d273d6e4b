"""Texts to vectors by all-MiniLM-L6-v2, offline. For workers on the lanes `cpu` and `ask` only: it loads torch.

In bf16 where the processor computes in it (mean cosine to fp32 above 0.9999), else in fp32; MODEL_ID says which and is
kept with each vector. Texts are sorted by length and cut into batches of BATCH_TOKENS. Each batch is computed by one
thread, and `embeddings.threads` of them side by side: threads that share a batch wait for the slowest of them at every
step, which costs a factor on a machine that does anything else.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipelines.clients import wordpieces
from store.kit.settings import settings

if TYPE_CHECKING:
    from pipelines.clients.minilm import MiniLM

NAME = "all-MiniLM-L6-v2"
DIMENSIONS = 384
BATCH_TOKENS = 2048  # what stays in a core's cache; larger batches are slower
LANGUAGES = frozenset({"en"})  # what the model was trained on
_CPU_INFO = Path("/proc/cpuinfo")
_loading = threading.Lock()


def _has_bf16() -> bool:
    """Whether the processor multiplies in bf16; emulated, it would be slower than fp32."""
    try:
        flags = _CPU_INFO.read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


PRECISION = "bf16" if _has_bf16() else "fp32"
MODEL_ID = f"{NAME}/{PRECISION}"


def embed(texts: Sequence[str]) -> np.ndarray:
    """Vectors in the order of the texts: (n, 384) float32, unit length. Of each text the first 254 tokens count.

    Waits for its turn while other threads embed.
    """
    vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    if not texts:
        return vectors
    tokens = wordpieces.encode(texts)
    model = _model()
    batches = list(_batches([len(ids) for ids in tokens]))
    computed = _threads().map(lambda batch: model([tokens[place] for place in batch]), batches)
    for batch, rows in zip(batches, computed, strict=True):
        vectors[batch] = rows
    return vectors


def as_text(vector: np.ndarray) -> str:
    """A vector as Postgres reads it; half precision, as it is stored, has four digits."""
    return "[" + ",".join(f"{number:.5g}" for number in vector.tolist()) + "]"


def warm() -> None:
    """Load the model and compute once, so that the next text does not wait for it."""
    embed(["warm"] * settings().embeddings.threads)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of texts of like length, at most BATCH_TOKENS together, the longest first."""
    batch: list[int] = []
    tokens = 0
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        if batch and tokens + lengths[place] > BATCH_TOKENS:
            yield batch
            batch, tokens = [], 0
        batch.append(place)
        tokens += lengths[place]
    if batch:
        yield batch


def _model() -> MiniLM:
    with _loading:  # a cache alone would let two threads load it twice
        return _loaded()


@lru_cache(maxsize=1)
def _loaded() -> MiniLM:
    import torch

    from pipelines.clients.minilm import MiniLM

    return MiniLM(torch.bfloat16 if PRECISION == "bf16" else torch.float32)


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    """The threads that compute; torch's own threads stay off in them."""
    import torch

    wanted = min(settings().embeddings.threads, os.cpu_count() or 1)
    return ThreadPoolExecutor(wanted, thread_name_prefix="embedder", initializer=lambda: torch.set_num_threads(1))
