"""Every tool by its id. A new tool is a file in this folder and one line here.

Tools are found by name and not by import: their files may use clients for the outside world, which the API never loads.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from pipelines.tools.tool import Tool
from store.kit.errors import NotFound

IDS = (
    "logo_maker",
    "social_card",
    "image_resizer",
    "palette_extractor",
    "favicon_pack",
    "qr_code",
    "audio_waveform",
    "audio_normalizer",
    "transcript_cleaner",
)


@lru_cache(maxsize=1)
def tools() -> dict[str, Tool]:
    """All tools by id, in the order they are shown in."""
    return {name: import_module(f"pipelines.tools.{name}").TOOL for name in IDS}


def get(tool_id: str) -> Tool:
    """One tool. Raises NotFound."""
    found = tools().get(tool_id)
    if found is None:
        raise NotFound("There is no such tool; GET /v1/tools lists them.", code="tool_not_found", id=tool_id[:100])
    return found
