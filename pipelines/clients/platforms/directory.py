"""Every platform by its name, the documented five and those of config: the only place that lists them."""

from __future__ import annotations

from pipelines.clients.platforms.asking import Platform
from pipelines.clients.platforms.chatgpt import ChatGpt
from pipelines.clients.platforms.claude import Claude
from pipelines.clients.platforms.gemini import Gemini
from pipelines.clients.platforms.google_aio import GoogleAio
from pipelines.clients.platforms.others import Other
from pipelines.clients.platforms.perplexity import Perplexity
from store.kit.settings import settings

_DOCUMENTED: tuple[Platform, ...] = (Claude(), ChatGpt(), Gemini(), Perplexity(), GoogleAio())


def find(name: str) -> Platform | None:
    """The platform of this name, or None."""
    for one in _DOCUMENTED:
        if one.name == name:
            return one
    wanted = settings().platforms.others.get(name)
    return None if wanted is None else Other(name, wanted)
