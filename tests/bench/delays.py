"""How long an event waits while another workspace's large documents are indexed, indexed again and deleted, or what it was sent is.

A line of the log is served once every older transaction of the cluster has ended: one customer's long write would be
everybody's delay.
"""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any, Self

import numpy as np

from pipelines.clients import embedder
from pipelines.knowledge import management, stages
from pipelines.removal.queue import delete_workspace
from pipelines.upkeep import round_of_upkeep
from store.accounts import users, workspaces
from store.blobs import queries as blobs
from store.jobs import events
from store.kit import db
from store.kit.clock import utc_now
from store.kit.ids import first_id, new_id
from store.knowledge import drafts
from store.knowledge.drafts import Draft
from tests.bench.kit.fleets import Ours, fleets
from tests.bench.kit.prose import many
from tests.kit.knowledge import collection

BOOK, LARGEST = 3_000, 20_000  # chunks of 1,000 pages; as many as a document may have
SENT = 100_000  # deliveries
EVERY_SECONDS = 0.05
LOOK_SECONDS = 0.005
WIDTH = 384


def main() -> None:
    """Print, for each thing that a customer does, how long it took and the worst delay of another's event."""
    with fleets(Ours) as (ours,):
        assert isinstance(ours, Ours)
        texts = many(LARGEST)
        place = collection(ours.workspace_id)
        other = _sent_much()
        pieces = (bytes([number % 256]) * blobs.PIECE_BYTES for number in range(2048))
        file = blobs.write(ours.workspace_id, pieces, name="a", media_type="a/b", max_bytes=1 << 31).id
        with _Listener() as listener:
            listener.measured("nothing", lambda: time.sleep(2))
            listener.measured("a workspace deleted that was sent 100,000 deliveries", lambda: delete_workspace(other))
            listener.measured("upkeep", lambda: [round_of_upkeep() for _ in range(3)])
            listener.measured("a file of 1 GiB deleted", lambda: blobs.let_go(ours.workspace_id, [file]))
            listener.measured("upkeep", round_of_upkeep)
            for size in (BOOK, LARGEST):
                document = _document(ours.workspace_id, place, size)
                for name in ("indexed", "indexed again"):
                    ctx = _begun(ours.workspace_id, document, size)
                    listener.measured(f"{size} chunks cut", lambda c=ctx, t=texts[:size]: _cut(c, t))
                    _embed(document, ctx.job_id, size)
                    listener.measured(f"{size} chunks {name}", lambda c=ctx: stages.index(c))
                listener.measured(f"{size} chunks deleted", lambda d=document: management.remove(ours.workspace_id, d))
                listener.measured("upkeep", round_of_upkeep)


class _Listener:
    """Another workspace: one thread tells an event every 50 ms, one reads its feed and keeps how long each took."""

    def __init__(self) -> None:
        self.workspace_id = new_id("workspace")
        self._told: dict[int, float] = {}
        self._waits: list[float] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._tell), threading.Thread(target=self._read)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def measured(self, name: str, work: Any) -> None:
        self._waits.clear()
        started = time.perf_counter()
        work()
        took = time.perf_counter() - started
        while self._told:  # what was told meanwhile is read
            time.sleep(LOOK_SECONDS)
        waits = sorted(self._waits) or [0.0]
        print(f"  {name}: {took:.2f} s; another's event waited {1000 * waits[len(waits) // 2]:.0f} ms in the median,"
              f" {1000 * waits[-1]:.0f} ms at most")  # fmt: skip

    def _tell(self) -> None:
        number = 0
        while not self._over.wait(EVERY_SECONDS):
            number += 1
            self._told[number] = time.perf_counter()
            with db.transaction():
                events.tell(self.workspace_id, "bench.told", {"number": number})

    def _read(self) -> None:
        cursor = events.START
        while not self._over.wait(LOOK_SECONDS):
            for event in events.of_workspace(self.workspace_id, after=cursor, limit=1000):
                cursor = (event.xid, event.id)
                self._waits.append(time.perf_counter() - self._told.pop(event.data["number"]))


def _sent_much() -> str:
    """A workspace with an endpoint that was sent much."""
    with db.transaction():
        owner = users.create(email="other@example.com", name="Other", password_hash=None)
        workspace = workspaces.create(name="Other", owner_id=owner.id, plan="enterprise")
    endpoint_id = new_id("webhook")
    db.rows(
        "INSERT INTO webhook_endpoint (id, workspace_id, surface, name, url, events, sources, headers, header_names, secret,"
        " created_at, updated_at) VALUES (%s, %s, 'insydr', 'n', 'u', '{}', '{}', '', '{}', '', now(), now())",
        (endpoint_id, workspace.id),
    )
    for start in range(0, SENT, 10_000):
        db.rows(
            "WITH sent AS (INSERT INTO webhook_delivery (id, endpoint_id, event, body, state, created_at)"
            "   SELECT %s || n, %s, 'e', repeat('x', 500), 'delivered', now() FROM generate_series(%s + 1, %s + 10000) AS n"
            "   RETURNING id)"
            " INSERT INTO webhook_attempt (delivery_id, number, at, duration_ms, status) SELECT id, 1, now(), 9, 200 FROM sent",
            (first_id("message", utc_now())[:20], endpoint_id, start, start),
        )
    return workspace.id


def _document(workspace_id: str, place: str, size: int) -> str:
    blob = blobs.write(workspace_id, [f"{size}".encode()], name="book.txt", media_type="text/plain", max_bytes=99)
    made, _ = management.upload(workspace_id, place, blob, title=None, plan="enterprise", surface="insydr", by=None)
    return made.id


def _begun(workspace_id: str, document_id: str, size: int) -> Any:
    """What the stages know of the job that processes the document; no worker takes it."""
    document, _ = management.reprocess(workspace_id, document_id, surface="insydr", by=None)
    facts = {"chunks": size, "sha256": document.sha256, "size": size, "language": "en", "pages": None, "title": "Book"}
    return SimpleNamespace(
        workspace_id=workspace_id, job_id=document.job_id, input={"document_id": document_id},
        transaction=db.transaction, output_of=lambda _: {**facts, "notes": []}, check=lambda: None,
        progress=lambda *_: None,
    )  # fmt: skip


def _cut(ctx: Any, texts: list[str]) -> None:
    made = [Draft(content=one, heading="", token_count=99, language="en") for one in texts]
    with ctx.transaction():
        drafts.replace(ctx.input["document_id"], ctx.job_id, made)


def _embed(document_id: str, job_id: str, size: int) -> None:
    dice = np.random.default_rng(4)
    for start in range(0, size, 500):
        found = dice.standard_normal((min(500, size - start), WIDTH)).astype(np.float32)
        vectors = [embedder.as_text(one / np.linalg.norm(one)) for one in found]
        drafts.set_vectors(document_id, job_id, list(enumerate(vectors, start)), model="bench")
