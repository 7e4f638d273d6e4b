"""Uploads into blobs and downloads out of them, through Falcon with a resource of the test's own."""

from __future__ import annotations

from typing import Annotated, Any

import falcon.asgi
import falcon.testing
import pytest
from msgspec import Meta, Struct

from api.kit import download, errors
from api.kit.answer import Answer
from api.kit.download import File
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from store.blobs import queries
from store.blobs.queries import PIECE_BYTES, Blob
from store.kit.db import row
from store.kit.errors import Conflict

BYTES = b"0123456789" * 100
BOUNDARY = "cut-here"


class Form(Struct):
    title: Annotated[str, Meta(max_length=20)] = ""
    tags: list[str] = []
    size: int = 0


class Files:
    @operation("Take a file", form=Form, status=201)
    def on_post(self, caller: Principal, form: Form, upload: Blob) -> Any:
        if form.title == "refuse":
            raise Conflict("No.")
        return {"id": upload.id, "name": upload.name, "bytes": upload.size, "title": form.title, "tags": form.tags}


class OneFile:
    @operation("Give a file", returns=File)
    def on_get(self, caller: Principal, request: Request, blob_id: str) -> Answer:
        return download.answer(request, queries.get(caller.workspace_id, blob_id))


@pytest.fixture
def client(empty_store, owner):
    app = falcon.asgi.App(request_type=Request)
    app.add_error_handler(falcon.HTTPError, errors.handle)
    app.add_error_handler(Exception, errors.handle)
    app.add_route("/v1/files", Files())
    app.add_route("/v1/files/{blob_id}", OneFile())
    return falcon.testing.TestClient(app, headers={"Authorization": f"Bearer {owner.token}"})


def part(name, content, filename=None):
    told = f'; filename="{filename}"\r\nContent-Type: text/plain' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{told}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def send(client, *parts, ended=True):
    return client.simulate_post(
        "/v1/files",
        body=b"".join(parts) + (f"--{BOUNDARY}--\r\n".encode() if ended else b""),
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
    )


def test_a_file_arrives_with_its_fields(client, owner):
    big = BYTES * (PIECE_BYTES // 500)

    answer = send(client, part("title", b"Logo"), part("tags", b'["a","b"]'), part("file", big, "C:\\x\\logo.png"))

    assert answer.status_code == 201
    assert {**answer.json, "id": None} == {
        "id": None, "name": "logo.png", "bytes": len(big), "title": "Logo", "tags": ["a", "b"],
    }  # fmt: skip
    assert queries.read_all(owner.workspace.id, answer.json["id"], max_bytes=10**9) == big


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ((part("title", b"x"),), "file"),
        ((part("file", b"x"),), "file"),
        ((part("file", b"x", "a"), part("file", b"y", "b")), "file"),
        ((part("file", b"x", "a"), part("title", b"x" * 21)), "title"),
        ((part("file", b"x", "a"), part("title", b"a\0b")), "title"),
        ((part("file", b"x", "a"), part("title", b"\xff")), "title"),
        ((part("file", b"x", "a"), part("size", b"much")), "size"),
        ((part("file", b"x", "a"), part("tags", b"{")), "tags"),
    ],
    ids=["no file", "text for a file", "two files", "too long", "a NUL", "not UTF-8", "no number", "no list"],
)
def test_a_form_that_is_wrong_names_the_field_and_leaves_no_file(client, parts, field):
    answer = send(client, *parts)

    assert (answer.status_code, answer.json["error"]["details"]["field"]) == (400, field)
    assert row("SELECT count(*) FROM blob") == (0,)


def test_a_form_that_breaks_off_or_is_none_is_refused_and_leaves_no_file(client):
    assert send(client, part("file", BYTES, "a"), ended=False).status_code == 400
    assert client.simulate_post("/v1/files", json={}).status_code == 400
    assert row("SELECT count(*) FROM blob") == (0,)


@pytest.mark.parametrize(
    "head",
    [
        b'form-data; name="\xff"; filename="a"',
        b'form-data; name="a\0b"',
        b'form-data; name="file"; filename="\xff"',
        b'form-data; name="file"; filename="a"\r\nContent-Type: \xc3\xa4/x',
        b'form-data; name="file"; filename="a"\r\nContent-Type: a\0b',
        b"form-data; name=\"file\"; filename*=UTF-8''%ff",
    ],
)
def test_a_part_whose_headers_are_no_text_is_refused_and_leaves_no_file(client, head):
    answer = send(client, f"--{BOUNDARY}\r\nContent-Disposition: ".encode() + head + b"\r\n\r\nx\r\n")

    assert (answer.status_code, answer.json["error"]["message"][:24]) == (400, "The form cannot be read:")
    assert row("SELECT count(*) FROM blob") == (0,)


def test_a_form_without_its_boundary_is_told_so(client):
    answer = client.simulate_post("/v1/files", body=b"x", headers={"Content-Type": "multipart/form-data"})

    assert (answer.status_code, answer.json["error"]["details"]) == (400, {"field": "Content-Type"})
    assert "boundary" in answer.json["error"]["message"]


def test_a_file_whose_resource_refuses_is_deleted(client):
    assert send(client, part("file", b"x", "a"), part("title", b"refuse")).status_code == 409
    assert row("SELECT count(*) FROM blob") == (0,)


def test_a_file_over_the_limit_is_refused(client, monkeypatch):
    from store.kit.settings import settings

    monkeypatch.setenv("MILLRACE_FILES__MAX_BYTES", "1000")
    settings.cache_clear()
    try:
        assert send(client, part("file", b"x" * 1000, "a")).status_code == 201
        refused = send(client, part("file", b"x" * 1001, "a"))
        assert (refused.status_code, refused.json["error"]["details"]["field"]) == (413, "file")
    finally:
        monkeypatch.undo()
        settings.cache_clear()


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        (None, 200, 0, 999),
        ("bytes=0-0", 206, 0, 0),
        ("bytes=990-", 206, 990, 999),
        ("bytes=-5", 206, 995, 999),
        ("bytes=-5000", 206, 0, 999),
        ("bytes=10-5000", 206, 10, 999),
        ("bytes=5-4", 200, 0, 999),
        ("bytes=0-1,4-5", 200, 0, 999),
        ("lines=1-2", 200, 0, 999),
        ("bytes=1000-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
    ],
)
def test_a_range_is_answered_as_http_wants(client, owner, asked, status, first, last):
    blob = queries.write(owner.workspace.id, [BYTES], name='ä "1".txt', media_type="text/plain", max_bytes=2000)

    answer = client.simulate_get(f"/v1/files/{blob.id}", headers={"Range": asked} if asked else {})

    assert answer.status_code == status
    if status == 416:
        assert answer.headers["content-range"] == "bytes */1000"
        return
    assert answer.content == BYTES[first : last + 1]
    assert answer.headers["content-length"] == str(last - first + 1)
    assert answer.headers.get("content-range") == (f"bytes {first}-{last}/1000" if status == 206 else None)
    assert (
        answer.headers["content-disposition"]
        == "attachment; filename=\"_ _1_.txt\"; filename*=UTF-8''%C3%A4%20%221%22.txt"
    )
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_file_that_the_client_has_is_not_sent_again(client, owner):
    blob = queries.write(owner.workspace.id, [BYTES], name="a.txt", media_type="text/plain", max_bytes=2000)
    etag = client.simulate_get(f"/v1/files/{blob.id}").headers["etag"]

    same = client.simulate_get(f"/v1/files/{blob.id}", headers={"If-None-Match": etag})
    other = client.simulate_get(f"/v1/files/{blob.id}", headers={"Range": "bytes=0-3", "If-Range": '"other"'})

    assert (same.status_code, same.content) == (304, b"")
    assert (other.status_code, len(other.content)) == (200, 1000)
