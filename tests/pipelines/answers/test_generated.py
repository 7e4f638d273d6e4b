"""What a model says, sentence by sentence: only what cites a passage gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.answers.generated import Citations
from pipelines.clients.llm_stream import StreamReader

SAID = (
    "We offer three plans. [1] Ask Dr. Smith, e.g. about Pro [2]. Nobody says this. Or this [9]. Both [1][7] count! [3]"
)
KEPT = "We offer three plans. [1] Ask Dr. Smith, e.g. about Pro [2]. Both [1] count! [3]"


@given(st.lists(st.integers(1, 12), max_size=60))
def test_what_cites_nothing_that_was_given_is_dropped_however_the_words_arrive(steps):
    told: list[str] = []
    cited = Citations(3, 500, told.append)
    rest = SAID
    for step in steps:
        cited.feed(rest[:step])
        rest = rest[step:]
    cited.feed(rest)
    cited.end()

    assert cited.text == "".join(told) == KEPT
    assert (cited.used, cited.dropped) == ([1, 2, 3], 2)


def test_what_is_too_long_ends_with_a_whole_sentence():
    cited = Citations(1, 30, lambda _: None)
    cited.feed("One thing is so [1]. And another one is quite long [1].")
    cited.end()

    assert cited.text == "One thing is so [1]."


OPENAI = (
    b'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\ndata: {"choices":[{"delta":{"content":"Hi"}}]}\n\n'
    b'data: {"choices":[{"delta":{"content":" you"},"finish_reason":"stop"}]}\n\n'
    b'data: {"choices":[],"usage":{"total_tokens":12}}\n\ndata: [DONE]\n\n'
)
ANTHROPIC = (
    b'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":10}}}\n\n'
    b'data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"Hi"}}\n\ndata: {"type":"ping"}\n\n'
    b'data: {"type":"content_block_delta","delta":{"type":"text_delta","text":" you"}}\n\n'
    b'data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}\n\n'
    b'data: {"type":"message_stop"}\n\n'
)


@pytest.mark.parametrize(("provider", "stream"), [("openai", OPENAI), ("anthropic", ANTHROPIC)])
def test_both_wire_formats_are_read_however_the_bytes_arrive(provider, stream):
    for step in (1, 7, 10_000):
        told: list[str] = []
        reader = StreamReader(provider, told.append)
        for start in range(0, len(stream), step):
            reader.feed(stream[start : start + step])
        assert ("".join(told), reader.tokens, reader.trouble) == ("Hi you", 12, "")

    cut = StreamReader(provider, lambda _: None)
    cut.feed(stream[: len(stream) // 2])
    assert cut.trouble == "The model's answer broke off."
