"""A child that reads what nobody can trust: whatever it does, only its own answer is lost, and it reaches nothing."""

from __future__ import annotations

import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from pipelines.clients import sandboxed
from pipelines.clients.sandboxed import Limits, Refused
from tests.kit.eventually import eventually

VICTIMS = "tests.pipelines.clients.sandbox_victims"
SMALL = Limits(seconds=1, memory_bytes=400 * 1024**2)


def call(name, argument=None, limits=SMALL, **options):
    return sandboxed.run(f"{VICTIMS}:{name}", argument, limits=limits, **options)


def test_values_and_bytes_go_in_and_come_out():
    value = {"data": os.urandom(3_000_000), "number": 1.5, "list": [None, "é"]}

    assert call("echo", value) == value


def test_calls_run_beside_each_other():
    with ThreadPoolExecutor(8) as crowd:
        assert list(crowd.map(lambda number: call("echo", number), range(40))) == list(range(40))


@pytest.mark.parametrize("name", ["loop", "eat", "crash"])
def test_what_takes_too_much_or_dies_is_refused(name):
    with pytest.raises(Refused) as refused:
        call(name)

    assert refused.value.code == "file_too_costly"
    assert call("echo", 7) == 7, "the next one is not hurt"


def test_a_refusal_and_a_bug_are_told_apart():
    with pytest.raises(Refused, match=r"No\."):
        call("refuse")
    with pytest.raises(sandboxed.Broke, match="ZeroDivisionError"):
        call("bug")
    with pytest.raises(sandboxed.Broke, match="AttributeError"):
        call("no_such_function")


def test_a_child_opens_no_file_and_knows_no_secret(monkeypatch):
    monkeypatch.setenv("MILLRACE_SECRET", "x" * 40)

    assert call("open_secret") == call("write") == "Too many open files"
    assert set(call("environment")) <= {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "LANG", "LC_CTYPE"}


def test_a_child_has_no_network():
    with socket.create_server(("127.0.0.1", 0)) as server:
        told = call("net", server.getsockname(), limits=Limits(seconds=2, open_files=4))

    if told == "connected":
        pytest.skip("this system does not let a process leave the network")
    assert "unreachable" in told


def test_a_caller_that_stops_ends_the_child():
    class Stop(Exception):
        pass

    def stop():
        raise Stop

    started = time.monotonic()
    with pytest.raises(Stop):
        call("loop", limits=Limits(seconds=30), check=stop)

    assert time.monotonic() - started < 5
    warm = sandboxed._warm._process
    assert warm is not None
    assert eventually(lambda: not psutil.Process(warm.pid).children() or None)


def test_the_warm_process_is_made_again_when_it_died():
    call("echo", 1)
    warm = sandboxed._warm._process
    assert warm is not None
    warm.kill()
    warm.wait()

    assert call("echo", 2) == 2
