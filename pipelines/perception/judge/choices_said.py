"""Claims that choose one of several that exclude each other: who owns the company, where its goods are sold, how they are made.

The choices are words/choices.yaml. Where they are sold excludes another place only if the fact says "only"; an owner always
excludes another, but for those that can be both. What a choice is of needs no further words: it is the company.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipelines.perception.judge.elsewhere import is_of_a_part
from pipelines.perception.judge.lexicon import Hit, Phrases, Token, in_both_scripts, topic
from pipelines.perception.judge.names import owner_key
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.scope import Scope, is_denied
from pipelines.perception.judge.scope_east import EAST
from pipelines.perception.judge.scope_marks import UNTRUE
from pipelines.perception.judge.senses import stem
from pipelines.perception.judge.subjects import is_ours, owners_of
from pipelines.perception.judge.verdicts import Scene

_NEAR = 70  # characters between "owned by" and who
_ENDED = re.compile(
    r"\b(?:no longer|not any ?more|nicht mehr|n(?:e |')\w+ plus|ya no|non \w+ piu|niet (?:meer|langer)|ja nao|deixou de|juz nie|no \w+ mas)\b"
)
_ONLY = re.compile(
    r"\b(?:only|exclusively|solely|never|entirely|nur|ausschliesslich|uniquement|seulement|solo|solamente|soltanto|esclusivamente|alleen|uitsluitend|apenas|somente|tylko|wylacznie)\b|のみ|だけ|只|仅"
)
_OF_A_PART = re.compile(
    r"\b(?:spare parts?|accessor\w+|used|second[- ]hand|gift cards?|vouchers?|merchandise|tickets?|ersatzteile?|zubehor|gebraucht\w*|gutscheine?|pieces detachees|accessoires|d'occasion|recambios|accesorios|ricambi|accessori|onderdelen|tweedehands|pecas|acessorios|czesci)\b"
)
_PARTICIPLE = re.compile(
    r"acquired|bought|bought by|sold|taken over|ubernommen|verkauft|gekauft|aufgekauft|rachet\w*|vendu\w*|adquirid\w*|comprad\w*|compro|vendid\w*|acquisit\w*|comprat\w*|vendut\w*|overgenomen|verkocht|gekocht|przejet\w*|sprzedan\w*|owns|holds|hold|besitzt|possede|posee|possiede|bezit|posiada|ubernahm"
)
_ACTIVE = re.compile(r"\b(?:has|have|had|hat|haben|ha|han|a|ont|heeft|hebben)(?! ete| sido| stat| been)(?: \w+)? $")
_STAKES = re.compile(
    r"shares?|stakes?|holds?|anteile\w*|parts|capital|acciones|quote|aandelen|acoes|udzial\w*|majority|shareholder\w*"
)
_MAJOR = re.compile(
    r"\b(?:all|majority|most|entire|whole|100|9\d|8\d|7\d|6\d|5[1-9]|alle|samtliche|mehrheit\w*|gross\w*|vollstandig|toutes?|majorit\w*|totalite|todas|mayori\w*|mayor|tutte|maggioranza|maggior|meerderheid|maioria|wszystkie|wiekszosc)\b"
)
_BUYING = re.compile(
    r"buy|bought|purchas|order|kauf|bestell|bezieh|achet|command|compr|pedir|acquist|ordin|koop|koop|bestel|encomend|kup|zamow|get|sourc"
)
_STOCKING = re.compile(
    r"sell|stock|carr|fuhr|verkauf|vend|vendon|verkop|sprzed|distribu|vertreib|取り扱|販売|销售|出售"
)
_PLACED = re.compile(
    r"\b(?:at|in|through|via|from|by|on|over|uber|im|bei|beim|in der|auf|chez|dans|en|sur|par|aupres|a traves|mediante|da|dai|dal|presso|tramite|nei|nel|su|bij|in de|op|atraves|em|na|no|nas|nos|por|pelos|w|u|przez|na|poza|besides|und|and|or|oder|ou|o|y|e|et|of|von|de|di|van)\b[^.;:]{0,34}$"
)
_STOP = re.compile(r": |; ")
_NOTHING = re.compile(r"\b(?:rien|nichts|nothing|nada|nulla|niente|niets|nic)\b")
_POSSESSED = re.compile(
    r"'s? (?!owner|share|parent|capital|majority|bikes?|products?|goods|founding|founder|famil)[a-z]"
)
_ACTS = re.compile(
    r"\b(?:bought|buys?|buying|acquired (?:a|an|the|its)|supplies|supplied|serves?|sells?|include[sd]?|helps?|works? with|customers?|clients?|kauft\w*|beliefert|kunden|clients|achete|aide|clientes|ayuda|clienti|aiuta|klanten|klient\w*)\b"
)
_EXCEPT = re.compile(
    r"\b(?:except|apart from|outside|ausser\w*|bis auf|sauf|en dehors|excepto|salvo|fuera de|tranne|fuori|behalve|buiten|exceto|fora d\w+|oprocz|poza)\b"
)
_WEAK = {"itself", "selbst", "zelf", "elle meme", "sami"}  # "it pays for itself"
_CLAUSE = re.compile(
    r"[;:]|, (?:but|aber|mais|pero|ma|maar|mas|ale|sondern|while|whereas|which|der|die|das|qui|que|che|die)\b"
)


@cache
def _finders() -> dict[str, Phrases]:
    return {name: Phrases(list(_phrases(entry))) for name, entry in topic("choices").items()}


def _phrases(entry: dict[str, object]) -> Iterator[tuple[str, str]]:
    for how in ("says", "near"):
        listed = entry.get(how) or {}
        for member, words in listed.items():  # type: ignore[attr-defined]
            yield from ((word, f"{how}/{member}") for word in in_both_scripts(words))
    yield from ((word, "cue/") for word in in_both_scripts(entry.get("cues") or ()))  # type: ignore[arg-type]


def _is_meant(name: str, folded: str, hit: Hit, cue: Hit, own: list[tuple[int, int]]) -> bool:
    """Whether a cue is of the brand as it is owned or sold, not of what it owns or buys itself."""
    said = folded[cue.start : cue.end]
    before = folded[max(0, cue.start - 24) : cue.start]
    follows = any(0 <= cue.start - end <= 1 for _, end in own)
    if name == "owner":
        if _STAKES.fullmatch(said) and not (_MAJOR.search(folded) or _ENDED.search(folded)):
            return False
        return not (_PARTICIPLE.fullmatch(said) and (follows or _ACTIVE.search(before)))
    if name != "channel":
        return True
    if _BUYING.match(said) and follows:
        return False
    if re.match(r" (?:from|bei|chez|da|van|de|od) ", folded[cue.end : cue.end + 6]) and any(
        cue.end < low < cue.end + 12 for low, _ in own
    ):
        return False
    if 0 <= hit.start - cue.end <= 1 and folded[hit.start : hit.end] == "online":
        return True
    if hit.end <= cue.start:  # "dealers stock it", "at dealers you can buy it"
        return (
            bool(_STOCKING.match(said))
            or bool(_PLACED.search(folded[max(0, hit.start - 40) : hit.start]))
            or not folded[hit.start].isascii()
        )
    return bool(_PLACED.search(folded[max(0, hit.start - 40) : hit.start])) or not folded[hit.start].isascii()


def chosen(name: str, tokens: list[Token], folded: str, low: int, high: int, own: list[tuple[int, int]]) -> list[Hit]:
    """Which of a choice's members a text names, each hit named by the member. `own`: where the brand's names stand."""
    hits = _finders()[name].find(tokens, folded, start=low, end=high)
    cues = [hit for hit in hits if hit.name == "cue/"]
    found = []
    for hit in hits:
        how, _, member = hit.name.partition("/")
        beside = (cue for cue in cues if _is_beside(folded, hit, cue) and _is_meant(name, folded, hit, cue, own))
        if how == "says" or (how == "near" and any(beside)):
            found.append(Hit(member, hit.start, hit.end))
    return found


def _is_beside(folded: str, hit: Hit, cue: Hit) -> bool:
    low, high = min(hit.end, cue.end), max(hit.start, cue.start)
    return high - low <= _NEAR and not _CLAUSE.search(folded, low, high)


def choices_of(tokens: list[Token], folded: str, scope: Scope) -> Iterator[tuple[str, frozenset[str]]]:
    """The choices that a statement makes, each with its members."""
    for name, entry in topic("choices").items():
        if entry.get("only") and not _ONLY.search(folded):
            continue
        hits = chosen(name, tokens, folded, 0, len(folded), [])
        held = frozenset(hit.name for hit in hits if not is_denied(scope, folded, hit.start))
        if held:
            yield name, held


def _excludes(name: str, held: frozenset[str], member: str) -> bool:
    together = topic("choices")[name].get("together") or ()
    return not any(member == one or sorted((member, one)) in (sorted(pair) for pair in together) for one in held)


def weigh_choices(scene: Scene) -> None:
    probes = [probe for probe in scene.probes if probe.sort == "choice"]
    if not probes or UNTRUE.search(scene.folded, scene.unit.start, scene.unit.end):
        return
    unit = scene.unit
    for probe in probes:
        name = probe.names[0]
        if not _shares(scene, probe, name):
            continue
        own = [(one.start, one.end) for one in unit.mentions if one.role in ("brand", "product")]
        hits = chosen(name, unit.tokens, scene.folded, unit.start, unit.end, own)
        _weigh(scene, probe, name, [hit for hit in hits if _is_said(scene, hit, probe)])


def _shares(scene: Scene, probe: Probe, name: str) -> bool:
    """Whether the sentence speaks of the same work, where a choice is of how or by whom it is done."""
    if not topic("choices")[name].get("work") or (scene.language in EAST and probe.language not in EAST):
        return True
    about = probe.words - _of_times() if name == "hours" else probe.words
    return not about or bool(about & scene.unit.stems)


@cache
def _of_times() -> frozenset[str]:
    words = "around clock round hours hour day days week seven monday friday saturday weekdays open available reached"
    return frozenset(stem(word) for word in words.split())


def _weigh(scene: Scene, probe: Probe, name: str, hits: list[Hit]) -> None:
    held = probe.nouns
    wrong: Hit | None = None
    agrees = False
    for hit in hits:
        denied = _is_denied(scene, hit)
        if hit.name in held:
            if denied:
                wrong = wrong or hit
            agrees = agrees or not denied
        elif not denied and scene.folded[hit.start : hit.end] not in _WEAK and _excludes(name, held, hit.name):
            wrong = wrong or hit
    several = topic("choices")[name].get("only")
    if wrong is not None and (several or not agrees) and not _is_of_another(scene, probe, name, wrong):
        scene.add("clash", wrong.start, wrong.end, probe, denies=True)
    elif agrees and wrong is None:
        first = next(hit for hit in hits if hit.name in held)
        scene.add("match", first.start, first.end, probe)


def _is_of_another(scene: Scene, probe: Probe, name: str, hit: Hit) -> bool:
    """Whether what excludes a fact is said of something else: spare parts, the pool, hours outside of which it answers."""
    low, high, folded = scene.unit.start, scene.unit.end, scene.folded
    if _OF_A_PART.search(folded, low, high):
        return True
    if name not in ("hours", "season"):
        return False
    if _EXCEPT.search(folded, low, high) or is_of_a_part(scene, hit.start, probe):
        return True
    if name == "season":
        opens = scene.language in EAST or bool(scene.unit.stems & {"~open", "~close"})
        return not opens or any(one.end <= hit.end for one in scene.scope.negators)
    return False


def _is_denied(scene: Scene, hit: Hit) -> bool:
    """Whether a choice is said not to be, or no longer: "sold online by nobody", "no longer in family hands"."""
    if _has_ended(scene, hit):
        return True
    clause = max(
        (match.end() for match in _STOP.finditer(scene.folded, scene.unit.start, hit.start)), default=scene.unit.start
    )
    if _NOTHING.search(scene.folded, clause, hit.start):
        return True
    last = max((one.end for one in scene.scope.negators if one.end <= hit.start), default=hit.start)
    return last >= clause and is_denied(scene.scope, scene.folded, hit.start)


def _has_ended(scene: Scene, hit: Hit) -> bool:
    return any(
        abs(match.start() - hit.start) <= _NEAR
        for match in _ENDED.finditer(scene.folded, scene.unit.start, scene.unit.end)
    )


def _is_said(scene: Scene, hit: Hit, probe: Probe) -> bool:
    if scene.scope.silent(hit.start) or ("past" in scene.scope.at(hit.start) and not _has_ended(scene, hit)):
        return False
    named = scene.unit.mentions
    if probe.names[0] in ("owner", "channel") and any(
        _POSSESSED.match(scene.folded, one.end) for one in named if one.end <= hit.start
    ):
        return False  # "Velumo's supplier belongs to a group"
    if probe.names[0] == "owner" and any(
        _ACTS.search(scene.folded, one.end, hit.start) for one in named if one.end < hit.start
    ):
        return False
    ours = any(mention.role in ("brand", "product") for mention in named)
    if named and not ours and any(mention.role in ("rival", "other") for mention in named):
        return False
    owners = owners_of(scene.unit, scene.plain, hit.start, hit.end)
    if owners == [""] and ours:
        owners = [owner_key(mention) for mention in named]
    return is_ours(owners, probe.subject)
