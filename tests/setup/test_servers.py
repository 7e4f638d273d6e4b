"""The bundled servers on their own: first start, torn files, restarts on the same port."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from store.embedded import ports
from store.embedded.account import ServerError, give, server_account
from store.embedded.lock import locked
from store.embedded.servers import embedded_servers
from tests.kit.services import temporary_data_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with temporary_data_folder() as made:
        yield made


@pytest.mark.long
def test_a_torn_first_start_is_begun_again(folder):
    torn = folder / "servers" / "pg18.init"
    torn.mkdir(parents=True)
    (torn / "PG_VERSION").write_text("18\n")

    with embedded_servers(folder, fast=True) as servers:
        assert _one(servers.database_url, "SELECT 1") == 1

    assert not torn.exists()


def test_a_pid_file_that_names_somebody_else_does_not_stop_the_start(folder):
    with embedded_servers(folder, fast=True) as servers:
        port = servers.postgres.server.port
    account = server_account()
    bystander = subprocess.Popen(
        [sys.executable if account is None else "/bin/sleep", *(["-c", "input()"] if account is None else ["60"])],
        stdin=subprocess.PIPE,
        **(account.popen_options() if account else {}),
    )
    try:
        stale = folder / "servers" / "pg18" / "postmaster.pid"
        stale.write_text(f"{bystander.pid}\n{stale.parent}\n1\n{port}\n\n127.0.0.1\n\nready\n")
        give(stale, account, mode=0o600)

        with embedded_servers(folder, fast=True) as servers:
            assert _one(servers.database_url, "SELECT 1") == 1
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.communicate()


def test_addresses_and_data_survive_a_restart(folder):
    with embedded_servers(folder, fast=True) as servers:
        first = (servers.database_url, servers.redis_url)
        _one(servers.database_url, "CREATE TABLE kept AS SELECT 1; SELECT 1")

    with embedded_servers(folder, fast=True) as servers:
        assert (servers.database_url, servers.redis_url) == first
        assert _one(servers.database_url, "SELECT count(*) FROM kept") == 1


def test_the_application_role_is_no_superuser_and_has_vectors(folder):
    with embedded_servers(folder, fast=True) as servers:
        assert _one(servers.database_url, "SELECT usesuper FROM pg_user WHERE usename = current_user") is False
        assert _one(servers.database_url, "SELECT '[1,2]'::vector <-> '[1,5]'::vector") == 3


def test_strangers_are_refused(folder):
    with embedded_servers(folder, fast=True) as servers:
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(servers.database_url.replace("millrace:", "millrace:x", 1))
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=servers.valkey.server.port).ping()


def test_no_secret_can_be_read_by_others_or_seen_in_arguments(folder):
    with embedded_servers(folder, fast=True) as servers:
        secret = servers.redis_url.split(":")[2].split("@")[0]
        for server in (servers.postgres, servers.valkey):
            assert secret not in " ".join(server.server.command().argv)
        holders = [file for file in folder.rglob("*") if file.is_file() and secret in file.read_text(errors="replace")]
        assert holders
        assert {file.stat().st_mode & 0o077 for file in holders} == {0}


@pytest.mark.long
def test_a_log_that_valkey_cannot_read_is_put_aside_after_several_deaths(folder):
    with embedded_servers(folder, fast=True) as servers, redis.Redis.from_url(servers.redis_url) as client:
        client.set("a", "b")
    for part in (folder / "servers" / "valkey" / "appendonlydir").glob("*.incr.aof"):
        part.write_bytes(b"*3\r\nnonsense that is no command\r\n" * 3)

    with pytest.raises(ServerError, match="valkey did not start"), embedded_servers(folder, fast=True):
        pass
    with embedded_servers_after_deaths(folder) as servers, redis.Redis.from_url(servers.redis_url) as client:
        assert client.get("a") is None

    assert list((folder / "servers" / "valkey").glob("appendonlydir.put-aside-*"))


def test_a_second_holder_of_a_data_folder_is_refused(folder):
    with locked(folder), pytest.raises(ServerError, match="MILLRACE_DATA"), locked(folder):
        pass


def test_a_kept_port_that_somebody_took_is_changed(folder):
    file = folder / "port"
    first = ports.kept_port(file)
    assert ports.kept_port(file) == first

    with ports.bound("127.0.0.1", first) as taken:
        taken.listen()
        assert ports.kept_port(file) != first


def embedded_servers_after_deaths(folder: Path):
    """The servers, started as the supervisor does after Valkey has died three times in a row."""
    from store.embedded.account import servers_home
    from store.embedded.valkey import Valkey

    account = server_account()
    Valkey(servers_home(folder, account), account).before_restart(3)
    return embedded_servers(folder, fast=True)


def _one(url: str, sql: str):
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]
    finally:
        connection.close()
