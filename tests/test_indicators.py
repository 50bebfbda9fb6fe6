"""Named figures of one sentence. All sentences are invented."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.indicators import indicators
from chatbot.types import Indicator, Period

REVIEW, PLAN = Period("review", 2023), Period("plan", 2024)
REPORT_LIKE = st.text(
    alphabet="园区道路收入新增建成分别达到增长、，。和的等占连续超过（）到2027年累计35%个公里万家倍三", max_size=50
)


def pairs(text: str) -> list[tuple[str, str]]:
    return [(found.name, found.quantity.span.of(text)) for found in indicators(text, REVIEW)]


def only(text: str, period: Period = REVIEW) -> Indicator:
    (indicator,) = indicators(text, period)
    return indicator


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "渔业、林业、牧业产值分别增长2.5%、3.5%、4.5%。",
            [("渔业", "2.5%"), ("林业", "3.5%"), ("牧业产值", "4.5%")],
            id="respectively",
        ),
        pytest.param(
            "力争雏鹰企业、瞪羚企业分别突破700家和2万家。",
            [("雏鹰企业", "突破700家"), ("瞪羚企业", "2万家")],
            id="respectively-and",
        ),
        pytest.param(
            "护林补贴、护渔补贴标准分别从每人每月120元、150元提高到130元、170元。",
            [("护林补贴", "120元"), ("护渔补贴标准", "150元"), ("护林补贴", "130元"), ("护渔补贴标准", "170元")],
            id="respectively-from-to",
        ),
        pytest.param(
            "渔船净增88艘，总数达到340艘。", [("渔船", "88艘"), ("渔船", "340艘")], id="total-of-what-was-named"
        ),
        pytest.param("总数达到340艘。", [("总数", "340艘")], id="total-of-nothing-named"),
        pytest.param("渡口客运收入增长11%。", [("渡口客运收入", "11%")], id="name-first"),
        pytest.param("学生体检率超过91%。", [("学生体检率", "超过91%")], id="hedge-as-verb"),
        pytest.param(
            "建成湿地公园21个、滨河绿道33公里。", [("湿地公园", "21个"), ("滨河绿道", "33公里")], id="shared-verb"
        ),
        pytest.param(
            "新建4个灯塔工厂、12个共享车间和60座换电站。",
            [("灯塔工厂", "4个"), ("共享车间", "12个"), ("换电站", "60座")],
            id="figure-first-list",
        ),
        pytest.param(
            "海洋产值迈上2万亿元新台阶、达到20145亿元、增长5.1%。",
            [("海洋产值", "2万亿元"), ("海洋产值", "20145亿元"), ("海洋产值", "5.1%")],
            id="one-name-three-figures",
        ),
        pytest.param("全年新增养殖户5.3万户、增长8.8%。", [("养殖户", "5.3万户"), ("养殖户", "8.8%")], id="continued"),
        pytest.param(
            "安居工程新交付2.7万套、完成年度任务的80%。",
            [("安居工程", "2.7万套"), ("安居工程", "80%")],
            id="share-of-task",
        ),
        pytest.param("12条跨江合作经验在各地推广。", [("跨江合作经验", "12条")], id="figure-opens"),
        pytest.param("9个水利枢纽项目投用。", [("水利枢纽项目", "9个")], id="verb-after-noun"),
        pytest.param(
            "55个联建项目完成年度投资318.4亿元。",
            [("联建项目", "55个"), ("年度投资", "318.4亿元")],
            id="subject-and-object",
        ),
        pytest.param("为3万独居老人提供上门体检。", [("独居老人", "3万")], id="for-whom"),
        pytest.param("免费为符合条件的4.3万老人接种流感疫苗。", [("老人", "4.3万")], id="attributive"),
        pytest.param("陶瓷产量占全省8.7%。", [("陶瓷产量", "8.7%")], id="share-of"),
        pytest.param("城乡支出比缩小至1.98∶1。", [("城乡支出比", "1.98∶1")], id="ratio"),
        pytest.param(
            "班轮航线通达全球30个国家和地区的77个港口。", [("国家和地区", "30个"), ("港口", "77个")], id="nested"
        ),
        pytest.param("出台老旧厂房改造16条举措。", [("老旧厂房改造", "16条")], id="generic-noun"),
        pytest.param("建设2号线等50公里线路。", [("线路", "50公里")], id="after-deng"),
        pytest.param(
            "茶叶产量连续6年稳定在80万吨以上。", [("茶叶产量", "6年"), ("茶叶产量", "80万吨以上")], id="years"
        ),
        pytest.param("城镇新增就业12.5万人。", [("城镇新增就业", "12.5万人")], id="fixed-term"),
        pytest.param("改革试验区累计形成制度成果48项。", [("制度成果", "48项")], id="subject-before-verb"),
    ],
)
def test_each_figure_gets_its_name(text: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(text) == expected


@pytest.mark.parametrize("text", ["实施三年行动计划。", "打造15分钟生活圈。", "坚持稳中求进。", ""])
def test_durations_in_names_of_plans_are_no_indicators(text: str) -> None:
    assert indicators(text, PLAN) == ()


def test_a_leading_verb_gives_the_direction() -> None:
    assert only("压减会议经费3亿元。").quantity.direction == "down"


@pytest.mark.parametrize(
    ("text", "period", "status"),
    [
        ("渔业产值增长5%。", REVIEW, "完成值"),
        ("渔业产值增长5%。", PLAN, "预期目标"),
        ("累计建成码头12个、泊位30个。", REVIEW, "累计"),
        ("到2027年，渔业产值达到50亿元。", PLAN, "规划目标"),
        ("“十四五”末渔业产值达到50亿元。", Period("plan", 2022), "规划目标"),
        ("2024年渔业产值达到50亿元。", PLAN, "预期目标"),
        ("去年渔业产值增长5%。", PLAN, "完成值"),
        ("渔业产值比上年增长5%。", PLAN, "预期目标"),
        ("力争渔业产值增长5%。", Period("standing"), "预期目标"),
    ],
)
def test_status_follows_cue_words_then_the_section(text: str, period: Period, status: str) -> None:
    assert {found.status for found in indicators(text, period)} == {status}


def test_the_statement_holds_verb_name_and_figure() -> None:
    text = "稳步推进，建成湿地公园21个。"
    assert only(text).span.of(text) == "建成湿地公园21个"


@given(st.one_of(st.text(max_size=50), REPORT_LIKE), st.integers(0, 10**6))
def test_names_are_slices_of_the_text_and_spans_hold_name_and_figure(text: str, offset: int) -> None:
    for found in indicators(text, REVIEW, offset):
        assert found.name
        assert text[found.name_span.start - offset : found.name_span.end - offset] == found.name
        assert found.span.holds(found.quantity.span)
        assert found.span.holds(found.name_span)
        assert offset <= found.span.start
        assert found.span.end <= offset + len(text)


def test_a_long_sentence_is_read_in_about_a_millisecond() -> None:
    text = "新建渔港4个、码头60座，渔业、林业产值分别增长2.5%、3.5%，" * 5
    started = time.perf_counter()
    for _ in range(20):
        indicators(text, REVIEW)
    assert (time.perf_counter() - started) / 20 < 0.02  # generous: the machine may be busy


@pytest.mark.parametrize("text", ["推动" * 60 + "甲5个", "完成推动" * 60 + "5个", "达到" * 100 + "5%"])
def test_repeated_cue_words_do_not_make_reading_explode(text: str) -> None:
    started = time.perf_counter()
    indicators(text, REVIEW)
    assert time.perf_counter() - started < 0.5
