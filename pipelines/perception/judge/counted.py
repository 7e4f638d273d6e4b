"""What a number counts in Japanese and Chinese: by its counter, by the word behind it, or by its topic before it.

"1200名の社員", "12,400名学生" count what follows; "社員は約1200名", "学生约12,400名", "受講生：64,000人" what went before.
"""

from __future__ import annotations

import re
from functools import cache

from pipelines.perception.judge.lexicon import Token, in_both_scripts, topic
from pipelines.perception.judge.number_forms import Number
from pipelines.perception.judge.senses import SENSE, is_sense, stem
from pipelines.perception.judge.text import is_cjk

_CLAUSE = re.compile(r"[、，,。;；!?！？|\n]")
_REACH = 30  # characters before a number in which its topic stands
_NEAR = 3  # characters between a counter and the word behind it: 的, の, 多家
_MOST = 3
PEOPLE = SENSE + "people"


def counted_in_runs(folded: str, tokens: list[Token], number: Number, end: int) -> list[str]:
    """Senses and stems of what is counted, none where neither a counter nor a run is near."""
    beside = folded[max(number.start - 2, 0) : number.start] + folded[number.end : number.end + 2]
    counter = _counters().match(folded, number.end, end) if any(map(is_cjk, beside)) else None
    if counter is None:
        return []
    told = [SENSE + sense for sense in (_senses().get(counter["of"] or ""),) if sense]
    behind = [token for token in tokens if counter.end() <= token.start <= counter.end() + _NEAR]
    if behind and not _CLAUSE.search(folded, counter.end(), behind[0].start):
        said = stem(behind[0].word)
        if is_sense(said) or (not told and folded[counter.end() : behind[0].start] in ("の", "的", "")):
            return [said, *told]
    if told and told[0] != PEOPLE:
        return told
    low = max(number.start - _REACH, 0)
    for edge in _CLAUSE.finditer(folded, low, number.start):
        low = edge.end()
    before = [stem(token.word) for token in tokens if low <= token.start and token.end <= number.start]
    named = [said for said in before if is_sense(said)][-_MOST:]
    return named[::-1] or before[-1:] or told


@cache
def _senses() -> dict[str, str]:
    return {counter: sense for sense, listed in topic("counters")["of"].items() for counter in in_both_scripts(listed)}


@cache
def _counters() -> re.Pattern[str]:
    table = topic("counters")
    of = "|".join(map(re.escape, sorted(_senses(), key=len, reverse=True)))
    bare = "|".join(map(re.escape, sorted(in_both_scripts(table["bare"]), key=len, reverse=True)))
    return re.compile(rf" ?(?:余り|余|多)? ?(?:(?P<of>{of})|(?:{bare}))?(?=[^a-z0-9]|$)")
