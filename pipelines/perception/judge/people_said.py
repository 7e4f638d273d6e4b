"""Who founded and who leads, as a sentence says it: names in a list belong to the role word that they stand with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.perception.judge.lexicon import Hit
from pipelines.perception.judge.people import Person
from pipelines.perception.judge.people_east import cost_of
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.text import Plain, is_cjk

_BY = re.compile(r"\b(?:by|von|vom|durch|par|por|pelo|pela|da|dal|dalla|door|to|of|under)\b")
_BY_AT_END = re.compile(_BY.pattern + r" *$")
_ACTIVE = re.compile(
    r"[ ,]*(?:who|who also|qui|qui ont|die|que|che hanno|che|first|a|ont|ha|hanno|heeft|hebben|zelf|has|have|had|hat|haben|both|later|a co|the couple|)? ?(?:co-?)?"
)
_TOGETHER = re.compile(r" ?(?:and|und|et|y|e|en|&|/|,)? ?")
_WHOSE = re.compile(
    r"^ ?(?:of|at|de|von|der|des|du|di|van|da|do|bei|behind)? ?(?:the |la |le |der |die |a |o |het |el |il |l')?(?:[a-z]+ ){0,2}\0(?:'s)?"
)
_FARTHEST = 80  # characters between "founded" and the names behind "by"
_LIST = re.compile(  # "A and B", "A, together with his brother-in-law B", "A, a lawyer, and B"
    r"^(?:, (?:an?|eine?|une?|una?|um|uma|een) [\w -]{3,32},)?,? ?(?:(?:and|und|et|y|e|ed|en|i|oraz|&|sowie|as well as|along with|together with|with|zusammen mit|gemeinsam mit|avec|junto con|junto a|insieme a|samen met|juntamente com)"
    r"(?: (?:his|her|their|the|seinem|seiner|ihrem|ihrer|son|sa|su|suo|sua|zijn|haar|seu))?(?: [a-z-]{2,16}){0,3})? ?$"
)
_COPULA = re.compile(
    r"^[ ,]*(?::|\||-|steht|stehen|se trouve|c'e|staat|esta|jest|pelni|sprawuje|stoi|firmy|spolki|sa|zostal|zostala|heisst|heißt|hiess|se llama|si chiama|heet|s'appelle|are|were|is|was|include|includes|sind|waren|ist|war|heisst|heissen|sont|est|etait|son|es|era|eran|sono|e|fu|furono|zijn|is|was|waren|sao|foi|foram|:? ?the|now|currently|today|desormais|ahora|ora|nu|nun|agora|teraz|inzwischen|mittlerweile|these days|nowadays|at present|at the moment|sits|we find|fuhrt|hat|hat derzeit|on trouve|figure|encontramos|hay|troviamo|c'e oggi|vinden we|encontramos|stoi|probably|likely|apparently|presumably|reportedly|wohl|vermutlich|wahrscheinlich|probablement|probablemente|probabilmente|waarschijnlijk|provavelmente|prawdopodobnie|seit \d{4}|liegt bei|in den handen von|derzeit|still|named|called|mr|mrs|ms|dr|frau|herr|mme|la|le|il|el|o|a|de|,|\(|\.|:)*(?: (?:the|two|three|brothers|sisters|siblings|friends|engineers|currently|now|still|actually|named|is|are|ist|est|es|e|jest|stata|stato))*(?: (?:seit|since|depuis|desde|dal|sinds|od) (?:\w+ )?\d{4}(?: roku)?)?(?: (?:the|der|die|la|le|el|il|lo|de|o|a) (?:[a-z]+ ){0,2}(?:dr|doctor\w*|dott\w*|professor\w*)?)?(?: (?:dr|dott\w*|prof\w*|mrs?|ms|herr|frau|mme|senora?))?[ ,:(.-]*$"
)
_BEHIND = re.compile(
    r"^[ ,(]*(?:is|was|jest|l'|ist|war|est|es|e|serves as|who is|acts as|as|als|comme|en tant que|en qualite de|como|come|in qualita di|na qualidade de|jako|der|die|the|its|their|our|la|le|il|el|o|a|een|de|die|dessen|deren|currently|the current|the company's|l'|current|aktuelle[r]?|and|has been|leads as|took over as|became|wurde|,)*(?: (?:a|an|the|its|current|new|der|die|la|le|il|el|o|a|de))*[ ,(]*$"
)
_LED = frozenset({"geleitet", "gefuhrt", "geleid"})  # participles that stand behind whom they name
_NOUNS = (
    "founder",
    "cofounder",
    "co founder",
    "grunder",
    "mitgrunder",
    "fondator",
    "fondatric",
    "cofondator",
    "cofondatric",
    "fundador",
    "cofundador",
    "oprichter",
    "medeoprichter",
    "founding team",
    "brainchild",
    "oprichtster",
    "zalozyciel",
    "wspolzalozyciel",
)


_NUMBER = r"(?:two|three|four|five|\d|a (?:pair|trio|couple|group)|zwei|drei|vier|funf|deux|trois|quatre|dos|tres|cuatro|due|tre|quattro|twee|drie|vier|dois|duas|quatro|dwaj|dwie|dwoje|trzej|trzy|troje|czterej|brothers|sisters|siblings)"
# "by three former colleagues, ", "von drei Freunden gegr\u00fcndet: "
_SEVERAL = re.compile(rf"\b{_NUMBER}(?: [\w'-]+){{1,4}}[,:] $|^: $")
_COMPANY = r"(?:(?:the|das|die|der|l'|la|le|el|il|het|de|a|o) ?)?(?:company|firm|brand|business|unternehmen|firma|marke|entreprise|societe|marque|maison|empresa|compania|azienda|societa|bedrijf|merk|it|es|sie)"
# "gerufen hat es die Tischlerin ", "fundou a Lantern foi "
_INVERTED = re.compile(
    rf" (?:(?:hat|haben|a|o|la|le|il|het|die|das|wurde|werd) )?(?:{_COMPANY}|)(?:\0)? ?(?:(?:foi|war|was|fue|e stat[ao]|a ete|bylo?|ist|is|est|es|e) )?(?:(?:the|die|der|la|le|el|il|de|o|a|l') ?[a-z]+ )?"
)
_BY_THE = re.compile(r"(?: in \d{4})? by (?:the|an?) (?:[a-z-]+ ){1,3}")
_WHO_BEGAN = re.compile(
    rf",? (?:who|qui|die|der|que|che|kt\w+) (?:{_COMPANY} ?)?(?:(?:in |im jahre? |en |nel |em |w )?\d{{4}} ?)?"
)
_HEADS = frozenset(
    ["heads", "leads", "directs", "runs", "dirige", "leitet", "leidt", "guida", "lidera", "kieruje", "fuhrt"]
) | {"runs the", "leads the", "heads the"}
_GENERIC = frozenset(
    [
        "company",
        "firm",
        "business",
        "group",
        "organisation",
        "organization",
        "brand",
        "house",
        "enterprise",
        "operation",
        "team",
        "studio",
        "agency",
        "it",
        "since",
        "with",
        "from",
        "today",
        "and",
        "as",
        "for",
        "until",
        "unternehmen",
        "firma",
        "marke",
        "gruppe",
        "es",
        "seit",
        "mit",
        "entreprise",
        "societe",
        "marque",
        "maison",
        "groupe",
        "depuis",
        "avec",
        "empresa",
        "compania",
        "marca",
        "grupo",
        "desde",
        "con",
        "azienda",
        "societa",
        "gruppo",
        "dal",
        "bedrijf",
        "merk",
        "groep",
        "sinds",
        "met",
        "com",
        "firme",
        "spolke",
        "od",
    ]
)
_HEADED = re.compile(r"(?: up)?[ ']+(?:(?:the|die|das|den|la|le|l|el|il|lo|het|de|a|o)[ '])?(?P<what>[a-z][\w-]*)")


@dataclass(frozen=True, slots=True)
class RoleSaid:
    """`names` in the role at `anchor`; they stand at start:end."""

    role: str
    names: tuple[str, ...]
    start: int
    end: int
    anchor: tuple[int, int]


def said_of(unit: Unit, plain: Plain, people: list[Person], more: Sequence[Hit] = ()) -> list[RoleSaid]:
    """Every list of names with a role that the sentence gives it; `more` are roles of the brand's own facts."""
    folded = plain.folded
    roles = [*(hit for hit in unit.hits if hit.name in ("founder", "ceo", "owner", "other_role")), *more]
    roles = [
        hit
        for hit in roles
        if not _heads_a_part(hit, unit, plain)
        and not any(
            one is not hit
            and one.start <= hit.start
            and hit.end <= one.end
            and one.end - one.start > hit.end - hit.start
            for one in roles
        )
    ]
    found: list[RoleSaid] = []
    for group in _groups(people, folded):
        start, end = group[0].start, group[-1].end
        names = tuple(person.name for person in group)
        began = next(
            (hit for hit in roles if hit.name == "founder" and _BY_THE.fullmatch(folded, hit.end, start)), None
        )
        if began is not None:  # "set up in 2011 by the furniture designer …": what the founder was
            found.append(RoleSaid("founder", names, start, end, (began.start, began.end)))
            continue
        costs = [(cost, hit) for hit in roles if (cost := _cost(hit, group, folded, unit)) is not None]
        if costs:
            hit = min(costs, key=lambda entry: entry[0])[1]
            held = [hit, *(other for other in roles if _are_one(hit, other, folded))]
            found.extend(RoleSaid(one.name, names, start, end, (one.start, one.end)) for one in held)
            continue
        lead = next((name for name in unit.lead if name in ("founder", "ceo")), None)
        if lead and start - unit.start < 6:
            found.append(RoleSaid(lead, names, start, end, (start, start)))
    return found


def _heads_a_part(hit: Hit, unit: Unit, plain: Plain) -> bool:
    """ "heads surgery", "runs the caf\u00e9": who leads a part leads not the whole; and a chef cooks where the word is not German."""
    folded = plain.folded
    said = folded[hit.start : hit.end]
    if said == "chef":
        return (
            re.search(
                r"\b(?:dello|lo|the|le|du|el|del|do|head|un|uno) $", folded[max(unit.start, hit.start - 6) : hit.start]
            )
            is not None
        )
    if said not in _HEADS:
        return False
    after = _HEADED.match(folded, hit.end, unit.end)
    if after is None or any(one.start <= after.start("what") < one.end for one in unit.mentions):
        return False
    return plain.text[after.start("what")].islower() and after["what"] not in _GENERIC


def _are_one(first: Hit, second: Hit, folded: str) -> bool:
    """ "founder and CEO": two roles of one person."""
    if first.name == second.name:
        return False
    low, high = sorted((first, second), key=lambda hit: hit.start)
    return _TOGETHER.fullmatch(folded[low.end : high.start]) is not None


def _groups(people: list[Person], folded: str) -> list[list[Person]]:
    groups: list[list[Person]] = []
    for person in people:
        if groups and _LIST.match(folded[groups[-1][-1].end : person.start]):
            groups[-1].append(person)
        else:
            groups.append([person])
    return groups


def _cost(hit: Hit, group: list[Person], folded: str, unit: Unit) -> float | None:
    """How far a role word stands from the names that it is said of; None when it is not said of them."""
    if not folded.isascii() and _is_east(hit, group, folded):
        return _east(hit, group, folded, unit)
    if hit.end <= group[0].start:
        gap = folded[hit.end : group[0].start].removeprefix(")")
        for mention in unit.mentions:
            if hit.end <= mention.start < group[0].start:
                gap = _WHOSE.sub("", gap.replace(folded[mention.start : mention.end], "\0", 1))
        return _before_names(hit, folded[hit.start : hit.end], gap)
    if hit.start >= group[-1].end:
        opening = folded[max(unit.start, group[0].start - 7) : group[0].start]
        gap = folded[group[-1].end : hit.start]
        if hit.name == "founder" and not _is_noun(hit, folded[hit.start : hit.end]):
            for mention in unit.mentions:  # "A hat Lantern gegründet"
                if group[-1].end <= mention.start < hit.start and mention.role == "brand":
                    gap = gap.replace(folded[mention.start : mention.end], "", 1).replace("  ", " ")
        return _behind_names(hit, folded[hit.start : hit.end], gap, opening)
    return None


def _is_east(hit: Hit, group: list[Person], folded: str) -> bool:
    low, high = min(hit.start, group[0].start), max(hit.end, group[-1].end)
    return any(map(is_cjk, folded[low : high + 1]))


def _east(hit: Hit, group: list[Person], folded: str, unit: Unit) -> float | None:
    behind = hit.start >= group[-1].end
    low, high = (group[-1].end, hit.start) if behind else (hit.end, group[0].start)
    gap = folded[low:high]
    for mention in unit.mentions:
        if low <= mention.start and mention.end <= high:
            gap = gap.replace(folded[mention.start : mention.end], "\0", 1)
    opening = folded[max(unit.start, group[0].start - 22) : group[0].start]
    return cost_of(hit.name, folded[hit.start : hit.end], gap, behind=behind, opening=opening)


def _is_noun(hit: Hit, said: str) -> bool:
    return hit.name != "founder" or said.startswith(_NOUNS)


def _before_names(hit: Hit, said: str, gap: str) -> float | None:
    """ "CEO Jane Doe", "founded in 2016 by A and B", "its founders are A and B"."""
    if len(gap) > _FARTHEST or re.search(r";|\. ", gap[:-1]):
        return None
    if hit.name == "founder" and (_SEVERAL.search(gap) or (not _is_noun(hit, said) and _INVERTED.fullmatch(gap))):
        return 3.0
    if said.startswith("zalozyl") and gap == " ":
        return 1.0
    if (_is_noun(hit, said) and len(gap) <= 28 and _COPULA.match(gap)) or (
        _BY.search(said) and len(gap) <= 34 and "," not in gap
    ):
        return float(len(gap))
    by = list(_BY.finditer(gap))
    if by and hit.name != "other_role" and (hit.name == "ceo" or not _is_noun(hit, said)):
        rest = gap[by[-1].end() :]
        if len(rest) <= 34 and "," not in rest:
            return len(rest) + 4.0 + len(gap) / 10
    return len(gap) + 2.0 if hit.name != "founder" and len(gap) <= 3 else None


def _behind_names(hit: Hit, said: str, gap: str, opening: str) -> float | None:
    """ "A and B founded", "Jane Doe, the CEO", "von A und B im Jahr 2015 gegründet"."""
    noun = _is_noun(hit, said)
    if (not noun or said in _LED) and len(gap) <= 60 and "," not in gap and _BY_AT_END.search(opening):
        return len(gap) / 4
    if not noun and _WHO_BEGAN.fullmatch(gap):
        return 8.0
    if (noun and len(gap) <= 34 and _BEHIND.match(gap.replace("l'", ""))) or (
        not noun and len(gap) <= 12 and _ACTIVE.fullmatch(gap)
    ):
        return len(gap) + 1.0
    return len(gap) + 1.0 if hit.name == "ceo" and len(gap) <= 2 else None
