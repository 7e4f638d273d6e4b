"""/api/v1/workspaces/{workspace_id}/agents: make, list, see, change, publish, test, delete."""

from __future__ import annotations

import time

import msgspec
from msgspec import UNSET

from api.insydr.agent_types import (
    AgentFields,
    AgentList,
    AgentView,
    ChangeAgent,
    CreateAgent,
    CreatedAgent,
    ListAgents,
    ListedAgent,
    Published,
    TestAgent,
    TestAnswer,
    given,
    view,
)
from api.insydr.workspace_types import Message
from api.kit import ask
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.surface import INSYDR
from api.kit.threads import pool
from pipelines.answers.pipeline import ANSWERS, WITHIN
from pipelines.engine.submit import Submission
from store.agents import queries
from store.agents.tables import Agent
from store.agents.values import Config
from store.kit import structs
from store.kit.errors import NotFound
from store.knowledge import collections


class Agents:
    """/api/v1/workspaces/{workspace_id}/agents."""

    @operation("Make an agent", body=CreateAgent, returns=CreatedAgent, status=201)
    def on_post(self, workspace_id: str, body: CreateAgent) -> CreatedAgent:
        """A draft; what is left out has its default."""
        row = queries.create(workspace_id, {**given(body, None), **_collections(workspace_id, body)})
        return CreatedAgent(
            id=row.id,
            name=row.name,
            status=row.status,
            agent_type=row.agent_type,
            version=row.version,
            created_at=row.created_at,
        )

    @operation("List agents", query=ListAgents, returns=AgentList)
    def on_get(self, workspace_id: str, query: ListAgents) -> AgentList:
        """Newest first; a workspace has at most 500."""
        found = [
            ListedAgent(
                id=row.id,
                name=row.name,
                status=row.status,
                agent_type=row.agent_type,
                conversation_count=row.conversations,
                created_at=row.created_at,
            )
            for row in queries.listed(workspace_id, status=query.status, agent_type=query.type)
        ]
        return AgentList(agents=found, total=len(found))


class OneAgent:
    """/api/v1/workspaces/{workspace_id}/agents/{agent_id}."""

    @operation("See an agent", returns=AgentView)
    def on_get(self, workspace_id: str, agent_id: str) -> AgentView:
        return _view(workspace_id, queries.get(workspace_id, agent_id))

    @operation("Change an agent's draft", body=ChangeAgent, returns=AgentView)
    def on_patch(self, workspace_id: str, agent_id: str, body: ChangeAgent) -> AgentView:
        """Visitors see the change once it is published; archiving counts at once."""
        queries.get(workspace_id, agent_id)
        known = _collections(workspace_id, body)
        return _view(workspace_id, queries.change(workspace_id, agent_id, lambda held: {**given(body, held), **known}))

    @operation("Delete an agent", returns=Message)
    def on_delete(self, workspace_id: str, agent_id: str) -> Message:
        """It answers nobody any more; its conversations stay in the workspace's figures."""
        queries.remove(workspace_id, agent_id)
        return Message(message="Agent deleted successfully")


class PublishAgent:
    """/api/v1/workspaces/{workspace_id}/agents/{agent_id}/publish."""

    @operation("Publish an agent", returns=Published)
    def on_post(self, workspace_id: str, agent_id: str) -> Published:
        """Visitors see the draft as it is now."""
        row = queries.publish(workspace_id, agent_id)
        assert row.published_at is not None
        return Published(version=row.version, published_at=row.published_at)


class TryAgent:
    """/api/v1/workspaces/{workspace_id}/agents/{agent_id}/test."""

    @operation("Test an agent with a message", body=TestAgent, returns=TestAnswer)
    async def on_post(self, caller: Principal, workspace_id: str, agent_id: str, body: TestAgent) -> TestAnswer:
        """The draft answers; nothing is kept or counted. 503 that names the job when it takes too long."""
        began = time.monotonic()
        agent = await pool("database").run(_draft, workspace_id, agent_id)
        result = await ask.answer(
            Submission(
                workspace_id=workspace_id,
                pipeline=ANSWERS.name,
                input={"message": body.message, "agent": msgspec.to_builtins(agent)},
                surface=INSYDR.name,
                created_by=caller.user_id or caller.key_id,
            ),
            within=WITHIN,
        )
        took = round((time.monotonic() - began) * 1000)
        return structs.convert({**result, "response_time_ms": took}, TestAnswer)


def _draft(workspace_id: str, agent_id: str) -> Config:
    return queries.draft(queries.get(workspace_id, agent_id))


def _view(workspace_id: str, row: Agent) -> AgentView:
    return view(row, collections.some(workspace_id, row.collection_ids), queries.versions(row.id))


def _collections(workspace_id: str, body: AgentFields) -> dict[str, list[str]]:
    """The collections that were sent, each once. Raises NotFound for one that the workspace does not have."""
    if body.knowledge_collections is UNSET:
        return {}
    wanted = [one if isinstance(one, str) else one.id for one in body.knowledge_collections]
    known = {one.id for one in collections.some(workspace_id, wanted)}
    for place, collection_id in enumerate(wanted):
        if collection_id not in known:
            raise NotFound("There is no such collection.", field=f"knowledge_collections[{place}]")
    return {"collection_ids": list(dict.fromkeys(wanted))}
