"""Whether a year is when the brand itself began, and not its app, its newest shop or a part of its building.

"Founded" and its like say so by themselves. "Opened", "started" or "dates from" need the brand, a pronoun or a word
for the whole as their subject; "since" needs a word for being in business.
"""

from __future__ import annotations

import re

from pipelines.perception.judge.binding import Bound
from pipelines.perception.judge.lexicon import word_set
from pipelines.perception.judge.values import Value
from pipelines.perception.judge.verdicts import Scene

_FOUNDED = re.compile(
    r"found|costitu|betrieb auf|established|incorporated|set up|formed|inception|grund|gruend|fond|fund|leben gerufen|opgericht|oprichting|gesticht|设立|設立|創|成立|创|始于|誕生|spun|naci|nasc|\bnat[ao]\b|\bnee?\b|\bcree|\bcrea[dt]|entsta|entsto|ontsta|ontsto|vu le jour|powsta|istnie|siega|dziala|dzialaj|開校|開館|開業|開学|开业|开馆|创刊|創刊|発足|结成|結成|创|始建|建于|建於|建校|第1回|初めて開催|zaloz|utworz"
)
_SINCE = {"since", "seit", "depuis", "desde", "dal", "sinds"}
_IN_BUSINESS = re.compile(
    r"\b(?:exist\w*|around|in business|business since|operat\w*|family|welcom\w*|making|brewing|producing|serving|baking|tradition\w*|am markt|auf dem markt|istnieje|dziala|esiste|active|gibt es|besteht|bestehend|aktiv"
    r"|empfangt|existe|en activite|accueille|activo|opera|attiv\w|bestaat|actief|ativ\w|atividade|company since|brand since|since its founding)\b"
)
_WHOLE_BEHIND = re.compile(r" (?:it|the company|the business|the firm|the brand|this company|the project)\b")
_STRAIGHT = re.compile(
    r"[ ,:]*(?:(?:its|their|the|ses|sus|le sue|seine|ihre|zijn|suas|as) (?:first )?(?:doors?|gates|portes|puertas|porte|turen|deuren|portas)|back|first|originally|for business|to the public|au public|al publico|al pubblico|erstmals|offiziell"
    r"|in|im|jahr|the year|year|en|el|ano|l'annee|nel|em|no|w|roku|het|jaar|around|about|circa|um|vers|hacia|verso|rond|the|early|late|mid|spring|summer|autumn|winter|of|[a-z]*(?:uary|ember|ober|march|april|may|june|july|august)|\d{1,4}|but|rather|not|sondern|nicht|mais|pas|sino|no|ma|non|bensi|maar|niet|mas|nao|lecz|[ .,-])*"
)
_OBJECT = re.compile(
    r" (?:seinen?|seine|ihren?|ihre|den|das|einen?|eine|zijn|haar|een|its|their|an?|su|sus|sa|son|ses|une?|un[ao]|il suo|la sua|lo|um|uma|swoj\w*|pierwsz\w+) "
)
_INDEFINITE = re.compile(r" (?:an?|another|his|her|eine?n?|une?|una?|uno|uma?|een|sa|son|su) [a-z]")
_PART_EAST = r"(?:子会社|子公司|支社|支店|分公司|分社|現地法人|法人|工場|工厂|工廠|財団|基金会|基金會|研究所|研究院|研究中心|实验室|實驗室|オフィス|事務所|办事处|辦事處|分校|分馆|合弁会社|合资公司|部门|部門|门店|門市|新ブランド)"
_PART_BEFORE = re.compile(rf"{_PART_EAST}[^、,。]{{0,6}}[をが](?:共同で|新たに|新規に)?$")
_PART_BEHIND = re.compile(rf"了?[^、,。;]{{0,12}}{_PART_EAST}")
_CLAUSE = re.compile(
    r"[;,:()]| - |\band\b|\bund\b|\bet\b|\by\b|\ben\b(?= (?:werd|is))|\bbut\b|\bwhich\b|\bwho\b|\bwhen\b|\d"
)


def is_founding(scene: Scene, bound: Bound, value: Value) -> bool:
    """Whether the trigger of a founding year is said of the brand as a whole."""
    said = scene.folded[bound.start : bound.end]
    if _PART_BEFORE.search(scene.folded, scene.unit.start, bound.start) or _PART_BEHIND.match(scene.folded, bound.end):
        return False  # "子会社を設立", "成立了分公司"
    object_ = _INDEFINITE.match(scene.folded, bound.end)
    if object_ and not any(bound.end <= one.start < value.start for one in scene.unit.mentions):
        return False  # "had founded a payment firm in 2006"
    if bound.start == bound.end or _FOUNDED.search(said):
        return True
    if _WHOLE_BEHIND.match(scene.folded, bound.end) or any(
        0 <= one.start - bound.end <= 1 for one in scene.unit.mentions
    ):
        return True  # "two friends started it in 2016"
    if said in _SINCE:
        lone = scene.folded[scene.unit.start : bound.start].strip(" *-") == "" and len(scene.unit.tokens) <= 3
        return lone or _IN_BUSINESS.search(scene.folded, scene.unit.start, scene.unit.end) is not None
    between = scene.folded[bound.end : value.start] if bound.end <= value.start else ""
    if not _STRAIGHT.fullmatch(between) or _OBJECT.match(scene.folded, value.end, scene.unit.end):
        return False  # "opened its second shop in 1999", "eröffnete 2006 den ersten Laden"
    low = scene.unit.start
    for edge in _CLAUSE.finditer(scene.folded, scene.unit.start, bound.start):
        low = edge.end()
    allowed = word_set("filler", "whole")
    spans = [(mention.start, mention.end) for mention in scene.unit.mentions]
    for token in scene.unit.tokens:
        inside = any(start <= token.start < end for start, end in spans)
        if low <= token.start < bound.start and not inside and token.word not in allowed:
            return False
    return True
