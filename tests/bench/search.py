"""Search at 15,000 and 100,000 chunks: through HTTP, the embedding of the question and the waiting for the job included."""

from __future__ import annotations

import random
import statistics
import time

import numpy as np
import requests

from pipelines.clients import embedder
from store.kit import db
from store.knowledge import search
from tests.bench.kit.fleets import Ours, fleets
from tests.bench.kit.meter import Meter
from tests.bench.kit.prose import many
from tests.kit.knowledge import collection, indexed

SIZES = ((15_000, 80), (100_000, 200))
REAL = 2000  # chunks that are embedded in truth; the others' vectors lie near theirs
DOCUMENT = 2500  # chunks
QUESTIONS = 200
WORDS = 8
NOISE = 0.03


def main(*, rounds: int = 1) -> None:
    """Fill a collection, ask, fill it further, ask again; print latencies beside their targets."""
    with fleets(Ours) as (ours,):
        assert isinstance(ours, Ours)
        ours.env |= {"MILLRACE_LIMITS__ENABLED": "false", "MILLRACE_LANES__WARM": "true"}
        ours.start_api()
        ours.start_workers(lanes="ask", processes=1)
        texts = many(SIZES[-1][0])
        vectors = _vectors(texts)
        place = collection(ours.workspace_id)
        filled = 0
        for size, target in SIZES:
            started = time.perf_counter()
            for start in range(filled, size, DOCUMENT):
                end = min(start + DOCUMENT, size)
                named = [embedder.as_text(vector) for vector in vectors[start:end]]
                indexed(ours.workspace_id, place, texts[start:end], named)
            rate = (size - filled) / (time.perf_counter() - started)
            filled = size
            db.database.execute_sql("VACUUM ANALYZE chunk, posting")
            print(f"  {size} chunks (indexed at {rate:.0f} a second)")
            for _ in range(rounds):
                _ask(ours, place, texts[:size], target)


def _ask(ours: Ours, place: str, texts: list[str], target: int) -> None:
    dice = random.Random(3)
    session = requests.Session()
    session.headers["Authorization"] = ours.authorization
    url = ours.url.replace("/v1/jobs", f"/api/v1/workspaces/{ours.workspace_id}/search")
    long = [text for text in texts if len(text.split()) >= WORDS]
    questions = [" ".join(dice.sample(dice.choice(long).split(), WORDS)) for _ in range(QUESTIONS)]
    took = []
    with Meter() as meter:
        for question in questions:
            started = time.perf_counter()
            answer = session.post(url, json={"query": question, "collection_ids": [place], "top_k": 10})
            took.append(1000 * (time.perf_counter() - started))
            assert answer.status_code == 200, answer.text
            assert len(answer.json()["results"]) == 10
    store, by_index, alike = [], [], 0
    for question in questions[:50]:
        (vector,) = embedder.embed([question])
        wanted = (ours.workspace_id, [place], question, embedder.as_text(vector))
        started = time.perf_counter()
        found = search.nearest(*wanted, known_languages=embedder.LANGUAGES, limit=10)
        store.append(1000 * (time.perf_counter() - started))
        by_index.append({one.chunk_id for one in found})
    search.EXACT_UP_TO = 10**9
    for question, seen in zip(questions[:50], by_index, strict=True):
        (vector,) = embedder.embed([question])
        wanted = (ours.workspace_id, [place], question, embedder.as_text(vector))
        exact = search.nearest(*wanted, known_languages=embedder.LANGUAGES, limit=10)
        alike += len(seen & {one.chunk_id for one in exact})
    search.EXACT_UP_TO = 5000
    print(f"    HTTP p50 {statistics.median(took):.0f} ms, p95 {_p95(took):.0f} ms (target p95 {target} ms);"
          f" the statement p50 {statistics.median(store):.0f} ms, p95 {_p95(store):.0f} ms;"
          f" top 10 as by comparing all: {alike / 5:.0f} %; CPU-ms each: {meter.each(QUESTIONS)};"
          f" others used {meter.others:.0%} of the machine")  # fmt: skip


def _vectors(texts: list[str]) -> np.ndarray:
    real = embedder.embed(texts[:REAL])
    dice = np.random.default_rng(4)
    rest = real[dice.integers(len(real), size=len(texts) - len(real))]
    rest = rest + NOISE * dice.standard_normal(rest.shape).astype(np.float32)
    found = np.concatenate([real, rest])
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def _p95(values: list[float]) -> float:
    return sorted(values)[len(values) * 95 // 100]
