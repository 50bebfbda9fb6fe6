"""The table of figures: what is filtered, drawn, put side by side and taken away is what the report says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest
from core_fakes import a_passage, a_report
from openpyxl import load_workbook
from staff_room import logged_in, open_room, staffed
from web_fakes import NASTY, TOWN, FakeBot, report

from chatbot.errors import IndexMissing
from chatbot.figure_table import FigureRow, Wanted, figure_rows, narrowed, side_by_side
from chatbot.types import Period, Report
from chatbot.web.staff.charts import bars, bullets
from chatbot.web.staff.figure_html import MOST, Table
from chatbot.web.staff.figures import Figures, wanted
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.texts import Texts

ZH, PAGE = StaffTexts.of("zh"), Texts.of("zh")
ROWS = figure_rows(FakeBot().passages(TOWN.id), TOWN)
REVIEW = (
    "全市地区生产总值增长6.1%，地区生产总值达到3000亿元，城镇新增就业7.2万人，专精特新企业达到3694家，"
    "单位能耗下降2%，研发投入强度达到2.45%。"
)
PLAN = (
    "地区生产总值增长6%左右，城镇新增就业6万人以上，新培育专精特新企业400家，单位能耗下降3%，研发投入强度达到2.55%，"
    "粮食产量稳定在100万吨。"
)


def two_years(review: str = REVIEW, plan: str = PLAN) -> tuple[FigureRow, ...]:
    """The figures of a report that looks back on 2030 and forward on 2031."""
    told = (
        a_passage(review, Period("review", 2030)),
        a_passage(plan, Period("plan", 2031), start=len(review), path=("二、任务",)),
    )
    return figure_rows(told, a_report(text=review + plan))


def names(rows: tuple[FigureRow, ...]) -> list[str]:
    return [row.name for row in rows]


def shown(bot: FakeBot, report_id: str = TOWN.id, **only: object) -> str:
    return "".join(Figures(bot, ZH, PAGE).shown(report_id, Wanted(**only)))


def text_of(html: str) -> str:
    return unescape(re.sub("<[^>]*>", "", html))


# Which rows


def test_nothing_wanted_in_particular_is_everything():
    assert narrowed(ROWS, Wanted()) == ROWS and len(ROWS) >= 5


@pytest.mark.parametrize(
    ("only", "found"),
    [
        ({"words": "新增就业"}, ["城镇新增就业", "城镇新增就业"]),
        ({"words": " GDP "}, ["全市地区生产总值", "全市地区生产总值", "地区生产总值"]),
        ({"statuses": ("预期目标",)}, ["地区生产总值", "城镇新增就业"]),
        ({"year": 2024}, ["地区生产总值", "城镇新增就业"]),
        ({"dimension": "person"}, ["城镇新增就业", "城镇新增就业"]),
        ({"dimension": "person", "year": 2023}, ["城镇新增就业"]),
        ({"words": "火星移民"}, []),
        ({"words": "就业物价总体平稳"}, ["城镇新增就业"]),
    ],
    ids=["words", "everyday", "status", "year", "unit", "both", "none", "sentence"],
)
def test_filters_keep_what_is_wanted_in_the_order_of_the_text(only: dict[str, object], found: list[str]):
    assert names(narrowed(ROWS, Wanted(**only))) == found


@pytest.mark.parametrize("year", ["2023", 2023])
def test_what_a_page_sends_is_read(year: object):
    assert wanted("就业", ["完成值", "???"], year, "person") == Wanted("就业", ("完成值",), 2023, "person")


@pytest.mark.parametrize("year", [None, "", "二〇二三", "20231", "-202", "²²²²", [], {}])
def test_a_year_that_is_none_keeps_all(year: object):
    assert wanted(None, None, year, None) == Wanted()


# Side by side


def told(rows: tuple[FigureRow, ...]) -> list[tuple[str, str, str]]:
    return [(pair.target.name, pair.result.stated, pair.target.stated) for pair in side_by_side(rows)]


def test_results_stand_beside_targets_of_the_same_name_and_unit():
    assert told(two_years()) == [
        ("地区生产总值", "6.1%", "6%左右"),
        ("城镇新增就业", "7.2万人", "6万人以上"),
        ("单位能耗", "2%", "3%"),
        ("研发投入强度", "2.45%", "2.55%"),
    ]


def test_a_growth_is_not_put_beside_an_amount_nor_a_share():
    assert told(two_years("用电量达到5%。", "用电量增长5%。")) == []
    assert told(two_years("用电量增长5%。", "用电量增长6%。")) == [("用电量", "5%", "6%")]


def test_a_total_is_not_put_beside_what_is_added():
    assert told(two_years("专精特新企业达到3694家。", "新培育专精特新企业400家。")) == []


def test_another_year_is_not_the_year_before():
    rows = tuple(row for row in two_years() if row.kind == "plan")
    assert told(rows) == [] == told(tuple(row for row in two_years() if row.kind == "review"))


# The table


def test_a_row_shows_figure_status_and_year_and_opens_its_sentence():
    html = shown(FakeBot(), words="新增就业", year=2023)
    assert re.search(r'<button type="button" class="zw-open" aria-expanded="false" aria-controls="zw-where-0">', html)
    assert "<td>7.2万人</td><td></td><td>完成值</td><td>2023</td><td>1</td>" in html
    assert '<tr class="zw-where" id="zw-where-0" hidden>' in html
    assert "<mark>城镇新增就业7.2万人</mark>" in html


def test_the_link_leads_to_the_marked_figure_in_the_reader():
    html = shown(FakeBot(), words="新增就业", year=2023)
    start = TOWN.text.index("城镇新增就业7.2万人")
    place = f"start={start}&amp;end={start + len('城镇新增就业7.2万人')}"
    assert f'href="../report/{TOWN.id}?{place}&amp;lang=zh#zw-mark"' in html


def test_the_sentence_around_the_mark_is_that_of_the_report():
    for row in ROWS:
        drawn = Table(TOWN, ZH, PAGE).html((row,), 1)
        quote = re.search("<blockquote>(.*?)</blockquote>", drawn)
        assert quote and text_of(quote[1]) == row.quote == TOWN.text[row.start : row.end]


def test_how_many_there_are_is_said_and_so_is_that_there_is_none():
    assert "符合条件的 2 项，报告中共" in shown(FakeBot(), words="新增就业")
    assert "没有符合条件的指标" in shown(FakeBot(), words="火星移民")


def test_a_very_long_table_is_cut_and_says_so():
    table = Table(TOWN, ZH, PAGE).html(ROWS[:1] * (MOST + 1), MOST + 1)
    assert table.count("zw-figure") == MOST and f"只列出前 {MOST} 项" in table


def test_an_unknown_report_and_a_missing_index_are_told_in_a_line():
    assert "没有这份报告" in shown(FakeBot(), "nowhere") and "没有这份报告" in shown(FakeBot(), "")
    assert "还没有索引" in shown(IndexMissing("还没有索引", "请建立"))


def nasty() -> Report:
    return report("nasty", f"{NASTY}报告", text=f"一、过去一年工作回顾\n{NASTY}产值增长6.1%。")


def test_markup_in_a_report_is_text():
    html = shown(FakeBot(nasty()), "nasty")
    assert "<img" not in html and "&lt;img" in html


def test_the_choices_are_those_of_the_report():
    years, kinds = Figures(FakeBot(), ZH, PAGE).choices(TOWN.id)
    assert years == [("2024", 2024), ("2023", 2023)]
    assert kinds == [("金额", "money"), ("百分比", "percent"), ("人数", "person")]


def test_every_kind_of_unit_has_a_name():
    units = Path("chatbot/words/units.tsv").read_text(encoding="utf-8").splitlines()
    dimensions = {line.split("\t")[1] for line in units if line.count("\t") > 1 and not line.startswith("#")}
    for language in ("zh", "en"):
        assert dimensions | {"ratio"} <= set(StaffTexts.of(language).figures.dimensions)


# Charts


def plain(_: FigureRow, told: str) -> str:
    """In place of a link."""
    return told


def test_bars_are_of_one_unit_the_largest_first():
    drawn = bars(two_years(), ZH.figures, plain)
    assert re.findall(r"width:([\d.]+)%", drawn)[0] == "100.0"
    assert drawn.count("<li>") == 4, "the growth figures, which are most"


def test_a_fall_is_told_from_a_growth():
    assert drawn_in(bars(two_years(), ZH.figures, plain), "单位能耗") == [
        "下降 3%（2031 预期目标）",
        "下降 2%（2030 完成值）",
    ]


def drawn_in(html: str, name: str) -> list[str]:
    return [text_of(item).removeprefix(name) for item in re.findall("<li>.*?</li>", html) if name in item]


def test_a_bullet_shows_result_and_target_on_one_scale():
    drawn = bullets(side_by_side(two_years("就业达到50万人。", "就业达到100万人。")), ZH.figures, plain)
    assert "width:45.5%" in drawn and "left:90.9%" in drawn
    assert "上年完成 50万人；今年目标 100万人" in text_of(drawn)


def test_every_bar_leads_to_where_its_figure_stands():
    shown = Figures(FakeBot(), ZH, Texts.of()).shown(TOWN.id, Wanted()).charts
    items = re.findall("<li>.*?</li>", shown)
    assert items and all(f"report/{TOWN.id}?start=" in item for item in items)


def test_how_long_it_went_on_and_names_are_no_rows():
    rows = two_years("商品房销售面积连续6个月回升，实施八大渔业行动，就业达到50万人。", "就业达到100万人。")
    assert [row.stated for row in rows] == ["50万人", "100万人"]


def test_without_figures_there_is_a_line_and_no_chart():
    assert (
        bars((), ZH.figures, plain) == bullets((), ZH.figures, plain) == f'<p class="zw-line">{ZH.figures.no_chart}</p>'
    )


def test_names_in_charts_are_text():
    html = bars(figure_rows(FakeBot(nasty()).passages("nasty"), nasty()), ZH.figures, plain)
    assert "<img" not in html


# Files


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with staffed(tmp_path_factory.mktemp("room")) as staff, open_room(staff, FakeBot(TOWN, nasty())) as url:
        yield url


@pytest.fixture
def wang(address: str) -> Iterator[httpx.Client]:
    with logged_in(address) as client:
        yield client


def test_the_sheet_holds_all_columns_of_what_was_wanted(wang: httpx.Client):
    there = {"report": TOWN.id, "words": "新增就业", "status": ["完成值", "累计"]}
    answer = wang.get("/staff/figures.xlsx", params=there)
    head, line = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    assert head == (*ZH.figures.columns, *ZH.figures.columns_more)
    row = dict(zip(head, line, strict=True))
    assert (row["指标"], row["数值"], row["折算数值"], row["单位"]) == ("城镇新增就业", "7.2万人", 72000, "人")
    assert row["原句"].endswith("城镇新增就业7.2万人。") and TOWN.text[row["起"] : row["止"]] == "城镇新增就业7.2万人"
    assert f"figures-{TOWN.id}.xlsx" in answer.headers["content-disposition"]


def test_the_csv_has_the_same_lines_and_a_mark_for_excel(wang: httpx.Client):
    answer = wang.get("/staff/figures.csv", params={"report": TOWN.id})
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.content.startswith(b"\xef\xbb\xbf") and len(lines) == len(ROWS) + 1
    assert lines[1][:2] == ["全市地区生产总值", "3000亿元"]


def test_the_links_on_the_page_lead_to_the_files_of_what_is_shown(wang: httpx.Client):
    html = shown(FakeBot(), words="新增就业", statuses=("完成值",), year=2023, dimension="person")
    links = [unescape(link) for link in re.findall(r'href="(\./figures\.[^"]+)"', html)]
    assert len(links) == 2
    lines = wang.get(f"/staff/{links[1]}").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2 and lines[1].startswith("城镇新增就业,7.2万人")


def test_a_file_of_an_unknown_report_is_a_line_with_404(wang: httpx.Client):
    answer = wang.get("/staff/figures.xlsx", params={"report": "../../etc"})
    assert (answer.status_code, answer.text) == (404, "没有这份报告。请在“报告”里重新选一份")


def test_a_file_in_english_has_english_columns(wang: httpx.Client):
    answer = wang.get("/staff/figures.csv", params={"report": TOWN.id, "lang": "en"})
    assert answer.content.decode("utf-8-sig").startswith("Name,Figure,")
