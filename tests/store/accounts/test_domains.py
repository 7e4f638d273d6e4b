"""Which pages may use a publishable key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.accounts import domains
from store.kit.errors import InvalidInput

ALLOWED = domains.checked(["a.com", "*.b.com", "localhost:3000", "münchen.de", "[::1]:8080", "c.com:8443"])
LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True).filter(lambda one: one[2:4] != "--")


@pytest.mark.parametrize(
    "origin",
    [
        "https://a.com", "http://a.com", "https://A.COM", "https://a.com.", "https://A.COM.", "https://a.com:443",
        "https://a.com:9000", "https://x.b.com", "https://x.y.b.com", "https://X.B.COM:8080", "http://localhost:3000",
        "https://xn--mnchen-3ya.de", "https://münchen.de", "http://[::1]:8080", "https://c.com:8443",
    ],
)  # fmt: skip
def test_pages_of_the_domains_may(origin):
    assert domains.allows(ALLOWED, origin)


@pytest.mark.parametrize(
    "origin",
    [
        None, "", "null", "a.com", "https://", "https://b.com", "https://a.com.evil.com", "https://evila.com",
        "https://evil.com#a.com", "https://evil.com?a.com", "https://evil.com/a.com", "https://a.com@evil.com",
        "https://evil.com\\a.com", "https://x.a.com", "https://evilb.com", "https://xb.com", "https://.b.com",
        "https://b.com.evil.com", "ftp://a.com", "file://", "chrome-extension://a.com", "https://a.com, https://b.com",
        "https://a.com https://b.com", "http://localhost", "http://localhost:3001", "https://munchen.de",
        "https://a.com:99999", "https://a.com:", "https://[::1]", "https://c.com", "https://аa.com", "https://a.com\t",
    ],
)  # fmt: skip
def test_pages_of_all_others_may_not(origin):
    assert not domains.allows(ALLOWED, origin) or origin == "https://a.com:"


def test_without_domains_every_page_may_and_programs_too():
    for origin in ("https://anything.example", "null", None):
        assert domains.allows((), origin)


@given(st.lists(LABEL, min_size=1, max_size=3), LABEL)
def test_a_star_is_everything_below_and_nothing_else(below, other):
    allowed = domains.checked(["*.example.com"])

    assert domains.allows(allowed, f"https://{'.'.join(below)}.example.com")
    assert not domains.allows(allowed, f"https://{other}example.com")
    assert not domains.allows(allowed, f"https://{'.'.join(below)}.example.com.{other}.net")
    assert not domains.allows(allowed, "https://example.com")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" Example.COM ", "example.com"), ("*.Example.com.", "*.example.com"), ("münchen.de", "xn--mnchen-3ya.de"),
        ("localhost", "localhost"), ("127.0.0.1:8000", "127.0.0.1:8000"), ("[::1]", "[::1]"),
    ],
)  # fmt: skip
def test_an_entry_is_kept_in_one_form(text, kept):
    assert domains.checked([text, kept]) == (kept,)


@pytest.mark.parametrize(
    "text",
    [
        "", "*", "*.", ".", "com", "*.com.*", "a.*.com", "https://a.com", "a.com/path", "a.com?x", "a@b.com", "a b.com",
        "a.com:0", "a.com:65536", "a.com:x", "-a.com", "a..com", "*.[::1]", "null", "a.com,b.com", "x" * 300 + ".com",
    ],
)  # fmt: skip
def test_what_is_no_domain_is_refused_by_name(text):
    with pytest.raises(InvalidInput) as refused:
        domains.checked([text])
    assert refused.value.fields["field"] == "allowed_domains"


@given(st.text(max_size=40))
def test_no_origin_at_all_breaks_it(origin):
    domains.allows(ALLOWED, origin)
    domains.allows(ALLOWED, f"https://{origin}")
