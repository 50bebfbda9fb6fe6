"""The file of a briefing, as docx opened again and as Markdown: table, notes, audience, and lines that do not stand."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import docx
import pytest
from core_fakes import a_report
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from hypothesis import given
from hypothesis import strategies as st

from chatbot.briefing import Briefing, Line
from chatbot.document import AI_LINE, as_markdown, briefing_document
from chatbot.figure_table import FigureRow
from chatbot.official import FANGSONG, HEITI, LATIN
from chatbot.types import Citation, Span

AT = datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)
PART, WORKS = "一、主要成效（2030年）", "（二）城乡面貌持续改善"
REPORT = replace(a_report(), date="2031-01-08")
ROW = FigureRow(
    name="地区生产总值",
    stated="5.8%",
    value=Decimal("5.8"),
    ceiling=None,
    unit="%",
    dimension="percent",
    direction="up",
    qualifier="",
    kind="review",
    year=2030,
    status="完成值",
    report_id=REPORT.id,
    path=(PART,),
    page=3,
    start=0,
    end=20,
    quote="地区生产总值增长5.8%。",
    mark=Span(0, 13),
)


def a_line(text: str, *starts: int, fault: str = "", path: Sequence[str] = (PART, WORKS)) -> Line:
    """A line with a quote that begins at each of `starts`."""
    citations = tuple(Citation(9, text, REPORT.id, ("一、工作回顾",), 3, start, start + 5) for start in starts)
    return Line(tuple(path), text, citations, fault)


BRIEFING = Briefing(
    "城乡建设", "城乡", "市政府办公会", "full", (a_line("建成公园41个。", 30), a_line("新增里程21公里。", 10, 30))
)
ROWS = ((ROW, 1), (replace(ROW, name="公园", stated="41个", direction=""), 2))
FAULTY = replace(BRIEFING, lines=(*BRIEFING.lines, a_line("建成公园99个。", 50, fault="引文里没有这个数字：99个")))


def opened(briefing: Briefing = BRIEFING, rows: Sequence[tuple[FigureRow, int]] = ROWS) -> Document:
    return docx.Document(io.BytesIO(briefing_document(briefing, [REPORT], AT, rows)))


def lines(file: Document, style: str) -> list[str]:
    return [p.text for p in file.paragraphs if p.style is not None and p.style.name == style]


def cells(file: Document) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in file.tables[0].rows]


# docx


def test_below_the_title_stand_how_it_came_about_and_for_whom():
    assert lines(opened(), "Subtitle") == [AI_LINE, "供市政府办公会参阅", ""]
    assert lines(opened(replace(BRIEFING, audience=" ")), "Subtitle") == [AI_LINE, ""]


def test_the_parts_of_the_file_stand_in_their_order():
    assert lines(opened(), "Heading 1") == [PART, "二、数据表", "三、口径说明", "四、出处"]
    assert lines(opened(rows=()), "Heading 1") == [PART, "二、出处"]


def test_markers_are_numbered_anew_in_the_order_of_the_text():
    file = opened()
    assert [text for text in lines(file, "Normal") if "。[" in text] == ["建成公园41个。[1]", "新增里程21公里。[2][1]"]
    assert [line[:3] for line in lines(file, "出处")[1:]] == ["[1]", "[2]"]


def test_the_table_tells_each_figure_with_its_direction_year_status_and_quote():
    assert cells(opened()) == [
        ["指标", "数值", "年份", "口径", "引文"],
        ["地区生产总值", "增长5.8%", "2030", "完成值", "[1]"],
        ["公园", "41个", "2030", "完成值", "[2]"],
    ]


def test_a_direction_that_the_figure_tells_itself_is_not_said_twice():
    rows = ((replace(ROW, stated="增长5.8%"), 1), (replace(ROW, direction="down", stated="2%", year=None), 2))
    assert [row[1:3] for row in cells(opened(rows=rows))[1:]] == [["增长5.8%", "2030"], ["下降2%", ""]]


def test_the_headings_of_the_table_come_again_on_each_page_and_no_row_is_broken():
    rows = opened().tables[0].rows
    headers = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in rows]
    assert headers == [True, False, False]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)


def test_the_table_has_lines_around_all_cells_and_the_width_of_the_text():
    file = opened()
    table = file.tables[0]
    borders = file.styles[table.style.name].element.find(f".//{qn('w:tblBorders')}")
    sides = {border.tag.split("}")[1]: border.get(qn("w:val")) for border in borders}
    assert sides == dict.fromkeys(("top", "left", "bottom", "right", "insideH", "insideV"), "single")
    widths = [[round(cell.width / Mm(1)) for cell in row.cells] for row in table.rows]
    assert {sum(row) for row in widths} == {156} and len({tuple(row) for row in widths}) == 1


@pytest.mark.parametrize(("row", "font"), [(0, HEITI), (1, FANGSONG)], ids=["headings", "cells"])
def test_the_table_is_in_type_of_size_4_without_indent(row: int, font: str):
    file = opened()
    style = file.tables[0].rows[row].cells[0].paragraphs[0].style
    fonts = style.element.rPr.rFonts
    assert (fonts.get(qn("w:eastAsia")), fonts.get(qn("w:ascii"))) == (font, LATIN)
    assert (style.font.size, style.paragraph_format.first_line_indent) == (Pt(14), 0)


def test_what_the_words_of_the_table_mean_is_explained():
    notes = "".join(lines(opened(), "Normal"))
    assert all(f"“{word}”" in notes for word in ("完成值", "预期目标", "规划目标", "累计"))
    assert lines(opened(), "出处")[0] == "引自《云川政府工作报告》（2031年1月8日）。"


def test_a_line_that_does_not_stand_is_marked_and_the_file_is_a_draft():
    file = opened(FAULTY)
    assert lines(file, "Subtitle")[1].startswith("草稿：有1句")
    assert "建成公园99个。【未经原文支持】[3]" in lines(file, "Normal")
    assert not any("草稿" in text or "未经" in text for text in lines(opened(), "Subtitle") + lines(opened(), "Normal"))


def test_the_label_stays_in_the_file_s_properties():
    found = opened().core_properties
    assert (found.title, found.comments) == ("城乡建设", AI_LINE) and "AI" in found.keywords


def test_a_briefing_without_any_quote_has_no_sources():
    bare = replace(BRIEFING, lines=(a_line("说明。", fault="没有引文"),))
    assert lines(opened(bare, ()), "Heading 1") == [PART]


# Markdown


def markdown(briefing: Briefing = BRIEFING, rows: Sequence[tuple[FigureRow, int]] = ROWS) -> str:
    return as_markdown(briefing, [REPORT], rows)


def test_markdown_holds_what_the_docx_holds():
    text = markdown(FAULTY)
    assert text.startswith(f"# 城乡建设\n\n*{AI_LINE}*\n\n*草稿：有1句")
    for words in (
        f"## {PART}",
        "### （一）城乡面貌持续改善",
        "建成公园41个。[1]",
        "【未经原文支持】[3]",
        "## 二、数据表",
        "## 三、口径说明",
        "## 四、出处",
    ):
        assert f"\n{words}" in text or words in text
    assert text.index("## 二、数据表") < text.index("## 三、口径说明") < text.index("## 四、出处")


def test_the_table_is_a_table_in_markdown():
    assert (
        "| 指标 | 数值 | 年份 | 口径 | 引文 |\n| --- | --- | --- | --- | --- |\n| 地区生产总值 | 增长5.8% |"
        in markdown()
    )


def test_a_cell_cannot_break_the_table():
    table = [
        line for line in markdown(rows=((replace(ROW, name="甲|乙\n丙"), 1),)).splitlines() if line.startswith("|")
    ]
    assert len(table) == 3 and {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {6}


@pytest.mark.parametrize("nasty", ["<script>alert(1)</script>", "**bold**", "`code`", "# title", "a|b", "\\", "[x](y)"])
def test_markdown_and_html_in_a_title_are_shown_as_they_are(nasty: str):
    first = markdown(replace(BRIEFING, title=nasty)).splitlines()[0]
    assert re.search(r"(?<!\\)[<>*`|\[\]]", first.removeprefix("# ").replace("\\\\", "")) is None
    assert re.sub(r"\\(.)", r"\1", first) == f"# {nasty}"


def test_a_title_of_several_lines_stays_a_title():
    assert "# 另一个标题" not in markdown(replace(BRIEFING, title="水库\n# 另一个标题")).splitlines()


@pytest.mark.parametrize("text", ["1. 新建卫生室40个。", "- 新建", "# 新建", "1) 新建", "> 新建", "| 新建"])
def test_a_sentence_never_becomes_a_list_a_heading_or_a_table(text: str):
    only = replace(BRIEFING, lines=(a_line(text, 1),))
    line = next(line for line in markdown(only, ()).splitlines() if "新建" in line)
    assert re.match(r"\s*(?:\d+[.)]|[-+*#>|])(?=\s|$)", line) is None
    assert re.sub(r"\\(.)", r"\1", line) == f"{text}[1]"


@given(st.text(), st.text(min_size=1))
def test_any_text_makes_markdown_of_one_paragraph_a_line(title: str, text: str):
    made = markdown(replace(BRIEFING, title=title, lines=(a_line(text, 1),)), ())
    assert made.count("\n## ") == 2 and made.startswith("# ")
