"""What adapters make of answers: text, citations with their places, usage, cost, and how they ended."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from pipelines.clients.platforms.faults import PlatformError
from tests.kit import platform_bodies as bodies
from tests.kit.fake_web import Request
from tests.pipelines.clients.platforms.conftest import ADAPTERS

TEXT = "Acme, gegründet 2019 in Köln, baut 🚤 für 日本.\nEs kostet 49 €."
each = pytest.mark.parametrize("adapter", list(ADAPTERS), indirect=True)
SEARCHING = [case for case in ADAPTERS if case not in ("chat", "ollama")]


def only(*cases: str):
    return pytest.mark.parametrize("adapter", list(cases), indirect=True)


@each
def test_an_answer_is_read_whole(adapter):
    adapter.answers(adapter.body(TEXT))

    reply = adapter.ask()

    assert reply.state == "valid"
    marks = "[1][2]" if adapter.case in ("perplexity", "sonar") else ""
    shown = TEXT.replace("\n", "\n- ") if adapter.case == "serpapi" else TEXT
    assert reply.text == shown + marks
    assert reply.model
    if adapter.case not in ("serpapi", "dataforseo"):
        assert (reply.usage.input_tokens, reply.usage.output_tokens) == (1000, 200)


@each
def test_what_postgres_cannot_store_is_left_out(adapter):
    body = adapter.body("Ac\0me.", sources=(("https://acme.example/a\0b", "Ab\0out"),))
    adapter.answers(body | {"model": "m\0"})

    reply = adapter.ask()

    assert reply.text.startswith("Acme.")
    assert b"u0000" not in msgspec.json.encode(reply)


@only(*SEARCHING)
def test_citations_have_clean_addresses_and_domains(adapter):
    adapter.answers(adapter.body(TEXT))

    cited = [one for one in adapter.ask().citations if one.cited]

    assert [one.domain for one in cited] == ["acme.example", "reviews.example"]
    assert all("utm_source" not in one.url for one in cited)
    if adapter.case != "gemini":  # whose addresses are redirects of its own
        assert cited[1].url == "https://reviews.example/acme?page=2"


@only("claude", "chatgpt", "perplexity")
def test_pages_that_were_only_retrieved_are_told_apart(adapter):
    adapter.answers(adapter.body(TEXT))

    unused = [one for one in adapter.ask().citations if not one.cited]

    assert [one.url for one in unused] == ["https://unused.example/"]


@only("claude", "chatgpt", "gemini", "perplexity", "sonar", "serpapi")
def test_the_place_of_a_citation_is_counted_in_characters(adapter):
    adapter.answers(adapter.body(TEXT))

    reply = adapter.ask()

    first = reply.citations[0]
    expected = {
        "claude": TEXT[len(TEXT) // 2 :],
        "perplexity": "[1]",
        "sonar": "[1]",
        "serpapi": TEXT.split("\n", maxsplit=1)[0],
    }.get(adapter.case, TEXT)
    assert reply.text[first.start : first.end] == expected


@only("gemini")
def test_byte_offsets_that_are_none_cost_the_place_only(adapter):
    body = adapter.body(TEXT)
    (support,) = body["candidates"][0]["groundingMetadata"]["groundingSupports"]
    support["segment"] |= {"endIndex": 10**6}
    support["groundingChunkIndices"] = [0, 99]
    adapter.answers(body)

    first, *_ = adapter.ask().citations

    assert (first.cited, first.start, first.end) == (True, None, None)


@pytest.mark.parametrize(
    ("adapter", "cost"),
    [("perplexity", 5_500_000), ("sonar", 5_500_000), ("dataforseo", 3_500_000), ("claude", None), ("serpapi", None)],
    indirect=["adapter"],
)
def test_what_the_platform_billed_is_taken_from_its_answer(adapter, cost):
    adapter.answers(adapter.body(TEXT))

    assert adapter.ask().usage.cost_nano == cost


@each
def test_an_answer_without_words_is_empty(adapter):
    adapter.answers(adapter.body("", sources=()))

    assert adapter.ask().state == ("absent" if adapter.case in ("serpapi", "dataforseo") else "empty")


REFUSALS: dict[str, dict[str, Any]] = {
    "claude": bodies.claude("I can", stop_reason="refusal"),
    "chatgpt": bodies.chatgpt("", output=[
        {"type": "message", "id": "m", "role": "assistant", "status": "completed",
         "content": [{"type": "refusal", "refusal": "I can't help with that."}]}]),
    "gemini": {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 9}},
    "chat": bodies.chat("", choices=[
        {"index": 0, "finish_reason": "content_filter", "message": {"role": "assistant", "content": None}}]),
}  # fmt: skip
CUT = {
    "claude": bodies.claude(TEXT, stop_reason="max_tokens"),
    "chatgpt": bodies.chatgpt(TEXT, status="incomplete", incomplete_details={"reason": "max_output_tokens"}),
    "gemini": bodies.gemini(TEXT)
    | {"candidates": [{"content": {"parts": [{"text": "Ac"}]}, "finishReason": "MAX_TOKENS"}]},
    "chat": bodies.chat(TEXT, choices=[{"finish_reason": "length", "message": {"content": "Ac"}}]),
    "sonar": bodies.sonar(TEXT, choices=[{"finish_reason": "length", "message": {"content": "Ac"}}]),
    "ollama": bodies.ollama(TEXT, done_reason="length"),
}


@only(*REFUSALS)
def test_a_refusal_is_no_answer(adapter):
    adapter.answers(REFUSALS[adapter.case])

    assert adapter.ask().state == "refused"


@only(*CUT)
def test_an_answer_that_was_cut_off_says_so(adapter):
    adapter.answers(CUT[adapter.case])

    assert adapter.ask().state == "truncated"


IN_200 = {
    "chatgpt": (bodies.chatgpt("", status="failed", error={"code": "server_error", "message": "x"}), "retry"),
    "perplexity": (
        bodies.perplexity("", status="failed", error={"code": "rate_limit_exceeded", "message": ""}),
        "wait",
    ),
    "serpapi": ({"error": "Your account has run out of searches.", "search_metadata": {"status": "Error"}}, "pause"),
    "dataforseo": ({"status_code": 40202, "tasks": None}, "wait"),
    "chat": ({"error": {"code": "insufficient_quota", "message": "x"}}, "pause"),
}


@only(*IN_200)
def test_an_error_inside_of_a_200_is_an_error(adapter):
    body, verdict = IN_200[adapter.case]
    adapter.answers(body)

    with pytest.raises(PlatformError) as failed:
        adapter.ask()

    assert failed.value.verdict == verdict


@pytest.mark.parametrize(
    ("code", "verdict"),
    [(40202, "wait"), (40200, "pause"), (40100, "pause"), (40501, "fail"), (50000, "retry")],
)
@only("dataforseo")
def test_the_status_of_a_task_counts_as_well(adapter, code, verdict):
    adapter.answers({"status_code": 20000, "tasks": [{"status_code": code, "result": None}]})

    with pytest.raises(PlatformError) as failed:
        adapter.ask()

    assert failed.value.verdict == verdict


@only("dataforseo")
def test_a_search_without_results_has_no_overview(adapter):
    adapter.answers({"status_code": 20000, "tasks": [{"status_code": 40102, "result": None, "cost": 0.002}]})

    reply = adapter.ask()

    assert (reply.state, reply.usage.cost_nano) == ("absent", 2_000_000)


@only("serpapi")
def test_a_search_without_results_is_no_error(adapter):
    adapter.answers(
        {"error": "Google hasn't returned any results for this query.", "search_metadata": {"status": "Success"}}
    )

    assert adapter.ask().state == "absent"


@only("serpapi")
def test_an_overview_behind_a_token_is_asked_for_at_once(adapter):
    def answer(request: Request) -> None:
        first = "page_token" not in request.path
        body = {"ai_overview": {"page_token": "tok en"}} if first else adapter.body(TEXT)
        request.answer(200, json.dumps(body).encode(), Content_Type="application/json")

    adapter.web.fallback = answer
    reply = adapter.ask()

    assert (reply.state, reply.usage.searches) == ("valid", 2)
    assert "engine=google_ai_overview&page_token=tok+en" in adapter.web.paths()[1]


@only("claude")
def test_a_paused_turn_is_taken_up_and_its_usage_added(adapter):
    def answer(request: Request) -> None:
        turns = len(adapter.web.hits)
        body = adapter.body(TEXT, stop_reason="pause_turn" if turns == 1 else "end_turn")
        request.answer(200, json.dumps(body).encode(), Content_Type="application/json")

    adapter.web.fallback = answer
    reply = adapter.ask()

    assert reply.text == TEXT + TEXT
    assert (reply.usage.output_tokens, reply.usage.searches) == (400, 2)
    assert [one["role"] for one in adapter.sent["messages"]] == ["user", "assistant"]
    keys = [hit.headers["idempotency-key"] for hit in adapter.web.hits]
    assert keys == ["answer_1", "answer_1-1"]


@only("claude")
def test_a_search_that_failed_is_noted_beside_the_answer(adapter):
    body = adapter.body(TEXT)
    body["content"][1]["content"] = {"type": "web_search_tool_result_error", "error_code": "unavailable"}
    adapter.answers(body)

    reply = adapter.ask()

    assert (reply.state, reply.note) == ("valid", "search_unavailable")


@each
def test_a_body_of_another_shape_is_told_and_breaks_nothing(adapter):
    for body in ([], "text", 7, None, {}, {"output": [7], "content": [7], "choices": [{}]}):
        adapter.answers(body)
        try:
            state = adapter.ask().state
        except PlatformError as error:
            state = error.verdict
        assert state in ("fail", "empty", "absent"), body


def odd(value: Any, name: str = "") -> Any:
    """The body with a nonsense number wherever tokens, money or places of citations are told."""
    if isinstance(value, dict):
        return {key: odd(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [odd(inner, name) for inner in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if "index" in name.lower() and name not in ("index", "partIndex", "groundingChunkIndices"):
        return "here"
    return {0: -5, 1: 10**30, 2: "many"}[len(name) % 3] if "tok" in name.lower() or "cost" in name else value


@each
def test_an_answer_is_kept_however_odd_the_numbers_beside_it(adapter):
    adapter.answers(odd(adapter.body(TEXT)))

    reply = adapter.ask()

    assert reply.state == "valid"
    assert "49 €" in reply.text
    assert all(0 <= number <= 10**9 for number in (reply.usage.input_tokens, reply.usage.output_tokens))
    assert reply.usage.cost_nano is None or 0 <= reply.usage.cost_nano < 10**15
    assert all(one.start is None or one.start >= 0 for one in reply.citations)


@only("chat", "ollama")
@pytest.mark.parametrize("usage", ["many", None, 7, ["x"]])
def test_a_usage_of_another_shape_costs_no_answer(adapter, usage):
    adapter.answers(adapter.body(TEXT) | {"usage": usage, "prompt_eval_count": usage})

    assert adapter.ask().text == TEXT


@only("chatgpt")
@pytest.mark.parametrize("span", [(5, 2), (0, 10**6), (3, None), (-1, 4)])
def test_a_place_outside_of_the_text_is_none(adapter, span):
    body = adapter.body(TEXT)
    for item in body["output"]:
        for one in (one for part in item.get("content", ()) for one in part.get("annotations", ())):
            one["start_index"], one["end_index"] = span
    adapter.answers(body)

    cited = [one for one in adapter.ask().citations if one.cited]

    assert cited
    assert {(one.start, one.end) for one in cited} == {(None, None)}


@only("chat")
def test_an_answer_in_parts_is_read_whole(adapter):
    body = adapter.body(TEXT)
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": TEXT}]
    body["choices"][0]["message"]["content"] = parts
    adapter.answers(body)

    assert adapter.ask().text == TEXT


@only("chat")
def test_names_that_nobody_could_print_are_cut(adapter):
    adapter.answers(adapter.body(TEXT) | {"model": "m" * 100_000, "id": "r" * 100_000})

    reply = adapter.ask()

    assert len(reply.model) == len(reply.request_id) == 200
    adapter.answers(adapter.body(TEXT) | {"id": 7})
    assert adapter.ask().request_id == "7"


@only("chat", "ollama")
def test_thoughts_before_an_answer_are_not_part_of_it(adapter):
    adapter.answers(adapter.body(f"<think>Acme was founded in 1900, or was it?</think>\n\n{TEXT}"))

    assert adapter.ask().text == TEXT
