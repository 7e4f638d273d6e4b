"""What one answer says: its text in the right charset, its links, and what it asks of crawlers.

Pure functions on bytes. Extraction proper happens later, on the stored text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b, sha256

from lxml import html as lxml_html
from w3lib.encoding import html_body_declared_encoding, html_to_unicode, http_content_type_encoding, to_unicode

from pipelines.onboarding.crawl import urls
from pipelines.onboarding.markup import tree_of

MAX_LINKS = 2000
MAX_ANCHOR = 80
FEW_CHARACTERS = 200  # less visible text than this, with scripts around: a page that its scripts would have built
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "object", "head", "title"})
_SPACE = re.compile(r"\s+")
_TAG = re.compile(rb"<[^>]*>")
FOREIGN_SHARE = 0.25  # of bytes outside ASCII; Western texts stay well below, Cyrillic and East Asian ones above
_XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")
_REFRESH = re.compile(r"^\s*[\d.]+\s*[;,]\s*url\s*=\s*['\"]?\s*([^'\"\s]+)", re.IGNORECASE)
_APP_ROOTS = ("root", "app", "__next", "___gatsby", "__nuxt", "svelte")
_ASKS_FOR_SCRIPTS = re.compile(
    r"(enable|activate|requires?|need)\W+(\w+\W+){0,3}javascript|javascript\W+(\w+\W+){0,4}(enable|disabled)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Link:
    """A normal URL and the text that leads there."""

    url: str
    text: str


@dataclass(frozen=True)
class ReadPage:
    """A page as the crawl sees it. `text_hash` is equal for pages that show the same words."""

    text: str
    charset: str
    links: tuple[Link, ...]
    canonical: str | None
    language: str | None
    noindex: bool
    nofollow: bool
    text_hash: str
    needs_js: bool


def content_hash(body: bytes) -> str:
    """Equal for equal bytes."""
    return sha256(body).hexdigest()


def looks_like_html(body: bytes) -> bool:
    """For answers that name no type."""
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start[:1] == b"<" and not start.startswith((b"<?xml-stylesheet", b"<rss", b"<feed", b"<svg"))


def decoded(body: bytes, content_type: str | None) -> tuple[str, str]:
    """(text, charset). Headers and meta tags lie often enough: bytes that are valid UTF-8 are UTF-8 whatever a single-byte
    label says, and of several labels the one counts that leaves the fewest broken characters."""
    labels = [http_content_type_encoding(content_type), html_body_declared_encoding(body)]
    charset, text = html_to_unicode(content_type, body, auto_detect_fun=_guess)
    has_bom = body[:3] == b"\xef\xbb\xbf" or body[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not has_bom and not body.isascii() and charset != "utf-8":
        try:
            charset, text = "utf-8", body.decode("utf-8")
        except UnicodeDecodeError:
            pass  # not UTF-8, so the label may be right
    broken = text.count("\ufffd")
    if broken:
        for label in dict.fromkeys(label for label in (*labels, "cp1252") if label and label != charset):
            other = to_unicode(body, label)
            if other.count("\ufffd") < broken:
                charset, text, broken = label, other, other.count("\ufffd")
    return _XML_HEAD.sub("", text.replace("\0", "")), charset


def read(body: bytes, content_type: str | None, url: str, *, robots_header: str = "") -> ReadPage:
    """Everything the crawl needs of one answer. Never fails: broken markup gives few links, an empty body none."""
    text, charset = decoded(body, content_type)
    return read_text(text, url, charset=charset, robots_header=robots_header)


def read_text(text: str, url: str, *, charset: str = "utf-8", robots_header: str = "") -> ReadPage:
    """The same for text that is decoded already, such as a kept copy."""
    tree = tree_of(text)
    if tree is None:
        return ReadPage(text, charset, (), None, None, False, False, _text_hash(""), False)
    directives = _directives(tree, robots_header)
    words = " ".join(_visible(tree))
    return ReadPage(
        text=text,
        charset=charset,
        links=tuple(_links(tree, _base(tree, url))),
        canonical=_canonical(tree, url),
        language=(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "").strip()[:20]
        or None,
        noindex="noindex" in directives or "none" in directives,
        nofollow="nofollow" in directives or "none" in directives,
        text_hash=_text_hash(words),
        needs_js=_needs_js(tree, words),
    )


def _guess(body: bytes) -> str | None:
    """For pages that name no charset they can be read by. UTF-8 if it decodes; where most letters are not ASCII, what
    charset_normalizer takes them for; else what browsers assume, for it guesses badly from a few accents."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        words = _TAG.sub(b"", body[:20_000])
        foreign = sum(byte >= 0x80 for byte in words)
        if foreign > max(20, FOREIGN_SHARE * len(words.replace(b" ", b""))):
            from charset_normalizer import from_bytes

            best = from_bytes(words).best()
            if best is not None:
                return best.encoding
        return "cp1252"
    return "utf-8"


def _base(tree: lxml_html.HtmlElement, url: str) -> str:
    given = next((element.get("href") for element in tree.iter("base") if element.get("href")), None)
    return (urls.normal(url, given) if given else None) or url


def _links(tree: lxml_html.HtmlElement, base: str) -> Iterator[Link]:
    found = 0
    for element in tree.iter("a", "area", "frame", "meta"):
        if element.tag == "meta":
            if (element.get("http-equiv") or "").lower() != "refresh":
                continue
            refresh = _REFRESH.match(element.get("content") or "")
            target = refresh.group(1) if refresh else None
        else:
            target = element.get("src") if element.tag == "frame" else element.get("href")
        if not target or "nofollow" in (element.get("rel") or "").lower().split():
            continue
        url = urls.normal(base, target)
        if url is not None:
            yield Link(url, _anchor(element))
            found += 1
            if found >= MAX_LINKS:
                return


def _anchor(element: lxml_html.HtmlElement) -> str:
    text = _SPACE.sub(" ", str(element.text_content())).strip()
    if not text:
        inner = next((image.get("alt") for image in element.iter("img") if image.get("alt")), "")
        text = (element.get("aria-label") or element.get("title") or element.get("alt") or inner or "").strip()
    return text if len(text) <= MAX_ANCHOR else ""


def _canonical(tree: lxml_html.HtmlElement, url: str) -> str | None:
    for element in tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split() and element.get("href"):
            return urls.normal(url, element.get("href"))
    return None


def _directives(tree: lxml_html.HtmlElement, header: str) -> set[str]:
    said = []
    for part in header.split(","):
        agent, colon, rest = part.partition(":")
        said.append(rest if colon and agent.strip().lower() == "millracebot" else part)
    tags = [
        element for element in tree.iter("meta") if (element.get("name") or "").lower() in ("robots", "millracebot")
    ]
    said.extend(element.get("content") or "" for element in tags)
    return {word.strip().lower() for text in said for word in text.split(",")}


def _visible(tree: lxml_html.HtmlElement) -> Iterator[str]:
    """The words a reader sees, in order."""
    stack = [tree]
    while stack:
        element = stack.pop()
        if isinstance(element, str):
            yield element
            continue
        if element.tail and element.tail.strip():
            stack.append(_SPACE.sub(" ", element.tail).strip())
        if not isinstance(element.tag, str) or element.tag in _SILENT:
            continue
        stack.extend(reversed(element))
        if element.text and element.text.strip():
            stack.append(_SPACE.sub(" ", element.text).strip())


def _text_hash(words: str) -> str:
    return blake2b(words.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _needs_js(tree: lxml_html.HtmlElement, words: str) -> bool:
    """Whether the page is an empty shell that its scripts would fill."""
    if len(words) >= FEW_CHARACTERS or next(tree.iter("script"), None) is None:
        return False
    if any(_ASKS_FOR_SCRIPTS.search(str(element.text_content())) for element in tree.iter("noscript")):
        return True
    return any(element.get("id") in _APP_ROOTS for element in tree.iter("div", "main", "body")) or len(words) < 20
