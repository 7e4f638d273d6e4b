"""Answers that take the same time whatever was found out, so that the clock tells nobody who has an account."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

STEP_SECONDS = 0.25


@asynccontextmanager
async def even_time() -> AsyncIterator[None]:
    """Leave this block only at a whole number of steps after it was entered, refused or not."""
    began_at = time.monotonic()
    try:
        yield
    finally:
        took = time.monotonic() - began_at
        await asyncio.sleep(math.ceil(took / STEP_SECONDS) * STEP_SECONDS - took)
