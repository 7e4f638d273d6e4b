"""Claims that stand beside the brand's name and are about something else: a part of it, some of its people, a special offer.

A contradiction is reported only when what the claim is said of is certainly what the fact is about.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.perception.judge.circumstances import is_under_a_circumstance
from pipelines.perception.judge.lexicon import topic
from pipelines.perception.judge.places import spots_of
from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.senses import is_sense, stem, stems_of
from pipelines.perception.judge.text import fold
from pipelines.perception.judge.values import Value
from pipelines.perception.judge.verdicts import Scene

_ARTICLE = r"(?:the|an?|its|their|one|each|every|any|ein(?:e[rmns]?)?|der|die|das|den|dem|des|ihr(?:e[rmns]?)?|sein(?:e[rmns]?)?|les?|la|l'|une?|el|l[oa]s|un[ao]?|il|lo|i|gli|de|het|een|zijn|os?|as|uma?|su|sua|sa|son)"
_OF = r"(?:of|for|by|from|at|in|von|vom|beim?|fur|zu[rm]?|d[eu]s?|d'|pour|chez|para|per|di|del(?:la)?|van|voor|bij|d[ao]s?|dla|od|w|der)"
# "the box of the …", "ein Ersatzkabel für die …"
_HEAD = re.compile(
    rf"(?:^|[.;:,(] |\b(?:and|but|und|aber|et|mais|y|pero|e|ma|en|maar|mas) )[\s\"'*(-]*(?:{_ARTICLE}[ ']+)?(?P<head>[a-z0-9][\w'-]*(?: [\w'-]+){{0,2}}?) {_OF}(?: {_ARTICLE})? $"
)
_SLAVIC = re.compile(r"^[\s\"'*(]*(?P<head>fabryk\w+|zaklad\w*|sklep\w*|biur\w+|oddzial\w*|restauracj\w+|magazyn\w*) $")
_OWN = re.compile(
    r"^(?:'s?|s') (?P<head>[a-z][\w-]*(?: [a-z][\w-]*){0,2}?) (?=is|are|was|were|has|have|had|costs?|weighs?|employs?|consists?|counts?|lasts?|takes?|opened|opens)"
)
_SOME = re.compile(
    r"^ (?:of (?:its|their|the|them|our|his|[a-z]+'s)|der |ihrer |seiner |des |de (?:ses|sus|leurs|los|las)|dei |delle |degli |van de |van zijn |d[oa]s |z )"
)
_SAMPLED = re.compile(
    r"\b(?:survey|study|poll|sample|panel|trial|interviews?|umfrage|studie|befragung|enquete|sondage|etude|encuesta|estudio|sondaggio|studio|onderzoek|enquete|pesquisa|inquerito|estudo|ankiet\w*|badani\w*)"
    r" (?:of|among|with|involving|by|unter|mit|von|aupres de|entre|sur|con|tra|su|onder|met|com|wsrod)(?: \w+){0,2} $"
)
_ADDED = re.compile(
    r"^ (?:\w+ )?(?:new|additional|more|extra|further|other|neue\w*|weitere\w*|zusatzliche\w*|nouveaux|nouvelles|supplementaires|autres|nuev[oa]s|adicionales|mas|otr[oa]s|nuov[ie]|altr[ie]|nieuwe|extra|andere|nov[oa]s|outr[oa]s|nowych|kolejnych)\b"
)
_CHANGED = re.compile(
    r"\b(?:hir(?:ed|es|ing)|recruit\w*|laid off|lays off|cut|cutting|added|adding|trains?|trained|dismissed|lost|gained|stellte|entliess|entlasst|embauch\w*|recrut\w*|licenci\w*|contrat[oaeé]\w*|despid\w*|assunt\w*|assume|licenzi\w*|nam|ontsloeg|contratou|demitiu|zatrudnila|zwolnila)(?: (?:\w+|[\d.]+)){0,2} $"
)
_NEAR_BY = re.compile(
    r"^ (?:[\w-]+ ){0,3}?(?:near\b|nearby|close to|around|next to|in der nahe|a proximite|pres d|cerca d|vicino|in de buurt|perto d|blisko)"
)
_ANOTHER = re.compile(
    r"\b(?:another|an additional|an extra|a further|further|weitere[nr]?|d'autres|otr[oa]s|altr[ie]|nog eens|mais|outr[oa]s|kolejne|kolejnych) $"
)
_RATE = re.compile(
    r" (?:a|an|per|each|every|pro|im|in der|am|par|por|al|alla|ao|na|w) (?:month|week|day|hour|monat|woche|tag|stunde|mois|semaine|jour|heure|mes|semana|dia|hora|mese|settimana|giorno|ora|maand|dag|uur|miesiac|tydzien|dzien)\b"
)
_RATE_OF_YEAR = re.compile(r"year|jahr|\ban\b")
_TEAM = re.compile(r"(?P<word>[\w'-]+)[ -]team\b|(?P<joined>[a-z]{3,})team\b")
_ANY_TEAM = {
    "the",
    "its",
    "their",
    "a",
    "an",
    "our",
    "whole",
    "entire",
    "own",
    "small",
    "large",
    "strong",
    "person",
    "dedicated",
    "international",
    "growing",
    "das",
    "ein",
    "sein",
    "ihr",
    "kleines",
    "grosses",
    "current",
    "full",
    "people",
    "company",
    "s",
}


def is_of_something_else(scene: Scene, value: Value, probe: Probe) -> bool:
    """Whether a figure that contradicts a fact is about a part, a sample, an addition or an offer."""
    folded, unit = scene.folded, scene.unit
    before, after = folded[max(unit.start, value.start - 60) : value.start], folded[value.end : value.end + 32]
    if is_under_a_circumstance(scene, value, probe, _clause_end(scene, value)):
        return True
    if value.kind in ("count", "money") and _is_in_one_place(scene, value, probe):
        return True
    priced = any(one.kind == "money" for one in unit.values)
    if value.unit == "duration" and priced and _OVER_A_TIME.fullmatch(folded, unit.start, value.start):
        return True  # "Over twelve months, it comes to $48"
    if _TRADE.search(folded, unit.start, value.start):
        return True
    rate = _RATE.search(folded, value.end, min(unit.end, value.end + 40)) if value.kind == "count" else None
    if rate and not _RATE_OF_YEAR.search(rate[0]) and not _RATE.search(f" {fold(probe.actual)}"):
        return True  # "5.3 million parcels a month"
    if value.kind == "count" and _ANOTHER.search(before):
        return True
    if value.kind == "count" and (
        _NEAR_BY.match(folded[value.end : value.end + 40])
        or _SOME.match(after)
        or _ADDED.match(after)
        or _SAMPLED.search(before)
        or _CHANGED.search(before)
        or _is_one_team(scene, value)
    ):
        return True
    if value.kind == "money" and _is_other_base(scene, value, probe):
        return True
    return is_of_a_part(scene, value.start, probe)


_NEXT_CLAUSE = re.compile(r"[;,(]| - | (?:and|but|und|aber|et|mais|y|pero|e|ma|en|maar|mas|oraz|ale) ")


def _clause_end(scene: Scene, value: Value) -> int:
    """Where the clause of a value ends: what follows tells of something else ("… a year and gives members a discount")."""
    following = _NEXT_CLAUSE.search(scene.folded, value.end, scene.unit.end)
    return following.start() if following else scene.unit.end


_PER = re.compile(r"^ ?(?:/ ?|(?:per|pro|par|por|al|a|je|each|the|na|za) )(?P<what>[a-z]{2,}(?: [a-z]{3,})?)")
_AMOUNT = re.compile(r"(?:kg|kilo|gram|litre|liter|litro|100|tonne|kwh|km|m2|square|quadrat|metre)")
_HALF = re.compile(
    r"\b(?:half[- ](?:a )?(?:kilo|litre|liter|pound|bottle)|halbe[sr]? (?:kilo|liter|pfund|flasche)|demi[- ]?(?:kilo|litre|bouteille)|medi[oa] (?:kilo|litro|botella)|mezz[oa] (?:chilo|litro|bottiglia)|halve? (?:kilo|liter|fles)|mei[oa] (?:quilo|litro|garrafa)|pol (?:kilo|litra))"
)
_BASES = frozenset({"kwh", "mwh", "km", "kg", "litre", "m2"})
_TOTAL = re.compile(
    r"\b(?:in total|altogether|for both(?! \w+ and )|for two|for all|combined|a pair|insgesamt|zusammen|fur beide|au total|en tout|pour deux|en total|in totale|in totaal|no total|lacznie)\b"
)
_OVER = re.compile(
    r"\b(?:from|over|above|once you spend|spend|reach(?:es)?|exceeds?|orders? (?:of|over|above|from)|bestelwaarde van|bestellwert von|mindestbestellwert von|au-dela de|superiori? a|superieure?s? a|superiores? a|por encima de|ab|uber|a partir de|des|plus de|oltre|a partire da|da|vanaf|boven|acima de|od|powyzej)(?: \w+){0,4} $"
)
_OVER_LEAD = re.compile(
    r"\b(?:from|over|above|threshold|ab|uber|a partir de|des|desde|oltre|da|vanaf|boven|acima de|od|powyzej)\b"
)
_AND_OVER = re.compile(
    r"\+| ?(?:and|or|oder|und|ou|et|o|y|e|of|en|lub|i) (?:above|over|more|up|mehr|hoher|plus|mas|superior\w*|piu|meer|mais|wiecej)\b|以上"
)
_FREE_BESIDE = 70
_FREE_LEAD = re.compile(
    r"\b(?:free|kostenlos\w*|kostenfrei\w*|gratis|gratuit\w*|bezplatn\w+|darmow\w+|entfall\w*|entfallt|offerte?s?|omaggio|(?:zonder|ohne|sans|sin|senza|sem|bez|no|without) (?:\w+ ){0,2}?(?:bezorgkosten|verzendkosten|versandkosten|liefergebuhr\w*|frais de (?:port|livraison)|gastos de envio|spese di spedizione|custos de (?:envio|entrega)|portes|kosztow (?:wysylki|dostawy)|delivery (?:fee|charge|costs?)|shipping (?:fee|charge|costs?)|postage))\b|versandkostenfrei"
)


def is_spent(scene: Scene, value: Value) -> bool:
    """What one has to spend to get something free: "free delivery on orders over €50"."""
    low, high = max(scene.unit.start, value.start - _FREE_BESIDE), min(scene.unit.end, value.end + _FREE_BESIDE)
    free = _FREE_LEAD.search(scene.folded, low, high) or any(
        one.written == "free" and abs(one.start - value.start) <= _FREE_BESIDE for one in scene.unit.values
    )
    lead = fold(scene.unit.lead_text)
    told = _FREE_LEAD.search(lead) is not None
    if told and _OVER_LEAD.search(lead):
        return True
    over = _OVER.search(scene.folded, max(scene.unit.start, value.start - 40), value.start) or _AND_OVER.match(
        scene.folded, value.end
    )
    return over is not None and (told or bool(free))


def _is_other_base(scene: Scene, value: Value, probe: Probe) -> bool:
    """A price for another amount: per kilogram, for both together, or what one has to spend to get something free."""
    after = scene.folded[value.end : value.end + 28]
    based = ({(probe.value.period or "").lower()} | probe.topic) & _BASES if probe.value else frozenset()
    near = scene.folded[max(scene.unit.start, value.start - 60) : value.end + 40] + fold(scene.unit.lead_text)
    if based and not any(base in near for base in based):
        return True  # a price per kilowatt-hour, and what a year's use comes to
    if _HALF.search(scene.folded, max(scene.unit.start, value.start - 40), value.end + 30):
        return True
    per = _PER.match(after)
    if per and value.period is None and not (probe.value and value.bases & probe.value.bases):
        told = {stem(word) for word in per["what"].split()}
        alien = (
            scene.language != probe.language
            and not any(is_sense(word) for word in told)
            and not _AMOUNT.match(per["what"])
        )
        if not alien and not told & (probe.words | probe.qualifiers) and not _PERSON.match(per["what"]):
            return True
    if probe.concept in ("price", "delivery", None) and _TOTAL.search(
        scene.folded, max(scene.unit.start, value.start - 50), min(scene.unit.end, value.end + 40)
    ):
        return True
    return is_spent(scene, value) and "~free" not in probe.words | probe.topic


_PERSON = re.compile(
    r"(?:jar|bottle|bag\b|pack|tube|box|can\b|glas|flasche|dose|tute|tube|bouteille|pot\b|flacon|sachet|botella|tarro|frasco|bottiglia|vasetto|barattolo|fles|potje|garrafa|butelk|sloik|parcel|paket|colis|paquete|pacco|pakket|paczk|order|bestellung|commande|pedido|ordine|encomenda|ticket|eintritt|user|person|persoon|persona|personne|pessoa|osob|kopf|tete|cabeza|testa|gast|guest|seat|nutzer|utilisateur|usuario|utente|gebruiker|head|piece|stuck|unit|time|month|year|week|day|night|month|monat|jahr|mois|an\b|mes|ano|mese|anno|maand|jaar)"
)


_OVER_A_TIME = re.compile(
    r"[\s\"'*(]*(?:over|across|uber|auf|sur|en|su|in|op|over een periode van|em|ao longo de|przez|w) "
)
_TRADE = re.compile(
    r"\b(?:in|across|for) (?:the|this|our) (?:trade|industry|sector)\b|\b(?:industry|sector) (?:average|standard|norm)|\b(?:branchenublich|in der branche|dans le secteur|dans la branche|en el sector|nel settore|in de (?:sector|branche)|no setor|w branzy)\b"
)
_IN_PLACE = re.compile(
    r"^[\s*\"'(-]*(?:In|Across|En|Em|Im|No|Na|Dans|Au|Aux|Nel|Nella|W|We|A|À) (?:the |den |der |la |le |el |il |het |de |lo |the )?(?P<place>[A-Z\u00c0-\u00de][^\W\d_]+(?: [A-Z\u00c0-\u00de][^\W\d_]+)?)"
)
_PLANT = (
    r"(?:plant|factory|bakery|warehouse|workshop|distillery|brewery|store|shop|branch|office|campus|site|werk|fabrik|backerei|lager|filiale|buro|standort|usine|atelier|entrepot|agence|fabrica|planta|taller|oficina|almacen|stabilimento|fabbrica|magazzino|ufficio"
    r"|fabriek|bakkerij|magazijn|kantoor|vestiging|armazem|fabryce|zakladzie|biurze)"
)
# What a company has beside its seat, wherever that is; with "head", "main" or "registered" before it, it is the seat.
_PARTS = (
    r"(?:foundry|(?:work)?shops?|lab(?:oratory|oratories|s)?|studios?|depots?|hubs?|showrooms?|warehouses?|plants?|factor(?:y|ies)|mills?|bakery|kitchens?|brewery|farms?|vineyards?|stores?|branch(?:es)?|offices?|subsidiar(?:y|ies)|outlets?|teams?|fabriken?|werke?|werkstatt(?:en)?|giesserei|laden|filialen?|niederlassung(?:en)?|buros?|lager|labore?|ateliers?"
    r"|usines?|fonderie|boutiques?|magasins?|bureaux?|agences?|entrepots?|laboratoires?|succursales?|filiales?|talleres|taller|tiendas?|almacen(?:es)?|fabricas?|plantas?|oficinas?|sucursal(?:es)?|laboratorios?|delegacion(?:es)?|fundicion|officin[ae]|negozi[o]?|magazzin[oi]|stabiliment[oi]|uffic(?:io|i)|laborator(?:io|i)|fonderia|fabbric[ah]e?"
    r"|werkplaats(?:en)?|winkels?|magazijn(?:en)?|fabriek(?:en)?|kantoor|kantoren|filiaal|filialen|vestiging(?:en)?|lojas?|armazem|armazens|escritorios?|oficina|zaklad\w*|sklep\w*|magazyn\w*|fabry[kc]\w*|biur\w*|oddzial\w*|warsztat\w*|pracowni\w*)"
)
_AT_PART = re.compile(
    rf"(?P<lead>(?:[\w'-]+ )?)\b(?P<part>{_PARTS})(?: [\w'-]+){{0,2}}?,? (?:in|at|near|outside|en|a|dans|pres de|bei|bij|nel|nella|presso|em|no|na|w|we) (?:the |der |la |el |il |het |de |o )?$"
)
_CHIEF = re.compile(
    r"(?:head|main|central|principal|principale|registered|corporate|chief|haupt|zentral\w*|hoofd|sede|siege|glown\w*|its|their|the|only|sole|einzig\w*|seul|seule|unico|unica|eigen) $"
)


def is_at_a_part(scene: Scene, start: int, anchor: tuple[int, int]) -> bool:
    """Whether a place is where a part of the company is, its seat being told elsewhere: "an assembly shop in Ohio"."""
    match = _AT_PART.search(scene.folded, max(scene.unit.start, start - 60), start)
    if match is None or _CHIEF.search(match["lead"]):
        return False
    return not (match.start("part") < anchor[1] and anchor[0] < match.end("part"))


_AT_PLANT = re.compile(
    rf" (?:\w+ ){{0,4}}?(?:at|in|im|en|a|dans|nel|nella|op|bij|na|no|w) (?:[\w'-]+ ){{0,4}}?{_PLANT}\b"
)
_PLANT_WHERE = re.compile(
    rf"\b{_PLANT} (?:in|of|near|en|a|at|w|von|bei|de|di) [\w -]{{3,30}},? (?:where|in which|wo|in dem|ou|donde|dove|waar|onde|gdzie)\b"
)


def _is_in_one_place(scene: Scene, value: Value, probe: Probe) -> bool:
    """ "In Flanders it has 41 shops", "600 people work at its plant": a part, or another market than the fact's."""
    text, unit = scene.plain.text, scene.unit
    opened = _IN_PLACE.match(text[unit.start : unit.end])
    if opened and opened.end() + unit.start <= value.start:
        named = any(
            one.start < unit.start + opened.end() and unit.start + opened.start("place") < one.end
            for one in unit.mentions
        )
        known = bool(spots_of(opened["place"]))
        told = {stem(word) for word in fold(opened["place"]).split()} & (probe.words | probe.qualifiers)
        if known and not named and not told:
            return True
    if value.kind != "count":
        return False
    at = _AT_PLANT.match(scene.folded[value.end : value.end + 70])
    where = _PLANT_WHERE.search(scene.folded, unit.start, value.start)
    return any(
        found and not {stem(word) for word in found[0].split()} & (probe.nouns | probe.words) for found in (at, where)
    )


def _is_one_team(scene: Scene, value: Value) -> bool:
    """ "its design team consists of 14 people"."""
    for match in _TEAM.finditer(scene.folded, scene.unit.start, value.start):
        word = match["word"] or match["joined"]
        named = any(mention.start <= match.start() < mention.end for mention in scene.unit.mentions)
        if not named and word not in _ANY_TEAM and not word.isdigit():
            return True
    return False


_ADVERBS = frozenset(
    "auch also only nur aussi tambien anche ook tambem even schon already bereits founded based according as since seit depuis here hier today heute currently now both ja yes si oui thanks dank at".split()  # noqa: SIM905
)
# "developed by", "included in", "part of", "a classic for": what has been said before a name is no thing of it.
_NO_HEAD = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|part|classic|\w{3,}ed|made|sold|built|known|found|run|held|wird|wurde|ist|teil|est|sont|fait|partie|es|son|parte|sono|fa|maakt|deel|foi|jest|incontournable|connue?s?|bekannt)\b"
)
_FOR = re.compile(r" (?:for|fur|pour|para|per|voor|dla)(?: [a-z']+)? $")
_NEW_CLAUSE = re.compile(
    r"[;.]|, (?:and|but|und|aber|et|mais|y|pero|e|ma|en|maar|mas|its|the|die|der|das|sa|son|la|le|su|sua)\b"
)


def is_of_a_part(scene: Scene, place: int, probe: Probe) -> bool:
    """Whether the subject is a thing of the brand or product that the fact does not speak of: "the box of the …"."""
    mention = next((one for one in reversed(scene.unit.mentions) if one.end <= place), None)
    if mention is None or _NEW_CLAUSE.search(scene.folded, mention.end, place):
        return False
    before = scene.folded[scene.unit.start : mention.start]
    head = _HEAD.search(before)
    if head is not None and any(
        one.start >= scene.unit.start + head.start() for one in scene.unit.mentions if one.end < mention.start
    ):
        return False  # "Zuiderbrood - de Zuiderbol": what stands before the name is a name as well
    if head is None and scene.language == "pl":
        head = _SLAVIC.match(before)
    if head is None:
        head = _OWN.match(scene.folded[mention.end : place])
    if head is None or head["head"].split()[0] in _ADVERBS or _NO_HEAD.search(head["head"]):
        return False
    told = {said for said, token in stems_of(scene.unit.tokens) if token.word in head["head"].split()}
    if probe.language != scene.language and not any(map(is_sense, told)):
        return _FOR.search(before) is not None or _SLAVIC.match(before) is not None  # a word that nobody translates
    return bool(told) and not told & (
        probe.words | probe.qualifiers | probe.nouns | probe.topic | words_of(probe.concept)
    )


@lru_cache(maxsize=256)
def words_of(concept: str | None) -> frozenset[str]:
    """Stems of the words that tell a concept, and of those that mean a company or product as a whole."""
    entry = topic("concepts").get(concept, {}) if concept else {}
    listed = [phrase for words in entry.values() if isinstance(words, list) for phrase in words]
    return frozenset(stem(word) for phrase in (*listed, *_GENERIC) for word in fold(str(phrase)).split())


_GENERIC = ["version", "assortment", "platform", "company", "model", "edition", "plan", "policy", "account", "package", "subscription", "variant", "brand", "people", "staff", "group", "team", "chain", "network", "range", "list", "price", "preis", "prix", "precio", "prezzo", "prijs", "preco", "cena", "cost", "costs", "weight", "gewicht", "poids", "peso", "waga", "size", "number", "total", "anzahl", "nombre", "numero", "owner", "head", "ceo", "seat", "order", "orders", "product", "products", "goods", "parcel", "parcels", "purchase", "purchases"]  # fmt: skip
