"""Competitors a site names itself: "X alternative", "Brand vs X", "switch from X", "unlike X", columns of a comparison.

Partners, suppliers, integrations and customers never stand in these phrases. Whose name stands on the other side goes
along as `subject`: "A vs B" says nothing about a brand that is neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from lxml.html import HtmlElement

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.blocks import Block
from pipelines.onboarding.extraction.links import links, target
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.records import Candidate, FeatureValue
from pipelines.onboarding.extraction.text import fold, key, sentences

_SILENT = frozenset(("legal", "jobs", "account", "imprint", "listing", "events"))
_MAX_NAME_WORDS = 4
_MAX_COLUMNS = 6
_MAX_ROWS = 12
_LONGEST_HEADING = 120
# A name: words that open with a capital or a digit, with small joints inside ("Bank of Scotland"); "monday.com" too.
_WORD = r"[A-Z\u00c0-\u00de0-9][\w.&+'\u2019/-]*[\w+]|[A-Z0-9]|[a-z][\w-]*\.(?:com|io|net|org|ai|app|co|de|fr)(?!\w)|[a-z]{1,2}[A-Z]\w*"
_NAME = re.compile(rf"(?:{_WORD})(?:\s(?:(?:of|de|&|and the)\s)?(?:{_WORD})){{0,3}}")
_CUTS = re.compile(r"\s[|\u2013\u2014\u00b7-]\s|:\s|[?!,;]\s?")
_ALIAS = re.compile(r"\s*\(([^)]{2,40})\)")
# "Acme vs a basic kettle" sets the brand beside a kind of thing.
_ONE_OF_A_KIND = frozenset(("a", "an", "ein", "eine", "einem", "einer", "un", "une", "una", "uno", "um", "uma", "een"))
_YEAR = re.compile(r"^(?:19|20)\d\d$")


def propose(page: Page) -> Iterator[Candidate]:
    if page.kind in _SILENT:
        return
    yield from _titles(page)
    yield from _anchors(page)
    yield from _tables(page)
    yield from _rows(page)
    yield from _sentences(page)


def _titles(page: Page) -> Iterator[Candidate]:
    """The page's title and its headings."""
    for name, alias, other, rule in _named_in(page.title):
        yield page.from_head("competitor", name, page.title, rule, **_features(page, _here(page), name, alias, other))
    for block in page.blocks:
        if 0 < block.level < 4 and block.region not in ("nav", "footer") and len(block.text) <= _LONGEST_HEADING:
            for name, alias, other, rule in _named_in(block.text):
                yield page.from_block(
                    "competitor", name, block, rule, quote="", **_features(page, _here(page), name, alias, other)
                )


def _anchors(page: Page) -> Iterator[Candidate]:
    """Links to comparing pages: "Acme alternative", or the bare name under /compare/ and /vs/."""
    for block, text, to in links(page):
        if len(text) > 60 or not _compares(to.parts):
            continue
        found = [(name, alias, other, f"{rule}-link") for name, alias, other, rule in _named_in(text)]
        if not found and (name := _whole_name(text)) and _in_path(name, to.parts):
            found = [(name, "", "", "compare-link")]
        for name, alias, other, rule in found:
            features = _features(page, to.parts, name, alias, other)
            yield page.from_block("competitor", name, block, rule, quote=text, **features)


def _tables(page: Page) -> Iterator[Candidate]:
    """Columns of a comparison: each head cell beside each other one; the verdict keeps those beside the brand."""
    rows: dict[HtmlElement, list[Block]] = {}
    for block in page.blocks:
        table = next(block.element.iterancestors("table"), None) if block.tag in ("th", "td") else None
        if table is not None and next(table.iter("tr"), None) is block.element.getparent():
            rows.setdefault(table, []).append(block)
    for cells in rows.values():
        columns = cells[1:] if len(cells) > 2 else cells  # the first of many heads the column of criteria
        names = [(cell, name) for cell in columns if (name := _whole_name(cell.text))]
        if not 2 <= len(names) <= _MAX_COLUMNS:
            continue
        for cell, name in names:
            for beside, other in names:
                if beside is not cell:
                    hedge = 1.0 if _is_common_word(page, name) else 0.0
                    yield page.from_block("competitor", name, cell, "comparison-table", subject=other, hedge=hedge)


def _rows(page: Page) -> Iterator[Candidate]:
    """Rows of a table whose first column says that it lists tools: each name beside each other one."""
    tables: dict[HtmlElement, list[Block]] = {}
    for block in page.blocks:
        row = next(block.element.iterancestors("tr"), None) if block.tag in ("th", "td") else None
        table = next(block.element.iterancestors("table"), None)
        if row is not None and table is not None and next(iter(row), None) is block.element:
            tables.setdefault(table, []).append(block)
    for head, *firsts in tables.values():
        names = [(cell, name) for cell in firsts if (name := _whole_name(cell.text))]
        if key(head.text) not in words.keys("competitors", "row_heads") or len(names) < max(2, 0.6 * len(firsts)):
            continue
        for cell, name in names[:_MAX_ROWS]:
            for beside, other in names[:_MAX_ROWS]:
                if beside is not cell:
                    hedge = 1.0 if _is_common_word(page, name) else 0.0
                    yield page.from_block("competitor", name, cell, "comparison-table", subject=other, hedge=hedge)


def _sentences(page: Page) -> Iterator[Candidate]:
    """Running text, where a capital inside a sentence marks a name."""
    description = page.head.get("description", "")
    for name, rule, quote in _told(description):
        yield page.from_head("competitor", name, quote, rule, **_features(page, _here(page), name, "", ""))
    for block in page.blocks:
        if block.level or block.region in ("nav", "footer", "aside"):
            continue
        for name, rule, quote in _told(block.text):
            if quote in block.text:
                yield page.from_block(
                    "competitor", name, block, rule, quote=quote, **_features(page, _here(page), name, "", "")
                )


def _told(text: str) -> Iterator[tuple[str, str, str]]:
    """(name, rule, sentence) for phrases in running text."""
    if not _any_phrase().search(text):
        return
    for sentence in sentences(text):
        for entry, rule in (
            ("alternative_to", "alternative-said"),
            ("unlike", "unlike"),
            ("switch_from", "switch-said"),
        ):
            for match in words.pattern("competitors", entry).finditer(sentence):
                if name := _name_at(sentence, match.end()):
                    yield name, rule, sentence
        for match in words.pattern("competitors", "such_as").finditer(sentence):
            for name in _enumerated(sentence[match.end() :]):
                yield name, "such-as", sentence


def _named_in(text: str) -> Iterator[tuple[str, str, str, str]]:
    """(name, alias, other side or "", rule) in a title, heading or link."""
    for part in _CUTS.split(text):
        sides = _versus().split(part)
        if 1 < len(sides) <= _MAX_NAME_WORDS and (len(sides) < 3 or all(map(_side, sides))):
            named = [found for side in sides if (found := _side(side))]
            for name, alias in named if len(named) > 1 else []:
                for other, _ in named:
                    if other != name:
                        yield name, alias, other, "versus"
            continue
        for entry, rule in (
            ("alternative_to", "alternative"),
            ("switch_from", "switch"),
            ("import_from", "import"),
            ("unlike", "unlike"),
        ):
            match = words.pattern("competitors", entry).search(part)
            name = _name_at(part, match.end()) if match else ""
            if name:
                yield name, "", "", rule
                break
        else:
            match = _before_alternative().search(part)
            found = _side(match["name"]) if match else None
            if found and not any(map(_is_nobody, found[0].split())):
                yield found[0], found[1], "", "alternative"


def _side(text: str) -> tuple[str, str] | None:
    """(name, alias) of one side of a comparison: "Compare Invicti (Netsparker) 2026" -> Invicti, Netsparker."""
    alias = _ALIAS.search(text)
    bare = fold(_ALIAS.sub(" ", text)).strip(" .,:;\"'\u201c\u201d*")
    parts = bare.split()
    if len(parts) > 1 and parts[0].lower() in _ONE_OF_A_KIND:
        return None
    year = next((at for at, part in enumerate(parts) if at and _YEAR.match(part)), len(parts))
    parts = parts[:year]
    while parts and (key(parts[-1]) in words.keys("competitors", "closers")):
        parts.pop()
    while parts and key(parts[0]) in words.keys("competitors", "openers"):
        parts.pop(0)
    if all(map(_is_nobody, parts)) or any(key(part) in words.keys("competitors", "marks") for part in parts):
        return None
    name = " ".join(parts)
    if not name or not _NAME.fullmatch(name) or len(parts) > _MAX_NAME_WORDS:
        return None
    return name, alias[1] if alias and _NAME.fullmatch(alias[1]) else ""


def _whole_name(text: str) -> str:
    """A cell or a link that is a name and nothing else; "Timer Apps" is a kind of thing."""
    found = _side(text)
    if not found or _is_nobody(found[0].split()[-1]):
        return ""
    return found[0] if len(found[0]) >= len(fold(_ALIAS.sub("", text))) - 2 else ""


def _name_at(text: str, position: int) -> str:
    """The name that opens at a position, behind articles; "" when something else stands there."""
    rest = text[position:].lstrip(" :\u201c\"'")
    match = _NAME.match(rest)
    if match is None:
        return ""
    found = _side(match[0])
    return found[0] if found and not _is_nobody(match[0].split()[0]) else ""


def _enumerated(text: str) -> Iterator[str]:
    """ "A, B and C …": the names up to the first thing that is none."""
    for part in re.split(
        r",\s*(?:and|or|und|oder|et|ou|y|o|e|en|of)?\s*|\s+(?:and|or|und|oder|et|ou|y|o|e|en|of)\s+", text
    ):
        match = _NAME.match(part.strip())
        found = _side(match[0]) if match else None
        if found is None:
            return
        yield found[0]
        if match is not None and match.end() < len(part.strip()):
            return


def _features(page: Page, parts: tuple[str, ...], name: str, alias: str, other: str) -> dict[str, FeatureValue]:
    features: dict[str, FeatureValue] = {"boost": 0.5 if _compares(parts) and _in_path(name, parts) else 0.0}
    if alias:
        features["alias"] = alias
    if other:
        features["subject"] = other
    if _is_common_word(page, name) or any(part in words.keys("pages", "types", "blog") for part in parts[:-1]):
        features["hedge"] = 1.0
    elif page.language == "de" and not other and not features["boost"] and name.isalpha():
        features["hedge"] = 0.6  # every German noun has a capital: "Alternative zu Plastik"
    return features


def _is_common_word(page: Page, name: str) -> bool:
    """Whether the page also writes the name small: "answering service" and "plastic" are no names.

    A single word may be both ("Forest"); it is common when it stands small more often than not.
    """
    if not name.isascii() or name.lower() == name or (name.upper() == name and len(name) > 1):
        return False
    if name.lower() not in page.running:  # cheap, and so for nearly every name
        return False
    small = re.compile(rf"(?<![\w/.@-]){re.escape(name.lower())}(?![\w/.@-])")
    count = len(small.findall(page.running))
    return count > 0 and (" " in name or count > page.running.count(name))


def _here(page: Page) -> tuple[str, ...]:
    return target(page.url, page.url).parts


def _compares(parts: tuple[str, ...]) -> bool:
    return _path_words().search(" ".join(parts)) is not None


def _in_path(name: str, parts: tuple[str, ...]) -> bool:
    told = " ".join(parts)
    return f" {key(name)} " in f" {told} " or key(name).replace(" ", "") in told.split()


def _is_nobody(word: str) -> bool:
    return key(word) in words.keys("competitors", "nobody")


@cache
def _path_words() -> words.Phrases:
    return words.any_of(words.keys("competitors", "paths"))


@cache
def _versus() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{words.pattern('competitors', 'versus').pattern})\s+", re.IGNORECASE)


@cache
def _before_alternative() -> re.Pattern[str]:
    """ "Slack alternative", "Slack-Alternative" and "die Alternative Slack" is not meant."""
    noun = f"(?:{words.pattern('competitors', 'alternative').pattern})"
    return re.compile(rf"(?P<name>(?:[^\s]+\s){{0,4}}?[^\s]+?)(?:\s|-){noun}", re.IGNORECASE)


@cache
def _any_phrase() -> words.Phrases:
    entries = ("alternative_to", "unlike", "switch_from", "such_as")
    return words.any_of([phrase for entry in entries for phrase in words.phrases("competitors", entry)])
