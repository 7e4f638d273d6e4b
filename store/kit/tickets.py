"""Tickets: an item in a shared batch and whoever waits for its answer, a thread or an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from msgspec import Struct

Item = TypeVar("Item")


class Ticket(Struct, Generic[Item]):
    """`loop` is None for a thread."""

    item: Item
    future: Future[Any] | asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop | None = None


def answer(answers: Sequence[tuple[Ticket[Any], Any]]) -> None:
    """Give every caller its answer, an exception is raised there; one wake-up per event loop, not per caller."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Ticket[Any], Any]]] = {}
    for ticket, told in answers:
        if ticket.loop is None:
            _settle(ticket, told)
        else:
            by_loop.setdefault(ticket.loop, []).append((ticket, told))
    for loop, batch in by_loop.items():
        loop.call_soon_threadsafe(_settle_all, batch)


def _settle_all(batch: list[tuple[Ticket[Any], Any]]) -> None:
    for ticket, told in batch:
        _settle(ticket, told)


def _settle(ticket: Ticket[Any], told: Any) -> None:
    future = ticket.future
    if future.done():  # the caller went away; the item is done all the same
        return
    if isinstance(told, Exception):
        future.set_exception(told)
    else:
        future.set_result(told)
