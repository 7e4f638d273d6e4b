"""Agents as the published document has them: made, changed, published, tested, and talked with from a web page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from pipelines.engine.submit import Submission, submit
from store.accounts import keys
from store.kit import db
from tests.kit.client import Client
from tests.kit.eventually import eventually
from tests.kit.factories import Maker, Person
from tests.kit.post import letters
from tests.kit.receivers import Receiver
from tests.kit.settled import events_of
from tests.kit.talks import PAGE, Page, frames, know, said

AGENT = {
    "name": "Support Bot",
    "description": "Customer support assistant",
    "agent_type": "SUPPORT",
    "behavior_settings": {"tone": "friendly", "response_style": "conversational", "language_mode": "auto"},
    "response_config": {"max_response_length": 500, "confidence_threshold": 0.7, "show_sources": True},
    "greeting_message": "Hi! How can I help you today?",
    "fallback_message": "I don't have info on that. Would you like to talk to a human?",
}
FALLBACK = AGENT["fallback_message"]
STACK_SETTINGS = {"MILLRACE_QUOTAS__MESSAGES": '{"free": 3, "pro": null}'}


@dataclass
class Shop:
    """A workspace with documents, an agent that is published, and a page of its website."""

    owner: Person
    mine: Client
    path: str
    collection: str
    agent: str
    page: Page


@pytest.fixture(scope="module")
def shop(stack) -> Iterator[Shop]:
    make = Maker()
    owner = make.person(plan="pro")
    mine = stack.client().with_key(owner.token)
    path = f"/api/v1/workspaces/{owner.workspace.id}"
    collection = know(owner.workspace.id)
    made = mine.post(f"{path}/agents", AGENT | {"knowledge_collections": [collection]})
    agent = made.json()["id"]
    assert mine.post(f"{path}/agents/{agent}/publish").status_code == 200
    yield Shop(owner, mine, path, collection, agent, page_of(stack.client(), owner, agent))


def page_of(client: Client, owner: Person, agent: str, *, domains: tuple[str, ...] = ("*.example.com",)) -> Page:
    key = keys.make(owner.workspace.id, name="k", kind="publishable", mode="live", allowed_domains=domains).text
    return Page(client, key, agent=agent)


def test_an_agent_is_made_listed_and_seen_as_documented(shop):
    made = shop.mine.post(f"{shop.path}/agents", AGENT)

    assert made.status_code == 201
    one = made.json()
    assert {"id", "name", "status", "agent_type", "version", "created_at"} == set(one)
    assert re.fullmatch(r"agent_[0-9a-z]{26}", one["id"])
    assert (one["status"], one["version"]) == ("DRAFT", "1.0")

    listed = shop.mine.get(f"{shop.path}/agents?status=DRAFT&type=SUPPORT").json()
    assert listed["total"] == len(listed["agents"]) == 1
    assert set(listed["agents"][0]) == {"id", "name", "status", "agent_type", "conversation_count", "created_at"}
    assert shop.mine.get(f"{shop.path}/agents?type=SALES").json()["agents"] == []

    seen = shop.mine.get(f"{shop.path}/agents/{one['id']}").json()
    assert {**AGENT}.items() <= seen.items()
    assert {"conversation_rules", "knowledge_collections", "stats", "published_at"} <= set(seen)
    assert seen["stats"] == {"total_conversations": 0, "total_messages": 0, "avg_satisfaction": None}
    assert shop.mine.delete(f"{shop.path}/agents/{one['id']}").status_code == 200
    assert shop.mine.get(f"{shop.path}/agents/{one['id']}").status_code == 404


def test_a_change_touches_what_was_sent_and_visitors_see_it_once_it_is_published(shop, stack):
    agent = shop.mine.post(f"{shop.path}/agents", AGENT).json()["id"]
    path = f"{shop.path}/agents/{agent}"
    page = page_of(stack.client(), shop.owner, agent)
    assert page.get(f"config/{agent}").status_code == 404

    changed = shop.mine.patch(
        path,
        {
            "response_config": {"confidence_threshold": 0.4},
            "appearance": {"theme": "dark", "primary_color": "#e91919"},
            "branding": {"avatar_url": "https://shop.example.com/a.png"},
            "suggested_questions": ["What are your pricing plans?", "How do I get started?"],
            "knowledge_collections": [shop.collection],
        },
    ).json()
    first = shop.mine.post(f"{path}/publish").json()
    shop.mine.patch(path, {"appearance": {"border_radius": 3}, "name": "Other Bot"})
    config = page.get(f"config/{agent}").json()

    assert changed["response_config"] == {
        "max_response_length": 500, "confidence_threshold": 0.4, "show_sources": True,
    }  # fmt: skip
    assert changed["knowledge_collections"] == [{"id": shop.collection, "name": "Product Docs", "document_count": 4}]
    assert (first["message"], first["version"]) == ("Agent published successfully", "1.1")
    assert config == {
        "agent_id": agent,
        "agent_name": "Support Bot",
        "appearance": {"theme": "dark", "primary_color": "#e91919", "border_radius": 16, "position": "bottom-right"},
        "behavior": {
            "greeting_enabled": True, "greeting_delay": 3000, "greeting_message": AGENT["greeting_message"],
            "suggested_questions": ["What are your pricing plans?", "How do I get started?"],
        },
        "branding": {"show_powered_by": True, "avatar_url": "https://shop.example.com/a.png"},
    }  # fmt: skip
    assert shop.mine.post(f"{path}/publish").json()["version"] == "1.2"
    assert page.get(f"config/{agent}").json()["agent_name"] == "Other Bot"

    seen = shop.mine.get(path).json()
    assert [one["version"] for one in seen["versions"]] == ["1.2", "1.1"]
    assert shop.mine.patch(path, seen).json() == seen | {"updated_at": shop.mine.get(path).json()["updated_at"]}

    assert shop.mine.patch(path, {"status": "ARCHIVED"}).json()["status"] == "ARCHIVED"
    assert page.get(f"config/{agent}").json()["code"] == "AGENT_NOT_PUBLISHED"
    assert shop.mine.post(f"{path}/publish").status_code == 409


def test_changes_made_at_once_all_count(shop, stack):
    agent = shop.mine.post(f"{shop.path}/agents", AGENT).json()["id"]
    rules = {"escalate_after_fallbacks": 5, "max_messages_per_session": 77, "blocked_topics": ["lawsuit"]}

    with ThreadPoolExecutor(len(rules)) as threads:
        sent = [{"conversation_rules": {name: rule}} for name, rule in rules.items()]
        answers = threads.map(lambda body: shop.mine.patch(f"{shop.path}/agents/{agent}", body), sent)

    assert {answer.status_code for answer in answers} == {200}
    assert rules.items() <= shop.mine.get(f"{shop.path}/agents/{agent}").json()["conversation_rules"].items()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"response_config": {"confidence_threshold": 1.5}}, "response_config.confidence_threshold"),
        ({"appearance": {"primary_color": "red"}}, "appearance.primary_color"),
        ({"knowledge_collections": ["col_00000000000000000000000000"]}, "knowledge_collections[0]"),
        ({"status": "PUBLISHED"}, "status"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_changes_nothing(shop, body, field):
    agent = shop.mine.post(f"{shop.path}/agents", AGENT).json()["id"]
    before = shop.mine.get(f"{shop.path}/agents/{agent}").json()

    refused = shop.mine.patch(f"{shop.path}/agents/{agent}", body)

    assert refused.status_code in (400, 404, 409)
    assert refused.json()["field"] == field
    assert shop.mine.get(f"{shop.path}/agents/{agent}").json() == before


def test_a_draft_answers_with_sources_confidence_and_time_and_nothing_is_kept(shop):
    answer = shop.mine.post(f"{shop.path}/agents/{shop.agent}/test", {"message": "What are your pricing plans?"})

    assert answer.status_code == 200
    told = answer.json()
    assert {"response", "sources", "confidence", "response_time_ms"} <= set(told)
    assert "We offer three plans: Free, Starter and Pro." in told["response"]
    assert {"document_id", "title", "chunk_preview", "relevance_score"} <= set(told["sources"][0])
    assert told["sources"][0]["title"] == "Pricing Page"
    assert 0.7 <= told["confidence"] <= 1
    assert told["response_time_ms"] > 0

    unknown = shop.mine.post(f"{shop.path}/agents/{shop.agent}/test", {"message": "Who won the cup in 1998?"}).json()
    assert (unknown["response"], unknown["sources"], unknown["mode"]) == (FALLBACK, [], "fallback")
    assert shop.mine.get(f"{shop.path}/agents/{shop.agent}").json()["stats"]["total_messages"] == 0


def test_settings_of_an_agent_are_honoured(shop):
    def ask(message: str, **changes: Any) -> dict[str, Any]:
        agent = shop.mine.post(f"{shop.path}/agents", AGENT | {"knowledge_collections": [shop.collection]} | changes)
        return shop.mine.post(f"{shop.path}/agents/{agent.json()['id']}/test", {"message": message}).json()

    rules = {"blocked_topics": ["competitor"], "escalation_keywords": ["human"]}
    concise = ask("Do you ship to Norway?", behavior_settings={"response_style": "concise", "tone": "neutral"})
    german = ask("Do you ship to Norway?", behavior_settings={"language_mode": "de"})

    assert concise["response"] == "Delivery says: “We ship to all countries of the European Union and to Norway.” [1]"
    assert german["response"].startswith("Das habe ich in Delivery gefunden: „We ship")
    assert len(ask("Do you ship to Norway?", response_config={"max_response_length": 60})["response"]) <= 60
    assert ask("Do you ship to Norway?", response_config={"show_sources": False})["sources"] == []
    assert ask("Is your competitor cheap?", conversation_rules=rules)["mode"] == "blocked"
    assert ask("I want a human!", conversation_rules=rules)["mode"] == "hand_off"
    assert ask("Hello!", greeting_message="Ahoy")["response"] == "Ahoy"
    assert ask("How long does delivery take?")["mode"] == "fallback"
    assert ask("How long does delivery take?", response_config={"confidence_threshold": 0.2})["mode"] == "extractive"


def test_a_page_gets_the_documented_stream(shop):
    answer = shop.page.post("chat", shop.page.body("What are your pricing plans?"))

    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    told = [frame for _, frame in frames(answer.text)]
    kinds = [frame["type"] for frame in told]
    assert kinds == ["start", *["token"] * (len(told) - 3), "sources", "done"]
    assert re.fullmatch(r"msg_[0-9a-z]{26}", told[0]["message_id"])
    assert "We offer three plans" in said(told)
    assert told[-2]["sources"][0]["title"] == "Pricing Page"
    assert told[-1]["confidence"] >= 0.7


def test_a_session_remembers_and_belongs_to_its_visitor_and_key(shop, stack):
    other = Page(stack.client(), shop.page._headers["X-API-Key"], agent=shop.agent, visitor="visitor-0000000000000002")
    shop.page.ask("What does the Starter plan cost?", session="mine")

    assert "99 euros" in said(shop.page.ask("and the Pro one?", session="mine"))
    assert said(other.ask("and the Pro one?", session="mine")) == FALLBACK
    assert said(shop.page.ask("and the Pro one?", session="another")) == FALLBACK


def test_a_stream_is_taken_up_again_by_its_visitor_only_and_asks_once(shop, stack):
    key = {"Idempotency-Key": "page-load-1"}
    body = shop.page.body("Do you ship to Norway?", session="resumed")
    whole = list(frames(shop.page.post("chat", body, **key).text))
    again = list(frames(shop.page.post("chat", body, **key).text))
    place = whole[4][0]
    rest = list(frames(shop.page.post("chat", body, **{"Last-Event-ID": place}).text))
    stranger = Page(
        stack.client(), shop.page._headers["X-API-Key"], agent=shop.agent, visitor="visitor-000000000000009"
    )
    theirs = stranger.post("chat", stranger.body("x", session="resumed"), **{"Last-Event-ID": place})

    assert again == whole
    assert rest == whole[5:]
    assert theirs.status_code == 404


def test_keys_open_published_agents_of_their_workspace_from_their_domains_only(shop, stack, make):
    other = make.person()
    body = shop.page.body("Hi")
    foreign = page_of(stack.client(), other, shop.agent)
    elsewhere = stack.client().post(
        "/api/v1/widget/chat", body, headers={**shop.page._headers, "Origin": "https://evil.example"}
    )
    preflight = stack.client().request(
        "OPTIONS", "/api/v1/widget/chat",
        headers={"Origin": PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"},
    )  # fmt: skip

    assert foreign.post("chat", body).status_code == 404
    assert elsewhere.status_code == 403
    assert preflight.headers["Access-Control-Allow-Origin"] == PAGE
    assert stack.client().post("/api/v1/widget/chat", body).status_code == 401
    bad = shop.page.post("chat", body | {"session_id": "", "message": " "})
    assert (bad.status_code, bad.json()["field"]) == (400, "session_id")


def test_questions_are_put_in_order_each_night(shop):
    for number, question in enumerate(
        ("Do you support webhooks?", "Are webhooks supported?", "Do you ship to Norway?")
    ):
        shop.page.ask(question, session=f"night-{number}")
    assert db.row("SELECT pipeline FROM schedule WHERE workspace_id = %s", (shop.owner.workspace.id,)) == ("grouping",)

    job = submit(Submission(workspace_id=shop.owner.workspace.id, pipeline="grouping", input={}))

    eventually(lambda: db.row("SELECT state FROM job WHERE id = %s", (job.id,)) == ("completed",), within_s=30)
    asked = shop.mine.get(f"{shop.path}/analytics/questions").json()
    assert "Webhooks" in {one["category"] for one in asked["categories"]}
    unanswered = shop.mine.get(f"{shop.path}/analytics/unanswered").json()["unanswered"]
    assert max(one["occurrences"] for one in unanswered if "webhooks" in one["question"]) == 2


def test_the_month_s_messages_end_with_429_and_a_line_in_the_log(stack, make):
    poor = make.person(plan="free")
    mine = stack.client().with_key(poor.token)
    path = f"/api/v1/workspaces/{poor.workspace.id}/agents"
    agent = mine.post(path, {"name": "Bot"}).json()["id"]
    mine.post(f"{path}/{agent}/publish")
    page = page_of(stack.client(), poor, agent)

    assert [page.post("chat", page.body("Hello")).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = page.post("chat", page.body("Hello"))
    assert (refused.json()["code"], int(refused.headers["Retry-After"]) > 0) == ("USAGE_LIMIT_REACHED", True)
    told = eventually(lambda: [one for one in events_of(mine) if one["type"] == "limit.reached"])
    assert [one["data"] for one in told] == [{"limit": 3, "used": 3, "plan": "free", "quota": "messages"}]


def test_feedback_and_calls_for_a_person_are_kept_told_and_mailed(shop, stack):
    message = shop.page.ask("Do you ship to Norway?", session="judged")[0]["message_id"]
    example = {"message_id": message, "feedback_type": "THUMBS_UP", "comment": "Very helpful!"}
    call = {
        "session_id": "judged", "agent_id": shop.agent, "email": "user@example.com",
        "message": "I need help with billing – bitte",
        "metadata": {"visitor_id": shop.page._visitor},
    }  # fmt: skip

    assert [shop.page.post("feedback", example).status_code for _ in range(2)] == [200, 200]
    assert shop.page.post("feedback", example | {"feedback_type": "MEH"}).json()["field"] == "feedback_type"
    assert shop.page.post("feedback", example | {"message_id": "msg_x"}).status_code == 404
    assert [shop.page.post("escalate", call).status_code for _ in range(2)] == [200, 200]

    letter = eventually(lambda: letters(stack, shop.owner.user.email), within_s=20)[0]
    assert (letter["Subject"], letter["Reply-To"]) == ("A visitor asks for a person", "user@example.com")
    text = letter.get_body(("plain",)).get_content()
    (listed,) = shop.mine.get(f"{shop.path}/conversations?agent_id={shop.agent}&escalated=true").json()["conversations"]
    assert (listed["session_id"], listed["email"]) == ("judged", "user@example.com")
    assert "I need help with billing – bitte" in text and f"conversation {listed['id']}." in text
    read = shop.mine.get(f"{shop.path}/conversations/{listed['id']}").json()
    assert [one["message"] for one in read["escalations"]] == [call["message"]] * 2
    (said,) = read["messages"]
    assert (said["message_id"], said["answered"], said["feedback_comment"]) == (message, True, "Very helpful!")
    assert said["sources"][0]["title"] == "Delivery"
    told = eventually(lambda: (found := kinds(shop.mine)).count("escalation.requested") == 2 and found)
    assert (told.count("feedback.received"), told.count("lead.captured")) == (1, 1)
    assert {"conversation.started", "message.received"} <= set(told)
    assert shop.mine.get(f"{shop.path}/agents/{shop.agent}").json()["stats"]["avg_satisfaction"] == 5


def test_webhooks_hear_of_visitors_as_documented(shop):
    with Receiver() as receiver:
        wanted = {
            "name": "Slack Notifications", "url": f"{receiver.url}/services", "headers": {"X-Custom-Header": "value"},
            "event_types": ["CONVERSATION_STARTED", "LEAD_CAPTURED"],
        }  # fmt: skip
        made = shop.mine.post(f"{shop.path}/webhooks", wanted)
        assert made.status_code == 201
        body = shop.page.body("Hello", session="heard")
        body["metadata"]["email"] = "lead@example.com"
        shop.page.post("chat", body)

        heard = eventually(lambda: len(receiver.bodies()) == 2 and receiver.bodies(), within_s=20)
        shop.mine.delete(f"{shop.path}/webhooks/{made.json()['id']}")
    by_event = {one["event"]: one["data"] for one in heard}
    assert set(by_event) == {"CONVERSATION_STARTED", "LEAD_CAPTURED"}
    assert by_event["LEAD_CAPTURED"] | {"email": "lead@example.com", "message": None, "session_id": "heard"} == {
        **by_event["CONVERSATION_STARTED"], "email": "lead@example.com", "message": None,
    }  # fmt: skip
    assert by_event["CONVERSATION_STARTED"]["agent_id"] == shop.agent


def kinds(client: Client) -> list[str]:
    return [one["type"] for one in events_of(client)]
