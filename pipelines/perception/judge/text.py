"""An answer's characters: Markdown taken off, typographic forms unified, and the way back to where each one stood.

Everything after this works on `Plain.text` and `Plain.folded`, which have one length; `Plain.quote` gives the answer's
own characters for a span, so that evidence is verbatim. Every pattern is bounded: hostile texts cost linear time.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

LONGEST = 30_000  # characters that are judged, some 5,000 words; no assistant answers at such length
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d"
_FORMS = {
    **dict.fromkeys(map(ord, _HYPHENS), "-"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4\uff07"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\uff02"), '"'),
    **dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u200a\u3000\t\r\x0b\x0c\u2028\u2029\x85"), " "),
}
_MARKUP = re.compile(
    r"(?P<drop>!\[[^\[\]\n]{0,300}\]\([^()\n]{0,800}\)"  # pictures
    r"|\[\[?\^?\d{1,3}\]?\](?:\([^()\s]{0,800}\))?"  # citations
    r"|\u3010\d[^\u3010\u3011\n]{0,60}\u3011"
    r"|https?://[^\s<>()\[\]\u3000-\u30ff\u4e00-\u9fff]{1,800}"
    r"|</?[a-zA-Z][^<>\n]{0,200}>"
    r"|~~[^~\n]{1,300}~~"  # struck out: no longer said
    r"|\*{1,3}|(?<![^\W_])_{1,3}(?=[^\W_])|(?<=[^\W_])_{1,3}(?![^\W_])|`{1,3}"
    r"|[\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\ufe0f\u20e3]"
    r"|\\(?=[*_#\[\]()~`>.$-]))"
    r"|\[(?P<label>[^\[\]\n]{1,300})\]\((?:[^()\n]{0,800})\)"  # links: their words stay
    r"|(?P<entity>&(?:amp|nbsp|euro|pound|yen|quot|apos|lt|gt|#39|#x27);)"
)
_ENTITIES = {"&amp;": "&", "&nbsp;": " ", "&euro;": "\u20ac", "&pound;": "\u00a3", "&yen;": "\u00a5", "&lt;": "<"}
_ENTITIES |= {"&gt;": ">", "&quot;": '"', "&apos;": "'", "&#39;": "'", "&#x27;": "'"}
_NOT_WORD = re.compile(r"[^\w]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class _Forms(dict[int, str]):
    """One character to one character; what has no single compatible form stays."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        wanted = _FORMS.get(code)
        if wanted is None:
            plain = unicodedata.normalize("NFKC", char) if code > 127 else char
            wanted = plain if len(plain) == 1 else char
        self[code] = wanted
        return wanted


class _Folds(dict[int, str]):
    """Lower case without accents, one to one."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        base = unicodedata.normalize("NFD", char)[0] if 0xC0 <= code < 0x2000 else char
        lower = base.lower()
        wanted = {"ø": "o", "ł": "l", "đ": "d", "ı": "i"}.get(lower, lower if len(lower) == 1 else base)
        self[code] = wanted
        return wanted


_forms, _folds = _Forms(), _Folds()


def unify(text: str) -> str:
    """Curly quotes, dashes, odd spaces and full-width forms in their plain shape; same length."""
    return text.translate(_forms)


def fold(text: str) -> str:
    """`unify`, lower case, accents off; same length."""
    return text.translate(_forms).translate(_folds)


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """A comparison key: folded words, single spaces."""
    return _NOT_WORD.sub(" ", fold(text)).replace("_", " ").strip()


def spoken(name: str) -> str:
    """The words of a program's name: "foundedYear" and "founded_year" -> "founded year"."""
    return key(_CAMEL.sub(" ", name).replace("_", " ").replace("-", " ").replace(".", " "))


@lru_cache(maxsize=16384)
def crude_stem(word: str) -> str:
    """A crude stem of a folded word, enough to join "properties" with "property"."""
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        word = word[:-1]
    return word[:6]


def is_cjk(char: str) -> bool:
    return "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3"


@dataclass(slots=True)
class Plain:
    """`text[i]` came from `original[origin[i]]`; `folded` has the same length as `text`."""

    original: str
    text: str = ""
    folded: str = ""
    origin: list[int] = field(default_factory=list)

    def quote(self, start: int, end: int) -> tuple[str, int, int]:
        """The answer's own characters for a span of `text`, without spaces and lone marks at its ends."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        if start >= end:
            return "", 0, 0
        first, last = self.origin[start], self.origin[end - 1] + 1
        return self.original[first:last], first, last


class Writer:
    """Builds a Plain piece by piece."""

    def __init__(self, original: str) -> None:
        self._original = original
        self._parts: list[str] = []
        self._origin: list[int] = []

    @property
    def length(self) -> int:
        return len(self._origin)

    def inline(self, start: int, end: int) -> tuple[int, int]:
        """Appends original[start:end] without its inline markup; the span it has now."""
        begin = self.length
        place = start
        for mark in _MARKUP.finditer(self._original, start, end):
            self._copy(place, mark.start())
            place = mark.end()
            if mark["label"] is not None:
                self.inline(mark.start("label"), mark.end("label"))
            elif mark["entity"]:
                self._parts.append(_ENTITIES[mark["entity"]])
                self._origin.append(mark.start())
            elif mark[0][0] == "<" and mark[0][1:3].lower() == "br":
                self.newline(mark.start())
        self._copy(place, end)
        return begin, self.length

    def newline(self, place: int) -> None:
        self._parts.append("\n")
        self._origin.append(place)

    def done(self) -> Plain:
        text = unify("".join(self._parts))
        return Plain(self._original, text, text.translate(_folds), self._origin)

    def _copy(self, start: int, end: int) -> None:
        if end > start:
            self._parts.append(self._original[start:end])
            self._origin.extend(range(start, end))
