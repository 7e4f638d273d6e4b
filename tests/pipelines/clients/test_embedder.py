"""The vectors are those of all-MiniLM-L6-v2, whatever the precision, the order and the company of a text."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipelines.clients import embedder, wordpieces
from pipelines.clients.minilm import MiniLM

TEXTS = [
    "How do I reset my password?",
    "Click 'Forgot password' on the sign-in page and follow the link in the mail.",
    "Our office is closed on public holidays.",
    "Das Büro ist an Feiertagen geschlossen.",
    "a",
    "word " * 300,
]
# What sentence-transformers 6.2 computes for them in fp32: cosines of each pair of texts.
COSINES = [0.6744, 0.0133, 0.0343, 0.0732, 0.0964, 0.1146, -0.0616, 0.0448, 0.0327, 0.0687, 0.0381, 0.0932, 0.1362, 0.0456, 0.046]  # fmt: skip


def pairs(vectors: np.ndarray) -> np.ndarray:
    return (vectors @ vectors.T)[np.triu_indices(len(vectors), k=1)]


def test_the_network_is_the_published_one():
    exact = MiniLM(torch.float32)(wordpieces.encode(TEXTS))

    assert np.abs(pairs(exact) - COSINES).max() < 1e-4
    assert ((embedder.embed(TEXTS) * exact).sum(axis=1) > 0.9995).all()


def test_vectors_have_unit_length_and_the_order_of_their_texts():
    many = [text for text in TEXTS for _ in range(12)]
    vectors = embedder.embed(many)

    assert vectors.shape == (len(many), embedder.DIMENSIONS)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    alone = np.repeat([embedder.embed([text])[0] for text in TEXTS], 12, axis=0)
    assert ((vectors * alone).sum(axis=1) > 0.9995).all()


def test_threads_may_embed_at_the_same_time():
    expected = embedder.embed(TEXTS)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda text: embedder.embed([text])[0], TEXTS * 4))

    assert (np.sum(found * np.tile(expected, (4, 1)), axis=1) > 0.9995).all()


def test_nothing_to_embed_is_no_error():
    assert embedder.embed([]).shape == (0, embedder.DIMENSIONS)
    assert np.isfinite(embedder.embed(["", " \n", "\u200b", "🦆" * 500])).all()


def test_tokens_are_counted_beyond_the_end_of_what_the_model_reads():
    assert wordpieces.count(["word " * 300, "", "How do I reset my password?"]) == [300, 0, 7]
    assert [len(ids) for ids in wordpieces.encode(["word " * 300, ""])] == [256, 2]


@given(st.lists(st.integers(2, 256), max_size=300))
def test_batches_hold_each_text_once_and_no_more_than_their_budget(lengths):
    batches = list(embedder._batches(lengths))

    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    assert all(sum(lengths[place] for place in batch) <= embedder.BATCH_TOKENS for batch in batches)
    ordered = [lengths[place] for batch in batches for place in batch]
    assert ordered == sorted(lengths, reverse=True)


@pytest.mark.parametrize("module", ["pipelines.clients.embedder", "pipelines.clients.wordpieces"])
def test_torch_is_loaded_only_when_something_is_embedded(module):
    code = f"import {module}, sys; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
