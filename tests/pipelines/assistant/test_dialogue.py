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


@pytest.mark.parametrize(
    "word", ["what does it cost?", "make it vintage", "hm", "is yes fine?", "no", "...", "?", "🙂", "thanks"]
)
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


def test_a_tool_that_is_misspelt_is_understood_unless_another_is_in_hand():
    assert talk("crate a logoo for my cofee shop pls").state.tool == "logo_maker"
    assert talk("I need a pallete of my photo").state.tool == "palette_extractor"
    assert talk("a qr code please", "Logoo").state.inputs == {"text": "Logoo"}


def test_several_wishes_are_taken_in_their_order():
    step = talk("I want a logo called Nova and a QR code for my bakery")
    done = dialogue.after_start(tools()["logo_maker"], "job_1", step.state, tools())

    assert step.reply.startswith("One thing at a time: first Logo Maker, then QR Code. I have what Logo Maker needs")
    assert done.suggestions[0] == "Use QR Code"
    assert talk("make a QR code for https://a.example, then resize my logo").state.tool == "qr_code"


@pytest.mark.parametrize("message", ["I do not want a logo", "no logo", "please don't make me a logo", "kein Logo"])
def test_what_is_not_wanted_is_not_begun(message):
    assert talk(message).state.tool is None


@pytest.mark.parametrize(
    "message", ["what does the logo maker cost", "I don't know", "how much is it", "no idea", "price"]
)
def test_a_question_is_no_name(message):
    assert talk("logo please", message).state.inputs == {}


def test_who_asks_for_the_price_is_told_it():
    assert talk("how much is a logo?").reply == "Logo Maker costs 10 credits. What's the name of your brand?"
    assert talk("logo please", "what does that cost").reply.startswith("Logo Maker costs 10 credits.")
    assert "QR Code (1 credit)" in talk("what are your prices?").reply


@pytest.mark.parametrize("name", ["What a Burger", "Don't Panic", "Notting Hill"])
def test_a_name_that_looks_like_a_question_is_a_name(name):
    assert talk("logo please", name).state.inputs["text"] == name


def test_words_within_a_name_choose_nothing():
    assert talk('create a logo named "Moon"').state.inputs == {"text": "Moon"}
    assert talk("a playful logo called Vintage House").state.inputs == {"text": "Vintage House", "style": "playful"}


def test_german_words_start_and_stop():
    assert talk("Ich brauche ein Logo für meine Bäckerei", "Bäckerei Müller", "Ja, mach das bitte").start
    assert talk("ein Logo bitte", "nein danke").state == State()


def test_what_is_suggested_after_a_start_is_understood_and_costs_nothing_by_itself():
    begun = dialogue.after_start(tools()["logo_maker"], "job_1", State(inputs={"text": "Nova"}), tools())
    status, again = (dialogue.step(one, begun.state, tools()) for one in begun.suggestions[-2:])

    assert "GET /v1/jobs/job_1" in status.reply
    assert again.reply.startswith("I have what Logo Maker needs (text: Nova). It costs 10 credits.")
    assert not again.start
    assert not dialogue.step("perfect", begun.state, tools()).start


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
