"""ClisonixClient: the client, and the resources that hang on it. Answers come out of their envelope; `meta` stays beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from millrace_client.errors import APIError
from millrace_client.projects import Projects
from millrace_client.records import Record
from millrace_client.transport import Transport, events

BASE_URL = "https://api.clisonix.cloud/v1"


class ClisonixClient:
    """`api_key`, or `auth.login(email, password)` afterwards. `base_url` names another server, with its version."""

    def __init__(
        self, api_key: str | None = None, *, base_url: str = BASE_URL, timeout: float = 120.0, max_retries: int = 3
    ) -> None:
        self.transport = Transport(api_key, base_url, timeout=timeout, max_retries=max_retries)
        self.ocean = Ocean(self.transport)
        self.analytics = Analytics(self.transport)
        self.auth = Auth(self.transport)
        self.projects = Projects(self.transport)
        self.users = Users(self.transport)


class _Resource:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _data(self, method: str, path: str, **options: Any) -> Record:
        answer = self._transport.json(method, path, **options)
        return Record({**answer["data"], **({"meta": answer["meta"]} if "meta" in answer else {})})


class Completion(Record):
    """An answer of the ocean. `text` is what it says (`response` on the wire)."""

    @property
    def text(self) -> str:
        """What it says."""
        return str(self["response"])


class Ocean(_Resource):
    """`client.ocean`."""

    def chat(self, message: str, *, session_id: str | None = None, **options: Any) -> Completion:
        """One answer. `session_id` continues a conversation; options are `temperature` and `max_tokens`."""
        return Completion(self._data("POST", "/ocean/v2/chat", json=_body(message, session_id, options)))

    def stream(self, message: str, *, session_id: str | None = None, **options: Any) -> Iterator[Record]:
        """The answer as it comes: records with a `type`; `token` has `content`. Leaving early cancels it. Raises APIError."""
        body = _body(message, session_id, options)
        with self._transport.stream("POST", "/ocean/v2/stream", json=body) as answer:
            for data in events(answer):
                event = Record(json.loads(data))
                if event.type == "error":
                    raise APIError(str(event.get("code", "error")), str(event.get("message", "The answer broke off.")))
                yield event
                if event.type == "done":
                    return


class Analytics(_Resource):
    """`client.analytics`."""

    def summary(self, start: date | datetime | str, end: date | datetime | str, *, granularity: str = "day") -> Record:
        """The workspace's own requests between two moments: `total_requests`, `timeline`, …"""
        query = {"from": _moment(start), "to": _moment(end), "granularity": granularity}
        return self._data("GET", "/analytics/summary", params=query)


class Auth(_Resource):
    """`client.auth`: for people; programs use a key."""

    def login(self, email: str, password: str) -> Record:
        """Sign in; the client uses the session from now on."""
        return self._adopt(self._data("POST", "/auth/login", json={"email": email, "password": password}))

    def refresh(self, refresh_token: str) -> Record:
        """Continue a session. A refresh token counts once; the answer has the next one."""
        return self._adopt(self._data("POST", "/auth/refresh", json={"refresh_token": refresh_token}))

    def _adopt(self, session: Record) -> Record:
        self._transport.authorize(session.access_token)
        return session


class Users(_Resource):
    """`client.users`."""

    def me(self) -> Record:
        """Who is signed in."""
        return self._data("GET", "/users/me")

    def update(self, **fields: Any) -> Record:
        """Set `name`, `avatar_url`."""
        return self._data("PATCH", "/users/me", json=fields)


def _body(message: str, session_id: str | None, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "message": message,
        **({"session_id": session_id} if session_id else {}),
        **({"options": options} if options else {}),
    }


def _moment(given: date | datetime | str) -> str:
    return given if isinstance(given, str) else given.isoformat()
