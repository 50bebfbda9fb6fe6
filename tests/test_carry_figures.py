"""Figures and lists in a clause said by another: written otherwise, left out, taken apart, and never exchanged."""

from __future__ import annotations

import pytest
from core_fakes import REVIEW, a_passage

from chatbot.carry import carries, same, stands_alone
from chatbot.figures import quantities
from chatbot.told import told
from chatbot.types import Period

LIST = "规上工业增加值、固定资产投资、社会消费品零售总额分别增长6.6%、4.3%、8.7%"


def said_by(text: str, clause: str, period: Period = REVIEW) -> bool:
    (source,) = told([(passage := a_passage(text, period), passage.span)])
    return carries(source, clause)


# Figures


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("新增学位1.7万个", "新增学位17000个"),
        ("投资3.6万亿元", "投资36000亿元"),
        ("新建水库3座", "新建水库三座"),
        ("新建水库三十六座", "新建水库36座"),
        ("修复湿地1公顷", "修复湿地10000平方米"),
        ("失业率下降5%", "失业率下降百分之五"),
        ("造林1,200亩", "造林1200亩"),
    ],
)
def test_a_figure_may_be_written_otherwise(text: str, clause: str):
    assert said_by(text, clause)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("新增学位1.7万个", "新增学位1700个"),
        ("新增学位1.7万个", "新增学位17000人"),
        ("参保人数达到620万", "参保人数达到620万户"),
        ("新建水库3座", "新建水库三十座"),
        ("增长5%至8%", "增长5%"),
        ("增长5%", "增长5个百分点"),
        ("增长5%左右", "增长5%"),
        ("6月8日通车", "6月9日通车"),
    ],
)
def test_another_figure_is_another_statement(text: str, clause: str):
    assert said_by(text, text) and not said_by(text, clause)


@pytest.mark.parametrize(
    ("figure", "stated", "holds"),
    [
        ("投资增长6%", "投资增长6%", True),
        ("投资6%", "投资增长6%", True),
        ("投资下降6%", "投资增长6%", False),
        ("参保620万", "参保620万人", True),
        ("参保620万人", "参保620万", False),
        ("近20%", "20%", False),
    ],
)
def test_two_figures_are_the_same_with_amount_unit_direction_and_hedge(figure: str, stated: str, holds: bool):
    assert same(quantities(figure)[0], quantities(stated)[0]) is holds


# Lists


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("新增学位1.2万个、托位4万个", "新增学位12000个"),
        ("新增学位1.2万个、托位4万个", "新增了托位4万个"),
        ("减少贫困人口3万人、新增就业4.6万人", "减少贫困人口3万人"),
    ],
)
def test_members_with_figures_may_be_left_out(text: str, clause: str):
    assert said_by(text, clause)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("甲、乙、丙三县脱贫", "甲、丙三县脱贫"),
        ("建设公园、码头和步道", "建设公园和步道"),
        ("码头1个、渡口2个、船闸3个等三类设施投用", "码头1个、船闸3个等三类设施投用"),
        ("公路10公里、桥梁5座尚未完工", "公路10公里"),
        ("关闭煤矿3座、新建电站5座", "关闭新建电站5座"),
    ],
)
def test_other_members_may_not(text: str, clause: str):
    assert said_by(text, text) and not said_by(text, clause)


@pytest.mark.parametrize(
    "clause",
    [
        "固定资产投资增长4.3%",
        "规上工业增加值和固定资产投资分别增长6.6%和4.3%",
        "社会消费品零售总额增长8.7%、固定资产投资增长4.3%",
    ],
)
def test_a_list_with_respectively_may_be_taken_apart(clause: str):
    assert said_by(LIST, clause)


@pytest.mark.parametrize(
    "clause",
    [
        "固定资产投资增长6.6%",
        "规上工业增加值和固定资产投资分别增长4.3%和6.6%",
        "固定资产投资4.3%",
        "固定资产投资下降4.3%",
        "民间投资增长4.3%",
        "固定资产投资增长4.3%，居全省第一",
        "固定资产投资年均增长4.3%",
        "固定资产投资增长4.3%、4.3%",
    ],
    ids=[
        "another's figure",
        "changed round",
        "no direction",
        "other direction",
        "other name",
        "more",
        "of years",
        "twice",
    ],
)
def test_each_figure_of_it_stays_with_its_name_and_what_is_said_of_all(clause: str):
    assert not said_by(LIST, clause)


def test_what_the_figures_of_such_a_list_are_compared_with_stays():
    text = "工业投资、农业投资分别比计划高2个、3个百分点"
    assert not said_by(text, "工业投资高2个百分点") and not said_by(text, "工业投资2个百分点")


@pytest.mark.parametrize(
    ("name", "alone"), [("固定资产投资", True), ("规上工业增加值", True), ("工业", False), ("城镇", False)]
)
def test_a_name_stands_alone_when_it_says_what_is_measured(name: str, alone: bool):
    assert stands_alone(name) is alone


def test_a_name_that_is_short_for_another_is_not_said_alone():
    assert not said_by("工业、农业投资分别增长6%、4%", "工业增长6%")
