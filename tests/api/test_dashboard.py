"""The pages for people: sign in, a new password, API keys; without scripts, and for nobody else."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

from store.accounts import principals, users
from store.accounts.tables import ApiKey
from tests.kit.client import Client
from tests.kit.eventually import eventually
from tests.kit.factories import PASSWORD
from tests.kit.post import mailed_token

STACK_SETTINGS = {"MILLRACE_ACCOUNTS__KEY_CACHE_SECONDS": "0.2"}
KEYS = "/settings/api-keys"
NEW = {"name": "CI", "kind": "secret", "mode": "live"}
PAGES = ("/sign-in", "/forgot-password", "/reset-password?token=x", "/verify-email?token=x")


@pytest.fixture
def browser(stack, owner) -> Client:
    """The owner's browser, signed in through the page."""
    client = stack.client()
    answer = send(client, "/sign-in", email=owner.user.email, password=PASSWORD)
    assert answer.status_code == 303
    return client


def send(client: Client, path: str, headers: dict[str, str] | None = None, **fields: str):
    """A form, as a browser posts it from our own page."""
    return client.request("POST", path, data=fields, headers=headers or {"Sec-Fetch-Site": "same-origin"})


def shown_key(page: str) -> str:
    return re.search(r'<code class="key">([^<]+)</code>', page)[1]


def test_signing_in_leads_to_where_one_wanted_to_go_and_out_again(stack, owner):
    client = stack.client()
    first = client.get(KEYS)
    assert (first.status_code, first.headers["Location"]) == (303, "/sign-in?next=%2Fsettings%2Fapi-keys")
    assert 'value="/settings/api-keys"' in client.get(first.headers["Location"]).text

    signed_in = send(client, "/sign-in", email=owner.user.email, password=PASSWORD, next=KEYS)

    assert (signed_in.status_code, signed_in.headers["Location"]) == (303, KEYS)
    for part in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in signed_in.headers["Set-Cookie"]
    assert owner.user.email in client.get(KEYS).text
    assert client.get("/sign-in").status_code == 303
    out = send(client, "/sign-out")
    assert (out.status_code, out.headers["Location"]) == (303, "/sign-in")
    assert client.get(KEYS).status_code == 303


def test_a_wrong_password_shows_the_form_again_with_the_reason(api, owner):
    answer = send(api, "/sign-in", email=owner.user.email, password="wrong password")

    assert answer.status_code == 401
    assert 'role="alert">The e-mail address or the password is wrong.' in answer.text
    assert f'value="{owner.user.email}"' in answer.text
    assert "wrong password" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\r\nX: y"]
)
def test_signing_in_never_leads_to_another_site(stack, owner, place):
    answer = send(stack.client(), "/sign-in", email=owner.user.email, password=PASSWORD, next=place)

    assert (answer.status_code, answer.headers["Location"]) == (303, KEYS)


def test_a_key_is_made_seen_once_and_revoked(browser, owner):
    made = send(browser, KEYS, **NEW)
    key = shown_key(made.text)
    assert made.status_code == 200
    assert principals.of_key(key).workspace_id == owner.workspace.id

    listed = browser.get(KEYS).text
    assert key not in listed
    assert f"sk_live_{key[8:12]}…{key[-4:]}" in listed

    row = ApiKey.get(ApiKey.workspace == owner.workspace.id)
    assert row.created_by.id == owner.user.id
    revoked = send(browser, f"{KEYS}/revoke", key=row.id)
    assert "The key is revoked" in revoked.text
    assert "Revoked keys (1)" in revoked.text
    assert principals.of_key(key) is None
    assert send(browser, f"{KEYS}/revoke", key=row.id).status_code == 404


def test_a_publishable_key_is_made_with_its_domains(browser, owner):
    page = send(
        browser, KEYS, **{**NEW, "kind": "publishable", "mode": "test"}, domains="Example.com\n*.example.com"
    ).text

    found = principals.of_key(shown_key(page), kind="publishable")
    assert shown_key(page).startswith("pk_test_")
    assert found.allowed_domains == ("example.com", "*.example.com")


@pytest.mark.parametrize(
    ("field", "value"), [("name", " "), ("kind", "root"), ("mode", ""), ("domains", "https://a.com/")]
)
def test_what_cannot_be_a_key_is_told_and_what_was_typed_is_kept(browser, owner, field, value):
    answer = send(browser, KEYS, **{**NEW, "kind": "publishable", "domains": "a.com", field: value})

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert ApiKey.select().where(ApiKey.workspace == owner.workspace.id).count() == 0


def test_names_are_text_and_not_html(browser):
    page = send(browser, KEYS, **{**NEW, "name": '<script>alert(1)</script>"'}).text

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;" in page


def test_a_member_sees_keys_and_changes_none(stack, make, owner, colleague):
    make.key(owner.workspace)
    row = ApiKey.get(ApiKey.workspace == owner.workspace.id)
    client = stack.client()
    send(client, "/sign-in", email=colleague.user.email, password=PASSWORD)

    page = client.get(KEYS).text

    assert "Test key" in page
    assert "<textarea" not in page
    assert "Revoke this key" not in page
    assert send(client, KEYS, **NEW).status_code == 403
    assert send(client, f"{KEYS}/revoke", key=row.id).status_code == 403
    assert ApiKey.get_by_id(row.id).revoked_at is None


def test_another_s_workspace_and_keys_are_not_there(browser, make, stranger):
    make.key(stranger.workspace)
    row = ApiKey.get(ApiKey.workspace == stranger.workspace.id)

    assert browser.get(f"{KEYS}?workspace={stranger.workspace.id}").status_code == 404
    assert send(browser, KEYS, **NEW, workspace=stranger.workspace.id).status_code == 403
    assert send(browser, f"{KEYS}/revoke", key=row.id, workspace=stranger.workspace.id).status_code == 403
    assert send(browser, f"{KEYS}/revoke", key=row.id).status_code == 404
    assert ApiKey.get_by_id(row.id).revoked_at is None


def test_somebody_in_no_workspace_is_told_so(stack, make):
    client = stack.client()
    send(client, "/sign-in", email=make.user().email, password=PASSWORD)

    page = client.get(KEYS)

    assert (page.status_code, "You are in no workspace." in page.text) == (200, True)
    assert send(client, KEYS, **NEW).status_code == 403


def test_one_s_second_workspace_can_be_chosen(browser, make, owner):
    second = make.workspace(owner=owner.user, name="Second & Sons")

    page = browser.get(f"{KEYS}?workspace={second.id}").text

    assert "Second &amp; Sons</strong>" in page
    key = shown_key(send(browser, KEYS, **NEW, workspace=second.id).text)
    assert principals.of_key(key).workspace_id == second.id


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
@pytest.mark.parametrize("path", [KEYS, f"{KEYS}/revoke", "/sign-in", "/sign-out", "/reset-password"])
def test_a_page_of_another_site_can_send_no_form(browser, owner, path, headers):
    answer = send(browser, path, headers=headers, **NEW, email=owner.user.email, password=PASSWORD)

    assert answer.status_code == 403
    assert ApiKey.select().where(ApiKey.workspace == owner.workspace.id).count() == 0
    assert browser.get(KEYS).status_code == 200


def test_a_new_password_is_set_by_the_pages_alone(stack, api, owner):
    asked = send(api, "/forgot-password", email=owner.user.email)
    assert "the link is on its way" in asked.text
    assert send(api, "/forgot-password", email="nobody@example.com").text == asked.text
    token = mailed_token(stack, owner.user.email)

    short = send(api, "/reset-password", token=token, password="short")
    assert short.status_code == 400
    assert f'name="token" value="{token}"' in short.text
    done = send(api, "/reset-password", token=token, password="another good password")
    assert "Your password is set" in done.text
    assert send(api, "/reset-password", token=token, password="another good password").status_code == 400
    assert send(api, "/sign-in", email=owner.user.email, password="another good password").status_code == 303


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_no_script_and_is_in_no_frame(api, path):
    page = api.get(path)

    policy = page.headers["Content-Security-Policy"]
    assert page.status_code == 200
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    # With no-referrer a browser would send `Origin: null` with the form, and be refused.
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "<script" not in page.text
    assert "style=" not in page.text


@pytest.mark.parametrize("path", [*PAGES, KEYS])
def test_every_field_has_a_label_and_every_page_its_parts(browser, stack, path):
    page = Outline()
    page.feed((browser if path == KEYS else stack.client()).get(path).text)

    assert page.unlabelled() == []
    assert page.counted["h1"] == page.counted["main"] == page.counted["title"] == 1
    assert page.has_language


def test_style_and_mark_are_served_and_nothing_else(api):
    style = api.get("/static/dashboard.css")

    assert (style.status_code, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "prefers-color-scheme: dark" in style.text
    assert api.get("/static/dashboard.css", headers={"If-None-Match": style.headers["ETag"]}).status_code == 304
    assert api.get("/static/mark.svg").headers["Content-Type"] == "image/svg+xml"
    assert api.get("/static/..%2fpage.py").status_code == 404


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_a_browser_takes_the_style_and_breaks_no_policy(stack, tmp_path):
    def look() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}",
             "--enable-logging=stderr", "--v=0", "--dump-dom", f"{stack.url}/sign-in"],
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip

    seen = look()

    assert "Sign in" in seen.stdout
    assert "Content Security Policy" not in seen.stderr


def test_an_operator_s_person_gets_in_by_a_new_password(stack, api, make):
    user = make.user(password=None)
    make.workspace(owner=user)

    send(api, "/forgot-password", email=user.email)
    send(api, "/reset-password", token=mailed_token(stack, user.email), password="my first password")

    assert users.get(user.id).verified_at is not None
    client = stack.client()
    assert send(client, "/sign-in", email=user.email, password="my first password").status_code == 303
    assert eventually(lambda: client.get(KEYS).status_code == 200)


class Outline(HTMLParser):
    """What a page is made of, as far as a screen reader asks."""

    def __init__(self) -> None:
        super().__init__()
        self.counted: dict[str, int] = {}
        self.has_language = False
        self._labelled: set[str] = set()
        self._fields: list[str] = []
        self._open_labels = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.counted[tag] = self.counted.get(tag, 0) + 1
        self.has_language |= tag == "html" and bool(found.get("lang"))
        if tag == "label":
            self._open_labels += 1
            self._labelled.add(found.get("for") or "")
        if tag in ("input", "textarea", "select") and found.get("type") != "hidden" and not self._open_labels:
            self._fields.append(found.get("id") or "?")

    def handle_endtag(self, tag: str) -> None:
        self._open_labels -= tag == "label"

    def unlabelled(self) -> list[str]:
        return [field for field in self._fields if field not in self._labelled]
