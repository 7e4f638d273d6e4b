"""Tokens that we did not sign, or not for this: refused on every surface, in its own words."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import jwt
import pytest

from store.accounts import tokens
from store.kit import clock, keys

PLACES = {
    "/v1/jobs": ("error", "code"),
    "/api/v1/auth/me": ("code",),
    "/api/v1/workspaces": ("code",),
    "/api/brand-360/identity?brand360Id=b": ("code",),
}


def claims(person, **changed: object) -> dict[str, object]:
    now = int(clock.utc_now().timestamp())
    base = {"sub": person.user.id, "sid": person.session_id, "aud": tokens.AUDIENCE, "iat": now, "exp": now + 3600}
    return {name: value for name, value in {**base, **changed}.items() if value is not None}


def signed(payload: dict[str, object], *, header: dict[str, str] | None = None, key: bytes | None = None) -> str:
    """A token as a forger builds it, with any header."""
    parts = [json.dumps(one).encode() for one in ({"typ": "JWT", "alg": "HS256", **(header or {})}, payload)]
    text = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    mac = hmac.new(keys.derived("session token") if key is None else key, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def forgeries(owner, stranger) -> dict[str, str]:
    past = int((clock.utc_now() - timedelta(seconds=5)).timestamp())
    unsigned = jwt.encode(claims(owner), "", algorithm="none")
    head, body, mac = owner.token.split(".")
    return {
        "none": unsigned,
        "none in capitals": signed(claims(owner), header={"alg": "NONE"}),
        "another algorithm": signed(claims(owner), header={"alg": "RS256"}),
        "another key": signed(claims(owner), key=b"x" * 32),
        "an empty key": signed(claims(owner), key=b""),
        "a key for another purpose": signed(claims(owner), key=keys.derived("one-time token")),
        "a key named in the header": signed(claims(owner), header={"kid": "../../dev/null"}, key=b""),
        "expired": signed(claims(owner, exp=past)),
        "without an end": signed(claims(owner, exp=None)),
        "for others": signed(claims(owner, aud="elsewhere")),
        "without a session": signed(claims(owner, sid=None)),
        "another's session": signed(claims(owner, sid=stranger.session_id)),
        "a session of nobody": signed(claims(owner, sid="sess_x")),
        "an end that is no number": signed(claims(owner, exp="tomorrow")),
        "without its signature": f"{head}.{body}.",
        "with another's body": f"{head}.{stranger.token.split('.')[1]}.{mac}",
    }


def test_the_forger_s_tool_makes_good_tokens_when_it_is_asked_to(api, owner):
    assert api.with_key(signed(claims(owner))).get("/v1/jobs").status_code == 200


@pytest.mark.parametrize("path", PLACES)
def test_no_forged_token_counts(api, owner, stranger, path):
    for name, token in forgeries(owner, stranger).items():
        answer = api.with_key(token).get(path)

        assert answer.status_code == 401, name
        code = answer.json()
        for step in PLACES[path]:
            code = code[step]
        assert code.upper() in ("UNAUTHORIZED", "INVALID_API_KEY"), name
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_good_token_counts_only_whole_and_as_it_is(api, owner):
    for token in (owner.token[:-2], owner.token + "A", owner.token.swapcase(), f"{owner.token} x", f"x {owner.token}"):
        assert api.with_key(token).get("/v1/jobs").status_code == 401
