"""A shop's documents and an agent that knows them, and pages that talk with it: for tests of agents and the widget."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipelines.clients import embedder
from store.knowledge import collections
from tests.kit.client import Client
from tests.kit.knowledge import indexed

DOCUMENTS = {
    "Pricing Page": [
        (
            "We offer three plans: Free, Starter and Pro. The Free plan includes 100 messages a month. The Starter plan costs"
            " 19 euros a month. The Pro plan costs 99 euros a month and includes ten agents."
        ),
        "You can pay by credit card, PayPal or bank transfer. Invoices are sent by e-mail on the first day of the month.",
    ],
    "Delivery": [
        (
            "We ship to all countries of the European Union and to Norway. A parcel arrives within three working days."
            " Shipping is free for orders above 50 euros."
        ),
    ],
    "Returns": [
        (
            "You may send a product back within 30 days. The money is returned to the account that you paid with. Opened"
            " software cannot be returned."
        ),
    ],
    "Password help": [
        (
            "To reset your password, choose Forgot password on the sign-in page and enter your e-mail address. The link in the"
            " mail works for one hour."
        ),
    ],
}
PAGE = "https://shop.example.com"


def know(workspace_id: str) -> str:
    """The id of a collection with the shop's documents."""
    made = collections.create(workspace_id, name="Product Docs", description="")
    for title, contents in DOCUMENTS.items():
        vectors = [embedder.as_text(one) for one in embedder.embed([f"{title}\n{text}" for text in contents])]
        indexed(workspace_id, made.id, contents, vectors, title=title)
    return made.id


class Page:
    """A web page with a widget: calls with a publishable key from an origin, as one visitor."""

    def __init__(self, client: Client, key: str, *, agent: str, visitor: str = "visitor-0000000000000001") -> None:
        self._client = client
        self._headers = {"X-API-Key": key, "Origin": PAGE}
        self._agent = agent
        self._visitor = visitor

    def get(self, path: str) -> Any:
        return self._client.get(f"/api/v1/widget/{path}", headers=self._headers)

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Any:
        return self._client.post(f"/api/v1/widget/{path}", body, headers={**self._headers, **headers})

    def ask(self, message: str, *, session: str = "sess_xyz", **headers: str) -> list[dict[str, Any]]:
        """The frames of an answer."""
        answer = self.post("chat", self.body(message, session=session), **headers)
        assert answer.status_code == 200, answer.text
        return [frame for _, frame in frames(answer.text)]

    def body(self, message: str, *, session: str = "sess_xyz") -> dict[str, Any]:
        return {
            "agent_id": self._agent,
            "session_id": session,
            "message": message,
            "metadata": {"page_url": f"{PAGE}/pricing", "user_agent": "Mozilla/5.0", "visitor_id": self._visitor},
        }


def frames(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(id, frame) of a stream's text."""
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        if "data" in lines:
            yield lines["id"], json.loads(lines["data"])


def said(told: list[dict[str, Any]]) -> str:
    """The text of an answer's frames."""
    return "".join(frame["content"] for frame in told if frame["type"] == "token")
