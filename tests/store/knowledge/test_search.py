"""Search joins meaning and words in one score, which is BM25's and the cosine's by the documented formula."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest

from store.kit import db
from store.knowledge import chunks, documents, search, unseen
from store.knowledge.languages import config_of, spaced
from tests.kit.knowledge import collection, count, indexed, vector

pytestmark = pytest.mark.usefixtures("empty_store")
WORDS = ["anchor", "berth", "crane", "dock", "engine", "ferry", "gull", "harbour", "island", "jetty", "keel", "lantern"]


def find(workspace_id: str, text: str, at: str, *, in_: list[str] | None = None, limit: int = 10):
    return search.nearest(workspace_id, in_, text, at, known_languages=("en",), limit=limit)


def test_the_score_is_the_documented_formula(make):
    workspace = make.workspace().id
    dice = random.Random(7)
    place = collection(workspace)
    texts = [" ".join(dice.choices(WORDS, k=dice.randint(3, 30))) for _ in range(60)]
    cosines = [round(dice.uniform(-0.5, 1), 3) for _ in texts]
    half = len(texts) // 2
    indexed(workspace, place, texts[:half], [vector(x0=one) for one in cosines[:half]], language=None)
    indexed(workspace, place, texts[half:], [vector(x0=one) for one in cosines[half:]], language=None)
    question = "harbour harbour ferry keel submarine"

    found = find(workspace, question, vector(x0=1.0), limit=100)

    lexical = bm25(texts, question.split())
    top = max(lexical)
    expected = {
        text: 0.6 * max(cosine, 0) + 0.4 * score / top
        for text, cosine, score in zip(texts, cosines, lexical, strict=True)
    }
    assert len(found) == len(texts)
    assert {one.content: one.score for one in found} == pytest.approx(expected, abs=2e-3)
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_the_cosine_weighs_more_where_the_model_knows_the_language(make):
    workspace = make.workspace().id
    english, german = collection(workspace), collection(workspace)
    indexed(workspace, english, ["The ships"], [vector(x0=0.5)], language="en")
    indexed(workspace, german, ["Die Schiffe"], [vector(x0=0.5)], language="de")

    (one,) = find(workspace, "nothing of it", vector(x0=1.0), in_=[english])
    (other,) = find(workspace, "nothing of it", vector(x0=1.0), in_=[german])

    assert one.score == pytest.approx(0.8 * 0.5, abs=1e-3)
    assert other.score == pytest.approx(0.6 * 0.5, abs=1e-3)


def test_asking_for_more_does_not_change_the_order(make):
    workspace, dice = make.workspace().id, random.Random(3)
    place = collection(workspace)
    texts = [" ".join(dice.choices(WORDS, k=8)) for _ in range(150)]
    indexed(workspace, place, texts, [vector(x0=dice.uniform(0, 1)) for _ in texts])

    few, many = (find(workspace, "crane dock", vector(x0=1.0), limit=limit) for limit in (3, 50))

    assert few == many[:3]


@pytest.mark.parametrize(
    ("language", "content", "question"),
    [
        ("en", "The harbours were flooded.", "flooding of a harbour"),
        ("de", "Die Häfen wurden überflutet.", "Hafen Überflutung überfluten"),
        ("ja", "東京都の港は冬も開いています。", "京都の港は"),
        ("zh", "港口在冬季开放。", "冬季港口"),
        ("th", "ท่าเรือเปิดในฤดูหนาว", "ท่าเรือ"),
        ("sw", "Bandari imefungwa leo.", "bandari"),
    ],
)
def test_words_meet_in_the_form_of_their_language(make, language, content, question):
    workspace = make.workspace().id
    place = collection(workspace)
    indexed(workspace, place, [content, "Something else entirely."], [vector(), vector()], language=language)

    found = find(workspace, question, vector(x0=1.0))

    assert found[0].content == content
    assert found[0].score > 0


def test_only_the_named_collections_of_the_workspace_are_searched(make):
    ours, theirs = make.workspace().id, make.workspace().id
    first, second, foreign = collection(ours), collection(ours), collection(theirs)
    for workspace, place in ((ours, first), (ours, second), (theirs, foreign)):
        indexed(workspace, place, [f"harbour of {place}"], [vector(x0=0.9)])

    def places(in_: list[str] | None) -> set[str]:
        return {one.collection_id for one in find(ours, "harbour", vector(x0=1.0), in_=in_)}

    assert places(None) == {first, second}
    assert places([second, foreign]) == {second}
    assert places([foreign]) == places([]) == places(["col_nonsense"]) == set()


def test_a_deleted_or_replaced_document_is_not_found_and_leaves_nothing(make):
    workspace = make.workspace().id
    place = collection(workspace)
    gone = indexed(workspace, place, ["harbour one", "harbour two"], [vector(x0=0.9)] * 2)
    indexed(workspace, place, ["harbour three"], [vector(x0=0.8)])

    with db.transaction():
        chunks.forget(workspace, gone, place)
        documents.remove(workspace, gone)
    while unseen.remove_some():
        pass

    assert [one.content for one in find(workspace, "harbour", vector(x0=1.0))] == ["harbour three"]
    assert (count("chunk"), count("posting"), count("unseen"), count("document_version")) == (1, 2, 0, 1)
    assert db.row("SELECT chunk_count, term_count FROM collection WHERE id = %s", (place,)) == (1, 2)


def test_the_index_finds_what_comparing_all_finds(make, monkeypatch):
    workspace, dice = make.workspace().id, random.Random(5)
    place, other = collection(workspace), collection(workspace)
    for where in (place, other):
        texts = [f"{where} {' '.join(dice.choices(WORDS, k=6))}" for _ in range(300)]
        indexed(workspace, where, texts, [vector(x0=dice.uniform(0, 0.7), x1=dice.uniform(0, 0.7)) for _ in texts])
    exact = find(workspace, "crane dock", vector(x0=1.0), in_=[place])

    monkeypatch.setattr(search, "EXACT_UP_TO", 0)
    by_index = find(workspace, "crane dock", vector(x0=1.0), in_=[place])

    assert len({one.chunk_id for one in exact} & {one.chunk_id for one in by_index}) >= 9
    assert {one.collection_id for one in by_index} == {place}


@pytest.mark.parametrize("text", ["", "   ", "'\"\\%_&|!():*<->", "the of and", "\u200b🦆", "word " * 400])
def test_any_question_is_answered(make, text):
    workspace = make.workspace().id
    indexed(workspace, collection(workspace), ["The harbour."], [vector(x0=0.9)])

    (found,) = find(workspace, text, vector(x0=1.0))

    assert found.score == pytest.approx(0.72, abs=1e-3)


def test_common_words_are_not_rare_where_few_chunks_are_in_their_language(make):
    """One chunk in no known language keeps the stop words of all the others' language; they must not outweigh."""
    workspace = make.workspace().id
    place = collection(workspace)
    texts = [f"What the {word} is to the {WORDS[number - 1]}." for number, word in enumerate(WORDS)]
    indexed(workspace, place, texts, [vector(x0=0.5)] * len(texts))
    odd = indexed(workspace, place, ["What is the what of the is?"], [vector(x0=0.5)], language=None)

    found = find(workspace, "What is the jetty to the island?", vector(x0=1.0), limit=50)

    (score,) = (one.score for one in found if one.document_id == odd)
    assert found[0].content == texts[WORDS.index("jetty")]
    assert score < 0.6 * 0.5 + 0.4 * 0.5, "its words count as if they were rare"
    with db.transaction():
        chunks.forget(workspace, odd, place)
        documents.remove(workspace, odd)
    assert db.row("SELECT config_chunks FROM collection WHERE id = %s", (place,)) == ({"english": len(texts)},)


def test_letters_without_spaces_become_pairs():
    assert spaced("東京都 x 港 tōkyō").split() == ["東京", "京都", "x", "港", "tōkyō"]
    assert spaced("plain text stays") == "plain text stays"
    assert [config_of(one) for one in ("en", "de", "ja", None)] == ["english", "german", "simple", "simple"]


def bm25(texts: list[str], question: list[str]) -> list[float]:
    """The published formula with Lucene's idf, written down a second time."""
    bags = [Counter(text.split()) for text in texts]
    mean = sum(sum(bag.values()) for bag in bags) / len(bags)

    def idf(word: str) -> float:
        df = sum(word in bag for bag in bags)
        return math.log(1 + (len(bags) - df + 0.5) / (df + 0.5))

    def score(bag: Counter[str]) -> float:
        norm = 1.2 * (0.25 + 0.75 * sum(bag.values()) / mean)
        return sum(idf(word) * bag[word] * 2.2 / (bag[word] + norm) for word in question if bag[word])

    return [score(bag) for bag in bags]
