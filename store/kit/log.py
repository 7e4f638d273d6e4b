"""Structured logs: one line per unit of work, constant dotted event in the past tense, ids not objects.

`setup()` is called once per process. Context bound with `bind()` at the edge (request_id, workspace_id,
job_id, stage) is on every line that follows in that thread or task. Secrets are blanked by key name.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars, get_contextvars

from store.kit.settings import settings

_SECRET = re.compile(r"password|secret|token|authorization|cookie|api_key|signature", re.IGNORECASE)

bind = bind_contextvars
bound = bound_contextvars
unbind_all = clear_contextvars


def get(room: str) -> Any:
    """The logger of one module."""
    return structlog.get_logger(room=room)


def current(key: str) -> str | None:
    """What is bound under `key` just now, in this thread or task."""
    found: str | None = get_contextvars().get(key)
    return found


def setup(process: str) -> None:
    """Configure this process's logs; `process` (api, worker, scheduler, up) is on every line."""
    wanted = settings().log
    pretty = wanted.format == "pretty" or (wanted.format == "auto" and sys.stderr.isatty())
    renderer: Any = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _blank_secrets,
            *([] if pretty else [structlog.processors.format_exc_info]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, wanted.level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    bind(process=process)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s %(levelname)s %(message)s")


def _blank_secrets(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in event:
        if key != "event" and _SECRET.search(key):
            event[key] = "[blanked]"
    return event
