"""Insydr's workspaces: the document's examples, roles, strangers, and what is left of a deleted one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest

from store.accounts import users, workspaces
from store.accounts.tables import ApiKey, Member, Workspace
from store.brands.tables import Brand
from store.kit import clock
from tests.kit.eventually import eventually

STACK_SETTINGS = {"MILLRACE_ACCOUNTS__KEY_CACHE_SECONDS": "0.2"}
WORKSPACES = "/api/v1/workspaces"
LATER = {"pipeline": "diagnostics.echo", "run_at": "2027-01-01T00:00:00Z"}
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
EXAMPLE = {"name": "My Company", "timezone": "Asia/Kolkata", "settings": {"notifications_enabled": True}}

PYTHON = """
import requests

headers = {"Authorization": "Bearer <token>"}
response = requests.get(
    "https://api.insydr.ai/api/v1/workspaces",
    headers=headers
)
print(response.json())
"""
CURL = r"""
curl -X POST https://api.insydr.ai/api/v1/auth/login \
  -H "Content-Type: application/json" \
  -d '{"email": "user@example.com", "password": "pass"}'
"""


@pytest.fixture
def person(api, owner):
    """The owner's client, signed in."""
    return api.with_key(owner.token)


def test_a_workspace_is_made_listed_and_shown_as_documented(person, owner):
    made = person.post(WORKSPACES, EXAMPLE)
    assert made.status_code == 201
    body = made.json()
    assert set(body) == {"id", "name", "slug", "owner_id", "subscription_tier", "created_at"}
    assert re.fullmatch(r"ws_[0-9a-z]{26}", body["id"])
    assert (body["name"], body["owner_id"], body["subscription_tier"]) == ("My Company", owner.user.id, "FREE")
    assert re.fullmatch(r"my-company(-[0-9a-z]{6})?", body["slug"])
    assert re.fullmatch(MOMENT, body["created_at"])

    listed = person.get(WORKSPACES).json()
    assert listed["total"] == len(listed["workspaces"]) == 2
    assert listed["workspaces"][1] == {
        "id": body["id"],
        "name": "My Company",
        "slug": body["slug"],
        "role": "OWNER",
        "agent_count": 0,
        "document_count": 0,
    }

    shown = person.get(f"{WORKSPACES}/{body['id']}").json()
    assert shown == {
        "id": body["id"],
        "name": "My Company",
        "slug": body["slug"],
        "logo_url": None,
        "timezone": "Asia/Kolkata",
        "subscription_tier": "FREE",
        "settings": {"notifications_enabled": True},
        "stats": {"total_agents": 0, "total_documents": 0, "total_conversations": 0, "total_messages": 0},
        "created_at": body["created_at"],
    }


def test_two_workspaces_of_one_name_have_slugs_of_their_own(person):
    first, second = (person.post(WORKSPACES, {"name": "Çà & Là"}).json()["slug"] for _ in range(2))

    assert first == "ca-la"
    assert re.fullmatch(r"ca-la-[0-9a-z]{6}", second)
    assert person.post(WORKSPACES, {"name": "株式会社"}).json()["slug"].startswith("workspace")


def test_a_change_sets_what_it_names_and_nothing_else(person, owner):
    path = f"{WORKSPACES}/{owner.workspace.id}"

    changed = person.patch(
        path, {"name": "Updated Name", "logo_url": "https://example.com/logo.png", "settings": {"a": 1}, "plan": "pro"}
    )

    assert changed.status_code == 200
    assert changed.json() == person.get(path).json()
    told = changed.json()
    assert (told["name"], told["logo_url"], told["settings"]) == (
        "Updated Name", "https://example.com/logo.png", {"a": 1},
    )  # fmt: skip
    assert (told["slug"], told["subscription_tier"]) == (owner.workspace.slug, "FREE")
    assert person.patch(path, {"logo_url": None}).json()["logo_url"] is None
    assert person.patch(path, {}).json()["name"] == "Updated Name"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "), ("name", 7), ("timezone", "Mars/Olympus"), ("logo_url", "javascript:alert(1)"),
        ("logo_url", "https://user:pass@example.com/"), ("settings", []), ("settings", {"x": "y" * 20_000}),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(person, owner, field, value):
    answer = person.patch(f"{WORKSPACES}/{owner.workspace.id}", {field: value})

    assert answer.status_code == 400
    assert answer.json()["field"] == field


def test_the_plans_have_the_documents_names(api, make):
    tiers = {}
    for plan in ("free", "starter", "pro", "business", "enterprise"):
        somebody = make.person(plan=plan)
        tiers[plan] = (
            api.with_key(somebody.token).get(f"{WORKSPACES}/{somebody.workspace.id}").json()["subscription_tier"]
        )

    assert tiers == {
        "free": "FREE", "starter": "STARTER", "pro": "PROFESSIONAL", "business": "PROFESSIONAL",
        "enterprise": "ENTERPRISE",
    }  # fmt: skip


def test_each_role_may_do_its_part(api, make, owner, colleague):
    path = f"{WORKSPACES}/{owner.workspace.id}"
    admin = api.with_key(make.colleague(owner.workspace, role="ADMIN").token)
    member = api.with_key(colleague.token)

    for one in (admin, member):
        assert one.get(path).status_code == 200
        refused = one.delete(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "ROLE_TOO_LOW")
    assert member.patch(path, {"name": "Mine"}).status_code == 403
    assert admin.patch(path, {"name": "Ours"}).status_code == 200
    assert workspaces.get(owner.workspace.id).name == "Ours"
    assert member.get(WORKSPACES).json()["workspaces"][0]["role"] == "MEMBER"


def test_a_secret_key_sees_its_workspace_and_cannot_delete_it(mine, owner, stranger):
    listed = mine.get(WORKSPACES).json()

    assert [one["id"] for one in listed["workspaces"]] == [owner.workspace.id]
    assert mine.get(f"{WORKSPACES}/{owner.workspace.id}").status_code == 200
    assert mine.get(f"{WORKSPACES}/{stranger.workspace.id}").status_code == 404
    assert mine.delete(f"{WORKSPACES}/{owner.workspace.id}").status_code == 403
    assert mine.post(WORKSPACES, EXAMPLE).status_code == 403


def test_another_s_workspace_is_not_there(api, theirs, stranger, owner):
    path = f"{WORKSPACES}/{owner.workspace.id}"
    for one in (theirs, api.with_key(stranger.token)):
        for answer in (one.get(path), one.patch(path, {"name": "x"}), one.delete(path), one.get(f"{path}/api-keys")):
            assert (answer.status_code, answer.json()) == (
                404, {"detail": "There is no such workspace.", "code": "NOT_FOUND"},
            )  # fmt: skip
    assert api.get(path).status_code == 401
    assert api.with_key(stranger.token).get(f"{WORKSPACES}/ws_nonsense").status_code == 404


def test_the_path_says_where_a_person_acts_whatever_the_header_says(api, make, owner):
    second = make.workspace(owner=owner.user)
    client = api.with_key(owner.token)

    shown = client.get(f"{WORKSPACES}/{second.id}", headers={"X-Workspace-Id": owner.workspace.id})

    assert shown.json()["id"] == second.id


def test_a_deleted_workspace_is_gone_with_all_it_had(api, make, owner, colleague):
    key = api.with_key(make.key(owner.workspace))
    person = api.with_key(owner.token)
    job_id = key.post("/v1/jobs", LATER).json()["job_id"]
    now = clock.utc_now()
    Brand.create(id="brand_gone", workspace_id=owner.workspace.id, label="b", created_at=now, updated_at=now)

    answer = person.delete(f"{WORKSPACES}/{owner.workspace.id}")

    assert (answer.status_code, answer.json()) == (200, {"message": "Workspace deleted successfully"})
    assert Workspace.get_or_none(Workspace.id == owner.workspace.id) is None
    assert Member.select().where(Member.workspace == owner.workspace.id).count() == 0
    assert ApiKey.select().where(ApiKey.workspace == owner.workspace.id).count() == 0
    eventually(lambda: key.get(f"/v1/jobs/{job_id}").status_code == 401)
    eventually(lambda: person.get(f"{WORKSPACES}/{owner.workspace.id}").status_code == 404)
    eventually(lambda: Brand.get_or_none(Brand.id == "brand_gone") is None, within_s=20)


def test_somebody_in_no_workspace_can_make_one_and_do_nothing_else(api, owner):
    person = api.with_key(owner.token)
    assert person.delete(f"{WORKSPACES}/{owner.workspace.id}").status_code == 200

    assert eventually(lambda: person.get(WORKSPACES).json() == {"workspaces": [], "total": 0})
    refused = eventually(lambda: (person.get("/v1/jobs").status_code == 403) and person.get("/v1/jobs").json())
    assert refused["error"]["code"] == "no_workspace"
    assert person.get("/api/v1/auth/me").status_code == 200
    assert person.post(WORKSPACES, EXAMPLE).status_code == 201
    assert eventually(lambda: person.get("/v1/jobs").status_code == 200)


def run_published(code: str, command: list[str], stack) -> str:
    here = code.replace("https://api.insydr.ai", stack.url)
    done = subprocess.run([*command, here], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_published_python_runs(stack, owner):
    told = run_published(PYTHON.replace("<token>", owner.token), [sys.executable, "-c"], stack)

    assert f"'id': '{owner.workspace.id}'" in told


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_published_curl_runs(stack, make):
    known = make.user(email="user@example.com", password="pass")
    users.mark_verified(known.id)

    told = json.loads(run_published(CURL, ["bash", "-ec"], stack))

    assert (told["token_type"], told["user"]["email"]) == ("bearer", "user@example.com")
