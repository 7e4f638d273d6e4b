"""Success bodies of the AI platforms as they document them; tests hold them against the vendors' own SDK models."""

from __future__ import annotations

from typing import Any

Source = tuple[str, str]  # url, title
SOURCES: tuple[Source, ...] = (
    ("https://acme.example/about", "About Acme"),
    ("https://reviews.example/acme?utm_source=openai&page=2", "Acme reviewed"),
)


def claude(text: str, *, sources: tuple[Source, ...] = SOURCES, **changes: Any) -> dict[str, Any]:
    """A message that searched once; the citations stand on the last of two text blocks."""
    half = len(text) // 2
    cited = [
        {"type": "web_search_result_location", "url": url, "title": title, "cited_text": "…", "encrypted_index": "Eo8B"}
        for url, title in sources
    ]
    results = [
        {"type": "web_search_result", "url": url, "title": title, "encrypted_content": "Eq", "page_age": None}
        for url, title in (*sources, ("https://unused.example/", "Unused"))
    ]
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5-20260901",
        "content": [
            {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "acme"},
             "caller": {"type": "direct"}},
            {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": results,
             "caller": {"type": "direct"}},
            {"type": "text", "text": text[:half], "citations": None},
            {"type": "text", "text": text[half:], "citations": cited},
        ],
        "stop_reason": "end_turn", "stop_sequence": None,
        "usage": {"input_tokens": 900, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 0,
                  "output_tokens": 200, "server_tool_use": {"web_search_requests": 1, "web_fetch_requests": 0}},
        **changes,
    }  # fmt: skip


def chatgpt(text: str, *, sources: tuple[Source, ...] = SOURCES, **changes: Any) -> dict[str, Any]:
    """A response that searched once, thought aloud, and cites over the whole text."""
    cited = [
        {"type": "url_citation", "start_index": 0, "end_index": len(text), "url": url, "title": title}
        for url, title in sources
    ]
    retrieved = [{"type": "url", "url": url} for url, _ in (*sources, ("https://unused.example/", ""))]
    message = {"type": "message", "role": "assistant", "status": "completed"}
    return {
        "id": "resp_1", "object": "response", "created_at": 1764000000, "model": "gpt-6.1-terra-2026-10-01",
        "status": "completed", "error": None, "incomplete_details": None, "instructions": None, "metadata": {},
        "parallel_tool_calls": True, "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0,
        "output": [
            {"id": "ws_1", "type": "web_search_call", "status": "completed",
             "action": {"type": "search", "query": "acme", "queries": ["acme"], "sources": retrieved}},
            {**message, "id": "msg_0", "phase": "commentary",
             "content": [{"type": "output_text", "text": "Let me look.", "annotations": []}]},
            {**message, "id": "msg_1", "content": [{"type": "output_text", "text": text, "annotations": cited}]},
        ],
        "usage": {"input_tokens": 1000, "input_tokens_details": {"cached_tokens": 100, "cache_write_tokens": 0},
                  "output_tokens": 200, "output_tokens_details": {"reasoning_tokens": 50}, "total_tokens": 1200},
        **changes,
    }  # fmt: skip


def gemini(text: str, *, sources: tuple[Source, ...] = SOURCES, **changes: Any) -> dict[str, Any]:
    """A candidate with a thought, whose whole text is supported by each source; places are counted in bytes."""
    chunks = [
        {"web": {"uri": f"https://vertexaisearch.example/grounding-api-redirect/{number}", "title": url.split("/")[2]}}
        for number, (url, _) in enumerate(sources)
    ]
    segment = {"partIndex": 1, "startIndex": 0, "endIndex": len(text.encode()), "text": text}
    supports = [{"segment": segment, "groundingChunkIndices": list(range(len(sources)))}] if sources else []
    return {
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"text": "Hm.", "thought": True}, {"text": text}]},
                "finishReason": "STOP", "index": 0,
                "groundingMetadata": {"webSearchQueries": ["acme"], "groundingChunks": chunks,
                                      "groundingSupports": supports, "searchEntryPoint": {"renderedContent": "<div>"}},
            }
        ],
        "usageMetadata": {"promptTokenCount": 1000, "candidatesTokenCount": 150, "thoughtsTokenCount": 50,
                          "cachedContentTokenCount": 100, "totalTokenCount": 1200},
        "modelVersion": "gemini-3.8-flash", "responseId": "r1",
        **changes,
    }  # fmt: skip


def perplexity(text: str, *, sources: tuple[Source, ...] = SOURCES, **changes: Any) -> dict[str, Any]:
    """A response of the Agent API whose text ends in a mark for each result."""
    results = [
        {"id": number, "url": url, "title": title, "snippet": "…", "source": "web"}
        for number, (url, title) in enumerate(sources, 1)
    ]
    marked = text + "".join(f"[{one['id']}]" for one in results)
    return {
        "id": "resp_p", "object": "response", "created_at": 1764000000, "model": "perplexity/sonar",
        "status": "completed", "background": False, "store": False,
        "output": [
            {"type": "search_results", "queries": ["acme"],
             "results": [*results, {"id": 9, "url": "https://unused.example/", "title": "Unused", "snippet": "…"}]},
            {"id": "msg_p", "type": "message", "role": "assistant", "status": "completed",
             "content": [{"type": "output_text", "text": marked, "annotations": None}]},
        ],
        "usage": {"input_tokens": 1000, "output_tokens": 200, "total_tokens": 1200,
                  "input_tokens_details": {"cache_read_input_tokens": 100},
                  "tool_calls_details": {"web_search": {"invocation": 1}},
                  "cost": {"currency": "USD", "input_cost": 0.001, "output_cost": 0.002, "tool_calls_cost": 0.0025,
                           "total_cost": 0.0055}},
        **changes,
    }  # fmt: skip


def serpapi(text: str, *, sources: tuple[Source, ...] = SOURCES, **changes: Any) -> dict[str, Any]:
    """A search page with an AI overview: the first line as a paragraph, the others as a list."""
    first, *others = text.split("\n")
    blocks: list[dict[str, Any]] = [
        {"type": "paragraph", "snippet": first, "reference_indexes": list(range(len(sources)))}
    ]
    if others:
        blocks.append({"type": "list", "list": [{"snippet": line} for line in others]})
    references = [
        {"index": number, "title": title, "link": url, "snippet": "…", "source": title}
        for number, (url, title) in enumerate(sources)
    ]
    return {
        "search_metadata": {"id": "s1", "status": "Success"},
        "ai_overview": {"text_blocks": blocks, "references": references},
        "organic_results": [],
        **changes,
    }


def dataforseo(text: str, *, sources: tuple[Source, ...] = SOURCES, **changes: Any) -> dict[str, Any]:
    """A live result with an AI overview."""
    references = [
        {"type": "ai_overview_reference", "url": url, "title": title, "domain": url.split("/")[2], "text": "…"}
        for url, title in sources
    ]
    overview = {"type": "ai_overview", "markdown": text, "items": [], "references": references}
    task = {"id": "t1", "status_code": 20000, "status_message": "Ok.", "cost": 0.0035,
            "result": [{"keyword": "q", "items": [{"type": "organic"}, overview]}]}  # fmt: skip
    return {"version": "0.1", "status_code": 20000, "status_message": "Ok.", "cost": 0.0035, "tasks": [task], **changes}


def chat(text: str, *, sources: tuple[Source, ...] = (), **changes: Any) -> dict[str, Any]:
    """A chat completion."""
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1764000000, "model": "local-1",
        "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None,
                     "message": {"role": "assistant", "content": text, "refusal": None}}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200,
                  "prompt_tokens_details": {"cached_tokens": 100}},
        **changes,
    }  # fmt: skip


def sonar(text: str, *, sources: tuple[Source, ...] = SOURCES, **changes: Any) -> dict[str, Any]:
    """The older shape of Perplexity's."""
    marks = "".join(f"[{number}]" for number in range(1, len(sources) + 1))
    listed = [{"title": title, "url": url, "date": None, "snippet": "…"} for url, title in sources]
    usage = {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200, "num_search_queries": 1,
             "cost": {"total_cost": 0.0055}}  # fmt: skip
    return (
        chat(text + marks)
        | {"citations": [url for url, _ in sources], "search_results": listed, "usage": usage}
        | changes
    )


def ollama(text: str, *, sources: tuple[Source, ...] = (), **changes: Any) -> dict[str, Any]:
    """An answer of /api/chat."""
    return {
        "model": "llama3.2", "created_at": "2026-11-01T00:00:00Z", "message": {"role": "assistant", "content": text},
        "done": True, "done_reason": "stop", "prompt_eval_count": 1000, "eval_count": 200, "total_duration": 5_000_000,
        **changes,
    }  # fmt: skip
