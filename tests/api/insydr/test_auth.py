"""Insydr's sign-up by code, login and profile: the document's examples, and who tries to get around them."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from api.kit.even import STEP_SECONDS
from store.accounts import keys, users, workspaces
from store.accounts.tables import ApiKey, AttemptCounter, MailCode, User
from tests.kit.factories import PASSWORD
from tests.kit.post import letters, mailed, mailed_code

STACK_SETTINGS = {
    "MILLRACE_ACCOUNTS__KEY_CACHE_SECONDS": "0.2",
    "MILLRACE_SERVER__TRUSTED_PROXIES": '["127.0.0.0/8"]',
}
AUTH = "/api/v1/auth"
REFUSED = {
    "detail": "This code is wrong or no longer counts; sign up again for a new one.",
    "code": "INVALID_OTP",
    "field": "otp_code",
}
_numbers = count(1)


@pytest.fixture
def applicant():
    """The document's request, with an address nobody has."""
    return {"email": f"otp{next(_numbers)}@example.com", "password": "SecurePass123!", "full_name": "John Doe"}


def verify(api, email: str, code: str, **headers: str):
    return api.post(f"{AUTH}/verify-otp", {"email": email, "otp_code": code}, headers=headers)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_sign_up_code_login_and_profile_are_as_documented(stack, api, applicant):
    signed_up = api.post(f"{AUTH}/signup", applicant)
    assert signed_up.status_code == 201
    assert signed_up.json() == {
        "message": "Account created. Verify email with OTP.",
        "email": applicant["email"],
        "expires_in_minutes": 10,
    }

    verified = verify(api, applicant["email"], mailed_code(stack, applicant["email"]))
    assert verified.status_code == 200
    assert set(verified.json()) == {"access_token", "user"}

    login = api.post(f"{AUTH}/login", {"email": applicant["email"], "password": applicant["password"]})
    assert login.status_code == 200
    assert set(login.json()) == {"access_token", "token_type", "user"}
    assert login.json()["token_type"] == "bearer"
    assert login.json()["access_token"].startswith("eyJhbGciOiJIUzI1NiIs")
    user = login.json()["user"]
    assert set(user) == {"id", "email", "full_name", "created_at"}
    assert verified.json()["user"] == user

    for token in (verified.json()["access_token"], login.json()["access_token"]):
        me = api.with_key(token).get(f"{AUTH}/me")
        assert (me.status_code, me.json()) == (200, {**user, "email_verified": True})


def test_a_sign_up_makes_a_workspace(stack, api, applicant):
    api.post(f"{AUTH}/signup", applicant)
    token = verify(api, applicant["email"], mailed_code(stack, applicant["email"])).json()["access_token"]

    found = api.with_key(token).get("/api/v1/workspaces").json()

    assert found["total"] == 1
    assert (found["workspaces"][0]["name"], found["workspaces"][0]["role"]) == ("John Doe", "OWNER")


def test_an_address_that_is_not_confirmed_cannot_sign_in_and_only_its_owner_is_told_why(api, applicant):
    api.post(f"{AUTH}/signup", applicant)

    right = api.post(f"{AUTH}/login", {"email": applicant["email"], "password": applicant["password"]})
    guessed = api.post(f"{AUTH}/login", {"email": applicant["email"], "password": "wrong password"})
    unknown = api.post(f"{AUTH}/login", {"email": "nobody@example.com", "password": "wrong password"})

    assert (right.status_code, right.json()["code"]) == (403, "EMAIL_NOT_VERIFIED")
    assert (guessed.status_code, guessed.json()["code"]) == (401, "UNAUTHORIZED")
    assert guessed.json() == unknown.json()


def test_a_code_works_once(stack, api, applicant):
    api.post(f"{AUTH}/signup", applicant)
    code = mailed_code(stack, applicant["email"])

    assert verify(api, applicant["email"], code).status_code == 200
    again = verify(api, applicant["email"], code)
    assert (again.status_code, again.json()) == (400, REFUSED)


def test_the_sixth_try_is_refused_although_the_code_is_right(stack, api, applicant):
    api.post(f"{AUTH}/signup", applicant)
    code = mailed_code(stack, applicant["email"])
    for _ in range(5):
        refused = verify(api, applicant["email"], wrong(code))
        assert (refused.status_code, refused.json()) == (400, REFUSED)

    assert verify(api, applicant["email"], code).json() == REFUSED
    assert users.get_by_email(applicant["email"]).verified_at is None


def test_guesses_from_many_addresses_share_the_five_tries(stack, api, applicant):
    api.post(f"{AUTH}/signup", applicant)
    code = mailed_code(stack, applicant["email"])

    def guess(number: int) -> int:
        return verify(api, applicant["email"], wrong(code), **{"X-Forwarded-For": f"203.0.113.{number}"}).status_code

    with ThreadPoolExecutor(20) as threads:
        assert set(threads.map(guess, range(20))) == {400}

    assert MailCode.get(MailCode.user == users.get_by_email(applicant["email"]).id).tries == 5
    assert verify(api, applicant["email"], code, **{"X-Forwarded-For": "198.51.100.7"}).json() == REFUSED


@pytest.mark.long
def test_guesses_at_many_accounts_share_the_tries_of_their_address(stack, api, applicant):
    source = {"X-Forwarded-For": "192.0.2.60"}
    for number in range(60):
        assert verify(api, f"victim{number}@example.com", "123456", **source).status_code == 400

    slowed = verify(api, "victim60@example.com", "123456", **source)

    assert (slowed.status_code, slowed.json()["code"]) == (429, "RATE_LIMITED")
    assert int(slowed.headers["Retry-After"]) > 3000
    api.post(f"{AUTH}/signup", applicant)
    assert verify(api, applicant["email"], mailed_code(stack, applicant["email"])).status_code == 200


def test_right_codes_cost_an_address_nothing(stack, api):
    source = {"X-Forwarded-For": "192.0.2.61"}
    for number in range(3):
        email = f"office{number}@example.com"
        api.post(f"{AUTH}/signup", {"email": email, "password": PASSWORD, "full_name": "Ada"})
        assert verify(api, email, mailed_code(stack, email), **source).status_code == 200

    counter = AttemptCounter.get(AttemptCounter.act == "code_from", AttemptCounter.who == "192.0.2.61")
    assert counter.tries == 1


def test_signing_up_again_sends_a_new_code_which_ends_the_old_one(stack, api, applicant):
    api.post(f"{AUTH}/signup", applicant)
    first = mailed_code(stack, applicant["email"])
    assert api.post(f"{AUTH}/signup", applicant).status_code == 201
    second = mailed_code(stack, applicant["email"], number=2)

    if first != second:
        assert verify(api, applicant["email"], first).json() == REFUSED
    assert verify(api, applicant["email"], second).status_code == 200
    login = api.post(f"{AUTH}/login", {"email": applicant["email"], "password": applicant["password"]})
    assert login.status_code == 200


def test_after_five_codes_in_an_hour_no_more_are_sent_and_nobody_is_told(stack, api, applicant):
    answers = [api.post(f"{AUTH}/signup", applicant) for _ in range(7)]

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    code = mailed_code(stack, applicant["email"], number=5)
    assert verify(api, applicant["email"], code).status_code == 200
    assert len(letters(stack, applicant["email"])) == 5


def test_who_signed_up_first_with_somebody_elses_address_is_out_when_the_owner_comes(stack, api, applicant, make):
    email = applicant["email"]
    api.register(email, "the thief's password")
    thief = api.login(email, "the thief's password").json()["data"]["sessionToken"]
    user = users.get_by_email(email)
    key = keys.create(workspaces.of_user(user.id)[0].id, name="kept", created_by=user.id)
    assert api.with_key(thief).get("/v1/jobs").status_code == 200

    api.post(f"{AUTH}/signup", applicant)
    assert verify(api, email, mailed_code(stack, email)).status_code == 200

    assert api.with_key(thief).get(f"{AUTH}/me").status_code == 401
    assert ApiKey.get_by_id(key.row.id).revoked_at is not None
    for password in ("the thief's password", applicant["password"]):
        assert api.post(f"{AUTH}/login", {"email": email, "password": password}).status_code == 401


def test_a_sign_up_with_a_known_address_looks_like_any_other(stack, api, applicant):
    known = User.create(
        id="user_known", email=f"known{next(_numbers)}@example.com", name="K", password_hash=None,
        verified_at="2026-01-01T00:00:00Z", created_at="2026-01-01T00:00:00Z",
    )  # fmt: skip
    new = api.post(f"{AUTH}/signup", applicant)
    again = api.post(f"{AUTH}/signup", {**applicant, "email": known.email})

    assert again.status_code == new.status_code == 201
    assert again.json() == {**new.json(), "email": known.email}
    assert set(again.headers) == set(new.headers)
    assert mailed(stack, known.email, r"(has an account already)")
    assert users.get(known.id).password_hash is None


def test_sign_up_and_code_take_as_long_for_a_known_address_as_for_an_unknown_one(api, applicant):
    def took(path: str, body: dict[str, str]) -> float:
        began = time.monotonic()
        api.post(path, body)
        return time.monotonic() - began

    api.post(f"{AUTH}/signup", applicant)
    code = {"otp_code": "000000"}
    known = [took(f"{AUTH}/verify-otp", {"email": applicant["email"], **code}) for _ in range(5)]
    unknown = [took(f"{AUTH}/verify-otp", {"email": "nobody@example.com", **code}) for _ in range(5)]

    assert abs(statistics.median(known) - statistics.median(unknown)) < STEP_SECONDS / 10
    assert min(known + unknown) >= STEP_SECONDS


def test_twenty_sign_ups_at_once_make_one_account_and_no_error(api, applicant):
    with ThreadPoolExecutor(20) as threads:
        statuses = set(threads.map(lambda _: api.post(f"{AUTH}/signup", applicant).status_code, range(20)))

    assert statuses == {201}
    assert User.select().where(User.email == applicant["email"]).count() == 1
    assert not MailCode.get(MailCode.user == users.get_by_email(applicant["email"]).id).is_contested


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "no address", "INVALID_INPUT"),
        ("password", "short", "INVALID_INPUT"),
        ("full_name", " ", "MISSING_REQUIRED_FIELD"),
        ("full_name", None, "INVALID_INPUT"),
    ],
)
def test_a_wrong_value_is_named(api, applicant, field, value, code):
    answer = api.post(f"{AUTH}/signup", {**applicant, field: value})

    assert answer.status_code == 400
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)
    assert set(answer.json()) == {"detail", "code", "field"}


def test_the_profile_is_a_persons(api, make):
    assert api.get(f"{AUTH}/me").status_code == 401
    assert api.get(f"{AUTH}/me").json()["code"] == "UNAUTHORIZED"
    assert api.with_key(make.key()).get(f"{AUTH}/me").status_code == 403
