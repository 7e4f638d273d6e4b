"""Generated over all routes: nobody gets in without a credential, and another workspace's id is never found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.walk import Call, calls, chosen


def acting(api, call: Call, person: Any, make: Any) -> Any:
    """A client of this person that the operation would admit: a key where a key is enough."""
    if call.operation.auth == "user" or call.operation.role == "OWNER":
        return api.with_key(person.token)
    return api.with_key(make.key(person.workspace))


def test_there_are_routes_to_walk():
    assert len(calls()) > 50
    assert {call.surface for call in calls()} >= {"craudioviz", "vistralai", "house"}


@pytest.mark.parametrize(**chosen(lambda call: call.operation.auth != "public"))
def test_nobody_gets_in_without_a_credential(api, call, owner):
    ids = call.ids(owner.workspace.id)

    answers = [
        call.send(api, ids),
        call.send(api, ids, Authorization="Bearer x"),
        call.send(api, ids, Cookie="millrace_session=x"),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401], answers[0].text
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(**chosen(lambda call: call.operation.auth in ("required", "user", "admin", "operator")))
def test_a_publishable_key_opens_no_other_door(api, call, make, owner):
    ids = call.ids(owner.workspace.id)
    text = make.key(owner.workspace, kind="publishable")

    assert call.send(api, ids, Authorization=f"Bearer {text}").status_code == 401
    assert call.send(api, ids, **{"X-API-Key": text}).status_code == 401


@pytest.mark.parametrize(**chosen(lambda call: call.owned and call.operation.auth in ("required", "user")))
def test_another_workspace_s_id_is_not_found(api, call, make, owner, stranger):
    theirs = call.ids(owner.workspace.id)
    outside, inside = acting(api, call, stranger, make), acting(api, call, owner, make)

    answers = [call.send(outside, theirs)]
    # Each id by itself, beside the stranger's own: a path that names a place must not lend it to what follows.
    own = call.ids(stranger.workspace.id)
    answers += [call.send(outside, {**own, name: theirs[name]}) for name in call.owned]

    assert {answer.status_code for answer in answers} == {404}, [answer.text for answer in answers]
    assert all(value not in answer.text for answer in answers for value in own.values())
    seen = call.send(inside, theirs, values=call.owned_values(owner.workspace.id))
    assert seen.status_code not in (401, 403, 404) and seen.status_code < 500, f"the ids were not real: {seen.text}"


@pytest.mark.parametrize(**chosen(lambda call: call.owned_fields and call.operation.auth in ("required", "user")))
def test_another_workspace_s_id_in_a_query_or_body_is_not_found(api, call, make, owner, stranger):
    values = call.owned_values(owner.workspace.id)

    answer = call.send(acting(api, call, stranger, make), call.ids(stranger.workspace.id), values=values)

    assert answer.status_code == 404, answer.text
    seen = call.send(acting(api, call, owner, make), call.ids(owner.workspace.id), values=values)
    assert seen.status_code not in (401, 403, 404) and seen.status_code < 500, f"the ids were not real: {seen.text}"


@pytest.mark.parametrize(
    **chosen(lambda call: "workspace_id" not in call.owned and call.operation.auth in ("required", "admin"))
)
def test_a_workspace_that_one_is_not_in_cannot_be_named_in_the_header(api, call, owner, stranger):
    ids = call.ids(stranger.workspace.id)
    headers = {"Authorization": f"Bearer {stranger.token}", "X-Workspace-Id": owner.workspace.id}

    assert call.send(api, ids, **headers).status_code == 404


def test_lists_show_nobody_else_s(api, make, owner, stranger):
    """What has no id in its path answers with the caller's own only."""
    seen: dict[str, str] = {}
    for call in calls():
        if (
            call.method == "get"
            and call.operation.auth in ("required", "admin")
            and not set(call.owned) - {"workspace_id"}
        ):
            theirs = Call("get", "/v1/jobs/{job_id}", call.operation).ids(owner.workspace.id)
            ids = dict.fromkeys(call.owned, stranger.workspace.id)
            answer = call.send(api.with_key(make.key(stranger.workspace)), ids)
            seen[str(call)] = answer.text
            assert theirs["job_id"] not in answer.text, call
            assert owner.workspace.id not in answer.text, call

    assert "GET /v1/jobs" in seen
