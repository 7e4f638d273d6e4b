"""/api/team as the document has it: invitations by mail, acceptance, roles, removal, and what nobody may do."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest

from store.accounts import invitations, users, workspaces
from store.kit import db
from tests.kit.factories import PASSWORD
from tests.kit.post import mailed_token

_numbers = count(1)


@pytest.fixture
def address():
    return f"invited{next(_numbers)}@example.com"


def invited(stack, client, address, role="MEMBER", number=1):
    """(invitation, token) of an address."""
    answer = client.post("/api/team", {"email": address, "role": role})
    assert answer.status_code == 201, answer.text
    return answer.json(), mailed_token(stack, address, number=number)


def roles(client) -> dict[str, str]:
    return {one["email"]: one["role"] for one in client.get("/api/team").json()["members"]}


def test_a_teammate_is_invited_accepts_and_looks(stack, api, mine, owner, address):
    example = {"email": address, "role": "MEMBER"}
    answer = mine.post("/api/team", example)
    assert answer.status_code == 201
    assert answer.json().items() >= {**example, "status": "PENDING"}.items()
    assert answer.json()["id"].startswith("inv_")
    token = mailed_token(stack, address)
    assert api.post("/api/team/accept", {"token": token}).json()["details"]["field"] == "password"

    joined = api.post("/api/team/accept", {"token": token, "password": PASSWORD, "name": "Tea Mate"})

    assert joined.status_code == 200
    assert joined.json().items() >= {
        "success": True, "workspaceId": owner.workspace.id, "email": address, "role": "MEMBER"
    }.items()  # fmt: skip
    session = stack.client()
    assert session.login(address, PASSWORD).status_code == 200
    team = session.get("/api/team").json()
    assert [(one["email"], one["name"], one["role"]) for one in team["members"]] == [
        (owner.user.email, "Ada Test", "OWNER"), (address, "Tea Mate", "MEMBER")
    ]  # fmt: skip
    assert team["invitations"] == []
    assert session.get("/api/analytics/overview").status_code == 200
    assert session.post("/api/team", {**example, "email": "other@example.com"}).status_code == 403
    assert api.post("/api/team/accept", {"token": token, "password": PASSWORD}).status_code == 400
    assert mine.post("/api/team", example).json()["code"] == "ALREADY_MEMBER"


def test_somebody_with_an_account_joins_without_a_password_and_keeps_theirs(stack, api, mine, owner, make, address):
    person = make.user(email=address)
    users.mark_verified(person.id)
    workspaces_before = [one.id for one in workspaces.of_user(person.id)]
    _, token = invited(stack, mine, address, role="ADMIN")

    joined = api.post("/api/team/accept", {"token": token, "password": "another password"})

    assert (joined.status_code, joined.json()["role"]) == (200, "ADMIN")
    assert [one.id for one in workspaces.of_user(person.id)] == [*workspaces_before, owner.workspace.id]
    assert stack.client().login(address, PASSWORD).status_code == 200


def test_who_signed_up_with_the_address_before_is_turned_out(stack, api, mine, make, address):
    squatter = make.user(email=address)
    held = make.signed_in(squatter, make.workspace(owner=squatter))
    _, token = invited(stack, mine, address)
    assert api.post("/api/team/accept", {"token": token}).json()["details"]["field"] == "password"

    assert api.post("/api/team/accept", {"token": token, "password": "the owner's own"}).status_code == 200

    assert stack.client().login(address, PASSWORD).status_code == 401
    assert stack.client().login(address, "the owner's own").status_code == 200
    assert users.get(squatter.id).verified_at is not None
    assert db.rows("SELECT count(*) FROM session WHERE id = %s AND ended_at IS NULL", (held.session_id,)) == [(0,)]


def test_a_new_invitation_ends_the_older_one_and_a_withdrawn_one_is_over(stack, api, mine, address):
    first, old = invited(stack, mine, address)
    second, new = invited(stack, mine, address, role="ADMIN", number=2)
    assert [one["id"] for one in mine.get("/api/team").json()["invitations"]] == [second["id"]]
    assert api.post("/api/team/accept", {"token": old, "password": PASSWORD}).status_code == 400
    changed = mine.request("PATCH", f"/api/team/{second['id']}", json={"role": "MEMBER"})
    assert (changed.status_code, changed.json()["role"]) == (200, "MEMBER")

    withdrawn = mine.delete(f"/api/team/{second['id']}")

    assert withdrawn.json() == {"id": second["id"], "deleted": True}
    assert api.post("/api/team/accept", {"token": new, "password": PASSWORD}).json()["details"]["field"] == "token"
    assert mine.delete(f"/api/team/{first['id']}").status_code == 404


def test_a_crowd_accepts_an_invitation_once(stack, api, mine, address):
    _, token = invited(stack, mine, address)
    with ThreadPoolExecutor(6) as crowd:
        wanted = {"token": token, "password": PASSWORD}
        answers = list(crowd.map(lambda _: stack.client().post("/api/team/accept", wanted).status_code, range(6)))

    assert sorted(answers) == [200, 400, 400, 400, 400, 400]


def test_an_expired_invitation_is_shown_as_such_and_opens_nothing(stack, api, mine, address, move_clock):
    made, token = invited(stack, mine, address)
    db.rows("UPDATE invitation SET expires_at = now() - interval '1 second' WHERE id = %s", (made["id"],))

    assert [one["status"] for one in mine.get("/api/team").json()["invitations"]] == ["EXPIRED"]
    assert api.post("/api/team/accept", {"token": token, "password": PASSWORD}).status_code == 400
    assert api.get(f"/accept-invitation?token={token}").status_code == 400
    move_clock(timedelta(days=31))
    assert invitations.prune(limit=10) == 1


def test_roles_change_and_people_go(api, make, owner):
    admin = make.colleague(owner.workspace, role="ADMIN")
    member = make.colleague(owner.workspace)
    boss, deputy = api.with_key(owner.token), api.with_key(admin.token)

    raised = deputy.request("PATCH", f"/api/team/{member.user.id}", json={"role": "ADMIN"})
    assert (raised.status_code, raised.json()["role"]) == (200, "ADMIN")
    for client, person, body, status in (
        (deputy, member, {"role": "OWNER"}, 403),
        (deputy, owner, {"role": "MEMBER"}, 403),
        (boss, owner, {"role": "MEMBER"}, 409),
        (boss, member, {"role": "KING"}, 400),
        (boss, member, {"role": "OWNER"}, 200),
        (boss, owner, {"role": "MEMBER"}, 200),
    ):
        answer = client.request("PATCH", f"/api/team/{person.user.id}", json=body)
        assert answer.status_code == status, answer.text
    assert roles(deputy) == {owner.user.email: "MEMBER", admin.user.email: "ADMIN", member.user.email: "OWNER"}
    assert boss.post("/api/team", {"email": "x@example.com"}).status_code == 403  # at once
    assert deputy.delete(f"/api/team/{member.user.id}").status_code == 403

    assert deputy.delete(f"/api/team/{owner.user.id}").json() == {"id": owner.user.id, "deleted": True}

    assert boss.get("/api/team").status_code in (401, 403, 404)
    last = api.with_key(member.token)
    assert last.post("/api/team/leave").json()["code"] == "LAST_OWNER"
    assert deputy.post("/api/team/leave").status_code == 200
    assert roles(last) == {member.user.email: "OWNER"}


def test_two_owners_cannot_remove_each_other(api, make, owner):
    other = make.colleague(owner.workspace, role="OWNER")
    with ThreadPoolExecutor(2) as crowd:
        answers = list(
            crowd.map(
                lambda pair: api.with_key(pair[0].token).delete(f"/api/team/{pair[1].user.id}").status_code,
                [(owner, other), (other, owner)],
            )
        )

    assert answers.count(200) == 1
    assert len(workspaces.memberships(owner.user.id) + workspaces.memberships(other.user.id)) == 1


def test_the_page_behind_the_link_takes_a_password_and_lets_in(stack, api, mine, owner, address):
    _, token = invited(stack, mine, address)

    seen = api.get(f"/accept-invitation?token={token}")
    short = api.request("POST", "/accept-invitation", data={"token": token, "password": "short"})
    taken = api.request("POST", "/accept-invitation", data={"token": token, "password": PASSWORD, "name": "Paige"})
    again = api.get(f"/accept-invitation?token={token}")

    assert seen.status_code == 200
    assert re.search(r'name="token" value="' + token, seen.text)
    assert address in seen.text
    assert "Acme Corp" in seen.text
    assert (short.status_code, "at least 8 characters" in short.text) == (400, True)
    assert (taken.status_code, "You are in" in taken.text) == (200, True)
    assert again.status_code == 400
    assert roles(mine)[address] == "MEMBER"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"), ({"email": "nobody"}, "email"), ({"email": 7}, "email"), ({"email": "a@b.c", "role": "OWNER"}, "role"),
        ({"email": "a@b.c", "role": "member"}, "role"), ({"email": f"{'a' * 400}@example.com"}, "email"),
        ({"email": "a@example.com\nBcc: b@example.com"}, "email"),
    ],
)  # fmt: skip
def test_a_bad_invitation_is_refused_by_its_field(mine, body, field):
    answer = mine.post("/api/team", body)

    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)
    assert mine.get("/api/team").json()["invitations"] == []


def test_a_mailbox_is_not_filled_with_invitations(mine, address):
    answers = [mine.post("/api/team", {"email": address}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [201] * 5 + [429]
    assert answers[-1].headers["Retry-After"]
