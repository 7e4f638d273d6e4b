"""What the API does with endpoints and deliveries: checks first, then one transaction; a hint after it.

A secret is returned by `create` and `rotate`, once, and can be read nowhere afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from pipelines.webhooks import catalog, signing
from pipelines.webhooks.feed import deliveries_of
from store.jobs.wake import Pusher
from store.kit import addresses, db, vault
from store.kit.clock import rfc3339, utc_now
from store.kit.errors import Conflict, InvalidInput
from store.kit.ids import new_id
from store.kit.settings import settings
from store.kit.urls import BadUrl, check_website_url
from store.webhooks import deliveries, endpoints, feed
from store.webhooks.deliveries import Delivery
from store.webhooks.endpoints import Changes, Endpoint, NewEndpoint
from store.webhooks.records import Listener, NewDelivery

MAX_NAME = 200
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")  # RFC 9110 section 5.6.2: token
_HEADER_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?")
_SECRET = re.compile(r"[\x21-\x7e]{8,256}")


class Made(Struct, frozen=True):
    """An endpoint and, this once, its secret."""

    endpoint: Endpoint
    secret: str


class Recovered(Struct, frozen=True):
    """How many deliveries are due again; `more`: the call's limit was reached, call again."""

    deliveries: int
    more: bool


def create(
    workspace_id: str,
    surface: str,
    *,
    url: str,
    events: Sequence[str],
    events_field: str,
    name: str | None = None,
    headers: Mapping[str, str] | None = None,
    secret: str | None = None,
) -> Made:
    """A new endpoint. Raises InvalidInput, Conflict."""
    url, events = _url(url), _events(surface, events, events_field)
    headers, text = _headers(headers or {}), _secret(secret)
    row = new_id("webhook")
    new = NewEndpoint(
        id=row,
        workspace_id=workspace_id,
        surface=surface,
        name=_name(name) if name is not None else "Webhook",
        url=url,
        events=events,
        sources=catalog.sources(surface, events),
        headers=_sealed(headers, row),
        header_names=list(headers),
        secret=vault.seal(text, row=row),
    )
    return Made(endpoints.create(new, most=settings().webhooks.max_endpoints, now=utc_now()), text)


def change(
    workspace_id: str,
    surface: str,
    endpoint_id: str,
    *,
    events_field: str,
    url: str | None = None,
    events: Sequence[str] | None = None,
    name: str | None = None,
    headers: Mapping[str, str] | None = None,
    is_active: bool | None = None,
) -> Endpoint:
    """Change what is given. Raises InvalidInput, NotFound."""
    checked = None if events is None else _events(surface, events, events_field)
    own = None if headers is None else _headers(headers)
    changes = Changes(
        name=None if name is None else _name(name),
        url=None if url is None else _url(url),
        events=checked,
        sources=None if checked is None else catalog.sources(surface, checked),
        headers=None if own is None else _sealed(own, endpoint_id),
        header_names=None if own is None else list(own),
        is_active=is_active,
    )
    with db.transaction():
        endpoint = endpoints.get(workspace_id, surface, endpoint_id, lock=True)
        changed = endpoints.change(endpoint, changes, now=utc_now())
        db.after_commit(_ring)
    return changed


def rotate(
    workspace_id: str, surface: str, endpoint_id: str, *, secret: str | None, overlap: timedelta | None
) -> Made:  # fmt: skip
    """A new secret; for `overlap` (default: the setting) the one before signs as well. Raises NotFound, InvalidInput."""
    longest = timedelta(days=7)
    overlap = timedelta(hours=settings().webhooks.rotation_hours) if overlap is None else overlap
    if not timedelta(0) <= overlap <= longest:
        raise InvalidInput("The overlap must lie between 0 and 168 hours.", field="overlap_hours")
    text = _secret(secret)
    with db.transaction():
        endpoint = endpoints.get(workspace_id, surface, endpoint_id, lock=True)
        now = utc_now()
        until = now + overlap if overlap else None
        return Made(endpoints.rotate(endpoint, vault.seal(text, row=endpoint.id), until=until, now=now), text)


def ping(workspace_id: str, surface: str, endpoint_id: str) -> str:
    """Put up a test event, which an open breaker does not hold back; the id of its delivery."""
    now = utc_now()
    with db.transaction():
        endpoint = _active(workspace_id, surface, endpoint_id)
        told = catalog.body(surface, catalog.PING, timestamp=rfc3339(now.replace(microsecond=0)),
                            data={"webhook_id": endpoint.id})  # fmt: skip
        new = NewDelivery(
            id=new_id("message"), endpoint_id=endpoint.id, event=catalog.PING, body=told, next_at=now, urgent=True
        )
        deliveries.send_at_once(endpoint, new, now=now)
        db.after_commit(_ring)
    return new.id


def resend(workspace_id: str, surface: str, endpoint_id: str, delivery_id: str) -> Delivery:
    """Send one delivery again, whatever became of it; its id stays. Raises NotFound, Conflict."""
    with db.transaction():
        endpoint = _active(workspace_id, surface, endpoint_id)
        deliveries.resend(endpoint, deliveries.get(endpoint, delivery_id), now=utc_now())
        again = deliveries.get(endpoint, delivery_id)
        db.after_commit(_ring)
    return again


def recover(
    workspace_id: str, surface: str, endpoint_id: str, *, since: datetime, until: datetime | None
) -> Recovered:  # fmt: skip
    """What failed in that time is due again, and what was never put up because the endpoint was not active is put up.

    Raises NotFound, Conflict, InvalidInput.
    """
    now = utc_now()
    oldest = now - timedelta(days=settings().engine.retention_days)
    since, until = max(since, oldest), min(until or now, now)
    if since >= until:
        raise InvalidInput("`since` must lie before now, and before `until`.", field="since")
    # Postgres refuses offsets that RFC 3339 allows.
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    most = settings().webhooks.max_recovered
    with db.transaction():
        endpoint = _active(workspace_id, surface, endpoint_id)
        number = deliveries.recover_failed(endpoint, since=since, until=until, limit=most, now=now)
        if number < most:
            number += _put_up_missed(endpoint, since=since, until=until, limit=most - number, now=now)
        db.after_commit(_ring)
    return Recovered(number, number >= most)


def _put_up_missed(endpoint: Endpoint, *, since: datetime, until: datetime, limit: int, now: datetime) -> int:
    with db.database.connection().cursor() as cursor:
        lines = feed.missed(
            cursor,
            workspace_id=endpoint.workspace_id,
            endpoint_id=endpoint.id,
            sources=catalog.sources(endpoint.surface, endpoint.events),
            events=endpoint.events,
            since=since,
            until=until,
            limit=limit,
        )
        listener = Listener(endpoint.id, endpoint.surface, endpoint.events)
        return feed.write(cursor, [one for line in lines for one in deliveries_of(line, [listener], now=now)], now=now)


def _active(workspace_id: str, surface: str, endpoint_id: str) -> Endpoint:
    endpoint = endpoints.get(workspace_id, surface, endpoint_id, lock=True)
    if not endpoint.is_active:
        raise Conflict("This webhook is not active; activate it first.", code="webhook_not_active")
    return endpoint


def _url(text: str) -> str:
    try:
        return check_website_url(text, addresses.networks(settings().egress.allow))
    except BadUrl as error:
        raise BadUrl(error.message.replace("websites can be read", "addresses can be called"), field="url") from error


def _name(text: str) -> str:
    text = text.strip()
    if not 0 < len(text) <= MAX_NAME:
        raise InvalidInput(f"`name` must have 1 to {MAX_NAME} characters.", field="name")
    return text


def _events(surface: str, names: Sequence[str], field: str) -> list[str]:
    if not names:
        raise InvalidInput(f"`{field}` must name at least one event.", field=field)
    return catalog.check(surface, names, field=field)


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    wanted = settings().webhooks
    if len(given) > wanted.max_headers:
        raise InvalidInput(f"`headers` can have {wanted.max_headers} entries.", field="headers")
    if sum(len(name) + len(value) for name, value in given.items()) > wanted.max_header_bytes:
        raise InvalidInput(f"`headers` are larger than {wanted.max_header_bytes} bytes.", field="headers")
    seen: set[str] = set()
    for name, value in given.items():
        field = f"headers.{name}" if name.isprintable() else "headers"
        lower = name.lower()
        if not _HEADER_NAME.fullmatch(name):
            raise InvalidInput("A header's name consists of letters, digits and dashes.", field=field)
        if lower in signing.RESERVED or lower.startswith(signing.RESERVED_PREFIXES):
            raise InvalidInput(f"The header {name} is set by us and cannot be replaced.", field=field)
        if lower in seen:
            raise InvalidInput(f"The header {name} is given twice.", field=field)
        if value and not _HEADER_VALUE.fullmatch(value):
            raise InvalidInput(f"The value of {name} must be printable ASCII in one line.", field=field)
        seen.add(lower)
    return dict(given)


def _secret(given: str | None) -> str:
    if given is None:
        return signing.new_secret()
    if not _SECRET.fullmatch(given):
        raise InvalidInput("`secret` must have 8 to 256 visible ASCII characters.", field="secret")
    return given


def _sealed(headers: Mapping[str, str], row: str) -> bytes:
    return vault.seal(msgspec.json.encode(headers).decode(), row=row)


def _ring() -> None:
    Pusher().push([], events=True)
