"""Products and awards that an answer gives the brand and that do not exist as far as the facts know."""

from __future__ import annotations

import re

from pipelines.perception.judge.lexicon import topic
from pipelines.perception.judge.scope import is_denied
from pipelines.perception.judge.subjects import owners_of
from pipelines.perception.judge.text import fold, key
from pipelines.perception.judge.verdicts import Scene
from pipelines.perception.records import BrandFacts

_AWARD = re.compile(
    r"\b(?:[A-Z][\w'&.-]*[ -](?:of the |for |de la |du |della |des )?){1,6}(?:Awards?|Prize|Preis|Prix|Premio|Prijs|Pr\u00eamio|Pr\u00e9mio|Medal|Trophy|Honours?|Oscar)\b(?: (?:for|f\u00fcr|in|of) [A-Z]\w+(?: [A-Z]\w+){0,3})?(?: (?:19|20)\d\d)?"
    r"|\b(?:Prix|Premio|Pr\u00eamio|Preis der|Prix de) [A-Z][\w'-]*(?: [A-Z][\w'-]*){0,4}"
)
_CALLED = re.compile(
    r"\b(?:products?|models?|app|tool|flagship|service|line|collection|module|platform|plan|add-on)(?:,)? (?:called|named|known as|dubbed)?,? ?[\"']?(?P<name>[A-Z][a-z]+\w*(?: [A-Z][a-z]\w*){0,2})"
    r"|\b(?:called|named|known as|dubbed) [\"']?(?P<other>[A-Z][a-z]+\w*(?: [A-Z][a-z]\w*){0,2})"
)
_SOLD = re.compile(
    r"\b(?:sells?|offers?|launched|released|introduced|makes?|product|products|model|models|called|named|line|lineup|includes?|new|flagship|besides|with|and|its|vende|ofrece|lanzo|propose|lance|vende|offre|lancia|verkoopt|biedt|lancou|oferece)\b"
)


def weigh_inventions(scene: Scene, brand: BrandFacts) -> None:
    _awards(scene)
    if brand.products and scene.unit.cell < 0 and not scene.unit.is_heading:
        _products(scene, brand)


def _mine(scene: Scene, low: int, high: int) -> bool:
    owners = owners_of(scene.unit, scene.plain, low, high)
    return any(owner == "brand" or owner.startswith("product:") for owner in owners)


def _asserted(scene: Scene, place: int) -> bool:
    return not scene.scope.silent(place) and not is_denied(scene.scope, scene.folded, place)


def _awards(scene: Scene) -> None:
    probes = [probe for probe in scene.probes if probe.concept == "award"]
    known = {fold(name) for probe in probes for name in probe.names} | {
        word for probe in probes for word in (fold(probe.actual),)
    }
    hits = [hit for hit in scene.unit.hits if hit.name == "award"]
    for match in _AWARD.finditer(scene.plain.text, scene.unit.start, scene.unit.end):
        said = fold(match[0])
        bare = re.sub(r"^(?:the|der|die|das|le|la|el|il|de|o|a) | (?:19|20)\d\d$", "", said)
        if not hits or not _asserted(scene, match.start()) or not _mine(scene, *match.span()):
            continue
        probe = next((one for one in probes if any(bare in name or name in bare for name in known if name)), None)
        closed = next((one for one in probes if one.closed or one.sort == "name"), None)
        if probe is not None:
            scene.add("match", *match.span(), probe)
        elif closed is not None:
            scene.add("clash", *match.span(), closed, fabricated=True)
        else:
            scene.add("unknown", *match.span(), fabricated=True)


def _products(scene: Scene, brand: BrandFacts) -> None:
    """ "Lantern Vault" beside Lantern Desk and Lantern Beam: a name made of the brand's that nobody sells."""
    family = [key(product) for product in brand.products]
    named_after = any(
        product.startswith(key(name) + " ") for product in family for name in (brand.name, *brand.aliases)
    )
    probe = next((one for one in scene.probes if one.concept == "products" and one.sort == "members"), None)
    ordinary = set(topic("ordinary")["no_products"])
    if named_after and scene.language != "de":
        for mention in scene.unit.mentions:
            if mention.role != "other" or key(mention.name) in ordinary or not _asserted(scene, mention.start):
                continue
            written = key(scene.folded[mention.start : mention.end])
            if _SOLD.search(scene.folded, scene.unit.start, scene.unit.end) and not any(
                product.startswith(written) for product in family
            ):
                scene.add("clash" if probe else "unknown", mention.start, mention.end, probe, fabricated=True)
    for match in _CALLED.finditer(scene.plain.text, scene.unit.start, scene.unit.end):
        group = "name" if match["name"] else "other"
        start, end = match.span(group)
        name = key(match[group])
        if (
            scene.language != "en"
            or name.split()[0] in ordinary
            or any(mention.start < end and start < mention.end for mention in scene.unit.mentions)
        ):
            continue
        if match["name"] and not re.search(r"called|named|known as|dubbed", match[0]):
            continue
        if any(name in product or product in name for product in family) or not re.search(
            r"product|model|app|tool|service|line|collection|module|launch|sell|offer",
            scene.folded[scene.unit.start : start],
        ):
            continue
        if _asserted(scene, start) and _mine(scene, start, end):
            scene.add("clash" if probe else "unknown", start, end, probe, fabricated=True)
