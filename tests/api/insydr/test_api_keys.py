"""Insydr's API keys: the document's examples, what each kind opens, who may make one, and that revoking ends it."""

from __future__ import annotations

import re

import pytest

from store.accounts import principals
from tests.kit.eventually import eventually

STACK_SETTINGS = {"MILLRACE_ACCOUNTS__KEY_CACHE_SECONDS": "0.2"}
EXAMPLE = {"name": "Production Key", "allowed_domains": ["example.com", "*.example.com"]}
LATER = {"pipeline": "diagnostics.echo", "run_at": "2027-01-01T00:00:00Z"}


@pytest.fixture
def path(owner) -> str:
    return f"/api/v1/workspaces/{owner.workspace.id}/api-keys"


@pytest.fixture
def person(api, owner):
    return api.with_key(owner.token)


def test_a_key_is_made_listed_and_revoked_as_documented(person, path):
    made = person.post(path, EXAMPLE)
    assert made.status_code == 201
    body = made.json()
    assert set(body) == {"id", "name", "key", "key_prefix", "allowed_domains", "created_at", "message"}
    assert re.fullmatch(r"key_[0-9a-z]{26}", body["id"])
    assert body["key"].startswith("pk_live_")
    assert body["key_prefix"] == body["key"][:11]
    assert body["allowed_domains"] == ["example.com", "*.example.com"]
    assert body["message"] == "Save this key - it won't be shown again!"

    listed = person.get(path)
    assert body["key"] not in listed.text
    assert listed.json() == {
        "api_keys": [
            {
                "id": body["id"],
                "name": "Production Key",
                "key_prefix": f"{body['key'][:11]}...{body['key'][-3:]}",
                "allowed_domains": ["example.com", "*.example.com"],
                "is_active": True,
                "last_used_at": None,
                "created_at": body["created_at"],
            }
        ]
    }

    revoked = person.delete(f"{path}/{body['id']}")
    assert (revoked.status_code, revoked.json()) == (200, {"message": "API key revoked successfully"})
    assert person.get(path).json()["api_keys"][0]["is_active"] is False
    assert person.delete(f"{path}/{body['id']}").status_code == 404


@pytest.mark.parametrize(("kind", "mode", "prefix"), [
    ("publishable", "live", "pk_live_"), ("publishable", "test", "pk_test_"),
    ("secret", "live", "sk_live_"), ("secret", "test", "sk_test_"),
])  # fmt: skip
def test_kind_and_mode_are_chosen(api, person, path, kind, mode, prefix):
    key = person.post(path, {"name": "k", "kind": kind, "mode": mode}).json()["key"]

    assert key.startswith(prefix)
    assert api.with_key(key).get("/v1/jobs").status_code == (200 if kind == "secret" else 401)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"allowed_domains": []}, "name"),
        ({"name": ""}, "name"),
        ({"name": "k", "kind": "root"}, "kind"),
        ({"name": "k", "allowed_domains": ["https://example.com"]}, "allowed_domains"),
        ({"name": "k", "allowed_domains": ["*"]}, "allowed_domains"),
        ({"name": "k", "allowed_domains": ["a.com"], "kind": "secret"}, "allowed_domains"),
        ({"name": "k", "allowed_domains": [f"a{n}.com" for n in range(101)]}, "allowed_domains"),
    ],
)
def test_a_wrong_value_is_named_and_no_key_is_made(person, path, body, field):
    answer = person.post(path, body)

    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert person.get(path).json()["api_keys"] == []


def test_members_see_keys_and_admins_make_them(api, make, owner, colleague, path):
    admin, member = api.with_key(make.colleague(owner.workspace, role="ADMIN").token), api.with_key(colleague.token)

    made = admin.post(path, EXAMPLE)

    assert made.status_code == 201
    assert member.get(path).status_code == 200
    assert member.post(path, EXAMPLE).status_code == 403
    assert member.delete(f"{path}/{made.json()['id']}").status_code == 403
    assert admin.delete(f"{path}/{made.json()['id']}").status_code == 200


def test_a_stranger_neither_sees_nor_revokes(api, make, person, stranger, path):
    key_id = person.post(path, EXAMPLE).json()["id"]
    other = api.with_key(stranger.token)

    assert other.get(path).status_code == other.delete(f"{path}/{key_id}").status_code == 404
    elsewhere = f"/api/v1/workspaces/{stranger.workspace.id}/api-keys/{key_id}"
    assert other.delete(elsewhere).status_code == 404
    assert person.get(path).json()["api_keys"][0]["is_active"] is True


def test_a_revoked_key_is_refused_and_its_open_stream_ends(api, person, path):
    made = person.post(path, {"name": "k", "kind": "secret"}).json()
    key = api.with_key(made["key"])
    job_id = key.post("/v1/jobs", LATER).json()["job_id"]
    with key.get(f"/v1/jobs/{job_id}/events", headers={"Accept": "text/event-stream"}, stream=True) as stream:
        lines = stream.iter_lines()
        assert next(lines) == b"retry: 2000"

        assert person.delete(f"{path}/{made['id']}").status_code == 200

        assert eventually(lambda: key.get("/v1/jobs").status_code == 401)
        assert b"event: job.completed" not in list(lines)  # it ends; else this would wait for the job of next year


def test_a_publishable_key_stands_only_for_itself_in_the_store(person, path, owner):
    key = person.post(path, EXAMPLE).json()["key"]

    found = principals.of_key(key, kind="publishable")

    assert principals.of_key(key) is None
    assert (found.workspace_id, found.kind) == (owner.workspace.id, "publishable")
