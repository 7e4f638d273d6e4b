"""Who founded and who leads, in Japanese and Chinese: roles stand before a name with は or 是, behind it with が or 担任.

Names in kana are held against a fact's by their sound: "ヨースト・フェルハーヘン" can be Joost Verhagen.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

from pipelines.perception.judge.text import fold

KANA_NAME = re.compile(
    r"(?<![\u30a1-\u30fa\u30fc\u30fb])[\u30a1-\u30fa\u30fc]{1,12}(?:[\u30fb=][\u30a1-\u30fa\u30fc]{1,14}){1,3}(?=[^\u30a1-\u30fa\u30fc\u30fb]|$)"
)
_NOUN_ENDS = "者人长長官裁席監役事师師"
_TIME = r"(?:(?:于|於|在)? ?\d{4} ?年(?:\d{1,2}月)?に?)"
_BEFORE = re.compile(
    r"^(?:は|が|を務めるのは|を務めている|である|の|是|为|為|由|叫|名叫|现任|目前|现在|現在|氏|目前是|,|、|:|\"|「|\(| |社長|兼CEO|兼ceo)*$"
)
_HONORIFIC = r"(?:\([^()]{1,40}\))? ?(?:氏|さん|先生|女士|博士|教授)?"
_HOLDS = re.compile(
    rf"^{_HONORIFIC}(?:が|は|も|,|、|\(|现|現|目前|现在|現在|出|担任|擔任|任|是|为|為|の|同社|该公司|公司|{_TIME}|\0| )*$"
)
_FOUNDS = re.compile(
    rf"^\)?{_HONORIFIC}(?:が|は|と|,|、|によって|により|らが|ら|等人|共同|{_TIME}|\0|所|一手|を| )*(?:(?<=が)[^、。,]{1, 14}で)?$"
)
_BY = re.compile(r"由 ?(?:[\u3400-\u9fff\u30a1-\u30fc·・]{1,18}\()?$")
_WHO_BEGAN = re.compile(r"^(?:た|し|した|しました)?(?:の|人|人物|方)?(?:は|が|,|、| )*$")
_LIKE, _UNLIKE = 0.62, 0.45
_LONGEST = 28


def cost_of(role: str, said: str, gap: str, *, behind: bool, opening: str) -> float | None:
    """How far a role stands from a name over `gap`; None when it is not said of it."""
    if len(gap) > _LONGEST:
        return None
    is_noun = role != "founder" or said[-1:] in _NOUN_ENDS
    if not behind and not is_noun and _WHO_BEGAN.match(gap) and re.search("は|が", gap):
        return float(len(gap))
    if not behind:
        return float(len(gap)) if is_noun and _BEFORE.match(gap) else None
    if is_noun:
        return len(gap) + 1.0 if _HOLDS.match(gap) else None
    told = _FOUNDS.match(gap) and (_BY.search(opening) or re.search(r"が|は|によ|ら|所", gap) or "\0" in gap)
    return len(gap) + 1.0 if told else None


def sounds_like(kana: str, name: str) -> bool | None:
    """Whether a name in kana is a name in Latin letters; None when it is hard to say."""
    first, second = _skeleton(_romanised(kana)), _skeleton(fold(name))
    ratio = _ratio(first, second)
    if ratio >= _LIKE:
        return True
    parts, others = re.split(r"[\u30fb=]", kana), fold(name).split()
    ends = [(parts[0], others[0]), (parts[-1], others[-1])]
    near = any(_ratio(_skeleton(_romanised(one)), _skeleton(other)) >= _LIKE for one, other in ends)
    return None if ratio >= _UNLIKE and near else False


def _ratio(first: str, second: str) -> float:
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


@lru_cache(maxsize=1024)
def _romanised(kana: str) -> str:
    """The letters that Unicode's names of kana give: ペ is PE."""
    found = []
    for char in kana:
        letters = unicodedata.name(char, "").rpartition("LETTER ")[2].split()
        found.append(letters[-1].lower() if letters and char not in "\u30fc\u30fb" else " ")
    return "".join(found)


_SOUNDS = str.maketrans(
    {"l": "r", "v": "b", "f": "h", "c": "k", "q": "k", "z": "s", "j": "s", "w": "u", "p": "b", "d": "t", "g": "k"}
)


def _skeleton(text: str) -> str:
    """Consonants as kana tells them apart, doubled ones once."""
    text = (
        text.replace("ph", "f")
        .replace("sch", "s")
        .replace("sh", "s")
        .replace("ch", "k")
        .replace("x", "ks")
        .replace("th", "t")
    )
    plain = re.sub(r"[^a-z]", "", text).translate(_SOUNDS)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouy]", "", plain) or plain)
