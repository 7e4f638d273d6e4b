"""Storing runs: a batch is one statement, and its row in the feed says that it is still to be counted.

The batch is passed as one JSON array, so that a run more costs a row and not a round trip. Keys are claimed first, sorted;
who loses is not written. All verbs work within the caller's transaction, or each by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from store.runs.records import NewRun

_COLUMNS = (
    "workspace_id text, at timestamptz, run_id text, prompt_id text, model text, provider text,"
    " success boolean, tokens bigint, input_tokens bigint, output_tokens bigint, cached_tokens bigint, cost bigint,"
    " cost_is_reported boolean, latency_us bigint, input text, output text, metadata jsonb"
)
_NAMES = ", ".join(column.split()[0] for column in _COLUMNS.split(", "))

INSERT = f"""
PREPARE insert_runs (json, integer) AS
WITH feed AS (INSERT INTO run_feed (runs) VALUES ($2) RETURNING batch)
INSERT INTO run (batch, place, {_NAMES})
SELECT feed.batch, place, {_NAMES}
  FROM feed, ROWS FROM (json_to_recordset($1) AS ({_COLUMNS})) WITH ORDINALITY AS told({_NAMES}, place)
"""

CLAIM = """
PREPARE claim_run_keys (jsonb) AS
INSERT INTO run_key (workspace_id, key, fingerprint)
SELECT workspace_id, key, fingerprint
  FROM jsonb_to_recordset($1) AS t(workspace_id text, key text, fingerprint text) ORDER BY workspace_id, key
ON CONFLICT DO NOTHING
RETURNING workspace_id, key
"""

HOLDERS = """
PREPARE run_key_holders (jsonb) AS
SELECT k.workspace_id, k.key, k.fingerprint
  FROM jsonb_to_recordset($1) AS t(workspace_id text, key text)
  JOIN run_key k ON k.workspace_id = t.workspace_id AND k.key = t.key
"""

GIVE_BACK = """
PREPARE give_back_run_keys (jsonb) AS
DELETE FROM run_key k USING jsonb_to_recordset($1) AS t(workspace_id text, key text)
 WHERE k.workspace_id = t.workspace_id AND k.key = t.key
"""

STATEMENTS = {
    "insert_runs": INSERT,
    "claim_run_keys": CLAIM,
    "run_key_holders": HOLDERS,
    "give_back_run_keys": GIVE_BACK,
}

Key = tuple[str, str]
"""(workspace id, key)"""


def insert(cursor: Any, runs: Sequence[NewRun]) -> None:
    """Write the runs and their row in the feed; keys are the caller's to claim before."""
    cursor.execute("EXECUTE insert_runs (%s, %s)", (_encode(runs), len(runs)))


def claim(cursor: Any, runs: Sequence[NewRun]) -> set[Key]:
    """Take the runs' keys, no key twice among them; which could be taken. Waits for others who take the same just now."""
    cursor.execute("EXECUTE claim_run_keys (%s)", (_encode([_claim(run) for run in runs]),))
    return set(cursor.fetchall())


def holders(cursor: Any, runs: Sequence[NewRun]) -> dict[Key, str]:
    """The fingerprints of those who have the runs' keys."""
    cursor.execute("EXECUTE run_key_holders (%s)", (_encode([_claim(run) for run in runs]),))
    return {(workspace_id, key): fingerprint for workspace_id, key, fingerprint in cursor.fetchall()}


def give_back(cursor: Any, runs: Sequence[NewRun]) -> None:
    """The keys of runs that are not written after all."""
    cursor.execute("EXECUTE give_back_run_keys (%s)", (_encode([_claim(run) for run in runs]),))


def _claim(run: NewRun) -> dict[str, Any]:
    return {"workspace_id": run.workspace_id, "key": run.key, "fingerprint": run.fingerprint}


def _encode(value: Any) -> str:
    return msgspec.json.encode(value).decode()
