"""gemini: Google's generateContent with grounding by Google Search. Places in its answers are counted in UTF-8 bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipelines.clients.counting import counted, section
from pipelines.clients.platforms import faults
from pipelines.clients.platforms.asking import Call, Question, reading
from pipelines.clients.platforms.faults import PlatformError, Refusal
from pipelines.clients.platforms.pages import characters, collected, looks_like_domain, page
from pipelines.pricing import Tokens
from pipelines.replies import Citation, Reply, ReplyState, Usage
from store.kit.settings import settings

URL = "https://generativelanguage.googleapis.com"
_REFUSED = frozenset(
    {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "IMAGE_SAFETY", "OTHER"}
)


class Gemini:
    """One a process; asks with the settings of the process."""

    name = "gemini"
    price_provider = "google"

    @property
    def model(self) -> str:
        return settings().platforms.gemini.model

    def expected(self) -> Tokens:
        return Tokens(input_tokens=200, output_tokens=3_000, searches=2)

    def ask(self, question: Question, *, cancelled: Callable[[], bool] | None = None) -> Reply:
        wanted = settings().platforms.gemini
        call = Call(self.name, judge, cancelled=cancelled)
        url = f"{(wanted.base_url or URL).rstrip('/')}/v1beta/models/{wanted.model}:generateContent"
        body = call.json("POST", url, request(question.text), headers={"x-goog-api-key": wanted.api_key})
        return reading(self.name, lambda: read(body))


def request(text: str) -> dict[str, Any]:
    """The body of a call."""
    return {
        "contents": [{"role": "user", "parts": [{"text": text}]}],
        "tools": [{"googleSearch": {}}],
        "generationConfig": {"maxOutputTokens": settings().platforms.answer_tokens},
    }


def read(body: Any) -> Reply:
    """The answer: the parts that are no thoughts, and where each source stands behind which words."""
    candidates = body.get("candidates") or []
    candidate = candidates[0] if candidates else {}
    metadata = candidate.get("groundingMetadata") or {}
    parts = (candidate.get("content") or {}).get("parts") or []
    text = ""
    begins: dict[int, int] = {}  # part -> where its text begins
    for number, part in enumerate(parts):
        if not part.get("thought") and isinstance(part.get("text"), str):
            begins[number] = len(text)
            text += part["text"]
    queries = tuple(one for one in metadata.get("webSearchQueries") or () if isinstance(one, str))
    return Reply(
        state=_state(body, candidate, text),
        text=text,
        citations=_sources(metadata, parts, begins),
        queries=queries,
        usage=_usage(section(body, "usageMetadata"), len(queries)),
        model=str(body.get("modelVersion") or ""),
        request_id=body.get("responseId"),
    )


def _state(body: Any, candidate: Any, text: str) -> ReplyState:
    ended = candidate.get("finishReason")
    if (body.get("promptFeedback") or {}).get("blockReason") or ended in _REFUSED:
        return "refused"
    if ended == "MAX_TOKENS":
        return "truncated"
    return "valid" if text.strip() else "empty"


def _sources(metadata: Any, parts: list[Any], begins: dict[int, int]) -> tuple[Citation, ...]:
    """A source's address is a redirect of Google's, its title holds the domain."""
    chunks = [one.get("web") or {} for one in metadata.get("groundingChunks") or ()]
    found: list[Citation | None] = []
    for support in metadata.get("groundingSupports") or ():
        segment = support.get("segment") or {}
        number = counted(segment.get("partIndex"))
        if number not in begins:
            continue
        encoded = parts[number]["text"].encode()
        start, end = characters(encoded, segment.get("startIndex") or 0), characters(encoded, segment.get("endIndex"))
        found += [
            _source(
                chunks[index],
                start=None if start is None else begins[number] + start,
                end=None if end is None else begins[number] + end,
            )
            for index in support.get("groundingChunkIndices") or ()
            if 0 <= index < len(chunks)
        ]
    found += [_source(chunk, cited=False) for chunk in chunks]
    return collected(found)


def _source(chunk: Any, *, start: int | None = None, end: int | None = None, cited: bool = True) -> Citation | None:
    title = str(chunk.get("title") or "")
    domain = chunk.get("domain") or (title.lower().removeprefix("www.") if looks_like_domain(title) else None)
    return page(chunk.get("uri"), title, start=start, end=end, cited=cited, domain=domain)


def _usage(usage: Any, searches: int) -> Usage:
    """Thoughts are billed as output and are not among the candidates' tokens."""
    return Usage(
        input_tokens=counted(usage.get("promptTokenCount")) + counted(usage.get("toolUsePromptTokenCount")),
        output_tokens=counted(usage.get("candidatesTokenCount")) + counted(usage.get("thoughtsTokenCount")),
        cached_tokens=counted(usage.get("cachedContentTokenCount")),
        searches=searches,
    )


def judge(refusal: Refusal) -> PlatformError | None:
    """What Google's details say: how long to wait, whether the day's quota is gone, whether the key is no key."""
    details = [one for one in refusal.error().get("details") or () if isinstance(one, dict)]
    if any(one.get("reason") in ("API_KEY_INVALID", "API_KEY_EXPIRED") for one in details):
        return faults.unauthorized(Gemini.name)
    if refusal.status != 429:
        return None
    waits = [faults.duration(one.get("retryDelay")) for one in details if str(one.get("@type")).endswith("RetryInfo")]
    after = next((one for one in waits if one is not None), None) or refusal.wait()
    broken = [
        violation
        for one in details
        if str(one.get("@type")).endswith("QuotaFailure")
        for violation in one.get("violations") or ()
        if isinstance(violation, dict)
    ]
    if any("PerDay" in str(one.get("quotaId")) or str(one.get("quotaValue")) == "0" for one in broken):
        return faults.exhausted(Gemini.name, after)
    return PlatformError("wait", "rate_limited", "gemini asks to slow down.", after=after)
