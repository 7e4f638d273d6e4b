"""Pages that answers cite: cleaned addresses, their domains, and places counted in bytes made places in characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pipelines.replies import Citation

MOST = 200  # of one answer
LONGEST = 100_000_000  # characters, more than an answer may have
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)


def place(value: object, *, at: int = 0) -> int | None:
    """A place in the characters of a text that begins `at`; None for what is none."""
    is_place = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LONGEST
    return at + value if is_place else None  # type: ignore[operator]


def page(url: object, title: object = "", *, start: int | None = None, end: int | None = None, cited: bool = True,
         domain: object = None) -> Citation | None:  # fmt: skip
    """A citation, or None for what is no web address."""
    if not isinstance(url, str) or not url.lower().startswith(("http://", "https://")):
        return None
    clean = url[:4096]
    try:
        parts = urlsplit(clean)
        host = (parts.hostname or "").removeprefix("www.")
        kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "utm_source"]
    except ValueError:
        return None
    if "utm_source=" in parts.query:  # added by the platform, not the page's own
        clean = urlunsplit(parts._replace(query=urlencode(kept)))
    shown = title.strip()[:500] if isinstance(title, str) else ""
    return Citation(
        url=clean,
        title=shown,
        domain=domain if isinstance(domain, str) and domain else host,
        start=start,
        end=end,
        cited=cited,
    )


def collected(found: Iterable[Citation | None]) -> tuple[Citation, ...]:
    """Cited places, each once, then the pages that were only retrieved; at most MOST."""
    cited: dict[tuple[str, int | None, int | None], Citation] = {}
    retrieved: dict[str, Citation] = {}
    for one in found:
        if one is not None and one.cited:
            cited.setdefault((one.url, one.start, one.end), one)
        elif one is not None:
            retrieved.setdefault(one.url, one)
    known = {one.url for one in cited.values()}
    others = [one for url, one in retrieved.items() if url not in known]
    return tuple([*cited.values(), *others][:MOST])


def looks_like_domain(text: str) -> bool:
    """Whether a title is a domain, as one platform has it."""
    return _DOMAIN.fullmatch(text) is not None


def characters(encoded: bytes, offset: object) -> int | None:
    """The place in characters of a place in UTF-8 bytes; None for what is none. Inside a character: before it."""
    if not isinstance(offset, int) or isinstance(offset, bool) or not 0 <= offset <= len(encoded):
        return None
    return len(encoded[:offset].decode("utf-8", "ignore"))
