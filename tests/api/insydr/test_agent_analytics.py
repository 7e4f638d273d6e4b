"""Analytics of agents: what happened on which of the workspace's days, what is asked, what nobody could answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from pipelines.answers import grouping
from store.accounts import remains, workspaces
from store.agents import analytics, conversations, figures, queries, questions, regrouping
from store.agents.conversations import Answered, Place
from store.agents.questions import Asked
from store.kit import clock
from store.kit.db import transaction
from store.kit.ids import new_id
from tests.kit.factories import Person

TOPICS = ["Do you support webhooks?", "What are your pricing plans?", "How do I get started?"]


class Talker:
    """Has conversations as visitors have them, without a model: the vector of a question is its topic's."""

    def __init__(self, owner: Person) -> None:
        self.workspace_id = owner.workspace.id
        self.agent = queries.create(self.workspace_id, {"name": "Support Bot", "agent_type": "SUPPORT"}).id

    def talk(self, *topics: int, session: str, is_answered: bool = True, likes: int = 0) -> None:
        place = Place(workspace_id=self.workspace_id, agent_id=self.agent, key_id="key_1", visitor="v", session=session)
        for number, topic in enumerate(topics):
            job_id = new_id("job")
            vector = self.vector(topic)
            with transaction():
                message = conversations.ask(place, conversations.enter(place), job_id=job_id, question=TOPICS[topic])
            with transaction():
                told = Answered(
                    answer="So.", is_answered=is_answered, confidence=0.9, sources=[], response_ms=120, version="1.1",
                    vector=vector,
                )  # fmt: skip
                assert conversations.answer(self.workspace_id, job_id, told) == message
                assert conversations.answer(self.workspace_id, job_id, told) is None
                questions.assign(self.workspace_id, Asked(message, TOPICS[topic], vector, 0.9, is_answered=is_answered))
            if number < likes:
                with transaction():
                    exchange = conversations.of_key(self.workspace_id, "key_1", message)
                    conversations.judge(self.workspace_id, exchange, "THUMBS_UP", comment=None)

    @staticmethod
    def vector(topic: int) -> list[float]:
        noise = np.random.default_rng(topic).normal(0, 0.01, 384)
        noise[topic] = 1.0
        return [float(value) for value in noise / np.linalg.norm(noise)]


@pytest.fixture
def talker(stack, owner) -> Talker:
    return Talker(owner)


@pytest.fixture
def read(api, owner):
    client = api.with_key(owner.token)

    def get(path: str) -> Any:
        answer = client.get(f"/api/v1/workspaces/{owner.workspace.id}/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    get.client = client
    get.path = f"/api/v1/workspaces/{owner.workspace.id}"
    return get


def test_figures_are_as_documented_and_of_the_workspace_s_own_days(talker, read, owner):
    workspaces.change(owner.workspace.id, timezone="Pacific/Kiritimati")  # fourteen hours ahead
    talker.talk(0, 1, 1, session="a", likes=2)
    talker.talk(2, session="b", is_answered=False)
    queries.publish(owner.workspace.id, talker.agent)
    day, hour = figures.moment(owner.workspace.id, clock.utc_now())

    overview = read("analytics/overview?days=7")
    assert overview["period"] == {"start": str(day - timedelta(days=6)), "end": str(day)}
    assert overview["stats"] == {
        "total_conversations": 2, "total_messages": 8, "active_agents": 1, "knowledge_documents": 0,
        "avg_response_time_ms": 120, "satisfaction_score": 5.0,
    }  # fmt: skip
    assert overview["trends"] == {"conversations_change": None, "messages_change": None}

    found = read("analytics/conversations?days=7")
    assert len(found["daily_data"]) == 7
    assert {**found["daily_data"][-1], "avg_duration_seconds": 0} == {
        "date": str(day), "conversations": 2, "messages": 8, "avg_duration_seconds": 0,
    }  # fmt: skip
    assert found["peak_hours"] == [{"hour": hour, "count": 2}]
    assert found["by_agent"] == [
        {"agent_id": talker.agent, "agent_name": "Support Bot", "conversations": 2, "percentage": 100.0}
    ]
    assert read("agents")["agents"][0]["conversation_count"] == 2
    assert read.client.get(read.path).json()["stats"] == {
        "total_agents": 1, "total_documents": 0, "total_conversations": 2, "total_messages": 8,
    }  # fmt: skip
    refused = read.client.get(f"{read.path}/analytics/overview?days=0")
    assert (refused.status_code, refused.json()["field"]) == (400, "days")


def test_questions_are_grouped_and_what_was_resolved_opens_again(talker, read):
    talker.talk(1, 1, 0, session="a")
    talker.talk(0, 0, session="b", is_answered=False)

    asked = read("analytics/questions")
    assert [(one["question"], one["count"], one["avg_confidence"]) for one in asked["top_questions"]] == [
        (TOPICS[0], 3, 0.9), (TOPICS[1], 2, 0.9),
    ]  # fmt: skip
    assert set(asked["top_questions"][0]) >= {"question", "count", "trend", "avg_confidence"}
    assert asked["categories"] == [{"category": "Other", "count": 5}]

    first = read("analytics/unanswered")
    (one,) = first["unanswered"]
    assert (one["question"], one["occurrences"], one["status"]) == (TOPICS[0], 2, "OPEN")
    assert (first["total"], first["resolved_this_week"]) == (1, 0)
    path = f"{read.path}/analytics/unanswered/{one['id']}"
    assert read.client.patch(path, {"status": "RESOLVED"}).json()["status"] == "RESOLVED"
    assert read("analytics/unanswered") == {"unanswered": [], "total": 0, "resolved_this_week": 1}
    assert read("analytics/unanswered?status=ALL")["total"] == 1
    assert read.client.patch(path, {"status": "GONE"}).json()["field"] == "status"

    talker.talk(0, session="c", is_answered=False)
    assert read("analytics/unanswered")["unanswered"][0]["occurrences"] == 3


def test_figures_of_a_day_outlive_its_conversations(stack, owner, move_clock):
    talker = Talker(owner)
    talker.talk(0, session="old")
    move_clock(timedelta(days=10))
    talker.talk(1, session="a")
    talker.talk(1, session="b")

    today = clock.utc_now().date()
    then = today - timedelta(days=10)
    assert analytics.totals(owner.workspace.id, start=today, end=today).conversations == 2
    assert analytics.totals(owner.workspace.id, start=then, end=then).conversations == 1
    assert conversations.prune(before=clock.utc_now() - timedelta(days=5), limit=100) >= 1
    assert conversations.prune(before=clock.utc_now() - timedelta(days=5), limit=100) == 0
    assert analytics.totals(owner.workspace.id, start=then, end=today).conversations == 3


def test_conversations_are_listed_by_pages_the_latest_first(talker, read):
    for number in range(5):
        talker.talk(number % 3, session=f"s{number}")

    pages, cursor = [], ""
    while cursor is not None:
        page = read(f"conversations?limit=2&cursor={cursor}" if cursor else "conversations?limit=2")
        pages.append([one["session_id"] for one in page["conversations"]])
        cursor = page["next_cursor"]

    assert pages == [["s4", "s3"], ["s2", "s1"], ["s0"]]
    assert read("conversations?escalated=true")["conversations"] == []
    assert read("conversations?limit=1")["conversations"][0]["agent_name"] == "Support Bot"


def test_days_of_unanswered_questions_are_the_workspace_s_own(talker, read, monkeypatch):
    workspaces.change(talker.workspace_id, timezone="Pacific/Kiritimati")  # fourteen hours ahead
    talker.talk(0, session="a", is_answered=False)

    today = figures.moment(talker.workspace_id, clock.utc_now())[0].isoformat()
    seen = read("analytics/unanswered")["unanswered"][0]
    assert (seen["first_seen"], seen["last_seen"]) == (today, today)


def test_nightly_grouping_keeps_ids_and_names_groups(talker, read):
    talker.talk(0, 0, 1, session="a", is_answered=False)
    before = {one["question"]: one["id"] for one in read("analytics/unanswered")["unanswered"]}
    members = regrouping.latest(talker.workspace_id, limit=100)
    lonely = new_id("question")
    moves = [(one, lonely) for one in members if one.question == TOPICS[1]]

    with transaction():
        regrouping.rearrange(talker.workspace_id, moves, {lonely: ("Prices?", "Pricing")})

    after = {one["question"]: one for one in read("analytics/unanswered")["unanswered"]}
    assert after[TOPICS[0]]["id"] == before[TOPICS[0]]
    assert (after["Prices?"]["id"], after["Prices?"]["occurrences"]) == (lonely, 1)
    assert read("analytics/questions")["categories"] == [
        {"category": "Other", "count": 2}, {"category": "Pricing", "count": 1},
    ]  # fmt: skip


def test_groups_are_those_that_are_near_and_categories_say_what_they_share():
    asked = [["Which plans?", "Pro plans?"], ["Plans for a team"], ["Reset my password", "Lost my password"]]
    vectors = np.array([Talker.vector(topic) for topic in (0, 0, 1, 1, 2)], dtype=np.float32)

    assert grouping.group(vectors)[0] == grouping.group(vectors)[1] != grouping.group(vectors)[2]
    assert grouping.group(vectors[:1]) == [0]
    kept = grouping.keep_ids(["a", "a", "b", "b", None], [0, 0, 0, 1, 2])
    assert (kept[0], kept[1]) == ("a", "b")
    near = vectors[[0, 0, 2]] + np.array([[0, 0.1] + [0] * 382, [0] * 384, [0] * 384], dtype=np.float32)
    named = grouping.categories(asked, near)
    assert named[0] == named[1] == "Plans"
    assert named[2] == "Password"


def test_a_deleted_workspace_takes_all_of_it_along(stack):
    wanted = {"agent", "conversation", "exchange", "agent_hour", "question_cluster", "question_day", "escalation"}

    assert wanted <= set(remains.tables())
