"""The numbers of a briefing's parts follow on each other, whatever was taken out."""

from __future__ import annotations

import pytest

from chatbot.briefing import Briefing, Line, removed
from chatbot.parts import renumbered
from chatbot.types import Citation


def line(part: str, report: str = "a", *below: str) -> Line:
    citation = Citation(1, "甲", report, (), None, 0, 1)
    return Line((part, *below), "甲。", (citation,) if report else ())


def headings(*lines: Line) -> list[str]:
    found = renumbered(Briefing("题", "题", "", "full", lines)).lines
    return [each.heading_path[0] if each.heading_path else "" for each in found]


THREE = (line("一、总体情况"), line("二、主要成效（2023年）"), line("三、重点任务（2024年）"))


@pytest.mark.parametrize(
    "gone, left",
    [
        (0, ["一、主要成效（2023年）", "二、重点任务（2024年）"]),
        (1, ["一、总体情况", "二、重点任务（2024年）"]),
        (2, ["一、总体情况", "二、主要成效（2023年）"]),
    ],
)
def test_the_parts_close_up(gone: int, left: list[str]):
    assert headings(*removed(Briefing("题", "题", "", "full", THREE), gone).lines) == left


def test_what_is_in_order_stays_as_it_is():
    assert headings(*THREE) == [each.heading_path[0] for each in THREE]


def test_a_part_that_stands_alone_has_no_number():
    assert headings(line("二、重点任务（2024年）"), line("二、重点任务（2024年）")) == ["重点任务（2024年）"] * 2


def test_each_report_has_numbers_of_its_own():
    lines = (line("一、成效"), line("三、任务"), line("二、成效", "b"), line("三、任务", "b"))
    assert headings(*lines) == ["一、成效", "二、任务", "一、成效", "二、任务"]


def test_a_line_without_a_quote_goes_with_the_report_above():
    assert headings(line("一、成效"), line("三、任务", ""), line("三、任务")) == ["一、成效", "二、任务", "二、任务"]


def test_english_parts_are_numbered_too():
    assert headings(line("1. Results"), line("3. Plans")) == ["1. Results", "2. Plans"]


def test_headings_below_and_headings_without_a_number_stay():
    found = renumbered(Briefing("题", "题", "", "full", (line("二、任务", "a", "（十）民生"), line("其他")))).lines
    assert [each.heading_path for each in found] == [("一、任务", "（十）民生"), ("其他",)]


def test_a_line_without_headings_stays():
    assert headings(Line((), "甲。")) == [""]
