"""The baseline: the service one would write first. Falcon + Dramatiq + peewee, one INSERT per POST, two UPDATEs per job.

It checks no key, keeps no idempotency key, claims nothing, has no lease and tells no event.
"""

from __future__ import annotations

import os
import time
import uuid
from typing import Any

import dramatiq
import falcon
import peewee
from dramatiq.brokers.redis import RedisBroker
from playhouse.postgres_ext import BinaryJSONField
from psycopg2.extensions import parse_dsn

_dsn = parse_dsn(os.environ["BENCH_DSN"])
database = peewee.PostgresqlDatabase(_dsn.pop("dbname"), autoconnect=True, **_dsn)
dramatiq.set_broker(RedisBroker(url=os.environ["BENCH_REDIS"]))


class Job(peewee.Model):
    id = peewee.UUIDField(primary_key=True)
    name = peewee.TextField()
    status = peewee.TextField(default="queued")
    args = BinaryJSONField()
    result = BinaryJSONField(null=True)
    created_at = peewee.DoubleField(default=time.time)
    started_at = peewee.DoubleField(null=True)
    finished_at = peewee.DoubleField(null=True)

    class Meta:
        database = database
        table_name = "naive_job"


@dramatiq.actor
def echo(job_id: str) -> None:
    started = time.time()
    Job.update(status="running", started_at=started).where(Job.id == job_id, Job.status == "queued").execute()
    Job.update(status="completed", finished_at=time.time(), result={"ok": True}).where(Job.id == job_id).execute()


class Jobs:
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        wanted: dict[str, Any] = req.get_media()
        job_id = uuid.uuid4()
        Job.insert(id=job_id, name=wanted["pipeline"], args=wanted["input"]).execute()
        echo.send(str(job_id))
        resp.status, resp.media = falcon.HTTP_202, {"job_id": str(job_id), "status": "queued"}


def create_app() -> falcon.App:
    app = falcon.App()
    app.add_route("/v1/jobs", Jobs())
    return app


def create_table() -> None:
    database.create_tables([Job])
    database.close()


def fill(number: int) -> None:
    """A backlog without the API."""
    rows = [{"id": uuid.uuid4(), "name": "diagnostics.echo", "args": {"value": 1}} for _ in range(number)]
    for at in range(0, number, 1000):
        Job.insert_many(rows[at : at + 1000]).execute()
    database.close()
    for row in rows:
        echo.send(str(row["id"]))
