"""Projects, as both contracts have them: one resource behind two envelopes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from millrace_client.records import Record
from millrace_client.transport import Transport


class Projects:
    """`client.projects`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, name: str, **fields: Any) -> Record:
        """A new project; `description`, `tags` and `settings` may be given."""
        return Record(self._transport.json("POST", "/projects", json={"name": name, **fields}))

    def list(self, **query: Any) -> Record:
        """One page: `projects`, `total`, `has_more`. `limit`, `offset` (or `page`), `sort`, `order`, `tags`."""
        return Record(self._transport.json("GET", "/projects", params=query))

    def iterate(self, *, page_size: int = 100, **query: Any) -> Iterator[Record]:
        """Every project, page by page."""
        offset = 0
        while True:
            page = self.list(limit=page_size, offset=offset, **query)
            yield from page.projects
            offset += len(page.projects)
            if not page.has_more or not page.projects:
                return

    def get(self, project_id: str) -> Record:
        """The project with its newest items."""
        return Record(self._transport.json("GET", f"/projects/{project_id}"))

    def update(self, project_id: str, **fields: Any) -> Record:
        """Set the fields given; the others stay as they are."""
        return Record(self._transport.json("PATCH", f"/projects/{project_id}", json=fields))

    def delete(self, project_id: str) -> Record:
        """Remove the project; its id and `deleted`."""
        return Record(self._transport.json("DELETE", f"/projects/{project_id}"))
