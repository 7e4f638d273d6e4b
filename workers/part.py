"""`./run.sh api | worker | scheduler | migrate`: become one part of Millrace, against servers that are already there.

They are named by DATABASE_URL and REDIS_URL; beside a running `./run.sh` on the same data folder its own are used.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import NoReturn

from store.kit.sections import WorkerGroup
from store.kit.settings import Settings, SettingsError, child_environment, settings
from workers import commands, open_files, running_stack


def main(arguments: list[str]) -> NoReturn:
    parser = argparse.ArgumentParser(prog="./run.sh")
    parts = parser.add_subparsers(dest="part", required=True)
    parts.add_parser("api", help="the HTTP API on HOST:PORT")
    worker = parts.add_parser("worker", help="one worker process for each group of lanes, or for those named")
    worker.add_argument("--lanes", help="comma-separated; default: the first group of lanes.groups")
    worker.add_argument("--processes", type=int, default=1)
    worker.add_argument("--threads", type=int, help="default: those of the group that has these lanes")
    parts.add_parser("scheduler", help="dispatch, repair and schedules; any number may run")
    parts.add_parser("migrate", help="bring the database to this version's schema")
    chosen = parser.parse_args(arguments)
    try:
        wanted = settings()
        env = _environment(wanted)
    except SettingsError as error:
        print(f"Millrace cannot start: {error}", file=sys.stderr)
        sys.exit(2)
    argv = {
        "api": lambda: commands.api_argv(bind=_address(wanted)),
        "worker": lambda: commands.worker_argv(_group(wanted, chosen)),
        "scheduler": lambda: list(commands.scheduler(env).argv),
        "migrate": lambda: list(commands.migration(env).argv),
    }[chosen.part]()
    open_files.allow_many()
    os.execve(argv[0], argv, env)  # noqa: S606 - becomes the part, so that signals reach it and nothing else


def _environment(wanted: Settings) -> dict[str, str]:
    running = running_stack.find(wanted.data_dir)
    database_url = wanted.database.url or (running.database_url if running else "")
    redis_url = wanted.redis.url or (running.redis_url if running else "")
    if not database_url or not redis_url:
        missing = " and ".join(
            name for name, url in (("DATABASE_URL", database_url), ("REDIS_URL", redis_url)) if not url
        )
        raise SettingsError(f"set {missing}, or start everything with ./run.sh; no stack runs on {wanted.data_dir}")
    return child_environment(DATABASE_URL=database_url, REDIS_URL=redis_url, MILLRACE_DATA=str(wanted.data_dir))


def _group(wanted: Settings, chosen: argparse.Namespace) -> WorkerGroup:
    lanes = tuple(chosen.lanes.split(",")) if chosen.lanes else wanted.lanes.groups[0].lanes
    alike = next((group for group in wanted.lanes.groups if set(lanes) & set(group.lanes)), wanted.lanes.groups[0])
    return WorkerGroup(lanes=lanes, threads=chosen.threads or alike.threads, processes=chosen.processes)


def _address(wanted: Settings) -> str:
    host = wanted.server.host
    return f"[{host}]:{wanted.server.port}" if ":" in host else f"{host}:{wanted.server.port}"


if __name__ == "__main__":
    main(sys.argv[1:])
