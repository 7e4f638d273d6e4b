"""Generated over all routes: a URL that leads inside is refused where it is given, by its field, and nothing is kept."""

from __future__ import annotations

import pytest

from store.kit.db import row
from tests.api.walk import Call, chosen, field_names

STACK_SETTINGS = {"MILLRACE_EGRESS__ALLOW": "[]"}
FIELDS = {"url", "websiteUrl"}
NEVER_FETCHED = ("/api/brand-360/",)  # what a person says of a product
INSIDE = [
    "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f.1/", "http://017700000001/", "http://0/",
    "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://10.0.0.1/", "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://192.0.0.8/", "http://198.18.0.1/",
    "http://[fd00:ec2::254]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://evil@127.0.0.1/",
    "http://user:secret@example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x",
    "javascript:alert(1)", "http://", "example.com", "http://exa mple.com/", "http://example.com:99999/",
]  # fmt: skip


def given(call: Call) -> set[str]:
    return set() if call.path.startswith(NEVER_FETCHED) else FIELDS & field_names(call.operation.body)


@pytest.mark.parametrize(**chosen(given))
def test_a_url_that_leads_inside_is_refused_where_it_is_given(api, call, owner):
    client = api.with_key(owner.token)
    ids = call.ids(owner.workspace.id)
    (field,) = given(call)
    before = kept()

    for url in INSIDE:
        answer = call.send(_With(client, field, url), ids)

        assert answer.status_code in (400, 422), f"{url}: {answer.status_code} {answer.text}"
        assert field in answer.text, answer.text
    assert kept() == before


def kept():
    return row("SELECT (SELECT count(*) FROM job), (SELECT array_agg(url ORDER BY id) FROM webhook_endpoint)")


class _With:
    """A client that gives this URL in every body."""

    def __init__(self, client, field, url):
        self._client, self._given = client, {field: url}

    def request(self, method, path, **options):
        return self._client.request(method, path, **{**options, "json": {**options["json"], **self._given}})
