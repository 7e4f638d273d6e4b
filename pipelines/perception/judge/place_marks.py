"""Places told beside names, however: medals, "1st place: A", "auf Platz zwei B", "d'abord A, puis B", "第3位はC".

Each clause with one mark of a place and one tracked name gives a pair; the pairs rank when they count up from the first
or down to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipelines.perception.judge.layout import Block
from pipelines.perception.judge.names import Mention
from pipelines.perception.judge.text import Plain

_WORDS = {
    1: "one|eins|un|une|uno|een|um|jeden|first|erste[nrs]?|premiere?|primer[oa]?|prim[oa]|eerste|primeir[oa]|pierwsz\\w+|一|首",
    2: "two|zwei|deux|dos|due|twee|dois|dwa|second[oae]?|zweite[nrs]?|deuxieme|segund[oa]|tweede|drug(?:i|a|ie|im|iego|iej)|二",
    3: "three|drei|trois|tres|tre|drie|trzy|third|dritte[nrs]?|troisieme|tercer[oa]?|terz[oa]|derde|terceir[oa]|trzeci\\w*|三",
    4: "four|vier|quatre|cuatro|quattro|quatro|cztery|fourth|vierte[nrs]?|quatrieme|cuart[oa]|quart[oa]|vierde|czwart\\w+|四",
    5: "five|funf|cinq|cinco|cinque|vijf|piec|fifth|funfte[nrs]?|cinquieme|quint[oa]|vijfde|piat\\w+|五",
}
_NUMBER = r"\d{1,2}|" + "|".join(_WORDS.values())
_ORDINALS = (
    r"first|second|third|fourth|fifth|erste[nrs]?|zweite[nrs]?|dritte[nrs]?|vierte[nrs]?|premiere?|deuxieme|seconde|troisieme|quatrieme|primer[oa]?|segund[oa]|tercer[oa]?|cuart[oa]|prim[oa]|second[oa]|terz[oa]|quart[oa]"
    r"|eerste|tweede|derde|vierde|primeir[oa]|terceir[oa]|pierwsz\w+|drug(?:i|a|ie|im|iego|iej)|trzeci\w*|czwart\w+"
)
_PLACE = (
    r"(?:platz|rang|place|rank|number|no\.|nr\.|numero|nummer|plek|plaats|miejsce|posto|puesto|lugar|position|spot|#)"
)
_MARK = re.compile(
    r"(?P<medal>[\U0001f947\U0001f948\U0001f949])"
    r"|(?<![\w.,])(?P<suffixed>\d{1,2})(?:st|nd|rd|th|er|re|e|eme|\.?o|\.?a|\u00b0|\.?\u00ba|\.?\u00aa)(?![\w])"
    rf"|(?:{_PLACE}|\bop) ?(?P<after>{_NUMBER})(?!\w)"
    r"|\u7b2c ?(?P<dai>\d{1,2}|[\u4e00\u4e8c\u4e09\u56db\u4e94])|(?<!\d)(?P<rank>\d{1,2}) ?[\u4f4d\u540d]"
    r"|(?:(?<=[\s:(,])|^)\(?(?P<inline>\d{1,2})[.)] (?=\0)|(?:(?<=\n)|^)(?P<roman>i{1,3}|iv|v)[.)] (?=\0)"
    rf"|\b(?P<word>{_ORDINALS})(?= ?$| ?:|\.| (?:places?|choices?|picks?|spot|position|rank|option|platz|rang|stelle|wahl|choix|lugar|puesto|posto|posicion|opcion|scelta|plaats|plek|keuze|escolha|miejsc\w+|would|comes|is|ist|kommt|est|es|e|komt|a|al)\b| ?\0)"
    r"|\b(?P<top>winner|top spot|top pick|on top|comes top|leads|favou?rites?|favorit\w*|favori|favoriet\w*|ulubion\w*|best of all|am besten (?:ist|gefallt)|first choice|testsieger\w*|sieger\w*|an der spitze|spitzenreiter\w*|en tete|gagnant|ganador|a la cabeza|vincitore|in testa|winnaar|bovenaan|vencedor|no topo|na czele|zwyciezc\w+"
    r"|zuerst|zunachst|d'abord|primero|innanzitutto|eerst|najpierw|first of all)\b|(?P<best>\u9996\u9009|\u9996\u9078|\u4e00\u756a)"
    r"|\b(?P<up>runner-up|runners-up|zweitplatziert\w*)\b"
    r"|\b(?P<next>after that|ahead of|vor|devant|por delante de|davanti a|a frente de|przed|followed by|then|next|behind (?:it|that)|danach|dahinter|dann|gefolgt von|puis|ensuite|suivie?s? (?:de|par)|luego|despues|seguid[oa]s? (?:de|por|da)|poi|dopo|daarna|gevolgd door|depois|potem|nastepnie"
    r"|last|finally|lastly|zuletzt|schliesslich|enfin|finalement|por ultimo|infine|tot slot|ten slotte|por fim|na koncu)\b|(?P<nach>\u5176\u6b21|\u7136\u540e|\u63a5\u7740|\u6b21\u306b|\u7d9a\u3044\u3066|\u6700\u5f8c\u306b|\u6700\u540e)"
)
_EDGE = re.compile(
    r"[;,\n!?\u3001\uff0c\uff1b\u3002]|(?<!\d)(?<!no)(?<!nr)(?<!\bi)(?<!\bii)(?<!iii)(?<!\biv)(?<!\bv)\.(?= |$)| (?:and|und|et|y|e|en|i|oraz) "
)
_MEDALS = "\U0001f947\U0001f948\U0001f949"


def marked_places(blocks: Sequence[Block], plain: Plain, mentions: list[Mention]) -> dict[str, int]:
    """Names with the places that marks give them; nothing unless two or more count from or to the first place."""
    pairs: list[tuple[str, int]] = []
    for block in blocks:
        if block.kind != "row":
            pairs.extend(_pairs(block, plain, mentions))
    numbers = [number for _, number in pairs]
    rising = numbers == sorted(set(numbers)) and numbers[:1] == [1]
    falling = numbers == sorted(set(numbers), reverse=True) and numbers[-1:] == [1]
    if len(numbers) < 2 or not (rising or falling) or len({name for name, _ in pairs}) < len(pairs):
        return {}
    return dict(pairs)


def _pairs(block: Block, plain: Plain, mentions: list[Mention]) -> Iterator[tuple[str, int]]:
    named = [
        one for one in mentions if block.start <= one.start and one.end <= block.end and one.role in ("brand", "rival")
    ]
    if not named:
        return
    text = plain.folded[block.start : block.end]
    for one in named:  # "\0" stands for a tracked name, so that none is cut or read
        low, high = one.start - block.start, one.end - block.start
        text = text[:low] + "\0" * (high - low) + text[high:]
    last = 0
    low = 0
    for edge in [*(match.span() for match in _EDGE.finditer(text)), (len(text), len(text))]:
        number = _number_in(text[low : edge[0]], last)
        inside = [one for one in named if low <= one.start - block.start < edge[0]]
        if number:
            last = number
            if len(inside) == 1:
                yield inside[0].name, number
        low = edge[1]


def _number_in(clause: str, last: int) -> int:
    """The place that a clause tells, 0 without one; an explicit one before "then" and its like."""
    found = 0
    for match in _MARK.finditer(clause):
        group = str(match.lastgroup)
        if group in ("next", "nach"):
            found = found or (last + 1 if last else 0)
            continue
        return _number(group, match[group])
    return found


def _number(group: str, said: str) -> int:
    if group in ("top", "best"):
        return 1
    if group == "up":
        return 2
    if group == "medal":
        return _MEDALS.index(said) + 1
    if group == "roman":
        return {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}[said]
    if said.isdigit():
        return int(said)
    return next((number for number, words in _WORDS.items() if re.fullmatch(words, said)), 0)
