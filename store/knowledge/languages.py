"""How words are cut: the text search configuration of a language, and pairs of letters where words have no spaces.

Both sides go through here, what is indexed and what is asked, else they would not meet.
"""

from __future__ import annotations

import re

CONFIGS = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch", "en": "english",
    "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi", "hu": "hungarian",
    "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "es": "spanish", "sv": "swedish",
    "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
PLAIN = "simple"  # lower case, no stems, no stop words: for every other language, and for text that is in none
# Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese: runs of letters in which no space parts the words
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+"
)

# The configuration of the row's `language`, as SQL; its words are constants of this module.
CONFIG_SQL = (
    "(CASE language " + " ".join(f"WHEN '{code}' THEN '{name}'" for code, name in CONFIGS.items()) + f" ELSE '{PLAIN}'"
    " END)"
)


def config_of(language: str | None) -> str:
    """The configuration by which a language's words are cut."""
    return CONFIGS.get(language or "", PLAIN)


def spaced(text: str) -> str:
    """`text` with each run of unspaced letters as its overlapping pairs: 東京都 -> 東京 京都. Other text stays as it is."""
    return _UNSPACED.sub(_pairs, text)


def _pairs(run: re.Match[str]) -> str:
    letters = run.group()
    if len(letters) < 2:
        return f" {letters} "
    return " " + " ".join(letters[place : place + 2] for place in range(len(letters) - 1)) + " "
