"""/v1/ai/chat as CR AudioViz documents it, from the first word to the finished logo."""

from __future__ import annotations

import pytest


@pytest.fixture
def mine(api, make):
    return api.with_key(make.key())


def test_a_conversation_leads_to_a_logo_in_the_project(mine):
    project = mine.post("/v1/projects", {"name": "Bean There"}).json()["id"]

    first = mine.post(
        "/v1/ai/chat", {"message": "Create a logo for my coffee shop", "context": {"project_id": project}}
    )
    chat = first.json()["chat_id"]
    second = mine.post(f"/v1/ai/chat/{chat}/message", {"message": "The shop is called 'Bean There'"}).json()
    third = mine.post(f"/v1/ai/chat/{chat}/message", {"message": "Go ahead"}).json()

    assert first.status_code == 200
    assert first.json() == {
        "reply": "I'll help you create a coffee shop logo. What's the name of your coffee shop?",
        "suggestions": first.json()["suggestions"],
        "chat_id": chat,
        "tool": "logo_maker",
    }
    assert "job_id" not in second
    assert third["job_id"] in third["reply"]
    job = mine.get(f"/v1/jobs/{third['job_id']}?wait=30").json()
    assert (job["status"], job["credits_used"], job["result"]["formats"]) == ("completed", 10, ["png", "svg", "pdf"])
    assert [item["type"] for item in mine.get(f"/v1/projects/{project}").json()["items"]] == ["logo"]
    history = mine.get(f"/v1/ai/chat/{chat}/history").json()
    assert [(one["role"], one["content"]) for one in history["messages"]][::2] == [
        ("user", "Create a logo for my coffee shop"), ("user", "The shop is called 'Bean There'"), ("user", "Go ahead"),
    ]  # fmt: skip
    assert history["messages"][-1]["job_id"] == third["job_id"]


def test_who_cannot_pay_is_told_so_and_nothing_is_started(mine, make, api):
    for _ in range(10):  # a free plan's month
        mine.post("/v1/tools/qr_code/execute", {"inputs": {"text": "x"}})
    balance = mine.get("/v1/credits/balance").json()["balance"]
    while balance >= 10:
        mine.post("/v1/tools/logo_maker/execute", {"inputs": {"text": "x"}})
        balance = mine.get("/v1/credits/balance").json()["balance"]
    chat = mine.post("/v1/ai/chat", {"message": "a logo called Acme"}).json()["chat_id"]

    reply = mine.post(f"/v1/ai/chat/{chat}/message", {"message": "yes"}).json()

    assert "job_id" not in reply
    assert reply["reply"].startswith("That did not work: You need 10 credits")


def test_a_strangers_chat_and_project_are_not_there(api, make, mine):
    chat = mine.post("/v1/ai/chat", {"message": "Hello"}).json()["chat_id"]
    other = api.with_key(make.key())

    for answer in (
        other.get(f"/v1/ai/chat/{chat}/history"),
        other.post(f"/v1/ai/chat/{chat}/message", {"message": "Hello"}),
        other.post(
            "/v1/ai/chat",
            {"message": "Hello", "context": {"project_id": mine.post("/v1/projects", {"name": "p"}).json()["id"]}},
        ),
    ):
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] in ("chat_not_found", "project_not_found")


@pytest.mark.parametrize("body", [{}, {"message": ""}, {"message": " "}, {"message": "x" * 16_001}, {"message": 1}])
def test_a_bad_message_names_its_field(mine, body):
    answer = mine.post("/v1/ai/chat", body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_input")
    assert answer.json()["error"]["details"]["field"] == "message"
