"""The webhook resources, made once for each dialect by `routes(dialect)`.

Insydr's paths name the workspace: the caller acts there already, so `placed` only takes the name off.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Annotated, Any

import msgspec

from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.threads import pool
from api.webhooks import types, views
from api.webhooks.dialects import Dialect
from pipelines.webhooks import management
from store.kit import cursor
from store.kit.errors import Unavailable
from store.kit.settings import settings
from store.webhooks import deliveries, endpoints
from store.webhooks.deliveries import Delivery

LISTING = "webhook_deliveries"
Place: Any = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
PING_LOOK_SECONDS = 0.05
PING_MARGIN_SECONDS = 3  # for the turn to begin and its end to be written


def routes(dialect: Dialect) -> tuple[tuple[str, Any], ...]:
    """(path, resource) of one surface."""
    spelled, writers = dialect.spelled, dialect.writers

    def placed(function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with the path's workspace_id, where the path has one."""
        if not dialect.names_workspace:
            return function
        signature = inspect.signature(function)
        first, *rest = signature.parameters.values()
        named = inspect.Parameter("workspace_id", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def awaited(self: Any, **arguments: Any) -> Any:
                del arguments["workspace_id"]
                return await function(self, **arguments)

            awaited.__signature__ = signature.replace(parameters=[first, named, *rest])  # type: ignore[attr-defined]
            return awaited

        @wraps(function)
        def called(self: Any, **arguments: Any) -> Any:
            del arguments["workspace_id"]
            return function(self, **arguments)

        called.__signature__ = signature.replace(parameters=[first, named, *rest])  # type: ignore[attr-defined]
        return called

    webhook_list = msgspec.defstruct(
        f"{dialect.view.__name__}List",
        [("webhooks", list[dialect.view]), ("total", int), ("has_more", bool)],  # type: ignore[name-defined]
        rename="camel" if dialect.is_camel else None,
        kw_only=True,
    )
    delivery_view = spelled(types.DeliveryView)

    class Webhooks:
        """The collection."""

        @operation(
            "Make a webhook", body=dialect.create, returns=dialect.view, status=201, role=writers
        )  # fmt: skip
        @placed
        def on_post(self, caller: Principal, body: Any) -> Any:
            """The answer carries the secret, this once."""
            made = management.create(
                caller.workspace_id,
                dialect.surface,
                url=body.url,
                events=getattr(body, dialect.events_field),
                events_field=dialect.events_field,
                name=body.name,
                headers=body.headers,
                secret=body.secret,
            )
            return views.endpoint(dialect, made.endpoint, secret=made.secret)

        @operation("List webhooks, oldest first", query=types.ListWebhooks, returns=webhook_list)
        @placed
        def on_get(self, caller: Principal, query: types.ListWebhooks) -> Any:
            found, total = endpoints.page(
                caller.workspace_id, dialect.surface, limit=query.limit, offset=query.offset
            )  # fmt: skip
            return webhook_list(
                webhooks=[views.endpoint(dialect, one) for one in found],
                total=total,
                has_more=query.offset + len(found) < total,
            )

    class EventTypes:
        """The catalogue."""

        @operation("List the events that a webhook can ask for", returns=spelled(types.EventTypeList))
        @placed
        def on_get(self, caller: Principal) -> Any:
            """Each with the JSON Schema of its payload and an example; planned ones are not emitted yet."""
            return spelled(types.EventTypeList)(events=views.event_types(dialect))

    class Webhook:
        """One endpoint."""

        @operation("Read a webhook", returns=dialect.view)
        @placed
        def on_get(self, caller: Principal, webhook_id: str) -> Any:
            return views.endpoint(dialect, endpoints.get(caller.workspace_id, dialect.surface, webhook_id))

        @operation("Change a webhook", body=dialect.patch, returns=dialect.view, role=writers)
        @placed
        def on_patch(self, caller: Principal, body: Any, webhook_id: str) -> Any:
            """Setting a disabled one active gives it a clean record; `recover` brings what it missed."""
            changed = management.change(
                caller.workspace_id,
                dialect.surface,
                webhook_id,
                url=body.url,
                events=getattr(body, dialect.events_field),
                events_field=dialect.events_field,
                name=body.name,
                headers=body.headers,
                is_active=body.is_active,
            )
            return views.endpoint(dialect, changed)

        @operation("Delete a webhook", returns=types.Deleted, role=writers)
        @placed
        def on_delete(self, caller: Principal, webhook_id: str) -> types.Deleted:
            """What was still to be sent to it is not."""
            endpoints.delete(endpoints.get(caller.workspace_id, dialect.surface, webhook_id))
            return types.Deleted(deleted=True, id=webhook_id)

    class Rotation:
        """A new secret."""

        @operation("Rotate a webhook's secret", body=spelled(types.RotateSecret), returns=dialect.view, role=writers)
        @placed
        def on_post(self, caller: Principal, body: Any, webhook_id: str) -> Any:
            """For the overlap deliveries carry two signatures. The answer has the new secret, this once."""
            made = management.rotate(
                caller.workspace_id,
                dialect.surface,
                webhook_id,
                secret=body.secret,
                overlap=None if body.overlap_hours is None else timedelta(hours=body.overlap_hours),
            )
            return views.endpoint(dialect, made.endpoint, secret=made.secret)

    class Ping:
        """A test."""

        @operation("Send a test event and wait for what comes of it", returns=spelled(types.PingResult), role=writers)
        @placed
        async def on_post(self, caller: Principal, webhook_id: str) -> Any:
            """Goes out at once, also while the breaker is open, and is not tried again."""
            ask = pool("database").run
            delivery_id = await ask(management.ping, caller.workspace_id, dialect.surface, webhook_id)
            until = time.monotonic() + settings().webhooks.timeout_seconds + PING_MARGIN_SECONDS
            while time.monotonic() < until:
                await asyncio.sleep(PING_LOOK_SECONDS)
                found = await ask(_read, dialect, caller.workspace_id, webhook_id, delivery_id)
                if found.status != "pending":
                    return spelled(types.PingResult)(delivered=found.status == "delivered", delivery=found)
            raise Unavailable(
                f"Nobody has sent the test yet; look at delivery {delivery_id} later.",
                retry_after=timedelta(seconds=5), code="ping_not_sent", delivery_id=delivery_id,
            )  # fmt: skip

    class Deliveries:
        """What was sent, or is to be."""

        @operation(
            "List a webhook's deliveries with their attempts, newest first",
            query=types.ListDeliveries, returns=spelled(types.DeliveryPage),
        )  # fmt: skip
        @placed
        def on_get(self, caller: Principal, query: types.ListDeliveries, webhook_id: str) -> Any:
            endpoint = endpoints.get(caller.workspace_id, dialect.surface, webhook_id)
            before = cursor.decode(LISTING, query.cursor, Place) if query.cursor else None
            found = deliveries.page(
                endpoint, limit=query.limit + 1, before=before, state=query.status, event=query.event
            )  # fmt: skip
            kept, more = found[: query.limit], len(found) > query.limit
            attempts = deliveries.attempts_of([one.id for one in kept])
            return spelled(types.DeliveryPage)(
                deliveries=[views.delivery(dialect, one, attempts[one.id], whole=False) for one in kept],
                next_cursor=cursor.encode(LISTING, kept[-1].number) if more else None,
                has_more=more,
            )

    class OneDelivery:
        """One of them."""

        @operation("Read a delivery with its payload and attempts", returns=delivery_view)
        @placed
        def on_get(self, caller: Principal, webhook_id: str, delivery_id: str) -> Any:
            return _read(dialect, caller.workspace_id, webhook_id, delivery_id)

    class Resend:
        """Once more."""

        @operation("Send a delivery again, under its id", returns=delivery_view, status=202, role=writers)
        @placed
        def on_post(self, caller: Principal, webhook_id: str, delivery_id: str) -> Answer:
            again = management.resend(caller.workspace_id, dialect.surface, webhook_id, delivery_id)
            return Answer(body=_view(dialect, again))

    class Recover:
        """What was missed."""

        @operation(
            "Deliver again what failed since a time, and what was missed while inactive",
            body=spelled(types.RecoverDeliveries), returns=spelled(types.RecoverResult), status=202, role=writers,
        )  # fmt: skip
        @placed
        def on_post(self, caller: Principal, body: Any, webhook_id: str) -> Any:
            found = management.recover(
                caller.workspace_id, dialect.surface, webhook_id, since=body.since, until=body.until
            )  # fmt: skip
            return spelled(types.RecoverResult)(deliveries=found.deliveries, has_more=found.more)

    one = dialect.path + "/{webhook_id}"
    return (
        (dialect.path, Webhooks()),
        (dialect.path + "/events", EventTypes()),
        (one, Webhook()),
        (one + "/rotate-secret", Rotation()),
        (one + "/ping", Ping()),
        (one + "/recover", Recover()),
        (one + "/deliveries", Deliveries()),
        (one + "/deliveries/{delivery_id}", OneDelivery()),
        (one + "/deliveries/{delivery_id}/resend", Resend()),
    )


def _read(dialect: Dialect, workspace_id: str, webhook_id: str, delivery_id: str) -> Any:
    return _view(dialect, deliveries.get(endpoints.get(workspace_id, dialect.surface, webhook_id), delivery_id))


def _view(dialect: Dialect, row: Delivery) -> Any:
    return views.delivery(dialect, row, deliveries.attempts_of([row.id])[row.id], whole=True)
