"""The place of each tracked name where an answer ranks: numbered or bulleted lists, headings, table rows, prose.

A list ranks when its entries open with different names. Steps, features of one brand and comparisons by column do not.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from pipelines.perception.judge.layout import Block, Layout
from pipelines.perception.judge.names import Mention
from pipelines.perception.judge.place_marks import marked_places
from pipelines.perception.judge.ranking_prose import enumerated, ordinal_places
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.tables import tables_of
from pipelines.perception.judge.text import Plain, fold
from pipelines.perception.records import BrandFacts

_RECOMMENDS = re.compile(
    r"\b(?:best|top|recommend\w*|suggest\w*|favou?rites?|picks?|shortlist|rank|rate (?:the|these|them)|ranking|ranked|choose|choosing|should i|should we|worth|good (?:options?|choices?|alternatives?)|options? (?:include|are)|popular|leading|alternatives?"
    r"|solid options|consider|look at|try|where (?:can|should|do) i|which .{2,60}(?:buy|use|book|visit|pick|try)|beste[nrs]?|empfehl\w*|favorit\w*|empfehlenswert\w*|welche\w*|alternativen|beliebt\w*|meilleure?s?|recommand\w*|conseill\w*|choisir|quels?|quelles?"
    r"|mejor(?:es)?|recomend\w*|recomiend\w*|preferid\w*|destacad\w*|cuales|que .{2,40} elegir|miglior[ei]?|consigli\w*|raccomand\w*|quali|aanbevol\w*|aanrad\w*|aanbevel\w*|welke|melhor(?:es)?|quais|que .{2,40} (?:devo|visitar|escolher)|principais|classement|rangliste|ranglijst|classific\w*|clasificacion|stand out|standouts?|ragen heraus|heben sich ab|se distinguent|sortent du lot|sobresalen|spiccano|si distinguono|springen eruit|destacam-se|se destacam|wyrozniaj\w*|(?:best|strongest|favou?rite|top|most [a-z]+) first|consideraria|visitaria|considererais|polec\w+|najleps\w+|(?:in|por|nesta|dans|en|w|di) (?:this|dieser|cet|este|esta|quest[oa]|deze|tej) (?:order|reihenfolge|ordre|orden|ordem|ordine|volgorde|kolejnosci)|(?:order|ordem|orden|ordre|ordine) (?:of|de|di) preferen\w+)\b|おすすめ|最高|最好|推荐|首选|人気|排名|排行|ランキング"
)
_CHOOSES = re.compile(
    r"\b(?:choices?|picks?|recommend\w*|rank\w*|rate|place|prefer\w*|wahl|platz|empfehl\w*|choix|opcion|puesto|scelta|posto|keuze|plaats|escolha|lugar|i'd put|i would put)\b"
)
_COMPARES = re.compile(
    r"\b(?:overview|key facts|at a glance|profiles?|compare|compared|comparing|comparison|versus|vs|difference|differences|in no particular order|alphabetical\w*|timeline|history|side by side|side-by-side|figures"
    r"|uberblick|vergleich\w*|ohne bestimmte reihenfolge|alphabetisch\w*|steckbrief|apercu|comparer|comparaison|comparatif|sans ordre|resumen|comparar|comparacion|comparativa|sin orden|panoramica|confront\w*|senza un ordine|overzicht|vergelijk\w*|visao geral|comparacao|comparar|sem ordem)\b"
)
_UNORDERED = re.compile(
    r"\balphabetical\w*|\bin no (?:particular|special|specific) order|\bsorted by name|\bin keiner (?:bestimmten|besonderen) reihenfolge|\bohne (?:bestimmte )?(?:reihenfolge|wertung)|\balphabetisch\w*|\bordre alphabetique|\bsans ordre|\bsin (?:un )?orden|\borden alfabetico|\bordine alfabetico|\bsenza (?:un )?ordine|\balfabetische volgorde|\bwillekeurige volgorde|\bordem alfabetica|\bsem ordem|\balfabetyczn\w*|\bkolejnosc\w* przypadkow\w*|\u9806\u4e0d\u540c|\u4e94\u5341\u97f3\u9806|\u4e0d\u5206\u5148\u540e|\u6309\u5b57\u6bcd"
)
_NO_RANKING = re.compile(
    r"(?:, |\()(?:and )?(?:not a ranking|no ranking|kein ranking|keine rangliste|pas un classement|no un ranking|non una classifica|geen ranglijst|nao um ranking|a nie ranking)\b|\b(?:this|the list|the order) (?:is|was) (?:a comparison|not a ranking|no ranking|not a recommendation|alphabetical)|(?:dies|das) ist (?:ein vergleich|keine rangliste|keine empfehlung)|ceci n'est pas un classement|no es un ranking|non e una classifica|dit is geen ranglijst|nao e um ranking"
)
_LABEL = re.compile(
    r"^[^\w]{0,4}(?:(?:the )?(?:best|overall|top|runner|winner|pick|value|budget|premium|favou?rite|for\b|most|great|good|choice|beste|meilleur|mejor|miglior|melhor|fur\b|pour\b|para\b|per\b|voor\b)[^\n.!?]{0,50}?(?::|\s-{1,2}\s))?[\s\"'(]*(?:the |die |der |das |le |la |el |il |het |de )?$",
    re.IGNORECASE,
)
_ANY_LABEL = re.compile(r"^[^\n.!?]{2,60}(?::|\b(?:by|from|von|de|di|van))\s*[\"'*]*$")
# "For gifts: Lantern": what an entry is good for, whose order says nothing.
_BY_USE = re.compile(
    r"[^\w]{0,4}(?:for|if you|fur|wenn (?:du|sie)|pour|si (?:vous|tu)|para|si (?:quieres|buscas)|per|se (?:vuoi|cerchi)|voor|als je|se (?:quer|procura)|dla|jesli)\b[^\n.!?:]{2,60}:"
)
# "Lantern was founded in 2002." – Wrong: a list of what others say.
_QUOTED = re.compile(r"[\W_]{0,3}[\"“„«「][^\"”“»」\n]*?\s[^\"”“»」\n]*?\s[^\"”“»」\n]*?[\"”“»」]")
_NAME_LEAD = re.compile(
    r"^[^\w]{0,4}(?!(?:It|Its|They|Their|This|That|These|There|You|Your|We|He|She|Its|In|On|At|If|When|Es|Sie|Er|Ihr|Das|Dies|Il|Elle|Ils|Ce|Cela|Son|Su|Sus|Se|Hay|Tiene|Lui|Ha|Het|Zij|Ela|Ele|Tem|To|Jest|Ma)\b)[A-Z0-9][\w&.'+-]*(?: (?:[A-Z0-9&][\w&.'+-]*|by|of|de|and)){0,4}(?=\s*(?:$|[-:(,|]|\s-|is\b|was\b|offers\b|ist\b|est\b|es\b|e\b))"
)


@dataclass(slots=True)
class Ranking:
    """`ranks` by canonical name, 1 is first; `length` is the list's."""

    ranks: dict[str, int] = field(default_factory=dict)
    length: int = 0
    placed: bool = False  # a column of the table numbers its rows


def rank_of(
    layout: Layout, units: list[Unit], mentions: list[Mention], brand: BrandFacts, question: str | None
) -> Ranking:
    """The first list that ranks the brand, else the first that ranks anybody tracked."""
    found: list[Ranking] = []
    for ranking in _candidates(layout, units, mentions, fold(question or "")):
        if brand.name in ranking.ranks:
            return ranking
        found.append(ranking)
    return found[0] if found else Ranking()


def _candidates(layout: Layout, units: list[Unit], mentions: list[Mention], question: str) -> list[Ranking]:
    plain = layout.plain
    if _NO_RANKING.search(plain.folded):
        return []
    dropped = {unit.block for unit in units if unit.dropped}
    found: list[Ranking] = []
    runs = [run for run in _runs(layout.blocks) if not any(number in dropped for number in run)]
    for numbered in (True, False):
        for run in runs:
            blocks = [layout.blocks[number] for number in run]
            if (blocks[0].number is not None) != numbered:
                continue
            told = _told_before(layout, run[0])
            if numbered or _recommends(question, told):
                if _UNORDERED.search(told):
                    continue
                ranking = _of_run(blocks, plain, mentions)
                if not (numbered and _COMPARES.search(told) and not _RECOMMENDS.search(told)):
                    found.append(ranking)
    for first, after in tables_of(layout.blocks):
        ranking = _of_table(layout.blocks[first:after], plain, mentions)
        if ranking.placed or _recommends(question, _told_before(layout, first)):
            found.append(ranking)
    kept = [unit for unit in units if not unit.dropped]
    chooses = any(_CHOOSES.search(plain.folded, unit.start, unit.end) for unit in kept)
    if _recommends(question, "") or chooses:
        open_blocks = [block for number, block in enumerate(layout.blocks) if number not in dropped]
        places = marked_places(open_blocks, plain, mentions)
        found.append(Ranking(places, max(places.values(), default=0)))
    if _recommends(question, "") or chooses:
        found.append(ordinal_ranking(kept, plain))
    for unit in kept:
        names, length = enumerated(unit, plain)
        found.append(Ranking(names, length))
    return [ranking for ranking in found if ranking.ranks]


def _told_before(layout: Layout, number: int) -> str:
    """The headings that a list stands under and the line that introduces it."""
    parts: list[str] = []
    level = 99
    for block in reversed(layout.blocks[:number]):
        text = layout.plain.folded[block.start : block.end]
        if not parts and block.kind == "text":
            parts.append(text[-300:])
        if block.kind == "heading" and block.level < level:
            level = block.level
            parts.append(text)
        if level == 1 or len(parts) > 5:
            break
    return " ".join(parts)


def _recommends(question: str, told: str) -> bool:
    """Whether question, headings or introduction ask for or announce recommendations, and none of them compares."""
    if _COMPARES.search(told) or (_COMPARES.search(question) and not _RECOMMENDS.search(told)):
        return False
    return _RECOMMENDS.search(question) is not None or _RECOMMENDS.search(told) is not None


def ordinal_ranking(units: list[Unit], plain: Plain) -> Ranking:
    places: dict[str, int] = {}
    for unit in units:
        for name, place in ordinal_places(unit, plain):
            places.setdefault(name, place)
    return Ranking(places, max(places.values(), default=0))


def _runs(blocks: list[Block]) -> list[list[int]]:
    """Items and headings of one kind and depth that belong together; what is nested between them does not part them."""
    open_runs: dict[tuple[str, int, bool], list[int]] = {}
    found: list[list[int]] = []
    for place, block in enumerate(blocks):
        if block.kind not in ("item", "heading"):
            lone = block.kind == "text" and block.level == 0
            if lone and not any(mark[0] == "heading" or mark[2] for mark in open_runs):
                open_runs.clear()
            continue
        mark = (block.kind, block.level, block.number is not None)
        for other in list(open_runs):
            deeper = other[0] == block.kind and other[1] > block.level
            if deeper or (block.kind == "heading" and other[0] == "item"):
                del open_runs[other]
        run = open_runs.get(mark)
        if run is None or _restarts(blocks, run, block):
            run = []
            open_runs[mark] = run
            found.append(run)
        run.append(place)
    return [run for run in found if len(run) > 1]


def _restarts(blocks: list[Block], run: list[int], block: Block) -> bool:
    """Whether a number begins a new list; some write "1." before every entry, some count down."""
    last = blocks[run[-1]].number
    same = all(blocks[number].number == 1 for number in run)
    if block.number is None or last is None or block.number > last or same:
        return False
    before = blocks[run[-2]].number if len(run) > 1 else None
    return block.number != last - 1 or (before is not None and before < last)  # 3, 2, 1 counts down


def _of_run(run: list[Block], plain: Plain, mentions: list[Mention]) -> Ranking:
    ranking = Ranking(length=len(run))
    names_like = 0
    leads = 0
    for place, block in enumerate(run, 1):
        lead = _lead(block, plain, mentions)
        if lead is not None:
            leads += 1
            number = block.number if block.number is not None and not all(one.number == 1 for one in run) else place
            ranking.ranks.setdefault(lead.name, number)
        elif _NAME_LEAD.match(plain.text[block.start : block.end]):
            names_like += 1
    distinct = len(ranking.ranks)
    if leads == 1 and run[0].number is None and names_like + leads < len(run):
        return Ranking()  # what is told of one brand, point by point, one of which happens to open with a name
    if sum(_QUOTED.match(plain.text, block.start) is not None for block in run) * 2 > len(run):
        return Ranking()
    by_use = sum(block.number is None and _BY_USE.match(plain.folded, block.start) is not None for block in run)
    if by_use > 1:
        return Ranking()
    if distinct == 0 or leads > distinct:
        return Ranking()
    if distinct >= 2 or (names_like and leads == 1):
        return ranking
    return Ranking()


def _lead(block: Block, plain: Plain, mentions: list[Mention]) -> Mention | None:
    """The tracked name that an entry opens with, also behind a short label ("Best overall: Lantern")."""
    first = bisect_left(mentions, block.start, key=lambda mention: mention.start)
    for mention in mentions[first : first + 4]:
        if mention.start >= block.end:
            return None
        if mention.role in ("brand", "rival"):
            before = plain.text[block.start : mention.start]
            if (
                len(before) < 70
                and (_LABEL.match(before) or (block.number is not None and _ANY_LABEL.match(before)))
                and not re.match(r"\s*(?:vs\.?|versus)\b", plain.folded[mention.end : mention.end + 8])
            ):
                return mention
            return None
    return None


_RANK_COLUMN = re.compile(
    r"\W*(?:rank(?:ing)?|place|position|pos\.?|platz(?:ierung)?|rang|place|classement|posicion|puesto|posizione|posto|plaats|positie|posicao|lugar|miejsce|pozycja|#|no\.?|nr\.?|順位|排名|名次)\W*"
)
_RANK_CELL = re.compile(
    r"[^\w]*(?P<digit>\d{1,2})(?:st|nd|rd|th|er|re|e|eme|o|a)?[^\w]*|[^\w]*(?P<medal>[\U0001f947\U0001f948\U0001f949])[^\w]*"
)


def _rank_in(text: str) -> int | None:
    told = _RANK_CELL.fullmatch(text)
    if told is None:
        return None
    return int(told["digit"]) if told["digit"] else "\U0001f947\U0001f948\U0001f949".index(told["medal"]) + 1


def _of_table(rows: list[Block], plain: Plain, mentions: list[Mention]) -> Ranking:
    ranking = Ranking()
    header = next((row for row in rows if row.is_header), None)
    ranked = [
        place
        for place, (low, high) in enumerate(header.cells if header is not None else ())
        if _RANK_COLUMN.fullmatch(plain.folded[low:high])
    ]
    place = 0
    for row in rows:
        if row.is_header:
            continue
        place += 1
        number = None
        if ranked and ranked[0] < len(row.cells):
            number = _rank_in(plain.folded[slice(*row.cells[ranked[0]])])
            ranking.placed = ranking.placed or number is not None
        for low, high in row.cells[:2]:
            if (told := _rank_in(plain.folded[low:high])) is not None:
                number = number or told
                ranking.placed = True
                continue
            lead = next(
                (mention for mention in mentions if low <= mention.start < high and mention.role in ("brand", "rival")),
                None,
            )
            if lead is not None and not plain.text[low : lead.start].strip(" *\"'"):
                ranking.ranks.setdefault(lead.name, number or place)
            break
    ranking.length = place
    return ranking if len(ranking.ranks) >= 2 or (len(ranking.ranks) == 1 and place >= 3) else Ranking()
