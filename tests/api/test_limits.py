"""Request limits on a running stack: counted per plan and address, told in headers, refused in the surface's shape."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor

import redis

from store.kit.settings import settings
from tests.kit.eventually import eventually

STACK_SETTINGS = {
    "MILLRACE_LIMITS__ENABLED": "true",
    "MILLRACE_LIMITS__SURFACES__CRAUDIOVIZ__PLANS": (
        '{"free":{"hour":3,"day":5},"pro":{"minute":1000,"hour":2000},"enterprise":{}}'
    ),
    "MILLRACE_LIMITS__SURFACES__VISTRALAI__ADDRESS": '{"minute":4}',
    "MILLRACE_LIMITS__SURFACES__VISTRALAI__HEAVY": '{"minute":1}',
    "MILLRACE_LIMITS__SURFACES__VISTRALAI__USER": '{"hour":2}',
}
HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def forget_counts():
    client = redis.Redis.from_url(settings().redis.url)
    for key in client.scan_iter(f"{settings().redis.namespace}:limit:*"):
        client.delete(key)


def test_each_answer_tells_what_is_left_and_the_refusal_when_to_come_back(api, make):
    forget_counts()
    mine = api.with_key(make.key(make.workspace(plan="free")))

    answers = [mine.get("/v1/jobs") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert {answer.headers["X-RateLimit-Limit"] for answer in answers} == {"3"}
    reset = int(answers[-1].headers["X-RateLimit-Reset"])
    assert {int(answer.headers["X-RateLimit-Reset"]) for answer in answers} == {reset}
    assert 3590 <= reset - time.time() <= 3601
    assert abs(int(answers[-1].headers["Retry-After"]) - (reset - time.time())) < 3
    assert answers[-1].json() == {"error": {"code": "rate_limit_exceeded", "message": "Rate limit exceeded"}}


def test_a_refused_request_uses_up_nothing(api, make):
    forget_counts()
    workspace = make.workspace(plan="free")
    mine = api.with_key(make.key(workspace))
    for _ in range(10):
        mine.get("/v1/jobs")

    client = redis.Redis.from_url(settings().redis.url)
    counts = {key.decode().rsplit(":", 1)[1]: int(client.get(key)) for key in client.scan_iter(f"*{workspace.id}:*")}

    assert counts == {"hour": 3, "day": 3}


def test_plans_have_their_own_allowance_and_an_unknown_one_its_next_lower(api, make):
    forget_counts()
    seen = {}
    for plan in ("free", "starter", "pro", "business", "enterprise"):
        answer = api.with_key(make.key(make.workspace(plan=plan))).get("/v1/jobs")
        seen[plan] = answer.headers.get("X-RateLimit-Limit")

    assert seen == {"free": "3", "starter": "3", "pro": "1000", "business": "1000", "enterprise": None}


def test_two_keys_of_a_workspace_share_its_allowance_and_strangers_do_not(api, make):
    forget_counts()
    workspace = make.workspace(plan="free")
    one, two, other = (api.with_key(make.key(of)) for of in (workspace, workspace, make.workspace(plan="free")))

    assert one.get("/v1/jobs").headers["X-RateLimit-Remaining"] == "2"
    assert two.get("/v1/jobs").headers["X-RateLimit-Remaining"] == "1"
    assert other.get("/v1/jobs").headers["X-RateLimit-Remaining"] == "2"


def test_guessing_keys_uses_up_the_address_s_allowance(api):
    forget_counts()
    guesses = [api.with_key(f"sk_live_{number}").get("/v1/jobs") for number in range(4)]

    assert [answer.status_code for answer in guesses] == [401, 401, 401, 429]


def test_vistralai_counts_users_and_addresses_and_adds_retry_after_to_the_body(api, owner):
    forget_counts()
    path = "/api/onboarding/analyze?jobId=job_01jd0000000000000000000000"
    by_user = [api.get(path, headers=owner.headers) for _ in range(3)]
    by_address = [api.post("/api/auth/verify-email", {"token": "x"}) for _ in range(3)]

    assert [answer.status_code for answer in by_user] == [404, 404, 429]
    assert [answer.headers["X-RateLimit-Limit"] for answer in by_user] == ["2", "2", "2"]
    assert [answer.status_code for answer in by_address] == [400, 400, 429]
    assert [answer.headers["X-RateLimit-Limit"] for answer in by_address] == ["4", "4", "4"]
    told = by_address[-1].json()
    assert (told["success"], told["error"], told["code"]) == (False, "Rate limit exceeded", "RATE_LIMITED")
    assert told["retryAfter"] == int(by_address[-1].headers["Retry-After"])


def test_heavy_work_has_a_limit_of_its_own(api, owner):
    forget_counts()
    answers = [api.post("/api/onboarding/analyze", {}, headers=owner.headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [400, 429]
    assert [answer.headers["X-RateLimit-Limit"] for answer in answers] == ["1", "1"]
    assert api.get("/api/onboarding/analyze", headers=owner.headers).status_code == 400


def test_the_house_s_own_pages_are_not_limited(api):
    forget_counts()
    answers = [api.get("/health") for _ in range(8)]

    assert {answer.status_code for answer in answers} == {200}
    assert not any(name in answers[0].headers for name in HEADERS)


def test_the_house_s_costly_forms_are_limited_by_address(api):
    forget_counts()
    allowed = settings().limits.surfaces["house"].heavy["minute"]
    answers = [api.request("POST", "/reset-password", data={"token": "x"}) for _ in range(allowed + 1)]

    assert {answer.status_code for answer in answers[:-1]} == {400}
    assert (answers[-1].status_code, answers[-1].json()["error"]["code"]) == (429, "rate_limited")
    assert api.get("/sign-in").status_code == 200


def test_with_redis_flushed_counting_goes_on(api, make):
    mine = api.with_key(make.key(make.workspace(plan="pro")))
    mine.get("/v1/jobs")
    redis.Redis.from_url(settings().redis.url).script_flush()

    assert mine.get("/v1/jobs").headers["X-RateLimit-Limit"] == "1000"


def test_without_redis_requests_pass_and_the_metric_says_so(own_stack, make):
    api = own_stack.client()
    assert own_stack.settings.limits.enabled is True
    assert api.get("/v1/pipelines").headers["X-RateLimit-Remaining"] == "2"

    own_stack.valkey.kill()
    answers = [api.get("/v1/pipelines") for _ in range(6)]

    assert {answer.status_code for answer in answers} == {401}
    assert not any(name in answers[-1].headers for name in HEADERS)
    assert "millrace_limiter_passed_total 6.0" in api.get("/metrics").text
    assert api.get("/health").json()["redis"] == "unreachable"
    assert api.get("/health").status_code == 200

    own_stack.valkey.start()
    eventually(lambda: "X-RateLimit-Limit" in api.get("/v1/pipelines").headers)


def test_asking_for_what_is_not_there_counts_and_is_told_as_well(api, make):
    forget_counts()
    mine = api.with_key(make.key(make.workspace(plan="free")))

    answers = [
        mine.get("/v1/nope"),
        mine.delete("/v1/jobs"),
        mine.get("/v1/nope"),
        mine.get("/v1/nope"),
        mine.put("/v1/jobs"),
    ]

    assert [answer.status_code for answer in answers] == [404, 405, 404, 429, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0", "0"]
    assert answers[-1].json()["error"]["code"] == "rate_limit_exceeded"


def test_a_crowd_at_once_gets_exactly_the_allowance(api, make):
    forget_counts()
    text = make.key(make.workspace(plan="free"))
    with ThreadPoolExecutor(40) as crowd:
        answers = list(crowd.map(lambda _: api.with_key(text).get("/v1/pipelines").status_code, range(40)))

    assert (answers.count(200), answers.count(429)) == (3, 37)
    refused = re.search(r'millrace_limiter_refused_total{surface="craudioviz"} (\d+)', api.get("/metrics").text)
    assert refused
    assert int(refused[1]) >= 37
