"""What the transcript cleaner takes away, and what it must leave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.clients import sandboxed
from pipelines.clients.sandboxed import Limits, Refused
from pipelines.tools.transcript_cleaner import Turn, clean, paragraphs

SRT = """1
00:00:01,000 --> 00:00:03,000
<i>Um, hello</i> everyone

2
00:00:03,000 --> 00:00:05,000
Um, hello everyone
and w- welcome [music]
"""
SAID = "um, Grüße aus Köln"
VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada Lovelace>Good morning\n\n00:02.000 --> 00:03.000\n<v Bob>uh, hi\n"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("um, so I I think, you know, we should uh start", "So I think we should start."),
        ("do you know what i mean?", "Do you know what I mean?"),
        ("I had had enough of that kind of thing", "I had had enough of that kind of thing."),
        ("Hamburg is, er, north . It rains", "Hamburg is north. It rains."),
        ("I mean, it works", "It works."),
        ("[00:12] the umbrella", "The umbrella."),
        ("at 10:30 in the hall", "At 10:30 in the hall."),
    ],
)
def test_noise_goes_and_meaning_stays(raw, said):
    assert clean(raw) == [Turn(None, said)]


def test_captions_are_joined_without_their_codes():
    assert clean(SRT) == [Turn(None, "Hello everyone and welcome.")]
    assert clean(VTT) == [Turn("Ada Lovelace", "Good morning."), Turn("Bob", "Hi.")]


def test_turns_of_one_speaker_are_one():
    assert clean("ADA: one\nADA: two\nBOB: three") == [Turn("ADA", "One two."), Turn("BOB", "Three.")]


@given(st.text(max_size=300))
def test_any_text_can_be_cleaned_and_cleaned_text_stays(raw):
    once = clean(raw)

    assert all(turn.text for turn in once)
    assert [part for turn in once for part in paragraphs(turn.text, 3)] or not once


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_the_child_that_opens_nothing(encoding):
    order = {"inputs": {"file_id": "file_1"}, "sources": {"file_id": {"name": "a.txt", "data": SAID.encode(encoding)}}}

    made = sandboxed.run("pipelines.tools.transcript_cleaner:TOOL", order, limits=Limits(threads=True))

    assert made["facts"]["text"] == "Grüße aus Köln.\n"


@pytest.mark.parametrize("data", [b"a\0b", b"a\0\xff", b"\xff\xfe\x00\xd8"])
def test_a_file_that_is_no_text_is_refused_in_the_child(data):
    order = {"inputs": {"file_id": "file_1"}, "sources": {"file_id": {"name": "a.txt", "data": data}}}

    with pytest.raises(Refused, match="not a text"):
        sandboxed.run("pipelines.tools.transcript_cleaner:TOOL", order, limits=Limits(threads=True))
