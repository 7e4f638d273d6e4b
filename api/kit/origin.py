"""The CSRF rule: a call that changes something, made by a browser, must come from our own pages.

It concerns calls that carry no key or token of their own: with a cookie, or from the operator's machine, the
browser adds the authority. What sends neither Sec-Fetch-Site nor Origin is no browser and passes.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from api.kit.request import Request
from store.kit.errors import Forbidden
from store.kit.settings import settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def refuse_foreign_site(req: Request) -> None:
    """Raise Forbidden for a call that another site's page made."""
    if req.method in SAFE_METHODS or req.header(b"authorization") or req.header(b"x-api-key"):
        return
    site, origin = req.header(b"sec-fetch-site"), req.header(b"origin")
    if origin is not None and origin in settings().server.cors_origins:
        return
    foreign_site = site is not None and site not in {"same-origin", "none"}
    foreign_origin = site is None and origin is not None and urlsplit(origin).netloc != req.header(b"host")
    if foreign_site or foreign_origin:
        raise Forbidden("This call came from a page of another site.", code="foreign_site")
