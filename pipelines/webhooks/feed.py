"""The feed: lines of the log become deliveries for the endpoints that asked for them, each once.

Any number of feeders may run; the one that holds the cursor's row works and the others pass by.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pipelines.webhooks import catalog
from store.jobs.events import Cursor
from store.kit import db, log
from store.kit.clock import rfc3339, utc_now
from store.kit.ids import new_id
from store.webhooks import feed
from store.webhooks.records import Line, Listener, NewDelivery

logger = log.get("pipelines.webhooks.feed")
PAGE = 1000
IDLE_MOVES = 64  # how often the cursor is left where it is while nobody listens


class Feeder:
    """One a process, on one thread."""

    def __init__(self) -> None:
        self._session = db.Session({}, application="millrace webhook feed")
        self._skipped = 0

    def round(self) -> tuple[int, bool]:
        """Read what is new: (deliveries made, whether anybody listens). Raises what Postgres raises in an outage."""
        try:
            return self._round()
        except Exception:
            self._session.reset()
            raise

    def close(self) -> None:
        self._session.close()

    def _round(self) -> tuple[int, bool]:
        made = 0
        while True:
            cursor = self._session.cursor()
            listens = feed.anyone_listens(cursor)
            if not listens and self._skipped < IDLE_MOVES:
                # Nobody is to be told of these lines: an endpoint hears of what comes after it was made.
                self._skipped += 1
                return made, False
            self._skipped = 0
            position = feed.hold(cursor)
            if position is None:
                return made, listens
            made_now, more = self._pass_on(cursor, position)
            made += made_now
            if not more:
                return made, listens

    def _pass_on(self, cursor: Any, position: Cursor) -> tuple[int, bool]:
        now = utc_now()
        page = feed.read(cursor, position, limit=PAGE)
        deliveries = [one for line, listeners in page.lines for one in deliveries_of(line, listeners, now=now)]
        made = feed.write(cursor, deliveries, now=now)
        feed.move(cursor, page.position)
        return made, page.more


def deliveries_of(line: Line, listeners: Iterable[Listener], *, now: datetime) -> list[NewDelivery]:
    """What each listener is sent because of a line; a line can be more than one of its events."""
    return [
        delivery
        for listener in listeners
        for name in listener.events
        if (kind := catalog.offered(listener.surface).get(name)) is not None and kind.tells_of(line)
        if (delivery := _delivery(line, listener, kind, now)) is not None
    ]


def _delivery(line: Line, listener: Listener, kind: catalog.EventType, now: datetime) -> NewDelivery | None:
    """One delivery; None for a line that its type cannot be made of, which must not hold up all that follow."""
    try:
        data = kind.build(line)
    except Exception:
        logger.exception("webhook.unbuildable", kind=kind.name, line=f"{line.xid}-{line.id}")
        return None
    previous = line.data.get("previous_state")
    timestamp = rfc3339(line.created_at.replace(microsecond=0))
    return NewDelivery(
        id=new_id("message"),
        endpoint_id=listener.id,
        event=kind.name,
        body=catalog.body(listener.surface, kind.name, timestamp=timestamp, data=data),
        next_at=now,
        xid=line.xid,
        event_id=line.id,
        job_id=line.job_id,
        sequence=line.sequence,
        previous_state=previous if isinstance(previous, str) else None,
    )
