"""Generated over all routes: each needs what it declares, no less, and asks for no more."""

from __future__ import annotations

import pytest

from store.accounts import users
from tests.api.walk import Call, chosen

ROLES = ("MEMBER", "ADMIN", "OWNER")
STACK_SETTINGS = {"MILLRACE_WEBHOOKS__TIMEOUT_SECONDS": "2"}


def in_a_workspace(call: Call) -> bool:
    return call.operation.auth in ("required", "user", "admin")


@pytest.mark.parametrize(**chosen(in_a_workspace))
def test_a_role_below_the_declared_one_is_refused_and_that_one_is_enough(api, call, make, owner):
    needed = ROLES.index(call.operation.role)
    for place, role in enumerate(ROLES):
        person = owner if role == "OWNER" else make.colleague(owner.workspace, role=role)
        answer = call.send(api.with_key(person.token), call.ids(owner.workspace.id))
        if place < needed:
            assert answer.status_code == 403, f"{role}: {answer.text}"
        elif place == needed:
            assert answer.status_code not in (401, 403) and answer.status_code < 500, f"{role}: {answer.text}"


@pytest.mark.parametrize(**chosen(lambda call: call.operation.auth == "user"))
def test_what_needs_a_person_refuses_a_key(api, call, make, owner):
    answer = call.send(api.with_key(make.key(owner.workspace)), call.ids(owner.workspace.id))

    assert answer.status_code == 403, answer.text


@pytest.mark.parametrize(**chosen(lambda call: call.operation.auth == "admin"))
def test_what_is_for_admins_is_for_operators_of_any_workspace_or_none(api, call, make, owner):
    operators = [make.colleague(owner.workspace), make.signed_in(make.user(), owner.workspace)]
    for operator in operators:
        users.set_operator(operator.user.id, is_operator=True)

    assert {call.send(api.with_key(operator.token), {}).status_code for operator in operators} == {200}


@pytest.mark.parametrize(**chosen(lambda call: call.operation.auth == "operator"))
def test_what_is_for_operators_refuses_everybody_else(api, call, make, owner):
    refused = [owner.token, make.key(owner.workspace), make.colleague(owner.workspace, role="ADMIN").token]
    operator = make.person()
    users.set_operator(operator.user.id, is_operator=True)

    assert {call.send(api.with_key(token), {}).status_code for token in refused} == {403}
    assert call.send(api.with_key(operator.token), {}).status_code == 200
