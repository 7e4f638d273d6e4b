"""Proposes the brand's name: markup, og:site_name, title parts, logo, home link, copyright line, "About X"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import urljoin, urlsplit

from pipelines.onboarding.extraction import page_types, words
from pipelines.onboarding.extraction.page import Page
from pipelines.onboarding.extraction.records import Candidate
from pipelines.onboarding.extraction.structured import string
from pipelines.onboarding.extraction.text import key, word_count

ORGANIZATIONS = (
    "Organization", "Corporation", "LocalBusiness", "NGO", "EducationalOrganization", "Restaurant", "Store", "School", "Hotel",
    "MedicalBusiness", "MedicalClinic", "Dentist", "Physician", "ProfessionalService", "HomeAndConstructionBusiness", "Brand",
    "FoodEstablishment", "CafeOrCoffeeShop", "Bakery", "BarOrPub", "SportsClub", "HealthAndBeautyBusiness", "LegalService",
    "Attorney", "RealEstateAgent", "TravelAgency", "AutoRepair", "AutomotiveBusiness", "LodgingBusiness", "OnlineStore",
    "OnlineBusiness", "ExerciseGym", "BeautySalon", "HairSalon", "DaySpa", "Preschool", "CollegeOrUniversity", "MusicGroup",
    "SportsTeam", "GovernmentOrganization", "FinancialService", "AccountingService", "Project", "ResearchOrganization",
)  # fmt: skip
_SEPARATOR = re.compile(r"\s+[|\-–—·•»«/~]+\s+|\s*[|»•·]\s*|:\s+|\s+[–—]|[–—]\s+")
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright|&copy;)[\s©:]*(?:(?:copyright|\(c\)|by|19\d\d|20\d\d|[-–—,])[\s©]*)*(?P<name>[^.|·•©\n]{2,60})",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(r"\s*(?:[|·•,–—]|\s-\s|\(|\b(?:19|20)\d\d\b).*$", re.DOTALL)
_MAX_WORDS = 7


def propose(page: Page) -> Iterator[Candidate]:
    yield from _from_markup(page)
    yield from _from_title(page)
    yield from _from_logo(page)
    yield from _from_copyright(page)
    yield from _from_headings(page)


def _from_markup(page: Page) -> Iterator[Candidate]:
    for node in page.nodes:
        kinds, under = node["@type"], node["@under"]
        name = string(node.get("name"))
        if not _plausible(name):
            continue
        if any(kind in ORGANIZATIONS for kind in kinds) and under in (
            "",
            "publisher",
            "brand",
            "provider",
            "mainEntity",
            "about",
        ):
            yield page.from_data(
                "name", name, name, "name.organization", hedge=0.0 if under in ("", "mainEntity") else 0.4
            )
        elif "WebSite" in kinds:
            yield page.from_data("name", name, name, "name.website")
    for tag, rule in (
        ("og:site_name", "name.site_name"),
        ("application-name", "name.app"),
        ("apple-mobile-web-app-title", "name.app"),
    ):
        value = page.head.get(tag, "")
        if _plausible(value):
            yield page.from_head("name", value, value, rule)


def _from_title(page: Page) -> Iterator[Candidate]:
    parts = title_parts(page.title)
    for part in parts:
        if _plausible(part):
            yield page.from_head(
                "name", part, part, "name.title", echo=_echo(page, part), whole=page.kind == "home" and len(parts) == 1
            )


def _echo(page: Page, part: str) -> int:
    """On how many blocks of the home page's text the title's part is said again, as it is written; at most 4.

    A site of one page has no other titles to vote; its name is what it repeats, its slogan is not.
    """
    if page.kind != "home":
        return 0
    bare = without_form(part)
    return min(4, sum(bare in block.text for block in page.blocks))


def without_form(name: str) -> str:
    """The name without a legal form at its end: "Acme Tools Ltd." -> "Acme Tools"."""
    return re.sub(rf"[\s,]+(?:{_forms()})[\s.,]*$", "", name, flags=re.IGNORECASE).strip(" ,") or name


@cache
def _forms() -> str:
    return "|".join(sorted(map(re.escape, words.phrases("identity", "legal_forms")), key=len, reverse=True))


def title_parts(title: str) -> list[str]:
    """The parts of a title between its separators, each a verbatim span."""
    return [part.strip() for part in _SEPARATOR.split(title) if part and part.strip()]


def _from_logo(page: Page) -> Iterator[Candidate]:
    for image in page.images:
        leads_home = image.link is not None and is_home(image.link, page.url)
        foreign = image.link is not None and not leads_home and _names_a_host(image.link)
        if (
            not image.alt
            or foreign
            or not (leads_home or (image.region in ("nav", "header") and image.words & {"logo", "brand"}))
        ):
            continue
        name = words.pattern("identity", "logo_words").sub("", image.alt).strip(" -|:'\"")
        name = re.sub(r"['\u2019]s$", "", name).strip()
        if name in image.alt and _plausible(name):
            yield page.from_data("name", name, image.alt, "name.logo")
    for block in page.blocks:
        if block.region not in ("nav", "header") and block.index > 3:
            continue
        for href, label in block.links:
            text = _tidy(label)
            leads_home = is_home(href, page.url) and not href.strip().startswith("#")
            if (leads_home or block.words & {"brand", "logo"}) and _plausible(text) and text in block.text:
                yield page.from_block(
                    "name", text, block, "name.home_link", quote=text, hedge=0.0 if leads_home else 0.5
                )


def _names_a_host(href: str) -> bool:
    try:
        return urlsplit(href).netloc != ""
    except ValueError:  # brackets that are no IPv6 address
        return True


def is_home(href: str, url: str) -> bool:
    """Whether a link on the page `url` leads to the root of the same host, or to a language's root below it."""
    try:
        there, here = urlsplit(urljoin(url, href.strip())), urlsplit(url)
    except ValueError:
        return False
    if not href.strip() or (there.hostname or "").removeprefix("www.") != (here.hostname or "").removeprefix("www."):
        return False
    return not page_types.path_parts(there.geturl())


def _from_copyright(page: Page) -> Iterator[Candidate]:
    for block in page.blocks:
        if block.region in ("nav", "header") or len(block.text) > 400:
            continue
        for line in block.lines:
            match = _COPYRIGHT.search(line)
            if not match:
                continue
            name = words.pattern("identity", "rights_reserved").split(match["name"])[0]
            name = _tidy(_AFTER_NAME.sub("", name).strip(" ,;:-–—"))
            if _plausible(name) and name in block.text:
                yield page.from_block(
                    "name", name, block, "name.copyright", quote=name, hedge=0.0 if block.region == "footer" else 0.3
                )


def _from_headings(page: Page) -> Iterator[Candidate]:
    if page.kind not in ("home", "about", "story", "mission"):
        return
    lead = words.pattern("identity", "name_leads")
    for block in page.blocks:
        if block.level not in (1, 2, 3) or len(block.text) > 80:
            continue
        match = lead.match(block.text)
        rest = block.text[match.end() :].strip(" :!-–—?") if match else ""
        if rest and rest[0].isupper() and _plausible(rest):
            yield page.from_block("name", rest, block, "name.heading", quote=rest)
        elif page.kind == "home" and block.level == 1 and _plausible(block.text) and word_count(block.text) <= 4:
            yield page.from_block("name", block.text, block, "name.heading", hedge=0.3)


def _tidy(name: str) -> str:
    """The name without a link's "Home" that has no space of its own in front or behind."""
    parts = name.split()
    sticky = words.keys("identity", "sticks_to_a_name")
    while len(parts) > 1 and key(parts[-1]) in sticky:
        parts.pop()
    return name[: name.rindex(parts[-1]) + len(parts[-1])] if parts else name


def _plausible(name: str) -> bool:
    bare = " ".join(dict.fromkeys(key(name).split()))
    if not bare or bare.isdigit() or len(name) > 70 or word_count(name) > _MAX_WORDS:
        return False
    return bare not in words.keys("identity", "not_a_name") and not name.startswith(("http", "{"))
