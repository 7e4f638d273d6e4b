"""URLs that people give us are refused with a sentence, or kept in one normal form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.kit.addresses import networks
from store.kit.urls import BadUrl, check_website_url

LOCAL = networks(("127.0.0.0/8",))


@pytest.mark.parametrize(
    ("given_url", "kept"),
    [
        ("https://example.com", "https://example.com/"),
        ("  HTTP://EXAMPLE.com:80/About#team ", "http://example.com/About"),
        ("https://example.com:443/?a=1&b=ü", "https://example.com/?a=1&b=%C3%BC"),
        ("https://müller.example/größe", "https://xn--mller-kva.example/gr%C3%B6%C3%9Fe"),
        ("https://example.com/a%20b", "https://example.com/a%20b"),
        ("https://sub.example.co.uk./x", "https://sub.example.co.uk/x"),
        ("http://93.184.216.34/", "http://93.184.216.34/"),
        ("https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"),
    ],
)
def test_a_good_url_is_kept_in_one_form(given_url: str, kept: str) -> None:
    assert check_website_url(given_url) == kept


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        ("", "empty"), ("example.com", "http"), ("ftp://example.com/", "http"), ("javascript:alert(1)", "http"),
        ("http:example.com", "http"), ("file:///etc/passwd", "http"), ("https://user:pw@example.com/", "credentials"),
        ("https://user@example.com/", "credentials"), ("https://example.com/\x00", "control"),
        ("https://exa\nmple.com/", "control"), ("https://example.com/a b", "space"), ("https://example.com\\x", "backslash"),
        ("https://example.com:99999/", "port"), ("https://example.com:0/", "port"), ("https://example.com:x/", "port"),
        ("https://example.com:8080/", "ports"), ("https:///path", "host"), ("https://[::1", "read"),
        ("https://-bad-.example/", "valid"), ("https://a..b/", "valid"), ("https://" + "a" * 64 + ".com/", "valid"),
        ("https://example.com/" + "a" * 2048, "2048"), ("https://example.com/" + "ü" * 1000, "2048"),
        ("http://127.0.0.1/", "private"), ("http://127.1/", "private"), ("http://2130706433/", "private"),
        ("http://0x7f.1/", "private"), ("http://[::1]/", "private"), ("http://[::ffff:10.0.0.1]/", "private"),
        ("http://169.254.169.254/", "private"), ("http://192.0.0.8/", "private"), ("http://localhost/", "public"),
        ("http://printer.local/", "public"), ("http://intranet/", "public"), ("http://１２７.0.0.1/", "private"),
    ],
)  # fmt: skip
def test_a_bad_url_is_refused_with_a_sentence(bad: str, word: str) -> None:
    with pytest.raises(BadUrl) as caught:
        check_website_url(bad)
    assert word in caught.value.message
    assert caught.value.message.endswith(".")


def test_networks_that_are_let_through_may_use_any_port() -> None:
    assert check_website_url("http://127.0.0.1:8080", LOCAL) == "http://127.0.0.1:8080/"
    with pytest.raises(BadUrl):
        check_website_url("http://10.0.0.1:8080", LOCAL)


@given(st.text(max_size=80), st.booleans())
def test_any_text_gives_a_url_or_a_sentence(text: str, with_scheme: bool) -> None:
    try:
        kept = check_website_url("http://" + text if with_scheme else text)
    except BadUrl as error:
        assert error.message
    else:
        assert check_website_url(kept) == kept
        assert kept.isascii()
