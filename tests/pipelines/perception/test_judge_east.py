"""Japanese, Chinese in both scripts and Polish: right values support, wrong ones contradict, and neither does anything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipelines.perception.judge import judge
from pipelines.perception.judge.declined import spots_in
from pipelines.perception.judge.lexicon import topic
from pipelines.perception.judge.people import same_person
from pipelines.perception.judge.probe import read_sentence
from pipelines.perception.judge.towns import cjk_places, place_of_fact

CASES: dict[str, Any] = msgspec.yaml.decode((Path(__file__).parent / "east.yaml").read_bytes())
OF_THESE_LISTS_ALONE = {
    "knife", "sharpen", "blade", "hand", "forge", "life", "game", "copy", "microtransaction", "mop", "vacuum", "track", "family",
    "listed", "hotel", "series", "reserve", "edition", "shipment",
}  # fmt: skip


def _judged(language: str, said: str) -> tuple[set[str], set[str]]:
    """The facts that one sentence contradicts and supports, behind an opening that names the brand."""
    text = said if said.startswith("Veltrano") else f"{CASES['opening'][language]}\n\n{said}"
    found = judge(CASES["brand"], text)
    contradicted = {finding.fact_id for finding in found.contradicted if finding.fact_id}
    return contradicted, {finding.fact_id for finding in found.supported if finding.fact_id}


@pytest.mark.parametrize("language", ["ja", "zh", "zt", "pl"])
def test_a_right_value_supports_its_fact_and_a_wrong_one_contradicts_it(language: str) -> None:
    for fact, sentence, right, wrong in CASES["claims"][language]:
        contradicted, supported = _judged(language, sentence.format(right))
        assert fact in supported, sentence.format(right)
        assert not contradicted, sentence.format(right)
        assert _judged(language, sentence.format(wrong))[0] == {fact}, sentence.format(wrong)


@pytest.mark.parametrize("language", ["ja", "zh", "zt", "pl"])
def test_what_is_denied_asked_rumoured_past_planned_or_another_s_contradicts_nothing(language: str) -> None:
    for sentence in CASES["no_alarm"][language]:
        assert not _judged(language, sentence)[0], sentence


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("6万4800円", 64_800), ("3.5億円", 350_000_000), ("1億2000万円", 120_000_000), ("一万二千人", 12_000), ("五か国", 5), ("２０２４年", 2024),
        ("120多家门店", 120), ("三百名", 300), ("令和3年", 2021), ("平成元年", 1989), ("一九九八年", 1998), ("1.6 亿欧元", 160_000_000),
        ("tysiąc dwieście osób", 1200), ("1,2 mln klientów", 1_200_000), ("stu dwudziestu pracowników", 120), ("trzy tysiące osób", 3000),
        ("dwa i pół miliona", 2_500_000), ("3,5 tys. studentów", 3500),
    ],
)  # fmt: skip
def test_numbers_are_read_as_they_are_written(text: str, value: float) -> None:
    assert [one.readings[0] for one in read_sentence(text).unit.values] == [value]


@pytest.mark.parametrize("text", ["一般的", "万能包丁", "一家公司", "十分な", "数百名", "第三方"])
def test_characters_of_numbers_inside_words_are_no_numbers(text: str) -> None:
    assert not read_sentence(text).unit.values


def test_towns_are_found_in_characters_kana_and_polish_cases() -> None:
    listed = "总部位于阿姆斯特丹、ル・ロックル、大阪市"
    found = [spots[0].town for _, _, spots in cjk_places(listed, 0, len(listed))]
    assert found == ["amsterdam", "le locle", "osaka"]
    assert not list(cjk_places("シリーズは日本語", 0, 8))
    declined = {
        name: spots_in(name, "pl")[0] for name in ("Wrocławiu", "Walencji", "Brukseli", "Nowym Jorku", "Niemczech")
    }
    assert [spot.country for spot in declined.values()] == ["PL", "ES", "BE", "US", "DE"]
    assert not spots_in("Walencji", "en")
    assert place_of_fact("Oberkleinau", "It is based in Oberkleinau, Switzerland.")[0].country == "CH"


def test_names_in_kana_and_in_polish_cases_are_the_same_people() -> None:
    assert same_person("ヨースト・フェルハーヘン", "Joost Verhagen")
    assert not same_person("ピーター・ホルム", "Mira Castell")
    assert same_person("Jonasa Wendta", "Jonas Wendt")
    assert not same_person("Karola Brandta", "Jonas Wendt")


def test_every_sense_of_the_eastern_lists_is_one_that_facts_have() -> None:
    assert set(topic("senses_east")) - set(topic("senses")) <= OF_THESE_LISTS_ALONE
    assert set(topic("counters")["of"]) - set(topic("senses")) <= {"city"}
