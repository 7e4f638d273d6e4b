"""Whom a claim is about: the name before it in the sentence, the one it belongs to, or what was spoken of before.

Owners are short texts: "brand", "product:<name>", "rival:<name>", "other" (somebody untracked), "" (not known).
"""

from __future__ import annotations

import re

from pipelines.perception.judge.layout import Block
from pipelines.perception.judge.lexicon import finder, topic, word_set
from pipelines.perception.judge.names import Mention, owner_key
from pipelines.perception.judge.places import is_place
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.tables import owners_of_cells
from pipelines.perception.judge.text import Plain, fold

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
_DEFINITE = re.compile(
    r"\b(?:it|its|they|their|the (?:company|brand|firm|startup|start-up|business|platform|tool|software|product|service|maker|vendor|manufacturer)|this (?:company|brand|tool)|es|sie|das unternehmen|die firma|die marke|elle|il|l'entreprise|la marque|la societe|la empresa|la compania|la marca|l'azienda|il marchio|la societa|het bedrijf|het merk|ela|a empresa|a marca|both)\b"
)
_ORG_VERB = re.compile(
    r"^(?P<name>(?:[A-Z][\w&'-]*\.?)(?: (?:&|[A-Z][\w&'-]*))*),? (?:was |were |is |wurde |a ete |fue |e stat[ao] |werd |foi |\()?(?:also |originally |a company |a rival |a builder |an? [\w ]{2,30}? )?"
    r"(?:founded|established|started|launched|based|headquartered|incorporated|set up|created|employs?|charges?|costs?|offers?|has|raised|sells?|serves?|gegrundet|beschaftigt|kostet|fondee?|creee?|emploie|coute|fundad[ao]|emplea|cuesta|fondat[ao]|impiega|costa|opgericht|kost|gevestigd|emprega|custa|dates|sits|comes|bietet|hat|ist|is|was)\b"
)
_NOT_ORGS = re.compile(
    r"^(?:the|it|its|this|that|these|those|he|she|they|we|you|i|our|both|all|each|one|some|many|most|there|here|in|on|at|with|for|from|since|as|while|although|if|when|founded|customers?|users?|employees?|prices?|pricing|plans?|headquarters?|founders?|support|shipping|delivery|das|die|der|es|sie|ein|eine|le|la|les|un|une|elle|il|el|los|las|una|su|lo|gli|de|het|een|o|a|os|as|um|uma|ela|ihr|sein|seine|yes|no|overall|today|currently|compared|unlike|starter|pro|basic|team|business|enterprise|premium|plus|everything|membership|access|reviews?|warranty|returns?|who|what|which|orders?|monthly|annual|company|location|ceo)\b"
)
_OTHER_SUBJECT = re.compile(
    r"[\s\"'*(]*(?:an?|its|their|the|one|another|eine?|ihre?|seine?|une|sa|son|la|una?|su|le|il|lo|een|zijn|uma?|sua|seu) (?:[\w-]+ ){0,2}"
    r"(?:subsidiar\w+|sister (?:company|brand)|spin-?off|joint venture|offshoot|supplier|distributor|investor|tochter\w*|schwester\w*|filiale|filial|controllata|dochter\w*|subsidiaria|zulieferer|fournisseur|proveedor|fornitore|leverancier|fornecedor)\b"
)
_GOES_ON = re.compile(r" (?P<word>[A-Z][a-z]{2,}\w*)(?= (?:is|was|has|offers?|costs?|employs?|[a-z]{2,})|[,.;)])")
_RESPECTIVELY = re.compile(
    r"\b(?:respectively|jeweils|respectivement|respectivamente|rispettivamente|respectievelijk)\b"
)


def set_topics(units: list[Unit], blocks: list[Block], plain: Plain, mentions: list[Mention], main: str) -> None:
    """Gives each unit the topic that it carries on, and list items and cells their owner."""
    topic = main
    cells = owners_of_cells(blocks, mentions)
    heading_topics: dict[int, str] = {}
    item_topics: dict[int, tuple[str, tuple[str, ...], str]] = {}
    heading_leads: dict[int, tuple[tuple[str, ...], str]] = {}
    intro: tuple[tuple[str, ...], str] = ((), "")
    owned = _owned_lists(units, blocks, plain)
    named_headings = _named_headings(units, blocks)
    last_block = -1
    for unit in units:
        block = blocks[unit.block]
        entered = unit.block != last_block
        last_block = unit.block
        if block.kind == "heading":
            if entered:
                for level in [level for level in heading_topics if level >= block.level]:
                    heading_topics.pop(level), heading_leads.pop(level, None)
                keys = {owner_key(mention) for mention in unit.mentions}
                orgs = {key for key in keys if not key.startswith("product:")}
                if len(keys) == 1:
                    heading_topics[block.level] = keys.pop()
                elif orgs == {"brand"}:
                    heading_topics[block.level] = "brand"
                elif orgs:
                    heading_topics[block.level] = ""
                elif block.level in named_headings and not unit.hits:
                    heading_topics[block.level] = "other"
                heading_leads[block.level] = (tuple(hit.name for hit in unit.hits), plain.folded[unit.start : unit.end])
                topic = heading_topics[max(heading_topics)] if heading_topics else main
                intro = ((), "")
                item_topics.clear()
        elif block.kind == "item" and entered:
            for level in [level for level in item_topics if level >= block.level]:
                item_topics.pop(level)
            outer = item_topics[max(item_topics)][0] if item_topics else _before(heading_topics, main, topic)
            given = owned.get(unit.block)
            topic = given if given is not None else outer
            if given is None and unit.mentions and unit.mentions[0].start - unit.start < 4:
                topic = owner_key(unit.mentions[0])
            item_topics[block.level] = (
                topic,
                tuple(hit.name for hit in unit.hits if hit.start - unit.start < 30),
                plain.folded[unit.start : unit.end],
            )
        elif block.kind == "text" and entered and item_topics:
            topic = _before(heading_topics, main, main)
            item_topics.clear()
        if block.kind == "row":
            unit.owner = cells.get((unit.block, unit.cell), topic)
            unit.topic = unit.owner
            continue
        unit.topic = topic
        unit.lead, unit.lead_text = _leads(block, item_topics, heading_leads, intro)
        if not unit.is_heading:
            topic = _next_topic(unit, topic, plain)
            if block.kind == "text":
                tail = plain.folded[unit.start : unit.end].rstrip()
                intro = (tuple(hit.name for hit in unit.hits), tail) if tail.endswith(":") else ((), "")


def _leads(
    block: Block,
    items: dict[int, tuple[str, tuple[str, ...], str]],
    headings: dict[int, tuple[tuple[str, ...], str]],
    intro: tuple[tuple[str, ...], str],
) -> tuple[tuple[str, ...], str]:
    names: list[str] = []
    texts: list[str] = []
    if block.kind == "item":
        for level in sorted(items, reverse=True):
            if level < block.level:
                names.extend(items[level][1])
                texts.append(items[level][2])
        names.extend(intro[0])
        texts.append(intro[1])
    for level in sorted(headings, reverse=True):
        names.extend(headings[level][0])
        texts.append(headings[level][1])
        break
    return tuple(dict.fromkeys(names)), " ".join(texts)


def _before(headings: dict[int, str], main: str, topic: str) -> str:
    return headings[max(headings)] if headings else (main or topic)


def _named_headings(units: list[Unit], blocks: list[Block]) -> set[int]:
    """Levels at which headings name companies: their siblings without a tracked name are about others."""
    found = set()
    for unit in units:
        block = blocks[unit.block]
        if block.kind != "heading":
            continue
        if any(mention.role == "rival" for mention in unit.mentions):
            found.add(block.level)
        elif any(
            mention.role == "brand" and mention.end - mention.start >= unit.end - unit.start - 5
            for mention in unit.mentions
        ):
            found.add(block.level)  # the brand's name and nothing else
    return found


def _owned_lists(units: list[Unit], blocks: list[Block], plain: Plain) -> dict[int, str]:
    """Blocks of list items that open with a name; where some do, capitalised siblings that do not are about others."""
    openings: dict[int, Unit] = {}
    for unit in units:
        if blocks[unit.block].kind == "item" and unit.first_in_block:
            openings.setdefault(unit.block, unit)
    found: dict[int, str] = {}
    runs: list[list[int]] = []
    for number in openings:
        if (
            runs
            and blocks[runs[-1][0]].level == blocks[number].level
            and number - runs[-1][-1] <= 12
            and _same_list(blocks, runs[-1][-1], number)
        ):
            runs[-1].append(number)
        else:
            runs.append([number])
    for run in runs:
        leads = {number: _lead_name(openings[number]) for number in run}
        names = {lead for lead in leads.values() if lead}
        if any(name.startswith("rival") for name in names) or len(names) > 1:
            for number, lead in leads.items():
                if lead:
                    found[number] = lead
                elif plain.text[
                    openings[number].start : openings[number].start + 1
                ].isupper() and not _opens_with_label(openings[number]):
                    found[number] = "other"
        else:
            found.update({number: lead for number, lead in leads.items() if lead})
    return found


def _same_list(blocks: list[Block], first: int, second: int) -> bool:
    return all(
        (blocks[number].kind == "item" and blocks[number].level >= blocks[second].level)
        or (blocks[number].kind == "text" and blocks[number].level > 0)
        for number in range(first + 1, second)
    )


def _lead_name(unit: Unit) -> str:
    if unit.mentions and unit.mentions[0].start - unit.start < 5:
        return owner_key(unit.mentions[0])
    return ""


def _opens_with_label(unit: Unit) -> bool:
    return bool(unit.hits) and unit.hits[0].start - unit.start < 3


def _next_topic(unit: Unit, topic: str, plain: Plain) -> str:
    """Whom the sentences after this one speak of when they name nobody."""
    subjects = [mention for mention in unit.mentions if not is_compared(unit, mention, plain.folded)]
    if subjects:
        return owner_key(subjects[0])
    org = opening_org(unit, plain)
    return "other" if org else topic


def opening_org(unit: Unit, plain: Plain) -> str | None:
    """The untracked organisation that a sentence opens with: "Acme was founded in 1999"."""
    sentence = plain.text[unit.start : unit.end]
    lead = len(sentence) - len(sentence.lstrip(" \"'*"))
    match = _ORG_VERB.match(_stripped(sentence[lead : lead + 160]))
    if match is None or _NOT_ORGS.match(fold(match["name"])):
        return None
    first = unit.start + lead
    if any(mention.start < first + match.end("name") for mention in unit.mentions) or any(
        hit.start < first + match.end("name") for hit in unit.hits if hit.start - first < 2
    ):
        return None
    return match["name"]


def _stripped(sentence: str) -> str:
    """With folded letters but the case kept, so that verbs in all languages are read without accents."""
    folded = fold(sentence)
    return "".join(
        char.upper() if raw.isupper() and len(char.upper()) == 1 else char
        for char, raw in zip(folded, sentence, strict=True)
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
    return any(words == said or words.endswith((" " + said, "(" + said)) for said in word_set("scope", "compared"))


def mark_longer_names(unit: Unit, plain: Plain, language: str) -> None:
    """ "Mirador Auto" is not Mirador: a name that goes on with a word nobody knows is about somebody or something else."""
    if language == "de" or unit.is_heading or unit.cell >= 0:
        return
    for place, mention in enumerate(unit.mentions):
        match = _GOES_ON.match(plain.text, mention.end, unit.end) if mention.role == "brand" else None
        if match and fold(match["word"]) not in topic("ordinary")["no_products"] and not is_place(match["word"]):
            unit.mentions[place] = Mention(mention.start, match.end(), "other", match["word"])


def owners_of(unit: Unit, plain: Plain, low: int, high: int, *, value_end: int | None = None) -> list[str]:
    """Whom the claim at low:high belongs to, mostly one. `value_end`: where its value ends ("£49 for Lantern Desk")."""
    if unit.owner is not None:
        return [unit.owner]
    folded = plain.folded
    mentions = unit.mentions
    if _OTHER_SUBJECT.match(folded, unit.start, min(unit.end, low + 1)):
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
        if _FOLLOWS_COMMA.match(gap) or (
            len(gap) < 26 and gap.count(" ") <= 3 and not re.search(r"[.;:]|\b(?:and|und|et|y|en|than|als|que)\b", gap)
        ):
            return [owner_key(after[0])]
    if not mentions and opening_org(unit, plain):
        return ["other"]
    return [unit.topic]


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


def has_pronoun(unit: Unit, plain: Plain, language: str) -> bool:
    return bool(
        finder("scope", language, "pronouns").find(unit.tokens[:6], plain.folded, start=unit.start, end=unit.end)
    )
