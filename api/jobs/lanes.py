"""Lanes, for operators: what waits where, pause and resume."""

from __future__ import annotations

import msgspec

from api.jobs.types import LaneList, LaneView, PauseLane
from api.kit.identity import Principal
from api.kit.operation import operation
from pipelines.engine import control
from store.jobs import overview
from store.kit.errors import NotFound


class Lanes:
    """/v1/lanes."""

    @operation("List the lanes with what waits on them", auth="operator", returns=LaneList)
    def on_get(self) -> LaneList:
        return LaneList(_views())


class LanePause:
    """/v1/lanes/{lane}/pause."""

    @operation("Stop a lane from starting tasks; what runs goes on", auth="operator", body=PauseLane, returns=LaneView)
    def on_post(self, caller: Principal | None, body: PauseLane, lane: str) -> LaneView:
        by = (caller.user_id or caller.key_id) if caller else None
        control.pause(lane, by=by or "operator", reason=body.reason)
        return _one(lane)


class LaneResume:
    """/v1/lanes/{lane}/resume."""

    @operation("Let a paused lane start tasks again", auth="operator", returns=LaneView)
    def on_post(self, lane: str) -> LaneView:
        control.resume(lane)
        return _one(lane)


def _views() -> list[LaneView]:
    return [LaneView(**msgspec.structs.asdict(depth)) for depth in overview.lane_depths()]


def _one(lane: str) -> LaneView:
    for one in _views():
        if one.name == lane:
            return one
    raise NotFound("No such lane.", lane=lane)
