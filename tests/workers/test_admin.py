"""What an operator does by hand."""

from __future__ import annotations

import pytest

from store.accounts import logins, principals, tokens, users, workspaces
from store.accounts.tables import ApiKey, User
from workers import admin

pytestmark = pytest.mark.usefixtures("empty_store")


def test_a_key_for_a_new_person_makes_person_and_workspace_and_prints_only_the_key(capsys):
    assert admin.main(["create-key", "--email", "Ada@Example.com", "--person", "Ada"]) == 0

    said = capsys.readouterr()
    found = principals.of_key(said.out.strip())
    assert said.out.count("\n") == 1
    assert found.mode == "live"
    user = users.get_by_email("ada@example.com")
    assert (user.name, user.password_hash) == ("Ada", None)
    assert [one.id for one in workspaces.of_user(user.id)] == [found.workspace_id]
    assert found.key_id in said.err
    assert said.out.strip() not in said.err


def test_a_key_for_somebody_known_belongs_to_their_oldest_workspace(owner, capsys):
    assert admin.main(["create-key", "--email", owner.user.email, "--mode", "test", "--name", "CI"]) == 0

    found = principals.of_key(capsys.readouterr().out.strip())
    assert (found.workspace_id, found.mode) == (owner.workspace.id, "test")
    assert ApiKey.get_by_id(found.key_id).name == "CI"


def test_a_key_can_be_ended_by_hand(owner, make, capsys):
    text = make.key(owner.workspace)
    key_id = principals.of_key(text).key_id

    assert admin.main(["revoke-key", key_id, "--email", owner.user.email]) == 0
    assert principals.of_key(text) is None
    assert admin.main(["revoke-key", key_id, "--workspace", owner.workspace.id]) == 1
    assert "no such key" in capsys.readouterr().err


def test_a_list_of_keys_shows_which_is_which_and_no_key(owner, make, capsys):
    used, unused = make.key(owner.workspace), make.key(owner.workspace, mode="test")
    make.key()
    principals.of_key(used)

    assert admin.main(["list-keys", "--email", owner.user.email]) == 0

    said = capsys.readouterr().out
    newest, oldest = said.splitlines()
    assert unused[-4:] in newest
    assert "never used" in newest
    assert used[-4:] in oldest
    assert "last used 20" in oldest
    assert used not in said
    assert unused not in said


def test_a_person_can_be_signed_out_everywhere(owner, stranger):
    assert admin.main(["sign-out", "--email", owner.user.email]) == 0

    assert principals.of_session(tokens.read_session_token(owner.token), workspace_id=None) is None
    assert principals.of_session(tokens.read_session_token(stranger.token), workspace_id=None) is not None


def test_plan_and_operator_can_be_set_and_taken_back(owner):
    assert admin.main(["set-plan", "--email", owner.user.email, "--plan", "business"]) == 0
    assert workspaces.get(owner.workspace.id).plan == "business"
    assert admin.main(["set-plan", "--workspace", owner.workspace.id, "--plan", "free"]) == 0
    assert workspaces.get(owner.workspace.id).plan == "free"

    assert admin.main(["make-operator", "--email", owner.user.email]) == 0
    assert users.get(owner.user.id).is_operator
    assert admin.main(["make-operator", "--email", owner.user.email, "--no"]) == 0
    assert not users.get(owner.user.id).is_operator


def test_somebody_slowed_down_can_be_let_in(owner):
    for _ in range(10):
        logins.count_try(owner.user.email, "192.0.2.1")

    assert admin.main(["unlock", "--email", owner.user.email]) == 0

    logins.count_try(owner.user.email, "192.0.2.1")


@pytest.mark.parametrize(
    "command",
    [
        ["create-key", "--email", "not an address"],
        ["set-plan", "--email", "nobody@example.com", "--plan", "pro"],
        ["set-plan", "--workspace", "ws_unknown", "--plan", "pro"],
        ["make-operator", "--email", "nobody@example.com"],
        ["list-keys", "--workspace", "ws_unknown"],
        ["sign-out", "--email", "nobody@example.com"],
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(command, capsys):
    assert admin.main(command) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.strip()
    assert User.select().count() == 0


def test_an_unreachable_database_is_said(monkeypatch, capsys):
    def away(_: str) -> None:
        raise admin.db.OUTAGES[0]("gone")

    monkeypatch.setattr(admin.users, "find_by_email", away)

    assert admin.main(["create-key", "--email", "ada@example.com"]) == 1
    assert "not reachable" in capsys.readouterr().err
