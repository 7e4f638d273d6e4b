"""Clisonix's login and refresh: the document's examples, rotation, second use, and many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import jwt
import pytest

from store.accounts import sessions
from store.accounts.tables import RefreshToken, Session
from store.kit import clock, db
from tests.kit.eventually import eventually
from tests.kit.factories import PASSWORD
from tests.kit.post import mailed
from tests.kit.settled import events_of

STACK_SETTINGS = {"MILLRACE_ACCOUNTS__KEY_CACHE_SECONDS": "0.2"}
LOGIN, REFRESH = "/v1/auth/login", "/v1/auth/refresh"
REFUSED = {
    "success": False,
    "error": {"code": "UNAUTHORIZED", "message": "This refresh token is not valid, or no longer; sign in again."},
}


def signed_in(api, person) -> dict:
    answer = api.post(LOGIN, {"email": person.user.email, "password": PASSWORD})
    assert answer.status_code == 200
    return answer.json()["data"]


def refresh(api, token: str):
    return api.post(REFRESH, {"refresh_token": token})


def let_time_pass(token_age: timedelta) -> None:
    """As if every used token had been used that much earlier."""
    db.rows("UPDATE refresh_token SET used_at = used_at - %s WHERE used_at IS NOT NULL", (token_age,))


def test_login_answers_as_documented(api, owner):
    answer = api.post(LOGIN, {"email": owner.user.email, "password": PASSWORD})

    assert answer.status_code == 200
    assert set(answer.json()) == {"success", "data"}
    data = answer.json()["data"]
    assert set(data) == {"access_token", "refresh_token", "expires_in", "user"}
    assert data["expires_in"] == 86400
    assert data["user"] == {"id": owner.user.id, "email": owner.user.email, "role": "admin"}
    assert data["access_token"].startswith("eyJhbGciOiJIUzI1NiIs")
    assert len(data["refresh_token"]) == 43
    assert api.with_key(data["access_token"]).get("/v1/jobs").status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_role_is_the_documents_word_for_it(api, make, owner, colleague):
    assert signed_in(api, make.colleague(owner.workspace, role="ADMIN"))["user"]["role"] == "admin"
    assert signed_in(api, colleague)["user"]["role"] == "member"


def test_a_wrong_password_and_an_unknown_address_are_refused_alike(api, owner):
    wrong = api.post(LOGIN, {"email": owner.user.email, "password": "wrong password"})
    unknown = api.post(LOGIN, {"email": "nobody@example.com", "password": "wrong password"})

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.json()["error"]["code"] == "UNAUTHORIZED"


def test_a_missing_field_is_a_validation_error(api):
    answer = api.post(REFRESH, {})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")


def test_a_refresh_gives_another_pair_for_the_same_session(api, owner):
    first = signed_in(api, owner)

    answer = refresh(api, first["refresh_token"])

    assert answer.status_code == 200
    second = answer.json()["data"]
    assert set(second) == {"access_token", "refresh_token", "expires_in"}
    assert second["refresh_token"] != first["refresh_token"]
    assert api.with_key(second["access_token"]).get("/v1/jobs").status_code == 200
    assert refresh(api, second["refresh_token"]).status_code == 200


def test_only_a_hash_of_a_refresh_token_is_kept(api, owner):
    token = signed_in(api, owner)["refresh_token"]

    kept = db.rows("SELECT refresh_token::text, encode(token_sha256, 'escape') FROM refresh_token")

    assert token not in str(kept)


def test_twenty_refreshes_at_once_are_one_rotation(api, owner):
    first = signed_in(api, owner)

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: refresh(api, first["refresh_token"]), range(20)))

    assert {answer.status_code for answer in answers} == {200}
    (successor,) = {answer.json()["data"]["refresh_token"] for answer in answers}
    session_id = jwt.decode(first["access_token"], options={"verify_signature": False})["sid"]
    assert RefreshToken.select().where(RefreshToken.session == session_id).count() == 2
    assert refresh(api, successor).status_code == 200


def test_a_second_use_after_the_grace_ends_the_whole_family(stack, api, owner):
    first = signed_in(api, owner)
    second = refresh(api, first["refresh_token"]).json()["data"]
    let_time_pass(timedelta(seconds=31))

    reused = refresh(api, first["refresh_token"])

    assert (reused.status_code, reused.json()) == (401, REFUSED)
    assert refresh(api, second["refresh_token"]).json() == REFUSED
    for token in (first["access_token"], second["access_token"]):
        assert eventually(lambda token=token: api.with_key(token).get("/v1/jobs").status_code == 401)
    assert mailed(stack, owner.user.email, r"(used a second time)")
    told = [one for one in events_of(api.with_key(owner.token)) if one["type"] == "session.refresh_reused"]
    assert len(told) == 1
    assert told[0]["data"]["user_id"] == owner.user.id


def test_an_ancestor_ends_the_family_even_within_the_grace(api, owner):
    first = signed_in(api, owner)
    second = refresh(api, first["refresh_token"]).json()["data"]
    third = refresh(api, second["refresh_token"]).json()["data"]

    assert refresh(api, first["refresh_token"]).json() == REFUSED
    assert refresh(api, third["refresh_token"]).json() == REFUSED


def test_a_second_use_by_many_at_once_is_told_once(api, owner):
    first = signed_in(api, owner)
    refresh(api, refresh(api, first["refresh_token"]).json()["data"]["refresh_token"])

    with ThreadPoolExecutor(20) as threads:
        answers = set(threads.map(
            lambda _: refresh(api, first["refresh_token"]).status_code, range(20)
        ))  # fmt: skip

    assert answers == {401}
    told = db.rows("SELECT count(*) FROM event WHERE type = 'session.refresh_reused' AND workspace_id = %s",
                   (owner.workspace.id,))  # fmt: skip
    assert told == [(1,)]


def test_one_family_s_end_leaves_the_person_s_others(api, owner):
    one, other = signed_in(api, owner), signed_in(api, owner)
    second = refresh(api, one["refresh_token"]).json()["data"]
    refresh(api, second["refresh_token"])

    assert refresh(api, one["refresh_token"]).status_code == 401
    assert refresh(api, other["refresh_token"]).status_code == 200


def test_signing_out_ends_the_refresh_token(api, owner):
    data = signed_in(api, owner)

    assert api.with_key(data["access_token"]).post("/api/auth/logout").status_code == 200

    assert refresh(api, data["refresh_token"]).json() == REFUSED


def test_a_session_that_expired_is_continued_and_can_be_ended_by_hand(api, owner):
    data = signed_in(api, owner)
    session_id = jwt.decode(data["access_token"], options={"verify_signature": False})["sid"]
    now = clock.utc_now()
    Session.update(created_at=now - timedelta(hours=30), expires_at=now - timedelta(hours=6)).where(
        Session.id == session_id
    ).execute()
    assert api.with_key(data["access_token"]).get("/v1/jobs").status_code == 401

    second = refresh(api, data["refresh_token"]).json()["data"]
    again = api.with_key(second["access_token"])  # within one second it is the same token, refused a moment ago
    assert eventually(lambda: again.get("/v1/jobs").status_code == 200)
    Session.update(expires_at=now - timedelta(hours=5)).where(Session.id == session_id).execute()
    sessions.end_all(owner.user.id)
    assert refresh(api, second["refresh_token"]).json() == REFUSED


def test_a_refresh_token_unused_for_too_long_is_unknown(api, owner):
    data = signed_in(api, owner)
    Session.update(renewable_until=clock.utc_now()).where(Session.user == owner.user.id).execute()

    assert refresh(api, data["refresh_token"]).json() == REFUSED


@pytest.mark.parametrize("token", ["", "x", "é" * 43, "A" * 5000])
def test_what_is_no_refresh_token_is_refused(api, token):
    assert refresh(api, token).json() == REFUSED


def test_an_access_token_is_no_refresh_token_and_the_reverse(api, owner):
    data = signed_in(api, owner)

    assert refresh(api, data["access_token"]).status_code == 401
    assert api.with_key(data["refresh_token"]).get("/v1/jobs").status_code == 401
