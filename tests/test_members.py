"""Which members of a list may be left out: by example, a test for what each rule keeps in."""

from __future__ import annotations

import pytest

from chatbot.members import removable


def without(text: str) -> set[str]:
    """What may be left of `text` when one stretch of it is left out."""
    return {text[: span.start] + text[span.end :] for span in removable(text)}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("新增学位1.2万个、托位4万个", {"新增学位1.2万个", "新增托位4万个"}),
        ("粮食产量增长3%、蔬菜产量下降2%", {"粮食产量增长3%", "蔬菜产量下降2%"}),
        (
            "建成步道5公里、公园3个和码头2座",
            {"建成公园3个和码头2座", "建成步道5公里和码头2座", "建成步道5公里、公园3个"},
        ),
        ("新建3个水厂、5个泵站", {"新建3个水厂", "新建5个泵站"}),
        ("生产总值3210亿元、增长5.8%", {"生产总值3210亿元"}),
    ],
    ids=["a verb for both", "a verb each", "any of three", "figures first", "a figure that leans"],
)
def test_a_member_with_its_own_figure_may_be_left_out(text: str, left: set[str]):
    assert without(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "新建水库3座",
        "实施青石、白鹭等项目3个",
        "工业、农业分别增长6%、4%",
        "码头1个、船闸3个等设施投入使用",
        "公路10公里、桥梁5座尚未完工",
        "工业投资5亿元、农业投资6亿元合计11亿元",
        "涨幅控制在3%和5%之间",
        "学校3所、医院2所共5所",
    ],
    ids=["no list", "one figure", "分别", "said of all", "not done", "a sum", "a range", "a total"],
)
def test_no_member_may_be_left_out_when_something_is_said_of_all(text: str):
    assert without(text) == set()


def test_a_first_figure_may_go_and_leave_its_name_to_the_one_that_leans_on_it():
    left = without("地区生产总值达到3210亿元、增长5.8%")
    assert left == {"地区生产总值达到3210亿元", "地区生产总值增长5.8%"}
    assert "建成水库增长5.8%" not in without("建成水库3座、增长5.8%")


def test_an_average_in_a_name_is_not_said_of_all():
    assert "城镇新增就业7万人" in without("城镇新增就业7万人、城镇调查失业率平均值为5.4%")


def test_the_first_is_kept_when_its_verb_would_lead_another():
    assert without("减少贫困人口3万人、新增就业4.6万人") == {"减少贫困人口3万人"}


def test_a_member_is_kept_when_the_next_takes_its_verb():
    assert "新增就业4.6万人、项目5个" not in without("新增就业4.6万人、压减支出3亿元、项目5个")


def test_a_member_is_kept_when_the_next_takes_its_direction():
    assert "粮食产量增长3%、油料产量5%" not in without("粮食产量增长3%、蔬菜产量下降2%、油料产量5%")


def test_a_member_goes_with_the_figures_that_lean_on_it():
    left = without("生产总值3210亿元、增长5.8%、财政收入300亿元、增长3%")
    assert "生产总值3210亿元、增长5.8%" in left and "生产总值3210亿元、增长5.8%、增长3%" not in left


def test_a_subject_is_not_taken_for_a_verb_of_all():
    assert "青石区新建白鹭区5所" not in without("青石区新建学校3所、白鹭区5所")
