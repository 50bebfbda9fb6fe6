"""Our question sets are whole: each line a question, each question answerable, or not, as it says."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import UsageError
from eval.check_questions import question_faults, report_text
from eval.questions import default_report, load, load_sets, question_files, report_path

LINE: dict[str, Any] = {
    "id": "T1",
    "category": "number",
    "question": "新增里程是多少？",
    "facts": ["21公里"],
    "forbidden": [],
    "evidence": ["三号线开通运营，新增里程21公里"],
    "section": "一",
    "refuse": False,
    "why": "",
}
REPORT = "轨道交通三号线开通运营,新增里程21公里。"


@pytest.mark.parametrize("path", question_files(), ids=lambda path: path.stem)
def test_the_questions_of_every_set_hold_against_its_report(path: Path):
    asked = load(path)
    report = report_text(asked.report)
    lines = [{name: value for name, value in json.loads(json.dumps(asdict(q))).items()} for q in asked.questions]
    assert [(line["id"], list(question_faults(line, report))) for line in lines] == [
        (q.id, []) for q in asked.questions
    ]


def test_no_id_is_used_twice():
    ids = [q.id for s in load_sets() for q in s.questions]
    assert len(ids) == len(set(ids)) > 300


def test_a_set_is_about_the_report_its_name_begins_with():
    assert report_path(Path("chongqing-2024-plan.jsonl")) == default_report()
    assert report_path(Path("lanting-2019-questions.jsonl")).name == "lanting-2019.txt"


def test_sets_are_loaded_by_name():
    name = question_files()[0].stem
    assert [s.name for s in load_sets([name])] == [name]


def test_an_unknown_set_is_one_line_that_names_the_others():
    with pytest.raises(UsageError, match=question_files()[0].stem):
        load_sets(["none-such"])


@pytest.mark.parametrize(
    "line",
    ["{", "[]", json.dumps(LINE | {"surplus": 1}), json.dumps(LINE | {"facts": "21公里"}), json.dumps({"id": "T1"})],
    ids=["no JSON", "no object", "unknown field", "wrong type", "fields missing"],
)
def test_a_line_that_is_no_question_is_named_by_its_number(tmp_path: Path, line: str):
    path = tmp_path / "town-2031-a.jsonl"
    path.write_text(f"{json.dumps(LINE)}\n{line}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="第 2 行"):
        load(path)


@pytest.mark.parametrize(
    ("turns", "spoken"), [([], ("新增里程是多少？",)), (["三号线开通了吗？", "多长？"], ("三号线开通了吗？", "多长？"))]
)
def test_what_is_said_is_the_turns_or_else_the_question(tmp_path: Path, turns: list[str], spoken: tuple[str, ...]):
    path = tmp_path / "town-2031-a.jsonl"
    path.write_text(json.dumps(LINE | {"turns": turns}), encoding="utf-8")
    assert load(path).questions[0].spoken == spoken


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"evidence": ["四号线开通运营，新增里程21公里"]}, "evidence not in the report"),
        ({"facts": ["22公里"]}, "fact not in the evidence"),
        ({"forbidden": ["新增里程"]}, "forbidden stands in the evidence"),
        ({"category": "riddle"}, "unknown category"),
        ({"refuse": True}, "refuse is True"),
        ({"turns": ["甲", "乙"]}, "two or more turns"),
        ({"facts": [" "]}, "empty item"),
        ({"section": 1}, "section"),
    ],
)
def test_the_check_finds_what_is_wrong(change: dict[str, Any], fault: str):
    assert list(question_faults(LINE, REPORT)) == []
    assert any(fault in found for found in question_faults(LINE | change, REPORT))
