"""Which part of a page an element opens: nav, header, main, footer or aside; and whether it quotes other people.

Landmarks decide; where a site has none, the words in class and id do.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

_SPLIT = re.compile(r"[^a-z]+")
_NAV = {
    "nav",
    "navbar",
    "navigation",
    "menu",
    "breadcrumb",
    "breadcrumbs",
    "offcanvas",
    "sidenav",
    "pagination",
    "topnav",
}
_FOOTER = {"footer", "colophon", "bottombar"}
_WHOLE_SITE = {
    "site",
    "page",
    "main",
    "global",
    "app",
    "web",
    "theme",
    "wp",
    "bottom",
    "sub",
    "master",
    "the",
    "copyright",
}
_ASIDE = {"sidebar", "cookie", "cookies", "consent", "popup", "newsletter", "banner", "toast", "gdpr"}
_PART_OF_SOMETHING = {
    "card", "modal", "panel", "post", "entry", "article", "table", "item", "section", "comment", "widget",
}  # fmt: skip
_VOICES = {
    "testimonial", "testimonials", "quote", "quotes", "blockquote", "review", "reviews", "feedback", "kundenstimmen",
    "temoignage", "temoignages", "testimonio", "testimonios", "recensioni", "depoimentos", "getuigenissen", "referenzen",
}  # fmt: skip


def tokens(element: HtmlElement) -> set[str]:
    """The lower-case words of class and id, split at dashes and the like."""
    raw = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
    return set(_SPLIT.split(raw)) - {""} if raw.strip() else set()


def region_of(element: HtmlElement, words: set[str], current: str, *, inside_content: bool) -> str:
    """The region inside `element`, given the region around it. `inside_content`: within main, article or section."""
    tag = element.tag
    role = element.get("role")
    if current in ("nav", "footer") and tag != "main":
        return current
    if tag == "nav" or role == "navigation":
        return "nav"
    if tag == "main" or role == "main":
        return "main"
    if (tag == "footer" or role == "contentinfo") and not inside_content:
        return "footer"
    if tag == "aside" or role == "complementary":
        return "aside"
    if (tag == "header" or role == "banner") and not inside_content:
        return "header"
    if tag in ("div", "section", "ul", "footer") and words and not words & _PART_OF_SOMETHING:
        if words & _FOOTER and not (inside_content and _is_foot_of_something(element)):
            return "footer"
        if words & _NAV and not ("menu" in words and _holds_dishes(element)):
            return "nav"
        if words & _ASIDE and not words & {"hero", "main", "page"} and tag != "section":
            return "aside" if "banner" not in words or "cookie" in words else current
    return current


def _holds_dishes(element: HtmlElement) -> bool:
    """Whether a "menu" has headings or paragraphs: a restaurant's, not a site's."""
    return next(element.iter("h2", "h3", "h4", "p"), None) is not None


def _is_foot_of_something(element: HtmlElement) -> bool:
    """Whether every name with a footer in it starts with what it is the foot of: "offer_footer", not "footer-top"."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}".lower().split()
    footed = [parts for name in names if set(parts := _SPLIT.split(name)) & _FOOTER]
    return all(parts[0] not in _FOOTER | _WHOLE_SITE for parts in footed)


def is_voice(element: HtmlElement, words: set[str]) -> bool:
    """Whether `element` holds what somebody else said: a quotation, a review, a testimonial."""
    return element.tag in ("blockquote", "q") or bool(words & _VOICES)


def is_hidden(element: HtmlElement) -> bool:
    if element.get("hidden") is not None:
        return True
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or "visibility:hidden" in style
