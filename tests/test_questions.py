"""Our question sets are whole: each line a question, each question answerable, or not, as it says."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import UsageError
from chatbot.types import Answer, AnswerStatus
from eval.check_questions import question_faults, report_text
from eval.judge import judge
from eval.questions import GoldQuestion, default_report, load, load_file, load_sets, question_files, report_path

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


# Files of others


def foreign(folder: Path, *lines: str) -> tuple[GoldQuestion, ...]:
    """The questions of a file with these lines."""
    path = folder / "theirs.jsonl"
    path.write_bytes("\n".join(lines).encode())
    return load_file(path, default_report()).questions


def test_a_file_of_the_batch_layout_is_a_set_about_the_report_given(tmp_path: Path):
    path = tmp_path / "theirs.jsonl"
    path.write_text('{"id": "a", "question": "新增里程是多少？"}\n', encoding="utf-8")
    found = load_file(path, default_report())
    assert (found.name, found.report, len(found.questions)) == ("theirs", default_report(), 1)


def test_what_a_line_leaves_out_is_empty(tmp_path: Path):
    [gold] = foreign(tmp_path, '{"id": "a", "question": "新增里程是多少？"}')
    assert gold == GoldQuestion("a", "other", "新增里程是多少？", (), (), (), "", False, "")
    assert gold.spoken == ("新增里程是多少？",)


def test_what_a_line_has_is_kept(tmp_path: Path):
    [gold] = foreign(tmp_path, json.dumps(LINE))
    assert asdict(gold) == {**{k: tuple(v) if isinstance(v, list) else v for k, v in LINE.items()}, "turns": ()}


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ({"turns": ["三号线开通了吗？", "多长？"]}, "多长？"),
        ({"turns": ["三号线开通了吗？", "多长？"], "question": "三号线多长？"}, "三号线多长？"),
        ({"turns": ["三号线开通了吗？", "多长？"], "question": None}, "多长？"),
    ],
    ids=["turns alone", "with the question", "with none"],
)
def test_of_a_conversation_the_last_turn_is_asked(tmp_path: Path, line: dict[str, Any], question: str):
    [gold] = foreign(tmp_path, json.dumps(line))
    assert (gold.question, gold.spoken) == (question, ("三号线开通了吗？", "多长？"))


@pytest.mark.parametrize("turns", [[], None], ids=["empty", "null"])
def test_without_turns_the_question_is_asked(tmp_path: Path, turns: list[str] | None):
    [gold] = foreign(tmp_path, json.dumps({"question": "多长？", "turns": turns}))
    assert gold.spoken == ("多长？",)


def test_keys_that_we_do_not_know_do_no_harm(tmp_path: Path):
    [gold] = foreign(tmp_path, '{"id": "a", "question": "多长？", "answer": "21公里", "meta": {"by": 3}}')
    assert (gold.id, gold.question) == ("a", "多长？")


@pytest.mark.parametrize(
    ("id", "kept"), [('"id": 7, ', "7"), ('"id": null, ', "theirs.jsonl 第 1 行"), ("", "theirs.jsonl 第 1 行")]
)
def test_an_id_may_be_a_number_and_where_there_is_none_the_line_is_named_by_its_place(
    tmp_path: Path, id: str, kept: str
):
    assert foreign(tmp_path, f'{{{id}"question": "多长？"}}')[0].id == kept


def test_empty_lines_a_byte_order_mark_and_line_ends_that_are_none_are_taken(tmp_path: Path):
    found = foreign(tmp_path, '\ufeff{"question": "一"}\r', "", " ", '{"question": "二\u2028三\x85四"}', "")
    assert [gold.question for gold in found] == ["一", "二\u2028三\x85四"]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '"多长？"',
        "{}",
        '{"id": "a"}',
        '{"question": ""}',
        '{"question": " "}',
        '{"question": 3}',
        '{"question": null}',
        '{"turns": [" "]}',
        '{"turns": 5}',
        '{"turns": {"a": "多长？"}}',
        '{"turns": ["多长？", 3]}',
        '{"turns": [3, "多长？"]}',
        '{"question": "多长？", "facts": "21公里"}',
        '{"question": "多长？", "refuse": "no"}',
        "[" * 100_000,
    ],
    ids=lambda line: line[:40],
)
def test_a_foreign_line_that_holds_no_question_is_named_by_its_number(tmp_path: Path, line: str):
    with pytest.raises(UsageError, match=r"theirs\.jsonl 第 3 行"):
        foreign(tmp_path, '{"question": "一"}', "", line)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["no file", "no UTF-8"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None):
    path = tmp_path / "theirs.jsonl"
    if content:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="theirs"):
        load_file(path, default_report())


@pytest.mark.parametrize("status", ["answered", "refused"])
def test_a_question_without_facts_gets_no_verdict(tmp_path: Path, status: AnswerStatus):
    [gold] = foreign(tmp_path, '{"question": "新增里程是多少？"}')
    verdict = judge(gold, Answer(status, ("21公里。",)), REPORT)
    assert (verdict.right, verdict.facts, verdict.clean, verdict.recall) == (None, None, None, None)
    assert verdict.refused is (status == "refused")


@pytest.mark.parametrize(("said", "right"), [("新增里程21公里。", True), ("新增里程22公里。", False)])
def test_a_question_with_facts_and_no_evidence_is_judged_by_what_is_said(tmp_path: Path, said: str, right: bool):
    [gold] = foreign(tmp_path, '{"question": "新增里程是多少？", "facts": ["21公里"]}')
    verdict = judge(gold, Answer("answered", (said,)), REPORT)
    assert (verdict.right, verdict.recall) == (right, None)
