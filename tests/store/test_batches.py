"""Much to delete goes in many short transactions, whatever its rows take along."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store.accounts import remains
from store.blobs import queries as blobs
from store.kit import batches
from store.kit.batches import in_batches
from store.kit.clock import utc_now
from store.kit.db import row, rows
from store.kit.ids import new_id
from store.webhooks import ledger


class Slow:
    """`rows` of so many seconds each; how many were taken at once."""

    def __init__(self, count: int, seconds: float) -> None:
        self.left, self.seconds, self.sizes, self.now = count, seconds, [], 0.0

    def __call__(self, limit: int) -> int:
        gone = min(limit, self.left)
        self.left -= gone
        self.now += gone * self.seconds
        self.sizes.append(limit)
        return gone

    def monotonic(self) -> float:
        return self.now


@pytest.mark.parametrize(("seconds", "largest"), [(0.0, 1000), (0.001, 200), (0.01, 16), (1.0, 16)])
def test_a_batch_is_as_large_as_a_short_transaction_allows(monkeypatch, seconds, largest):
    work = Slow(5000, seconds)
    monkeypatch.setattr(batches, "time", work)

    assert in_batches(work, most=1000) == 5000
    assert max(work.sizes) == largest
    assert seconds != 1.0 or work.sizes[1:] == [1] * len(work.sizes[1:])
    assert in_batches(Slow(5000, 0), most=10, times=3) == 30


def test_what_takes_others_along_comes_after_them_when_a_workspace_is_removed(empty_store):
    order = remains.tables()

    for parent, child in (
        ("scan", "answer"),
        ("site_crawl", "site_page"),
        ("collection", "document"),
        ("brand", "scan"),
    ):
        assert order.index(child) < order.index(parent)


def test_a_large_file_is_removed_piece_by_piece_and_cannot_be_kept_any_more(empty_store, owner):
    workspace = owner.workspace.id
    blob = blobs.write(workspace, [b"x" * (3 * blobs.PIECE_BYTES)], name="a", media_type="b", max_bytes=1 << 30)
    other = blobs.write(workspace, [b"x"], name="a", media_type="b", max_bytes=9)
    blobs.keep(workspace, other.id)
    blobs.let_go(workspace, [blob.id])

    assert blobs.prune(limit=2) == 2
    with pytest.raises(blobs.NotFound):
        blobs.keep(workspace, blob.id)
    assert (blobs.prune(limit=2), blobs.prune(limit=2)) == (2, 0)
    assert row("SELECT count(*) FROM blob_piece") == (1,)
    assert (remains.let_files_go(workspace, limit=9), remains.let_files_go(workspace, limit=9)) == (1, 0)
    assert blobs.find(workspace, other.id) is None


def test_deliveries_of_deleted_endpoints_go_bit_by_bit_and_those_of_others_stay(empty_store, owner):
    kept = endpoint(owner.workspace.id)
    for endpoint_id in ("wh_before", kept, "wh_~after"):
        rows(
            "INSERT INTO webhook_delivery (id, endpoint_id, event, body, created_at)"
            " SELECT %s || n, %s, 'e', '{}', %s FROM generate_series(1, 5) AS n",
            (endpoint_id, endpoint_id, utc_now() - timedelta(days=1)),
        )

    assert [ledger.prune_of_nobody(limit=4) for _ in range(4)] == [4, 4, 2, 0]
    assert rows("SELECT DISTINCT endpoint_id FROM webhook_delivery") == [(kept,)]


def endpoint(workspace_id: str) -> str:
    endpoint_id = new_id("webhook")
    rows(
        "INSERT INTO webhook_endpoint (id, workspace_id, surface, name, url, events, sources, headers, header_names, secret,"
        " created_at, updated_at) VALUES (%s, %s, 'insydr', 'n', 'u', '{}', '{}', '', '{}', '', now(), now())",
        (endpoint_id, workspace_id),
    )
    return endpoint_id
