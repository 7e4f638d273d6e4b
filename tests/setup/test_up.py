"""Starting and stopping the whole stack: order, neighbours, ends of every kind. Real servers, stand-in parts."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import redis

from store.embedded.account import STATE, Account, can_run, server_account
from tests.kit.eventually import eventually
from tests.kit.services import temporary_data_folder
from tests.kit.whole_stack import WholeStack, is_root, refused, whole_stack

needs_root = pytest.mark.skipif(not is_root(), reason="drops from root to another account")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")


def test_the_stack_answers_where_it_says_and_stops_without_leftovers(project):
    with whole_stack(project) as stack:
        stack.wait_up()
        assert stack.url in stack.output()
        assert stack.is_healthy()

        assert stack.stop() == 0

        assert stack.survivors() == []
        assert not (stack.data / "running.json").exists()


@pytest.mark.long
def test_two_stacks_run_side_by_side(up, project):
    with whole_stack(project) as other:
        other.wait_up()

        assert other.url != up.url
        assert other.database_url != up.database_url
        assert other.redis_url != up.redis_url
        assert other.stop() == 0
    assert up.is_healthy()


@needs_linux
def test_nothing_is_left_when_the_supervisor_is_killed(project):
    with whole_stack(project) as stack:
        stack.wait_up()

        stack.process.kill()
        stack.process.wait()

        eventually(lambda: not stack.survivors(), within_s=10, what="the end of all children")


@needs_linux
@pytest.mark.long
def test_a_killed_stack_starts_again_on_its_data(project):
    with temporary_data_folder() as folder:
        with whole_stack(project, folder / "data") as stack:
            stack.wait_up()
            _write(stack.database_url, 7)
            with redis.Redis.from_url(stack.redis_url) as client:
                client.set("kept", "yes")
            stack.process.kill()
            stack.process.wait()
        with whole_stack(project, folder / "data") as again:
            again.wait_up()

            assert again.is_healthy()
            assert _read(again.database_url) == [7]
            with redis.Redis.from_url(again.redis_url) as client:
                assert client.get("kept") == b"yes"


def test_ctrl_c_stops_and_a_second_one_leaves_at_once(project):
    with whole_stack(project, env={"STAND_IN_SCHEDULER": "stubborn"}) as stack:
        stack.wait_up()
        stack.process.send_signal(signal.SIGINT)
        eventually(lambda: "stopping" in stack.output())

        eventually(lambda: _interrupted(stack), within_s=5, what="the end, long before the stubborn part's grace")

        assert stack.process.returncode == 130
        eventually(lambda: not stack.survivors(), within_s=10, what="the end of all children")


def test_a_taken_port_is_told_with_its_holder(project):
    with socket.create_server(("127.0.0.1", 0)) as taken, temporary_data_folder() as folder:
        port = taken.getsockname()[1]
        code, said = refused(project, folder / "data", PORT=str(port))

    assert code == 2
    assert f"port {port} on 127.0.0.1 is taken by" in said
    assert f"process {os.getpid()}" in said
    assert "PORT=" in said


def test_a_data_folder_in_use_is_told_with_its_holder(up, project):
    code, said = refused(project, up.data)

    assert code == 2
    assert f"process {up.process.pid}" in said
    assert up.is_healthy()


def test_an_unknown_setting_stops_the_start_by_name(project):
    with temporary_data_folder() as folder:
        code, said = refused(project, folder / "data", MILLRACE_CRAWL__MAX_PAGE="3")

    assert code == 2
    assert "crawl.max_page" in said


def test_given_servers_are_used_and_none_is_started(project, services):
    given = {"DATABASE_URL": services.database_url, "REDIS_URL": services.redis_url}
    with whole_stack(project, env=given) as stack:
        stack.wait_up()

        assert stack.child("postgres") is None
        assert stack.child("valkey") is None
        assert stack.database_url == services.database_url


def test_a_refused_password_is_told_and_not_shown(project, services):
    wrong = services.database_url.replace("millrace:", "millrace:wrong-", 1)
    with whole_stack(project, env={"DATABASE_URL": wrong, "REDIS_URL": services.redis_url}) as stack:
        eventually(lambda: "refuses the user or password" in stack.output(), within_s=20)

        assert "wrong-" not in stack.output()
        assert stack.stop() == 0


@needs_root
def test_root_runs_the_servers_as_another_account(up):
    assert up.child("postgres").username() == "nobody"
    assert up.child("valkey").username() == "nobody"


@needs_root
@pytest.mark.long
def test_data_below_a_closed_folder_of_root_is_kept_in_the_state_folder(project):
    with temporary_data_folder() as folder:
        closed = folder / "closed"
        closed.mkdir(mode=0o700)
        with whole_stack(project, closed / "data") as stack:
            stack.wait_up()
            _write(stack.database_url, 11)
            stack.stop()
        home = Path((closed / "data" / "servers.home").read_text().strip())

        assert home.parent == STATE
        assert closed.stat().st_mode & 0o777 == 0o700
        with whole_stack(project, closed / "data") as again:
            again.wait_up()
            assert _read(again.database_url) == [11]


@needs_root
def test_an_ordinary_account_runs_everything_itself(project):
    account = server_account()
    libraries = str(Path(psycopg2.__file__).parents[1])
    python = _python_for(account, libraries)
    if python is None:
        pytest.skip("no Python with these libraries that an ordinary account can run on this machine")
    with temporary_data_folder() as folder:
        shutil.chown(folder, account.uid, account.gid)
        with whole_stack(
            project,
            folder / "data",
            argv=[python, "-m", "workers.up"],
            env={"PYTHONPATH": libraries, "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
            **account.popen_options(),
        ) as stack:
            stack.wait_up()
            assert stack.is_healthy()
            assert stack.child("postgres").uids().real == account.uid
            assert stack.stop() == 0
            assert stack.survivors() == []


def _interrupted(stack: WholeStack) -> bool:
    if stack.process.poll() is None:
        stack.process.send_signal(signal.SIGINT)
    return stack.process.poll() is not None


def _python_for(account: Account, libraries: str) -> str | None:
    """A Python of this version that `account` can run with our libraries."""
    for python in (sys.executable, f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}"):
        if Path(python).exists() and can_run(Path(python), account):
            tried = subprocess.run(
                [python, "-c", "import redis, psycopg2, psutil, msgspec, yaml, gunicorn, uvloop"],
                env={"PYTHONPATH": libraries}, cwd="/", check=False, capture_output=True, **account.popen_options(),
            )  # fmt: skip
            if tried.returncode == 0:
                return python
    return None


def _write(url: str, number: int) -> None:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS note (number int)")
        cursor.execute("INSERT INTO note VALUES (%s)", (number,))
    connection.close()


def _read(url: str) -> list[int]:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT number FROM note ORDER BY number")
        found = [number for (number,) in cursor.fetchall()]
    connection.close()
    return found
