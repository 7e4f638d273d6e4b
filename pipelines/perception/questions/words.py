"""English for questions: names of kinds of things made singular and plural, headlines made running text. Pure."""

from __future__ import annotations

import re

# Words of profiles that have no plural; what is sold of them is counted as tools, or not at all.
UNCOUNTED = frozenset(
    [
        "software",
        "saas",
        "hardware",
        "equipment",
        "furniture",
        "clothing",
        "apparel",
        "footwear",
        "jewelry",
        "jewellery",
        "coffee",
        "tea",
        "wine",
        "beer",
        "food",
        "insurance",
        "consulting",
        "training",
        "education",
        "research",
        "analytics",
        "advertising",
        "marketing",
        "hosting",
        "accounting",
        "finance",
        "healthcare",
        "technology",
        "logistics",
        "hospitality",
        "recruiting",
        "recruitment",
        "staffing",
        "e-commerce",
        "ecommerce",
        "retail",
    ]
)
DIGITAL = frozenset(
    ["software", "saas", "analytics", "technology", "e-commerce", "ecommerce", "advertising", "marketing", "hosting"]
)
# What the last word of a kind of thing usually is: how a kind is found inside of a sentence.
HEADS = frozenset(
    [
        "platform",
        "software",
        "app",
        "application",
        "tool",
        "suite",
        "system",
        "service",
        "solution",
        "device",
        "machine",
        "product",
        "shop",
        "store",
        "brand",
        "agency",
        "network",
        "marketplace",
        "library",
        "framework",
        "database",
        "engine",
        "assistant",
        "agent",
        "chatbot",
        "plugin",
        "scanner",
        "tracker",
        "monitor",
        "dashboard",
        "planner",
        "scheduler",
        "calendar",
        "crm",
        "erp",
        "pos",
        "wallet",
        "bank",
        "card",
        "school",
        "course",
        "academy",
        "clinic",
        "hotel",
        "restaurant",
        "cafe",
        "bakery",
        "brewery",
        "winery",
        "studio",
        "gym",
        "camera",
        "drone",
        "printer",
        "lamp",
        "chair",
        "desk",
        "bike",
        "bicycle",
        "scooter",
        "boat",
        "shoe",
        "jacket",
        "backpack",
        "watch",
        "kit",
        "toolkit",
        "subscription",
        "magazine",
        "newsletter",
        "podcast",
        "api",
        "sdk",
        "package",
        "bundle",
    ]
)
_IRREGULAR = {"saas": "SaaS tools", "software": "software tools", "analytics": "analytics tools", "person": "people"}
_CUT = re.compile(r"\s+(?:with|that|which|who|built|designed|made|powered|based)\b|[,;:.(–—]|\s-\s")
_AUDIENCE = re.compile(r"\s+for\s+(?:the\s+)?(?P<who>[^,.;:]+)", re.IGNORECASE)


def running(text: str) -> str:
    """A headline as it stands inside of a sentence: `AI Visibility Platform` -> `AI visibility platform`."""
    return " ".join(_lowered(word) for word in " ".join(text.split()).rstrip(".!").split(" "))


def plural(kind: str) -> str:
    """More than one of a kind: `booking system` -> `booking systems`, `B2B SaaS` -> `B2B SaaS tools`.

    A word of another script stays as it is: English endings are not its own.
    """
    *before, last = kind.split(" ")
    folded = last.casefold()
    lead = " ".join([*before, ""]) if before else ""
    if not folded[-1:].isascii():
        return kind
    if folded in _IRREGULAR:
        return lead + _IRREGULAR[folded]
    if folded in UNCOUNTED:
        return kind + (" tools" if folded in DIGITAL else " companies")
    if folded.endswith("s") and not folded.endswith(("ss", "us", "is")):
        return kind
    if folded.endswith("y") and folded[-2:-1] not in "aeiou":
        return lead + last[:-1] + "ies"
    if folded.endswith(("s", "x", "z", "ch", "sh")):
        return lead + last + "es"
    return lead + last + "s"


def singular(kind: str) -> str:
    """One of a kind: `booking systems` -> `booking system`, `B2B SaaS` -> `B2B SaaS tool`, `coffee` -> `coffee company`."""
    *before, last = kind.split(" ")
    folded = last.casefold()
    lead = " ".join([*before, ""]) if before else ""
    if folded in UNCOUNTED:
        return kind + (" tool" if folded in DIGITAL else " company")
    if folded.endswith("ies") and len(folded) > 4:
        return lead + last[:-3] + "y"
    if folded.endswith(("sses", "xes", "ches", "shes")):
        return lead + last[:-2]
    if folded.endswith("s") and not folded.endswith(("ss", "us", "is")):
        return lead + last[:-1]
    return kind


def article(word: str) -> str:
    """`a` or `an`, by the sound that a word begins with."""
    first = word.split(" ", maxsplit=1)[0]
    if first.isupper() and len(first) > 1 and not any(c in "AEIOU" for c in first[1:]):  # spelled out: an SMS, a CRM
        return "an" if first[0] in "AEFHILMNORSX" else "a"
    folded = first.casefold()
    if folded.startswith(("uni", "use", "eu", "one", "ubi")):
        return "a"
    return "an" if folded[:1] in "aeiou" or folded.startswith(("hour", "honest", "heir")) else "a"


def joined(names: list[str], word: str = "and") -> str:
    """`A`, `A and B`, `A, B and C`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def kind_in(sentence: str) -> str | None:
    """The kind of thing that a short description names: `Enterprise AI visibility platform with …` -> `enterprise AI
    visibility platform`; None where its first clause does not end in a word of HEADS."""
    clause = _CUT.split(" " + " ".join(sentence.split()), maxsplit=1)[0]
    clause = _AUDIENCE.split(clause, maxsplit=1)[0].strip()
    words = clause.split(" ")
    if words and words[0].casefold() in ("a", "an", "the", "our", "your"):
        words = words[1:]
    if not 2 <= len(words) <= 6:
        return None
    last = singular(words[-1]) if words[-1].casefold() not in UNCOUNTED else words[-1]
    if last.casefold() not in HEADS:
        return None
    return singular(running(" ".join(words)))


def audience_in(sentence: str) -> str | None:
    """Whom a short description says it is for: `Berth booking for small harbours` -> `small harbours`."""
    found = _AUDIENCE.search(sentence)
    who = " ".join(_CUT.split(found["who"], maxsplit=1)[0].split()) if found else ""
    return running(who) if who and len(who.split()) <= 5 and who.casefold().endswith(("s", "people")) else None


def need_in(sentence: str) -> str | None:
    """What a short description is about: `Berth booking for small harbours` -> `berth booking`; None for a slogan."""
    found = _AUDIENCE.search(sentence)
    if not found:
        return None
    about = " ".join(sentence[: found.start()].split())
    words = about.split(" ")
    if not 2 <= len(words) <= 4 or not re.fullmatch(r"[\w &/-]+", about):
        return None
    return running(about)


def _lowered(word: str) -> str:
    """Plain capitalised words only: `CMOs`, `B2B`, `iPhone` and hyphenated names stay as they are."""
    parts = word.split("-")
    plain = all(
        (part[:1].isupper() and part[1:].islower()) or part.islower() or len(part) == 1 for part in parts if part
    )
    return word.lower() if plain and len(word) > 1 else word
