"""How keys are written, told apart from guesses, and what they give away."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.accounts import key_text

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("kind", "mode", "start"),
    [("secret", "live", "sk_live_"), ("secret", "test", "sk_test_"), ("publishable", "live", "pk_live_")],
)
def test_a_key_says_its_kind_and_mode_and_finds_its_row(kind, mode, start):
    key = key_text.mint(kind, mode)

    assert re.fullmatch(start + r"[0-9A-Za-z]{10}_[0-9A-Za-z]{49}", key.text)
    assert key_text.public_id(key.text) == key.public_id
    assert key.sha256 == hashlib.sha256(key.text.encode()).digest()
    assert key.last4 == key.text[-4:]


@given(data=st.data())
def test_a_key_with_one_other_letter_is_no_key(data):
    text = key_text.mint("secret", "live").text
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from(ALPHABET + "_").filter(lambda one: one != text[place]))

    assert key_text.public_id(text[:place] + letter + text[place + 1 :]) is None


@given(st.text(max_size=100))
def test_any_other_text_is_no_key(text):
    assert key_text.public_id(text) is None


def test_a_masked_key_shows_nothing_of_its_secret_but_the_end():
    key = key_text.mint("secret", "live")

    shown = key_text.masked(kind="secret", mode="live", public_id=key.public_id, last4=key.last4)

    assert shown == f"sk_live_{key.public_id[:4]}…{key.last4}"
