"""`./run.sh` and its doctor tell a person what is wrong and what to do."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from tests.kit.services import ROOT, clean_environment, temporary_data_folder


def test_a_well_machine_is_told_so():
    with temporary_data_folder() as folder:
        code, said = _doctor(MILLRACE_DATA=str(folder), PORT="0")

    assert code == 0, said
    assert "BAD" not in said


def test_a_taken_port_is_told_with_its_holder():
    with socket.create_server(("127.0.0.1", 0)) as taken, temporary_data_folder() as folder:
        code, said = _doctor(MILLRACE_DATA=str(folder), PORT=str(taken.getsockname()[1]))

    assert code == 1
    assert "BAD  port" in said
    assert "python" in said


def test_unreachable_servers_are_told_without_their_passwords():
    with temporary_data_folder() as folder:
        code, said = _doctor(
            MILLRACE_DATA=str(folder),
            PORT="0",
            DATABASE_URL="postgresql://someone:hush@127.0.0.1:1/db",
            REDIS_URL="redis://:hush@127.0.0.1:1/0",
        )

    assert code == 1
    assert "BAD  database  DATABASE_URL (postgresql://127.0.0.1:1/db) cannot be reached" in said
    assert "BAD  redis" in said
    assert "hush" not in said


def test_a_wrong_password_a_missing_schema_and_a_missing_database_are_told_apart(services):
    redis_url = services.redis_url
    wrong = services.database_url.replace("millrace:", "millrace:x", 1)
    empty = services.database_url.rsplit("/", 1)[0] + "/postgres"
    missing = services.database_url.rsplit("/", 1)[0] + "/nowhere"
    common = {"PORT": "0", "REDIS_URL": redis_url}

    assert "refuses the user or password" in _doctor(DATABASE_URL=wrong, **common)[1]
    assert "create it first" in _doctor(DATABASE_URL=missing, **common)[1]
    said = _doctor(DATABASE_URL=empty, **common)[1]
    assert "migrations are missing; run ./run.sh migrate" in said
    assert "CREATE EXTENSION vector" in said


def test_a_data_folder_that_cannot_be_made_is_told():
    with temporary_data_folder() as folder:
        (folder / "file").touch()
        code, said = _doctor(MILLRACE_DATA=str(folder / "file" / "data"), PORT="0")

    assert code == 1
    assert "BAD  data" in said
    assert "MILLRACE_DATA" in said


def test_a_bad_setting_is_told_by_its_key():
    code, said = _doctor(MILLRACE_SERVER__PROCESSES="many")

    assert code == 1
    assert "server.processes" in said


def test_an_unknown_command_is_refused():
    done = _run_sh("fly")

    assert done.returncode == 2
    assert "there is no command 'fly'" in done.stderr


def test_help_lists_every_command():
    said = _run_sh("--help").stdout

    for command in ("test", "demo", "lint", "bench", "doctor", "api", "scheduler", "migrate", "worker"):
        assert command in said


def test_an_interpreter_that_is_too_old_is_told(tmp_path: Path):
    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    (tmp_path / "run.sh").write_bytes((ROOT / "run.sh").read_bytes())
    for name in ("requirements.txt", "requirements-faster.txt"):
        (tmp_path / name).touch()

    done = subprocess.run(
        ["bash", tmp_path / "run.sh"],
        env={**clean_environment(), "PYTHON": str(old)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert "older than 3.11" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_an_interpreter_that_cannot_make_environments_is_told(tmp_path: Path):
    torn = tmp_path / "python-without-venv"
    torn.write_text(f'#!/bin/sh\nif [ "$1" = -m ]; then exit 1; fi\nexec {sys.executable} "$@"\n')
    torn.chmod(0o755)
    (tmp_path / "run.sh").write_bytes((ROOT / "run.sh").read_bytes())
    for name in ("requirements.txt", "requirements-faster.txt"):
        (tmp_path / name).touch()

    done = subprocess.run(
        ["bash", tmp_path / "run.sh"],
        env={**clean_environment(), "PYTHON": str(torn)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert f"apt install python3.{sys.version_info[1]}-venv" in done.stderr
    assert not (tmp_path / ".venv").exists()


def _doctor(**env: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "workers.doctor"],
        cwd=ROOT, env={**clean_environment(), **env}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def _run_sh(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", ROOT / "run.sh", *arguments], env=clean_environment(), capture_output=True, text=True, check=False
    )
