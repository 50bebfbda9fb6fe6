"""One clause said by another: each rule of `words/wording.toml` by example, then clauses of an invented report."""

from __future__ import annotations

import re
from functools import cache

import pytest
from core_fakes import PLAN, REVIEW, STANDING, a_passage, a_report, report_text
from hypothesis import assume, given
from hypothesis import strategies as st

from chatbot.carry import carries, uncarried
from chatbot.told import Told, told
from chatbot.types import Period
from chatbot.wordlists import read_toml
from vectorstore.passages import passages


def said_by(text: str, clause: str, period: Period = REVIEW) -> bool:
    (source,) = told([(passage := a_passage(text, period), passage.span)])
    return carries(source, clause)


def why(body: str, text: str, period: Period = REVIEW, places: tuple[str, ...] = ("云川",)) -> str:
    passage = a_passage(text, period)
    return uncarried(body, told([(passage, passage.span)]), places)


# Whole or nothing


@pytest.mark.parametrize(
    "clause",
    [
        "新建公园12",
        "公园12个",
        "新建公园",
        "新建公园12个以上",
        "新建大公园12个",
        "未新建公园12个",
        "新建公园12个成功",
        "12个公园新建",
        "新建公园、花园12个",
        "",
    ],
)
def test_a_clause_is_said_whole_or_not_at_all(clause: str):
    assert said_by("新建公园12个", "新建公园12个") and not said_by("新建公园12个", clause)


def test_each_clause_of_a_sentence_must_be_carried():
    text = "新建公园12个，改造小区5个。"
    assert why("新建公园12个，改造小区5个", text) == ""
    assert "改造小区6个" in why("新建公园12个，改造小区6个", text)


def test_clauses_that_stand_alone_may_change_places():
    assert why("改造小区5个，新建公园12个", "新建公园12个，改造小区5个。") == ""


@pytest.mark.parametrize("body", ["", "。", "！？", "2030年，", "根据报告，2030年，全年", "云川市"])
def test_a_sentence_must_say_something(body: str):
    assert why(body, "新建公园12个。") == "没有内容"


def test_half_of_a_clause_may_be_quoted_but_then_only_that_half_is_said():
    (source,) = told([(passage := a_passage("新建公园12个"), passage.span._replace(start=2))])
    assert carries(source, "公园12个") and not carries(source, "新建公园12个")


# Openings


@pytest.mark.parametrize(
    "body",
    [
        "根据报告，新建公园12个",
        "报告显示新建公园12个",
        "此外，新建公园12个",
        "一是新建公园12个",
        "2030年新建公园12个",
        "在2030年，全年新建公园12个",
        "云川新建公园12个",
        "云川市新建公园12个",
        "2030年云川市新建公园12个",
    ],
)
def test_a_sentence_may_open_with_words_that_say_nothing_new(body: str):
    assert why(body, "新建公园12个。") == ""


@pytest.mark.parametrize(
    "body",
    [
        "全省新建公园12个",
        "海湾市新建公园12个",
        "首次新建公园12个",
        "因此新建公园12个",
        "2029年新建公园12个",
        "根据报告2029年新建公园12个",
    ],
    ids=["wider", "elsewhere", "first", "cause", "another year", "another year behind an opening"],
)
def test_no_other_words_may_open_it(body: str):
    assert why(body, "新建公园12个。")


def test_of_reports_of_two_regions_neither_may_be_put_in_front():
    assert why("云川市新建公园12个", "新建公园12个。", places=("云川", "海湾"))
    assert why("云川市新建公园12个", "云川市新建公园12个。", places=("云川", "海湾")) == ""


# What may be added


@pytest.mark.parametrize(
    "clause", ["新建的公园12个", "还新建公园12个", "也新建公园12个", "并且新建公园12个", "同时新建公园12个"]
)
@pytest.mark.parametrize("period", [REVIEW, PLAN, STANDING], ids=["review", "plan", "standing"])
def test_small_words_may_be_added_whatever_the_period(clause: str, period: Period):
    assert said_by("新建公园12个", clause, period)


DONE = ["新建了公园12个", "已新建公园12个", "已经新建公园12个"]
PLANNED = ["将新建公园12个", "拟新建公园12个", "计划新建公园12个", "要新建公园12个", "安排新建公园12个"]


@pytest.mark.parametrize(
    ("clauses", "period", "holds"),
    [
        (DONE, REVIEW, True),
        (DONE, PLAN, False),
        (DONE, STANDING, False),
        (PLANNED, PLAN, True),
        (PLANNED, REVIEW, False),
        (PLANNED, STANDING, False),
    ],
    ids=["done, review", "done, plan", "done, standing", "planned, plan", "planned, review", "planned, standing"],
)
def test_words_of_doing_and_planning_are_added_only_where_they_are_true(
    clauses: list[str], period: Period, holds: bool
):
    assert [said_by("新建公园12个", clause, period) for clause in clauses] == [holds] * len(clauses)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("在建项目总投资100亿元", "在建项目总投资了100亿元"),
        ("正在新建公园12个", "已正在新建公园12个"),
        ("计划新建公园12个", "计划新建了公园12个"),
        ("力争新建公园12个", "力争新建了公园12个"),
        ("尚有5个小区改造", "尚有5个小区已改造"),
    ],
)
def test_what_is_not_finished_is_not_told_as_done(text: str, clause: str):
    assert said_by(text, text) and not said_by(text, clause)


def test_respectively_is_added_only_before_several_figures():
    assert said_by("新建公园9个、步道5公里", "分别新建公园9个、步道5公里")
    assert not said_by("新建公园9个", "分别新建公园9个")
    assert not said_by("工业、农业增长6%", "工业、农业分别增长6%")


# What may be left out


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("全力打造园区3个", "打造园区3个"),
        ("进一步深入实施“青松计划”", "实施“青松计划”"),
        ("打造了新的园区3个", "打造新园区3个"),
        ("全市地区生产总值增长6%", "地区生产总值增长6%"),
        ("去年全市新建公园12个", "新建公园12个"),
        ("我市企业入选12家", "企业入选12家"),
        ("2030年新建公园12个", "新建公园12个"),
        ("工业投资同比增长6%", "工业投资增长6%"),
    ],
)
def test_words_that_go_without_saying_may_be_left_out(text: str, clause: str):
    assert said_by(text, clause)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("力争新建公园12个", "新建公园12个"),
        ("累计新建公园12个", "新建公园12个"),
        ("没有新建公园12个", "新建公园12个"),
        ("建成全省首个公园", "建成首个公园"),
        ("全省首个公园建成", "首个公园建成"),
        ("全市率先实现全覆盖", "率先实现全覆盖"),
        ("占全市的30%", "占30%"),
        ("比去年多5所", "比多5所"),
        ("2025年新建公园12个", "新建公园12个"),
        ("新建重点实验室3个", "新建实验室3个"),
        ("加快建成园区3个", "建成园区3个"),
        ("将新建公园12个", "新建公园12个"),
        ("年均增长6%", "增长6%"),
        ("其中民营企业投资增长8%", "民营企业投资增长8%"),
    ],
)
def test_words_that_change_what_is_said_may_not_be_left_out(text: str, clause: str):
    assert not said_by(text, clause)


@pytest.mark.parametrize(
    ("text", "clause"),
    [("要新建公园12个", "新建公园12个"), ("今年将新建公园12个", "新建公园12个"), ("加快建成园区3个", "建成园区3个")],
)
def test_of_a_plan_the_words_for_planning_may_be_left_out(text: str, clause: str):
    assert said_by(text, clause, PLAN)


@pytest.mark.parametrize(
    ("text", "period"), [("今年新建公园12个", REVIEW), ("去年新建公园12个", PLAN), ("去年新建公园12个", STANDING)]
)
def test_a_year_that_is_not_the_passage_s_may_not_be_left_out(text: str, period: Period):
    assert not said_by(text, "新建公园12个", period)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("合并学校5所", "合学校5所"),
        ("归还贷款5亿元", "归贷款5亿元"),
        ("贷款5亿元", "还贷款5亿元"),
        ("目的地5处", "目地5处"),
        ("重要水库3座", "重水库3座"),
        ("为了群众办实事5件", "为群众办实事5件"),
    ],
)
def test_a_word_is_not_added_to_or_taken_out_of_another(text: str, clause: str):
    assert said_by(text, text) and not said_by(text, clause)


# What stands for what


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("面积达到5平方公里", "面积为5平方公里"),
        ("面积为5平方公里", "面积达5平方公里"),
        ("建设公园、码头", "建设公园和码头"),
        ("建设公园和码头", "建设公园与码头"),
        ("建设公园以及码头", "建设公园、码头"),
        ("参保率达到97％", "参保率达到97%"),
    ],
)
def test_words_of_one_group_stand_for_one_another(text: str, clause: str):
    assert said_by(text, clause)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("水质达到国家标准", "水质为国家标准"),
        ("目标是增长6%", "目标达到增长6%"),
        ("合并学校5所", "合和学校5所"),
        ("参保人数超过620万", "参保人数突破620万"),
        ("参保人数超过620万", "参保人数为620万"),
    ],
    ids=["no figure", "a goal is not reached", "inside a word", "hedges", "hedge left out"],
)
def test_they_do_so_only_where_that_changes_nothing(text: str, clause: str):
    assert not said_by(text, clause)


# A whole report

WORDS = "".join(str(word) for name, listed in read_toml("wording.toml").items() if name != "leaning" for word in listed)
HANZI = [chr(code) for code in range(0x4E00, 0x9FA6)]
NUMERALS = "零〇一二三四五六七八九十百千万亿两"


@cache
def told_by_the_report() -> tuple[Told, ...]:
    found = passages(a_report(text=report_text()))
    return tuple(told([(passage, passage.span) for passage in found]))


def a_clause() -> st.SearchStrategy[Told]:
    return st.sampled_from(told_by_the_report())


@given(a_clause())
def test_every_clause_carries_itself(source: Told):
    assert carries(source, source.text)


@given(a_clause(), st.sampled_from(HANZI), st.data())
def test_no_clause_carries_itself_with_another_character(source: Told, other: str, data: st.DataObject):
    """Words of the list may stand for one another, and a numeral for a digit; no other character for another."""
    places = [i for i, character in enumerate(source.text) if re.match("[一-龥]", character)]
    assume(places and other not in WORDS + NUMERALS)
    place = data.draw(st.sampled_from(places))
    assume(source.text[place] != other)
    assert not carries(source, source.text[:place] + other + source.text[place + 1 :])


@given(a_clause(), st.data())
def test_no_clause_carries_itself_with_a_denial(source: Told, data: st.DataObject):
    place = data.draw(st.integers(0, len(source.text)))
    denial = data.draw(st.sampled_from(["未", "不", "没有", "尚未", "停止"]))
    assert not carries(source, source.text[:place] + denial + source.text[place:])


@given(a_clause(), a_clause())
def test_no_clause_carries_another(one: Told, other: Told):
    assume(one.text != other.text)
    assert not carries(one, other.text)


def test_a_long_clause_is_read_without_end_of_stack_or_patience():
    text = "建设" + "、".join(f"第{i}号公园" for i in range(400))
    assert said_by(text, text.replace("、", "和")) and not said_by(text, text.replace("、", "和") + "等")
