"""Which stretch is quoted: always whole clauses in a row, never across a full stop, never endless."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from core_fakes import a_passage, a_report, asked, evidence_for
from hypothesis import given
from hypothesis import strategies as st

from chatbot.quote import quote_span, window
from chatbot.types import Clause, Evidence, Span
from chatbot.understand import understand
from vectorstore.passages import clauses

LONGEST = 110  # characters; a single clause may be longer
PIECE = st.text("新建水库公园小区一二三座个亿元增长5.3", min_size=2, max_size=40)
QUESTION = st.sampled_from(
    ["新建水库几座？", "新建了哪些水库？", "哪座水库开工？", "水库如何建设？", "公园", "how many parks"]
)


@st.composite
def a_window(draw: st.DrawFn) -> tuple[Evidence, Clause, tuple[Clause, ...]]:
    """Some evidence, one clause of it, and the window around that clause."""
    pieces = draw(st.lists(PIECE, min_size=1, max_size=6))
    marks = draw(st.lists(st.sampled_from("，；"), min_size=len(pieces), max_size=len(pieces)))
    text = "".join(piece + mark for piece, mark in zip(pieces, marks, strict=True))[:-1] + "。"
    question = asked(draw(QUESTION))
    found = evidence_for(question, a_passage(text, start=draw(st.integers(0, 50))))[0]
    clause = draw(st.sampled_from(found.clauses))
    return found, clause, window(question, found, clause)


@given(a_window())
def test_the_clause_itself_is_always_quoted(case: tuple[Evidence, Clause, tuple[Clause, ...]]):
    _, clause, quoted = case
    assert clause.span in [c.span for c in quoted]


@given(a_window())
def test_the_clauses_quoted_are_neighbours_in_the_order_of_the_text(case: tuple[Evidence, Clause, tuple[Clause, ...]]):
    found, _, quoted = case
    row = [c.span for c in sorted(found.clauses, key=lambda c: c.span)]
    first = row.index(quoted[0].span)
    assert [c.span for c in quoted] == row[first : first + len(quoted)]


@given(a_window())
def test_a_quote_of_several_clauses_is_short_and_crosses_no_semicolon(
    case: tuple[Evidence, Clause, tuple[Clause, ...]],
):
    found, _, quoted = case
    span = quote_span(quoted)
    between = [Span(a.span.end, b.span.start) for a, b in pairwise(quoted)]
    assert len(quoted) == 1 or len(found.passage.slice(span)) <= LONGEST
    assert found.passage.span.holds(span) and {found.passage.slice(gap) for gap in between} <= {"，", ""}


def test_a_quote_runs_from_the_first_clause_to_the_last():
    found = evidence_for(asked("水库"), a_passage("新建水库3座，公园2个，小区1个。", start=7))[0]
    span = quote_span(found.clauses[:2])
    assert found.passage.slice(span) == "新建水库3座，公园2个"


def quoted_for(question: str, text: str, words: str, path: Sequence[str] = ("一、工作回顾",)) -> str:
    """What is quoted for the clause that holds `words`."""
    understood = asked(question)
    found = evidence_for(understood, a_passage(text, path=path))[0]
    clause = next(c for c in found.clauses if words in found.passage.slice(c.span))
    return found.passage.slice(quote_span(window(understood, found, clause)))


def test_a_figure_that_stands_with_its_name_is_quoted_alone():
    text = "新建公园25个；筹集住房8000套，改造小区130个。"
    assert quoted_for("新建公园多少个？", text, "公园") == "新建公园25个"


def test_a_figure_is_quoted_with_the_clause_that_names_its_subject():
    text = "轨道交通三号线开通运营，新增里程21公里。"
    quoted = quoted_for("轨道交通三号线新增里程多少公里？", text, "21公里")
    assert quoted == "轨道交通三号线开通运营，新增里程21公里"


@pytest.mark.parametrize("question", ["三号线怎么样了？", "三号线开通了没有？"])
def test_a_fact_brings_its_short_neighbours_along(question: str):
    assert "新增里程" in quoted_for(question, "轨道交通三号线开通运营，新增里程21公里。", "三号线")


def test_a_share_is_quoted_with_where_it_stands_after_it_has_moved():
    text = "渔业占比提高3.2个百分点，达到37.5%。"
    assert quoted_for("渔业占比是多少？", text, "提高") == "渔业占比提高3.2个百分点，达到37.5%"


HARBOURS = "培育渔网、渔具、渔灯三大渔业产业，壮大鱼干、鱼粉、鱼油、虾米四大加工产业，扶持渔家乐"


@pytest.mark.parametrize(
    ("question", "words", "quoted"),
    [
        ("三大渔业产业是哪三个？", "渔网", "培育渔网、渔具、渔灯三大渔业产业"),
        ("四大加工产业是什么？哪四个？", "鱼干", "壮大鱼干、鱼粉、鱼油、虾米四大加工产业"),
    ],
)
def test_a_list_with_as_many_members_as_asked_for_is_quoted_without_the_one_beside_it(
    question: str, words: str, quoted: str
):
    assert quoted_for(question, HARBOURS, words) == quoted


def test_a_name_of_the_kind_asked_for_is_quoted_alone_where_its_clause_says_all():
    text = "轨道交通三号线开通运营，新增里程21公里。"
    assert quoted_for("哪条线开通了？", text, "三号线") == "轨道交通三号线开通运营"


def test_a_long_neighbour_without_an_asked_word_stays_out():
    text = f"云门水库开工，{'扎实做好各方面工作' * 12}。"
    assert quoted_for("哪座水库开工？", text, "水库") == "云门水库开工"


def test_evidence_in_another_order_gives_the_same_quote():
    understood = asked("轨道交通三号线新增里程多少公里？")
    found = evidence_for(understood, a_passage("轨道交通三号线开通运营，新增里程21公里。"))[0]
    turned = Evidence(found.key, found.passage, found.score, found.clauses[::-1])
    assert window(understood, turned, found.clauses[1]) == window(understood, found, found.clauses[1])


def test_the_only_clause_is_its_own_window():
    passage = a_passage("新建水库3座。")
    found = evidence_for(asked("新建水库几座？"), passage)[0]
    assert [c.span for c in window(asked("新建水库几座？"), found, found.clauses[0])] == list(clauses(passage))


@pytest.mark.parametrize(
    "text",
    [
        "水利建设主要目标是：建成水库4座，疏浚河道60公里，加固堤防8公里。",
        "水利建设还有不少问题，主要是：水库老化，河道淤积，堤防不牢。",
        "水利建设重点项目包括：青石水库，云门河道；白鹭堤防。",
        "水利建设困难：水库老化，河道淤积，堤防不牢。",
    ],
    ids=["是：", "，主要是：", "包括：", "："],
)
def test_a_list_that_a_clause_announces_is_quoted_whole(text: str):
    assert quoted_for("水利建设有哪些目标、问题、项目和困难？", text, "水利") == text.rstrip("。")


def test_a_list_that_a_heading_names_is_quoted_whole():
    text, path = f"建成水库4座；{'疏浚河道60公里，' * 9}加固堤防8公里。", ("二、主要任务", "水利建设主要目标")
    assert quoted_for("水利建设的主要目标有哪些？", text, "水库", path) == text.rstrip("。")
    assert quoted_for("建成水库几座？", text, "水库", path) == "建成水库4座"


@pytest.mark.parametrize(
    ("question", "words", "quoted"),
    [
        ("建成水库几座？", "水库", "建成水库4座"),
        ("加固堤防多少公里？", "堤防", "加固堤防8公里"),
        ("堤防怎么样了？", "堤防", "疏浚河道60公里，加固堤防8公里"),
    ],
    ids=["a figure", "a figure at the end", "no figure"],
)
def test_of_an_announced_list_a_question_for_one_thing_gets_what_belongs_to_it(question: str, words: str, quoted: str):
    text = f"水利建设主要目标是：建成水库4座；{'全面做好各方面各领域工作' * 6}，疏浚河道60公里，加固堤防8公里。"
    assert quoted_for(question, text, words) == quoted


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("新增渔船和渔网各多少？", "新增渔船120艘，渔网200张"),
        ("渔船和渔网分别是多少？", "新增渔船120艘，渔网200张"),
        ("新增渔船多少艘？", "新增渔船120艘"),
        ("去年和今年新增渔船各多少艘？", "新增渔船120艘"),
    ],
    ids=["各", "分别", "one thing", "two years"],
)
def test_figures_asked_for_each_of_several_things_are_quoted_with_their_neighbours(question: str, quoted: str):
    assert quoted_for(question, "新增渔船120艘，渔网200张。", "渔船") == quoted


@pytest.mark.parametrize(
    ("question", "text", "quoted"),
    [
        ("接待游客多少人次，增长多少？", "接待游客30万人次，增长5.3%，新增民宿20家。", "接待游客30万人次，增长5.3%"),
        ("接待游客多少人次，增长多少？", "接待游客30万人次、增长5.3%，新增民宿20家。", "接待游客30万人次、增长5.3%"),
        ("接待游客几人次？增长百分之几？", "接待游客30万人次，增长5.3%，新增民宿20家。", "接待游客30万人次，增长5.3%"),
        ("接待游客多少人次？", "接待游客30万人次，增长5.3%，新增民宿20家。", "接待游客30万人次"),
        ("接待游客多少人次，增长多少？", "接待游客30万人次，游客赞誉不断。", "接待游客30万人次"),
        ("接待游客多少人次，增长多少？", "接待游客30万人次；增长5.3%。", "接待游客30万人次"),
    ],
    ids=["both", "both in one clause", "two questions", "one asked for", "no other figure", "another sentence"],
)
def test_figures_asked_together_are_quoted_together_and_no_more_of_them(question: str, text: str, quoted: str):
    assert quoted_for(question, text, "游客") == quoted


def test_a_follow_up_is_quoted_for_what_it_asks_itself():
    before = asked("去年接待游客多少人次？")
    question = understand("门票收入多少？", before, [a_report()])
    found = evidence_for(question, a_passage("门票收入3亿元，接待游客30万人次。"))[0]
    assert found.passage.slice(quote_span(window(question, found, found.clauses[0]))) == "门票收入3亿元"


def test_two_years_compared_are_not_figures_asked_together():
    question = "去年新建渔港几座，今年要建几座？"
    assert quoted_for(question, "新建渔港3座，新建码头9座。", "渔港") == "新建渔港3座"


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("签约项目中开工多少个？", "签约项目28个，开工19个"),
        ("签约项目多少个？", "签约项目28个"),
        ("开工项目多少个？", "签约项目28个，开工19个"),
    ],
    ids=["goes on", "alone", "named behind"],
)
def test_a_clause_that_goes_on_with_what_is_asked_for_is_quoted_too(question: str, quoted: str):
    assert quoted_for(question, "签约项目28个，开工19个，投产5个。", "签约") == quoted


@pytest.mark.parametrize(
    ("question", "text", "quoted"),
    [
        (
            "建成投用的水利项目有哪几个？",
            "东湖大坝、西湖水闸等项目落地开工，南湖泵站、北湖渠道等水利项目建成投用。",
            "南湖泵站、北湖渠道等水利项目建成投用",
        ),
        ("提出了哪几个必须坚持？", "必须坚持生态优先，必须坚持渔民至上。", "必须坚持生态优先，必须坚持渔民至上"),
    ],
    ids=["another list before it", "its first entry before it"],
)
def test_what_stands_before_a_list_is_quoted_only_where_it_belongs_to_it(question: str, text: str, quoted: str):
    found = evidence_for(asked(question), a_passage(text))[0]
    chosen = window(asked(question), found, found.clauses[-1])
    assert text[quote_span(chosen).start : quote_span(chosen).end] == quoted


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("飞鱼系列热销了多少辆？", "飞鱼系列热销"),
        ("电动车产量多少辆？", "电动车产量达到50辆"),
    ],
)
def test_a_figure_told_before_is_not_that_of_what_the_clause_speaks_of(question: str, quoted: str):
    text = "电动车产量达到50辆，飞鱼系列热销。"
    found = evidence_for(asked(question), a_passage(text))[0]
    chosen = window(asked(question), found, max(found.clauses, key=lambda clause: clause.feature("own")))
    assert text[quote_span(chosen).start : quote_span(chosen).end] == quoted
