"""A worker that dies in the middle of a document: it never stays PROCESSING, and no batch is embedded twice."""

from __future__ import annotations

import pytest

from pipelines.knowledge import management
from store.blobs import queries as blobs
from store.kit.db import row, rows
from store.knowledge import documents, search
from tests.kit.eventually import eventually
from tests.kit.knowledge import collection, vector
from tests.kit.receivers import Receiver, endpoint

STACK_SETTINGS = {"MILLRACE_ENGINE__CRASH_BUDGET": "1"}
SECTIONS = 900
TEXT = "\n\n".join(
    f"# Rule number {number}\n\nWhoever enters the harbour through gate {number} shows a light and reports to the office."
    for number in range(SECTIONS)
)


@pytest.mark.long
def test_a_document_whose_worker_is_killed_comes_to_an_end_and_no_batch_is_embedded_twice(stack, api, owner):
    """Whoever notices the death first charges it or not: the document goes on by itself, or fails and can be retried."""
    workspace_id = owner.workspace.id
    place = collection(workspace_id)
    blob = blobs.write(workspace_id, [TEXT.encode()], name="rules.md", media_type="text/markdown", max_bytes=1 << 20)
    with Receiver() as receiver:
        endpoint(workspace_id, receiver.url, "DOCUMENT_COMPLETED", "DOCUMENT_FAILED", surface="insydr")
        document, _ = management.upload(workspace_id, place, blob, title=None, plan="free", surface="insydr", by=None)

        assert eventually(lambda: embedded(document.id), within_s=30)
        stack.worker.kill()
        assert embedded(document.id) < SECTIONS, "it was not killed in the middle"
        rows("UPDATE chunk_draft SET emb = %s WHERE document_id = %s AND idx = 0", (vector(x0=1.0), document.id))
        stack.worker.start()

        completed = eventually(lambda: ended(workspace_id, document.id), within_s=60)
        expected = ["DOCUMENT_COMPLETED"]
        if completed.status == "FAILED":
            assert (completed.error["code"], completed.error["stage"]) == ("worker_lost", 2)
            expected = ["DOCUMENT_FAILED", *expected]
            answer = api.with_key(owner.token).post(f"/v1/jobs/{completed.job_id}/retry")
            assert answer.status_code in (200, 202), answer.text
            completed = eventually(lambda: ended(workspace_id, document.id), within_s=60)
        assert (completed.status, completed.chunk_count) == ("COMPLETED", SECTIONS)
        kept = row("SELECT emb <=> %s FROM chunk WHERE document_id = %s AND idx = 0", (vector(x0=1.0), document.id))
        assert kept == (0.0,), "it was embedded twice"

        told = eventually(lambda: receiver.bodies()[len(expected) - 1 :] and receiver.bodies(), within_s=20)
        assert [one["event"] for one in told] == expected
        assert told[-1]["data"] == {
            "document_id": document.id, "collection_id": place, "title": "rules.md", "source_type": "FILE",
            "language": "en", "version": 1, "chunk_count": SECTIONS, "token_count": completed.token_count,
        }  # fmt: skip


@pytest.mark.long
def test_a_document_whose_worker_is_killed_while_it_indexes_is_whole_or_not_there(stack, owner):
    workspace_id = owner.workspace.id
    place = collection(workspace_id)
    blob = blobs.write(workspace_id, [TEXT.encode()], name="more.md", media_type="text/markdown", max_bytes=1 << 20)
    document, _ = management.upload(workspace_id, place, blob, title=None, plan="free", surface="insydr", by=None)

    assert eventually(lambda: row("SELECT 1 FROM unseen WHERE chunk_count > 0"), within_s=60)
    stack.worker.kill()
    assert row("SELECT chunk_count < %s FROM unseen", (SECTIONS,)) == (True,), "it was not killed in the middle"
    assert found(workspace_id) == []
    stack.worker.start()

    sizes = set()

    def over() -> documents.Document | None:
        sizes.add(len(found(workspace_id)))
        return ended(workspace_id, document.id)

    now = eventually(over, within_s=60)
    assert sizes <= {0, 10}
    if now.status == "FAILED":
        management.reprocess(workspace_id, document.id, surface="insydr", by=None)
        now = eventually(lambda: ended(workspace_id, document.id), within_s=60)
    assert (now.status, now.chunk_count) == ("COMPLETED", SECTIONS)
    idx = [one for (one,) in rows("SELECT idx FROM chunk WHERE document_id = %s ORDER BY id", (document.id,))]
    assert idx == list(range(SECTIONS))
    assert row("SELECT chunk_count FROM collection WHERE id = %s", (place,)) == (SECTIONS,)
    assert eventually(lambda: row("SELECT count(*) FROM unseen") == (0,))


def found(workspace_id: str) -> list[search.Passage]:
    return search.nearest(workspace_id, None, "harbour gate", vector(x0=1.0), known_languages=("en",), limit=10)


def embedded(document_id: str) -> int:
    found = row("SELECT count(emb) FROM chunk_draft WHERE document_id = %s", (document_id,))
    assert found is not None
    return int(found[0])


def ended(workspace_id: str, document_id: str) -> documents.Document | None:
    found = documents.get(workspace_id, document_id)
    return found if found.status != "PROCESSING" else None


def test_a_document_that_cannot_be_read_is_told_as_failed(stack, owner):
    workspace_id = owner.workspace.id
    place = collection(workspace_id)
    blob = blobs.write(
        workspace_id, [b"%PDF-1.7\nnothing"], name="torn.pdf", media_type="application/pdf", max_bytes=99
    )
    with Receiver() as receiver:
        endpoint(workspace_id, receiver.url, "DOCUMENT_FAILED", surface="insydr")
        document, _ = management.upload(workspace_id, place, blob, title=None, plan="free", surface="insydr", by=None)
        failed = eventually(lambda: ended(workspace_id, document.id), within_s=30)
        (told,) = eventually(receiver.bodies, within_s=20)

    assert failed.status == "FAILED"
    assert told["event"] == "DOCUMENT_FAILED"
    assert told["data"] == {
        "document_id": document.id, "collection_id": place, "title": "torn.pdf", "code": failed.error["code"].upper(),
        "message": failed.error["message"], "stage": "parse", "page": None, "retryable": False,
    }  # fmt: skip
