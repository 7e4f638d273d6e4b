"""A canary: passwords, tokens and keys that were used are found in no log and no row."""

from __future__ import annotations

import re

import psycopg2

from store.accounts import tokens
from store.accounts.tables import OneTimeToken
from tests.kit.eventually import eventually
from tests.kit.post import mailed_code, mailed_token

PASSWORD = "canary-password-8461"
STACK_SETTINGS = {"MILLRACE_LOG__LEVEL": "debug"}


def test_no_secret_is_in_the_logs_or_the_database(stack, api, make, owner):
    address = "canary@example.com"
    assert api.register(address, PASSWORD).status_code == 201
    api.login(address, PASSWORD + "-wrong")
    session_token = api.login(address, PASSWORD).json()["data"]["sessionToken"]
    key = make.key(owner.workspace)
    one_time_token = tokens.one_time_token(OneTimeToken.get().id)
    for credential in (session_token, key, key[:-1] + "?", session_token[:-2]):
        api.with_key(credential).get("/v1/jobs")
    api.post("/api/auth/verify-email", {"token": one_time_token + "x"})
    api.get(f"/verify-email?token={one_time_token}")
    folder = f"{stack.services.data_dir}/mail"
    eventually(lambda: any("canary" in path for path in _texts(folder)), within_s=10, what="the mail")
    api.post("/api/auth/verify-email", {"token": one_time_token})
    api.with_key(session_token).post("/api/auth/logout")

    kept = _everything(stack.services.database_url)
    said = "\n".join(process.output() for process in stack._processes)

    assert address in kept, "the dump shows what is stored"
    for secret in (PASSWORD, session_token, session_token.rpartition(".")[2], key, key[19:62], one_time_token):
        assert secret not in kept
        assert secret not in said


def test_no_code_link_or_refresh_token_is_in_the_logs_or_the_database(stack, api):
    address = "second-canary@example.com"
    api.post("/api/v1/auth/signup", {"email": address, "password": PASSWORD, "full_name": "Canary"})
    code = mailed_code(stack, address)
    api.post("/api/v1/auth/verify-otp", {"email": address, "otp_code": code})
    first = api.post("/v1/auth/login", {"email": address, "password": PASSWORD}).json()["data"]["refresh_token"]
    second = api.post("/v1/auth/refresh", {"refresh_token": first}).json()["data"]["refresh_token"]
    api.post("/v1/auth/refresh", {"refresh_token": second[:-1] + "?"})
    api.post("/api/auth/reset-password", {"email": address})
    link = mailed_token(stack, address)
    api.get(f"/reset-password?token={link}")
    api.post("/api/auth/reset-password/confirm", {"token": link, "password": PASSWORD + "-new"})

    kept = _everything(stack.services.database_url)
    said = "\n".join(process.output() for process in stack._processes)

    assert address in kept
    for secret in (PASSWORD, first, second, link):
        assert secret not in kept
        assert secret not in said
    whole_number = re.compile(rf"(?<!\d){code}(?!\d)")
    assert not whole_number.search(re.sub(r"\\\d{3}|\d+\.\d+|[0-9a-f]{32,}", "", kept))


def test_no_webhook_secret_or_custom_header_is_in_the_logs_or_the_database(stack, mine):
    own, header = "canary-own-secret-5127", "Bearer canary-header-3396"
    told = {"url": "http://127.0.0.1:9/hook", "events": ["job.completed"]}
    first = mine.post("/v1/webhooks", {**told, "secret": own, "headers": {"Authorization": header}}).json()
    ours = mine.post("/v1/webhooks", told).json()
    rotated = mine.post(f"/v1/webhooks/{ours['id']}/rotate-secret", {}).json()["secret"]
    key = mine.post("/v1/jobs", {"pipeline": "diagnostics.echo"}).json()["job_id"]
    mine.get(f"/v1/jobs/{key}?wait=20")

    def was_tried():
        found = mine.get(f"/v1/webhooks/{first['id']}/deliveries").json()["deliveries"]
        assert found
        assert found[0]["attempts"]
        return found

    eventually(was_tried, within_s=20)
    kept = _everything(stack.services.database_url)
    said = "\n".join(process.output() for process in stack._processes)
    read = mine.get(f"/v1/webhooks/{first['id']}").text + mine.get("/v1/webhooks").text

    assert first["id"] in kept
    for secret in (own, header.split()[1], ours["secret"], ours["secret"].removeprefix("whsec_"), rotated):
        assert secret not in kept
        assert secret not in said
        assert secret not in read


def _texts(folder: str) -> list[str]:
    from pathlib import Path

    return [path.read_text(encoding="utf-8") for path in Path(folder).glob("*.eml")]


def _everything(url: str) -> str:
    """All rows of all tables as text; bytea both as hex and as the letters that it may hold."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        tables = [name for (name,) in cursor.fetchall()]
        rows = []
        for setting in ("hex", "escape"):
            cursor.execute(f"SET bytea_output = {setting}")
            for table in tables:
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                rows += [text for (text,) in cursor.fetchall()]
    connection.close()
    return "\n".join(rows)
