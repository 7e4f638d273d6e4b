"""What an earlier start left running is ended by the next one; what only has the same pid is not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from store.embedded import left_overs


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen]:
    process = subprocess.Popen([sys.executable, "-c", "print('up', flush=True); input()"], stdin=-1, stdout=-1)
    assert process.stdout.readline() == b"up\n"
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def stubborn() -> Iterator[subprocess.Popen]:
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); input()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1)
    assert process.stdout.readline() == b"up\n"
    yield process
    process.kill()
    process.communicate()


def test_a_left_over_is_stopped_and_told(tmp_path, sleeper):
    left_overs.remember(tmp_path, "worker-web", sleeper.pid)

    assert left_overs.end_left_overs(tmp_path) == ["worker-web"]

    assert not psutil.pid_exists(sleeper.pid)
    assert list(tmp_path.iterdir()) == []


def test_a_left_over_that_does_not_stop_is_killed(tmp_path, stubborn):
    left_overs.remember(tmp_path, "worker-web", stubborn.pid)

    left_overs.end_left_overs(tmp_path, grace_seconds=0.3)

    assert not psutil.pid_exists(stubborn.pid)


def test_a_process_that_was_born_at_another_time_is_left_alone(tmp_path, sleeper):
    born = psutil.Process(sleeper.pid).create_time()
    (tmp_path / "worker-web.pid").write_text(f"{sleeper.pid} {born - 3600}\n")

    assert left_overs.end_left_overs(tmp_path) == []

    assert sleeper.poll() is None


@pytest.mark.parametrize("content", ["", "7", "no pid", "999999999 1.0"])
def test_a_torn_or_old_note_is_removed(tmp_path, content):
    (tmp_path / "api.pid").write_text(content)

    assert left_overs.end_left_overs(tmp_path) == []

    assert list(tmp_path.iterdir()) == []
