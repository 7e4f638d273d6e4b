"""The dictionary of senses keeps its rules: a word means one thing, is written as it is looked up, and every sense is told in the east too."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import msgspec
import pytest

from pipelines.perception.judge import lexicon
from pipelines.perception.judge.lexicon import TOKEN, tokens_of, topic
from pipelines.perception.judge.senses import SENSE, is_sense, plain, stems_of
from pipelines.perception.judge.text import fold, is_cjk

FIELDS = sorted((Path(lexicon.__file__).parent / "words" / "senses").glob("*.yaml"))
LISTS = ("senses", "senses_east")
LEAST_ROOT, LONGEST_FILE = 3, 350


def _words() -> list[tuple[str, str]]:
    return [(word, sense) for name in LISTS for sense, words in topic(name).items() for word in words]


def test_no_word_stands_twice() -> None:
    senses: dict[str, list[str]] = defaultdict(list)
    for word, sense in _words():
        senses[plain(word)].append(sense)
    assert {word: named for word, named in senses.items() if len(named) > 1} == {}


def test_every_word_is_written_as_it_is_looked_up() -> None:
    """Folded, one or two words without hyphens, a star only behind one of them that has letters enough."""
    wrong = []
    for word, sense in _words():
        parts = word.removesuffix("*").split(" ")
        star = word.endswith("*")
        east = any(map(is_cjk, word))
        short = len(word) <= LEAST_ROOT if star else not word
        if (
            plain(word) != word
            or len(parts) > (1 if star or east else 2)
            or (star and (east or short))
            or not all(map(TOKEN.fullmatch, parts))
        ):
            wrong.append((sense, word))
    assert wrong == []


@pytest.mark.parametrize("file", FIELDS, ids=lambda file: file.stem)
def test_the_senses_of_a_field_are_told_in_the_west_and_in_the_east(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= LONGEST_FILE
    for sense in msgspec.yaml.decode(file.read_bytes()):
        words = [word for name in LISTS for word in topic(name).get(sense, ())]
        assert any(not is_cjk(word[0]) for word in words), sense
        assert any(is_cjk(word[0]) for word in words), sense


@pytest.mark.parametrize(
    ("said", "senses"),
    [
        ("Es schließt um acht.", {"close"}), ("Größe", {"size"}), ("bagages à main", {"hand_luggage"}), ("Handgepäck", {"hand_luggage"}),
        ("Hotelzimmer", {"hotel", "room"}), ("Fahrradverleih", {"bicycle", "borrow"}), ("fietsverhuur", {"bicycle", "borrow"}),
        ("Schlafzimmer", {"bedroom"}), ("natürlich", set()),
    ],
)  # fmt: skip
def test_a_word_is_found_however_it_is_spelt_and_in_two_words_or_inside_a_compound(said: str, senses: set[str]) -> None:
    assert {word.removeprefix(SENSE) for word, _ in stems_of(tokens_of(fold(said))) if is_sense(word)} == senses
