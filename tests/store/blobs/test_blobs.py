"""Files in pieces: what goes in comes out, whole or in part, and only for its workspace."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.blobs import links, queries
from store.blobs.queries import PIECE_BYTES, UNCLAIMED
from store.kit.db import row
from store.kit.errors import Forbidden, Gone, NotFound, PayloadTooLarge

LIMIT = 4 * PIECE_BYTES
BYTES = bytes(range(256)) * (PIECE_BYTES // 128) + b"the rest"  # two pieces and a little


def kept(workspace_id, *chunks, name="a.bin"):
    return queries.write(workspace_id, chunks, name=name, media_type="application/octet-stream", max_bytes=LIMIT)


def test_what_was_written_in_any_cuts_is_read_back_whole_or_in_part(empty_store, owner):
    blob = kept(owner.workspace.id, BYTES[:10], BYTES[10:-3], BYTES[-3:])

    assert (blob.size, blob.sha256) == (len(BYTES), hashlib.sha256(BYTES).hexdigest())
    assert b"".join(queries.read(owner.workspace.id, blob.id)) == BYTES
    middle = queries.read(owner.workspace.id, blob.id, start=PIECE_BYTES - 2, end=PIECE_BYTES + 3)
    assert b"".join(middle) == BYTES[PIECE_BYTES - 2 : PIECE_BYTES + 3]
    assert queries.read_all(owner.workspace.id, blob.id, max_bytes=LIMIT) == BYTES


def test_an_empty_file_is_a_file(empty_store, owner):
    blob = kept(owner.workspace.id)

    assert (blob.size, list(queries.read(owner.workspace.id, blob.id))) == (0, [])


def test_a_file_over_its_limit_leaves_nothing(empty_store, owner):
    with pytest.raises(PayloadTooLarge):
        kept(owner.workspace.id, BYTES, BYTES)
    queries.prune(limit=10)

    assert row("SELECT (SELECT count(*) FROM blob), (SELECT count(*) FROM blob_piece)") == (0, 0)


def test_a_file_is_nobody_elses(empty_store, owner, stranger):
    blob = kept(owner.workspace.id, b"mine")

    with pytest.raises(NotFound):
        queries.get(stranger.workspace.id, blob.id)
    with pytest.raises(NotFound):
        queries.keep(stranger.workspace.id, blob.id)
    assert not queries.delete(stranger.workspace.id, blob.id)
    assert queries.delete(owner.workspace.id, blob.id)
    assert row("SELECT count(*) FROM blob_piece") == (0,)


def test_a_file_that_nobody_keeps_goes_by_itself_and_a_kept_one_stays(empty_store, owner, move_clock):
    kept_one, left = kept(owner.workspace.id, b"kept"), kept(owner.workspace.id, b"left")
    queries.keep(owner.workspace.id, kept_one.id)

    move_clock(UNCLAIMED)

    assert queries.find(owner.workspace.id, left.id) is None
    assert (queries.prune(limit=10), queries.prune(limit=10)) == (2, 0)
    assert queries.get(owner.workspace.id, kept_one.id).size == 4


def test_a_file_that_is_still_being_written_cannot_be_read(empty_store, owner):
    writer = queries.Writer(owner.workspace.id, name="a", media_type="text/plain", max_bytes=LIMIT)
    writer.add(b"half")

    assert queries.find(owner.workspace.id, writer.id) is None


@given(ends=st.tuples(st.integers(0, 4 * PIECE_BYTES), st.integers(0, 4 * PIECE_BYTES)))
def test_cuts_cover_exactly_the_bytes_asked_for(ends):
    start, end = sorted(ends)

    covered = [(idx * PIECE_BYTES + first, idx * PIECE_BYTES + last) for idx, first, last in queries.cuts(start, end)]

    assert sum(last - first for first, last in covered) == end - start
    assert all(before[1] == after[0] for before, after in pairwise(covered))
    assert not covered or (covered[0][0], covered[-1][1]) == (start, end)


def test_a_signed_link_opens_its_path_until_it_expires(empty_store, move_clock):
    path, _, query = links.sign("/v1/files/blob_1/content", lasts=timedelta(hours=1)).partition("?")
    given = dict(part.split("=", 1) for part in query.split("&"))
    expires = int(given["expires"])

    links.check(path, expires=expires, signature=given["signature"])
    for changed in ({"expires": expires + 1}, {"signature": given["signature"][:-1] + "é"}):
        with pytest.raises(Forbidden):
            links.check(path, **{"expires": expires, "signature": given["signature"], **changed})
    with pytest.raises(Forbidden):
        links.check("/v1/files/blob_2/content", expires=expires, signature=given["signature"])
    move_clock(timedelta(hours=1))
    with pytest.raises(Gone):
        links.check(path, expires=expires, signature=given["signature"])
