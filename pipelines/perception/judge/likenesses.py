"""Whether a word is a name here: names and ordinary words that look alike, names that nearly are somebody's own."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from pipelines.perception.judge.lexicon import topic

CAPITAL_WORD = re.compile(r"(?<!\w)[A-Z\u00c0-\u00de][\w-]{3,24}(?!\w)")
_DIGITS = re.compile(r"\d+")
LONG_ENOUGH, _NEAR = 6, 0.85  # letters of a name that can be told from its like, and how like it is
WORD_AS_WORD = re.compile(
    r"[\"']* (?:is|ist|est|es|e|jest|means|bedeutet|significa|veut dire|betekent|oznacza)(?: \w+){0,2}? (?:the|a|an|das|le|un|la|una|el|il|o|het|een)?(?: \w+){0,2} ?\b(?:word|term|wort|mot|palabra|parola|woord|palavra|slowo)\b"
    r"|[\"']+ (?:is|was|ist|war|est|etait|es|era|e) (?:an?|eine?|une?|una?|um|uma|een)(?: \w+){0,3} (?:seifenoper|soap|serie|series|film|movie|novel|roman|song|lied|band|village|dorf|river|fluss|plant|pflanze|bird|vogel|telenovela|romanzo|novela)\b"
)
APPOSED = re.compile(r"(?:, (?:the|an?|das|die|der|eine?|le|la|une?|el|una?|il|het|een|o|uma?) | \()")
AT_A_GLANCE = re.compile(
    r" (?:at a glance|in (?:brief|short|numbers|figures|a nutshell)|im uberblick|auf einen blick|en bref|en resumen|in breve|in sintesi|in het kort|em resumo|w skrocie)\b"
)
SPELLED_OUT = re.compile(
    r"\b(?P<name>[A-Z]{2,5})[\"')]* (?:stands for|is short for|is an acronym|steht f\u00fcr|signifie|est l'acronyme|significa|sta per|staat voor|oznacza) (?:the |das |le |la |el |il |het |o )?[\"'*]*[a-z]"
)
DETERMINED = re.compile(
    r"\b(?:an?|the|this|that|every|each|any|some|my|your|his|her|their|our|eine?[rmn]?|der|die|das|den|dem|une?|le|la|les|un[ao]?|el|los|il|lo|een|de|het|uma?|os?|as?)(?: [\w-]+){0,2} $"
)
_MODALS = {"should", "must", "needs", "tends", "grows", "comes"}  # what is told of things rather than companies
_JOINS = frozenset(
    "can will may also now currently then had began won grew ran took to with for by from der von und mit auf bij op van doesn isn hasn didn wasn won aren don".split()  # noqa: SIM905
)


def nearly(word: str, own: str) -> bool:
    """Whether a word is another name that only looks like one's own."""
    if word == own or abs(len(word) - len(own)) > 1:
        return False
    if word[0] != own[0]:
        return len(word) >= LONG_ENOUGH and word[1:] == own[1:]  # "Warnholt" beside Varnholt
    if any(map(str.isdigit, own)):
        return any(map(str.isdigit, word)) and _DIGITS.sub("0", word) == _DIGITS.sub("0", own)
    if len(word) < LONG_ENOUGH or word.startswith(own) or own.startswith(word):
        return False
    return SequenceMatcher(None, word, own).ratio() >= _NEAR


_SHORTEST = 5  # letters of a name that is known by its root
_CASES = {"": "a|u|owi|em|iem|ie|y|i", "a": "y|i|e|ie|o"}  # by the letter that a Polish name loses before it


def declined_names(forms: list[str]) -> tuple[re.Pattern[str], dict[str, str]]:
    """One-word names in the cases of Polish, each by its "root", and the name of each root."""
    roots: dict[str, str] = {}
    bodies = []
    for lost, endings in _CASES.items():
        names = [form for form in forms if len(form) >= _SHORTEST and form.isalpha() and _loses(form) == lost]
        roots |= {form.removesuffix(lost): form for form in names}
        if names:
            body = "|".join(re.escape(form.removesuffix(lost)) for form in names)
            bodies.append(rf"(?:{body})(?=(?:{endings})(?!\w))")
    return re.compile(rf"(?<!\w)(?P<root>{'|'.join(bodies)})\w{{1,3}}" if bodies else r"(?!)"), roots


def _loses(form: str) -> str | None:
    """What a Polish name loses before an ending: "" behind a consonant, its "a"; None of one that has no cases."""
    return "a" if form.endswith("a") else None if form[-1] in "eiouy" else ""


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a name is all of its line or cell."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    stop = text.find("\n", end)
    after = text[end : stop if stop >= 0 else len(text)]
    return not before.strip(" *:\"'") and not after.strip(" *:\"'")


def reads_as_noun(folded: str, end: int) -> bool:
    """Whether what follows a sentence's first word shows an ordinary noun: another noun rather than a verb."""
    following = re.match(r" (?P<next>[a-z]{2,})(?: (?P<then>[a-z]+))?", folded[end : end + 40])
    if following is None:
        return False
    word = following["next"]
    if word in topic("ordinary")["nouns_after"] or word in _MODALS:
        return True
    return (
        not word.endswith(("s", "ed", "t", "a", "e", "ly"))
        and word not in topic("ordinary")["verbs_after"]
        and word not in _JOINS
    )


def reads_as_name(folded: str, end: int) -> bool:
    """Whether a name in lower case is meant as one: it opens the text or stands before a verb that companies take."""
    after = re.match(r"(?:'s)? (?P<next>[a-z]+)", folded[end : end + 24])
    return after is not None and after["next"] in topic("ordinary")["verbs_after"]


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    return frozenset(topic("ordinary")["words"])
