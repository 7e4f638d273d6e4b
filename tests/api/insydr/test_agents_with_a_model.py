"""Agents with a language model: the same gate, then its sentences that cite a passage, and a quote when it fails."""

from __future__ import annotations

from typing import Any

import pytest

from store.jobs import queries
from store.llm.tables import LlmAnswer
from tests.kit.eventually import eventually
from tests.kit.factories import Maker
from tests.kit.fake_web import FakeWeb
from tests.kit.speaker import Speaker
from tests.kit.talks import Page, frames, know, said

MODEL = FakeWeb()
STACK_SETTINGS = {
    "MILLRACE_LLM__PROVIDER": "openai",
    "MILLRACE_LLM__BASE_URL": f"{MODEL.url}/v1",
    "MILLRACE_LLM__MODEL": "m-1",
    "MILLRACE_QUOTAS__MESSAGES": "{}",
}


@pytest.fixture(scope="module", autouse=True)
def model_server():
    with MODEL:
        yield


@pytest.fixture
def model():
    speaker = Speaker()
    speaker.words = ["We ship to ", "Norway. [1] ", "It is a fine country. ", "Parcels take three days [1]."]
    MODEL.on("/v1/chat/completions", speaker.answer)
    yield speaker
    speaker.held.clear()


@pytest.fixture(scope="module")
def page(stack):
    make = Maker()
    owner = make.person()
    mine = stack.client().with_key(owner.token)
    path = f"/api/v1/workspaces/{owner.workspace.id}/agents"
    agent = mine.post(path, {"name": "Bot", "knowledge_collections": [know(owner.workspace.id)]}).json()["id"]
    mine.post(f"{path}/{agent}/publish")
    found = Page(stack.client(), make.key(owner.workspace, kind="publishable"), agent=agent)
    found.workspace_id, found.mine, found.path = owner.workspace.id, mine, f"{path}/{agent}"
    return found


def test_sentences_without_a_source_are_dropped_and_the_same_question_is_paid_for_once(page, model):
    told = page.ask("Do you ship to Norway?", session="one")
    again = page.ask("Do you ship to Norway?", session="two")

    assert said(told) == said(again) == "We ship to Norway. [1] Parcels take three days [1]."
    assert [one["title"] for one in told[-2]["sources"]] == ["Delivery"]
    assert len(model.asked) == LlmAnswer.select().count() == 1
    prompt = model.asked[0]["messages"][-1]["content"]
    assert "[1] Delivery\nWe ship to all countries" in prompt
    assert model.asked[0]["messages"][0]["content"].startswith("You answer for Bot.")


def test_what_the_documents_do_not_hold_is_not_asked_at_all(page, model):
    told = page.ask("Who won the cup in 1998?")

    assert (told[-1]["answered"], model.asked) == (False, [])


@pytest.mark.parametrize(
    ("status", "words", "note"),
    [(500, [], "llm_unreachable"), (200, ["I am sure of it. "], "llm_nothing_cited")],
)
def test_when_the_model_fails_the_answer_is_a_quote_and_says_so(page, model, status, words, note):
    model.status, model.words = status, words

    told: dict[str, Any] = page.mine.post(
        f"{page.path}/test", {"message": f"How do I reset my password? ({note})"}
    ).json()

    assert (told["mode"], told["note"]) == ("extractive", note)
    assert "choose Forgot password on the sign-in page" in told["response"]


def test_a_visitor_who_leaves_ends_the_model_s_answer(page, model):
    model.words = ["You may send it back within 30 days [1]. ", "More. ", "More. "]
    model.held.set()
    body = page.body("Can I send a product back?", session="left")
    with page._client.request("POST", "/api/v1/widget/chat", json=body, headers=page._headers, stream=True) as answer:
        first = next(line for line in answer.iter_lines() if line.startswith(b"id: "))
    job_id = first.decode().removeprefix("id: ").split(":")[0]

    assert model.left.wait(12)
    eventually(lambda: queries.get(page.workspace_id, job_id).state == "cancelled", within_s=10)


def test_tokens_come_while_the_model_still_speaks(page, model):
    model.words = ["A card or PayPal will do [1]. Invoices ", "come by mail [1]. ", "Bye [1]."]
    model.held.set()
    body = page.body("Can I pay by PayPal or credit card?", session="live")
    with page._client.request("POST", "/api/v1/widget/chat", json=body, headers=page._headers, stream=True) as answer:
        chunks = answer.iter_content(None)
        seen = b""
        while b'"token"' not in seen:
            seen += next(chunks)
        model.held.clear()
        text = (seen + b"".join(chunks)).decode()

    assert said([frame for _, frame in frames(text)]) == (
        "A card or PayPal will do [1]. Invoices come by mail [1]. Bye [1]."
    )
