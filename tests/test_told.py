"""Quotes cut into clauses, each with its place in the passage it is quoted from."""

from __future__ import annotations

import pytest
from core_fakes import PLAN, a_passage, span_of
from hypothesis import given
from hypothesis import strategies as st

from chatbot.told import clauses, told
from chatbot.types import Span

PASSAGE = a_passage("新建水库3座，改造小区87个；压减支出3.4亿元。", PLAN, start=40)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("新建水库3座，改造小区87个；压减支出。", ["新建水库3座", "改造小区87个", "压减支出"]),
        ("目标是：新建水库。要求:改造小区", ["目标是", "新建水库", "要求", "改造小区"]),
        ("实施“一区，一策”行动，办好实事", ["实施“一区，一策”行动", "办好实事"]),
        ("出台《条例（试行，修订）》，落实到位", ["出台《条例（试行，修订）》", "落实到位"]),
        ("造林1,200亩,修路3公里", ["造林1,200亩", "修路3公里"]),
        ("比例为1:2，9：30开会", ["比例为1:2", "9：30开会"]),
        ("新建 水库\n改造小区", ["新建水库", "改造小区"]),
        ("甲、乙和丙", ["甲、乙和丙"]),
        ("，。；", []),
        ("", []),
    ],
    ids=[
        "marks",
        "colons",
        "quotation marks",
        "brackets",
        "thousands",
        "ratio and hour",
        "blanks",
        "list",
        "only marks",
        "nothing",
    ],
)
def test_text_is_cut_at_marks_but_not_inside_quotation_marks_or_numbers(text: str, cut: list[str]):
    assert clauses(text) == cut


@given(st.text(alphabet="水库3,，。；：“”（）\n ", max_size=40))
def test_cutting_loses_nothing_but_marks_and_blanks(text: str):
    kept = str.maketrans("", "", "，。；：,\n ")
    assert "".join(clauses(text)).translate(kept) == text.translate(kept)


@pytest.mark.parametrize(("words", "place"), [("新建水库3座", 0), ("改造小区87个", 1), ("压减支出3.4亿元", 2)])
def test_a_clause_knows_its_place_in_the_passage_whatever_is_quoted(words: str, place: int):
    (clause,) = told([(PASSAGE, span_of(PASSAGE, words))])
    assert (clause.text, clause.place, clause.passage, clause.period) == (words, place, PASSAGE.id, PLAN)


def test_a_clause_knows_what_stands_around_it_though_it_is_not_quoted():
    (clause,) = told([(PASSAGE, span_of(PASSAGE, "改造小区87个"))])
    assert [(part.text, part.mark) for part in clause.parts] == [
        ("新建水库3座", "，"),
        ("改造小区87个", ""),
        ("压减支出3.4亿元", "。"),
    ]


def test_a_quote_may_begin_in_the_middle_of_a_clause():
    quote = Span(PASSAGE.span.start + 2, PASSAGE.span.start + 6)
    (clause,) = told([(PASSAGE, quote)])
    assert (clause.text, clause.place, clause.parts[0].text) == ("水库3座", 1, "新建")


def test_all_clauses_of_all_quotes_are_told():
    other = a_passage("造林5万亩。", start=90)
    quotes = [(PASSAGE, PASSAGE.span), (other, other.span)]
    assert [clause.text for clause in told(quotes)] == ["新建水库3座", "改造小区87个", "压减支出3.4亿元", "造林5万亩"]
