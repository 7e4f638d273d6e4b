"""The calls of the onboarding section that more than one module of tests makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.kit.client import Client
from tests.kit.eventually import eventually
from tests.kit.factories import Maker

DONE_WITHIN_S = 40


@dataclass
class Analysed:
    """A finished analysis of the demo site and the person who asked for it; `seen` are all answers on the way."""

    api: Client
    job_id: str
    result: dict[str, Any]
    seen: list[dict[str, Any]]


def analyze(api: Client, url: str, brand_id: str) -> str:
    started = api.post("/api/onboarding/analyze", {"brandId": brand_id, "websiteUrl": url})
    assert started.status_code == 202, started.text
    return started.json()["data"]["jobId"]


def finished(api: Client, job_id: str, seen: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        data = api.get(f"/api/onboarding/analyze?jobId={job_id}").json()["data"]
        if seen is not None:
            seen.append(data)
        return data if data["status"] != "processing" else None

    return eventually(look, within_s=DONE_WITHIN_S)


def reviews(api: Client, job_id: str) -> dict[str, Any]:
    found = api.get(f"/api/onboarding/review-queue?jobId={job_id}").json()["data"]
    return {review["dataType"]: review for review in found["reviews"]}


def decide(api: Client, review: dict[str, Any], *approvals: dict[str, Any], **more: Any) -> Any:
    return api.post(
        "/api/onboarding/review-queue/approve", {"reviewId": review["id"], "approvals": list(approvals), **more}
    )


def person(stack: Any) -> Client:
    """A client of somebody who signed in a moment ago, with a workspace of their own."""
    return stack.client().with_key(Maker().person().token)
