"""What a credential stands for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from store.accounts import keys, principals, sessions, signup, tokens, users, workspaces
from store.accounts.tables import ApiKey, User, Workspace
from store.kit.db import database, transaction
from store.kit.errors import Conflict, NotFound

pytestmark = pytest.mark.usefixtures("empty_store")


def of_session(person, *, workspace_id=None):
    claims = tokens.read_session_token(person.token)
    assert claims is not None
    return principals.of_session(claims, workspace_id=workspace_id)


def test_a_session_acts_in_the_workspace_of_longest_standing(make, owner):
    make.workspace(owner=owner.user, name="Second")

    found = of_session(owner)

    assert (found.workspace_id, found.user_id, found.role) == (owner.workspace.id, owner.user.id, "OWNER")
    assert (found.kind, found.mode, found.plan, found.is_operator) == ("user", "live", "free", False)


def test_an_invitation_does_not_move_anyone_to_another_workspace(make, owner, stranger):
    workspaces.add_member(owner.workspace.id, stranger.user.id, role="ADMIN")

    assert of_session(stranger).workspace_id == stranger.workspace.id
    chosen = of_session(stranger, workspace_id=owner.workspace.id)
    assert (chosen.workspace_id, chosen.role) == (owner.workspace.id, "ADMIN")


def test_a_colleague_has_their_own_role(owner, colleague):
    found = of_session(colleague)

    assert (found.workspace_id, found.role) == (owner.workspace.id, "MEMBER")


def test_a_stranger_cannot_act_in_a_workspace(owner, stranger):
    with pytest.raises(NotFound):
        of_session(stranger, workspace_id=owner.workspace.id)


def test_a_person_in_no_workspace_is_themselves_and_nowhere(make):
    user = make.user()
    session = sessions.create(user.id)

    found = principals.of_session(tokens.read_session_token(session.token), workspace_id=None)

    assert (found.user_id, found.workspace_id, found.role, found.plan) == (user.id, "", "", "free")


def test_an_ended_session_stands_for_nobody(owner):
    assert sessions.end(owner.session_id)
    assert not sessions.end(owner.session_id)

    assert of_session(owner) is None


def test_ending_all_sessions_of_one_person_leaves_the_others(make, owner, stranger):
    make.signed_in(owner.user, owner.workspace)

    assert sessions.end_all(owner.user.id) == 2

    assert of_session(owner) is None
    assert of_session(stranger) is not None


def test_a_session_of_one_person_is_no_other_persons(owner, stranger):
    claims = tokens.read_session_token(owner.token)

    assert principals.of_session(tokens.Claims(stranger.user.id, claims.sid, 0, 1), workspace_id=None) is None


def test_operators_are_told_apart(owner):
    users.set_operator(owner.user.id, is_operator=True)

    assert of_session(owner).is_operator


def test_a_secret_key_stands_for_its_workspace(make, owner):
    workspaces.set_plan(owner.workspace.id, "pro")

    found = principals.of_key(make.key(owner.workspace, mode="test"))

    assert (found.workspace_id, found.kind, found.mode, found.plan) == (owner.workspace.id, "key", "test", "pro")
    assert (found.user_id, found.session_id, found.is_operator) == (None, None, False)


def test_each_kind_of_key_stands_for_its_workspace_only_where_that_kind_is_asked_for(make, owner):
    publishable = keys.create(owner.workspace.id, name="k", kind="publishable", allowed_domains=("a.com",)).text

    assert principals.of_key(publishable) is None
    assert principals.of_key(make.key(), kind="publishable") is None
    found = principals.of_key(publishable, kind="publishable")
    assert (found.workspace_id, found.kind, found.role) == (owner.workspace.id, "publishable", "")
    assert found.allowed_domains == ("a.com",)


def test_the_right_public_id_with_another_secret_is_no_key(make, monkeypatch):
    text = make.key()
    monkeypatch.setattr(principals.key_text, "public_id", lambda _: text.split("_")[2])

    assert principals.of_key(text) is not None
    assert principals.of_key(text[:-1] + ("a" if text[-1] != "a" else "b")) is None


def test_a_revoked_key_stands_for_nobody_and_cannot_be_revoked_by_a_stranger(make, owner, stranger):
    created = keys.create(owner.workspace.id, name="k")

    assert not keys.revoke(stranger.workspace.id, created.row.id)
    assert principals.of_key(created.text) is not None
    assert keys.revoke(owner.workspace.id, created.row.id)
    assert not keys.revoke(owner.workspace.id, created.row.id)
    assert principals.of_key(created.text) is None


def test_a_key_says_when_it_was_last_used(make, owner):
    created = keys.create(owner.workspace.id, name="k")
    assert created.row.last_used_at is None

    principals.of_key(created.text)

    assert ApiKey.get_by_id(created.row.id).last_used_at is not None


def test_twenty_sign_ups_of_one_address_at_once_make_one_person_and_one_workspace():
    who = signup.applicant(email="Ada@Example.com", name="Ada", company=None)

    def sign_up(_: int) -> bool:
        with database.connection_context():
            try:
                with transaction():
                    signup.create(who, password_hash="x")
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(20) as threads:
        made = list(threads.map(sign_up, range(20)))

    assert made.count(True) == 1
    assert User.select().count() == 1
    assert Workspace.select().count() == 1
