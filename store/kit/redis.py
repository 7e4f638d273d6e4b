"""Redis: wake-ups, limits and nothing that must not be lost.

`client()` is this process's shared client with short timeouts; `key()` puts the installation's namespace
in front. Code to the command set of Redis 6.2, so that external servers work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import Never

import redis
import redis.asyncio
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from store.kit import log
from store.kit.settings import settings

logger = log.get("store.kit.redis")
OUTAGES = (RedisError, OSError)


def key(*parts: str) -> str:
    """`key("lane", "web")` -> `millrace:lane:web`."""
    return ":".join((settings().redis.namespace, *parts))


@lru_cache(maxsize=1)
def client() -> redis.Redis:
    """The shared client: thread safe, gives up after the settings' timeout."""
    return connect(settings().redis.timeout_seconds)


def connect(timeout_seconds: float) -> redis.Redis:
    """A client of its own; a blocking pop needs a longer `timeout_seconds` than its own wait."""
    return redis.Redis.from_url(
        settings().redis.url,
        socket_timeout=timeout_seconds,
        socket_connect_timeout=settings().redis.timeout_seconds,
        retry=Retry(NoBackoff(), 1),
        decode_responses=True,
    )


def connect_async() -> redis.asyncio.Redis:
    """A client for one event loop."""
    return redis.asyncio.Redis.from_url(
        settings().redis.url,
        socket_timeout=settings().redis.timeout_seconds,
        socket_connect_timeout=settings().redis.timeout_seconds,
        decode_responses=True,
    )


async def hear(channel: str, tell: Callable[[str], None]) -> Never:
    """Call `tell` with each message of a channel, for ever; through an outage too, whose messages are lost."""
    while True:
        try:
            async with connect_async() as heard, heard.pubsub(ignore_subscribe_messages=True) as pubsub:
                await pubsub.subscribe(channel)
                while True:
                    if message := await pubsub.get_message(timeout=60):
                        tell(message["data"])
        except OUTAGES as error:
            logger.warning("hearing.without_redis", channel=channel, error=type(error).__name__)
            await asyncio.sleep(1)
