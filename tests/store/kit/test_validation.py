"""Sentences for wrong values, NUL characters and depth in JSON, and page cursors."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from store.kit import cursor
from store.kit.errors import InvalidInput, MissingField
from store.kit.validation import depth, find_nul, refusal

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


class Item(Struct):
    name: str


class Wish(Struct, forbid_unknown_fields=True):
    count: Annotated[int, Meta(ge=1, le=9)] = 1
    tag: Annotated[str, Meta(min_length=2, pattern="^a")] = "aa"
    kind: Literal["x", "y"] = "x"
    items: Annotated[list[Item], Meta(max_length=2)] = []
    flag: bool | None = None
    name: Annotated[str, Meta(pattern=r"\S", max_length=9)] = "a"


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ('{"count":"1"}', "count", "`count` must be an integer, not a string."),
        ('{"count":0}', "count", "`count` must be at least 1."),
        ('{"count":10}', "count", "`count` must be at most 9."),
        ('{"tag":"a"}', "tag", "`tag` must have at least 2 characters."),
        ('{"tag":"bb"}', "tag", "`tag` does not have the form that is asked for."),
        ('{"name":" "}', "name", "`name` must not be blank."),
        ('{"kind":"z"}', "kind", "`kind` does not know the value 'z'."),
        ('{"items":[{"name":"a"},{}]}', "items[1].name", "`items[1].name` is required."),
        ('{"items":[{"name":1}]}', "items[0].name", "`items[0].name` must be a string, not an integer."),
        ('{"items":[{"name":"a"},{"name":"a"},{"name":"a"}]}', "items", "`items` must have at most 2 items."),
        ('{"flag":1}', "flag", "`flag` must be true or false or null, not an integer."),
        ('{"other":1}', "other", "`other` is not a known field."),
        ("[]", None, "The body must be an object, not a list."),
    ],
)
def test_a_complaint_becomes_a_sentence_and_a_field(body, field, sentence):
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(body, type=Wish)

    error = refusal(caught.value, whole="the body")

    assert (error.message, error.fields.get("field")) == (sentence, field)
    assert isinstance(error, MissingField) == ("required" in sentence)


def test_a_part_s_complaint_names_the_path_from_the_whole():
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode('{"items":[{"name":1}]}', type=Wish)

    assert refusal(caught.value, whole="input", within="input").fields == {"field": "input.items[0].name"}


@given(VALUES)
def test_a_nul_is_found_where_and_only_where_there_is_one(value):
    assert (find_nul(value) is not None) == ("\\u0000" in json.dumps(value).replace("\\\\", ""))


@given(VALUES, st.integers(0, 30))
def test_depth_counts_each_level(value, levels):
    for _ in range(levels):
        value = [value]

    assert depth(value) >= levels
    assert depth([value]) == depth(value) + 1


@given(st.text(max_size=100))
def test_a_cursor_comes_back_as_it_was_given(place):
    assert cursor.decode("jobs", cursor.encode("jobs", place), str) == place


@given(st.text(max_size=600))
def test_a_made_up_cursor_is_refused_by_name(text):
    with pytest.raises(InvalidInput) as caught:
        cursor.decode("jobs", text, str)

    assert caught.value.fields == {"field": "cursor"}


def test_a_cursor_of_another_listing_is_refused():
    with pytest.raises(InvalidInput, match="another listing"):
        cursor.decode("jobs", cursor.encode("brands", "a"), str)
