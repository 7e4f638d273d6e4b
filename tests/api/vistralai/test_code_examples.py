"""The code of two documents, run as it stands there: the published one's examples, and those of docs/vistralai.md."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from store.brands import values
from store.kit.settings import ROOT
from tests.api.vistralai.documented import CURL, JAVASCRIPT, PUBLISHED_AT, PYTHON
from tests.kit.factories import Maker

PAGE = (ROOT / "docs" / "vistralai.md").read_text(encoding="utf-8")
SESSION = "\n".join(re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL))
SHOWN = "".join(re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL))
WEIGHTS = dict(re.findall(r"^\| ([a-z-]+) \| ((?:\w+ \d+(?:, )?)+) \|$", PAGE, re.MULTILINE))


@pytest.fixture
def account(stack):
    """The person of the published examples, on an account nobody else has used."""
    maker = Maker()
    known = maker.user(email="user@example.com", password="password")
    workspace = maker.workspace(owner=known)
    yield maker.signed_in(known, workspace)
    from store.accounts.tables import User

    User.update(email=f"{known.id}@example.com").where(User.id == known.id).execute()


def run(command: list[str], folder, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "no_proxy": "*", **environment}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def here(code: str, stack) -> str:
    assert PUBLISHED_AT in code
    return code.replace(PUBLISHED_AT, stack.url)


def mission(stack, account) -> str:
    answer = stack.client().with_key(account.token).get("/api/brand-360/identity?brandId=brand_123")
    return str(answer.json()["data"]["mission"])


def test_the_published_python_runs(stack, account, tmp_path):
    told = run([sys.executable, "-c", here(PYTHON, stack)], tmp_path)

    assert "'success': True" in told and "'mission': 'Help businesses grow'" in told
    assert mission(stack, account) == "Help businesses grow"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_published_curl_runs(stack, account, tmp_path):
    told = run(["bash", "-ec", here(CURL, stack)], tmp_path)

    assert '"success":true' in told and '"mission":"Help businesses grow"' in told
    assert mission(stack, account) == "Help businesses grow"


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
@pytest.mark.long
def test_the_published_javascript_runs_in_a_page_that_is_signed_in(stack, account):
    """`credentials: 'include'`: it is written for a browser that has the session's cookie."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context()
        context.add_cookies([{"name": "millrace_session", "value": account.token, "url": stack.url}])
        page = context.new_page()
        page.goto(f"{stack.url}/docs")
        with page.expect_console_message() as said:
            page.evaluate(f"async () => {{ {here(JAVASCRIPT, stack)} }}")
        answer = said.value.args[0].json_value()
        browser.close()

    assert (answer["success"], answer["data"]["vision"]) == (True, "Be the world leader")
    assert mission(stack, account) == "Help businesses grow"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_session_of_our_own_page_answers_what_it_shows(stack, site, account, tmp_path):
    told = run(["bash", "-ec", SESSION], tmp_path, API=stack.url, SITE=site.url)

    assert told.splitlines() == SHOWN.splitlines()


def test_the_weights_of_our_own_page_are_those_that_count():
    told = {
        section: {name: int(weight) for name, weight in re.findall(r"(\w+) (\d+)", text)}
        for section, text in WEIGHTS.items()
    }

    assert json.dumps(told, sort_keys=True) == json.dumps(values.WEIGHTS, sort_keys=True)
