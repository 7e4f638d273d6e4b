"""Who a site says it is for: "built for startups and freelancers", "Who is it for?", lists under such headings, sectors.

Only names of people and organisations are proposed (`words/audience.yaml`), so "designed for speed" yields nothing; who
the sentence is about goes along as `subject`, so "Rival X is ideal for banks" does not count.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.blocks import Block
from pipelines.onboarding.extraction.labels import announces_other, is_card_name, is_label, offer_kind
from pipelines.onboarding.extraction.links import links
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.people import people_in
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.rules.subjects import subject
from pipelines.onboarding.extraction.text import fold, key, sentences, word_count

_SILENT = frozenset(("legal", "jobs", "account", "imprint", "listing", "events", "docs", "press"))
_MAX_NAME_WORDS = 5
_MAX_ITEM_WORDS = 16
_MAX_SECTOR_WORDS = 4
_LONGEST_HEADING = 110
_LONGEST_TEXT = 2500


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
    below_title = page.kind == "home" and block.heading == page.h1 and block.since_heading <= 1
    if not _phrases().search(block.text) and not below_title:
        return
    for sentence in sentences(block.text):
        for value in _told(sentence, bare=below_title):
            about = _subject(sentence)
            hedge = 0.5 if page.kind == "compare" and not about else 0.0  # whose, among those compared?
            yield page.from_block("audience", value, block, "for-said", quote=sentence, subject=about, hedge=hedge)


def _lists(page: Page) -> Iterator[Candidate]:
    """Cards and items under "Who is it for?" or "Acme is perfect for:"; any short title counts under "Industries"."""
    for group in page.groups:
        labels = page.labels(group.heading)
        if group.region in ("nav", "footer") or any(len(label) > _LONGEST_HEADING for label in labels):
            continue
        who = any(words.pattern("audience", "who_headings").search(label) for label in labels)
        sectors = any(key(label) in words.keys("audience", "industry_headings") for label in labels)
        if not who and not sectors:
            continue
        named = any(people_in(card.title) for card in group.cards)
        for card in group.cards:
            block = next((one for one in card.blocks if card.title in one.text), None)
            if block is None or word_count(card.title) > _MAX_ITEM_WORDS:
                continue
            values = people_in(card.title)
            whole = sum(map(word_count, values)) < word_count(card.title) - max(0, len(values) - 1)
            if ((sectors and whole) or (named and not values)) and _is_short_name(card.title):
                values = [card.title]  # a sector ("Building & industry"), or one whose neighbours are people
            for value in values:
                if value in block.text:
                    rule = "sector-list" if sectors else "who-list"
                    yield page.from_block("audience", value, block, rule, quote=card.title, subject=_about(block))


def _is_short_name(title: str) -> bool:
    plain = not any(word in words.keys("audience", "stops") for word in key(title).split())
    return plain and word_count(title) <= _MAX_SECTOR_WORDS and is_card_name(title)


def _sectors(page: Page) -> Iterator[Candidate]:
    """Links into /industries/ and /for-…: menus name whom a company sells to."""
    seen: set[str] = set()
    sectors, folders = words.keys("audience", "sector_folders"), words.keys("audience", "folders")
    leads = tuple(f"{word} " for word in words.keys("audience", "for_word"))
    for block, text, to in links(page):
        parent = to.parts[-2] if len(to.parts) > 1 else ""
        named = parent in folders or (bool(to.parts) and to.parts[-1].startswith(leads))
        if not (named or parent in sectors) or text in seen or word_count(text) > _MAX_NAME_WORDS or is_label(text):
            continue
        seen.add(text)
        match = _bare().match(text)
        value = fold(text[match.end() :]) if match and match.end() < len(text) else text
        sector = parent in sectors and is_card_name(value) and not announces_other(value) and not offer_kind(value)
        if value and (sector or people_in(value)):
            yield page.from_block("audience", value, block, "sector-link", quote=text)


def _told(sentence: str, *, bare: bool) -> Iterator[str]:
    """Names of people after a phrase that says for whom; `bare`: a plain "for" is enough."""
    found: set[str] = set()
    matches = list(_phrases().finditer(sentence))
    if bare:
        matches += _bare().finditer(sentence)
    for match in matches:
        alone = _singular_phrases().fullmatch(match[0].strip()) is not None
        for value in people_in(sentence[match.end() :], alone=alone):
            if value not in found:
                found.add(value)
                yield value


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


def _phrases() -> words.Phrases:
    return words.pattern("audience", "for_phrases")


def _singular_phrases() -> words.Phrases:
    return words.pattern("audience", "singular_phrases")


def _bare() -> words.Phrases:
    return words.pattern("audience", "for_word")
