"""What a page is for, by its title and path: a customer's question is rather answered on the home or contact page than in
the bylaws or last year's news. A mild weight: what only the bylaws say is quoted from them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from pipelines.answers.kinds import Asked

FITTING, LEGAL, ARCHIVE = 0.15, 0.25, 0.15
_LEGAL = re.compile(
    r"\b(?:terms|privacy|cookies?|legal|by-?laws?|antitrust|eula|licen[sc]e agreement|disclaimer|code of conduct|conduct|imprint|"
    r"(?<!refund )(?<!return )(?<!returns )(?<!shipping )(?<!delivery )(?<!cancellation )polic(?:y|ies)|"
    r"agb|geschäftsbedingungen|datenschutz\w*|impressum|satzung|nutzungsbedingungen|mentions légales|cgv|cgu|confidentialité|"
    r"aviso legal|privacidad|condiciones generales|note legali|condizioni generali|voorwaarden|privacybeleid|privacidade|termos)\b",
    re.IGNORECASE,
)
_ARCHIVE = re.compile(
    r"\b(?:blogs?|news|changelog|release notes|archives?|press|past events|tags?|categor(?:y|ies)|aktuelles|nachrichten|archiv|presse|"
    r"actualités|noticias|notizie|nieuws|notícias)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:about|mission|who we are|what is|über uns|ueber uns|wir über uns|à propos|a propos|qui sommes|sobre nosotros|quiénes somos|"
    r"chi siamo|over ons|sobre nós|quem somos)\b",
    re.IGNORECASE,
)
_HOME = re.compile(r"/?(?:(?:index|home)\.\w+|[a-z]{2}/?)?")
_BETWEEN = re.compile(r"[-_/.]+")


def prior(asked: Asked, passage: Any) -> tuple[float, float]:
    """What a passage's page adds to its score for a question, and takes from its place among others.

    A page for such questions makes an answer likelier; one that is seldom meant only lets others go first.
    """
    path = unquote(urlsplit(passage.url).path) if passage.url else ""
    named = f"{passage.title} {_BETWEEN.sub(' ', path)}"
    is_home = passage.url is not None and _HOME.fullmatch(path) is not None
    fits = asked.fits(named) or (asked.kind == "definition" and (is_home or _ABOUT.search(named) is not None))
    is_legal = _LEGAL.search(named) and not _LEGAL.search(asked.said)
    is_old = _ARCHIVE.search(named) and not _ARCHIVE.search(asked.said)
    return FITTING if fits else 0.0, (LEGAL if is_legal else 0.0) + (ARCHIVE if is_old else 0.0)
