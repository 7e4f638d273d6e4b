"""The job endpoints on a running stack: submit, poll, list, batch, cancel, retry, why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.kit.eventually import eventually

ECHO = {"pipeline": "diagnostics.echo", "input": {"value": 7}}


def submitted(client, body=ECHO, **headers):
    answer = client.post("/v1/jobs", body, headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.json()


def finished(client, job_id):
    answer = client.get(f"/v1/jobs/{job_id}?wait=20")
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] != "processing"
    return answer.json()


def test_a_submit_answers_with_the_whole_job_and_where_to_poll_it(mine):
    answer = mine.post("/v1/jobs", ECHO)

    job = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Location"].endswith(f"/v1/jobs/{job['job_id']}")
    assert answer.headers["Operation-Location"] == answer.headers["Location"]
    assert int(answer.headers["Retry-After"]) >= 1
    assert (job["status"], job["state"], job["pipeline"], job["progress"]) == (
        "processing", "queued", "diagnostics.echo", 0,
    )  # fmt: skip
    assert set(mine.get(f"/v1/jobs/{job['job_id']}").json()) >= set(job)


def test_a_finished_job_has_the_documented_shape(mine):
    job = finished(mine, submitted(mine)["job_id"])

    assert job["status"] == "completed"
    assert job["progress"] == 100
    assert job["result"]["value"] == 7
    assert job["credits_used"] == 0
    assert job["completed_at"].endswith("Z")


def test_a_job_that_is_not_over_has_no_result_yet(mine):
    job_id = submitted(mine, {"pipeline": "diagnostics.echo", "run_at": "2027-01-01T00:00:00Z"})["job_id"]

    answer = mine.get(f"/v1/jobs/{job_id}")

    assert answer.headers["Retry-After"] == "1"
    assert {"job_id", "status", "progress", "message"} <= set(answer.json())
    assert not {"result", "credits_used", "completed_at", "error"} & set(answer.json())


def test_a_failed_job_says_why(mine):
    job = finished(mine, submitted(mine, {"pipeline": "diagnostics.echo", "input": {"fail": True}})["job_id"])

    assert job["status"] == job["state"] == "failed"
    assert job["error"]["code"] == "asked_to_fail"
    assert "result" not in job


def test_an_unchanged_job_is_not_sent_again(mine):
    job_id = submitted(mine)["job_id"]
    finished(mine, job_id)
    etag = mine.get(f"/v1/jobs/{job_id}").headers["ETag"]

    again = mine.get(f"/v1/jobs/{job_id}", headers={"If-None-Match": f'"other", {etag}'})
    other = mine.get(f"/v1/jobs/{job_id}", headers={"If-None-Match": '"other"'})

    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert other.status_code == 200


def test_a_wait_that_runs_out_answers_with_the_job_as_it_is(mine):
    job_id = submitted(mine, {"pipeline": "diagnostics.echo", "run_at": "2027-01-01T00:00:00Z"})["job_id"]

    answer = mine.get(f"/v1/jobs/{job_id}?wait=0.2")

    assert answer.json()["status"] == "processing"
    assert answer.elapsed.total_seconds() >= 0.2


def test_the_same_idempotency_key_gives_the_same_job(mine, theirs):
    first = mine.post("/v1/jobs", ECHO, headers={"Idempotency-Key": "order-1"})
    again = mine.post("/v1/jobs", ECHO, headers={"Idempotency-Key": "order-1"})
    foreign = theirs.post("/v1/jobs", ECHO, headers={"Idempotency-Key": "order-1"})

    assert again.status_code == 202
    assert again.json()["job_id"] == first.json()["job_id"] != foreign.json()["job_id"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_an_idempotency_key_with_another_body_is_refused(mine):
    mine.post("/v1/jobs", ECHO, headers={"Idempotency-Key": "order-2"})

    other = mine.post("/v1/jobs", {**ECHO, "input": {"value": 8}}, headers={"Idempotency-Key": "order-2"})

    assert other.status_code == 422
    assert other.json()["error"]["code"] == "idempotency_key_reused"


def test_a_batch_answers_each_item_on_its_own(mine):
    answer = mine.post(
        "/v1/jobs/batch",
        {"jobs": [ECHO, {"pipeline": "nope"}, {"pipeline": 1}, {**ECHO, "x": 1}, {**ECHO, "priority": 11}, ECHO]},
        headers={"Idempotency-Key": "batch-1"},
    )

    told = answer.json()
    assert answer.status_code == 200
    assert [one["ok"] for one in told["results"]] == [True, False, False, False, False, True]
    assert [one.get("status") for one in told["results"]] == [None, 404, 400, 400, 400, None]
    assert [one["error"]["details"]["field"] for one in told["results"] if not one["ok"]] == [
        "pipeline", "pipeline", "x", "priority",
    ]  # fmt: skip
    assert (told["accepted"], told["refused"]) == (2, 4)
    assert finished(mine, told["results"][5]["job"]["job_id"])["status"] == "completed"


def test_a_batch_under_the_same_idempotency_key_makes_no_new_jobs(mine):
    body = {"jobs": [ECHO, {**ECHO, "idempotency_key": "own"}]}
    first = mine.post("/v1/jobs/batch", body, headers={"Idempotency-Key": "batch-2"}).json()

    again = mine.post("/v1/jobs/batch", body, headers={"Idempotency-Key": "batch-2"}).json()

    assert [one["job"]["job_id"] for one in again["results"]] == [one["job"]["job_id"] for one in first["results"]]


@pytest.mark.parametrize(("count", "status"), [(0, 400), (1000, 200), (1001, 400)])
def test_a_batch_has_one_to_a_thousand_jobs(mine, count, status):
    later = {"pipeline": "diagnostics.echo", "run_at": "2027-01-01T00:00:00Z"}

    answer = mine.post("/v1/jobs/batch", {"jobs": [later] * count})

    assert answer.status_code == status
    if status == 200:
        assert len({one["job"]["job_id"] for one in answer.json()["results"]}) == count


def test_jobs_are_listed_newest_first_page_by_page(mine):
    made = [submitted(mine)["job_id"] for _ in range(5)]

    first = mine.get("/v1/jobs?limit=3").json()
    rest = mine.get(f"/v1/jobs?limit=3&cursor={first['next_cursor']}").json()

    assert [job["job_id"] for job in first["jobs"] + rest["jobs"]] == made[::-1]
    assert (first["has_more"], rest["has_more"], rest["next_cursor"]) == (True, False, None)


def test_jobs_are_listed_by_status_pipeline_and_time(mine):
    done = submitted(mine)["job_id"]
    finished(mine, done)
    later = submitted(mine, {"pipeline": "diagnostics.fan_out", "run_at": "2027-01-01T00:00:00Z"})["job_id"]
    made_at = mine.get(f"/v1/jobs/{later}").json()["created_at"]

    def listed(query):
        return [job["job_id"] for job in mine.get(f"/v1/jobs?{query}").json()["jobs"]]

    assert listed("status=completed") == [done]
    assert listed("status=processing") == listed("status=queued") == [later]
    assert listed("pipeline=diagnostics.fan_out") == [later]
    assert listed(f"created_after={made_at}") == [later]
    assert listed(f"created_before={made_at}") == [done]
    assert listed("status=failed") == []
    assert (
        listed("created_after=0001-01-01T00:00:00Z") == listed("created_before=9999-12-31T23:59:59Z") == [later, done]
    )
    assert listed("created_before=1900-01-01T00:00:00Z") == listed("created_after=9999-12-31T23:59:59Z") == []


def test_a_cancelled_job_stays_cancelled(mine):
    job_id = submitted(mine, {"pipeline": "diagnostics.echo", "run_at": "2027-01-01T00:00:00Z"})["job_id"]

    first = mine.post(f"/v1/jobs/{job_id}/cancel")
    again = mine.post(f"/v1/jobs/{job_id}/cancel")

    assert first.status_code == again.status_code == 200
    assert first.json()["status"] == again.json()["status"] == "cancelled"
    assert first.headers["ETag"] == again.headers["ETag"]


def test_a_running_job_is_cancelled_within_two_seconds(mine):
    job_id = submitted(mine, {"pipeline": "diagnostics.echo", "input": {"sleep_ms": 60000, "steps": 100}})["job_id"]
    eventually(lambda: mine.get(f"/v1/jobs/{job_id}").json()["state"] == "running")

    mine.post(f"/v1/jobs/{job_id}/cancel")

    eventually(lambda: "stopped" not in mine.get(f"/v1/jobs/{job_id}/why").json()["message"], within_s=4)
    assert mine.get(f"/v1/jobs/{job_id}").json()["status"] == "cancelled"


def test_a_retry_runs_the_job_again(mine):
    job_id = submitted(mine, {"pipeline": "diagnostics.echo", "input": {"fail": True}})["job_id"]
    finished(mine, job_id)

    answer = mine.post(f"/v1/jobs/{job_id}/retry")

    assert answer.status_code == 202
    assert answer.json()["run"] == 2
    assert answer.headers["Location"].endswith(job_id)
    assert finished(mine, job_id)["run"] == 2


def test_only_what_failed_or_was_cancelled_can_be_retried(mine):
    job_id = submitted(mine)["job_id"]
    finished(mine, job_id)

    answer = mine.post(f"/v1/jobs/{job_id}/retry")

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "conflict"


def test_why_names_the_reason(mine):
    later = submitted(mine, {"pipeline": "diagnostics.echo", "run_at": "2027-01-01T00:00:00Z"})["job_id"]

    why = mine.get(f"/v1/jobs/{later}/why").json()

    assert (why["job_id"], why["state"], why["reason"]) == (later, "queued", "not_due")
    assert why["eta_seconds"] > 0


def test_why_names_a_paused_lane_and_a_resume_lets_the_job_run(api, mine):
    assert api.post("/v1/lanes/quick/pause", {"reason": "cleaning"}).json()["paused"] is True
    job_id = submitted(mine)["job_id"]

    why = mine.get(f"/v1/jobs/{job_id}/why").json()
    resumed = api.post("/v1/lanes/quick/resume").json()

    assert why["reason"] == "lane_paused"
    assert "cleaning" in why["message"]
    assert resumed["paused"] is False
    assert finished(mine, job_id)["status"] == "completed"


def test_lanes_are_for_operators(api, mine, owner):
    assert mine.get("/v1/lanes").status_code == 403
    assert mine.post("/v1/lanes/quick/pause", {}).status_code == 403
    assert api.get("/v1/lanes", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 401
    assert api.get("/v1/lanes", headers={"Host": "evil.example"}).status_code == 401
    assert api.post("/v1/lanes/quick/pause", {}, headers={"Origin": "http://evil.example"}).status_code == 403
    assert api.post("/v1/lanes/nope/pause", {}).status_code == 404
    assert "quick" in [lane["name"] for lane in api.get("/v1/lanes").json()["lanes"]]


def test_pipelines_tell_their_stages_and_input(mine):
    told = {one["name"]: one for one in mine.get("/v1/pipelines").json()["pipelines"]}

    fan_out = told["diagnostics.fan_out"]
    assert [stage["name"] for stage in fan_out["stages"]] == ["split", "work", "join"]
    definition = fan_out["input_schema"]["$defs"]["FanOutInput"]
    assert definition["properties"]["sleep_ms"]["maximum"] == 60000


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/jobs/{id}"), ("GET", "/v1/jobs/{id}/events"), ("GET", "/v1/jobs/{id}/why"),
        ("POST", "/v1/jobs/{id}/cancel"), ("POST", "/v1/jobs/{id}/retry"), ("GET", "/v1/jobs/{id}?wait=1"),
    ],
)  # fmt: skip
def test_a_stranger_finds_nothing_of_a_job(mine, theirs, method, path):
    job_id = submitted(mine, {"pipeline": "diagnostics.echo", "run_at": "2027-01-01T00:00:00Z"})["job_id"]

    foreign = theirs.request(method, path.replace("{id}", job_id))
    missing = mine.request(method, path.replace("{id}", "job_01jd0000000000000000000000"))
    wrong_kind = mine.request(method, path.replace("{id}", "brand_01jd0000000000000000000000"))

    assert foreign.status_code == missing.status_code == wrong_kind.status_code == 404
    assert foreign.json()["error"]["code"] == missing.json()["error"]["code"]
    assert theirs.get("/v1/jobs").json()["jobs"] == []
    assert mine.get(f"/v1/jobs/{job_id}").json()["state"] == "queued"


def test_polls_that_arrive_together_do_not_mix(mine, theirs):
    jobs = [submitted(mine)["job_id"] for _ in range(4)]
    asked = [(client, job_id) for _ in range(10) for job_id in jobs for client in (mine, theirs)]

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda one: one[0].get(f"/v1/jobs/{one[1]}"), asked))

    for (client, job_id), answer in zip(asked, answers, strict=True):
        assert answer.status_code == (200 if client is mine else 404)
        if client is mine:
            assert answer.json()["job_id"] == job_id
