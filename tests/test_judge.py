"""What counts as right: facts, forbidden words, evidence, length, refusal. Nothing here asks a bot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatbot.types import Answer, AnswerStatus, Citation
from eval.judge import covers, folded, holds_answer, judge, states
from eval.questions import GoldQuestion
from eval.summary import TOTAL, Judged, by_kind

REPORT = folded("全市地区生产总值达到 3,210.5\n亿元、增长5.8%。轨道交通三号线开通运营，新增里程21公里。")
GOLD = GoldQuestion(
    id="T1",
    category="number",
    question="地区生产总值是多少？",
    facts=("3210.5亿元",),
    forbidden=("6%左右",),
    evidence=("地区生产总值达到3210.5亿元",),
    section="一",
    refuse=False,
    why="",
)
UNTOLD = replace(GOLD, category="unanswerable", facts=(), forbidden=(), evidence=(), refuse=True, why="没有说")


def answer(text: str, *quotes: str, status: AnswerStatus = "answered") -> Answer:
    citations = tuple(Citation(i + 1, quote, "r", (), None, 0, len(quote)) for i, quote in enumerate(quotes))
    return Answer(status, (text,), citations)


RIGHT = answer("2030年：地区生产总值达到3210.5亿元。[1]", "地区生产总值达到3210.5亿元")


def test_the_right_answer_is_right_in_every_respect():
    verdict = judge(GOLD, RIGHT, REPORT)
    assert verdict.right and verdict.clean and verdict.focused and not verdict.refused
    assert (verdict.facts, verdict.recall, verdict.precision, verdict.exact) == (1.0, 1.0, 1.0, (True,))


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(answer("增长5.8%。[1]", "地区生产总值达到3210.5亿元"), id="the fact is not said"),
        pytest.param(answer("3210.5亿元，目标6%左右。[1]", "地区生产总值达到3210.5亿元"), id="a forbidden word is"),
        pytest.param(answer("达到3210.5亿元。"), id="nothing is cited"),
        pytest.param(answer("达到3210.5亿元。[1]", "新增里程21公里"), id="something else is cited"),
        pytest.param(answer("3210.5亿元" + "很好" * 80, "地区生产总值达到3210.5亿元"), id="it is too long"),
        pytest.param(answer("3210.5亿元", "地区生产总值达到3210.5亿元", status="refused"), id="it is a refusal"),
    ],
)
def test_one_fault_makes_an_answer_wrong(wrong: Answer):
    assert not judge(GOLD, wrong, REPORT).right


def test_one_of_two_facts_is_half_of_them_and_not_enough():
    verdict = judge(replace(GOLD, facts=("3210.5亿元", "5.8%")), RIGHT, REPORT)
    assert (verdict.right, verdict.facts) == (False, 0.5)


def test_the_length_allowed_depends_on_the_kind():
    long = answer("达到3210.5亿元" + "很好" * 80, "地区生产总值达到3210.5亿元")
    assert [judge(replace(GOLD, category=kind), long, REPORT).focused for kind in ("number", "list")] == [False, True]


@pytest.mark.parametrize("status", ["refused", "out_of_scope", "blocked"])
def test_what_the_report_does_not_say_is_right_to_refuse(status: AnswerStatus):
    verdict = judge(UNTOLD, answer("报告没有说。", status=status), REPORT)
    assert verdict.right and verdict.refused


def test_an_answer_to_what_the_report_does_not_say_is_wrong_and_has_no_recall():
    verdict = judge(UNTOLD, RIGHT, REPORT)
    assert (verdict.right, verdict.refused, verdict.recall, verdict.facts) == (False, False, None, None)


def test_precision_is_undefined_without_citations():
    assert judge(GOLD, answer("没有说"), REPORT).precision is None


def test_a_citation_beside_the_point_costs_precision():
    two = answer("达到3210.5亿元。[1][2]", "地区生产总值达到3210.5亿元", "轨道交通三号线开通运营")
    assert judge(GOLD, two, REPORT).precision == 0.5


def test_a_quote_that_the_report_does_not_hold_is_not_exact():
    invented = answer("达到3210.5亿元。[1]", "地区生产总值达到3210.6亿元", "")
    assert judge(GOLD, invented, REPORT).exact == (False, False)


@pytest.mark.parametrize(("told", "right"), [(6, False), (7, True)])
def test_a_brief_needs_seven_tenths_of_its_facts_and_no_more(told: int, right: bool):
    facts = tuple(f"要点{letter}" for letter in "甲乙丙丁戊己庚辛壬癸")
    brief = replace(GOLD, category="briefing", facts=facts)
    assert judge(brief, answer("，".join(facts[:told])), REPORT).right is right


@pytest.mark.parametrize(
    ("text", "fact", "stands"),
    [
        ("增长6.1%", "6.1%", True),
        ("增长16.1%", "6.1%", False),
        ("增长2.6%", "6%", False),
        ("新增210公里", "21", False),
        ("新增21公里", "21", True),
        ("共3210.5亿元", "3,210.5亿元", True),
        ("二十一公里", "21公里|二十一公里", True),
        ("增长2.6%，其中增长6%", "6%", True),
        ("增长6%左右", "", False),
        ("GDP增长", "gdp", True),
    ],
)
def test_a_fact_stands_as_a_whole_number_or_not_at_all(text: str, fact: str, stands: bool):
    assert states(folded(text), fact) is stands


@pytest.mark.parametrize(
    ("quote", "snippet", "covered"),
    [
        ("轨道交通三号线开通运营新增里程", "三号线开通运营", True),
        ("三号线开通运营", "轨道交通三号线开通运营新增里程", True),
        ("三号线", "轨道交通三号线开通运营新增里程", False),
        ("全市轨道交通三号线开通", "轨道交通三号线开通运营新增里程", True),
        ("全市轨道交通", "轨道交通三号线开通运营新增里程", False),
    ],
    ids=["holds it", "stands in it", "too short a part", "half of it", "less than half"],
)
def test_a_quote_covers_a_snippet_by_half_of_it(quote: str, snippet: str, covered: bool):
    assert covers(quote, snippet) is covered


def test_folding_forgets_width_case_space_markers_and_thousands():
    assert folded("ＧＤＰ 达到 3,210.5 亿元[1]，\n比例 3∶1【2】") == "gdp达到3210.5亿元,比例3:1"


@pytest.mark.parametrize(
    ("clause", "holds"),
    [("生产总值历史性地达到3,210.5亿元", True), ("税收3210.5亿元", False), ("全市地区生产总值历史性地", False)],
    ids=["evidence and fact", "the fact elsewhere", "evidence without the fact"],
)
def test_a_clause_to_answer_from_lies_in_the_evidence_and_states_a_fact(clause: str, holds: bool):
    assert holds_answer(replace(GOLD, evidence=("全市地区生产总值历史性地达到3210.5亿元",)), clause) is holds


def judged(gold: GoldQuestion, given: Answer) -> Judged:
    return Judged(gold, given, judge(gold, given, REPORT))


def test_figures_are_told_by_kind_and_briefs_do_not_count_in_the_accuracy_of_all():
    wrong_brief = judged(replace(GOLD, category="briefing"), answer("别的"))
    found = by_kind([judged(GOLD, RIGHT), wrong_brief, judged(UNTOLD, answer("没有说", status="refused"))])
    assert list(found) == ["briefing", "number", "unanswerable", TOTAL]
    assert (found["briefing"].accuracy, found["number"].accuracy, found[TOTAL].accuracy) == (0.0, 1.0, 1.0)
    assert (found[TOTAL].n, found[TOTAL].refusal, found[TOTAL].false_refusal) == (3, 1.0, 0.0)


def test_a_kind_that_is_to_be_refused_has_no_accuracy_and_one_to_be_answered_no_refusal():
    found = by_kind([judged(GOLD, RIGHT), judged(UNTOLD, RIGHT)])
    assert (found["unanswerable"].accuracy, found["number"].refusal) == (None, None)
    assert found["unanswerable"].refusal == 0.0
