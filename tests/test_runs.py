"""A run is kept so that it can be compared: what was asked, what came of it, and the figures, in four files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import SetupError, UsageError
from chatbot.types import Answer, Citation
from eval.judge import Verdict
from eval.measures import MEASURES, figures
from eval.questions import GoldQuestion
from eval.runs import Told, keep, load, load_json, results_folder
from eval.summary import TOTAL, Judged

GOLD = GoldQuestion("T1", "number", "新增里程是多少？", ("21公里",), (), ("新增里程21公里",), "一", False, "")
SETTINGS = {"mode": "extractive", "sets": {"towns": 1}}
FILES = {"settings.json", "answers.jsonl", "verdicts.jsonl", "summary.json"}


def judged(said: str = "2030年：新增里程21公里。") -> Judged:
    citation = Citation(1, "新增里程21公里", "yunchuan-2031", ("一",), None, 222, 230)
    answer = Answer("answered", (f"{said}[1]",), (citation,), timing_ms=(("total", 4.0),), receipt=(("likely", 0.75),))
    verdict = Verdict(True, False, (True,), 1.0, True, True, 1.0, 2 / 3)
    return Judged(GOLD, answer, verdict, {"likely": 0.75, "total_ms": 4.0, "calls": 0.0})


def kept(results: Path, *found: Judged, name: str = "now", full: bool = True) -> Path:
    """The folder of a run of one set."""
    keep(name, SETTINGS, {"towns": list(found)}, {"towns": figures(found)}, full, results)
    return results / name


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def test_what_is_kept_of_a_question_is_read_as_it_was(tmp_path: Path):
    kept(tmp_path, judged())
    [told] = load("now", tmp_path)
    assert told == Told(
        "towns", "T1", "number", GOLD.question, "answered", "2030年：新增里程21公里。[1]", told.measures
    )
    assert told.key == ("towns", "T1")


def test_measures_are_kept_to_four_places_and_what_is_undefined_as_such(tmp_path: Path):
    kept(tmp_path, judged())
    measures = load("now", tmp_path)[0].measures
    assert (measures["accuracy"], measures["citation_precision"], measures["likely"]) == (1.0, 0.6667, 0.75)
    assert measures["refusal"] is None and measures["MRR@10"] is None


def test_times_are_not_kept_with_the_verdicts_where_they_would_differ_each_time(tmp_path: Path):
    kept(tmp_path, judged())
    times = {name for name in MEASURES if name.endswith("_ms")}
    assert times and load("now", tmp_path)[0].measures.keys() == {*MEASURES, "likely"} - times


def test_the_summary_holds_mean_interval_and_size_of_what_is_defined(tmp_path: Path):
    kept(tmp_path, judged(), judged())
    summary = load_json("now", "summary.json", tmp_path)["towns"]
    assert summary.keys() == {"number", TOTAL} and summary[TOTAL]["total_ms"] == [4.0, 4.0, 4.0, 2]
    assert summary["number"]["citation_precision"] == [0.6667, 0.6667, 0.6667, 2]
    assert "refusal" not in summary["number"]


def test_settings_are_kept_as_given(tmp_path: Path):
    kept(tmp_path, judged())
    assert load_json("now", "settings.json", tmp_path) == SETTINGS


def test_an_answer_is_kept_as_batch_writes_it_with_its_verdict(tmp_path: Path):
    [line] = lines(kept(tmp_path, judged()) / "answers.jsonl")
    assert (line["id"], line["set"], line["category"], line["question"]) == ("T1", "towns", "number", GOLD.question)
    assert (line["answer"], line["citations"][0]["quote"]) == ("2030年：新增里程21公里。[1]", "新增里程21公里")
    assert (line["receipt"], line["verdict"]["right"]) == ({"likely": 0.75}, True)


@pytest.mark.parametrize(("full", "files"), [(True, FILES), (False, FILES - {"answers.jsonl"})], ids=["full", "small"])
def test_a_run_that_is_to_be_small_leaves_out_the_answers(tmp_path: Path, full: bool, files: set[str]):
    assert {path.name for path in kept(tmp_path, judged(), full=full).iterdir()} == files


def test_a_second_run_of_the_same_name_takes_the_place_of_the_first(tmp_path: Path):
    kept(tmp_path, judged(), judged())
    kept(tmp_path, judged("别的"))
    assert [told.answer for told in load("now", tmp_path)] == ["别的[1]"]


def test_a_line_ends_where_the_file_ends_it_and_not_inside_an_answer(tmp_path: Path):
    kept(tmp_path, judged("甲\u2028乙\x85丙\r丁\n戊"))
    assert [told.answer for told in load("now", tmp_path)] == ["甲\u2028乙\x85丙\r丁\n戊[1]"]


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a/b", "../a", "/tmp/a", "a/"])
def test_a_run_is_a_folder_right_in_the_results(tmp_path: Path, name: str):
    with pytest.raises(UsageError, match="名称"):
        results_folder(name, tmp_path)
    with pytest.raises(UsageError, match="名称"):
        kept(tmp_path, judged(), name=name)


def test_a_run_that_was_never_made_is_told_with_the_command_that_makes_it(tmp_path: Path):
    with pytest.raises(UsageError, match="eval run --name none-such"):
        load("none-such", tmp_path)
    with pytest.raises(UsageError, match="eval run --name none-such"):
        load_json("none-such", "summary.json", tmp_path)


def test_a_file_in_the_place_of_the_folder_is_a_setup_error(tmp_path: Path):
    (tmp_path / "now").write_text("", encoding="utf-8")
    with pytest.raises(SetupError, match="now"):
        kept(tmp_path, judged())
