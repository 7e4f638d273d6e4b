"""Insydr's collections, documents and search over HTTP: the document's examples, every way to fail, and what is found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit import files
from tests.kit.eventually import eventually
from tests.kit.fake_web import FakeWeb
from tests.kit.knowledge import count

STACK_SETTINGS = {"MILLRACE_DOCUMENTS__MAX_BYTES": "2000000"}
GUIDE = "= Opening hours\nThe harbour office opens at nine.\n#pagebreak()\n= Berths\nA berth for a yacht costs 40 crowns a night."
NEVER = b"Nobody ever reads this text twice, it is about lighthouses and their keepers."


@pytest.fixture
def person(api, owner):
    return api.with_key(owner.token)


@pytest.fixture
def path(owner) -> str:
    return f"/api/v1/workspaces/{owner.workspace.id}"


@pytest.fixture
def collection(person, path) -> str:
    body = {"name": "Product Documentation", "description": "All product-related docs"}
    return person.post(f"{path}/collections", body).json()["id"]


@pytest.fixture
def send(person, path, collection):
    """Upload a file; the answer."""

    def upload(name: str, data: bytes, **form: str):
        return person.post(
            f"{path}/documents", files={"file": (name, data)}, data={"collection_id": collection, **form}
        )

    return upload


@pytest.fixture
def ended(person, path):
    """The document once it is no longer being processed."""

    def wait(document_id: str) -> dict[str, Any]:
        def document() -> dict[str, Any] | None:
            found = person.get(f"{path}/documents/{document_id}").json()
            return found if found["status"] != "PROCESSING" else None

        return eventually(document, within_s=30)

    return wait


def found(person, path, query: str, **more: Any) -> list[dict[str, Any]]:
    answer = person.post(f"{path}/search", {"query": query, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


def test_a_collection_is_made_listed_changed_and_deleted(person, path):
    made = person.post(
        f"{path}/collections", {"name": "Product Documentation", "description": "All product-related docs"}
    )
    assert made.status_code == 201
    view = made.json()
    assert set(view) == {"id", "name", "description", "document_count", "created_at", "updated_at"}
    assert view["id"].startswith("col_")
    here = f"{path}/collections/{view['id']}"

    assert person.patch(here, {"name": "Docs"}).json()["name"] == "Docs"
    listed = person.get(f"{path}/collections").json()
    assert listed["total"] == 1
    assert listed["collections"][0]["description"] == "All product-related docs"
    assert person.get(here).json()["document_count"] == 0
    assert person.delete(here).status_code == 200
    assert person.get(here).status_code == 404
    assert person.post(f"{path}/collections", {"name": ""}).json()["field"] == "name"


def test_a_pdf_is_uploaded_processed_shown_and_found_as_documented(person, path, collection, send, ended):
    pdf = files.pdf(GUIDE)

    answer = send("User Guide.pdf", pdf)

    assert answer.status_code == 202
    queued = answer.json()
    assert {name: queued[name] for name in ("title", "status", "message")} == {
        "title": "User Guide.pdf",
        "status": "PROCESSING",
        "message": "Document queued for processing",
    }
    assert answer.headers["Location"] == f"{path}/documents/{queued['id']}"
    assert answer.headers["Retry-After"] == "2"
    shown = ended(queued["id"])
    assert (shown["status"], shown["error"]) == ("COMPLETED", None)
    assert (shown["source_type"], shown["source_url"], shown["language"]) == ("FILE", None, "en")
    assert shown["page_count"] == 2
    assert shown["chunk_count"] == len(shown["chunks_preview"]) == 2
    assert shown["token_count"] == sum(one["token_count"] for one in shown["chunks_preview"])
    assert [one["version"] for one in shown["versions"]] == [1]
    assert shown["chunks_preview"][1]["page"] == 2
    assert person.get(shown["file_path"]).content == pdf

    listed = person.get(f"{path}/documents").json()
    assert listed["total"] == 1
    entry = listed["documents"][0]
    assert {name: entry[name] for name in ("id", "title", "source_type", "status", "chunk_count", "created_at")} == {
        name: shown[name] for name in ("id", "title", "source_type", "status", "chunk_count", "created_at")
    }
    best, *_ = found(person, path, "What does a berth cost?", collection_ids=[collection], top_k=5)
    assert (best["document_id"], best["title"], best["page"]) == (shown["id"], "User Guide.pdf", 2)
    assert "40 crowns" in best["content"]
    assert 0.3 < best["score"] <= 1
    assert person.get(f"{path}/collections/{collection}").json()["document_count"] == 1


@pytest.mark.parametrize(
    ("name", "data", "question", "answer"),
    [
        ("hours.docx", files.docx(("Heading1", "Hours"), ("", "We open at nine."), table=[["Day", "Opens"], ["Monday", "9"], ["Sunday", "11"]]), "When do you open on Sunday?", "Day | Opens\nMonday | 9\nSunday | 11"),
        ("prices.csv", "Ware;Preis\nTee;4,50\nKaffee;3,00\n".encode("cp1252"), "Preis Kaffee", "Ware | Preis\nTee | 4,50\nKaffee | 3,00"),
        ("notes.txt", "Die Öffnung der Schleuse dauert zehn Minuten.".encode("cp1252"), "Wie lange dauert die Schleuse?", "Die Öffnung der Schleuse dauert zehn Minuten."),
        ("notes.md", b"# Locks\n\nOpening the lock takes ten minutes.", "How long does the lock take?", "Locks\n\nOpening the lock takes ten minutes."),
        ("page.html", b"<title>Ferry</title><nav>Home</nav><h1>Ferry</h1><p>The ferry sails every hour.", "How often does the ferry sail?", "Ferry\n\nThe ferry sails every hour."),
    ],
)  # fmt: skip
def test_every_kind_of_file_is_found_by_what_it_says(
    person, path, collection, send, ended, name, data, question, answer
):
    document_id = send(name, data).json()["id"]

    assert ended(document_id)["status"] == "COMPLETED"
    assert answer in [one["content"] for one in found(person, path, question, collection_ids=[collection])]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.pdf", files.encrypted_pdf(files.pdf(GUIDE), user="secret"), "ENCRYPTED"),
        ("a.pdf", files.pdf(GUIDE)[:900], "CORRUPT"),
        ("a.pdf", files.scanned_pdf(), "SCAN_WITHOUT_TEXT"),
        ("a.pdf", b"just words", "WRONG_TYPE"),
        ("a.txt", files.pdf(GUIDE), "WRONG_TYPE"),
        ("a.docx", files.archive({"xl/workbook.xml": b"<x/>"}), "WRONG_TYPE"),
        ("a.docx", files.bomb(), "ZIP_BOMB"),
        ("a.docx", files.lying_bomb(), "ZIP_BOMB"),
        ("a.txt", bytes(range(128, 256)) * 9, "UNKNOWN_CHARSET"),
        ("a.txt", b" \n", "EMPTY_FILE"),
    ],
)
def test_what_cannot_be_read_says_why(person, path, send, ended, name, data, code):
    shown = ended(send(name, data).json()["id"])

    error = shown["error"]
    assert (shown["status"], error["code"], error["stage"], error["retryable"]) == ("FAILED", code, "parse", False)
    assert error["message"].endswith(".")
    assert error["page"] == (1 if code == "SCAN_WITHOUT_TEXT" else None)
    assert person.get(f"{path}/documents", params={"status": "FAILED"}).json()["documents"][0]["error"] == error
    assert person.get(shown["file_path"]).content == data, "what failed can be downloaded"


@pytest.mark.parametrize(
    ("name", "data", "form", "status", "field"),
    [
        ("a.exe", b"MZ", {}, 400, "file"),
        ("a.txt", b"x" * 2_000_001, {}, 413, "file"),
        ("a.txt", b"x", {"collection_id": "col_01jd0000000000000000000000"}, 404, "collection_id"),
        ("a.txt", b"x", {"document_id": "doc_01jd0000000000000000000000"}, 404, "document_id"),
        ("a.txt", b"x", {"title": "x" * 256}, 400, "title"),
    ],
)
def test_an_upload_that_cannot_be_taken_leaves_nothing(person, path, send, name, data, form, status, field):
    kept = count("blob")

    answer = send(name, data, **form)

    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert person.get(f"{path}/documents").json()["total"] == 0
    assert count("blob") == kept


def test_the_same_bytes_are_one_document(person, path, collection, send, ended):
    first = send("a.txt", NEVER).json()["id"]
    again = send("b.txt", NEVER)

    assert (again.status_code, again.json()["id"]) == (202, first)
    ended(first)
    other = person.post(f"{path}/collections", {"name": "Other"}).json()["id"]
    elsewhere = send("a.txt", NEVER, collection_id=other).json()["id"]
    assert elsewhere != first
    assert person.get(f"{path}/documents", params={"collection_id": collection}).json()["total"] == 1
    ended(elsewhere)


def test_a_failed_one_is_read_again_when_its_bytes_come_back(send, ended):
    failed = ended(send("a.txt", bytes(range(128, 256)) * 9).json()["id"])

    again = send("a.txt", bytes(range(128, 256)) * 9).json()

    assert again["id"] == failed["id"]
    assert again["job_id"] != failed["job_id"]
    assert ended(failed["id"])["status"] == "FAILED"


def test_a_new_version_takes_the_place_of_the_old_one(person, path, collection, send, ended):
    document_id = send("hours.txt", b"The office opens at nine in the morning.").json()["id"]
    ended(document_id)

    answer = send("hours.txt", b"The office opens at ten in the morning.", document_id=document_id)

    assert (answer.status_code, answer.json()["id"]) == (202, document_id)
    shown = ended(document_id)
    assert [one["version"] for one in shown["versions"]] == [2, 1]
    contents = [
        one["content"] for one in found(person, path, "When does the office open?", collection_ids=[collection])
    ]
    assert contents == ["The office opens at ten in the morning."]
    assert person.post(f"{path}/documents/{document_id}/reprocess").status_code == 202
    assert [one["version"] for one in ended(document_id)["versions"]] == [2, 1], "the same bytes are no new version"


def test_a_deleted_document_is_gone_with_its_chunks_and_its_file(person, path, collection, send, ended):
    shown = ended(send("a.txt", NEVER + b" (to be deleted)").json()["id"])
    here = f"{path}/documents/{shown['id']}"

    assert person.delete(here).json() == {"message": "Document deleted successfully"}

    assert person.get(here).status_code == person.get(shown["file_path"]).status_code == 404
    assert person.delete(here).status_code == 404
    assert found(person, path, "lighthouse keepers", collection_ids=[collection]) == []
    assert person.delete(f"{path}/collections/{collection}").status_code == 200


def test_a_document_may_be_deleted_while_it_is_processed(person, path, send):
    document_id = send(
        "long.txt", "\n\n".join(f"Sentence number {n} of many." * 20 for n in range(300)).encode()
    ).json()["id"]

    assert person.delete(f"{path}/documents/{document_id}").status_code == 200
    assert person.get(f"{path}/documents/{document_id}").status_code == 404
    assert eventually(lambda: count("chunk_draft") == 0 or None)


def test_a_website_becomes_a_document_whose_chunks_know_their_pages(person, path, collection, ended):
    with FakeWeb() as web:
        for place, (name, text) in PAGES.items():
            links = "".join(f'<a href="{other}">{other}</a>' for other in PAGES)
            web.page(place, f"<title>{name}</title><nav>{links}</nav><h1>{name}</h1><p>{text}</p>")
        asked = {
            "url": f"{web.url}/docs/", "collection_id": collection, "max_pages": 50,
            "include_patterns": ["/docs/*"], "exclude_patterns": ["/docs/old/*"],
        }  # fmt: skip

        answer = person.post(f"{path}/documents/url", asked)

        assert answer.status_code == 202
        shown = ended(answer.json()["id"])
        assert (shown["status"], shown["source_type"], shown["source_url"]) == ("COMPLETED", "URL", f"{web.url}/docs/")
        assert (shown["title"], shown["page_count"], shown["file_path"]) == ("Docs", 3, None)
        best, *_ = found(person, path, "How do I moor a barge?", collection_ids=[collection])
        assert (best["title"], best["url"]) == ("Mooring", f"{web.url}/docs/mooring")
        assert not {hit.path for hit in web.hits} & {"/blog/news", "/docs/old/barges"}

        assert person.post(f"{path}/documents/url", asked).json()["id"] == shown["id"]
        assert [one["version"] for one in ended(shown["id"])["versions"]] == [1], "nothing has changed"
        web.page("/docs/mooring", "<title>Mooring</title><h1>Mooring</h1><p>Barges moor at the north quay now.</p>")
        person.post(f"{path}/documents/{shown['id']}/reprocess")
        assert [one["version"] for one in ended(shown["id"])["versions"]] == [2, 1]


PAGES = {
    "/docs/": ("Docs", "Everything about our harbour, for those who sail and those who wait ashore."),
    "/docs/mooring": ("Mooring", "A barge moors at the south quay, with two lines at the bow and two at the stern."),
    "/docs/fuel": ("Fuel", "Diesel is sold at the fuel jetty from eight in the morning until noon."),
    "/docs/old/barges": ("Old barges", "Once upon a time barges moored anywhere."),
    "/blog/news": ("News", "A barge was seen in the harbour."),
}


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"url": "nonsense"}, 400, "url"),
        ({"url": "http://10.0.0.1/"}, 400, "url"),
        ({"max_pages": 0}, 400, "max_pages"),
        ({"collection_id": "col_01jd0000000000000000000000"}, 404, "collection_id"),
        ({"include_patterns": [""]}, 400, "include_patterns[0]"),
    ],
)
def test_a_website_that_cannot_be_asked_for_is_refused(person, path, collection, body, status, field):
    wanted = {"url": "https://docs.example.com", "collection_id": collection, **body}

    answer = person.post(f"{path}/documents/url", wanted)

    assert (answer.status_code, answer.json()["field"]) == (status, field)


def test_a_website_that_is_not_there_says_so(person, path, collection, ended):
    with FakeWeb() as web:
        url = f"{web.url}/nowhere"
        document_id = person.post(f"{path}/documents/url", {"url": url, "collection_id": collection}).json()["id"]
        shown = ended(document_id)

    assert (shown["status"], shown["error"]["code"], shown["error"]["stage"]) == (
        "FAILED",
        "START_PAGE_MISSING",
        "read",
    )


def test_documents_are_listed_by_pages_and_filters(person, path, collection, send, ended):
    ids = [send(f"Guide {n}.txt", f"Text number {n} about the sea.".encode()).json()["id"] for n in range(5)]
    for one in ids:
        ended(one)

    pages, cursor = [], None
    while cursor or not pages:
        page = person.get(f"{path}/documents", params={"limit": 2, "cursor": cursor}).json()
        pages.append([one["id"] for one in page["documents"]])
        cursor = page["next_cursor"]

    assert pages == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]]
    by_title = person.get(f"{path}/documents", params={"search": "guide 3", "status": "COMPLETED"}).json()
    assert [one["id"] for one in by_title["documents"]] == [ids[3]]
    assert by_title["total"] == 1
    assert person.get(f"{path}/documents", params={"search": "100%_"}).json()["total"] == 0


def test_search_refuses_what_makes_no_sense_and_keeps_to_the_threshold(person, path, collection, send, ended):
    ended(send("a.txt", b"Lighthouses are painted white.").json()["id"])

    assert person.post(f"{path}/search", {"query": ""}).json()["field"] == "query"
    assert person.post(f"{path}/search", {"query": "x", "top_k": 0}).json()["field"] == "top_k"
    stranger = person.post(f"{path}/search", {"query": "x", "collection_ids": ["col_01jd0000000000000000000000"]})
    assert (stranger.status_code, stranger.json()["field"]) == (404, "collection_ids")
    (one,) = found(person, path, "Which colour do lighthouses have?")
    assert found(person, path, "Which colour do lighthouses have?", min_score=one["score"] - 0.01) == [one]
    assert found(person, path, "Which colour do lighthouses have?", min_score=one["score"] + 0.01) == []
    assert found(person, path, "x", collection_ids=[]) == []
