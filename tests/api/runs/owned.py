"""What workspaces own of run tracking, for the tests that are generated over all routes (tests/api/walk.py)."""

from __future__ import annotations

from datetime import timedelta

from store.accounts import users, workspaces
from store.alerts import queries as alerts
from store.blobs import queries as blobs
from store.exports import queries as exports
from store.kit.clock import utc_now
from store.kit.ids import new_id


def _alert(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    values = {"type": "COST_SPIKE", "threshold": 100, "min_runs": 1, "window_minutes": 60, "is_active": True}
    return alerts.create(workspace_id, most=1000, **values).id


def _export(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    now = utc_now()
    made = exports.create(
        workspace_id, job_id=new_id("job"), format="csv", with_texts=False, start_at=now - timedelta(days=1), end_at=now,
        expires_at=now + timedelta(days=1), created_by=None,
    )  # fmt: skip
    piece = blobs.write(workspace_id, [b"Date"], name="runs.csv", media_type="text/csv", max_bytes=100)
    exports.finish(workspace_id, made.id, blob_id=piece.id, runs=0)
    return made.id


def _member(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    user = users.create(email=f"{new_id('user')}@example.com", name="Walked", password_hash=None)
    workspaces.add_member(workspace_id, user.id, role="MEMBER")
    return user.id


OWNED = {"alert_id": _alert, "export_id": _export, "member_id": _member}
