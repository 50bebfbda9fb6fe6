"""Many questions at once: one line out for each line in, in order; a bad line says why and the rest goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from core_fakes import STATUSES, TIMINGS
from hypothesis import given
from hypothesis import strategies as st

from chatbot.batch import answer_lines
from chatbot.bot import Bot

PARK = "今年新建公园多少个？"
FIELDS = {"id", "status", "answer", "citations", "mode", "timing_ms"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "question", "turns"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def answered(bot: Bot, *lines: str, mode: str = "auto", report_ids: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer_lines(bot, lines, mode, report_ids)]


def line(**fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False)


def test_a_line_has_the_shape_of_the_contract(town: Bot):
    [found] = answered(town, line(id="q1", question=PARK))
    assert found.keys() >= FIELDS and found["id"] == "q1" and found["status"] == "answered"
    assert tuple(found["timing_ms"]) == TIMINGS and "[1]" in found["answer"]
    assert set(found["citations"][0]) == {"marker", "quote", "report_id", "path", "page", "start", "end"}


def test_answers_come_in_the_order_of_the_questions(town: Bot):
    lines = [line(id=i, question=PARK) if i % 3 else "oops" for i in range(9)]
    assert [found["id"] for found in answered(town, *lines)] == [i if i % 3 else None for i in range(9)]


BAD = {
    "no json": "今年新建公园多少个？",
    "cut off": '{"id": 1, "question": "今年',
    "a list": '["今年新建公园多少个？"]',
    "a string": '"今年新建公园多少个？"',
    "null": "null",
    "no question": '{"id": 1}',
    "empty question": '{"id": 1, "question": "  "}',
    "a number": '{"id": 1, "question": 5}',
    "no turns": '{"id": 1, "turns": []}',
    "turns of numbers": '{"id": 1, "turns": [1, 2]}',
    "turns are a string": '{"id": 1, "turns": "今年"}',
    "turns are an object": '{"id": 1, "turns": {"a": "今年"}}',
    "nested too deep": "[" * 100_000,
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_line_that_is_no_question_says_so_and_the_rest_goes_on(town: Bot, bad: str):
    wrong, right = answered(town, bad, line(id=2, question=PARK))
    assert wrong["status"] == "error" and wrong["reason"] and wrong.keys() >= FIELDS
    assert tuple(wrong["timing_ms"]) == TIMINGS and wrong["citations"] == [] and right["status"] == "answered"


def test_a_bad_line_keeps_its_id(town: Bot):
    assert answered(town, line(id="q7", question=""))[0]["id"] == "q7"


def test_empty_lines_are_left_out(town: Bot):
    assert len(answered(town, "", "  \r", line(id=1, question=PARK), "")) == 1


def test_the_last_turn_is_answered_with_the_ones_before_it(town: Bot):
    [found] = answered(town, line(id=1, turns=["去年改造老旧小区多少个？", "那今年呢？"]))
    assert [c["quote"] for c in found["citations"]] == ["改造老旧小区130个"]


def test_a_single_turn_is_a_question(town: Bot):
    one, other = answered(town, line(id=1, turns=[PARK]), line(id=1, question=PARK))
    assert one["answer"] == other["answer"]


def test_an_unknown_report_makes_lines_that_say_so(town: Bot):
    [found] = answered(town, line(id=1, question=PARK), report_ids=("no-such-report",))
    assert found["status"] == "error" and "no-such-report" in found["reason"]


def test_a_refusal_is_an_answer_and_no_error(town: Bot):
    [found] = answered(town, line(id=1, question="2025年新建灯塔多少座？"))
    assert (found["status"], found["citations"]) == ("refused", [])


def test_a_request_for_a_brief_gets_the_text_of_the_brief(town: Bot):
    [found] = answered(town, line(id=1, question="写一份民生工作的要点"))
    assert found["status"] == "answered" and len(found["citations"]) > 1


@pytest.mark.parametrize("text", ["水\u2028库\u2029几座？", '“”\\n\\\\"', "{body}"], ids=ascii)
def test_each_answer_is_one_line(town: Bot, text: str):
    out = list(answer_lines(town, [json.dumps({"id": text, "question": text})], "auto", ()))
    assert len(out) == 1 and "\n" not in out[0] and json.loads(out[0])["id"] == text


@given(row=JSON)
def test_any_json_gives_a_line(town: Bot, row: object):
    [found] = answered(town, json.dumps(row))
    assert found.keys() >= FIELDS - {"id"} and found["status"] in STATUSES | {"error"}


def test_a_question_without_an_id_gets_the_id_null(town: Bot):
    assert answered(town, line(question=PARK))[0].keys() >= FIELDS


@pytest.mark.parametrize(
    "row", ['{"id": 1, "question": "\\ud800水库几座？"}', '{"id": 1, "turns": ["\\ud800", "水库几座？"]}']
)
def test_an_escaped_lone_surrogate_is_cleaned_away(town: Bot, row: str):
    assert answered(town, row)[0]["status"] in STATUSES
