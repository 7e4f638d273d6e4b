"""PDFs of any length, and a client that uploads them and waits until they can be searched."""

from __future__ import annotations

import time
from typing import Any

import requests
import typst

from tests.bench.kit.fleets import Ours
from tests.bench.kit.prose import chunks

POLL_SECONDS = 0.25
CHAPTER_CHUNKS = 3
WARES = 12


class Uploader:
    """Uploads to a collection of its own."""

    def __init__(self, ours: Ours) -> None:
        self._session = requests.Session()
        self._session.headers["Authorization"] = ours.authorization
        self._root = ours.url.replace("/v1/jobs", f"/api/v1/workspaces/{ours.workspace_id}")
        self._place = self._session.post(f"{self._root}/collections", json={"name": "Bench"}).json()["id"]

    def begin(self, name: str, data: bytes) -> str:
        """The id of a document that is read from now on."""
        answer = self._session.post(
            f"{self._root}/documents", files={"file": (name, data)}, data={"collection_id": self._place}
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def look(self, document_id: str) -> dict[str, Any]:
        """The document as it is told now; it has not failed."""
        shown: dict[str, Any] = self._session.get(f"{self._root}/documents/{document_id}").json()
        assert shown["status"] in ("PROCESSING", "COMPLETED"), shown
        return shown

    def upload(self, name: str, data: bytes) -> tuple[float, dict[str, Any]]:
        """(seconds until it is COMPLETED, the document)."""
        started = time.perf_counter()
        document_id = self.begin(name, data)
        while (shown := self.look(document_id))["status"] == "PROCESSING":
            time.sleep(POLL_SECONDS)
        return time.perf_counter() - started, shown


def pdf(pages: int) -> bytes:
    """So many pages of prose, about 3 chunks each, with a table on every tenth."""
    texts = chunks()
    table = (
        "#table(columns: 3, [Name],[Price],[Stock],"
        + "".join(f"[Ware {n}],[{n}.50],[{n}]," for n in range(WARES))
        + ")"
    )
    body = [
        f"= Chapter {number}\n"
        + "\n\n".join(
            f"#text({_quoted(texts[(CHAPTER_CHUNKS * number + place) % len(texts)])})"
            for place in range(CHAPTER_CHUNKS)
        )
        + (f"\n{table}" if number % 10 == 0 else "")
        for number in range(pages)
    ]
    made = typst.compile(('#set page(numbering: "1")\n#set text(size: 9pt)\n' + "\n#pagebreak()\n".join(body)).encode())
    assert isinstance(made, bytes)
    return made


def _quoted(text: str) -> str:
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'
