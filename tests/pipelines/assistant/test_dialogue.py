"""The dialogue without a model: what it understands, asks for, and never does by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.assistant import dialogue, slots
from pipelines.assistant.dialogue import State
from pipelines.tools.catalog import tools
from pipelines.tools.execute import check

FILE = "file_01m86f0c7wmktmkxby6r7kdmqd"


def talk(*messages):
    """The last step of a dialogue."""
    state = State()
    for message in messages:
        step = dialogue.step(message, state, tools())
        state = step.state
    return step


def test_the_documented_conversation_asks_for_the_name_and_suggests_what_may_be_chosen():
    first = talk("Create a logo for my coffee shop")
    second = talk("Create a logo for my coffee shop", "The shop is called 'Bean There'")
    third = talk("Create a logo for my coffee shop", "The shop is called 'Bean There'", "Yes, create it")

    assert first.reply == "I'll help you create a coffee shop logo. What's the name of your coffee shop?"
    assert first.suggestions[0] == "Provide the name"
    assert "Select style (minimalist, modern, playful, vintage)" in first.suggestions
    assert not first.start
    assert second.reply.startswith("I have what Logo Maker needs (text: Bean There). It costs 10 credits.")
    assert not second.start
    assert (third.start, third.state.inputs) == (True, {"text": "Bean There"})


@pytest.mark.parametrize(
    ("messages", "tool", "inputs"),
    [
        (("a vintage logo called Bean There in brown and #abc",), "logo_maker",
         {"text": "Bean There", "style": "vintage", "colors": ["#6f4e37", "#abc"]}),
        (("make me a logo", "Café Zoé"), "logo_maker", {"text": "Café Zoé"}),
        (("logo please", "it's called “O'Neill & Sons”", "with a leaf"), "logo_maker",
         {"text": "O'Neill & Sons", "icon": "leaf"}),
        (("I need a QR code for https://example.com/a?b=1.",), "qr_code", {"text": "https://example.com/a?b=1"}),
        ((f"resize {FILE} to 800x600 and crop it to webp",), "image_resizer",
         {"file_id": FILE, "width": 800, "height": 600, "mode": "crop", "formats": ["webp"]}),
        ((f"resize {FILE}, 500 px wide, white background",), "image_resizer",
         {"file_id": FILE, "width": 500, "background": "#ffffff"}),
        ((f"normalize {FILE} as mp3 with target lufs -14",), "audio_normalizer",
         {"file_id": FILE, "format": "mp3", "target_lufs": -14.0}),
        (("a social card titled Spring Sale",), "social_card", {"title": "Spring Sale"}),
    ],
)  # fmt: skip
def test_what_a_message_says_of_the_schema_is_understood(messages, tool, inputs):
    step = talk(*messages)

    assert (step.state.tool, step.state.inputs) == (tool, inputs)
    check(tools()[tool], step.state.inputs)
    assert not step.start


@pytest.mark.parametrize("word", ["yes", "go ahead", "OK, create it please", "Do it now!"])
def test_a_tool_is_started_when_it_is_told_to(word):
    assert talk("logo called Acme", word).start


@pytest.mark.parametrize("word", ["what does it cost?", "make it vintage", "hm", "is yes fine?", "no"])
def test_nothing_is_started_by_any_other_word(word):
    assert not talk("logo called Acme", word).start


def test_a_word_to_start_before_the_inputs_are_together_asks_again():
    step = talk("logo please", "go ahead")

    assert (step.start, step.state.asked) == (False, "text")
    assert step.reply == "I need one more thing. What's the name of your brand?"


def test_another_tool_in_the_middle_is_another_tool_and_stop_is_the_end():
    assert talk("logo called Acme", "no, a qr code for https://example.com").state.tool == "qr_code"
    assert talk("logo called Acme", "never mind").state == State()


def test_who_asks_is_told_what_there_is_and_what_it_costs():
    assert "Logo Maker (10 credits)" in talk("What can you do?").reply
    assert talk("Hello!").reply.startswith("Hello! I can run these tools")


def test_a_refused_input_is_asked_for_again():
    state = State(tool="logo_maker", inputs={"text": "x" * 61, "style": "modern"}, ready=True)

    step = dialogue.after_refusal(state, tools()["logo_maker"], field="inputs.text", message="Too long.")

    assert (step.state.asked, step.state.inputs) == ("text", {"style": "modern"})
    assert step.reply == "That did not work: Too long."


@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_no_message_breaks_the_dialogue_or_spends_credits_unasked(messages):
    step = talk("a logo", *messages)

    assert step.start or step.reply
    assert all(isinstance(one, str) for one in step.suggestions)


@pytest.mark.parametrize("tool", list(tools()))
def test_what_is_read_for_a_field_is_never_of_another_type(tool):
    found = slots.read(f'{FILE} "Acme" red #fff 800x600 bars modern mp3 https://a.example', tools()[tool].schema())

    check(
        tools()[tool],
        found if set(tools()[tool].schema().get("required", ())) <= set(found) else {**found, "text": "x"},
    )
