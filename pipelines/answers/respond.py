"""From a message to a reply: rules first, then passages and the gate, then a quote or a model's words.

The gate is the same with and without a model: below the agent's threshold nobody writes anything but the fallback
message. For workers on lane `ask`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from pipelines.answers import extractive, generated, phrases
from pipelines.answers.extractive import Found
from pipelines.answers.lookup import Look, look_up
from pipelines.answers.records import Reply
from pipelines.knowledge.reading.tongues import language_of
from store.agents.conversations import Turn
from store.agents.values import Config
from store.kit.settings import settings
from store.knowledge.search import Passage

OWN_SHARE = 0.5
Tell = Callable[[str], None]
"""Takes the next piece of the reply's text, as soon as it is certain."""


class Response(Struct, frozen=True, kw_only=True):
    """A reply; `vector` is the question's, None where it was no question to group."""

    reply: Reply
    vector: list[float] | None = None


def respond(
    workspace_id: str,
    message: str,
    agent: Config,
    turns: Sequence[Turn],
    *,
    tell: Tell,
    cancelled: Callable[[], bool] = lambda: False,
) -> Response:
    """The agent's reply; its text is told piece by piece as well. Raises Cancelled through `tell`.

    `cancelled` is asked while a model is silent.
    """
    ruled = _by_rule(message, agent)
    if ruled is not None:
        tell(ruled.text)
        return Response(reply=ruled)
    look = look_up(workspace_id, message, agent)
    vector = [float(value) for value in look.vector]
    if look.confidence < agent.confidence_threshold and turns:
        look = _as_follow_up(workspace_id, message, agent, turns, look)
    if not look.found.ranked or look.confidence < agent.confidence_threshold:
        tell(agent.fallback_message)
        return Response(reply=_fallback(agent, turns, look.confidence), vector=vector)
    language = _language(message, agent, look)
    if settings().llm.provider != "none":
        return Response(
            reply=generated.write(
                message,
                agent,
                turns,
                look.passages,
                look.found,
                workspace_id=workspace_id,
                language=language,
                tell=tell,
                cancelled=cancelled,
            ),
            vector=vector,
        )
    reply = quote(agent, look.passages, look.found, language=language)
    tell(reply.text)
    return Response(reply=reply, vector=vector)


def quote(agent: Config, passages: Sequence[Passage], found: Found, *, language: str | None) -> Reply:
    """The reply that quotes the best sentences."""
    text, sources = extractive.compose(
        found,
        passages,
        style=agent.response_style,
        max_length=agent.max_response_length,
        phrases=phrases.of(language),
        tone=agent.tone,
    )
    return Reply(
        text=text,
        sources=sources,
        confidence=extractive.confidence(found.score),
        is_answered=True,
        mode="extractive",
    )


def _by_rule(message: str, agent: Config) -> Reply | None:
    """What needs no documents: forbidden topics, calls for a person, greetings and thanks."""
    if phrases.mentions(message, agent.blocked_topics):
        return Reply(text=agent.fallback_message, sources=[], confidence=0.0, is_answered=False, mode="blocked")
    if phrases.mentions(message, agent.escalation_keywords):
        said = phrases.of(_spoken(message, agent)).hand_off or agent.fallback_message
        return Reply(text=said, sources=[], confidence=1.0, is_answered=True, mode="hand_off", escalate=True)
    talk = phrases.small_talk(message)
    if talk is None:
        return None
    kind, language = talk
    said = agent.greeting_message if kind == "greeting" else phrases.of(language).thanks
    return Reply(text=said, sources=[], confidence=1.0, is_answered=True, mode="small_talk")


def _as_follow_up(workspace_id: str, message: str, agent: Config, turns: Sequence[Turn], alone: Look) -> Look:
    """A message that only makes sense after the question before it ("and the Pro one?") is looked up with it.

    Most of what it says of its own must be in the passage too: else the earlier question would be answered again.
    """
    before = next((turn.question for turn in reversed(turns) if turn.is_answered), None)
    if before is None:
        return alone
    together = look_up(workspace_id, f"{before} {message}", agent, said=message)
    return together if together.confidence > alone.confidence and together.share >= OWN_SHARE else alone


def _fallback(agent: Config, turns: Sequence[Turn], confidence: float) -> Reply:
    misses = 1
    for turn in reversed(turns):
        if turn.is_answered:
            break
        misses += 1
    wanted = agent.escalate_after_fallbacks
    return Reply(
        text=agent.fallback_message,
        sources=[],
        confidence=confidence,
        is_answered=False,
        mode="fallback",
        escalate=0 < wanted <= misses,
    )


def _language(message: str, agent: Config, look: Look) -> str | None:
    """The language to answer in: the agent's, else the question's, else that of what is quoted."""
    return _spoken(message, agent) or look.passages[look.found.ranked[0][1].passage].language


def _spoken(message: str, agent: Config) -> str | None:
    return agent.language_mode if agent.language_mode != "auto" else language_of(message)
