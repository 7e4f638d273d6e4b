"""CRAudioViz: the client, and the resources that hang on it."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from millrace_client.projects import Projects
from millrace_client.records import Record
from millrace_client.transport import Transport

from craudiovizai.jobs import Jobs

BASE_URL = "https://api.craudiovizai.com/v1"
CHUNK_BYTES = 256 * 1024


class CRAudioViz:
    """`base_url` names another server, with its version: `http://127.0.0.1:8000/v1`. `timeout` is in seconds."""

    def __init__(self, api_key: str, *, base_url: str = BASE_URL, timeout: float = 60.0, max_retries: int = 3) -> None:
        self.transport = Transport(api_key, base_url, timeout=timeout, max_retries=max_retries)
        self.user = User(self.transport)
        self.credits = Credits(self.transport)
        self.projects = Projects(self.transport)
        self.tools = Tools(self.transport)
        self.jobs = Jobs(self.transport)
        self.files = Files(self.transport)
        self.ai = Assistant(self.transport)
        self.webhooks = Webhooks(self.transport)


class _Resource:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _call(self, method: str, path: str, **options: Any) -> Record:
        return Record(self._transport.json(method, path, **options) or {})


class User(_Resource):
    """`client.user`."""

    def profile(self) -> Record:
        """Who the key belongs to: `id`, `email`, `plan`, `credits`."""
        return self._call("GET", "/user/profile")


class Credits(_Resource):
    """`client.credits`."""

    def balance(self) -> Record:
        """`balance`, `plan`, `monthly_allowance`, `expires_at`."""
        return self._call("GET", "/credits/balance")

    def purchase(self, amount: int, payment_method: str) -> Record:
        """Buy credits. Sent again after a lost answer it charges once: it carries an Idempotency-Key."""
        wanted = {"amount": amount, "payment_method": payment_method}
        return self._call("POST", "/credits/purchase", json=wanted, idempotent=True)

    def transactions(self, *, limit: int = 50, offset: int = 0) -> Record:
        """One page: `transactions`, `total`, `has_more`."""
        return self._call("GET", "/credits/transactions", params={"limit": limit, "offset": offset})


class Tools(_Resource):
    """`client.tools`."""

    def list(self) -> list[Record]:
        """Every tool with its price and the JSON Schema of its inputs."""
        return list(self._call("GET", "/tools").tools)

    def execute(self, tool_id: str, request: Mapping[str, Any] | None = None, **fields: Any) -> Record:
        """Start a tool: `inputs`, and `project_id` for where its result goes; as keywords, or as one mapping."""
        return self._call("POST", f"/tools/{tool_id}/execute", json={**(request or {}), **fields}, idempotent=True)


class Files(_Resource):
    """`client.files`."""

    def upload(self, file: str | os.PathLike[str] | bytes | IO[bytes], *, name: str = "", **fields: Any) -> Record:
        """Upload a path, bytes or an open file. `project_id` says where it belongs."""
        if isinstance(file, str | os.PathLike):
            with Path(file).open("rb") as opened:
                return self._send(name or Path(file).name, opened, fields)
        return self._send(name or Path(str(getattr(file, "name", "upload"))).name, file, fields)

    def download(self, file_id: str, to: str | os.PathLike[str] | None = None) -> bytes | Path:
        """The file's bytes; with `to`, written there piece by piece, and the path."""
        with self._transport.stream("GET", f"/files/{file_id}/download") as answer:
            if to is None:
                return answer.content
            with Path(to).open("wb") as target:
                target.writelines(answer.iter_content(CHUNK_BYTES))
            return Path(to)

    def delete(self, file_id: str) -> Record:
        """Remove the file."""
        return self._call("DELETE", f"/files/{file_id}")

    def _send(self, name: str, content: bytes | IO[bytes], fields: dict[str, Any]) -> Record:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        given = {key: value for key, value in fields.items() if value is not None}
        return self._call("POST", "/files/upload", data=given, files={"file": (name, content, kind)})


class Assistant(_Resource):
    """`client.ai`."""

    def chat(self, message: str, *, context: Mapping[str, Any] | None = None) -> Record:
        """Begin a conversation: `reply`, `suggestions`, `chat_id`."""
        body = {"message": message, **({"context": dict(context)} if context else {})}
        return self._call("POST", "/ai/chat", json=body)

    def message(self, chat_id: str, message: str) -> Record:
        """Go on with it."""
        return self._call("POST", f"/ai/chat/{chat_id}/message", json={"message": message})

    def history(self, chat_id: str) -> Record:
        """All that was said."""
        return self._call("GET", f"/ai/chat/{chat_id}/history")


class Webhooks(_Resource):
    """`client.webhooks`."""

    def create(self, url: str, events: list[str], *, secret: str | None = None) -> Record:
        """Have events sent to `url`. Without a secret one is made; it is in this answer only."""
        return self._call(
            "POST", "/webhooks", json={"url": url, "events": events, **({"secret": secret} if secret else {})}
        )

    def list(self) -> list[Record]:
        """The workspace's webhooks."""
        return list(self._call("GET", "/webhooks").webhooks)

    def delete(self, webhook_id: str) -> None:
        """Remove one."""
        self._transport.send("DELETE", f"/webhooks/{webhook_id}")
