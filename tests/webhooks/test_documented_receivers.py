"""The contracts' own receivers, in node: the Express endpoint of CR AudioViz, and its verify function alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from store.kit import db
from tests.kit.eventually import eventually
from tests.kit.node import packages
from tests.kit.receivers import delivering, emit, endpoint

SCRIPT = Path(__file__).with_name("express_receiver.js")
pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


@pytest.fixture(scope="session")
def express(tmp_path_factory) -> str:
    """A folder with Express in it."""
    return str(packages(tmp_path_factory.mktemp("express"), "express@5"))


@contextmanager
def node(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The receiver's address and process."""
    process = subprocess.Popen(["node", str(SCRIPT), *arguments], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}/webhook", process
    finally:
        process.terminate()
        process.wait(10)


def deliver_to(url: str, owner, *, secret: str) -> list[tuple[int, str]]:
    """What the receiver answered to one credits.low."""
    endpoint(owner.workspace.id, url, "credits.low", secret=secret)
    with delivering():
        emit(owner.workspace.id, current_balance=50, threshold=100)
        return eventually(lambda: db.rows("SELECT status, response FROM webhook_attempt"), within_s=20)


def test_the_documented_express_endpoint_accepts_our_deliveries(empty_store, owner, express):
    with node(express) as (url, process):
        assert deliver_to(url, owner, secret="YOUR_WEBHOOK_SECRET") == [(200, "OK")]
        lines = [process.stdout.readline() for _ in range(3)]

    assert lines[1].strip() == "Current balance: 50"
    assert json.loads(lines[2]) == {"purchased": 500}


def test_the_documented_verify_function_accepts_our_signature(empty_store, owner):
    with node() as (url, process):
        assert deliver_to(url, owner, secret="YOUR_WEBHOOK_SECRET") == [(200, "OK")]
        assert json.loads(process.stdout.readline()) == {"purchased": 500}


def test_the_documented_verify_function_refuses_another_secret(empty_store, owner):
    with node() as (url, _):
        assert deliver_to(url, owner, secret="ANOTHER_SECRET") == [(401, "Invalid signature")]
