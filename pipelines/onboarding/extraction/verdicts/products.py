"""Products: proposals of all pages brought together by name and address, then scored; prices are scored on their own.

A thing on its own page, in a card and in the menu is one product with three sources. Prices that differ between
sources, or that machines and people are told differently, go to review.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from rapidfuzz.fuzz import token_set_ratio

from pipelines.onboarding.extraction import page_types, words
from pipelines.onboarding.extraction.records import Alternative, Candidate, Decision, Evidence
from pipelines.onboarding.extraction.scorer import (
    ACCEPT,
    DISPUTED,
    FLOOR,
    FOREIGN_PAGES,
    Scored,
    independent,
    strength,
    together,
)
from pipelines.onboarding.extraction.site import Site, domain_label
from pipelines.onboarding.extraction.text import key, squeezed

# How often a rule's proposals were right on labelled sites, before page type and doubts count.
RATES = {
    "data-product": 0.85, "data-software": 0.75, "data-service": 0.75,
    "priced-page": 0.8, "priced-card": 0.78, "priced-row": 0.7, "priced-single": 0.4,
    "offered-goods": 0.66, "offered-services": 0.66, "offered-projects": 0.64,
    "own-page-goods": 0.66, "own-page-services": 0.66, "own-page-projects": 0.64,
    "menu-goods": 0.58, "menu-services": 0.62, "menu-projects": 0.58,
    "linked-goods": 0.55, "linked-services": 0.6, "linked-projects": 0.5,
}  # fmt: skip
# A price on its own: how often the amount that a rule read is what the thing costs.
PRICE_RATES = {"data-product": 0.85, "data-software": 0.75, "data-service": 0.8, "priced-page": 0.82, "priced-card": 0.85,
               "priced-row": 0.82, "priced-single": 0.45}  # fmt: skip
_BELONGS = frozenset(("home", "products", "product", "services", "pricing"))
_FOREIGN = FOREIGN_PAGES - {"listing"}
_NO_NONPROFIT = 2.5  # log-odds a company's "projects" lose: they are its references
_SAME_PAGE_ALIKE = 75
_MAX_PRODUCTS = 80
_LEGAL_FORM = 3  # letters: "the", "ltd", "com"
_MANY_PLACES = 4  # "Plumber in Aville", "Plumber in Beton" …: one service, told for each town
_MANY_LINKS = {"goods": 80, "services": 40, "projects": 40}  # more links into one folder are a directory
_PLACE = re.compile(r"\s(?:in|near|bei|\u00e0|en|a|em)\s(?=[\w-]+(?:[\s-][\w-]+){0,3}$)")
_DASHES = (" — ", " – ", " - ", " | ", ": ", " · ")


def decide_products(site: Site) -> list[Decision]:
    """One decision per product, surest first; `value["pricing"]` has a confidence and evidence of its own."""
    told = without_compared(site, site.of("product"))
    candidates = _without_directories(_without_places([one for one in told if _is_thing(site, one)]))
    nonprofit = _is_nonprofit(site)
    scored = [Scored(one, _strength(site, one, nonprofit)) for one in candidates]
    heaps = _gathered(site, scored)
    priced_beside = any(_asks_money(one) for heap in heaps for one in heap)
    decisions = [decision for heap in heaps if (decision := _decision(site, heap, plans=priced_beside)) is not None]
    return sorted(decisions, key=lambda one: -one.confidence)[:_MAX_PRODUCTS]


def without_compared(site: Site, candidates: list[Candidate]) -> list[Candidate]:
    """A price list with the brand itself in a row compares it with others: their rows are not its products."""
    own = own_names(site)
    compared = {
        (one.evidence.url, one.evidence.heading)
        for one in candidates
        if one.evidence.rule == "priced-row" and squeezed(one.value["name"]) in own
    }
    return [
        one
        for one in candidates
        if one.evidence.rule != "priced-row" or (one.evidence.url, one.evidence.heading) not in compared
    ]


def _asks_money(one: Scored) -> bool:
    """Whether the page shows a price above nothing: markup that says 0 then speaks of one edition only."""
    pricing = one.candidate.value.get("pricing")
    return bool(pricing) and pricing["amount"] > 0 and not one.candidate.evidence.rule.startswith("data-")


def _strength(site: Site, candidate: Candidate, nonprofit: bool) -> float:
    rule = candidate.evidence.rule
    score = strength(candidate, site, base=RATES[rule], belongs=_BELONGS, foreign=_FOREIGN)
    if rule.endswith("-projects") and not nonprofit:
        odds = score / (1 - score) / 2.718281828**_NO_NONPROFIT
        return odds / (1 + odds)
    return score


def _is_thing(site: Site, candidate: Candidate) -> bool:
    """Not the home page's name in a menu, and not the brand itself unless markup calls it a product."""
    name = candidate.value["name"]
    if not name or candidate.features.get("voice"):
        return False
    return candidate.evidence.rule.startswith("data-") or squeezed(name) not in own_names(site)


def _without_places(candidates: list[Candidate]) -> list[Candidate]:
    """Many names that differ in a place only become the one before the place."""
    heads: dict[str, set[str]] = {}
    for one in candidates:
        parts = _PLACE.split(one.value["name"])
        if len(parts) > 1:
            heads.setdefault(parts[0], set()).add(one.value["name"])
    many = {name: head for head, names in heads.items() if len(names) >= _MANY_PLACES for name in names}
    return [
        msgspec.structs.replace(one, value={**one.value, "name": many[one.value["name"]]})
        if one.value["name"] in many
        else one
        for one in candidates
    ]


def _without_directories(candidates: list[Candidate]) -> list[Candidate]:
    """Links alone say little when a folder has hundreds: it lists other people's services."""
    linked: dict[str, set[str]] = {}
    for one in candidates:
        if one.evidence.rule.startswith("linked-"):
            linked.setdefault(one.evidence.rule, set()).add(one.value["name"])
    crowded = {rule for rule, names in linked.items() if len(names) > _MANY_LINKS[rule.removeprefix("linked-")]}
    kinds = {rule.removeprefix("linked-") for rule in crowded}
    return [
        one
        for one in candidates
        if one.evidence.rule not in crowded and one.evidence.rule.removeprefix("own-page-") not in kinds
    ]


def _is_nonprofit(site: Site) -> bool:
    if site.of("trait"):
        return True
    names = [site.name or "", site.home.title if site.home else ""]
    pattern = words.any_of(words.keys("offers", "nonprofit_names"))
    return any(pattern.search(key(name)) for name in names)


def own_names(site: Site) -> frozenset[str]:
    """The brand itself, squeezed. The site's looser forms ("Acme Desk", "Acme vs Copperline") hold its products too."""
    name = squeezed(site.name or "")
    near = {
        form
        for form in site.brand
        if name and abs(len(form) - len(name)) <= _LEGAL_FORM and (form in name or name in form)
    }
    return frozenset(near | {name, domain_label(site.url)} - {""})


def product_key(site: Site, name: str) -> str:
    """What two names are compared by: no case, no punctuation, no brand in front, no plural, no spaces."""
    parts = key(name).split()
    for length in range(min(4, len(parts) - 1), 0, -1):
        if "".join(parts[:length]) in own_names(site):
            parts = parts[length:]
            break
    return "".join(
        part[:-1] if len(part) > 3 and part.endswith("s") and not part.endswith("ss") else part for part in parts
    )


def _gathered(site: Site, scored: Sequence[Scored]) -> list[list[Scored]]:
    """Heaps of proposals for the same product, each strongest first.

    Two proposals are the same product when their names are equal, when one name is the other's part before a dash, or
    when they lead to the same page and their names are alike.
    """
    ordered = sorted(scored, key=lambda one: -one.strength)
    leader = list(range(len(ordered)))

    def find(index: int) -> int:
        while leader[index] != index:
            index = leader[index]
        return index

    names: dict[str, int] = {}
    pages: dict[str, list[int]] = {}
    shared = _shared_pages(site, scored)
    for index, one in enumerate(ordered):
        value = one.candidate.value
        leader[find(index)] = find(names.setdefault(product_key(site, value["name"]), index))
        if page := _address(value.get("url")):
            for other in pages.setdefault(page, []):
                if page not in shared and _alike(ordered[other].candidate.value["name"], value["name"]):
                    leader[find(index)] = find(other)
            pages[page].append(index)
    for index, one in enumerate(ordered):
        head = names.get(product_key(site, _head_of(one.candidate.value["name"])))
        if head is not None:
            leader[find(index)] = find(head)
    heaps: dict[int, list[Scored]] = {}
    for index, one in enumerate(ordered):
        heaps.setdefault(find(index), []).append(one)
    return list(heaps.values())


def _shared_pages(site: Site, scored: Sequence[Scored]) -> set[str]:
    """Pages to which one row of cards or one menu links under several names: two rooms told on one page are two."""
    names: dict[tuple[str, str, str], set[str]] = {}
    for one in scored:
        page = _address(one.candidate.value.get("url"))
        if page and not one.candidate.evidence.rule.startswith("linked-"):  # a text links as it likes
            source = (page, one.candidate.evidence.url, one.candidate.evidence.rule)
            names.setdefault(source, set()).add(product_key(site, _head_of(one.candidate.value["name"])))
    return {page for (page, _, _), told in names.items() if len(told) > 1}


def _address(url: str | None) -> str:
    """A page's address without what doubles it: host, file suffix, index page, language."""
    return "/".join(page_types.path_parts(url)) if url else ""


def _alike(one: str, other: str) -> bool:
    return token_set_ratio(key(one), key(other)) >= _SAME_PAGE_ALIKE


def _head_of(name: str) -> str:
    for dash in _DASHES:
        name = name.split(dash, maxsplit=1)[0]
    return name


def _decision(site: Site, heap: list[Scored], *, plans: bool) -> Decision | None:
    confidence = together(heap)
    if confidence < FLOOR:
        return None
    value = _merged(site, heap)
    named_like_brand = squeezed(value["name"]) in own_names(site)
    pricing, rivals = _price(heap, disputed=plans and named_like_brand)
    if pricing is not None:
        value["pricing"] = pricing
    evidence = [
        msgspec.structs.replace(one.candidate.evidence, confidence=round(one.strength, 3))
        for one in independent(heap)[:5]
    ]
    return Decision(
        field="product",
        value=value,
        confidence=round(confidence, 3),
        status="accepted" if confidence >= ACCEPT else "review",
        evidence=evidence,
        alternatives=rivals,
    )


def _merged(site: Site, heap: list[Scored]) -> dict[str, Any]:
    """The name most strength stands behind (of equals the shorter one), the first of everything else.

    "Red Kettle — 2 litres" counts for "Red Kettle" too, where that is a name of its own.
    """
    votes: dict[str, float] = defaultdict(float)
    for one in independent(heap):
        votes[_without_brand(site, one.candidate.value["name"])] += one.strength
    for name, weight in list(votes.items()):
        head = _head_of(name)
        if head != name and head in votes:
            votes[head] += weight
    name = max(votes, key=lambda each: (round(votes[each], 1), -len(each), each))
    value: dict[str, Any] = {"name": name}
    for part in ("category", "description", "features", "url"):
        found = next((one.candidate.value[part] for one in heap if one.candidate.value.get(part)), None)
        if found:
            value[part] = found
    return value


def _without_brand(site: Site, name: str) -> str:
    """ "Acme™ Red Kettle" and "Red Kettle" vote for the same name; "Acme Pro" keeps its brand when alone."""
    parts = name.split()
    for length in range(min(4, len(parts) - 2), 0, -1):
        if squeezed("".join(parts[:length])) in own_names(site):
            return " ".join(parts[length:])
    return name


def _price(heap: list[Scored], *, disputed: bool) -> tuple[dict[str, Any] | None, list[Alternative]]:
    """(the price with its confidence and evidence, other prices that were read)."""
    groups: dict[tuple[str, float], list[Scored]] = {}
    for one in heap:
        pricing = one.candidate.value.get("pricing")
        if pricing:
            rate = PRICE_RATES.get(one.candidate.evidence.rule, 0.5) * (0.9 if pricing.get("from") else 1.0)
            doubtful = one.candidate.features.get("page") in _FOREIGN
            groups.setdefault((pricing["currency"], pricing["amount"]), []).append(
                Scored(one.candidate, rate * (0.5 if doubtful else 1.0))
            )
    if not groups:
        return None, []
    # What people are shown comes before what machines are told: markup is forgotten when prices change.
    ranked = sorted(groups.items(), key=lambda item: (not _shown(item[1]), -together(item[1]), item[0]))
    currency, best = ranked[0][0][0], ranked[0][1]
    confidence = together(best)
    before = {old for one in heap for old in (one.candidate.value.get("pricing") or {}).get("before", ())}
    rivals = [
        (price, members)
        for price, members in ranked[1:]
        if price[0] == currency and together(members) >= 0.7 * confidence and price[1] not in before
    ]
    if disputed or (rivals and not _only_bounds(best, rivals)):
        confidence = min(confidence, DISPUTED)
    first = best[0].candidate.value["pricing"]
    pricing = {part: first[part] for part in ("currency", "amount", "billingPeriod", "from") if part in first}
    for one in best:
        if one.candidate.value["pricing"].get("billingPeriod"):
            pricing.setdefault("billingPeriod", one.candidate.value["pricing"]["billingPeriod"])
    pricing["confidence"] = round(confidence, 3)
    pricing["evidence"] = [_price_evidence(one) for one in independent(best)[:3]]
    others = [
        Alternative(
            {"pricing": {"currency": price[0], "amount": price[1]}},
            round(together(members), 3),
            [_price_evidence(members[0])],
        )
        for price, members in ranked[1:4]
    ]
    return pricing, others


def _shown(members: Sequence[Scored]) -> bool:
    return any(one.strength >= ACCEPT and not one.candidate.evidence.rule.startswith("data-") for one in members)


def _only_bounds(best: list[Scored], rivals: Sequence[tuple[tuple[str, float], list[Scored]]]) -> bool:
    """ "From 20" on a card and 25 on the page do not contradict each other."""
    amount = best[0].candidate.value["pricing"]["amount"]
    if best[0].candidate.value["pricing"].get("from"):
        return all(price[1] >= amount for price, _ in rivals)
    return all(price[1] <= amount and members[0].candidate.value["pricing"].get("from") for price, members in rivals)


def _price_evidence(one: Scored) -> Evidence:
    quote = str(one.candidate.value["pricing"].get("quote") or "")
    return msgspec.structs.replace(one.candidate.evidence, quote=quote, confidence=round(one.strength, 3))
