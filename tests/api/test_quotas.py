"""A monthly quota over HTTP: 402 in the surface's shape, nothing written; a replay and a refused job cost nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from store.limits import quotas

STACK_SETTINGS = {"MILLRACE_QUOTAS__JOBS": '{"free": 3, "pro": 1000000}'}
ECHO = {"pipeline": "diagnostics.echo", "input": {"value": 1}}


def test_when_the_quota_is_used_up_the_answer_is_402(mine, owner):
    mine.post("/v1/jobs", {"pipeline": "nope"})
    mine.post("/v1/jobs", {**ECHO, "input": {"sleep_ms": "a"}})
    first = [mine.post("/v1/jobs", ECHO, headers={"Idempotency-Key": "one"}) for _ in range(3)]
    rest = [mine.post("/v1/jobs", ECHO) for _ in range(3)]
    again = mine.post("/v1/jobs", ECHO, headers={"Idempotency-Key": "one"})

    assert [answer.status_code for answer in first] == [202, 202, 202]
    assert {answer.json()["job_id"] for answer in [*first, again]} == {first[0].json()["job_id"]}
    assert [answer.status_code for answer in rest] == [202, 202, 402]
    error = rest[-1].json()["error"]
    assert error["code"] == "usage_limit_reached"
    assert error["details"].items() >= {"quota": "jobs", "limit": 3, "used": 3}.items()
    assert again.status_code == 202
    assert len(mine.get("/v1/jobs").json()["jobs"]) == 3
    assert mine.get(f"/v1/jobs/{again.json()['job_id']}?wait=20").json()["status"] == "completed"


def test_another_surface_refuses_in_its_own_shape(api, make):
    person = api.with_key(make.key(make.workspace(plan="free")))
    for _ in range(3):
        assert person.post("/v1/jobs", ECHO).status_code == 202

    answer = person.post("/api/onboarding/analyze", {"brandId": "acme", "websiteUrl": "https://acme.example"})

    assert answer.status_code == 402
    told = answer.json()
    assert (told["success"], told["code"]) == (False, "USAGE_LIMIT_REACHED")
    assert "month" in told["error"]


def test_a_crowd_gets_exactly_what_is_left_also_in_a_batch(api, make):
    workspace = make.workspace(plan="free")
    text = make.key(workspace)
    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(lambda _: api.with_key(text).post("/v1/jobs", ECHO).status_code, range(20)))
    other = make.workspace(plan="free")
    batch = api.with_key(make.key(other)).post("/v1/jobs/batch", {"jobs": [ECHO] * 5}).json()

    assert (answers.count(202), answers.count(402)) == (3, 17)
    assert quotas.used(workspace.id, "jobs") == 3
    assert (batch["accepted"], batch["refused"]) == (3, 2)
    assert {one["status"] for one in batch["results"] if not one["ok"]} == {402}


def test_a_plan_with_more_has_more(api, make):
    pro = api.with_key(make.key(make.workspace(plan="business")))

    assert [pro.post("/v1/jobs", ECHO).status_code for _ in range(5)] == [202] * 5
