"""How well search finds, through HTTP, on public collections; and how well questions that ask the same are grouped.

`--data` names the folder where their files lie (tests/bench/kit/judged.py says which); none come with the project.
"""

from __future__ import annotations

import math
import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import requests

from pipelines.answers.grouping import group
from pipelines.clients import embedder
from pipelines.knowledge.pipeline import MAX_QUERY
from tests.bench.kit.fleets import Ours, fleets
from tests.bench.kit.judged import Judged, found_in, threads
from tests.bench.kit.papers import POLL_SECONDS

ASKED_FOR, DEPTH = 50, 10  # passages; the first distinct documents among them
SIDE_BY_SIDE = 4
# docs' research: nDCG@10, recall@10
TARGETS = {
    "xquad.en": (0.980, None),
    "xquad.de": (0.943, None),
    "stackfaq": (0.970, None),
    "stackfaq-a": (0.920, None),
    "cisi": (0.465, None),
    "cran": (0.555, 0.490),
}
ARI_TARGET = 0.90
DRAWN, DRAWS = 400, 20


def main(*, data: Path | None = None) -> None:
    """Upload every collection's documents, ask every question, print the measures beside their targets."""
    if data is None:
        print("  nothing to measure: --data names a folder with collections")
        return
    with fleets(Ours) as (ours,):
        assert isinstance(ours, Ours)
        ours.env |= {"MILLRACE_LIMITS__ENABLED": "false", "MILLRACE_LANES__WARM": "true"}
        ours.start_api()
        ours.start_workers(lanes="web,cpu", processes=1)
        ours.start_workers(lanes="ask", processes=1)
        for judged in found_in(data):
            _measure(_Client(ours, judged.name), judged)
    if (data / "stackfaq.xml").exists():
        _group(threads(data))


class _Client:
    """Uploads to a collection of its own, and searches in it."""

    def __init__(self, ours: Ours, name: str) -> None:
        self._session = requests.Session()
        self._session.headers["Authorization"] = ours.authorization
        self._root = ours.url.replace("/v1/jobs", f"/api/v1/workspaces/{ours.workspace_id}")
        self._place = self._session.post(f"{self._root}/collections", json={"name": name}).json()["id"]

    def upload(self, name: str, title: str, text: str) -> str:
        """The document's id. Two papers with the same words are one document."""
        answer = self._session.post(
            f"{self._root}/documents",
            files={"file": (name, text.encode())},
            data={"collection_id": self._place, "title": title[:200]},
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def wait(self) -> None:
        """Until every document can be searched."""
        while self._total("PROCESSING"):
            time.sleep(POLL_SECONDS)
        wanted = {"collection_id": self._place, "status": "FAILED", "limit": 1}
        failed = self._session.get(f"{self._root}/documents", params=wanted).json()["documents"]
        assert not failed, self._session.get(f"{self._root}/documents/{failed[0]['id']}").json()

    def search(self, query: str) -> list[str]:
        """The distinct documents, best first."""
        wanted = {"query": query[:MAX_QUERY], "collection_ids": [self._place], "top_k": ASKED_FOR}
        answer = self._session.post(f"{self._root}/search", json=wanted)
        assert answer.status_code == 200, answer.text
        return list(dict.fromkeys(one["document_id"] for one in answer.json()["results"]))

    def _total(self, status: str) -> int:
        wanted = {"collection_id": self._place, "status": status, "limit": 1}
        return int(self._session.get(f"{self._root}/documents", params=wanted).json()["total"])


def _measure(client: _Client, judged: Judged) -> None:
    with ThreadPoolExecutor(SIDE_BY_SIDE) as threads_:
        ids = list(threads_.map(
            lambda one: client.upload(f"{one[0]}.txt", one[1].title, one[1].text), enumerate(judged.papers)
        ))  # fmt: skip
        client.wait()
        found = list(threads_.map(lambda one: client.search(one[0]), judged.questions))
    gains, recalls, firsts = [], [], []
    for (_, places), documents in zip(judged.questions, found, strict=True):
        wanted = {ids[place] for place in places}
        hits = [document in wanted for document in documents[:DEPTH]]
        best = sum(1 / math.log2(2 + place) for place in range(min(len(wanted), DEPTH)))
        gains.append(sum(1 / math.log2(2 + place) for place, hit in enumerate(hits) if hit) / best)
        recalls.append(sum(hits) / len(wanted))
        firsts.append(bool(hits and hits[0]))
    target, recall = TARGETS.get(judged.name, (None, None))
    print(f"  {judged.name}: {len(judged.papers)} documents, {len(judged.questions)} questions:"
          f" nDCG@10 {statistics.mean(gains):.4f} (target {target}), recall@10 {statistics.mean(recalls):.4f}"
          f" (target {recall}), first {statistics.mean(firsts):.4f}", flush=True)  # fmt: skip


def _group(known: list[tuple[str, str, list[str]]]) -> None:
    """The adjusted Rand index of our groups against the threads, for all questions and for draws as visitors ask."""
    from sklearn.metrics import adjusted_rand_score

    asked = [(text, place) for place, (_, _, some) in enumerate(known) for text in some]
    vectors = embedder.embed([text for text, _ in asked])
    truth = np.array([place for _, place in asked])
    print(f"  questions: {len(asked)} in {len(known)} threads: adjusted Rand index"
          f" {adjusted_rand_score(truth, group(vectors)):.3f}")  # fmt: skip
    scores = []
    for seed in range(DRAWS):
        some = _drawn(truth, random.Random(seed))
        scores.append(adjusted_rand_score(truth[some], group(vectors[some])))
    print(f"  questions: {DRAWN} drawn, a thread's share falls with its rank (Zipf), {DRAWS} times: adjusted Rand index"
          f" {statistics.mean(scores):.3f}, {min(scores):.3f} to {max(scores):.3f} (target {ARI_TARGET})")  # fmt: skip


def _drawn(truth: np.ndarray, dice: random.Random) -> list[int]:
    """Places of DRAWN questions, none twice."""
    left = {place: list(np.flatnonzero(truth == place)) for place in set(truth.tolist())}
    order = dice.sample(sorted(left), len(left))
    weights = [1 / (1 + rank) for rank in range(len(order))]
    found: list[int] = []
    while len(found) < DRAWN:
        (thread,) = dice.choices(order, weights)
        if left[thread]:
            found.append(int(left[thread].pop(dice.randrange(len(left[thread])))))
    return found
