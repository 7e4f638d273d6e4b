"""What a webhook cannot reach, and what cannot be put into its request."""

from __future__ import annotations

import asyncio
import socket
import ssl

import pytest

from pipelines.clients.egress import Gate
from pipelines.clients.fetch_errors import FetchError
from pipelines.clients.poster import Poster
from store.kit import addresses, db, vault
from store.kit.settings import settings
from tests.kit.certificates import self_signed
from tests.kit.eventually import eventually
from tests.kit.fake_web import FakeWeb
from tests.kit.receivers import delivering, emit, endpoint


def post(url, *, allow=(), resolve=None, headers=None, ca_file="", **more):
    gate = Gate(addresses.networks(allow), resolve) if resolve else Gate(addresses.networks(allow))

    async def once():
        poster = Poster(gate, ca_file=ca_file)
        try:
            return await poster.post(
                url, headers=headers or {}, body=b"{}", **{"seconds": 5.0, "max_bytes": 1000, **more}
            )
        finally:
            poster.close()

    return asyncio.run(once())


def answers(*found):
    """A resolver that gives one answer after the other, and counts."""
    asked = []

    def resolve(host, port):
        asked.append(host)
        return [(socket.AF_INET, (found[min(len(asked), len(found)) - 1], port))]

    resolve.asked = asked
    return resolve


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f.1/", "http://[::1]/", "http://0/",
        "http://[::ffff:127.0.0.1]/", "http://10.1.2.3/", "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/", "http://192.0.0.8/", "http://[64:ff9b::7f00:1]/", "http://[fe80::1]/", "http://[fc00::1]/",
        "http://localhost/",
    ],
)  # fmt: skip
def test_no_private_address_is_dialled_however_it_is_written(url):
    with pytest.raises(FetchError) as refused:
        post(url)

    assert refused.value.code in {"address_refused", "dns_failed", "port_refused"}


def test_a_name_that_leads_to_a_private_address_is_refused_when_it_is_dialled():
    with pytest.raises(FetchError) as refused:
        post("http://hooks.example.com/", resolve=answers("10.0.0.5"))

    assert refused.value.code == "address_refused"


def test_a_name_is_looked_up_once_so_that_a_second_answer_gains_nothing():
    """DNS rebinding: the checked address is the one that is dialled."""
    with FakeWeb() as web:
        web.on("/", lambda request: request.answer(200))
        resolve = answers("127.0.0.1", "169.254.169.254")

        reply = post(f"http://hooks.example.com:{web.port}/", allow=("127.0.0.0/8",), resolve=resolve)

        assert reply.status == 200
        assert resolve.asked == ["hooks.example.com"]
        assert web.hits[0].headers["host"] == f"hooks.example.com:{web.port}"


def test_a_redirect_is_an_answer_and_is_not_followed():
    with FakeWeb() as web:
        web.redirect("/", f"{web.url}/elsewhere", 302)

        assert post(web.url + "/", allow=("127.0.0.0/8",)).status == 302
        assert web.paths() == ["/"]


def test_an_endpoint_that_was_saved_is_judged_again_at_each_delivery(empty_store, owner, receiver, monkeypatch):
    endpoint(owner.workspace.id, receiver.url)
    monkeypatch.setenv("MILLRACE_EGRESS__ALLOW", "[]")
    settings.cache_clear()

    with delivering():
        emit(owner.workspace.id)
        found = eventually(lambda: db.row("SELECT error FROM webhook_attempt"))

    monkeypatch.undo()
    settings.cache_clear()
    assert found == ("address_refused",)
    assert not receiver.hits


@pytest.mark.parametrize("value", ["a\r\nX-Evil: b", "a\nb", "a\0b"])
def test_a_line_break_reaches_no_request_even_past_the_door(value):
    with FakeWeb() as web:
        with pytest.raises(FetchError):
            post(web.url + "/", allow=("127.0.0.0/8",), headers={"X-Own": value})

        assert not web.hits


def test_a_kept_connection_that_was_closed_is_dialled_anew():
    with FakeWeb() as web:

        def hangs_up_after(request):
            request.answer(200)
            request.close_connection = True

        web.on("/", hangs_up_after)

        async def twice():
            poster = Poster(Gate(addresses.networks(("127.0.0.0/8",))))
            for _ in range(2):
                reply = await poster.post(web.url + "/", headers={}, body=b"{}", seconds=5, max_bytes=1000)
                assert reply.status == 200
            poster.close()

        asyncio.run(twice())
        assert len(web.hits) == 2


def test_a_secret_at_rest_opens_for_its_own_row_only(services):
    sealed = vault.seal("s3cret", row="wh_1")

    assert b"s3cret" not in sealed
    assert vault.open_sealed(sealed, row="wh_1") == "s3cret"
    with pytest.raises(vault.CannotOpen):
        vault.open_sealed(sealed, row="wh_2")


def test_what_an_earlier_signing_secret_encrypted_can_still_be_read(services, monkeypatch):
    def use(secret, previous):
        monkeypatch.setenv("MILLRACE_SECRET", secret)
        monkeypatch.setenv("MILLRACE_PREVIOUS_SECRETS", previous)
        settings.cache_clear()
        vault._keys.cache_clear()
        vault.open_sealed.cache_clear()

    old, new = "the first secret of all, long enough", "the second secret of all, long enough"
    use(old, "[]")
    sealed = vault.seal("s3cret", row="wh_1")
    use(new, f'["{old}"]')
    read = vault.open_sealed(sealed, row="wh_1")
    use(new, "[]")
    with pytest.raises(vault.CannotOpen):
        vault.open_sealed(sealed, row="wh_1")

    monkeypatch.undo()
    settings.cache_clear()
    vault._keys.cache_clear()
    vault.open_sealed.cache_clear()
    assert read == "s3cret"


def test_an_encrypted_receiver_must_be_who_its_name_says(tmp_path):
    pair = self_signed(tmp_path / "pair.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    with FakeWeb() as web:
        web.on("/", lambda request: request.answer(200))
        web._server.socket = context.wrap_socket(web._server.socket, server_side=True)

        def call(host, **more):
            return post(f"https://{host}:{web.port}/", allow=("127.0.0.0/8",), resolve=answers("127.0.0.1"), **more)

        for host, trusted in (("localhost", ""), ("other.example.com", str(pair))):
            with pytest.raises(FetchError) as refused:
                call(host, ca_file=trusted)
            assert refused.value.code == "tls_failed"
        assert call("localhost", ca_file=str(pair)).status == 200
        assert len(web.hits) == 1
