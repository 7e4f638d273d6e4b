"""Prices and counts that hold in a season, for many at once, by agreement or under an offer: not the common ones of a fact."""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.senses import stem
from pipelines.perception.judge.text import fold
from pipelines.perception.judge.values import Value
from pipelines.perception.judge.verdicts import Scene

_CIRCUMSTANCE = re.compile(
    r"\b(?:(?:low|high|off|peak) season|off[- ]season|in (?:january|february|july|august|december)|(?:for )?groups (?:have|has|need|must|of)|public holidays|at christmas|nebensaison|hochsaison|gruppen|feiertagen?|(?:basse|haute) saison|les groupes|temporada (?:alta|baja)|grupos"
    r"|(?:alta|bassa) stagione|gruppi|laagseizoen|hoogseizoen|groepen|epoca (?:alta|baixa)|grup[ay]?|i'd give|i would give|rating of|rated|bewertung von|note de)\b"
)
# Of money alone: a fact's year may well be in a month.
_SEASON = re.compile(
    r"\b(?:in|im|en|au mois d[e']|em|a|ad|w|in de|in der|w miesiacu) (?:(?:early|mid|late|high|den|the|de) )?(?:summer|winter|spring|autumn|sommer|winter|fruhjahr|herbst|ete|hiver|verano|invierno|estate|inverno|zomer|verao|lecie|zimie|january|february|march|april|may|june|july|august|september|october|november|december|januar|februar|marz|mai|juni|juli|oktober|dezember|janvier|fevrier|mars|avril|juin|juillet|aout|septembre|octobre|novembre|decembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|januari|februari|maart|mei|augustus|janeiro|fevereiro|marco|maio|junho|julho|setembro|outubro|novembro|dezembro|styczniu|lutym|marcu|kwietniu|maju|czerwcu|lipcu|sierpniu|wrzesniu|pazdzierniku|listopadzie|grudniu)\b(?! (?:19|20)\d\d)"
)
_AGREED = re.compile(
    r"\b(?:negotiat\w*|wholesale|in bulk|bulk (?:orders?|buyers?)|large(?:r)? orders|\d+ or more|verhandel\w*|mengenrabatt\w*|staffelpreis\w*|grossabnehmer\w*|negoci\w*|en gros|grosses commandes|al por mayor|all'ingrosso|onderhandel\w*|groothandel\w*|no atacado|hurtow\w*|negocj\w*)\b"
)
_OFFER = re.compile(
    r"\b(?:(?:on|in|during|for) (?:the |a )?(?:\w+ )?sale|discount\w*|students?|second[- ]hand|used ones?|refurbished|promotion\w*|special offer|black (?:friday|week)|cyber (?:monday|week)|(?:is|are) down to|sale price|reduziert\w* auf|en solde|rebajad[oa]\w?|scontat[oaie]|afgeprijsd|em saldo|przecen\w*|voucher|coupon|members pay|sonderangebot|im angebot|rabatt\w*|gebraucht\w*|studierende|studenten"
    r"|en promotion|soldes|etudiants|d'occasion|en oferta|rebajas|estudiantes|de segunda mano|in offerta|saldi|studenti|usat[oa]|in de aanbieding|korting\w*|tweedehands|em promocao|estudantes|usad[oa]s?|wyprzedaz\w*|uzywan\w*|studentow)\b"
)


def is_under_a_circumstance(scene: Scene, value: Value, probe: Probe, end: int) -> bool:
    """Whether a figure holds only in such a case, of which the fact does not speak. `end`: where the value's clause ends."""
    folded, start = scene.folded, scene.unit.start
    actual = fold(probe.actual)
    if _CIRCUMSTANCE.search(folded, start, end) and not _CIRCUMSTANCE.search(actual) and not _told_so(probe):
        return True
    if value.kind != "money":
        return False
    if _SEASON.search(folded, start, end) or _AGREED.search(folded, start, value.start):
        return True
    offered = _OFFER.search(folded, start, end) is not None and not _OFFER.search(actual)
    return offered and not (probe.words & scene.unit.stems & _offer_stems())


def _told_so(probe: Probe) -> bool:
    told = {"~group", "~class", stem("rating"), stem("rated"), stem("score")}
    return bool(told & (probe.words | probe.topic | probe.nouns))


@lru_cache(maxsize=1)
def _offer_stems() -> frozenset[str]:
    return frozenset({stem("student"), stem("students"), stem("discount"), stem("rabatt")})
