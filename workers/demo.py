"""`./run.sh demo`: the main job told step by step on the website of a made-up company.

Starts a stack of its own (its data under the data folder's demo/) that may read this machine's loopback addresses,
serves docs/demo-site, and does over HTTP what a customer does: sign up, analyze, look at the evidence, review, read
the brand. `--url URL` uses a running stack instead, whose `egress.allow` must let 127.0.0.0/8 through.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import requests

from store.embedded import children
from store.embedded.children import Command
from store.kit.ids import new_id
from store.kit.settings import ROOT, SettingsError, child_environment, settings
from workers import running_stack
from workers.demo_site import DemoSite, served

STARTS_WITHIN_SECONDS = 180  # a first start makes a database
DONE_WITHIN_SECONDS = 120
PAUSE_SECONDS = 0.4  # the contract allows 100 calls a minute
WIDTH = 100
TRUTH = ROOT / "docs" / "demo-site" / "truth.json"
OUR_VISION = "A safe berth for every sailor, every night."
PASSWORD = "a pontoon in the morning"  # noqa: S105 - of an account that lives as long as the demo


class DemoFailed(Exception):
    """The story cannot go on; the text says why."""


def main() -> int:
    """Run the demo; exit code 0 when the story came to its end."""
    parser = argparse.ArgumentParser(prog="./run.sh demo", description="The main job on a small website.")
    parser.add_argument("--url", help="use this running stack instead of starting one")
    chosen = parser.parse_args()
    try:
        with served() as site:
            if chosen.url:
                _tell_all(chosen.url.rstrip("/"), site)
            else:
                with _own_stack() as url:
                    _tell_all(url, site)
    except (DemoFailed, SettingsError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except requests.RequestException as error:
        print(f"demo: the API does not answer: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ndemo: stopped")
        return 130
    return 0


@contextmanager
def _own_stack() -> Iterator[str]:
    """The address of a stack that is started for this demo and stopped with it."""
    folder = settings().data_dir / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    running_stack.forget(folder)
    log = folder / "demo.log"
    _say(f"Starting Millrace for the demo (its words go to {_shown(log)}) …")
    environment = child_environment(
        PORT="0",
        DATABASE_URL="",
        REDIS_URL="",
        MILLRACE_DATA=str(folder),
        MILLRACE_EGRESS__ALLOW='["127.0.0.0/8"]',
        MILLRACE_CRAWL__DELAY_SECONDS="0.1",
        MILLRACE_LOG__FORMAT="json",
    )
    command = Command([sys.executable, "-m", "workers.up"], cwd=str(ROOT), env=environment, grace_seconds=60)
    with log.open("wb") as output:
        process = children.start(command, output)
    try:
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while (addresses := running_stack.find(folder)) is None:
            if process.poll() is not None or time.monotonic() > deadline:
                last_words = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:])
                raise DemoFailed(f"the stack did not start:\n{last_words}")
            time.sleep(PAUSE_SECONDS)
        yield addresses.url
    finally:
        children.stop(process, command)


def _tell_all(url: str, site: DemoSite) -> None:
    api = _Api(url)
    _step(1, f"Millrace runs at {url}; the company Berthline has a website at {site.url}")
    email = f"{new_id('user')}@berthline.example"
    api.call("POST", "/api/auth/register", {"email": email, "password": PASSWORD, "name": "Isla Penrose"})
    api.call("POST", "/api/auth/login", {"email": email, "password": PASSWORD})
    _step(2, "Hand in the website: the answer comes at once, the work is done by the workers")
    started = api.call("POST", "/api/onboarding/analyze", {"brandId": "berthline", "websiteUrl": site.url}, show=True)
    job_id = started["jobId"]
    _step(3, "Follow the job: crawl, extract, analyze, review")
    result = _followed(api, job_id)
    _step(4, "What the website says, each value with the words it was read from")
    _show_result(result, site)
    _step(5, "What people still have to decide")
    reviews = _show_reviews(api, job_id)
    _step(6, "Decide: approve what is right, put the vision into our own words, reject what is wrong")
    _decide(api, reviews)
    _step(7, "The brand: approved values, locked against later crawls")
    _show_brand(api)
    visits = len(site.hits)
    _step(8, "Read the website again: unchanged pages are asked for with their ETag and not read twice")
    again = api.call("POST", "/api/onboarding/analyze", {"brandId": "berthline", "websiteUrl": site.url})
    pages = _followed(api, again["jobId"])["pages"]
    not_modified = sum(status == 304 for _, _, status in site.hits[visits:])
    _say(f"{pages['read']} pages, {pages['unchanged']} unchanged ({not_modified} answered 304 Not Modified)")
    _say("\nThat was it. README.md tells what else there is.")


class _Api:
    """The API as a signed-in customer calls it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def call(self, method: str, path: str, body: Any = None, *, show: bool = False) -> Any:
        """The answer's data. Raises DemoFailed with the API's own words."""
        answer = self.session.request(method, self.url + path, json=body, timeout=30)
        if show:
            _say(f"{method} {path} {msgspec.json.encode(body).decode() if body else ''}")
            _say(f"{answer.status_code} {answer.text}")
        told = answer.json()
        if not told.get("success"):
            raise DemoFailed(f"{method} {path} answered {answer.status_code}: {told.get('error')}")
        return told["data"]


def _followed(api: _Api, job_id: str) -> Any:
    """Poll until the job is over, telling each change; its result."""
    deadline, told = time.monotonic() + DONE_WITHIN_SECONDS, None
    while time.monotonic() < deadline:
        data = api.call("GET", f"/api/onboarding/analyze?jobId={job_id}")
        line = f"{data['progress']:3d} %  {data.get('phase', ''):8s} {data.get('message', '')}".rstrip()
        if line != told and data["status"] == "processing":
            _say(f"{line}  (about {data['estimatedTimeRemaining']} s left)")
            told = line
        if data["status"] == "completed":
            _say("100 %  completed")
            return data["result"]
        if data["status"] != "processing":
            raise DemoFailed(f"the job is {data['status']}: {data.get('error')}")
        time.sleep(PAUSE_SECONDS)
    raise DemoFailed(f"the job did not end within {DONE_WITHIN_SECONDS} s")


def _show_result(result: dict[str, Any], site: DemoSite) -> None:
    for field, value in sorted(result["extractedIdentity"].items()):
        _show_value(field, value, result["evidence"][field], site)
    for kind, entries in (("competitor", "extractedCompetitors"), ("audience", "extractedAudience")):
        for entry in result[entries]:
            of_kind = "competitors" if kind == "competitor" else kind
            _show_value(kind, entry["name"], result["evidence"][of_kind][entry["name"]], site)
    for product in result["extractedProducts"]:
        price = product.get("pricing", {})
        shown = f"{product['name']}  {price.get('amount', '')} {price.get('currency', '')}".rstrip()
        _show_value("product", shown, result["evidence"]["products"][product["name"]], site)
    pages = result["pages"]
    _say(f"\n{pages['read']} pages were read; not read, and why:")
    for page in pages["notRead"]:
        _say(f"  {page['url'].removeprefix(site.url)}  {page['state']}: {page['reason']}")


def _show_value(field: str, value: Any, evidence: dict[str, Any], site: DemoSite) -> None:
    verdict = "sure" if evidence["accepted"] else "for review"
    text = "; ".join(value) if isinstance(value, list) else str(value)
    _say(f"{field} = {textwrap.shorten(text, WIDTH)}")
    source = evidence["sources"][0]
    page = source["url"].removeprefix(site.url) or "/"
    quote = textwrap.shorten(source["quote"], WIDTH - 20)
    _say(f"    {evidence['confidence']:.2f} {verdict}; {source['rule']} on {page}: “{quote}”")


def _show_reviews(api: _Api, job_id: str) -> dict[str, Any]:
    queue = api.call("GET", f"/api/onboarding/review-queue?jobId={job_id}")
    for review in queue["reviews"]:
        states = [field["status"] for field in review["fieldReviews"]]
        counted = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
        _say(f"{review['dataType']:12s} {review['status']:10s} {counted}")
    stats = queue["stats"]
    _say(f"{stats['totalReviews']} reviews, {stats['pendingReviews']} of them need a person")
    return {review["dataType"]: review for review in queue["reviews"]}


def _decide(api: _Api, reviews: dict[str, Any]) -> None:
    """Decide as somebody who knows the company: the truth is written down beside its website."""
    truth = msgspec.json.decode(TRUTH.read_bytes())
    for kind, review in reviews.items():
        pending = [field for field in review["fieldReviews"] if field["status"] == "pending"]
        approvals = [_decision(kind, field, truth) for field in pending]
        if kind == "identity":
            ours = {"field": "vision", "status": "edited", "value": OUR_VISION, "feedback": "Shorter"}
            approvals = [ours, *(one for one in approvals if one["field"] != "vision")]
        if approvals:
            body = {"reviewId": review["id"], "approvals": approvals, "notes": "From the demo"}
            answer = api.call("POST", "/api/onboarding/review-queue/approve", body)
            chosen = ", ".join(f"{one['field']}: {one['status']}" for one in approvals)
            _say(f"{kind:12s} {chosen}  → the review is {answer['status']}")


def _decision(kind: str, field: dict[str, Any], truth: dict[str, Any]) -> dict[str, Any]:
    if kind != "identity":
        is_true = field["value"]["name"].casefold() in {name.casefold() for name in truth[kind]}
        return {"field": field["field"], "status": "approved" if is_true else "rejected"}
    known = truth["identity"][field["field"]]
    if field["value"] in (known, known[0]):
        return {"field": field["field"], "status": "approved"}
    right = known if isinstance(field["value"], list) else known[0]
    return {"field": field["field"], "status": "edited", "value": right}


def _show_brand(api: _Api) -> None:
    identity = api.call("GET", "/api/brand-360/identity?brandId=berthline")
    for field, source in identity["sources"].items():
        lock = "locked" if source["locked"] else "follows the site"
        value = identity[field]
        text = "; ".join(value) if isinstance(value, list) else str(value)
        _say(f"{field} = {textwrap.shorten(text, WIDTH - 40)}  ({source['origin']}, {lock})")
    _say(f"completionScore = {identity['completionScore']}")
    for kind in ("competitors", "products"):
        names = [entry["name"] for entry in api.call("GET", f"/api/brand-360/{kind}?brandId=berthline")]
        _say(f"{kind} = {', '.join(names)}")


def _step(number: int, text: str) -> None:
    _say(f"\n— {number}. {text}")


def _say(text: str) -> None:
    print(text, flush=True)


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    sys.exit(main())
