"""A widget's answer without a language model: how soon its first token comes, alone and while 1,000 pages are indexed."""

from __future__ import annotations

import random
import time
from typing import Any

import requests

from pipelines.clients import embedder
from store.accounts import keys
from store.agents import queries
from store.knowledge import collections
from tests.bench.kit.fleets import Ours, fleets
from tests.bench.kit.meter import Meter
from tests.bench.kit.papers import Uploader, pdf
from tests.kit.knowledge import indexed
from tests.kit.talks import DOCUMENTS

CHUNKS = 2000
ASKED = 60
PAGES = 1000
EMBEDDING_FROM, INDEXING_FROM = 20, 90  # percent of a document's progress
TARGET_MS = 150
QUESTIONS = ("What are your pricing plans?", "Do you ship to Norway?", "I forgot my password", "Can I pay by PayPal?")


def main(*, rounds: int = 3) -> None:
    """Run it and print medians beside their target."""
    with fleets(Ours) as (ours,):
        assert isinstance(ours, Ours)
        ours.env |= {
            "MILLRACE_LIMITS__ENABLED": "false",
            "MILLRACE_LANES__WARM": "true",
            "MILLRACE_QUOTAS__MESSAGES": "{}",
        }
        agent, headers = _agent(ours.workspace_id)
        ours.start_api()
        ours.start_workers(lanes="ask", processes=1)  # processes of their own, as in config.yaml
        ours.start_workers(lanes="web,cpu", processes=1)
        session = requests.Session()
        session.headers.update(headers)
        url = ours.url.replace("/v1/jobs", "/api/v1/widget/chat")
        _ask(session, url, agent, 0)  # the worker may still be loading its model
        client, book = Uploader(ours), pdf(PAGES)
        client.upload("first.pdf", pdf(3))
        for round_ in range(rounds):
            with Meter() as meter:
                alone = [_ask(session, url, agent, number) for number in range(ASKED)]
            print(f"round {round_ + 1}, {CHUNKS} chunks, first token alone: {_told(alone)};"
                  f" CPU-ms each: {meter.each(ASKED)}, others {meter.others:.0%}")  # fmt: skip
            document_id = client.begin("book.pdf", book + b"\n%" + str(round_).encode())
            began = time.perf_counter()
            busy: dict[str, list[float]] = {}
            with Meter() as meter:
                while (shown := client.look(document_id))["status"] == "PROCESSING":
                    took = _ask(session, url, agent, sum(map(len, busy.values())))
                    busy.setdefault(_part(shown), []).append(took)
            everything = [took for part in busy.values() for took in part]
            print(f"  while {PAGES} pages were indexed ({shown['chunk_count']} chunks in"
                  f" {time.perf_counter() - began:.0f} s): {_told(everything)} (target: p50 {TARGET_MS} ms),"
                  f" others {meter.others:.0%}")  # fmt: skip
            for part, some in busy.items():
                print(f"    {part}: {_told(some)}")


def _part(shown: dict[str, Any]) -> str:
    """What is being done to the document, by the weights of its stages."""
    progress = shown["progress"]
    return "reading" if progress < EMBEDDING_FROM else "embedding" if progress < INDEXING_FROM else "indexing"


def _ask(session: requests.Session, url: str, agent: str, number: int) -> float:
    """Milliseconds until the first token; the answer is read to its end."""
    question = QUESTIONS[number % len(QUESTIONS)]
    body = {"agent_id": agent, "session_id": f"s{random.random()}", "message": question}
    began = time.perf_counter()
    took = 0.0
    with session.post(url, json=body, stream=True, timeout=60) as answer:
        answer.raise_for_status()
        for line in answer.iter_lines(chunk_size=1):
            if not took and b'"token"' in line:
                took = (time.perf_counter() - began) * 1000
    assert took, "there was no token"
    return took


def _agent(workspace_id: str) -> tuple[str, dict[str, str]]:
    """A published agent with documents, and the headers of a page."""
    made = collections.create(workspace_id, name="Docs", description="")
    for title, contents in DOCUMENTS.items():
        vectors = [embedder.as_text(one) for one in embedder.embed([f"{title}\n{text}" for text in contents])]
        indexed(workspace_id, made.id, contents, vectors, title=title)
    words = [
        "harbour",
        "berth",
        "tide",
        "rope",
        "quay",
        "winter",
        "ledger",
        "signal",
        "crane",
        "market",
        "orchard",
        "valley",
        "engine",
        "kettle",
        "window",
    ]
    filler = [" ".join(random.choices(words, k=80)) + "." for _ in range(CHUNKS)]
    # Near to nothing that is asked, in a direction of their own: what is measured is the way there, not the model.
    vectors = ["[" + ",".join(f"{random.gauss(0, 0.05):.4g}" for _ in range(384)) + "]" for _ in filler]
    for start in range(0, CHUNKS, 500):
        part = slice(start, start + 500)
        indexed(workspace_id, made.id, filler[part], vectors[part], title="Handbook")
    agent = queries.create(workspace_id, {"name": "Bot", "agent_type": "SUPPORT", "collection_ids": [made.id]})
    queries.publish(workspace_id, agent.id)
    return agent.id, {"X-API-Key": keys.create(workspace_id, name="bench", kind="publishable").text}


def _told(found: list[float]) -> str:
    found = sorted(found)
    return (
        f"p50 {_at(found, 0.5):.0f} ms, p95 {_at(found, 0.95):.0f} ms, most {found[-1]:.0f} ms ({len(found)} answers)"
    )


def _at(found: list[float], share: float) -> float:
    return found[min(int(len(found) * share), len(found) - 1)]
