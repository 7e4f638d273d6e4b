"""Projects and files as both published documents have them."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest

from store.blobs import links as signed_links
from store.blobs import queries as blobs
from store.kit.db import row
from store.projects import items
from tests.kit.settled import events_of

CREATE = {"name": "My New Project", "description": "Project description", "tags": ["logo", "branding"]}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8000


def made(client, **values):
    answer = client.post("/v1/projects", {**CREATE, **values})
    assert answer.status_code == 201, answer.text
    return answer.json()


def uploaded(client, data=PNG, name="picture.png", **fields):
    answer = client.request("POST", "/v1/files/upload", files={"file": (name, io.BytesIO(data))}, data=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_project_is_created_read_changed_and_deleted_as_documented(mine):
    created = made(mine)
    path = f"/v1/projects/{created['id']}"
    read = mine.get(path).json()
    changed = mine.patch(path, {"name": "Updated Name", "tags": ["logo", "branding", "2025"]})
    deleted = mine.delete(path)

    assert created["id"].startswith("proj_")
    assert (created["name"], created["status"]) == ("My New Project", "active")
    assert created["created_at"].endswith("Z")
    assert read.items() >= {**CREATE, "id": created["id"], "items": []}.items()
    assert {"created_at", "updated_at"} <= set(read)
    assert (changed.json()["name"], changed.json()["tags"]) == ("Updated Name", ["logo", "branding", "2025"])
    assert changed.json()["description"] == CREATE["description"]
    assert (deleted.status_code, deleted.json()) == (200, {"deleted": True, "id": created["id"]})
    gone = mine.get(path)
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "project_not_found")


def test_the_other_contracts_settings_page_and_put_are_kept(mine):
    settings = {"model": "llama3.1:8b", "temperature": 0.7}
    created = made(mine, settings=settings, tags=["clisonix"])
    whole = mine.get(f"/v1/projects/{created['id']}").json()

    again = mine.put(f"/v1/projects/{created['id']}", whole)

    assert created["settings"] == settings
    assert {k: v for k, v in again.json().items() if k != "updated_at"} == {
        k: v for k, v in whole.items() if k != "updated_at"
    }
    paged = mine.get("/v1/projects?page=2&limit=1&tags=clisonix").json()
    assert (paged["projects"], paged["total"], paged["has_more"]) == ([], 1, False)


def test_projects_are_listed_by_page_order_and_tags(api, make):
    one = api.with_key(make.key(make.workspace()))
    names = [("B", ["x"]), ("A", ["x", "y"]), ("C", ["y"])]
    for name, tags in names:
        made(one, name=name, tags=tags)

    newest = one.get("/v1/projects?limit=2&offset=0&sort=created_at&order=desc").json()

    assert [project["name"] for project in newest["projects"]] == ["C", "A"]
    assert (newest["total"], newest["has_more"]) == (3, True)
    assert newest["projects"][0].keys() >= {"id", "name", "items_count", "created_at"}
    assert [p["name"] for p in one.get("/v1/projects?sort=name&order=asc").json()["projects"]] == ["A", "B", "C"]
    for query in ("tags=x&tags=y", "tags=x,y", "tags[]=x&tags[]=y", "tags%5B0%5D=x&tags%5B1%5D=y"):
        assert [p["name"] for p in one.get(f"/v1/projects?{query}").json()["projects"]] == ["A"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/projects", {}, "name"),
        ("/v1/projects", {"name": " "}, "name"),
        ("/v1/projects", {"name": "n", "tags": "logo"}, "tags"),
        ("/v1/projects?limit=101", None, "limit"),
        ("/v1/projects?sort=secret", None, "sort"),
        ("/v1/projects?page=1&offset=2", None, "page"),
    ],
)
def test_what_cannot_be_read_names_its_field(mine, path, body, field):
    answer = mine.get(path) if body is None else mine.post(path, body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_input")
    assert answer.json()["error"]["details"]["field"] == field


def test_changes_are_told_to_the_log(mine):
    created = made(mine)
    mine.patch(f"/v1/projects/{created['id']}", {"name": "Other"})
    mine.delete(f"/v1/projects/{created['id']}")

    told = [
        (event["type"], event["data"]["name"])
        for event in events_of(mine)
        if event["data"].get("project_id") == created["id"]
    ]

    assert told == [
        ("project.created", "My New Project"), ("project.updated", "Other"), ("project.deleted", "Other"),
    ]  # fmt: skip


def test_a_file_is_uploaded_downloaded_in_ranges_and_deleted_as_documented(mine, api, theirs):
    project = made(mine)
    file = uploaded(mine, project_id=project["id"])
    path = f"/v1/files/{file['file_id']}/download"

    whole, part = mine.get(path), mine.get(path, headers={"Range": "bytes=8-1031"})
    tail = mine.get(path, headers={"Range": "bytes=-5"})
    beyond = mine.get(path, headers={"Range": f"bytes={len(PNG)}-"})

    assert (file["size"], file["type"], file["project_id"]) == (len(PNG), "image/png", project["id"])
    assert whole.content == PNG
    assert whole.headers["Content-Type"] == "image/png"
    assert whole.headers["Content-Disposition"].startswith("attachment")
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    assert (part.status_code, part.content) == (206, PNG[8:1032])
    assert part.headers["Content-Range"] == f"bytes 8-1031/{len(PNG)}"
    assert (tail.content, beyond.status_code) == (PNG[-5:], 416)
    assert theirs.get(path).status_code == 404
    assert api.get(path).status_code == 401
    assert mine.delete(f"/v1/files/{file['file_id']}").json() == {"deleted": True, "id": file["file_id"]}
    assert mine.get(path).status_code == 404


def test_a_signed_link_opens_for_anybody_and_nothing_else(mine, api):
    first, second = uploaded(mine), uploaded(mine)
    path = first["url"].removeprefix(api.url)
    expired = signed_links.sign(f"/v1/files/{first['file_id']}/download", lasts=timedelta(minutes=-1))

    assert api.get(path).content == PNG
    assert api.get(path.replace(first["file_id"], second["file_id"])).status_code == 403
    assert api.get(re.sub("expires=.", "expires=9", path)).status_code == 403
    assert api.get(expired).status_code == 410


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"a,b\n1,2\n", "table.csv", "text/csv"),
        (b"%PDF-1.7\n", "picture.png", "application/pdf"),
        (b"\x00\x01\x02", "report.pdf", "application/octet-stream"),
        (b"", "empty.txt", "text/plain"),
    ],
)
def test_a_files_type_is_what_its_content_says(mine, data, name, kind):
    assert uploaded(mine, data, name)["type"] == kind


def test_an_upload_into_a_strangers_project_leaves_nothing(mine, theirs):
    project = made(mine)
    form = {"files": {"file": ("a.txt", io.BytesIO(b"x"))}, "data": {"project_id": project["id"]}}

    assert theirs.request("POST", "/v1/files/upload", **form).status_code == 404
    assert theirs.get("/v1/files").json() == {"files": [], "total": 0, "has_more": False}


def test_a_deleted_project_takes_its_items_and_files_along(mine, owner):
    project = made(mine)
    file = uploaded(mine, project_id=project["id"])
    picture = items.NewFile(format="png", name="logo.png", media_type="image/png", data=PNG)
    item_id = items.add(
        owner.workspace.id, project_id=project["id"], job_id="job_x" + project["id"], kind="logo", name="Logo v1",
        files=[picture],
    )  # fmt: skip
    listed = mine.get(f"/v1/projects/{project['id']}").json()
    link = listed["items"][0]["url"].removeprefix(mine.url)

    assert mine.get(link).content == PNG
    assert listed["items"][0].keys() >= {"id", "type", "name", "url"}
    assert mine.get(f"/v1/projects/{project['id']}/items").json()["total"] == 1
    assert mine.delete(f"/v1/projects/{project['id']}").status_code == 200
    assert mine.get(f"/v1/items/{item_id}").status_code == 404
    assert mine.get(link).status_code == 404
    assert mine.get(f"/v1/files/{file['file_id']}").status_code == 404
    blobs.prune(limit=100)
    assert row("SELECT count(*) FROM blob WHERE workspace_id = %s", (owner.workspace.id,)) == (0,)


def test_what_a_test_key_makes_is_marked(api, make, owner):
    test = api.with_key(make.key(owner.workspace, mode="test"))

    assert made(test)["sandbox"] is True
    assert uploaded(test)["sandbox"] is True
    assert test.get("/v1/projects").json()["projects"][0]["sandbox"] is True
