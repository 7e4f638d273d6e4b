"""VistralAI's new password by mail: the document's example, single use, expiry, and what nobody may learn from it."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from api.kit.even import STEP_SECONDS
from store.accounts import keys, users
from store.accounts.tables import ApiKey, OneTimeToken
from store.kit import clock
from tests.kit.eventually import eventually
from tests.kit.factories import PASSWORD
from tests.kit.post import letters, mailed, mailed_token

STACK_SETTINGS = {
    "MILLRACE_ACCOUNTS__KEY_CACHE_SECONDS": "0.2",
    "MILLRACE_SERVER__TRUSTED_PROXIES": '["127.0.0.0/8"]',
}
RESET, CONFIRM = "/api/auth/reset-password", "/api/auth/reset-password/confirm"
NEW = "another good password"
SENT = {"success": True, "data": {"message": "Password reset link sent to email"}}


def refused(answer) -> bool:
    body = answer.json()
    return (answer.status_code, body["code"], body["details"]["field"]) == (400, "INVALID_INPUT", "token")


def test_the_mailed_link_sets_a_new_password_and_ends_every_session(stack, api, owner):
    answer = api.post(RESET, {"email": owner.user.email.upper()})
    assert (answer.status_code, answer.json()) == (200, SENT)
    token = mailed_token(stack, owner.user.email)
    assert api.with_key(owner.token).get("/v1/jobs").status_code == 200

    confirmed = api.post(CONFIRM, {"token": token, "password": NEW})

    assert (confirmed.status_code, confirmed.json()) == (
        200, {"success": True, "data": {"message": "Password reset successfully"}},
    )  # fmt: skip
    assert api.with_key(owner.token).get("/v1/jobs").status_code == 401
    assert api.login(owner.user.email, PASSWORD).status_code == 401
    assert api.login(owner.user.email, NEW).status_code == 200
    assert users.get(owner.user.id).verified_at is not None


def test_a_link_works_once_even_for_ten_at_once(stack, api, owner):
    api.post(RESET, {"email": owner.user.email})
    token = mailed_token(stack, owner.user.email)

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda n: api.post(CONFIRM, {"token": token, "password": f"{NEW} {n}"}), range(10)))

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 9
    assert all(refused(answer) for answer in answers if answer.status_code != 200)
    assert refused(api.post(CONFIRM, {"token": token, "password": NEW}))


def test_a_newer_link_ends_the_older_one(stack, api, owner):
    api.post(RESET, {"email": owner.user.email})
    first = mailed_token(stack, owner.user.email)
    api.post(RESET, {"email": owner.user.email})
    second = mailed_token(stack, owner.user.email, number=2)

    assert refused(api.post(CONFIRM, {"token": first, "password": NEW}))
    assert api.post(CONFIRM, {"token": second, "password": NEW}).status_code == 200


def test_an_hour_later_a_link_is_over(stack, api, owner):
    api.post(RESET, {"email": owner.user.email})
    token = mailed_token(stack, owner.user.email)
    row = OneTimeToken.get(OneTimeToken.user == owner.user.id)
    assert timedelta(minutes=59) < row.expires_at - clock.utc_now() <= timedelta(minutes=60)

    OneTimeToken.update(expires_at=clock.utc_now()).where(OneTimeToken.id == row.id).execute()

    assert refused(api.post(CONFIRM, {"token": token, "password": NEW}))
    assert api.login(owner.user.email, PASSWORD).status_code == 200


def test_a_token_that_verifies_an_address_sets_no_password(stack, api):
    api.register("verify-only@example.com")
    token = mailed_token(stack, "verify-only@example.com")

    assert refused(api.post(CONFIRM, {"token": token, "password": NEW}))
    assert api.post("/api/auth/verify-email", {"token": token}).status_code == 200


def test_a_bad_password_does_not_use_the_link_up(stack, api, owner):
    api.post(RESET, {"email": owner.user.email})
    token = mailed_token(stack, owner.user.email)

    short = api.post(CONFIRM, {"token": token, "password": "short"})

    assert short.json()["details"]["field"] == "password"
    assert api.post(CONFIRM, {"token": token, "password": NEW}).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 5000])
def test_what_is_no_token_is_refused_quickly(api, token):
    assert refused(api.post(CONFIRM, {"token": token, "password": NEW}))


def test_the_answer_and_its_time_say_nothing_about_an_address(api, make):
    people = [make.user().email for _ in range(5)]

    def ask(email: str) -> tuple[float, object]:
        began = time.monotonic()
        answer = api.post(RESET, {"email": email})
        return time.monotonic() - began, (answer.status_code, answer.json(), set(answer.headers))

    known = [ask(email) for email in people]
    unknown = [ask(f"nobody{number}@example.com") for number in range(4)] + [ask("no address at all")]

    assert [told for _, told in known] == [told for _, told in unknown]
    times = [statistics.median(took for took, _ in asked) for asked in (known, unknown)]
    assert abs(times[0] - times[1]) < STEP_SECONDS / 10
    assert min(times) >= STEP_SECONDS


def test_five_letters_an_hour_are_enough_for_one_mailbox(stack, api, owner):
    answers = {api.post(RESET, {"email": owner.user.email}).text for _ in range(8)}

    assert len(answers) == 1
    mailed_token(stack, owner.user.email, number=5)
    assert len(letters(stack, owner.user.email)) == 5


def test_one_address_cannot_ask_without_end(api):
    source = {"X-Forwarded-For": "192.0.2.99"}

    def ask(number: int) -> int:
        return api.post(RESET, {"email": f"victim{number}@example.com"}, headers=source).status_code

    with ThreadPoolExecutor(10) as threads:
        statuses = list(threads.map(ask, range(105)))

    assert statuses.count(200) == 100
    assert statuses.count(429) == 5


def test_whoever_signed_up_with_somebody_elses_address_loses_what_they_made(stack, api, make):
    api.register("claimed@example.com", "the thief's password")
    user = users.get_by_email("claimed@example.com")
    thief = api.login("claimed@example.com", "the thief's password").json()["data"]["sessionToken"]
    place = api.with_key(thief).get("/api/v1/workspaces").json()["workspaces"][0]["id"]
    key = keys.create(place, name="kept", created_by=user.id)

    api.post(RESET, {"email": "claimed@example.com"})
    token = mailed(stack, "claimed@example.com", r"reset-password\?token=([\w-]{43})\s")
    api.post(CONFIRM, {"token": token, "password": NEW})

    assert eventually(lambda: api.with_key(thief).get("/v1/jobs").status_code == 401)
    assert ApiKey.get_by_id(key.row.id).revoked_at is not None


def test_keys_of_a_confirmed_person_outlive_a_forgotten_password(stack, api, owner):
    users.mark_verified(owner.user.id)
    key = keys.create(owner.workspace.id, name="CI", created_by=owner.user.id)

    api.post(RESET, {"email": owner.user.email})
    api.post(CONFIRM, {"token": mailed_token(stack, owner.user.email), "password": NEW})

    assert api.with_key(key.text).get("/v1/jobs").status_code == 200
