"""One caller, three ways to say who: cookie, session token, secret key; and none of them for others."""

from __future__ import annotations

import pytest

from store.accounts import keys, sessions, users
from store.accounts.tables import ApiKey
from tests.kit.eventually import eventually

STACK_SETTINGS = {"MILLRACE_ACCOUNTS__KEY_CACHE_SECONDS": "0.2"}
JOBS = "/v1/jobs"


def status(api, **headers: str) -> int:
    return api.get(JOBS, headers={name.replace("_", "-"): value for name, value in headers.items()}).status_code


def test_cookie_session_token_and_key_open_the_same_door(api, make, owner):
    assert status(api, Cookie=f"millrace_session={owner.token}") == 200
    assert status(api, Cookie=f"theme=dark; millrace_session={owner.token}; x=y") == 200
    assert status(api, Authorization=f"Bearer {owner.token}") == 200
    assert status(api, Authorization=f"bearer {make.key(owner.workspace)}") == 200
    assert status(api, Authorization=f"Bearer {make.key(owner.workspace, mode='test')}") == 200


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer", "Bearer ", "Bearer x", "Bearer sk_live_", "Basic dXNlcjpwYXNz", "sk_live_x", "Bearer é", "Bearer a b",
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyXzEifQ.",
    ],
)  # fmt: skip
def test_a_credential_that_means_nothing_is_refused(api, authorization):
    answer = api.get(JOBS, headers={"Authorization": authorization.encode("latin-1")})

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_no_credential_is_refused(api):
    assert status(api) == 401
    assert status(api, Cookie="millrace_session=") == 401


def test_a_wrong_token_is_not_made_good_by_a_right_cookie(api, owner):
    assert status(api, Cookie=f"millrace_session={owner.token}", Authorization="Bearer x") == 401


def test_a_publishable_key_is_no_secret_key(api, make):
    assert status(api, Authorization=f"Bearer {make.key(kind='publishable')}") == 401


def test_a_revoked_key_stops_within_the_cache_time(api, make, owner):
    text = make.key(owner.workspace)
    assert status(api, Authorization=f"Bearer {text}") == 200

    row = ApiKey.get(ApiKey.workspace == owner.workspace.id)
    keys.revoke(owner.workspace.id, row.id)

    eventually(lambda: status(api, Authorization=f"Bearer {text}") == 401, within_s=2)


def test_a_session_ended_elsewhere_stops_within_the_cache_time(api, owner):
    assert status(api, Authorization=f"Bearer {owner.token}") == 200

    sessions.end(owner.session_id)

    eventually(lambda: status(api, Authorization=f"Bearer {owner.token}") == 401, within_s=2)


def test_a_key_refused_before_it_was_made_is_taken_soon_after(api, make, owner):
    person = make.colleague(owner.workspace)
    sessions.end(person.session_id)
    assert status(api, Authorization=f"Bearer {person.token}") == 401
    again = make.signed_in(person.user, owner.workspace)
    assert status(api, Authorization=f"Bearer {again.token}") == 200


def test_a_session_acts_where_the_header_says_if_the_person_is_a_member(api, owner, colleague, stranger):
    assert status(api, Authorization=f"Bearer {colleague.token}", X_Workspace_Id=owner.workspace.id) == 200
    assert status(api, Authorization=f"Bearer {stranger.token}", X_Workspace_Id=owner.workspace.id) == 404
    assert status(api, Authorization=f"Bearer {stranger.token}", X_Workspace_Id=stranger.workspace.id) == 200
    assert status(api, Authorization=f"Bearer {stranger.token}", X_Workspace_Id="nonsense") == 404


def test_a_key_acts_in_its_own_workspace_only(api, make, owner, stranger):
    text = make.key(owner.workspace)

    assert status(api, Authorization=f"Bearer {text}", X_Workspace_Id=owner.workspace.id) == 200
    assert status(api, Authorization=f"Bearer {text}", X_Workspace_Id=stranger.workspace.id) == 404


def test_making_somebody_an_operator_is_noticed(api, owner):
    operators_only = "/v1/lanes"
    foreign = {"Authorization": f"Bearer {owner.token}", "X-Forwarded-For": "203.0.113.9"}
    assert api.get(operators_only, headers=foreign).status_code == 403

    users.set_operator(owner.user.id, is_operator=True)

    eventually(lambda: api.get(operators_only, headers=foreign).status_code == 200, within_s=2)
