"""/api/alerts as the document has it, from the run that is too much to the webhook and the mail."""

from __future__ import annotations

import pytest

from tests.kit.eventually import eventually
from tests.kit.post import letters
from tests.kit.receivers import Receiver

RUN = {"promptId": "p", "model": "gpt-4", "provider": "openai", "success": True, "tokensUsed": 10, "latency": 100}
EXAMPLE = {"type": "COST_SPIKE", "threshold": 100}


def test_an_alert_is_made_fires_once_is_told_and_recovers(stack, api, make):
    person = make.person()
    client = api.with_key(make.key(person.workspace))
    with Receiver() as receiver:
        told = ["alert.triggered", "alert.recovered"]
        assert client.post("/api/webhooks", {"url": receiver.url + "/hook", "events": told}).status_code == 201
        made = client.post("/api/alerts", EXAMPLE)
        assert made.status_code == 201
        alert = made.json()
        assert alert.items() >= {
            **EXAMPLE, "minRuns": 1, "isActive": True, "state": "ok", "actual": None, "lastTriggeredAt": None
        }.items()  # fmt: skip
        errors = client.post("/api/alerts", {"type": "HIGH_ERROR_RATE", "threshold": 5, "name": "Errors", "minRuns": 2})
        slow = client.post("/api/alerts", {"type": "SLOW_RESPONSE", "threshold": 2000, "windowMinutes": 5})

        client.post("/api/integrations/run", [{**RUN, "cost": 100}, {**RUN, "cost": 25.5, "success": False}])

        eventually(lambda: len(receiver.hits) >= 2, within_s=15)
        bodies = {body["data"]["type"]: body for body in receiver.bodies()}
        assert set(bodies) == {"COST_SPIKE", "HIGH_ERROR_RATE"}
        spike = bodies["COST_SPIKE"]
        assert list(spike) == ["event", "data", "timestamp"]
        assert spike["event"] == "alert.triggered"
        assert spike["data"] == {"alertId": alert["id"], "type": "COST_SPIKE", "threshold": 100, "actual": 125.5}
        assert bodies["HIGH_ERROR_RATE"]["data"]["actual"] == 50
        seen = client.get(f"/api/alerts/{alert['id']}").json()
        assert (seen["state"], seen["actual"]) == ("firing", 125.5)
        listed = client.get("/api/alerts").json()["alerts"]
        assert [one["state"] for one in listed] == ["firing", "firing", "ok"]
        (letter,) = eventually(
            lambda: [one for one in letters(stack, person.user.email) if "daily cost" in one["Subject"]], within_s=15
        )
        assert "125.50 dollars" in letter.get_body(("plain",)).get_content()

        client.post("/api/integrations/run", [RUN] * 50)
        eventually(lambda: len(receiver.hits) >= 3, within_s=15)
        last = receiver.bodies()[-1]
        assert (last["event"], last["data"]["alertId"]) == ("alert.recovered", errors.json()["id"])
        assert last["data"]["actual"] == pytest.approx(100 / 52, abs=1e-6)
    history = client.get(f"/api/alerts/{errors.json()['id']}/history").json()
    assert [(one["actual"], one["runs"], one["endedBecause"]) for one in history["episodes"]] == [(50, 2, "recovered")]
    assert client.get(f"/api/alerts/{slow.json()['id']}/history").json() == {
        "episodes": [], "nextCursor": None, "hasMore": False
    }  # fmt: skip


def test_an_alert_is_changed_and_deleted(mine):
    alert_id = mine.post("/api/alerts", EXAMPLE).json()["id"]

    changed = mine.request(
        "PATCH", f"/api/alerts/{alert_id}", json={"threshold": 12.5, "name": "Day", "isActive": False}
    )
    gone = mine.delete(f"/api/alerts/{alert_id}")

    assert changed.status_code == 200
    assert changed.json().items() >= {"threshold": 12.5, "name": "Day", "isActive": False, "type": "COST_SPIKE"}.items()
    assert gone.json() == {"deleted": True, "id": alert_id}
    assert mine.get(f"/api/alerts/{alert_id}").status_code == 404
    assert mine.get("/api/alerts").json() == {"alerts": []}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "COST"}, "type"), ({"type": None}, "type"), ({"threshold": "100"}, "threshold"),
        ({"threshold": -1}, "threshold"), ({"threshold": None}, "threshold"), ({"threshold": 1e300}, "threshold"),
        ({"type": "HIGH_ERROR_RATE", "threshold": 100.5}, "threshold"), ({"minRuns": 0}, "minRuns"),
        ({"windowMinutes": 1441}, "windowMinutes"), ({"name": ""}, "name"), ({"isActive": "yes"}, "isActive"),
        ({"name": "x" * 201}, "name"), ({"name": "a\x00"}, "name"),
    ],
)  # fmt: skip
def test_a_bad_alert_is_refused_by_its_field(mine, change, field):
    answer = mine.post("/api/alerts", {**EXAMPLE, **change})

    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field), answer.text
    assert mine.get("/api/alerts").json() == {"alerts": []}


def test_a_change_is_judged_with_what_stays(mine):
    alert_id = mine.post("/api/alerts", EXAMPLE | {"threshold": 500}).json()["id"]

    answer = mine.request("PATCH", f"/api/alerts/{alert_id}", json={"type": "HIGH_ERROR_RATE"})

    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "threshold")


def test_members_look_and_do_not_touch(api, mine, colleague):
    alert_id = mine.post("/api/alerts", EXAMPLE).json()["id"]
    member = api.with_key(colleague.token)

    assert member.get(f"/api/alerts/{alert_id}").status_code == 200
    assert member.post("/api/alerts", EXAMPLE).status_code == 403
    assert member.delete(f"/api/alerts/{alert_id}").status_code == 403


def test_a_workspace_has_a_bounded_number_of_alerts(mine):
    answers = [mine.post("/api/alerts", EXAMPLE).status_code for _ in range(101)]

    assert (set(answers[:100]), answers[100]) == ({201}, 409)
