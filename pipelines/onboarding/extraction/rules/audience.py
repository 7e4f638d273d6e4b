"""Who a site says it is for: "built for startups and freelancers", "Who is it for?", lists under such headings, sectors.

Only names of people and organisations are proposed (`words/audience.yaml`), so "designed for speed" yields nothing; who
the sentence is about goes along as `subject`, so "Rival X is ideal for banks" does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.blocks import Block
from pipelines.onboarding.extraction.labels import is_label
from pipelines.onboarding.extraction.links import links
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.rules.subjects import subject
from pipelines.onboarding.extraction.text import fold, key, sentences, word_count

_SILENT = frozenset(("legal", "jobs", "account", "imprint", "listing", "events", "docs", "press"))
_MAX_NAME_WORDS = 5
_MAX_ITEM_WORDS = 16
_LONGEST_HEADING = 110
_LONGEST_TEXT = 2500
_MANY = 8
_EDGE = re.compile(r"^[^\w]+|[^\w)]+$")


def propose(page: Page) -> Iterator[Candidate]:
    if page.kind in _SILENT:
        return
    yield from _head(page)
    for block in page.blocks:
        if block.region == "footer" or len(block.text) > _LONGEST_TEXT:
            continue
        if 0 < block.level < 5 and len(block.text) <= _LONGEST_HEADING and block.region != "nav":
            yield from _heading(page, block)
        if not block.level and block.region not in ("nav", "header") and block.link_share < 0.5:
            yield from _text(page, block)
    yield from _lists(page)
    yield from _sectors(page)


def _head(page: Page) -> Iterator[Candidate]:
    for name in ("title", "description"):
        text = page.head.get(name, "")
        for sentence in sentences(text) if text else ():
            for value in _told(sentence, bare=True):
                yield page.from_head("audience", value, sentence, f"for-{name}")


def _heading(page: Page, block: Block) -> Iterator[Candidate]:
    if block.text.endswith("?"):
        return
    for value in _told(block.text, bare=True):
        yield page.from_block("audience", value, block, "for-heading", subject=_subject(block.text))


def _text(page: Page, block: Block) -> Iterator[Candidate]:
    if not _phrases().search(block.text):
        return
    for sentence in sentences(block.text):
        for value in _told(sentence, bare=False):
            yield page.from_block("audience", value, block, "for-said", quote=sentence, subject=_subject(sentence))


def _lists(page: Page) -> Iterator[Candidate]:
    """Cards and items under "Who is it for?" or "Acme is perfect for:"; any short title counts under "Industries"."""
    for group in page.groups:
        heading = group.heading or ""
        if group.region in ("nav", "footer") or len(heading) > _LONGEST_HEADING:
            continue
        who = words.pattern("audience", "who_headings").search(heading)
        sectors = key(heading) in words.keys("audience", "industry_headings")
        if not who and not sectors:
            continue
        for card in group.cards:
            block = next((one for one in card.blocks if card.title in one.text), None)
            if block is None or word_count(card.title) > _MAX_ITEM_WORDS:
                continue
            names = (
                [card.title]
                if sectors and word_count(card.title) <= 4 and not is_label(card.title)
                else _names(card.title)
            )
            for value in names:
                if value in block.text:
                    rule = "sector-list" if sectors else "who-list"
                    yield page.from_block("audience", value, block, rule, quote=card.title, subject=_about(block))


def _sectors(page: Page) -> Iterator[Candidate]:
    """Links into /industries/ and /for-…: menus name whom a company sells to."""
    seen: set[str] = set()
    folders, leads = words.keys("audience", "folders"), tuple(f"{word} " for word in words.keys("audience", "for_word"))
    for block, text, to in links(page):
        inside = len(to.parts) > 1 and to.parts[-2] in folders
        named = bool(to.parts) and to.parts[-1].startswith(leads)
        if not (inside or named) or text in seen or word_count(text) > _MAX_NAME_WORDS or is_label(text):
            continue
        seen.add(text)
        match = _bare().match(text)
        value = fold(text[match.end() :]) if match and match.end() < len(text) else text
        if value and (inside or _names(value)):
            yield page.from_block("audience", value, block, "sector-link", quote=text)


def _told(sentence: str, *, bare: bool) -> Iterator[str]:
    """Names of people after a phrase that says for whom; `bare`: a plain "for" is enough."""
    found: set[str] = set()
    matches = list(_phrases().finditer(sentence))
    if bare:
        matches += _bare().finditer(sentence)
    for match in matches:
        alone = _singular_phrases().fullmatch(match[0].strip()) is not None
        for value in _names(sentence[match.end() :], alone=alone):
            if value not in found:
                found.add(value)
                yield value


def _names(text: str, *, alone: bool = False) -> list[str]:
    """The names of people that open a text: "startups, freelancers and DevOps teams who …" gives three.

    `alone`: one of them counts as well ("whether you're a dog lover").
    """
    found: list[str] = []
    clause = re.split(r"[.:;!?(]|\s[\u2013\u2014|-]\s", text, maxsplit=1)[0]
    for part in _splitter().split(clause)[:_MANY]:
        name, whole = _name(part, alone=alone)
        if name:
            found.append(name)
        elif found and part.strip():
            break
        if not whole:
            break
    return found


def _name(part: str, *, alone: bool) -> tuple[str, bool]:
    """(the people a part names or "", whether the part holds nothing after them)."""
    tokens = part.strip(" :").split()
    while tokens and key(tokens[0]) in words.keys("audience", "openers"):
        tokens.pop(0)
    kept: list[str] = []
    for token in tokens:
        if key(token) in words.keys("audience", "stops") or token.endswith("'s"):
            break
        kept.append(token)
    whole = len(kept) == len(tokens)
    last = next((at for at in range(len(kept) - 1, -1, -1) if _is_people(kept, at, alone=alone)), None)
    if last is None:
        return "", whole and bool(kept) and len(kept) <= _MAX_NAME_WORDS
    kept = kept[: last + 1] if not _romance(kept[last]) else kept
    name = _EDGE.sub("", " ".join(kept))
    return (name if word_count(name) <= _MAX_NAME_WORDS else ""), whole


def _is_people(tokens: list[str], at: int, *, alone: bool) -> bool:
    """Whether the word at a place names people, alone or with the word before it ("law firm")."""
    word = key(tokens[at])
    if not word:
        return False
    last = word.split()[-1]
    pair = f"{key(tokens[at - 1])} {last}" if at else ""
    known = _people() | _one_person() if alone else _people()
    return any(one in known for one in (word, last, pair) if one)


def _romance(word: str) -> bool:
    """Whether adjectives follow the noun: "empresas pequeñas"."""
    return key(word) in _romance_people()


def _subject(sentence: str) -> str:
    """Who says it is for them; "whether you're a …" speaks to the reader and is about the brand."""
    match = _phrases().search(sentence) or _bare().search(sentence)
    if match is None or _singular_phrases().fullmatch(match[0]):
        return ""
    return subject(sentence, match.start(), match.end())


def _about(block: Block) -> str:
    """Whom the headings above a list are about: "Acme" in "Acme is perfect for:"; "" when they name nobody."""
    for heading in reversed(block.headings):
        match = words.pattern("audience", "who_headings").search(heading)
        about = fold(heading[: match.start()]) if match else ""
        if about and word_count(about) <= 5 and about[0].isupper():
            return about
    return ""


@cache
def _people() -> frozenset[str]:
    """Plurals and collectives as keys; only English plurals are formed here, the other lists hold plurals."""
    table = words.topic("audience")["people"]
    others = {key(word) for name, nouns in table.items() if name != "en" for word in nouns}
    listed = {key(word) for word in table["en"]}
    plurals = {f"{word}s" for word in listed} | {word for word in listed if word.endswith("es") or word[:-1] in listed}
    return frozenset(others | plurals | words.keys("audience", "collective"))


@cache
def _one_person() -> frozenset[str]:
    return frozenset(key(word) for word in words.topic("audience")["people"]["en"])


@cache
def _romance_people() -> frozenset[str]:
    table = words.topic("audience")["people"]
    english = {form for word in table["en"] for form in (key(word), f"{key(word)}s")}
    return frozenset(key(word) for name in ("fr", "es", "it", "pt") for word in table[name]) - english


def _phrases() -> words.Phrases:
    return words.pattern("audience", "for_phrases")


def _singular_phrases() -> words.Phrases:
    return words.pattern("audience", "singular_phrases")


def _bare() -> words.Phrases:
    return words.pattern("audience", "for_word")


@cache
def _splitter() -> re.Pattern[str]:
    joints = words.pattern("audience", "joints").pattern
    return re.compile(rf"\s*,\s*(?:(?:{joints})\s+)?|\s+(?:{joints})\s+|\s*/\s*", re.IGNORECASE)
