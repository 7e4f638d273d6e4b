"""One spelling per mailbox."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.accounts import email
from store.kit.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("user@example.com", "user@example.com"),
        (" User@Example.COM ", "user@example.com"),
        ("o'neil+news@mail.example.co.uk", "o'neil+news@mail.example.co.uk"),
        ("ada@münchen.de", "ada@xn--mnchen-3ya.de"),
        ("ops@localhost", "ops@localhost"),
    ],
)
def test_an_address_has_one_spelling(typed, kept):
    assert email.normal(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "@", "a@", "@b.c", "plain", "a b@c.d", "a@b c.d", "a@-b.c", "a@b-.c", "a@b..c", ".a@b.c", "a.@b.c", "a..b@c.d",
        "a@b.c\nBcc: x@y.z", "a@b.c\r\n", "a@b.c,d@e.f", "<a@b.c>", "é@b.c", "a@[127.0.0.1]", "a" * 65 + "@b.c",
        "a@" + "b" * 64 + ".c", "a@" + "b." * 150 + "c", "a\0@b.c", "a@b\0.c",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_by_field(typed):
    stripped = typed.strip()
    if stripped == "a@b.c":  # white space around an address is a slip, not an attack
        assert email.normal(typed) == "a@b.c"
        return
    with pytest.raises(InvalidInput) as refused:
        email.normal(typed)
    assert refused.value.fields["field"] == "email"


@given(st.text(max_size=60))
def test_a_normal_address_stays_as_it_is(text):
    found = email.find_normal(text)

    if found is not None:
        assert email.normal(found) == found
        assert found.isascii()
        assert found == found.lower()
        assert not any(letter.isspace() for letter in found)
