"""Passages and clauses: verbatim, complete, in order, cut only where a sentence or clause ends."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.types import Passage, Period, Report, Span
from tests.test_sections import CITY, PLAN, REPORTISH, REVIEW, UNNUMBERED
from vectorstore.passages import clauses, passages


def report(text: str, pages: tuple[int, ...] = ()) -> Report:
    return Report("r", "", "", "", 2032, "", "", "", "", text, pages)


def texts(text: str) -> list[str]:
    return [passage.text for passage in passages(report(text))]


def passage(text: str, start: int = 0) -> Passage:
    return Passage("r:0", "r", Span(start, start + len(text)), (), None, Period("standing"), text)


def clause_texts(text: str) -> list[str]:
    return [clause.of(text) for clause in clauses(passage(text))]


def check_cover(text: str) -> None:
    """Verbatim, trimmed, ordered, and every non-blank character in exactly one passage."""
    found = passages(report(text))
    assert all(p.text == p.span.of(text) == p.text.strip() != "" for p in found)
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))
    assert "".join("".join(p.text.split()) for p in found) == "".join(text.split())


@pytest.mark.parametrize("text", [CITY, UNNUMBERED], ids=["city", "unnumbered"])
def test_passages_cover_a_report(text: str) -> None:
    check_cover(text)


@given(st.one_of(st.text(), REPORTISH))
def test_passages_cover_any_text(text: str) -> None:
    check_cover(text)


@given(st.one_of(st.text(min_size=1), REPORTISH.filter(str.strip)), st.integers(0, 50))
def test_clauses_lie_in_order_inside_their_passage(text: str, start: int) -> None:
    whole = passage(text, start)
    found = clauses(whole)
    assert all(whole.span.holds(clause) and clause.start < clause.end for clause in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("天晴了。雨停了！走吧？", ["天晴了。", "雨停了！", "走吧？"]),
        ("他说“好。走吧。”大家笑了。", ["他说“好。走吧。”", "大家笑了。"]),
        ("落实“走心。走实。”的要求。", ["落实“走心。走实。”的要求。"]),
        ("依据《规划（甲。乙）》办理。完。", ["依据《规划（甲。乙）》办理。", "完。"]),
        ("多出一个“引号。也不要紧。", ["多出一个“引号。", "也不要紧。"]),
        ("增长2.28倍。比为2.28∶1。", ["增长2.28倍。", "比为2.28∶1。"]),
        ("没有句号\n下一段", ["没有句号", "下一段"]),
        ("好！！！行？！", ["好！！！", "行？！"]),
    ],
    ids=[
        "stops",
        "closing quote",
        "quote goes on",
        "brackets",
        "stray quote",
        "figures",
        "paragraph end",
        "run of stops",
    ],
)
def test_sentences_are_cut_at_their_ends_only(text: str, parts: list[str]) -> None:
    assert texts(text) == parts


def test_each_entry_of_an_announced_list_is_a_passage() -> None:
    text = "实施民生实事，包括：改造小区30个；建设“甲；乙”公园；新增泊位800个。好事办好。"
    assert texts(text) == [
        "实施民生实事，包括：",
        "改造小区30个；",
        "建设“甲；乙”公园；",
        "新增泊位800个。",
        "好事办好。",
    ]


def test_an_ordinary_sentence_keeps_its_semicolons() -> None:
    assert texts("城市更美；乡村更富。") == ["城市更美；乡村更富。"]


def test_a_very_long_sentence_is_cut_at_its_semicolons() -> None:
    half = "修建了许多公路桥梁，" * 30 + "成效明显"
    assert texts(f"{half}；{half}。") == [f"{half}；", f"{half}。"]


def test_passages_carry_path_period_page_and_a_stable_id() -> None:
    place = CITY.index("开工项目")
    found = next(p for p in passages(report(CITY, (0, place - 30))) if p.span.start <= place < p.span.end)
    assert found.path[-1] == "持续扩大有效投资"
    assert (found.period, found.page) == (PLAN, 2)
    assert found.id == f"r:{found.span.start}-{found.span.end}"


def test_a_heading_is_a_passage_with_its_own_path() -> None:
    found = next(p for p in passages(report(CITY)) if p.text == "促进消费提质。")
    assert found.path[-1] == "促进消费提质"


def test_entries_inherit_the_period_their_sentence_opens_with() -> None:
    found = passages(report("一、2031年工作回顾\n做得好。今年实施民生实事，包括：修路三条；种树千棵；2031年续建一项。"))
    assert [p.period for p in found] == [REVIEW, REVIEW, PLAN, PLAN, PLAN, REVIEW]


def test_the_date_in_the_title_block_names_no_period() -> None:
    assert {p.period for p in passages(report(CITY)) if p.path == ("标题",)} == {Period("standing")}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "规上工业增加值、固定资产投资分别增长6.6%、4.3%，出口回升。",
            ["规上工业增加值、固定资产投资分别增长6.6%、4.3%", "出口回升"],
        ),
        (
            "地区生产总值迈上3万亿元新台阶、达到30145.79亿元、增长6.1%；物价平稳。",
            ["地区生产总值迈上3万亿元新台阶、达到30145.79亿元、增长6.1%", "物价平稳"],
        ),
        ("投资1,234亿元，增长3%。", ["投资1,234亿元", "增长3%"]),
        ("突出“稳进增效，除险清患”导向，全力推进。", ["突出“稳进增效，除险清患”导向", "全力推进"]),
        ("今年，我们要努力奋斗。", ["今年，我们要努力奋斗"]),
        ("努力奋斗拼搏，加油。", ["努力奋斗拼搏，加油"]),
        ("——这一年，我们奋勇争先——成绩很好。", ["——这一年", "我们奋勇争先", "成绩很好"]),
        ("2027—2031年年均增长，比为2：1。", ["2027—2031年年均增长", "比为2：1"]),
        ("好。", ["好"]),
    ],
    ids=["list", "和 list", "thousands", "quotes", "short first", "short last", "dashes", "ratio", "tiny"],
)
def test_clauses_are_cut_at_commas_but_not_inside_lists_quotes_or_numbers(text: str, parts: list[str]) -> None:
    assert clause_texts(text) == parts


def test_clause_spans_point_into_the_report() -> None:
    for found in passages(report(CITY)):
        assert all(clause.of(CITY) in found.text for clause in clauses(found))
