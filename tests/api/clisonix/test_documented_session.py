"""The session of docs/clisonix.md, run as it stands there, where no model is configured."""

from __future__ import annotations

import os
import re
import subprocess

from store.kit.settings import ROOT

SESSION, SHOWN = re.findall(
    r"```(?:bash|text)\n(.*?)```", (ROOT / "docs" / "clisonix.md").read_text(encoding="utf-8"), re.DOTALL
)


def test_the_session_prints_what_the_page_shows(stack, make, tmp_path):
    done = subprocess.run(
        ["bash", "-c", SESSION], cwd=tmp_path, env={**os.environ, "API": stack.url, "KEY": make.key()},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert (done.stdout, done.stderr) == (SHOWN, "")


def test_without_model_and_documents_the_answer_says_so(api, make):
    mine = api.with_key(make.key())

    data = mine.post("/v1/ocean/v2/chat", {"message": "What is machine learning?", "session_id": "s"}).json()["data"]

    assert data == {
        "response": "No language model is configured on this server, and this workspace has no documents to answer from.",
        "session_id": "s",
        "tokens_used": data["tokens_used"],
        "model": "extractive",
        "sources": [],
        "note": "no_model_configured",
    }
    assert data["tokens_used"] > 5
