"""URLs of one site: one normal form, one key per page, what is in scope, what is not worth a request.

Pure functions. The key joins what is nearly always the same page: http and https, with and without www, with and
without a final slash, index.html, .html, tracking parameters and the order of parameters.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from store.kit.urls import MAX_LENGTH, PORTS

MAX_DEPTH = 8  # path segments; deeper ones are archives or traps
MAX_PARAMETERS = 3
MAX_REPEATS = 2  # /a/b/a/b/a/b is a relative link gone wrong

_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid|igshid|mc_[ce]id|_ga|_gl|_hs\w+|hsa_\w+|mkt_tok|ref"
    r"|ref_src|source|trk|spm|scid|vero_id|oly_\w+_id|phpsessid|jsessionid|sessionid|sid|replytocom|share|print",
    re.IGNORECASE,
)
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default|home)\.(?:html?|php\d?|aspx?|jsp|shtml)$", re.IGNORECASE)
_HTML = re.compile(r"\.html?$", re.IGNORECASE)
_FILES = frozenset(
    (
        "7z", "aac", "ai", "apk", "atom", "avi", "avif", "bin", "bmp", "bz2", "cab", "css", "csv", "deb", "dmg", "doc", "docx",
        "dwg", "eot", "epub", "exe", "flac", "flv", "gif", "gz", "heic", "ico", "ics", "iso", "jar", "jpeg", "jpg", "js",
        "json", "key", "less", "m4a", "m4v", "map", "mid", "mkv", "mobi", "mov", "mp3", "mp4", "mpeg", "mpg", "msi", "odp",
        "ods", "odt", "ogg", "ogv", "otf", "pdf", "pkg", "png", "pps", "ppt", "pptx", "ps", "psd", "rar", "rdf", "rpm", "rss",
        "rtf", "scss", "sig", "sql", "svg", "swf", "tar", "tgz", "tif", "tiff", "torrent", "ttf", "txt", "vcf", "wasm", "wav",
        "webm", "webmanifest", "webp", "wma", "wmv", "woff", "woff2", "xls", "xlsx", "xml", "xz", "yaml", "yml", "zip",
    )
)  # fmt: skip


class Site(NamedTuple):
    """`host` is without www and with an unusual port; `origin` (scheme://netloc) is where it answered."""

    host: str
    origin: str


@lru_cache(maxsize=1024)
def site_of(url: str) -> Site:
    """The site that a URL belongs to."""
    parts = urlsplit(url)
    return Site(_bare(parts.netloc), f"{parts.scheme}://{parts.netloc}")


def origin_of(url: str) -> str:
    """`https://example.com` of any URL there."""
    return site_of(url).origin


def in_scope(url: str, site: Site) -> bool:
    """Whether a normal URL is on the site: the same host, with or without www."""
    return _bare(urlsplit(url).netloc) == site.host


def normal(base: str, link: str) -> str | None:
    """The absolute, fetchable form of a link on the page `base`; None when it leads to no web page."""
    link = link.strip()
    if not link or link.startswith("#") or len(link) > MAX_LENGTH:
        return None
    if link.startswith("/") and not link.startswith("//"):
        base = origin_of(base)  # the same menu stands on every page
    return _normal(base, link)


@lru_cache(maxsize=4096)
def _normal(base: str, link: str) -> str | None:
    try:
        joined = urljoin(base, link)
        if not joined.lower().startswith(("http://", "https://")):
            return None
        url = canonicalize_url(_SESSION_IN_PATH.sub("", joined))
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if not host or "@" in parts.netloc:
        return None
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != PORTS[parts.scheme]:
        netloc = f"{netloc}:{port}"
    path = re.sub(r"/{2,}", "/", parts.path) or "/"
    url = urlunsplit((parts.scheme, netloc, path, _without_tracking(parts.query), ""))
    return url if len(url) <= MAX_LENGTH else None


def on_origin(url: str, site: Site) -> str:
    """The URL at the site's own origin, so that www and http links do not cost a redirect each."""
    parts = urlsplit(url)
    scheme, _, netloc = site.origin.partition("://")
    return urlunsplit((scheme, netloc, parts.path, parts.query, ""))


def key(url: str) -> str:
    """What makes two normal URLs the same page."""
    parts = urlsplit(url)
    path = _INDEX.sub("/", parts.path)
    path = _HTML.sub("", path).rstrip("/")
    return f"{_bare(parts.netloc)}{path}" + (f"?{parts.query}" if parts.query else "")


def skip_reason(url: str) -> Literal["file_type", "trap"] | None:
    """Why a URL of the site is not worth a request, seen from the URL alone; None when it is."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    name, dot, ending = (segments[-1] if segments else "").rpartition(".")
    if dot and name and ending.lower() in _FILES:
        return "file_type"
    if len(segments) > MAX_DEPTH or len(parts.query.split("&")) > MAX_PARAMETERS:
        return "trap"
    if segments and max(Counter(segments).values()) > MAX_REPEATS:
        return "trap"
    return None


def directory(url: str) -> str:
    """What a page's siblings share: the path up to its last segment; pages that differ in parameters are siblings."""
    parts = urlsplit(url)
    return parts.path if parts.query else parts.path.rstrip("/").rpartition("/")[0]


def _without_tracking(query: str) -> str:
    if not query:
        return ""
    pairs = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if not _TRACKING.fullmatch(name)]
    return urlencode(sorted(pairs))


def _bare(netloc: str) -> str:
    host = netloc.lower().rpartition("@")[2]
    return host.removeprefix("www.") if host.count(".") > 1 else host
