"""Numbers of Japanese and Chinese: 6万4800, 3.5億, 一万二千, 三百, and years told by an era (令和3年) or digit by digit.

Numbers in characters alone count only before a counter, a unit or a currency: 一般 and 万能 hold none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipelines.perception.judge.lexicon import topic

_DIGIT = {
    char: value
    for value, chars in enumerate(("〇零", "一", "二两兩", "三", "四", "五", "六", "七", "八", "九"))
    for char in chars
}
_SMALL = {"十": 10.0, "百": 100.0, "千": 1000.0}
_LARGE = {"万": 1e4, "萬": 1e4, "億": 1e8, "亿": 1e8, "兆": 1e12}
_NUMERAL = "".join(_DIGIT) + "".join(_SMALL)
_FIRST = rf"(?:\d[\d,]*(?:\.\d+)?|[{_NUMERAL}]+)"
_MIXED = re.compile(
    rf"(?<![a-z0-9_.,/'])(?<!第)(?:{_FIRST} ?[千百十]?[万萬億亿兆] ?)+(?:{_FIRST}[千百]?)?|(?<![a-z0-9_.,/'])\d[\d,]*(?:\.\d+)? ?[千百](?![万萬億亿])"
)
_PLAIN = re.compile(rf"(?<![第数几幾\d{_NUMERAL}万萬億亿])(?!十分(?![間间钟鐘]))[{_NUMERAL}]+(?![{_NUMERAL}万萬億亿])")
_PIECE = re.compile(rf"(?P<digits>\d[\d,]*(?:\.\d+)?)|(?P<kanji>[{_NUMERAL}]+)|(?P<large>[万萬億亿兆])")
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867, "民国": 1911, "民國": 1911}
_ERA_YEAR = re.compile(rf"(?P<era>{'|'.join(_ERAS)}) ?(?P<year>元|\d{{1,2}}|[{_NUMERAL}]{{1,3}}) ?年(?! ?[間间])")
_SPELT_YEAR = re.compile(r"(?<![〇零一二三四五六七八九])[一二][〇零一二三四五六七八九]{3} ?年")
_ARTICLE = "一"  # 一家, 一位, 一款: an article as often as a number


def era_years(folded: str, start: int, end: int) -> Iterator[tuple[int, int, float]]:
    """令和3年 is 2021, 一九九八年 is 1998."""
    for match in _ERA_YEAR.finditer(folded, start, end):
        told = match["year"]
        count = 1 if told == "元" else int(told) if told.isdecimal() else kanji_value(told)
        yield match.start(), match.end(), _ERAS[match["era"]] + count
    for match in _SPELT_YEAR.finditer(folded, start, end):
        yield match.start(), match.end(), float("".join(str(_DIGIT[char]) for char in match[0] if char in _DIGIT))


def cjk_numbers(folded: str, start: int, end: int) -> Iterator[tuple[int, int, float]]:
    """Start, end and value of each number that is not written in digits alone."""
    if folded.isascii():
        return
    for match in _MIXED.finditer(folded, start, end):
        yield match.start(), match.start() + len(match[0].rstrip()), _value(match[0])
    for match in _PLAIN.finditer(folded, start, end):
        counter = _counter().match(folded, match.end(), end)
        if counter is None or (match[0] == _ARTICLE and not counter["time"]):
            continue
        yield match.start(), match.end(), kanji_value(match[0])


def _value(text: str) -> float:
    """6万4800: what stands before each large scale times it, and the rest."""
    total = current = 0.0
    last = ""
    for piece in _PIECE.finditer(text):
        if piece["digits"]:
            current = float(piece["digits"].replace(",", ""))
            last = "digits"
        elif piece["kanji"]:
            if last == "digits":
                for char in piece["kanji"]:
                    current *= _SMALL.get(char, 1.0)
            else:
                current = kanji_value(piece["kanji"])
            last = "kanji"
        else:
            total += (current or 1.0) * _LARGE[piece["large"]]
            current, last = 0.0, "large"
    return total + current


def kanji_value(text: str) -> float:
    """一千二百 is 1200; 二〇 is 20."""
    if not any(char in _SMALL for char in text):
        return float("".join(str(_DIGIT[char]) for char in text))
    total = current = 0.0
    for char in text:
        if char in _DIGIT:
            current = current * 10 + _DIGIT[char]
        else:
            total += (current or 1.0) * _SMALL[char]
            current = 0.0
    return total + current


@cache
def _counter() -> re.Pattern[str]:
    """What makes a number of the characters before it: a unit of time, a counter, a currency or a share."""
    table = topic("counters")
    time = "|".join(map(re.escape, sorted(table["time"], key=len, reverse=True)))
    listed = {*table["bare"], *(counter for counters in table["of"].values() for counter in counters)}
    other = "|".join(map(re.escape, sorted(listed, key=len, reverse=True)))
    return re.compile(
        rf"(?:(?P<time>{time})|余|多|数|(?:{other})|円|元|块|日元|欧元|美元|ユーロ|ドル|パーセント|成|割|分之)"
    )
