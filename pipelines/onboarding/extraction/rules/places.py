"""Proposes where the brand sits: markup, postal addresses on contact, imprint and footer, "based in …" sentences.

The value is the place, "Davis, CA" or "Nürnberg", read from a verbatim line with a postcode or from a sentence whose
subject is the brand. Courts, hosts, venues and template addresses are no headquarters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.blocks import Block
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.rules.naming import ORGANIZATIONS
from pipelines.onboarding.extraction.rules.statements import in_voices
from pipelines.onboarding.extraction.rules.subjects import subject
from pipelines.onboarding.extraction.sections import label_key
from pipelines.onboarding.extraction.structured import Node, string
from pipelines.onboarding.extraction.text import key, sentences, word_count

_WORD = r"[A-ZÀ-Þ][^\W\d_]*(?:['\u2019.-][^\W\d_]+)*\.?"
_LINK = r"(?:\s+(?:am|an|der|im|bei|de|del|la|le|les|sur|sous|en|di|do|da|dos|of|upon|on|the|den|aan|ob|in|do|[abdiov]\.|v\.\s?d\.|i\.\s?d\.))*"
# Words that open a town's name and are none alone: "San Marino", "Bad Ems", "Los Angeles".
_OPENS = r"(?:(?:San|Santa|Santo|Sankt|Saint|Sainte|São|St|Bad|Los|Las|El|La|Le|Les|Den|New)\.?[\s-]+)?"
_CITY = rf"(?P<city>{_OPENS}{_WORD}(?:{_LINK}[\s-]+{_WORD}){{0,4}}?)"
_STATES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa"
    "|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada"
    "|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island"
    "|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming"
)
_STATE = rf"(?P<region>A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]|{_STATES})"
_ZIPS = (
    re.compile(rf"{_CITY},?\s+{_STATE}\.?,?\s+\d{{5}}(?:-\d{{4}})?(?!\d)"),
    re.compile(rf"{_CITY},?\s+(?P<region>[A-Z]{{2}}),?\s+[A-Z]\d[A-Z]\s?\d[A-Z]\d\b"),
    re.compile(rf"{_CITY},?\s+(?P<region>NSW|VIC|QLD|WA|SA|TAS|ACT|NT),?\s+\d{{4}}\b"),
    re.compile(rf"{_CITY},?\s+[A-Z]{{1,2}}\d[A-Z\d]?\s+\d[A-Z]{{2}}\b"),
    re.compile(rf"{_CITY},\s+(?P<region>{_WORD}(?:\s{_WORD})?)[\s,–-]+\d{{3}}\s?\d{{3}}(?!\d)"),
    re.compile(rf"{_CITY}\s*[-–/,]\s*(?P<region>[A-Z]{{2}})\b[\s,–-]*(?:CEP\s*:?\s*)?\d{{5}}-?\d{{3}}\b"),
)
_CODE_FIRST = (
    re.compile(rf"(?<![\d-])(?:[A-Z]{{1,3}}-?\s?)?\d{{5}}\s+{_CITY}(?=\s*(?:[,.(|/–-]|$)|\s+[A-ZÀ-Þ(])"),
    re.compile(rf"(?<![\d-])\d{{4}}\s?[A-Z]{{2}},?\s+{_CITY}(?=\s*(?:[,.(|/–-]|$)|\s+[A-ZÀ-Þ(])"),
    re.compile(rf"(?<![\d-])\d{{4}}-\d{{3}},?\s+{_CITY}(?=\s*(?:[,.(|/–-]|$)|\s+[A-ZÀ-Þ(])"),
    re.compile(rf"(?:^|(?<=,\s))(?:[A-Z]{{1,2}}-)?\d{{4}}\s+{_CITY}(?=\s*(?:[,.(|/–-]|$))"),
)
_WAYS = {
    "rue",
    "avenue",
    "boulevard",
    "chemin",
    "route",
    "place",
    "allee",
    "impasse",
    "quai",
    "via",
    "viale",
    "piazza",
    "corso",
    "calle",
}
_WAYS |= {
    "avenida",
    "plaza",
    "paseo",
    "carrera",
    "rua",
    "praca",
    "strada",
    "tel",
    "telefon",
    "telefono",
    "phone",
    "fax",
    "mobil",
}
_NATIONS = {"England", "Scotland", "Wales", "Northern Ireland", "United Kingdom", "UK", "Great Britain"}
_STREET = {
    "street", "st", "avenue", "ave", "road", "rd", "boulevard", "blvd", "drive", "dr", "lane", "ln", "way", "suite", "ste", "floor", "unit", "building",
    "court", "ct", "place", "pl", "square", "sq", "highway", "hwy", "parkway", "pkwy", "room", "box", "po", "apt", "house", "close", "terrace", "crescent",
}  # fmt: skip
_PLACE = re.compile(
    rf"^\s*(?:the\s+(?:heart|center|centre|city|town)\s+of\s+|downtown\s+|dem\s+|der\s+|la\s+ville\s+de\s+)?(?P<place>{_WORD}(?:(?:\s+|,\s+|-)(?:{_WORD}|of|de|la|am|del|sur)){{0,5}})"
)
_BASED = re.compile(rf"(?<=[\w,]\s)(?P<place>{_WORD}(?:\s{_WORD})?)-(?:based|basierte|ansässige)\b")
_CODE = re.compile(r"\d{4}|[A-Z]\d[A-Z]|\d[A-Z]{2}\b")
_PLACE_LIKE = re.compile(
    rf"(?:\d{{1,5}}\w?,?\s+)?{_WORD}(?:-[\w'\u2019-]+)*(?:{_LINK},?\s+(?:{_WORD}(?:-[\w'\u2019-]+)*|\d{{1,6}}\w?))*"
)
_MAX_LINE = 260


def propose(page: Page) -> Iterator[Candidate]:
    yield from _from_markup(page)
    rank = 0
    for block in page.blocks:
        if block.region == "nav" or in_voices(block):
            continue
        for candidate in _from_address(page, block, rank):
            rank += 1
            yield candidate
        yield from _from_sentence(page, block)
    if not rank:
        yield from _from_label(page)


def _from_markup(page: Page) -> Iterator[Candidate]:
    for node in page.nodes:
        if not any(kind in ORGANIZATIONS for kind in node["@type"]) or node["@under"] not in (
            "",
            "publisher",
            "mainEntity",
            "provider",
        ):
            continue
        addresses = node.get("address")
        for address in addresses if isinstance(addresses, list) else [addresses]:
            if isinstance(address, dict):
                yield from _postal(page, address)


def _postal(page: Page, address: Node) -> Iterator[Candidate]:
    city, region = string(address.get("addressLocality")), string(address.get("addressRegion"))
    if city and not _placeholder(city):
        value = ", ".join(part for part in (city, region or string(address.get("addressCountry"))) if part)
        yield page.from_data("headquarters", value, city, "headquarters.data")


def _from_address(page: Page, block: Block, rank: int) -> Iterator[Candidate]:
    """Lines with a postcode. On a page with several addresses the first counts most."""
    if len(block.text) > 600 or not _CODE.search(block.text) or _placeholder(block.text):
        return
    addressed = (
        block.tag == "address"
        or block.region == "footer"
        or page.kind in ("contact", "imprint", "locations")
        or _label_of(block)
    )
    for line in dict.fromkeys((*block.lines, block.text)):
        if len(line) > _MAX_LINE:
            continue
        value = place_in(line, loose=bool(addressed))
        if value:
            wrong = words.pattern("identity", "not_a_place").search(" ".join((*block.headings[-2:], block.text)))
            yield page.from_block(
                "headquarters",
                value,
                block,
                "headquarters.address",
                quote=line,
                hedge=(0.9 if wrong else 0.0)
                + min(0.4, 0.15 * rank)
                + (0.0 if addressed else 0.15 if word_count(line) <= 8 else 0.35),
                boost=0.4 if block.tag == "address" or _label_of(block) else 0.0,
            )
            return


def place_in(line: str, *, loose: bool) -> str:
    """The town, with its state where the address has one, of a line that holds a postcode; else "".

    `loose`: the line stands where addresses stand, so that code-before-town forms may be believed too.
    """
    for pattern in _ZIPS:
        match = pattern.search(line)
        if match:
            city = _without_street(match["city"])
            region = match.groupdict().get("region")
            if city in _NATIONS:
                city = _before(line[: match.start()])
            if city:
                return f"{city}, {region}" if region else city
    if not loose:
        return ""
    for pattern in _CODE_FIRST:
        match = pattern.search(line)
        if match and _looks_like_address(line, match.start()) and key(match["city"]).split()[0] not in _WAYS:
            return match["city"].strip(" .,-(")
    return ""


def _before(line: str) -> str:
    """Town and county in front of the nation: "29 Oldfield Rd, Windermere, Cumbria" -> "Windermere, Cumbria"."""
    parts = [part.strip() for part in line.split(",") if part.strip()]
    places = [
        part
        for part in parts
        if not re.search(r"\d", part) and key(part).split()[-1:] and key(part).split()[-1] not in _STREET
    ]
    return ", ".join(places[-2:])


def _without_street(city: str) -> str:
    parts = city.split()
    for place, part in reversed(list(enumerate(parts))):
        if key(part) in _STREET and place < len(parts) - 1 and not (key(part) == "st" and place == 0):
            parts = parts[place + 1 :]
            break
    return " ".join(parts).strip(" .,")


def _looks_like_address(line: str, start: int) -> bool:
    """A code opens the line, or something with a house number or a separator stands before it."""
    before = line[:start].strip()
    return not before or bool(re.search(r"\d", before)) or before[-1] in ",|·-–:"


def _from_sentence(page: Page, block: Block) -> Iterator[Candidate]:
    pattern = words.pattern("identity", "based_in")
    if not pattern.search(block.text) and "-based" not in block.text:
        return
    for sentence in sentences(block.text):
        for match in pattern.finditer(sentence):
            place = _PLACE.match(sentence[match.end() :])
            if place and not _placeholder(place["place"]):
                yield _stated(
                    page,
                    block,
                    sentence,
                    _trim(place["place"]),
                    match.start(),
                    match.end() + place.end(),
                    "headquarters.sentence",
                )
        for match in _BASED.finditer(sentence) if page.kind in ("home", "about") else ():
            if match["place"].isupper() or "'" in match["place"] or "\u2019" in match["place"]:
                continue
            yield _stated(page, block, sentence, match["place"], match.start(), match.end(), "headquarters.based")


def _stated(page: Page, block: Block, sentence: str, place: str, start: int, end: int, rule: str) -> Candidate:
    wrong = words.pattern("identity", "not_a_place").search(sentence)
    long = word_count(sentence) > 45
    who = subject(sentence, start, end)
    return page.from_block(
        "headquarters",
        place,
        block,
        rule,
        quote=sentence,
        subject=who,
        hedge=(0.8 if wrong else 0.0) + (0.2 if long else 0.0),
    )


def _trim(place: str) -> str:
    """ "Porto, Portugal, We" -> "Porto, Portugal": at most town, region, country."""
    parts = [part.strip(" .") for part in place.split(",")]
    kept = [part for part in parts[:3] if part and not words.pattern("identity", "we_words").fullmatch(part)]
    return ", ".join(kept)


def _from_label(page: Page) -> Iterator[Candidate]:
    """Under "Our location" without a postcode: the text itself, when every word of it could be part of a place."""
    for block in page.blocks:
        if block.level or block.since_heading > 2 or not _label_of(block) or in_voices(block):
            continue
        text = (block.lines[-1] if len(block.lines) > 1 else block.text).strip(" .,")
        if 1 <= word_count(text) <= 12 and _PLACE_LIKE.fullmatch(text) and not _is_elsewhere(text):
            yield page.from_block("headquarters", text, block, "headquarters.label", quote=text)


def _is_elsewhere(text: str) -> bool:
    return _placeholder(text) or bool(words.pattern("identity", "not_a_place").search(text))


def _label_of(block: Block) -> bool:
    return any(label_key(heading) in words.keys("identity", "labels", "place") for heading in block.headings[-1:])


def _placeholder(text: str) -> bool:
    return bool(words.pattern("identity", "placeholder_places").search(text))
