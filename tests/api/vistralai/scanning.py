"""Scans as a customer follows them: started, polled to their end, read answer by answer."""

from __future__ import annotations

from tests.kit.eventually import eventually


def start(api, *platforms: str, **more):
    answer = api.post("/api/aeo/perception-scan", {"brand360Id": "berthline", "platforms": list(platforms), **more})
    assert answer.status_code == 202, answer.text
    return answer.json()["data"]["scanId"]


def read(api, scan_id: str):
    return api.get(f"/api/aeo/perception-scan/{scan_id}").json()["data"]


def over(api, scan_id: str, *, within_s: float = 40):
    def ended():
        told = read(api, scan_id)
        return told if told["status"] in ("completed", "failed", "cancelled") else None

    return eventually(ended, within_s=within_s, what=f"the end of {scan_id}")


def answers_of(api, scan_id: str, query: str = ""):
    found, cursor = [], ""
    while True:
        page = api.get(f"/api/aeo/perception-scan/{scan_id}/answers?limit=7{query}{cursor}").json()["data"]
        found += page["answers"]
        if not page["hasMore"]:
            return found
        cursor = f"&cursor={page['nextCursor']}"


def completed(api, scan_id: str):
    told = read(api, scan_id)
    return told if told["status"] == "completed" else None


def job_done(api, job_id: str):
    told = api.get(f"/v1/jobs/{job_id}?wait=10").json()
    return told if told["status"] == "completed" else None
