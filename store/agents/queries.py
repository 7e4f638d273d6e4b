"""Agents of a workspace: make, find, change, publish, archive, delete. Called by the agents' endpoints and by answers.

A change touches the draft only. `publish` keeps the draft whole as a version, and the last one is what visitors see;
an archived or deleted agent answers nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from store.agents.tables import Agent, AgentVersion
from store.agents.values import DEFAULTS, FALLBACK, GREETING, Config, Status
from store.kit import structs
from store.kit.clock import utc_now
from store.kit.db import transaction
from store.kit.errors import Conflict, NotFound
from store.kit.ids import is_id, new_id

MOST = 500  # agents of a workspace; its list is one answer
SHOWN_VERSIONS = 20
KEPT_VERSIONS = 200


def create(workspace_id: str, values: dict[str, Any]) -> Agent:
    """A new draft from columns; what is not given has its default. Raises Conflict when there are enough."""
    if Agent.select().where(_mine(workspace_id)).count() >= MOST:
        raise Conflict(f"A workspace has at most {MOST} agents; delete one first.", code="too_many_agents")
    now = utc_now()
    given = {"greeting_message": GREETING, "fallback_message": FALLBACK, "collection_ids": [], **DEFAULTS, **values}
    return Agent.create(id=new_id("agent"), workspace_id=workspace_id, created_at=now, updated_at=now, **given)


def get(workspace_id: str, agent_id: str) -> Agent:
    """An agent of this workspace. Raises NotFound."""
    found = None
    if is_id("agent", agent_id):
        found = Agent.get_or_none(_mine(workspace_id), Agent.id == agent_id)
    if found is None:
        raise NotFound("There is no such agent.", field="agent_id")
    return found


def listed(workspace_id: str, *, status: Status | None = None, agent_type: str | None = None) -> list[Agent]:
    """The workspace's agents, newest first (index agent_by_workspace); there are at most MOST."""
    wanted = _mine(workspace_id)
    if status is not None:
        wanted &= Agent.status == status
    if agent_type is not None:
        wanted &= Agent.agent_type == agent_type
    return list(Agent.select().where(wanted).order_by(Agent.id.desc()))


def change(workspace_id: str, agent_id: str, wanted: Callable[[Agent], dict[str, Any]]) -> Agent:
    """Set columns of the draft to what `wanted` makes of it; a group of settings is given whole.

    Changes that arrive together are made one after the other. Raises NotFound, Conflict for a wrong status.
    """
    with transaction():
        row = _held(workspace_id, agent_id)
        values = wanted(row)
        if (status := values.get("status")) is not None and status != row.status:
            values = {**values, "status": _next_status(row, status)}
        if values:
            for column, value in values.items():
                setattr(row, column, value)
            row.updated_at = utc_now()
            row.save()
    return row


def publish(workspace_id: str, agent_id: str) -> Agent:
    """Make the draft what visitors see, as the next version. Raises NotFound, Conflict for an archived agent."""
    with transaction():
        row = _held(workspace_id, agent_id)
        if row.status == "ARCHIVED":
            raise Conflict("This agent is archived; set its status to DRAFT first.", code="agent_archived")
        last = AgentVersion.select().where(AgentVersion.agent == row.id).order_by(AgentVersion.number.desc()).first()
        number = last.number + 1 if last else 1
        row.version, row.status, row.published_at = f"1.{number}", "PUBLISHED", utc_now()
        row.save()
        AgentVersion.create(
            agent=row.id,
            version=row.version,
            number=number,
            config=msgspec.to_builtins(draft(row)),
            published_at=row.published_at,
        )
        AgentVersion.delete().where(
            AgentVersion.agent == row.id, AgentVersion.number <= number - KEPT_VERSIONS
        ).execute()
    return row


def remove(workspace_id: str, agent_id: str) -> None:
    """Delete an agent; its conversations and figures stay for the workspace. Raises NotFound."""
    row = get(workspace_id, agent_id)
    Agent.update(deleted_at=utc_now()).where(Agent.id == row.id).execute()


def versions(agent_id: str) -> list[AgentVersion]:
    """The latest published versions, newest first."""
    mine = AgentVersion.agent == agent_id
    return list(AgentVersion.select().where(mine).order_by(AgentVersion.number.desc()).limit(SHOWN_VERSIONS))


def published(workspace_id: str, agent_id: str) -> Config:
    """What visitors see of an agent. Raises NotFound, also while nothing of it is published."""
    row = get(workspace_id, agent_id)
    last = None
    if row.status == "PUBLISHED":
        last = AgentVersion.select().where(AgentVersion.agent == row.id).order_by(AgentVersion.number.desc()).first()
    if last is None:
        raise NotFound("This agent is not published.", code="agent_not_published", field="agent_id")
    return structs.convert(last.config, Config)


def draft(row: Agent) -> Config:
    """The agent as its makers left it."""
    groups = {group: getattr(row, group) for group in DEFAULTS}
    flat = {name: value for group, held in groups.items() for name, value in {**DEFAULTS[group], **held}.items()}
    return Config(
        agent_id=row.id,
        version=row.version,
        name=row.name,
        greeting_message=row.greeting_message,
        fallback_message=row.fallback_message,
        collection_ids=row.collection_ids,
        **flat,
    )


def _next_status(row: Agent, wanted: str) -> str:
    """What an agent's status becomes when somebody sets it: an archive and back; publishing has its own call."""
    if wanted == "PUBLISHED" and (row.status != "ARCHIVED" or row.published_at is None):
        raise Conflict("An agent is published by POST …/publish.", code="not_published_by_status", field="status")
    return wanted


def _held(workspace_id: str, agent_id: str) -> Agent:
    """The agent, held until the transaction ends."""
    row = get(workspace_id, agent_id)
    return Agent.select().where(Agent.id == row.id).for_update().get()


def _mine(workspace_id: str) -> Any:
    return (Agent.workspace_id == workspace_id) & Agent.deleted_at.is_null()
