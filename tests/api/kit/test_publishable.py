"""What a web page may do with a publishable key: only what asks for one, only from its domains."""

from __future__ import annotations

import asyncio

import falcon
import falcon.asgi
import falcon.testing
import pytest

from api.kit import errors, identity
from api.kit.identity import Principal
from api.kit.middleware import Edge
from api.kit.operation import operation
from api.kit.request import Request
from store.accounts import keys
from store.kit.errors import Forbidden, Unauthenticated

pytestmark = pytest.mark.usefixtures("empty_store")
PAGE = "https://shop.example.com"


class Widget:
    """A resource as a widget's endpoints will be."""

    @operation("See whose key this is", auth="publishable", returns=dict[str, str])
    def on_get(self, caller: Principal) -> dict[str, str]:
        return {"workspace": caller.workspace_id, "kind": caller.kind}

    @operation("Send something", auth="publishable", returns=dict[str, str])
    def on_post(self, caller: Principal) -> dict[str, str]:
        return {"workspace": caller.workspace_id}


class Other:
    """A resource for those who have a secret."""

    @operation("See nothing", returns=dict[str, str])
    def on_get(self) -> dict[str, str]:
        return {}


@pytest.fixture
def widget():
    for room in (identity._known, identity._unknown, identity._asking):
        room.clear()
    app = falcon.asgi.App(middleware=[Edge()], request_type=Request)
    app.add_error_handler(falcon.HTTPError, errors.handle)
    app.add_error_handler(Exception, errors.handle)
    app.add_route("/api/v1/widget", Widget())
    app.add_route("/api/v1/other", Other())
    return falcon.testing.TestClient(app)


@pytest.fixture
def key(owner) -> str:
    return keys.make(
        owner.workspace.id, name="k", kind="publishable", mode="live", allowed_domains=["*.example.com"]
    ).text


def test_a_page_of_the_domains_gets_in_and_may_read_the_answer(widget, key, owner):
    answer = widget.simulate_get("/api/v1/widget", headers={"X-API-Key": key, "Origin": PAGE})

    assert (answer.status_code, answer.json) == (200, {"workspace": owner.workspace.id, "kind": "publishable"})
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("origin", [None, "null", "https://example.com", "https://evil.example"])
def test_a_page_of_another_domain_does_not(widget, key, origin):
    headers = {"X-API-Key": key, **({"Origin": origin} if origin else {})}

    answer = widget.simulate_post("/api/v1/widget", headers=headers)

    assert (answer.status_code, answer.json["code"]) == (403, "ORIGIN_NOT_ALLOWED")


def test_a_preflight_is_answered_for_pages_of_any_site_and_only_where_their_keys_count(widget):
    ask = {"Origin": PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}

    allowed = widget.simulate_options("/api/v1/widget", headers=ask)
    refused = widget.simulate_options("/api/v1/other", headers=ask)

    assert allowed.status_code == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == PAGE
    assert "X-API-Key" in allowed.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in refused.headers


def test_no_other_credential_opens_a_widget_s_endpoint(widget, make, owner):
    secret = make.key(owner.workspace)
    for headers in (
        {}, {"X-API-Key": secret}, {"X-API-Key": "pk_live_x"}, {"Authorization": f"Bearer {secret}"}, owner.headers,
        {"Cookie": f"millrace_session={owner.token}"},
    ):  # fmt: skip
        assert widget.simulate_get("/api/v1/widget", headers=headers).status_code == 401


def test_a_publishable_key_opens_nothing_else(widget, key):
    assert widget.simulate_get("/api/v1/other", headers={"X-API-Key": key, "Origin": PAGE}).status_code == 401
    assert widget.simulate_get("/api/v1/other", headers={"Authorization": f"Bearer {key}"}).status_code == 401


def test_what_one_door_remembers_the_other_does_not_believe(widget, key):
    """Were both answers kept under the key alone, the first call would open the second door."""
    assert widget.simulate_get("/api/v1/widget", headers={"X-API-Key": key, "Origin": PAGE}).status_code == 200

    for place in ("page", "caller", ""):
        headers = {"Authorization": f"Bearer {key}", "X-Workspace-Id": place}
        assert widget.simulate_get("/api/v1/other", headers=headers).status_code in (401, 404)


def test_a_revoked_key_stops(owner, key):
    class Asked:
        def header(self, name: bytes) -> str | None:
            return {b"x-api-key": key, b"origin": PAGE}.get(name)

    async def calls() -> None:
        found = await identity.authenticate_page(Asked())
        keys.revoke(owner.workspace.id, found.key_id)
        identity.forget_key(found.key_id)
        with pytest.raises(Unauthenticated):
            await identity.authenticate_page(Asked())

    asyncio.run(calls())


def test_the_origin_is_looked_at_on_each_call_and_not_remembered(key):
    class Asked:
        origin = PAGE

        def header(self, name: bytes) -> str | None:
            return {b"x-api-key": key, b"origin": self.origin}.get(name)

    async def calls() -> None:
        asked = Asked()
        await identity.authenticate_page(asked)
        asked.origin = "https://evil.example"
        with pytest.raises(Forbidden):
            await identity.authenticate_page(asked)

    asyncio.run(calls())
