"""The untracked organisation that a sentence opens with: "Acme was founded in 1999" speaks of nobody whom we know.

Most capitalised words that open a sentence name nobody: "Parking is limited", "L'azienda è stata fondata", "Jane Doe is the CEO".
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipelines.perception.judge.lexicon import LANGUAGES, topic
from pipelines.perception.judge.places import is_place
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.senses import is_sense, stem
from pipelines.perception.judge.text import Plain, fold

_NAME = r"^(?P<name>(?:[A-Z][\w&'-]*\.?)(?: (?:&|[A-Z][\w&'-]*))*)(?: itself| selbst| zelf| stessa| stesso| misma| mismo)?,? "
_LED_IN = r"(?:was |were |is |wurde |a ete |fue |e stat[ao] |werd |foi |\()?(?:also |originally |a company |a rival |a builder |an? [\w ]{2,30}? )?"
# What only organisations do, and what any thing may: of a thing only a name that is no known word is somebody.
_ORGANISED = re.compile(
    _NAME
    + _LED_IN
    + r"(?:founded|established|started|launched|based|headquartered|incorporated|set up|created|employs?|charges?|raised|sells?|serves?|gegrundet|beschaftigt|fondee?|creee?|emploie|fundad[ao]|emplea|fondat[ao]|impiega|opgericht|gevestigd|emprega|dates|sits|comes)\b"
)
_ANYTHING = re.compile(
    _NAME
    + _LED_IN
    + r"(?:costs?|offers?|has|kostet|coute|cuesta|costa|kost|custa|bietet|hat|(?:is|was) (?:an?|one|not an?)|(?:ist|war) (?:eine?|keine?)|(?:est|etait) une?|(?:es|era) una?|(?:is|was) een|(?:e|era) un[ao]?|e uma?|jest to) "
)
# "Maëlle Kervadec started the company": somebody begins what is spoken of.
_BEGINS_IT = re.compile(r" (?:the|this) (?:company|firm|brand|business|label|studio|start-?up)\b| it\b")
_ELIDED = re.compile(r"(?:l|d|un|dell|all|nell|dall|qu)'[a-z]", re.IGNORECASE)


def opening_org(unit: Unit, plain: Plain) -> str | None:
    """The untracked organisation that a sentence opens with: "Acme was founded in 1999"."""
    sentence = plain.text[unit.start : unit.end]
    lead = len(sentence) - len(sentence.lstrip(" \"'*"))
    if not sentence[lead : lead + 1].isupper():
        return None
    opening = _stripped(sentence[lead : lead + 160])
    organised = _ORGANISED.match(opening)
    match = organised or _ANYTHING.match(opening)
    if match is None or _BEGINS_IT.match(fold(sentence[lead + match.end() :])):
        return None
    if not _is_name(match["name"], organised=organised is not None):
        return None
    first = unit.start + lead
    if any(mention.start < first + match.end("name") for mention in unit.mentions) or any(
        hit.start < first + match.end("name") for hit in unit.hits if hit.start - first < 2
    ):
        return None
    return match["name"]


@lru_cache(maxsize=4096)
def _is_name(name: str, *, organised: bool) -> bool:
    words = fold(name).split()
    if words[0] in _openers() or _ELIDED.match(name) or is_place(name):
        return False
    return organised or len(words) > 1 or not is_sense(stem(words[0]))


@cache
def _openers() -> frozenset[str]:
    """Words that open sentences and no names, in all languages."""
    common = {fold(word) for words in topic("scope")["common_words"].values() for word in words}
    verbs = {fold(word) for language in LANGUAGES for word in topic("ordinary")["openers"].get(language, ())}
    return frozenset(common | verbs)


def _stripped(sentence: str) -> str:
    """With folded letters but the case kept, so that verbs in all languages are read without accents."""
    folded = fold(sentence)
    return "".join(
        char.upper() if raw.isupper() and len(char.upper()) == 1 else char
        for char, raw in zip(folded, sentence, strict=True)
    )
