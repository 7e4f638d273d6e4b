"""Whom a claim is about: the name before it in the sentence, the one it belongs to, or what was spoken of before.

Owners are short texts: "brand", "product:<name>", "rival:<name>", "other" (somebody untracked), "" (not known).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pipelines.perception.judge.lexicon import topic, word_set
from pipelines.perception.judge.names import Mention, owner_key
from pipelines.perception.judge.openings import opening_org
from pipelines.perception.judge.places import is_place
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.scope_marks import UNRELATED
from pipelines.perception.judge.senses import stem
from pipelines.perception.judge.text import Plain, fold

if TYPE_CHECKING:
    from pipelines.perception.judge.verdicts import Scene

_GENITIVE = re.compile(
    r"^[ ,]*(?:of|for|at|behind|von|der|des|bei|vom|fur|de|du|d'|del|della|dell'|di|van|da|do|pour|para|per|voor|の)[ ]+(?:the |der |die |la |le |el |o |a |il |het |de )?$|^'?s? *$"
)
_PARTICIPLE = re.compile(
    r"^[ ]*(?:which|who|that|das|die|der|qui|que|che|dat|quien|o qual|a qual|whose|dont|cuya|cuyo|wiens|[a-z]+(?:ed|ee?s?|t[ao]|d[ao])\b)"
)
_AUXILIARY = re.compile(r"(?:was|is|were|has|wurde|ist|hat|a ete|est|fue|es|e stat|ha|werd|heeft|foi) ")
_PLURAL = re.compile(
    r"\b(?:were|are|have|both|wurden|sind|haben|ont|sont|fueron|son|tienen|sono|hanno|werden|zijn|hebben|foram|sao|tem|each|respectively|cost|offer|charge|employ)\b"
)
_COORDINATED = re.compile(r"^(?:\s|,|and|und|et|y|e|en|&|or|as well as|sowie|who|\*)*$")
_CONJUNCTION_VERB = re.compile(
    r"^ *,? *(?:and|und|et|y|e|en|but|aber|mais|pero|ma|maar|mas) +(?!its |their |ihr |sein |son |sa |su |sua |zijn |the |die |das |der |la |le |el |il |het |de |o |a |it |es |sie |elle |ela )"
)
_OBJECT_OF = re.compile(
    r"(?:\b(?:with|against|to|by|from|over|of|beats?|uses?|call(?:s|ed)|for|mit|gegen|von|zu|avec|contre|de|par|con|contra|por|da|met|tegen|door|van|com|into|through|on|vs)|\b(?:acquired|bought|integrates|replaced|joined|left)) (?:the )?$"
)
_FOLLOWS_COMMA = re.compile(
    r"^[^.;]{0,120}?, *(?:the |die |das |der |la |le |el |il |het |de |o |a |l'|bietet |ist |hat |ist die |est |es |e |so |also )?$"
)
_AT = re.compile(
    r"(?!.*\b(?:than|als|que|di quanto|dan|niz|unlike|like|rather|instead|and|und|et|ed|or)\b)[^.,;:()]{0,70} (?:at|chez|bei|im|von|vom|beim|bij|van|w|u|of|to|by|from|when|with|for|a|pour|para|per|con|fur|voor|dla|en|em|in|da|na|no)(?: the| der| die| dem| den| het| la| le| el| il| o| l)? "
)
_DEFINITE = re.compile(
    r"\b(?:it|its|they|their|the (?:company|brand|firm|startup|start-up|business|platform|tool|software|product|service|maker|vendor|manufacturer)|this (?:company|brand|tool)|es|sie|das unternehmen|die firma|die marke|elle|il|l'entreprise|la marque|la societe|la empresa|la compania|la marca|l'azienda|il marchio|la societa|het bedrijf|het merk|ela|a empresa|a marca|both)\b"
)
_OTHER_SUBJECT = re.compile(
    r"[\s\"'*(]*(?:an?|its|their|the|one|another|eine?|ihre?|seine?|une|sa|son|la|una?|su|le|il|lo|een|zijn|uma?|sua|seu) (?:[\w-]+ ){0,2}"
    r"(?:subsidiar\w+|sister (?:company|brand)|spin-?off|joint venture|offshoot|supplier|distributor|investor|tochter\w*|schwester\w*|filiale|filial|controllata|dochter\w*|subsidiaria|zulieferer|fournisseur|proveedor|fornitore|leverancier|fornecedor)\b"
    r"|[\s\"'*(]*(?:一般的な|一般に|一般的に|一般酒店|一般来说|一般的|一般而言|通常的|多くの(?:ホテル|企業|会社|店)|其他(?!国)|大多数|大部分|業界平均|行业平均|平均的な|他社|他の|競合|竞争对手|w typow|typow[aey]|przecietn|w innych|konkurenc)|[\s\"'*(]*(?:competitors|rivals|(?:most|many|other|some|typical|average|all other|few) (?!of )[a-z]+|(?:an?|the|another) (?:average|typical|usual|normal|comparable|neighbou?ring)\b|another \w+|in (?:the|this) industry|on average"
    r"|(?:die )?(?:meisten|anderen?|viele|manche|ubliche[rns]?)\b|im schnitt|im durchschnitt|konkurrenten|la plupart|d'autres|en moyenne|les concurrents|la mayoria|otr[oa]s|de media|los competidores|la maggior parte|altr[ie]|in media|i concorrenti"
    r"|de meeste|andere|gemiddeld|concurrenten|a maioria|outr[oa]s|em media|os concorrentes|wiekszosc|inne|srednio|konkurencja)\b|[^.;]{0,40}\b(?:next door|nebenan|d'a cote|de al lado|accanto|hiernaast|ao lado|obok)\b"
)
# "The regional office in Brussels …", "the market as a whole …": a part or a wider whole, each at the start of a clause.
_PART_SUBJECT = re.compile(
    r"(?:^|[;:] |, (?:and|und|et|y|e|en|while|wahrend) |\b(?:and|und) )[\s\"'*(]*(?:the|an?|its|one|die|der|das|eine?|ihre?|la|le|l'|une?|el|una?|il|lo|de|het|een|o|a|um|uma)[ ]?(?:[\w'-]+ ){0,3}?"
    r"(?:branch|office|plant|factory|campus|warehouse|showroom|subsidiary|market|industry|sector|niederlassung|zweigstelle|buro|werk|standort|markt|branche|agence|succursale|bureau|usine|marche|secteur|sucursal|oficina|planta|fabrica|mercado|sector|ufficio|stabilimento|mercato|settore|vestiging|kantoor|fabriek|escritorio|setor|oddzial|biuro|rynek)"
    r"(?= (?:in|of|for|near|at|as|which|fur|pour|para|per|a|en|em|w|von|sits|is|is the one|was|has|ist|hat|est|ha|tiene|e|heeft|tem|ma)\b)"
)
# "Lantern S Pro" is not the Lantern S, "Lantern M" no product that is known.
_MODEL = re.compile(
    r" (?:Pro|Max|Plus|Mini|Ultra|XL|XXL|XS|[B-HJ-Z]|[IVX]{2,4})(?![\w'.-])(?! (?:and|or|und|et|y|e)\b)"
)
_GOES_ON = re.compile(r" (?P<word>[A-Z][a-z]{2,}\w*)(?= (?:is|was|has|offers?|costs?|employs?|[a-z]{2,})|[,.;)])")
_RESPECTIVELY = re.compile(
    r"\b(?:respectively|jeweils|respectivement|respectivamente|rispettivamente|respectievelijk)\b"
)


def is_compared(unit: Unit, mention: Mention, folded: str) -> bool:
    """Whether a name stands there to compare with: "unlike Rival", "than Rival"."""
    before = folded[max(unit.start, mention.start - 32) : mention.start]
    words = (
        before.replace("'", " ")
        .rstrip()
        .removesuffix(" the")
        .removesuffix(" a")
        .removesuffix(" der")
        .removesuffix(" die")
        .removesuffix(" das")
        .removesuffix(" la")
        .removesuffix(" le")
        .removesuffix(" el")
    )
    return f" {words}".endswith(_comparing())


@cache
def _comparing() -> tuple[str, ...]:
    return tuple(mark + said for said in word_set("scope", "compared") for mark in (" ", "("))


def mark_longer_names(unit: Unit, plain: Plain, language: str, own: frozenset[str]) -> None:
    """ "Mirador Auto" is not Mirador: a name that goes on with a word nobody knows is about somebody or something else."""
    for place, mention in enumerate(unit.mentions):
        later = _MODEL.match(plain.text, mention.end, unit.end) if mention.role in ("brand", "product") else None
        if later and not any(one.start < later.end() and one.start >= mention.end for one in unit.mentions):
            unit.mentions[place] = Mention(mention.start, later.end(), "other", plain.text[mention.start : later.end()])
    if language == "de" or unit.is_heading or unit.cell >= 0:
        return
    for place, mention in enumerate(unit.mentions):
        match = _GOES_ON.match(plain.text, mention.end, unit.end) if mention.role == "brand" else None
        if match and any(one.role == "product" and one.start == match.start("word") for one in unit.mentions):
            continue  # "the Brodelka Wren": its own product
        if match and stem(fold(match["word"])) in own:
            continue  # "Selmark University" is the University of Selmark
        if match and fold(match["word"]) not in topic("ordinary")["no_products"] and not is_place(match["word"]):
            unit.mentions[place] = Mention(mention.start, match.end(), "other", match["word"])


def owners_of(unit: Unit, plain: Plain, low: int, high: int, *, value_end: int | None = None) -> list[str]:
    """Whom the claim at low:high belongs to, mostly one. `value_end`: where its value ends ("£49 for Lantern Desk")."""
    if unit.owner is not None:
        return [unit.owner]
    folded = plain.folded
    mentions = unit.mentions
    stranger = UNRELATED.search(folded, unit.start, unit.end)
    if stranger and not any(one.role == "brand" and one.end <= min(low, stranger.start()) for one in mentions):
        if low < stranger.start():
            return ["other"]  # "Minerva (founded in 1994) is a different company"
    elif stranger and low >= stranger.end() and not _parted(folded, stranger.end(), low):
        named = [one for one in mentions if stranger.end() <= one.start and one.end <= low]
        return [owner_key(named[-1])] if named else ["other"]  # "has nothing to do with Minerva, founded in 1994"
    if _OTHER_SUBJECT.match(folded, unit.start, min(unit.end, low + 1)) and not _is_average_of(unit, folded):
        return ["other"]
    parts = list(_PART_SUBJECT.finditer(folded[unit.start : max(low, unit.start)]))
    part = parts[-1] if parts else None
    if part is not None and not any(unit.start + part.end() <= one.start and one.end <= low for one in unit.mentions):
        return ["other"]
    for end in {high, value_end or high}:
        behind = next((mention for mention in mentions if mention.start >= end), None)
        gap = folded[end : behind.start] if behind is not None else ""
        if behind is not None and len(gap) <= 16 and _GENITIVE.match(gap):
            return [owner_key(behind)]
    within = [mention for mention in mentions if low < mention.start and mention.end < high]
    if within and not any(mention.end <= low for mention in mentions):
        return [owner_key(within[0])]
    before = [mention for mention in mentions if mention.end <= low]
    confused = _CONFUSED.search(folded, unit.start, max(low, unit.start))
    if confused:
        named = [one for one in mentions if confused.end() <= one.start and one.end <= low]
        return [owner_key(named[0])] if named and named[0].role != "brand" else ["other"]
    apposed = _APPOSED.search(plain.text, before[-1].end if before else unit.start, max(low, high, unit.start))
    if apposed and apposed.start() >= low:
        apposed = None
    if apposed and not any(one.start < apposed.end() and apposed.start() < one.end for one in mentions):
        return ["other"]  # "Lindner Academy, a company in Vienna founded in 2011"
    made = len(before) > 1 and before[-1].role == "brand" and before[-2].role == "product"
    if made and _MADE_BY.fullmatch(folded, before[-2].end, before[-1].start):
        before.pop()  # "the Core 10 by Brontavolt costs …": the product's
    while before:
        last = before[-1]
        between = folded[last.end : low]
        if is_compared(unit, last, folded):
            comma = between.rfind(",")
            tail = between[comma + 1 :] if comma >= 0 else between
            goes_on = tail.strip() and not _PARTICIPLE.match(tail)
            if comma >= 0 and (goes_on or (not tail.strip() and _AUXILIARY.match(folded, low))):
                before.pop()
                if not before and _DEFINITE.search(tail):
                    return [_carried(unit, last)]
                continue
        elif (
            len(before) > 1
            and _OBJECT_OF.search(folded[max(unit.start, last.start - 24) : last.start])
            and _CONJUNCTION_VERB.match(between)
        ):
            return [owner_key(_subject(before, unit, folded))]
        found = [owner_key(last)]
        for earlier, later in zip(reversed(before[:-1]), reversed(before), strict=False):
            if _COORDINATED.match(folded[earlier.end : later.start]) and _PLURAL.search(folded[last.end : low + 24]):
                found.append(owner_key(earlier))
            else:
                break
        return found
    after = [mention for mention in mentions if mention.start >= high]
    if after and not _DEFINITE.search(folded[unit.start : low]):
        gap = folded[high : after[0].start]
        if (
            (not before and _AT.fullmatch(gap))
            or _FOLLOWS_COMMA.match(gap)
            or (
                len(gap) < 26
                and gap.count(" ") <= 3
                and not re.search(r"[.;:]|\b(?:and|und|et|y|en|than|als|que)\b", gap)
            )
        ):
            return [owner_key(after[0])]
    if not mentions and opening_org(unit, plain):
        return ["other"]
    return [unit.topic]


def _parted(folded: str, low: int, high: int) -> bool:
    return re.search(r"[;:]|, (?:but|and|it|aber|und|mais|et|pero|y|ma|e|maar|en|mas) ", folded[low:high]) is not None


_MADE_BY = re.compile(
    r"[ *\"'(,]*(?:by|from|of|von|vom|der|des|par|de|du|des|d'|di|da|do|dal|del|della|van|de la|firmy|marki|od|の|的)[ *\"']*(?:the |die |der |la |le |el |il |het |de |l')?[*\"']*"
)
# "The average waiting time at Medivara": of the one that is named, not of everybody.
_AVERAGE = re.compile(
    r"[\s\"'*(]*(?:the|an?) (?:average|typical|usual|normal|comparable) (?:[\w-]+ ){1,3}(?:at|of|for|with|from|by|on) (?:the )?[\s\"'*]*"
)


def _is_average_of(unit: Unit, folded: str) -> bool:
    return any(_AVERAGE.fullmatch(folded, unit.start, mention.start) for mention in unit.mentions[:1])


_CONFUSED = re.compile(
    r"\b(?:confus\w+|mix(?:ed|ing)? up|mistak\w+|verwechsel\w+|confond\w+|confund\w+|confondere|verwar\w+|pomyli\w+|mylon\w+|mylic) (?:\w+ ){0,2}?(?:with|for|mit|avec|con|met|com|z)\b"
)
_APPOSED = re.compile(
    r"[A-Z][\w&'-]+(?: [A-Z][\w&'-]+){0,3},? (?:an?|eine?|une?|una?|een|uma?) (?:[\w-]+ ){0,4}?(?:company|firm|brand|school|shop|bank|hotel|maker|start-?up|business|chain|studio|unternehmen|firma|marke|schule|entreprise|societe|marque|empresa|marca|azienda|societa|bedrijf|merk)\b"
)


def _carried(unit: Unit, compared: Mention) -> str:
    return unit.topic if unit.topic != owner_key(compared) else ""


def _subject(before: list[Mention], unit: Unit, folded: str) -> Mention:
    return next((mention for mention in before if not is_compared(unit, mention, folded)), before[0])


def in_turn(unit: Unit, plain: Plain, place: int) -> str | None:
    """ "A and B cost £49 and £25 respectively": the name that the value at `place` goes with."""
    if not _RESPECTIVELY.search(plain.folded, unit.start, unit.end):
        return None
    values = unit.values
    order = next((n for n, value in enumerate(values) if value.start == place), None)
    names = unit.mentions
    return owner_key(names[order]) if order is not None and order < len(names) and len(names) == len(values) else ""


def is_ours(owners: list[str], subject: str | None = None) -> bool:
    """Whether one of the owners is the brand or what it sells; of a fact about one product, that product."""
    return any(
        owner == "brand" or (owner.startswith("product:") and (subject is None or owner == subject)) for owner in owners
    )


def is_said_of_brand(scene: Scene, anchor: tuple[int, int], span: tuple[int, int]) -> bool:
    """Whether what is said at `span` with its trigger at `anchor` is said of the brand or of what it sells."""
    low, high = min(anchor[0], span[0]), max(anchor[1], span[1])
    owners = owners_of(scene.unit, scene.plain, low, high, value_end=span[1])
    if anchor[1] <= span[0]:  # "founder of Lantern, Priya Raman": the name behind the trigger owns it
        direct = owners_of(scene.unit, scene.plain, anchor[0], anchor[1])
        if direct and direct[0] != owners[0]:
            owners = direct
    return any(owner == "brand" or owner.startswith("product:") for owner in owners)
