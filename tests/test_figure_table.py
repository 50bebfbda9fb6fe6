"""The figures of a report as rows, and which of them a name asks for."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from core_fakes import STANDING, a_report, report_text
from web_fakes import TOWN, FakeBot

from chatbot.bot import Bot
from chatbot.errors import IndexMissing, UnknownReport
from chatbot.figure_table import FigureRow, figure_rows, matching
from chatbot.types import MASTHEAD, Passage, Report, Span
from vectorstore.passages import passages
from vectorstore.sections import sections

INVENTED = a_report(text=report_text())
ROWS = figure_rows(passages(INVENTED), INVENTED)


def found(name: str, **only: object) -> list[tuple[str, str]]:
    return [(row.name, row.stated) for row in matching(ROWS, name, **only)]


def one(sentence: str) -> tuple[FigureRow, ...]:
    """The rows of a report of one sentence."""
    report = a_report(text=sentence)
    passage = Passage("p", report.id, Span(0, len(sentence)), ("一、工作回顾",), None, STANDING, sentence)
    return figure_rows([passage], report)


def test_a_row_has_the_figure_as_it_stands_and_as_it_counts():
    row = figure_rows(FakeBot().passages(TOWN.id), TOWN)[-1]
    assert (row.name, row.stated, row.qualifier) == ("城镇新增就业", "6万人以上", "以上")
    assert (row.value, row.unit, row.dimension, row.direction) == (Decimal(60000), "人", "person", "")
    assert (row.kind, row.year, row.status) == ("plan", 2024, "预期目标")
    assert (row.report_id, row.path, row.page) == (TOWN.id, ("二、今年主要任务", "主要预期目标"), 2)


@pytest.mark.parametrize("report", [TOWN, INVENTED], ids=["with pages", "without"])
def test_quote_name_and_figure_stand_where_the_row_says(report: Report):
    rows = figure_rows(passages(report), report)
    assert len(rows) >= 6
    for row in rows:
        assert row.quote == report.text[row.start : row.end]
        assert row.start <= row.mark.start < row.mark.end <= row.end
        assert row.stated in row.mark.of(report.text) and row.name in report.text


def test_every_indicator_is_a_row_in_the_order_of_the_text():
    assert [row.mark for row in ROWS if row.year == 2030] == sorted(row.mark for row in ROWS if row.year == 2030)
    assert [row.stated for row in ROWS][:6] == ["3210.5亿元", "5.8%", "3.2%", "6.6%", "4.3%", "8.7%"]


def test_a_row_does_not_change():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ROWS[0].name = "别的"


def test_a_sentence_without_a_figure_has_no_row():
    assert one("经济运行稳中有进。") == ()


def test_the_exact_name_comes_before_one_that_holds_it():
    assert found("地区生产总值") == [
        ("地区生产总值", "6%左右"),
        ("全市地区生产总值", "3210.5亿元"),
        ("全市地区生产总值", "5.8%"),
    ]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("城镇新增就业", "城镇新增就业"),
        ("  城镇 新增就业", "城镇新增就业"),
        ("城鎮新增就業", "城镇新增就业"),
        ("失业率", "城镇调查失业率"),
        ("GDP", "地区生产总值"),
        ("工业增加值", "规上工业增加值"),
        ("老旧小区改造", "老旧小区"),
        ("城镇新增就业人数", "城镇新增就业"),
        ("固定资产投资增速", "固定资产投资"),
    ],
    ids=["exact", "spaced", "traditional", "held", "everyday", "part", "verb", "amount", "side"],
)
def test_a_name_finds_its_figures(name: str, first: str):
    assert found(name)[0][0] == first


@pytest.mark.parametrize("name", ["", "？", "的", "常住人口", "工业用电量", "\ud800", "\x00", "地铁票价" * 200])
def test_a_name_that_no_figure_has_finds_none(name: str):
    assert found(name) == []


def test_the_official_word_comes_before_names_that_only_hold_it():
    rows = one("单位地区生产总值能耗下降3%，地区生产总值增长6%。")
    assert [row.name for row in rows] == ["单位地区生产总值能耗", "地区生产总值"]
    assert [row.stated for row in matching(rows, "GDP")] == ["6%", "3%"]


def test_names_in_one_breath_are_not_mixed_up():
    """规上工业增加值、固定资产投资、…分别增长: each name has its own figure."""
    assert found("社会消费品零售总额") == [("社会消费品零售总额", "8.7%")]
    assert found("固定资产投资") == [("固定资产投资", "4.3%")]


def test_year_and_status_leave_out_the_rest():
    assert found("城镇新增就业", year=2030) == [("城镇新增就业", "4.6万人")]
    assert found("城镇新增就业", status="预期目标") == [("城镇新增就业", "4.5万人以上")]
    assert found("城镇新增就业", year=2030, status="预期目标") == found("城镇新增就业", year=1999) == []


def test_a_cumulative_figure_is_told_from_that_of_a_year():
    assert [row.status for row in matching(ROWS, "示范企业")] == ["累计"]


def test_the_bot_hands_out_passages_and_sections_of_its_index(town: Bot):
    report = town.reports[0]
    assert town.passages(report.id) == passages(report)
    assert town.sections(report.id) == sections(report)
    assert town.sections(report.id)[0].path == (MASTHEAD,)


def test_holdings_of_an_unknown_report_are_an_error(town: Bot):
    for hand_out in (town.passages, town.sections):
        with pytest.raises(UnknownReport):
            hand_out("nowhere")


def test_a_bot_that_was_given_no_holdings_says_so(town: Bot, town_retriever):
    bot = Bot(town.reports, town_retriever)
    with pytest.raises(IndexMissing, match="vectorstore build"):
        bot.passages(town.reports[0].id)
