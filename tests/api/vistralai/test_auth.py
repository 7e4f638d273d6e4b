"""VistralAI's authentication endpoints, by the document's own examples and against its shapes."""

from __future__ import annotations

import email
import email.policy
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
import requests

from store.accounts import users
from store.accounts.tables import LoginCounter, User
from tests.kit.eventually import eventually
from tests.kit.factories import PASSWORD

STACK_SETTINGS = {"MILLRACE_ACCOUNTS__KEY_CACHE_SECONDS": "0.2"}
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
_numbers = count(1)


@pytest.fixture
def applicant():
    """The document's request, with an address nobody has."""
    return {
        "email": f"user{next(_numbers)}@example.com",
        "password": "securepassword123",
        "name": "John Doe",
        "companyName": "Acme Corp",
    }


def error(answer: requests.Response) -> tuple[int, str, str | None]:
    body = answer.json()
    assert set(body) <= {"success", "error", "code", "details", "retryAfter"}
    assert body["success"] is False
    assert body["error"]
    return answer.status_code, body["code"], body.get("details", {}).get("field")


def test_register_answers_as_documented(api, applicant):
    answer = api.post("/api/auth/register", applicant)

    assert answer.status_code == 201
    assert answer.json()["success"] is True
    data = answer.json()["data"]
    assert set(data) == {"id", "email", "name", "createdAt"}
    assert re.fullmatch(r"user_[0-9a-z]{26}", data["id"])
    assert (data["email"], data["name"]) == (applicant["email"], "John Doe")
    assert re.fullmatch(MOMENT, data["createdAt"])


def test_login_answers_as_documented_and_sets_a_guarded_cookie(api, applicant):
    registered = api.post("/api/auth/register", applicant).json()["data"]

    answer = api.login(applicant["email"].upper(), applicant["password"])

    assert answer.status_code == 200
    data = answer.json()["data"]
    assert set(data) == {"id", "email", "sessionToken"}
    assert (data["id"], data["email"]) == (registered["id"], applicant["email"])
    assert data["sessionToken"].startswith("eyJhbGciOiJIUzI1NiIs")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"millrace_session={data['sessionToken']};")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400"):
        assert part in cookie
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_documents_python_example_signs_in_and_stays_so(stack, api, applicant):
    api.post("/api/auth/register", applicant)
    session = requests.Session()

    login_response = session.post(
        stack.url + "/api/auth/login", json={"email": applicant["email"], "password": applicant["password"]}
    )
    response = session.post(stack.url + "/api/auth/logout")

    assert login_response.status_code == 200
    assert (response.status_code, response.json()) == (
        200,
        {"success": True, "data": {"message": "Logged out successfully"}},
    )


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_documents_curl_example_signs_in_and_stays_so(stack, api, applicant, tmp_path):
    api.post("/api/auth/register", applicant)
    login = f'{{"email": "{applicant["email"]}", "password": "{applicant["password"]}"}}'
    json_type = ["-H", "Content-Type: application/json"]

    def curl(*arguments: str) -> str:
        done = subprocess.run(
            ["curl", "-sS", *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True
        )
        return done.stdout

    first = curl("-c", "cookies.txt", "-X", "POST", f"{stack.url}/api/auth/login", *json_type, "-d", login)
    second = curl("-b", "cookies.txt", "-X", "POST", f"{stack.url}/api/auth/logout", *json_type)

    assert '"sessionToken":"eyJ' in first
    assert second == '{"success":true,"data":{"message":"Logged out successfully"}}'


def test_the_session_token_works_as_a_bearer_token_until_logout(api, applicant):
    api.post("/api/auth/register", applicant)
    token = api.login(applicant["email"], applicant["password"]).json()["data"]["sessionToken"]
    bearer = api.with_key(token)

    answer = bearer.post("/api/auth/logout")

    assert answer.status_code == 200
    assert answer.headers["Set-Cookie"].startswith("millrace_session=; ")
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert error(bearer.post("/api/auth/logout")) == (401, "UNAUTHORIZED", None)


def test_signing_in_again_does_not_end_the_other_session(api, applicant):
    api.post("/api/auth/register", applicant)
    first, second = (
        api.login(applicant["email"], applicant["password"]).json()["data"]["sessionToken"] for _ in range(2)
    )

    assert first != second
    assert api.with_key(first).post("/api/auth/logout").status_code == 200
    assert api.with_key(second).post("/api/auth/logout").status_code == 200


def test_the_mailed_token_verifies_the_address_once(stack, api, applicant):
    api.post("/api/auth/register", applicant)
    token = mailed_token(stack, applicant["email"])
    assert users.get_by_email(applicant["email"]).verified_at is None

    answer = api.post("/api/auth/verify-email", {"token": token})

    assert (answer.status_code, answer.json()) == (200, {"success": True, "data": {"verified": True}})
    assert users.get_by_email(applicant["email"]).verified_at is not None
    assert error(api.post("/api/auth/verify-email", {"token": token})) == (400, "INVALID_INPUT", "token")


def test_the_mailed_link_asks_before_it_verifies(stack, api, applicant):
    api.post("/api/auth/register", applicant)
    token = mailed_token(stack, applicant["email"])

    page = api.get(f"/verify-email?token={token}")

    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f'name="token" value="{token}"' in page.text
    assert users.get_by_email(applicant["email"]).verified_at is None
    done = api.request("POST", "/verify-email", data={"token": token})
    assert (done.status_code, "is confirmed" in done.text) == (200, True)
    assert users.get_by_email(applicant["email"]).verified_at is not None
    assert api.request("POST", "/verify-email", data={"token": token}).status_code == 400


def test_the_page_behind_the_link_shows_nothing_of_a_stranger(api):
    page = api.get("/verify-email", params={"token": '"><script>alert(1)</script>'})

    assert "<script>" not in page.text


def test_a_taken_address_is_a_conflict_however_it_is_spelt(api, applicant):
    api.post("/api/auth/register", applicant)

    answer = api.post("/api/auth/register", {**applicant, "email": applicant["email"].upper()})

    assert error(answer) == (409, "CONFLICT", "email")


def test_twenty_sign_ups_at_once_make_one_account(api, applicant):
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: api.post("/api/auth/register", applicant).status_code, range(20)))

    assert sorted(answers) == [201] + [409] * 19
    assert User.select().where(User.email == applicant["email"]).count() == 1


@pytest.mark.parametrize("missing", ["email", "password", "name"])
def test_a_missing_field_is_named(api, applicant, missing):
    del applicant[missing]

    assert error(api.post("/api/auth/register", applicant)) == (400, "MISSING_REQUIRED_FIELD", missing)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "not-an-address"),
        ("email", "a@b.c\r\nBcc: x@y.z"),
        ("email", None),
        ("email", ["user@example.com"]),
        ("password", "short"),
        ("password", "x" * 257),
        ("password", 12345678),
        ("name", "two\nlines"),
        ("name", "x" * 201),
        ("name", "nul\0"),
        ("companyName", "nul\0"),
        ("companyName", "x" * 201),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_written(api, applicant, field, value):
    before = User.select().count()

    assert error(api.post("/api/auth/register", {**applicant, field: value})) == (400, "INVALID_INPUT", field)
    assert User.select().count() == before


def test_fields_that_the_contract_does_not_know_change_nothing(api, applicant):
    answer = api.post("/api/auth/register", {**applicant, "isOperator": True, "plan": "enterprise", "role": "OWNER"})

    assert answer.status_code == 201
    assert not users.get_by_email(applicant["email"]).is_operator


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(api, applicant):
    api.post("/api/auth/register", applicant)

    wrong = api.login(applicant["email"], "wrong password")
    unknown = api.login("nobody@example.com", "wrong password")
    odd = api.login("no address at all", "wrong password")

    assert error(wrong) == (401, "UNAUTHORIZED", None)
    assert wrong.json() == unknown.json() == odd.json()
    assert "Set-Cookie" not in wrong.headers
    assert set(wrong.headers) == set(unknown.headers)


def test_too_many_wrong_passwords_slow_down_even_the_right_one(api, applicant):
    api.post("/api/auth/register", applicant)
    for _ in range(10):
        assert api.login(applicant["email"], "wrong password").status_code == 401

    slowed = api.login(applicant["email"], applicant["password"])

    assert error(slowed) == (429, "RATE_LIMITED", None)
    assert slowed.headers["Retry-After"] == str(slowed.json()["retryAfter"]) == "1"
    answer = eventually(lambda: (one := api.login(applicant["email"], applicant["password"])).ok and one)
    assert answer.json()["data"]["email"] == applicant["email"]
    assert LoginCounter.select().where(LoginCounter.email == applicant["email"]).count() == 0


def test_logging_out_needs_a_person(api, make):
    assert error(api.post("/api/auth/logout")) == (401, "UNAUTHORIZED", None)
    assert error(api.with_key(make.key()).post("/api/auth/logout")) == (403, "FORBIDDEN", None)


def test_a_page_of_another_site_cannot_use_the_cookie(api, applicant):
    api.post("/api/auth/register", applicant)
    api.login(applicant["email"], applicant["password"])

    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert error(api.post("/api/auth/logout", headers=headers))[:2] == (403, "FORBIDDEN")
    assert api.post("/api/auth/logout", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_a_page_of_another_site_cannot_sign_anyone_in(api, applicant):
    api.post("/api/auth/register", applicant)
    body = {"email": applicant["email"], "password": applicant["password"]}

    answer = api.post("/api/auth/login", body, headers={"Sec-Fetch-Site": "cross-site"})

    assert error(answer)[:2] == (403, "FORBIDDEN")
    assert "Set-Cookie" not in answer.headers


def test_a_person_made_by_an_operator_has_no_password_to_guess(api, make):
    user = make.user(password=None)

    for password in ("", PASSWORD, "nobody has this password"):
        assert api.login(user.email, password).status_code == 401


def mailed_token(stack, address: str) -> str:
    """The token in the newest mail to this address, once it is there."""

    def find() -> str | None:
        for path in Path(stack.services.data_dir, "mail").glob("*.eml"):
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if letter["To"] == address:
                found = re.search(r"token=([\w-]{43})\s", letter.get_body(("plain",)).get_content())
                return found[1] if found else None
        return None

    return eventually(find, within_s=10, what=f"a mail to {address}")
