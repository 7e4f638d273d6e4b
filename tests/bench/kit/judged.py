"""Public collections with judgements, from files that lie in a folder: documents, questions, and what answers each.

Read are `xquad.<language>.json` (SQuAD's format), `stackfaq.xml` (threads with rephrased questions: as threads, and as
their answers alone) and `<name>.all`, `<name>.qry`, `<name>.rel` (SMART's format: CISI, Cranfield).
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

NOT_A_QUESTION = "*"  # divides the rephrasings of a thread in two
_FIELD = re.compile(r"^\.([A-Z])\s*(.*)$")


class Paper(Struct, frozen=True):
    title: str
    text: str


class Judged(Struct, frozen=True):
    """`questions`: each with the places of the papers that answer it."""

    name: str
    papers: list[Paper]
    questions: list[tuple[str, frozenset[int]]]


def found_in(folder: Path) -> Iterator[Judged]:
    """The collections whose files are there."""
    for file in sorted(folder.glob("xquad.*.json")):
        yield _squad(file)
    if (folder / "stackfaq.xml").exists():
        papers = threads(folder)
        questions = [(text, frozenset([place])) for place, (_, _, asked) in enumerate(papers) for text in asked]
        yield Judged("stackfaq", [Paper(title, text) for title, text, _ in papers], questions)
        alone = [Paper(f"Thread {place}", text) for place, (_, text, _) in enumerate(papers)]
        yield Judged("stackfaq-a", alone, questions)
    for file in sorted(folder.glob("*.all")):
        yield _smart(file)


def threads(folder: Path) -> list[tuple[str, str, list[str]]]:
    """(question, answers, rephrasings) of each thread of StackFAQ."""
    found = []
    for pair in ET.parse(folder / "stackfaq.xml").getroot():
        title, *answers = (
            " ".join((one.text or "").split()) for one in (*pair.findall("question"), *pair.findall("answer"))
        )
        asked = [(one.text or "").strip() for one in pair.findall("rephr")]
        found.append((title, "\n\n".join(answers), [text for text in asked if text and text != NOT_A_QUESTION]))
    return found


def _squad(file: Path) -> Judged:
    papers: list[Paper] = []
    questions = []
    for article in json.loads(file.read_text())["data"]:
        for paragraph in article["paragraphs"]:
            questions += [(one["question"], frozenset([len(papers)])) for one in paragraph["qas"]]
            papers.append(Paper(article["title"].replace("_", " "), paragraph["context"]))
    return Judged(file.stem, papers, questions)


def _smart(file: Path) -> Judged:
    papers = [Paper(" ".join(one["T"].split()), _text(one)) for one in _records(file)]
    asked = [" ".join(one["W"].split()) for one in _records(file.with_suffix(".qry"))]
    answers: dict[int, set[int]] = {}
    for line in file.with_suffix(".rel").read_text().splitlines():
        question, paper, *_ = line.split()
        answers.setdefault(int(question) - 1, set()).add(int(paper) - 1)
    questions = [(asked[place], frozenset(some)) for place, some in sorted(answers.items())]
    return Judged(file.stem, papers, questions)


def _text(record: dict[str, str]) -> str:
    """The abstract; Cranfield's begin with their title once more. A paper without one has its title to say."""
    title, text = " ".join(record["T"].split()), " ".join(record["W"].split())
    return text.removeprefix(title).strip() or title or "There is no abstract."


def _records(file: Path) -> Iterator[dict[str, str]]:
    record: dict[str, str] = {}
    field = ""
    for line in file.read_text(errors="replace").splitlines():
        if begins := _FIELD.match(line):
            field = begins[1]
            if field == "I":
                if record:
                    yield record
                record = {"T": "", "W": ""}
            continue
        if field in ("T", "W"):
            record[field] += line + "\n"
    yield record
