"""Finds the names that matter in an answer: the brand, its products and the tracked rivals.

Longer names win ("Lanternfish" is not "Lantern", "Lantern Desk" is a product). A name that is also a common word needs
its capital; one that stands inside another proper name ("Lantern Festival") does not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipelines.perception.judge.lexicon import topic
from pipelines.perception.judge.likenesses import (
    APPOSED,
    AT_A_GLANCE,
    CAPITAL_WORD,
    DETERMINED,
    LONG_ENOUGH,
    SPELLED_OUT,
    WORD_AS_WORD,
    declined_names,
    nearly,
    ordinary_words,
    reads_as_name,
    reads_as_noun,
    stands_alone,
)
from pipelines.perception.judge.text import Plain, fold, is_cjk
from pipelines.perception.records import BrandFacts

Role = Literal["brand", "product", "rival", "other"]
_LEGAL = re.compile(
    r",? (?:inc\.?|llc|ltd\.?|limited|plc|corp\.?|gmbh|ag|se|s\.a\.|sa|sas|sarl|s\.l\.|sl|s\.r\.l\.|srl|s\.p\.a\.|spa|b\.v\.|bv|n\.v\.|lda\.?|ab|as|aps|oy|kg|co\.?)$"
)
_LETTER = r"a-z0-9\u00df\u0370-\u1fff"
_ARTICLE = re.compile(r"(?:the|der|die|das|le|la|les|el|los|il|lo|de|het|o|a) ", re.IGNORECASE)
_CAPITAL_AFTER = re.compile(r" (?P<next>[A-Z][\w'-]*)")
_SENTENCE_START = re.compile(r"(?:^|[\n.!?:;|]\s*[\"'(*\-\u2022]*\s*)$")
_DETERMINERS = re.compile(
    r"\b(?:a|an|the|this|that|every|each|any|some|old|paper|my|your|his|her|their|our|of|by|with|like a|into|eine?[rmn]?|der|die|das|den|dem|une?|le|la|les|un[ao]?|el|los|il|lo|een|de|het|um|uma|o|os|as) $"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at text[start:end]; `name` is the canonical one of the brand, product or rival."""

    start: int
    end: int
    role: Role
    name: str


def owner_key(mention: Mention) -> str:
    """A mention as the owner of claims: "brand", "product:<name>", "rival:<name>"."""
    return "brand" if mention.role == "brand" else f"{mention.role}:{mention.name}"


@dataclass(frozen=True, slots=True)
class _Known:
    role: Role
    name: str
    written: str
    distinct: bool  # cannot be an ordinary word: two words, digits, capitals inside, or not ASCII


class Names:
    """One brand's names, compiled."""

    def __init__(self, brand: BrandFacts) -> None:
        self._brand = brand.name
        self._own = tuple(fold(name) for name in (brand.name, *brand.aliases))
        known: dict[str, _Known] = {}

        def learn(written: str, role: Role, name: str) -> None:
            written = written.strip()
            if len(written) < 2 and not (written and is_cjk(written[0])):
                return
            for form in _forms_of(written):
                known.setdefault(form, _Known(role, name, written, _distinct(written)))

        for written in (brand.name, *brand.aliases):
            learn(written, "brand", brand.name)
        if brand.domain:
            learn(_host(brand.domain), "brand", brand.name)
        for rival in brand.competitors:
            for written in (rival.name, *rival.aliases):
                learn(written, "rival", rival.name)
            if rival.domain:
                learn(_host(rival.domain), "rival", rival.name)
        for product in brand.products:
            learn(product, "product", product)
        self._short: dict[str, str] = {}
        for product in brand.products:
            short = _without_brand(product, brand)
            if short and fold(short) not in known:
                self._short[short] = product
        self._known = known
        firsts = {fold(name).split()[0] for name in (brand.name, *brand.aliases, *brand.products) if name.split()}
        self._likened = {word for word in firsts if len(word) >= LONG_ENOUGH or any(map(str.isdigit, word))}
        self._likened = {word for word in self._likened if word not in ordinary_words()}
        ordered = sorted(known, key=len, reverse=True)
        body = "|".join(re.escape(form).replace(r"\ ", r"[ \n-]{1,2}") for form in ordered)
        self._pattern = re.compile(rf"(?<![{_LETTER}])(?:{body})(?![{_LETTER}])" if body else r"(?!)")
        genitive = "|".join(re.escape(form) for form in ordered if form[-1:].isalpha() and form.isascii())
        self._genitive = re.compile(rf"(?<![{_LETTER}])(?P<name>{genitive})s(?![{_LETTER}])" if genitive else r"(?!)")
        self._declined, self._nominative = declined_names([form for form in ordered if " " not in form])
        shorts = "|".join(map(re.escape, sorted(self._short, key=len, reverse=True)))
        self._shorts = re.compile(rf"(?<![\w])(?:{shorts})(?![\w])" if shorts else r"(?!)")

    def is_named(self, mention: Mention, plain: Plain) -> bool:
        """Whether a mention names the brand itself: its own names do, and products that carry one of them."""
        return mention.role == "brand" or (
            mention.role == "product" and any(name in plain.folded[mention.start : mention.end] for name in self._own)
        )

    def carried(self, mentions: list[Mention], plain: Plain) -> list[Mention]:
        """The mentions with products that carry the brand's name as the brand's own: a list of products ranks brands."""
        return [
            Mention(mention.start, mention.end, "brand", self._brand)
            if mention.role == "product" and self.is_named(mention, plain)
            else mention
            for mention in mentions
        ]

    def find(self, plain: Plain, language: str) -> list[Mention]:
        """Every name in order of place."""
        found: list[Mention] = []
        text, folded = plain.text, plain.folded
        shouting = text.islower() or text.isupper()
        spelled = {match["name"] for match in SPELLED_OUT.finditer(text)}
        for match in self._pattern.finditer(folded):
            if text[match.start() : match.end()] in spelled:
                continue  # "LQT stands for linear quadratic tracking"
            known = (
                self._known[re.sub(r"[ \n-]{1,2}", " ", match[0])]
                if match[0] not in self._known
                else self._known[match[0]]
            )
            if self._counts(text, folded, match.start(), match.end(), known, shouting):
                found.append(Mention(match.start(), match.end(), known.role, known.name))
        for match in self._genitive.finditer(folded):
            known = self._known[match["name"]]
            mid = not _SENTENCE_START.search(text, max(0, match.start() - 8), match.start())
            capital = text[match.start()].isupper()
            if capital and (language in ("de", "nl") or (mid and known.distinct)):
                found.append(Mention(match.start(), match.end(), known.role, known.name))
        if language == "pl":
            found.extend(self._in_cases(plain))
        found.extend(self._lookalikes(plain, found))
        found.sort(key=lambda mention: (mention.start, -mention.end))
        if self._short and any(mention.role in ("brand", "product") for mention in found):
            found = self._with_shorts(text, found)
        return found

    def _in_cases(self, plain: Plain) -> list[Mention]:
        """Names in the cases of Polish: "drożej niż u Hydrokastu"."""
        found = []
        for match in self._declined.finditer(plain.folded):
            known = self._known[self._nominative[match["root"]]]
            if match[0] not in self._known and plain.text[match.start()].isupper():
                found.append(Mention(match.start(), match.end(), known.role, known.name))
        return found

    def _lookalikes(self, plain: Plain, found: list[Mention]) -> list[Mention]:
        """Names that are nearly the brand's or a product's and somebody else's: "Mirrador", the HV-80 beside the HV-300."""
        taken = {place for mention in found for place in range(mention.start, mention.end)}
        others = []
        for word in CAPITAL_WORD.finditer(plain.text):
            folded = plain.folded[word.start() : word.end()]
            if (
                word.start() not in taken
                and any(nearly(folded, own) for own in self._likened)
                and folded not in self._known
                and not ordinary_words() & {folded, folded[:-1]}
            ):
                others.append(Mention(word.start(), word.end(), "other", word[0]))
        return others

    def _with_shorts(self, text: str, found: list[Mention]) -> list[Mention]:
        """ "Desk" for "Lantern Desk", where the brand is spoken of and the word is written as a name."""
        spans = [(mention.start, mention.end) for mention in found]
        place = 0
        for match in self._shorts.finditer(text):
            while place < len(spans) and spans[place][1] <= match.start():
                place += 1
            inside = place < len(spans) and spans[place][0] < match.end() and match.start() < spans[place][1]
            if not inside:
                found.append(Mention(match.start(), match.end(), "product", self._short[match[0]]))
        return sorted(found, key=lambda mention: mention.start)

    def _counts(self, text: str, folded: str, start: int, end: int, known: _Known, shouting: bool) -> bool:
        before = folded[start - 1 : start]
        if before and before in "@/\\" and not known.written.startswith(before):
            return False
        if (
            before == "-"
            and start > 1
            and folded[start - 2].isalpha()
            and not re.search(
                r"(?:\b(?:ex|non|pre|post|pro|anti|ehemalige|nicht))-$", folded[max(0, start - 12) : start]
            )
        ):
            return False
        if before == "." and start > 1 and folded[start - 2].isalnum():
            return False
        if re.match(r"\.(?:[a-z]{2,10})(?![a-z])", folded[end : end + 12]) and "." not in known.written:
            rest = folded[end + 1 : end + 12]
            if re.match(
                r"(?:com|io|net|org|co|ai|app|de|fr|es|it|nl|pt|eu|uk|dev|shop|store)\b", rest
            ) and self._is_domain_of_another(folded, start, end):
                return False
        if "." in known.written:
            return True
        if _is_part_of_other_name(text, start, end, known):
            return False
        if stands_alone(text, start, end) or AT_A_GLANCE.match(folded, end) or known.written.strip() != known.written:
            return True
        if WORD_AS_WORD.match(folded[end : end + 48]):
            return False
        opens = _SENTENCE_START.search(text, max(0, start - 8), start) is not None
        begin, start = start, start + _core(text[start:end])
        if opens and not shouting and text[begin:start].count(" ") < 2 and self._is_a_word_here(text, start, end):
            return (
                reads_as_name(folded, end)
                or APPOSED.match(folded, end) is not None
                or _CAPITAL_AFTER.match(text, end, end + 30) is not None
            )
        if shouting or not any(map(str.isupper, known.written)):
            return True
        if text[start:end].islower():
            return not DETERMINED.search(folded, max(0, start - 40), start) and reads_as_name(folded, end)
        if known.distinct:
            return True
        if text[start].isupper() and not text[start:end].isupper():
            return not (opens and _CAPITAL_AFTER.match(text, end, end + 30) is None and reads_as_noun(folded, end))
        if text[start].isupper():
            return True
        return not _DETERMINERS.search(folded, max(0, start - 12), start) and reads_as_name(folded, end)

    def _is_a_word_here(self, text: str, start: int, end: int) -> bool:
        """Whether the answer uses a one-word name as an ordinary word elsewhere: "Anchor your budget … is the anchor"."""
        name = text[start:end]
        if not name.isalpha() or not name[0].isupper() or name.isupper():
            return False
        return re.search(rf"(?<![\w@./-]){re.escape(name.lower())}s?(?![\w-]|\.\w)", text) is not None

    def _is_domain_of_another(self, folded: str, start: int, end: int) -> bool:
        match = re.match(r"[a-z0-9-]+(?:\.[a-z]{2,10})+", folded[start : end + 24])
        return match is not None and match[0] not in self._known and any("." in form for form in self._known)


def _forms_of(written: str) -> list[str]:
    """The folded spellings of a name: with its legal form and without, "BrightLoom" also as "bright loom"."""
    folded = fold(written)
    forms = [folded, re.sub(r"[ -]+", " ", folded)]
    bare = _LEGAL.sub("", folded)
    if len(bare) > 2:
        forms.append(bare)
    split = fold(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", written))
    if split != folded and all(len(part) > 1 for part in split.split()):
        forms.append(split)
    joined = re.sub(r"[ -]+", "", bare)
    if len(joined) > 5 and joined != bare and joined.isalnum():
        forms.append(joined)
    if "&" in folded:
        forms.extend((folded.replace("&", "and"), folded.replace("&", "und")))
    elif " and " in folded:
        forms.append(folded.replace(" and ", " & "))
    return list(dict.fromkeys(form for form in forms if form))


def _core(written: str) -> int:
    """Where a name begins behind its article: "The Lantern" is a lantern all the same."""
    article = _ARTICLE.match(written)
    return article.end() if article and len(written) > article.end() else 0


def _distinct(written: str) -> bool:
    written = written[_core(written) :]
    if not written.isascii() or " " in written or any(map(str.isdigit, written)) or "." in written:
        return True
    if any(map(str.isupper, written[1:])) and not written.isupper():
        return True
    return fold(written) not in ordinary_words()


def _host(domain: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", domain.strip().lower()).split("/")[0].split(":")[0]


def _without_brand(product: str, brand: BrandFacts) -> str | None:
    for name in (brand.name, *brand.aliases):
        if product.lower().startswith(name.lower() + " "):
            short = product[len(name) + 1 :].strip()
            if len(short) > 2 and short[0].isupper():
                return short
    return None


def _is_part_of_other_name(text: str, start: int, end: int, known: _Known) -> bool:
    after = _CAPITAL_AFTER.match(text, end, end + 30)
    table = topic("ordinary")
    if after and fold(after["next"]) in table["after_a_name"]:
        return True
    before = re.search(r"([A-Z][\w'-]*) $", text[max(0, start - 20) : start])
    return before is not None and not known.distinct and fold(before[1]) in table["before_a_name"]
