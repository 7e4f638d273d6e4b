"""Bytes to text: the mark at their beginning, UTF-8, then what the letters suggest. Raises Unreadable otherwise."""

from __future__ import annotations

import codecs
import re

import filetype
from charset_normalizer import from_bytes

from pipelines.knowledge.reading.blocks import Unreadable
from pipelines.knowledge.reading.tongues import likeliest

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 200_000  # bytes that a guess looks at
_ODD_SHARE = 0.01  # control characters in what is text
_NEVER = re.compile("[\\x00-\\x08\\x0b\\x0e-\\x1f\\x7f\ufffd]")
# Alphabets of one byte differ in a few accents; which of them it is, the language says.
_CODE_PAGES = {
    **dict.fromkeys(["pl", "cs", "sk", "hu", "sl", "hr", "ro", "sq"], "cp1250"),
    **dict.fromkeys(
        ["en", "es", "fr", "de", "it", "pt", "nl", "sv", "da", "no", "nb", "fi", "ca", "is", "ga", "eu", "id"], "cp1252"
    ),
    "tr": "cp1254",
}
_LATIN = frozenset({"cp1250", "cp1252", "cp1254", "cp1257", "latin_1", "hp_roman8", "mac_roman", "mac_latin2"}) | {
    f"iso8859_{number}" for number in (2, 3, 4, 9, 10, 13, 14, 15, 16)
}
_DOS = frozenset({"cp437", "cp775", "cp850", "cp852", "cp857", "cp858", "cp860", "cp861", "cp863", "cp865"})
_ACCENTS_FROM = 0xC0  # where Windows has its accented letters; DOS had them below


def text_of(data: bytes) -> str:
    """The text, line ends as `\\n`. Raises Unreadable (`wrong_type` for binary data, `unknown_charset`)."""
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    sample = text[:_SAMPLE]
    if len(_NEVER.findall(sample)) > _ODD_SHARE * len(sample):
        raise _not_text(data)
    return _NEVER.sub("", text)


def _decoded(data: bytes) -> str:
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return data.decode(charset, "replace")
    if data.count(0, 0, _SAMPLE):
        half = _utf_16_without_mark(data)
        if half is None:
            raise _not_text(data)
        return data.decode(half, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass  # then it is in an older charset
    best = from_bytes(data[:_SAMPLE]).best()
    if best is None:
        raise Unreadable(
            "unknown_charset", "The file's character encoding cannot be told. Save it as UTF-8 and upload it again."
        )
    return data.decode(_by_language(data, best.encoding), "replace")


def _by_language(data: bytes, guess: str) -> str:
    if guess in _DOS:
        high = [byte for byte in data[:_SAMPLE] if byte >= 0x80]
        if sum(byte >= _ACCENTS_FROM for byte in high) * 2 < len(high):
            return guess
    elif guess not in _LATIN:
        return guess
    language = likeliest(data[:_SAMPLE].decode("cp1252", "replace"))
    return _CODE_PAGES.get(language or "", guess)


def _utf_16_without_mark(data: bytes) -> str | None:
    """Latin text in UTF-16 has a zero in every other byte."""
    sample = data[: _SAMPLE // 2 * 2]
    if len(sample) < 4:
        return None
    even, odd = sample[::2].count(0) * 2 / len(sample), sample[1::2].count(0) * 2 / len(sample)
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.1 else None


def _not_text(data: bytes) -> Unreadable:
    found = filetype.guess(data[:8192])
    seems = f" They look like {found.extension.upper()}." if found else ""
    return Unreadable("wrong_type", f"The name says text, the bytes are none.{seems}")
