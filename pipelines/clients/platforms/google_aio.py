"""google_aio: Google's AI overviews, read for us by SerpApi or DataForSEO (`platforms.google_aio.source`).

A search page without an AI overview is a normal outcome, `absent`. Both keep their errors in the body: DataForSEO
answers 200 to nearly everything, SerpApi takes its key in the address, which therefore stands in no error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from pipelines.clients.platforms import faults
from pipelines.clients.platforms.asking import Call, Question, reading
from pipelines.clients.platforms.dataforseo import ask_dataforseo
from pipelines.clients.platforms.faults import PlatformError, Refusal
from pipelines.clients.platforms.pages import collected, page
from pipelines.pricing import NANO, Tokens
from pipelines.replies import Citation, Reply, Usage
from store.kit.settings import settings

SERPAPI = "https://serpapi.com"
_NOTHING_FOUND = "hasn't returned any results"
_LAYERS = 8  # of lists in lists


class GoogleAio:
    """One a process; asks with the settings of the process."""

    name = "google_aio"
    price_provider = None

    @property
    def model(self) -> str:
        return settings().platforms.google_aio.source

    def expected(self) -> Tokens:
        return Tokens(searches=2)

    def ask(self, question: Question, *, cancelled: Callable[[], bool] | None = None) -> Reply:
        if settings().platforms.google_aio.source == "dataforseo":
            return ask_dataforseo(self.name, question, cancelled=cancelled)
        return self._ask_serpapi(question, cancelled)

    def _ask_serpapi(self, question: Question, cancelled: Callable[[], bool] | None) -> Reply:
        """An overview that Google makes afterwards is behind a token that lives a few minutes: asked for at once."""
        call = Call(self.name, judge, cancelled=cancelled)
        body = call.json("GET", search_url(question.text))
        searches = 1
        overview = reading_overview(body)
        token = overview.get("page_token") if not overview.get("text_blocks") else None
        if isinstance(token, str):
            body = call.json("GET", _url({"engine": "google_ai_overview", "page_token": token}))
            searches = 2
            overview = reading_overview(body)
        return reading(self.name, lambda: read(body, overview, searches))


def search_url(text: str) -> str:
    """Where a question is searched."""
    wanted = settings().platforms
    return _url({"engine": "google", "q": text, "gl": (wanted.country or "US").lower(), "hl": wanted.language})


def _url(query: dict[str, str]) -> str:
    wanted = settings().platforms.google_aio
    base = (wanted.base_url or SERPAPI).rstrip("/")
    return f"{base}/search.json?{urlencode({**query, 'api_key': wanted.api_key})}"


def reading_overview(body: Any) -> Any:
    """The overview of a page, {} without one. Raises PlatformError for a search that failed although it came with 200."""
    if not isinstance(body, dict):
        raise faults.bad_answer(GoogleAio.name)
    error = body.get("error")
    if isinstance(error, str) and _NOTHING_FOUND not in error:
        raise _by_text(error) or PlatformError("fail", "refused", "SerpApi could not make the search.")
    if (body.get("search_metadata") or {}).get("status") == "Error" and not isinstance(error, str):
        raise PlatformError("retry", "unavailable", "SerpApi could not make the search.")
    found = body.get("ai_overview")
    return found if isinstance(found, dict) else {}


def read(body: Any, overview: Any, searches: int) -> Reply:
    """The overview's blocks as text, line by line, with the place of what each block cites."""
    text = ""
    found: list[Citation | None] = []
    references = {one.get("index"): one for one in overview.get("references") or ()}
    for line, indexes in _lines(overview.get("text_blocks") or (), layer=0):
        start = len(text) + (1 if text else 0)
        text += ("\n" if text else "") + line
        found += [
            page(references[one].get("link"), references[one].get("title"), start=start, end=len(text))
            for one in indexes
            if one in references
        ]
    found += [page(one.get("link"), one.get("title"), cited=False) for one in references.values()]
    cost = settings().platforms.google_aio.usd_per_search
    return Reply(
        state="valid" if text.strip() else "absent",
        text=text,
        citations=collected(found),
        usage=Usage(searches=searches, cost_nano=round(cost * searches * NANO) if cost else None),
        model="google-ai-overview",
        request_id=(body.get("search_metadata") or {}).get("id"),
    )


def _lines(blocks: Any, *, layer: int) -> Iterator[tuple[str, list[Any]]]:
    """(line, references) of each block, and of the lists and tables inside."""
    if layer > _LAYERS:
        return
    for block in blocks:
        indexes = block.get("reference_indexes") or []
        told = ": ".join(part for name in ("title", "snippet") if isinstance(part := block.get(name), str) and part)
        if told:
            yield ("- " if layer else "") + told, indexes
        for row in block.get("table") or ():
            if isinstance(row, list):
                yield " | ".join(str(cell) for cell in row), indexes
        yield from _lines(block.get("list") or (), layer=layer + 1)
        yield from _lines(block.get("text_blocks") or (), layer=layer)


def judge(refusal: Refusal) -> PlatformError | None:
    """SerpApi says with one status both that the hour is full and that the plan is used up: read the sentence."""
    error = refusal.body.get("error") if isinstance(refusal.body, dict) else None
    return _by_text(error, refusal) if isinstance(error, str) else None


def _by_text(text: str, refusal: Refusal | None = None) -> PlatformError | None:
    told = text.lower()
    if "run out of searches" in told or ("plan" in told and "exceed" in told):
        return faults.unpaid(GoogleAio.name)
    if "api key" in told:
        return faults.unauthorized(GoogleAio.name)
    if "throughput" in told or "rate limit" in told:
        return PlatformError(
            "wait", "rate_limited", "SerpApi asks to slow down.", after=refusal.wait() if refusal else None
        )
    return None
