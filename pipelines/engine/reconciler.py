"""The reconciler: finds what was lost and sets it right. Runs in every scheduler; each duty is idempotent.

Dead workers' tasks, messages that were popped and never claimed, a Redis that lost its data, lanes that
were paused while messages were under way, jobs past their time to live, slot counters.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

from pipelines.engine.pipeline import LANES
from store.jobs import control, leases, repair
from store.jobs.wake import Pusher, epoch_key, lane_key
from store.kit import db, log, redis
from store.kit.settings import settings

logger = log.get("pipelines.engine.reconciler")
SLOT_AUDIT_SECONDS = 30.0


class Reconciler:
    """One a process, on one thread; `round()` every few seconds."""

    def __init__(self) -> None:
        self._session = db.Session({}, application="millrace reconcile")
        self._pusher = Pusher()
        self._slots_at = time.monotonic() + SLOT_AUDIT_SECONDS

    def round(self) -> None:
        """Do every duty once; an outage ends the round, the next one goes on."""
        try:
            for duty in (self._release_dead, self._resend, self._honour_pauses, self._expire):
                duty(self._session.cursor())
            if time.monotonic() >= self._slots_at:
                self._slots_at = time.monotonic() + SLOT_AUDIT_SECONDS
                self._audit_slots(self._session.cursor())
        except db.OUTAGES as error:
            self._session.reset()
            logger.warning("reconcile.postponed", error=type(error).__name__)

    def _release_dead(self, cursor: Any) -> None:
        dead = {*leases.orphaned_by(cursor)}
        # While Postgres was away nobody could renew: the living get a lease's time to do so.
        if self._session.steady_seconds() > settings().engine.lease_seconds:
            dead |= {*leases.expired_workers(cursor)}
        for worker_id in sorted(dead):
            lanes = leases.release(cursor, worker_id)
            logger.warning("worker.lost", worker_id=worker_id, lanes=sorted(lanes))
            self._pusher.push([], waiting=lanes)
        leases.refresh_buffers(cursor)

    def _resend(self, cursor: Any) -> None:
        client = redis.client()
        try:
            epoch = client.get(epoch_key())
            if epoch is None:
                client.set(epoch_key(), secrets.token_hex(8), nx=True)
                epoch = client.get(epoch_key())
            resent = repair.new_epoch(cursor, str(epoch))
            if resent is not None:
                logger.warning("redis.renewed", resent=resent)
                self._pusher.push([], waiting=LANES)
                return
            for lane in LANES:
                first = client.lindex(lane_key(lane), 0)
                lost = repair.resend_lost(cursor, lane, next_id=None if first is None else int(str(first)))
                if lost:
                    logger.warning("messages.resent", lane=lane, tasks=lost)
                    self._pusher.push([], waiting=[lane])
        except redis.OUTAGES as error:
            logger.warning("reconcile.without_redis", error=type(error).__name__)

    def _honour_pauses(self, cursor: Any) -> None:
        for lane in repair.paused_lanes(cursor):
            control.take_back(cursor, lane)

    def _expire(self, cursor: Any) -> None:
        expired = control.expire(cursor)
        if expired:
            logger.info("jobs.expired", jobs=expired)
            self._pusher.push([], events=True)

    def _audit_slots(self, cursor: Any) -> None:
        wrong = repair.audit_slots(cursor)
        if wrong:
            logger.error("slots.repaired", keys=wrong)
            self._pusher.push([], waiting=LANES)
