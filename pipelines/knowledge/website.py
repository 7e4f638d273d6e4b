"""*read*: a website into stored pages, on onboarding's crawler; a file has nothing to read. And its pages afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent
from pipelines.knowledge.held import held
from pipelines.onboarding.crawl.stage import crawl
from store.kit.settings import settings
from store.sites import queries as sites

MAX_TEXT = 64 * 1024 * 1024  # characters of HTML of one website


def read(ctx: Context) -> Outcome:
    """Crawl what is a website. Raises Permanent."""
    document = held(ctx)
    if document.source_url is None:
        return Outcome()
    plan = document.crawl or {}
    most = settings().documents.max_pages
    try:
        return crawl(
            ctx,
            document.source_url,
            budget=min(int(plan.get("max_pages") or most), most),
            wanted=wanted(plan),
        )
    except Permanent as error:
        raise Permanent(error.code, error.message, retryable=error.retryable, stage="read", **error.details) from error


def wanted(plan: dict[str, Any]) -> Callable[[str], bool]:
    """Whether the patterns of a request let a URL in: some include it (or there are none) and none excludes it."""
    includes, excludes = plan.get("include_patterns") or [], plan.get("exclude_patterns") or []

    def is_wanted(url: str) -> bool:
        return (not includes or matches(url, includes)) and not matches(url, excludes)

    return is_wanted


def matches(url: str, patterns: Sequence[str]) -> bool:
    """Whether a glob fits the URL's path, with or without its query, or the whole URL where it names one.

    `*` goes over slashes; `/docs/*` means the directory itself too.
    """
    parts = urlsplit(url)
    path = parts.path or "/"
    whole = f"{path}?{parts.query}" if parts.query else path
    for pattern in patterns:
        if "://" in pattern:
            if fnmatchcase(url, pattern):
                return True
        elif any(fnmatchcase(name, pattern) for name in (path, whole)) or (
            pattern.endswith("/*") and fnmatchcase(path.rstrip("/"), pattern[:-2])
        ):
            return True
    return False


def pages(workspace_id: str, job_id: str, plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(url, html) of the pages that were read and are wanted; the first one alone when no other is."""
    is_wanted = wanted(plan)
    found = 0
    keys = sites.page_keys(workspace_id, job_id)
    for key in keys:
        page = sites.page(workspace_id, job_id, key)
        if is_wanted(page.url):
            found += 1
            yield page.url, page.html
    if not found and keys:
        page = sites.page(workspace_id, job_id, keys[0])
        yield page.url, page.html
