"""Session tokens that we did not sign, or that are too old, are nobody's; one-time tokens come from their row."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import jwt
import pytest

from store.accounts import one_time, tokens
from store.kit import clock, keys

pytestmark = pytest.mark.usefixtures("services")


def signed(lifetime: timedelta = timedelta(hours=1)) -> str:
    now = clock.utc_now()
    return tokens.session_token("sess_1", "user_1", issued_at=now, expires_at=now + lifetime)


def claims(**changes):
    now = int(clock.utc_now().timestamp())
    whole = {"sub": "user_1", "sid": "sess_1", "aud": tokens.AUDIENCE, "iat": now, "exp": now + 60, **changes}
    return {name: value for name, value in whole.items() if value is not None}


def test_a_token_names_its_session_and_person():
    found = tokens.read_session_token(signed())

    assert found is not None
    assert (found.sub, found.sid) == ("user_1", "sess_1")


def test_a_token_ends_with_its_time(move_clock):
    token = signed(timedelta(hours=24))
    move_clock(timedelta(hours=23, minutes=59))
    assert tokens.read_session_token(token) is not None
    move_clock(timedelta(minutes=2))
    assert tokens.read_session_token(token) is None


def test_a_token_signed_with_another_secret_is_nobodys():
    assert tokens.read_session_token(jwt.encode(claims(), b"x" * 32, algorithm="HS256")) is None


def test_a_token_of_another_purpose_is_no_session_token():
    assert tokens.read_session_token(jwt.encode(claims(), keys.derived("one-time token"), algorithm="HS256")) is None


@pytest.mark.parametrize("name", ["none", "None", "NONE"])
def test_a_token_without_a_signature_is_nobodys(name):
    head = base64.urlsafe_b64encode(json.dumps({"alg": name, "typ": "JWT"}).encode()).rstrip(b"=").decode()
    body = base64.urlsafe_b64encode(json.dumps(claims()).encode()).rstrip(b"=").decode()

    assert tokens.read_session_token(f"{head}.{body}.") is None
    assert tokens.read_session_token(f"{head}.{body}.{signed().rpartition('.')[2]}") is None


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_only_one_algorithm_counts_even_with_the_right_secret():
    assert tokens.read_session_token(jwt.encode(claims(), keys.derived("session token"), algorithm="HS512")) is None


@pytest.mark.parametrize("missing", ["exp", "iat", "sub", "sid", "aud"])
def test_a_token_needs_every_claim(missing):
    token = jwt.encode(claims(**{missing: None}), keys.derived("session token"), algorithm="HS256")

    assert tokens.read_session_token(token) is None


@pytest.mark.parametrize("changes", [{"aud": "others"}, {"exp": "never"}, {"exp": 0}, {"sid": ["sess_1"]}])
def test_a_token_with_an_odd_claim_is_nobodys(changes):
    # Signed by hand: PyJWT would refuse to write some of these.
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims(**changes))]
    text = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        text.encode(), keys.derived("session token")
    )
    token = f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    assert tokens.read_session_token(token) is None


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "é.é.é", "x" * 10_000])
def test_any_text_is_nobodys_token(text):
    assert tokens.read_session_token(text) is None


def test_a_one_time_token_works_once_and_only_the_newest(empty_store, make):
    user = make.user()
    old = one_time.issue(user.id, "verify_email", lifetime=timedelta(hours=1))
    new = one_time.issue(user.id, "verify_email", lifetime=timedelta(hours=1))

    assert one_time.spend(tokens.one_time_token(old), "verify_email") is None
    assert one_time.spend(tokens.one_time_token(new), "verify_email") == user.id
    assert one_time.spend(tokens.one_time_token(new), "verify_email") is None


def test_a_one_time_token_ends_with_its_time(empty_store, make, move_clock):
    issued = one_time.issue(make.user().id, "verify_email", lifetime=timedelta(hours=1))

    move_clock(timedelta(minutes=61))

    assert one_time.spend(tokens.one_time_token(issued), "verify_email") is None
