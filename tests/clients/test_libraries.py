"""The libraries: what they send again, raise and check, told by each language; and the documents' own examples.

One file, so that npm's packages are built once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from standardwebhooks.webhooks import Webhook

from store.kit.clock import utc_now
from store.kit.settings import ROOT
from tests.clients.conftest import CLIENTS, run
from tests.clients.examples import CLISONIX, CLISONIX_NODE, NODE, PHP, PHP_ARRAYS, PYTHON
from tests.kit.fake_web import FakeWeb, Request

HERE = Path(__file__).parent
PAYLOAD = '{"event":"credits.low"}'
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Told:
    """Answers in turn, by method and path."""

    def __init__(self, web: FakeWeb) -> None:
        self.waiting = {
            ("POST", "/v1/projects"): [
                (429, {"error": {"code": "rate_limit_exceeded", "message": "Slow down."}}, {"Retry-After": "0"}),
                (201, {"id": "proj_1"}, {}),
                (500, {"error": {"code": "server_error", "message": "Oh.", "details": {"field": "name"}}}, {}),
            ],
            ("POST", "/v1/jobs"): [(502, None, {}), (202, {"job_id": "job_1", "status": "processing"}, {})],
            ("GET", "/v1/projects/proj_busy"): [
                (429, {"error": {"code": "rate_limit_exceeded", "message": "Later."}}, {"Retry-After": "3600"})
            ],
        }
        web.fallback = self.answer

    def answer(self, request: Request) -> None:
        status, body, more = self.waiting[request.command, request.path].pop(0)
        request.answer(status, json.dumps(body).encode() if body else b"<html>", more)


def python() -> tuple[list[str], dict[str, str], Path]:
    return [sys.executable, str(HERE / "probe.py")], {"PYTHONPATH": str(CLIENTS / "python")}, HERE


@pytest.fixture(params=["python", pytest.param("node", marks=pytest.mark.long), "php"])
def program(request, tmp_path):
    """(arguments, environment, folder) that run the scenario in one language."""
    if request.param == "node":
        folder = request.getfixturevalue("built")
        shutil.copy(HERE / "probe.cjs", folder)
        return ["node", "probe.cjs"], {}, folder
    if request.param == "php":
        return ["php", str(HERE / "probe.php"), request.getfixturevalue("php")], {}, tmp_path
    return python()


def test_only_what_cannot_happen_twice_is_sent_again_and_errors_say_what_the_answer_said(program):
    arguments, more, folder = program
    now = utc_now()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("msg_1", now, PAYLOAD),
    }
    digest = hmac.new(SECRET.encode(), PAYLOAD.encode(), hashlib.sha256).hexdigest()

    with FakeWeb() as web:
        Told(web)
        done = subprocess.run(
            [*arguments, f"{web.url}/v1", PAYLOAD, digest, json.dumps(headers), SECRET],
            cwd=folder, env={**os.environ, **more}, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    assert json.loads(done.stdout) == {
        "created": "proj_1",
        "broken": [500, "server_error", "Oh.", {"field": "name"}],
        "job": "job_1",
        "limited": ["rate_limit_exceeded", 3600],
        "verified": [True, False, True, False, False],
    }
    sent = [f"{hit.method} {hit.path}" for hit in web.hits]
    assert sent == ["POST /v1/projects"] * 3 + ["POST /v1/jobs"] * 2 + ["GET /v1/projects/proj_busy"]
    first, second = (hit.headers["idempotency-key"] for hit in web.hits if hit.path == "/v1/jobs")
    assert first == second
    assert {hit.headers["authorization"] for hit in web.hits} == {"Bearer sk_test_probe"}


@pytest.fixture
def person(api, make):
    return make.person(plan="pro")


@pytest.fixture
def told(stack, make, person):
    """A program's output, with its key and base address put in."""
    key = make.key(person.workspace)

    def of(program: str, command: list[str], folder: Path, name: str) -> str:
        text = dedent(program).lstrip().replace("YOUR_API_KEY", key).replace("BASE_URL", f"{stack.url}/v1")
        (folder / name).write_text(text.replace("AUTOLOAD", str(CLIENTS / "php" / "autoload.php")))
        done = subprocess.run(
            [*command, name], cwd=folder, capture_output=True, text=True, check=False, timeout=60,
            env={**os.environ, "PYTHONPATH": str(CLIENTS / "python")},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return of


def test_python_makes_a_logo(told, tmp_path, stack):
    assert re.fullmatch(
        rf"Logo created: {stack.url}/v1/items/item_\S+\n", told(PYTHON, [sys.executable], tmp_path, "a.py")
    )


@pytest.mark.long
def test_node_makes_a_logo_and_resizes_it(told, built, stack):
    lines = told(NODE, ["node"], built, "a.cjs").splitlines()

    assert lines[0].startswith(f"Logo created: {stack.url}/v1/items/")
    assert lines[1].startswith(f"Resized: {stack.url}/v1/items/")


def test_php_makes_a_logo(told, php, tmp_path, stack):
    assert told(PHP, ["php"], tmp_path, "a.php").startswith(f"Logo created: {stack.url}/v1/items/")


def test_php_sends_its_arrays_as_what_they_are(told, php, tmp_path):
    assert told(PHP_ARRAYS, ["php"], tmp_path, "a.php").splitlines() == [
        "1", "`inputs.text` is required.", "/none cannot be read.",
    ]  # fmt: skip


def test_python_talks_with_the_ocean(told, tmp_path, person):
    answer, types, me = told(CLISONIX, [sys.executable], tmp_path, "a.py").splitlines()

    assert answer.startswith("No language model is configured")
    assert types == "['start', 'token', 'done']"
    assert me == f"{person.user.email} 0"


@pytest.mark.long
def test_node_talks_with_the_ocean(told, built):
    lines = told(CLISONIX_NODE, ["node"], built, "a.mjs").splitlines()

    assert lines[0].startswith("No language model is configured")
    assert lines[1:] == ["start", "token", "done"]


def test_the_example_of_the_readme_prints_what_it_says(stack, make, tmp_path):
    text = (ROOT / "clients" / "README.md").read_text(encoding="utf-8")
    code, printed = re.findall(r"```(?:python|text)\n(.*?)```", text, re.DOTALL)
    (tmp_path / "a.py").write_text(f"KEY, BASE_URL = {make.key()!r}, {stack.url + '/v1'!r}\n{code}")
    os.environ["PYTHONPATH"] = str(CLIENTS / "python")
    try:
        done = run([sys.executable, "a.py"], tmp_path)
    finally:
        del os.environ["PYTHONPATH"]

    assert (done.stdout, done.stderr) == (printed, "")
