"""/v1/ocean/v2 where no model is configured: honest, and from the workspace's documents where it has any."""

from __future__ import annotations


def test_without_model_and_documents_the_answer_says_so(api, make):
    mine = api.with_key(make.key())

    data = mine.post("/v1/ocean/v2/chat", {"message": "What is machine learning?", "session_id": "s"}).json()["data"]

    assert data == {
        "response": "No language model is configured on this server, and this workspace has no documents to answer from.",
        "session_id": "s",
        "tokens_used": data["tokens_used"],
        "model": "extractive",
        "sources": [],
        "note": "no_model_configured",
    }
    assert data["tokens_used"] > 5
