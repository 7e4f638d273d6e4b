"""Whether Postgres and Redis can be used, said in a sentence that tells a person what to do.

Asked by workers/up.py while it waits for servers that others run, and by workers/doctor.py. No password is shown.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import psycopg2
import redis

from store.kit.settings import ROOT

OLDEST_POSTGRES = 14
OLDEST_REDIS = (6, 2)


def database_trouble(url: str) -> str | None:
    """What keeps us from using the database at `url`; None when it can be used."""
    try:
        connection = psycopg2.connect(url, connect_timeout=3)
    except (psycopg2.OperationalError, psycopg2.ProgrammingError) as error:
        return f"DATABASE_URL ({_shown(url)}) {_postgres_reason(str(error).strip())}"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
            ((version,),) = cursor.fetchall()
            if version < OLDEST_POSTGRES:
                return f"DATABASE_URL ({_shown(url)}) is Postgres {version}; {OLDEST_POSTGRES} or newer is needed"
            cursor.execute(
                "SELECT (SELECT count(*) FROM pg_extension WHERE extname = 'vector'),"
                " (SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'),"
                " (SELECT usesuper FROM pg_user WHERE usename = current_user)"
            )
            ((installed, available, superuser),) = cursor.fetchall()
    finally:
        connection.close()
    if not installed and not available:
        return f"DATABASE_URL ({_shown(url)}): the server has no pgvector; install its package on the server"
    if not installed and not superuser:
        return f"DATABASE_URL ({_shown(url)}): have a superuser run CREATE EXTENSION vector in this database"
    return None


def schema_trouble(url: str) -> str | None:
    """What makes the schema there another than this version's; None when it is the same."""
    try:
        connection = psycopg2.connect(url, connect_timeout=3)
    except psycopg2.Error:
        return "unknown, since the database cannot be used"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('schema_migration')")
            ((table,),) = cursor.fetchall()
            applied: set[str] = set()
            if table is not None:
                cursor.execute("SELECT name FROM schema_migration")
                applied = {name for (name,) in cursor.fetchall()}
    finally:
        connection.close()
    known = {file.stem for file in (ROOT / "store" / "migrations").glob("[0-9]*.py")}
    if known - applied:
        return f"{len(known - applied)} migrations are missing; run ./run.sh migrate (./run.sh does it by itself)"
    if applied - known:
        return f"is newer than this version (it has {max(applied - known)}); update this checkout"
    return None


def redis_trouble(url: str) -> str | None:
    """What keeps us from using the Redis at `url`; None when it can be used."""
    try:
        with redis.Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3, decode_responses=True) as client:
            version = str(client.info("server")["redis_version"])
    except ValueError as error:
        return f"REDIS_URL is no Redis address: {error}"
    except redis.AuthenticationError:
        return f"REDIS_URL ({_shown(url)}): the server refuses the user or password in it"
    except redis.RedisError as error:
        return f"REDIS_URL ({_shown(url)}) cannot be reached: {str(error).rstrip('.')}. Is the server running, and its port open to us?"
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS:
        return f"REDIS_URL ({_shown(url)}) is Redis {version}; 6.2 or newer is needed"
    return None


def _postgres_reason(said: str) -> str:
    lines = said.splitlines() or ["no reason given"]
    said = next((line for line in lines if "FATAL" in line), lines[0]).split("failed: ")[-1].strip()
    if "password authentication failed" in said or "no password supplied" in said:
        return "refuses the user or password in it; check both"
    if "does not exist" in said:
        return f"answers, but {said.split('FATAL:')[-1].strip()}; create it first"
    return f"cannot be reached: {said}. Is the server running, and its port open to us?"


def _shown(url: str) -> str:
    """The address without its password."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
    except ValueError:
        return "an address that cannot be read"
