"""Where the brand is, told without a word for a seat: "you'll find … in Alicante", "an eye clinic in Alicante", "a Rotterdam company"."""

from __future__ import annotations

import re
from functools import cache

from pipelines.perception.judge.lexicon import topic
from pipelines.perception.judge.reading import Unit

_NAME = "\0"
_IN = r"(?:in|at|en|a|au|aux|em|na|no|nel|nella|ad|te|w|we|im|near|just outside)(?: (?:the|der|den|la|le|el|il|city of|town of|ville de|ciudad de|citta di|cidade de|stad))?"
_ADVERB = r"(?:also|now|today|still|right|centrally|currently|heute|derzeit|noch|mitten|aujourd'hui|actualmente|hoy|oggi|nu|hoje|atualmente|obecnie|dzis)"
_IS = (
    r"(?:is|are|ist|sind|est|sont|esta|es|e|is|jest|sits|lies|stands|resides|liegt|steht|sitzt|befindet sich|se trouve|se situe|se encuentra|se ubica|queda|si trova|sorge|ligt|staat|zit"
    r"|bevindt zich|fica|situa-se|localiza-se|encontra-se|znajduje sie|lezy|miesci sie|dziala)"
)
_ARTICLE = r"(?:an?|eine?|une?|una?|uno|een|uma?)"
_FIND = r"(?:you(?:'ll| will| can)? find|finden sie|findet man|findet sich|findest du|on trouve|vous trouverez|encontrara[s]?|se puede encontrar|si puo trovare|trovi|trovate|vind je|vindt u|encontra-se|voce encontra|znajdziesz)"
_JAPANESE = re.compile(
    r"^(?:市|県|府|都|州|町)?(?:にある|に位置する|に所在する|を拠点|に拠点|に本拠|に構える|発の|生まれの)"
)


@cache
def _kinds() -> str:
    words = {word for listed in topic("organisations")["any"] for word in listed}
    return (
        "(?:" + "|".join(re.escape(word).replace(r"\*", r"\w*") for word in sorted(words, key=len, reverse=True)) + ")"
    )


@cache
def _before() -> re.Pattern[str]:
    kind = _kinds()
    return re.compile(
        rf"(?:{_FIND} (?:\w+ )?{_NAME}+(?: [\w-]+)?"
        rf"|{_NAME}+(?: [\w-]+)? {_IS}(?: {_ADVERB})?"
        rf"|{_NAME}+(?:,| -|:)? (?:(?:is|ist|est|es|e|jest|era|was|war|etait|isn't just) )?{_ARTICLE} (?:[\w'-]+,? ){{0,4}}?{kind}(?: [\w-]+)?"
        rf"|^\W*{_NAME}+ ?(?:[-,:]|\()) {_IN} $"
        rf"|{_NAME}+(?: [\w-]+)? (?:se trouve|est|se situe) a $"
    )


@cache
def _behind() -> re.Pattern[str]:
    return re.compile(rf" (?:[\w-]+ )?{_kinds()}\b")


_ONE = re.compile(rf"{_NAME}+(?:,| is| remains| was|:) (?:an?|the|your|this) (?:[\w-]+ )?$")
_CALLS = re.compile(rf"{_NAME}+ (?:\w+ )?calls? $")
_STEERED = re.compile(
    rf"\b(?:gesteuert|gefuhrt|geleitet|betrieben|arbeitet|agiert|operiert|verwaltet)\b[^.;]*{_NAME}?[^.;]* von $"
)


def tells_place(unit: Unit, folded: str, start: int, end: int) -> bool:
    """Whether text[start:end] is where the brand is, by how it stands beside its name."""
    named = [mention for mention in unit.mentions if mention.role == "brand"]
    if not named:
        return False
    text = list(folded[unit.start : start])
    for mention in named:
        if mention.end <= start:
            low, high = mention.start - unit.start, mention.end - unit.start
            text[low:high] = _NAME * (high - low)
    before, after = "".join(text)[-120:], folded[end : min(unit.end, end + 40)]
    if _NAME not in before:
        return False
    return (
        _before().search(before) is not None
        or (_ONE.search(before) is not None and _behind().match(after) is not None)
        or (_CALLS.search(before) is not None and after.startswith(" home"))
        or (_STEERED.search(before) is not None and after.startswith(" aus"))
        or (before.endswith(_NAME + "は") and _JAPANESE.match(after) is not None)
    )
