"""The README's session, run as it stands there, against a real stack and the made-up company's website."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from store.kit.settings import ROOT
from tests.kit.factories import Maker
from tests.kit.stack import Stack
from workers.demo_site import served

PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(bash|python|text)\n(.*?)```", PAGE, re.DOTALL)
SESSION = next(text for kind, text in BLOCKS if kind == "bash" and "register" in text)
IN_PYTHON = next(text for kind, text in BLOCKS if kind == "python")
JOB = next(text for kind, text in BLOCKS if kind == "bash" and "/v1/jobs" in text)
SHOWN = [text for kind, text in BLOCKS if kind == "text"]


def _run(command: list[str], folder: Path, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _as_shown(output: str) -> list[str]:
    """The lines that do not depend on the machine's speed or on the port the website got."""
    lines = [re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:port", line).strip() for line in output.splitlines()]
    return [line for line in lines if line and "%" not in line]


@pytest.mark.skipif(sys.platform == "win32", reason="the session is written for a POSIX shell")
def test_the_session_of_the_readme_ends_in_the_brand_it_shows(stack: Stack, tmp_path: Path) -> None:
    with served() as site:
        told = _run(["bash", "-c", SESSION], tmp_path, API=stack.url, SITE=site.url)
    shown, shown_in_python, _ = SHOWN

    for line in _as_shown(shown):
        assert any(said.startswith(line) for said in _as_shown(told)), line

    assert _as_shown(_run([sys.executable, "-c", IN_PYTHON], tmp_path, API=stack.url))[-1:] == _as_shown(
        shown_in_python
    )


def test_the_job_of_the_readme_answers_what_it_shows(stack: Stack, make: Maker, tmp_path: Path) -> None:
    told = _run(["bash", "-c", JOB], tmp_path, API=stack.url, KEY=make.key())

    assert told == SHOWN[2]
