"""Indexing in many short transactions: what is half made is seen by nobody, and nobody waits for the whole."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pipelines.knowledge import management, stages
from pipelines.upkeep import round_of_upkeep
from store.agents import words
from store.blobs import queries as blobs
from store.jobs import events
from store.kit import db
from store.knowledge import chunks, documents, drafts, search, unseen
from store.knowledge.drafts import Draft
from tests.kit.eventually import eventually
from tests.kit.knowledge import collection, count, indexed, vector

pytestmark = pytest.mark.usefixtures("empty_store")
MANY = 3 * chunks.BATCH
NEAR, FAR = vector(x0=1.0), vector(x0=0.2)


class Stopped(Exception):
    """The worker's end, in the middle of its work."""


def document_of(workspace: str, place: str, name: str = "rules.txt") -> documents.Document:
    blob = blobs.write(workspace, [name.encode()], name=name, media_type="text/plain", max_bytes=99)
    made, _ = management.upload(workspace, place, blob, title=None, plan="free", surface="insydr", by=None)
    return made


def cut(document: documents.Document, contents: list[str], *, at: str = NEAR, between=lambda _number: None):
    """The stage *index* of the document's job, with these chunks to index; `between` is called before each batch."""
    made = [Draft(content=one, heading="", token_count=2, language="en") for one in contents]
    with db.transaction():
        drafts.replace(document.id, document.job_id, made)
        drafts.set_vectors(document.id, document.job_id, [(n, at) for n in range(len(made))], model="test")
    facts = {
        "chunks": len(made), "sha256": document.sha256, "size": 1, "language": "en", "pages": None, "title": "Rules", "notes": [],
    }  # fmt: skip
    batches = iter(range(1000))
    ctx = SimpleNamespace(
        workspace_id=document.workspace_id, job_id=document.job_id, input={"document_id": document.id},
        transaction=db.transaction, output_of=lambda _: facts, progress=lambda *_: None,
        check=lambda: between(next(batches)),
    )  # fmt: skip
    return lambda: stages.index(ctx)


def find(workspace: str, text: str = "harbour gate"):
    return search.nearest(workspace, None, text, NEAR, known_languages=("en",), limit=50)


def found(workspace: str) -> list[tuple[str, float]]:
    return [(one.content, one.score) for one in find(workspace)]


def told(workspace: str) -> list[int]:
    lines = events.of_workspace(workspace, after=events.START, limit=99)
    return [one.data["number"] for one in lines if one.type == "test.told"]


def counted(place: str) -> tuple:
    return db.row("SELECT chunk_count, term_count, config_chunks FROM collection WHERE id = %s", (place,))


def left() -> tuple[int, int, int]:
    while unseen.remove_some():
        pass
    return count("chunk"), count("posting"), count("unseen")


@pytest.mark.parametrize("exact_up_to", [5000, 0])
def test_a_search_sees_the_old_content_until_it_sees_the_new(make, monkeypatch, exact_up_to):
    """More and better chunks than there are candidates are hidden, and change neither what is found nor a score."""
    monkeypatch.setattr(search, "EXACT_UP_TO", exact_up_to)
    monkeypatch.setattr(search, "CANDIDATES", 100)
    workspace = make.workspace().id
    place = collection(workspace)
    document = document_of(workspace, place)
    cut(document, ["old harbour"] * 3, at=FAR)()
    indexed(workspace, place, ["another gate"], [FAR])
    before, rarity = found(workspace), words.frequencies(workspace, [place], ["harbour", "gate"])
    assert [text for text, _ in before].count("old harbour") == 3
    document, _ = management.reprocess(workspace, document.id, surface="insydr", by=None)
    seen = []

    def look(_number: int) -> None:
        seen.append((found(workspace), words.frequencies(workspace, [place], ["harbour", "gate"]), counted(place)))

    figures = counted(place)
    cut(document, ["new harbour gate"] * (search.CANDIDATES + 20), between=look)()

    assert len(seen) == (search.CANDIDATES + 20) // chunks.BATCH
    assert all(one == (before, rarity, figures) for one in seen)
    assert {text for text, _ in found(workspace)} == {"new harbour gate"}
    assert [one.content_preview for one in chunks.previews(workspace, document.id, limit=2)] == ["new harbour gate"] * 2
    assert counted(place) == (121, 362, {"english": 121})
    assert left() == (121, 362, 0)


def test_a_worker_that_dies_leaves_nothing_half_seen_and_the_next_goes_on(make):
    workspace = make.workspace().id
    place = collection(workspace)
    document = document_of(workspace, place)

    def die(number: int) -> None:
        if number == 2:
            raise Stopped

    with pytest.raises(Stopped):
        cut(document, ["harbour gate"] * MANY, between=die)()
    assert (find(workspace), counted(place)) == ([], (0, 0, {}))
    assert chunks.previews(workspace, document.id, limit=9) == []
    assert count("chunk") == 2 * chunks.BATCH

    batches = []
    cut(document, ["harbour gate"] * MANY, between=batches.append)()

    assert batches == [0], "it began anew"
    assert [idx for (idx,) in db.rows("SELECT idx FROM chunk ORDER BY id")] == list(range(MANY))
    assert counted(place) == (MANY, 2 * MANY, {"english": MANY})
    assert left() == (MANY, 2 * MANY, 0)


def test_what_nobody_will_finish_is_removed(make):
    """Its document deleted, its document read again by another job, its job cancelled; each in the middle."""
    workspace = make.workspace().id
    place = collection(workspace)
    first, second, third = (document_of(workspace, place, name) for name in ("a.txt", "b.txt", "c.txt"))
    for document, interfere in (
        (first, lambda: management.remove(workspace, first.id)),
        (second, lambda: chunks.begin(workspace, second.id, place, "job_of_another")),
    ):
        with pytest.raises(chunks.Superseded):
            cut(document, ["harbour gate"] * MANY, between=lambda n, do=interfere: do() if n == 1 else None)()

    def die(number: int) -> None:
        if number == 1:
            raise Stopped

    with pytest.raises(Stopped):
        cut(third, ["harbour gate"] * MANY, between=die)()
    db.rows("UPDATE job SET state = 'cancelled', finished_at = now() WHERE id = %s", (third.job_id,))

    assert (find(workspace), counted(place)) == ([], (0, 0, {}))
    assert count("chunk") == 2 * chunks.BATCH, "the first one's went with it"
    round_of_upkeep()
    assert (count("chunk"), count("posting"), count("unseen")) == (0, 0, 0)


def test_documents_of_one_collection_are_indexed_side_by_side_and_others_hear_of_their_events_meanwhile(make):
    workspace, other = make.workspace().id, make.workspace().id
    place = collection(workspace)
    first, second = document_of(workspace, place), document_of(workspace, place, "more.txt")
    heard = []

    def listen(number: int) -> None:
        with db.transaction():
            events.tell(other, "test.told", {"number": number})
        heard.append(eventually(lambda: told(other)[number:], within_s=10, what="the event while another indexes"))
        if number == 1:
            cut(second, ["another gate"] * chunks.BATCH)()
            assert {text for text, _ in found(workspace)} == {"another gate"}

    cut(first, ["harbour gate"] * MANY, between=listen)()

    assert heard == [[0], [1], [2]]
    assert counted(place) == (MANY + chunks.BATCH, 2 * (MANY + chunks.BATCH), {"english": MANY + chunks.BATCH})


def test_a_large_document_is_gone_at_once_and_removed_bit_by_bit(make):
    workspace = make.workspace().id
    place = collection(workspace)
    document = document_of(workspace, place)
    cut(document, ["harbour gate"] * (unseen.AT_ONCE + 9))()

    management.remove(workspace, document.id)

    assert (find(workspace), counted(place)) == ([], (0, 0, {}))
    assert [count("chunk"), unseen.remove_some(limit=5), count("chunk"), unseen.remove_some(limit=5)] == [9, 5, 4, 5]
    assert left() == (0, 0, 0)
