"""transcript_cleaner: a raw transcript becomes text that one can read: no time codes, fillers or stutters, in paragraphs.

Reads plain text, SRT and WebVTT. Rules only, in English; what is not surely noise stays.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta, Struct

from pipelines.tools.tool import FileId, Made, MadeFile, Source, Tool

_TIME = r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_CUE = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}.*$")
# At the start of a line, or in brackets: elsewhere "10:30" is a time of day.
_STAMP = re.compile(rf"(?:^|(?<=^>>))\s*[\[(]?{_TIME}\b[\])]?\s*(?:-|–|—|:)?\s*|[\[(]{_TIME}[\])]\s*")
_VTT = re.compile(r"^(WEBVTT|NOTE|STYLE|REGION|Kind:|Language:)")
_TAG = re.compile(r"</?[a-zA-Z][^>]{0,80}>")
_VOICE = re.compile(r"<v(?:\.[\w.]+)?\s+([^>]{1,60})>")
_SPEAKER = re.compile(r"^(?:>>+\s*)?([A-Z][\w.'’-]*(?: [A-Z0-9][\w.'’-]*){0,3}|[A-Z]{2,}(?: \d{1,2})?)\s*:\s+(?=\S)")
_SOUND = re.compile(r"[\[(](?:music|applause|laughter|laughs|inaudible|crosstalk|noise|silence|pause|background noise)[\])]",
                    re.IGNORECASE)  # fmt: skip
_UM = r"(?:u+h+m*|u+m+|e+r+m+|e+r+|a+h+|h+m+|m+h+m+)"
_PHRASE = r"(?:you know|i mean|sort of|kind of|like)"
# Words that can also mean something go only where commas set them apart.
_ASIDE = re.compile(rf",\s*(?:{_UM}|{_PHRASE})(?:\s*,|(?=\s*[.!?]))", re.IGNORECASE)
_OPENER = re.compile(rf"(?:^|(?<=[.!?]\s)){_PHRASE}\s*,\s*", re.IGNORECASE)
_FILLER = re.compile(rf"(?:(?<=^)|(?<=[\s,.!?—-])){_UM}(?=$|[\s,.!?…—-])[,…]?(?:\.{{2,}})?", re.IGNORECASE)
_STUTTER = re.compile(r"\b([A-Za-z']{1,12})(?:[,\s—-]+\1\b)+", re.IGNORECASE)
_KEPT_TWICE = {"had", "that", "very", "no", "yes", "really", "bye", "so", "is", "do", "many", "ha", "well"}
_CUT_OFF = re.compile(r"\b([A-Za-z])[-–—]\s*(?=\1[A-Za-z])", re.IGNORECASE)
_ENDS = re.compile(r"(?<=[.!?])[\"”’)]*\s+")

_UNICODE, _WESTERN = ("utf-8-sig", "utf-16"), "cp1252"


class TranscriptInputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Send `text`, or `file_id` of a text, .srt or .vtt file."""

    text: Annotated[str, Meta(min_length=1, max_length=200_000)] | None = None
    file_id: FileId | None = None
    keep_speakers: bool = True
    remove_fillers: bool = True
    sentences_per_paragraph: Annotated[int, Meta(ge=1, le=50)] = 5

    def __post_init__(self) -> None:
        if (self.text is None) == (self.file_id is None):
            raise ValueError("text: send either text or file_id")


class Turn(NamedTuple):
    """What one person says until another does."""

    speaker: str | None
    text: str


def run(inputs: TranscriptInputs, sources: Mapping[str, Source]) -> Made:
    """The cleaned text as .txt, Markdown and JSON."""
    from pipelines.clients.sandboxed import Refused

    raw = inputs.text if inputs.text is not None else _decoded(sources["file_id"])
    cleaned = clean(raw, remove_fillers=inputs.remove_fillers)
    if not cleaned:
        raise Refused("nothing_to_read", "There are no words in this transcript.")
    texts = [(turn.speaker if inputs.keep_speakers else None, turn.text) for turn in cleaned]
    plain, marked = [], []
    for speaker, text in texts:
        for place, part in enumerate(paragraphs(text, inputs.sentences_per_paragraph)):
            first = speaker is not None and place == 0
            plain.append(f"{speaker}: {part}" if first else part)
            marked.append(f"**{speaker}:** {part}" if first else part)
    before, after = len(raw.split()), sum(len(text.split()) for _, text in texts)
    speakers = list(dict.fromkeys(turn.speaker for turn in cleaned if turn.speaker))
    facts = {"words_before": before, "words_after": after, "speakers": speakers}
    turns = [{"speaker": speaker, "text": text} for speaker, text in texts]
    text_of = "\n\n".join(plain) + "\n"
    files = [
        MadeFile(format="txt", media_type="text/plain", data=text_of.encode()),
        MadeFile(format="md", media_type="text/markdown", data=("\n\n".join(marked) + "\n").encode()),
        MadeFile(format="json", media_type="application/json", data=msgspec.json.encode({**facts, "turns": turns})),
    ]
    return Made(files=files, facts={**facts, "text": text_of[:4000]})


def clean(raw: str, *, remove_fillers: bool = True) -> list[Turn]:
    """The turns of a transcript, each cleaned; neighbours of one speaker are one turn."""
    turns: list[Turn] = []
    for speaker, text in _merged(_lines(raw)):
        tidy = _tidy(text, remove_fillers=remove_fillers)
        if tidy:
            turns.append(Turn(speaker, tidy))
    return turns


def paragraphs(text: str, sentences: int) -> list[str]:
    """The text in paragraphs of so many sentences."""
    parts = [part for part in _ENDS.split(text) if part]
    return [" ".join(parts[start : start + sentences]) for start in range(0, len(parts), sentences)]


def _lines(raw: str) -> Iterable[tuple[str | None, str]]:
    """(speaker if one is named, words) of each line that has words."""
    previous = ""
    for line in raw.replace("\ufeff", "").splitlines():
        text = line.strip()
        if not text or text.isdigit() or _CUE.match(text) or _VTT.match(text):
            continue
        voice = _VOICE.search(text)
        text = " ".join(_SOUND.sub(" ", _STAMP.sub(" ", _TAG.sub(" ", text).strip())).split())
        named = _SPEAKER.match(text)
        speaker = voice.group(1).strip() if voice else named.group(1) if named else None
        if named and not voice:
            text = text[named.end() :]
        if text and text != previous:  # captions repeat the line that scrolls up
            yield speaker, text
        previous = text or previous


def _merged(lines: Iterable[tuple[str | None, str]]) -> list[Turn]:
    turns: list[Turn] = []
    for speaker, text in lines:
        if turns and speaker in (None, turns[-1].speaker):
            turns[-1] = Turn(turns[-1].speaker, f"{turns[-1].text} {text}")
        else:
            turns.append(Turn(speaker, text))
    return turns


def _tidy(text: str, *, remove_fillers: bool) -> str:
    if remove_fillers:
        text = _CUT_OFF.sub("", text)
        text = _FILLER.sub(" ", _OPENER.sub("", _ASIDE.sub(" ", text)))
        text = _STUTTER.sub(_once, text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s+([,.!?;:])", r"\1", text)
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(r"[,;:]\s*([.!?])", r"\1", text)
    text = re.sub(r"(^|[.!?]\s+)[,;:.\s]+", r"\1", text).strip()
    if not re.search(r"\w", text):
        return ""
    text = re.sub(r"\bi\b(?=$|[\s,.!?']|’)", "I", text)
    text = re.sub(r"(^|[.!?]\s+)([a-z])", lambda found: found[1] + found[2].upper(), text)
    return text if text[-1] in '.!?…"”' else text.rstrip(",;:—- ") + "."


def _once(found: re.Match[str]) -> str:
    return found[0] if found[1].lower() in _KEPT_TWICE else found[1]


def warm_up() -> None:
    """Load every decoder: a shut-in child can open no file."""
    for encoding in (*_UNICODE, _WESTERN):
        codecs.lookup(encoding)


def _decoded(source: Source) -> str:
    from pipelines.clients.sandboxed import Refused

    text = source.data.decode(_WESTERN, errors="replace")
    for encoding in _UNICODE if source.data[:2] in (b"\xff\xfe", b"\xfe\xff") else _UNICODE[:1]:
        try:
            text = source.data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if "\0" in text:
        raise Refused("unsupported_file", "This is not a text that can be read; plain text, .srt and .vtt can be.")
    return text


TOOL = Tool(
    id="transcript_cleaner",
    name="Transcript Cleaner",
    category="text",
    description="Turn a raw transcript into text that one can read",
    credits=2,
    seconds=1,
    makes="transcript",
    inputs=TranscriptInputs,
    run=run,
    files=("file_id",),
    max_bytes=5 * 1024 * 1024,
    needs=("pipelines.tools.transcript_cleaner",),
    message="Reading...",
)
