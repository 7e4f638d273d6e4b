"""How each platform of the sandbox speaks: its layout, its openings and endings, where it puts sources. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from pipelines.replies import Citation


class Voice(Struct, frozen=True, kw_only=True):
    """`item` is a line of a list with `{n}`, `{name}` and `{text}`; `marks`: sources stand as [n] behind sentences.

    `most` and `cites` bound how many brands a list names and how many pages an answer cites.
    """

    openings: tuple[str, ...]
    endings: tuple[str, ...]
    item: str
    heading: str = ""
    most: int = 4
    cites: int = 3
    marks: bool = False
    paragraphs: bool = False


VOICES: dict[str, Voice] = {
    "claude": Voice(
        openings=(
            "It depends on what matters most to you, but these are the names I'd start with:",
            "A few options stand out, each with a different strength:",
            "Here is how I'd think about it. The names that come up most are:",
        ),
        endings=(
            "If you tell me more about your situation, I can narrow this down.",
            "I'd suggest trying one or two of them before you commit, since details may have changed.",
            "Prices and features change, so it is worth checking the current details on their websites.",
        ),
        item="- **{name}**: {text}",
        paragraphs=True,
    ),
    "chatgpt": Voice(
        openings=(
            "Here are some of the top options to consider:",
            "Great question! These are the options I'd look at first:",
            "Below is a short comparison of popular choices:",
        ),
        endings=(
            "Would you like a side-by-side comparison table?",
            "Let me know your budget and I can recommend the best fit.",
            "Want me to go deeper into any of these?",
        ),
        item="{n}. **{name}** – {text}",
        heading="### {title}",
        most=5,
    ),
    "gemini": Voice(
        openings=(
            "There are several choices, depending on your needs. Some of the most notable are:",
            "Based on current search results, these options are frequently recommended:",
            "Several companies are active in this field:",
        ),
        endings=(
            "To choose, compare the features, the pricing and the reviews of each of them.",
            "It is a good idea to check the latest information on the official websites.",
        ),
        item="* **{name}:** {text}",
        heading="## {title}",
        cites=4,
    ),
    "perplexity": Voice(
        openings=(
            "Several options are recommended in current reviews.",
            "Sources name the following options most often.",
            "According to recent comparisons, the leading choices are these.",
        ),
        endings=("Which one fits best depends on budget and required features.", ""),
        item="- {name}: {text}",
        cites=5,
        marks=True,
    ),
    "google_aio": Voice(
        openings=(
            "Popular options include:",
            "The best choice depends on specific needs. Commonly recommended options include:",
        ),
        endings=("", "Features and prices may vary."),
        item="- {name}: {text}",
        most=3,
        cites=3,
    ),
}
PLAIN = replace(VOICES["claude"], openings=("These come to mind:", "You could look at:"), endings=("",), cites=0)


def voice_of(platform: str) -> Voice:
    """The platform's own, or that of a model that only talks."""
    return VOICES.get(platform, PLAIN)


def laid_out(
    voice: Voice, paragraphs: Sequence[str], sources: Sequence[Citation], names: Sequence[str], dice: Random
) -> tuple[str, list[Citation]]:
    """The whole text, and its citations with their places: behind a mark, or over the line that leans on the page.

    A page stands at a line that names the brand it is about.
    """
    text = "\n\n".join(part for part in paragraphs if part)
    lines = [line for line in text.split("\n") if any(name in line for name in names) and len(line) > 20]
    if not sources or not lines:
        return text, []
    leaning = [(source, dice.choice(_about(source, lines, names) or lines)) for source in sources]
    if not voice.marks:
        places = [(source, text.index(line), line) for source, line in leaning]
        return text, [replace(source, start=start, end=start + len(line)) for source, start, line in places]
    for number, (_, line) in enumerate(leaning, 1):
        at = text.index(line) + len(line)
        while text[at : at + 1] == "[":
            at = text.index("]", at) + 1
        text = f"{text[:at]}[{number}]{text[at:]}"
    marks = [(source, f"[{number}]") for number, (source, _) in enumerate(leaning, 1)]
    return text, [replace(source, start=text.index(mark), end=text.index(mark) + len(mark)) for source, mark in marks]


def _about(source: Citation, lines: Sequence[str], names: Sequence[str]) -> list[str]:
    """The lines that name the brand that a page is about, as its title says."""
    brand = next((name for name in names if name in source.title), None)
    return [line for line in lines if brand is not None and brand in line]
