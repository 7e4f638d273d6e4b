"""What kind of thing a question asks for, and how a sentence shows that it has one.

The words that only tell the kind ("how much", "cost") are no words that an answer must have; in their place it should
have the kind's sign: an amount of money, a time, an address, a name. `mark` is that sign as a word, which then counts
like the question's others. Which words tell a kind stands in kinds.yaml, by language; signs are the same in all.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from pipelines.knowledge.reading.tongues import language_of
from store.kit import structs

FILE = Path(__file__).parent / "kinds.yaml"
MARK = "§"  # begins a sign's word; no text's words do
EARLY = 2  # words that may stand before one that asks: "until when"; later it asks nothing: "mails where I …"
SHOWN, MISSING = 0.05, -0.1  # what a passage, and a sentence, gains by having the sign, and by not having it
MARK_WEIGHT = 3.0  # as a word that one chunk of twenty has
_MONEY = (
    r"[$€£¥₹]\s?\d|\d[\d.,]*\s?(?:[$€£¥₹]|(?:USD|EUR|GBP|CHF|euros?|dollars?|pounds?|pence|cents?|francs?|franken)\b)|"
    r"\b(?:USD|EUR|GBP|CHF)\s?\d|"
    r"\b(?:kostenlos|gratis|gratuite?s?|gratuit[oaie]s?|free of charge|for free|(?:is|are) free|free (?:shipping|delivery))\b"
)
_CLOCK = r"\b\d{1,2}(?:[:.]\d{2}\b|\s?(?:[ap]\.?m\b|uhr|uur|h\b|horas?|heures?|ore\b))|\b24/7|around the clock|rund um die uhr"
_TIME = (
    rf"{_CLOCK}|\b(?:1[5-9]|20)\d\d\b|"
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:mon|diens|donners|frei|sams|sonn)tags?\b|\bmittwochs?\b|"
    r"\b(?:minute|hour|day|week|month|year)s?\b|\b(?:minuten?|stunden?|tagen?|tage|wochen?|monaten?|monate|jahren?|jahre)\b|"
    r"\b(?:jours?|semaines?|mois|ans?|années?|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b|"
    r"\b(?:días?|semanas?|meses|años?|lunes|martes|miércoles|jueves|viernes|sábado|domingo)\b|"
    r"\b(?:giorn[oi]|settiman[ae]|mes[ei]|ann[oi]|ore|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica)\b|"
    r"\b(?:dag(?:en)?|weken|maanden|jaar|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)\b|"
    r"\b(?:dias?|semanas?|mês|meses|anos?|segunda|terça|quarta|quinta|sexta)\b|"
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
)
_CAPITAL = r"[A-ZÀ-ÖØ-ÞČŠŽŁ]"
_PLACE = (
    r"\b\d{1,5}[a-z]?\s(?:[A-Z]\w*\.?\s){1,3}(?:St|Street|Ave|Avenue|Road|Rd|Blvd|Lane|Square|Drive|Way)\b|"
    r"(?:straße|strasse|str\.|weg|platz|allee|gasse|straat|laan|plein)\s\d|\b(?:[Rr]ue|[Vv]ia|[Cc]alle|[Rr]ua|[Aa]venida|[Pp]iazza)\s|"
    r"\b[A-Z]{2}\s\d{5}\b|\b\d{4,5}\s[A-Z]\w+|\b[A-Z]{1,2}\d{1,2}[A-Z]?\s\d[A-Z]{2}\b|"
    rf"\b(?:in|at|near|from|im|am|aus|bei|à|au|en|a|em|te)\s(?:the\s|la\s|le\s|der\s|den\s|de\s)?{_CAPITAL}\w+"
)
_REACH = r"[\w.+-]+@[\w-]+\.\w+|(?<![\d.,])\+?\d[\d ()/-]{7,}\d|https?://|\bwww\."
_NO_NAME = r"(?:Sie|Ihre?[nmrs]?|De[rnms]|Die|Das|Eine?[nmrs]?|Unsere?[nmrs]?|Wir|The|Our|This|That|We|You|In|At|For|From|And|Les?|La|El|Los)"
_NAME = re.compile(
    rf"\b(?!{_NO_NAME}\s){_CAPITAL}[\w'’-]+(?:\s(?:{_CAPITAL}\.|(?:van|von|de|da|di|del|la)\b)){{0,2}}\s{_CAPITAL}[\w'’-]+"
)
_STEP = re.compile(
    r"^\W*(?:\d{1,2}[.)]|to|um|pour|para|per|om|if|wenn|si|se|als)\s|"
    r"\b(?:click|call|visit|fill|contact|choose|select|open|write|send|use|go to|download|enter|press|sign up|apply|please)\b|"
    r"\b(?:klicken|rufen|wählen|schreiben|senden|nutzen|füllen|bitte|öffnen)\b|"
    r"\b(?:cliquez|appelez|remplissez|envoyez|choisissez|utilisez|veuillez)\b|"
    r"\b(?:haga|llame|llámenos|rellene|envíe|elija|escriba)\b|\b(?:clicchi|chiami|compili|invii|scelga|scriva)\b|"
    r"\b(?:klik|bel|vul|stuur|kies|gebruik)\b|\b(?:clique|ligue|preencha|envie|escolha|escreva|pode)\b",
    re.IGNORECASE,
)
_IS = r"(?:is|are|was|were|ist|sind|war|est|sont|es|son|è|sono|zijn|é|são)"
_ONE = r"(?:an?|the|one|our|your|eine?|der|die|das|ihre?|une?|l[ea]s?|votre|una?|el|los|il|lo|een|de|het|uma?|os?)"
_WE = r"(?:we(?:['’]re| are)|wir sind|nous sommes|somos|siamo|wij zijn)(?: not just)?"
_SIGNS = {
    "price": re.compile(_MONEY, re.IGNORECASE),
    "hours": re.compile(_CLOCK, re.IGNORECASE),
    "time": re.compile(_TIME, re.IGNORECASE),
    "where": re.compile(_PLACE),
    "contact": re.compile(_REACH, re.IGNORECASE),
    "how": _STEP,
}
_OPENING = ("where", "time", "who")
ADDRESS = "address"
_TELLS = re.compile(r"[^\W\d_]{5}|\b[^\W\d_a-zß-ÿ]")  # a word that is no "you" and no "is"
_DOING = re.compile(r"\s(?:do|does)\W*$", re.IGNORECASE)
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


class Asked(Struct, frozen=True):
    """A question: its kind ("" where none is known), what it says but for the words of its kind, and what it defines."""

    said: str
    kind: str = ""
    rest: str = ""
    subject: str = ""
    language: str | None = None
    lacks: str = ""

    @property
    def sought(self) -> str:
        """What is looked up: what was said, with the word that it lacks."""
        return f"{self.said} {self.lacks}" if self.lacks else self.said

    @property
    def is_sure(self) -> bool:
        """Whether an answer must have the sign: much is explained without "is a", or without saying what to do."""
        return self.kind not in ("definition", "how")

    @property
    def mark(self) -> frozenset[str]:
        """The sign as a word."""
        return frozenset({MARK + self.kind}) if self.kind else frozenset()

    def gained_by(self, text: str) -> float:
        """What a text gains by having the sign, or loses by not having it; nothing where nearly every text has it."""
        if self.kind in ("", "how", "who", "time"):
            return 0.0
        return SHOWN if self.shown_by(text) else MISSING

    def shown_by(self, text: str) -> frozenset[str]:
        """The mark if this text has the kind's sign."""
        return self.mark if self.kind and self._is_shown(text) else frozenset()

    def fits(self, name: str) -> bool:
        """Whether a page of this name is about such things."""
        if self.kind not in ("contact", "price", "hours", "where"):
            return False
        wanted = ("where", "contact") if self.kind == "where" else (self.kind,)
        return any(words[kind].search(name) for words in _all().values() for kind in wanted)

    def _is_shown(self, text: str) -> bool:
        if self.kind == "definition":
            return _defines(self.subject, text)
        if self.kind == "who":
            asked = set(re.findall(r"\w+", self.rest.casefold()))
            return any(not asked & set(re.findall(r"\w+", name.group().casefold())) for name in _NAME.finditer(text))
        return _SIGNS[self.kind].search(text) is not None


def of(question: str) -> Asked:
    """The question's kind, by the words of its language, or of any where it is too short to tell."""
    said = " ".join(question.split())
    language = language_of(said)
    for words in [_all().get(language, {})] if language else _all().values():
        for kind, told in words.items():
            if kind == ADDRESS:
                continue
            found = told.search(said)
            if found is None or (kind in _OPENING and said.count(" ", 0, found.start()) > EARLY):
                continue
            if kind == "hours":
                return Asked(said, kind, words["time"].sub(" ", told.sub(" ", said)), language=language)
            if kind != "definition":
                rest = told.sub(" ", said)
                lacks = words[ADDRESS].pattern if kind == "where" and not _TELLS.search(rest) else ""
                return Asked(said, kind, rest, language=language, lacks=lacks)
            subject = _EDGES.sub("", _DOING.sub("", said[found.end() :]))
            if subject and (not subject[0].islower() or " " not in subject):
                return Asked(said, kind, subject, subject, language)
    return Asked(said, rest=said, language=language)


def _defines(subject: str, text: str) -> bool:
    """Whether a sentence begins with this, or with "we", and says what it is."""
    named = rf"{re.escape(subject)}\b[^.!?\n]{{0,40}}?\b{_IS}" if subject else "(?!)"
    wanted = rf"(?:^|[.!?:]\s)\W*(?:(?:[^.!?\n]{{0,50}}[\s(])?{named}|{_WE})\s{_ONE}\b"
    return re.search(wanted, text, re.IGNORECASE | re.MULTILINE) is not None


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, re.Pattern[str]]]:
    found = structs.convert(msgspec.yaml.decode(FILE.read_bytes()), dict[str, dict[str, str]])
    return {
        language: {
            kind: re.compile(words if kind in ("definition", ADDRESS) else rf"\b(?:{words})\b", re.IGNORECASE)
            for kind, words in kinds.items()
        }
        for language, kinds in found.items()
    }
