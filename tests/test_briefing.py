"""A briefing as a value: from an answer, to JSON and back, edited, and held against the reports line by line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from core_fakes import PLAN, REVIEW, a_passage, a_report, asked, evidence_for, span_of
from hypothesis import given
from hypothesis import strategies as st

from chatbot.bot import Bot
from chatbot.briefing import (
    GONE,
    NO_QUOTE,
    Briefing,
    Line,
    added,
    as_json,
    checked,
    edited,
    figures,
    from_json,
    moved,
    numbers,
    of_answer,
    removed,
)
from chatbot.errors import UnknownReport, UsageError
from chatbot.types import Answer, Citation, Evidence, Passage

DONE, TASKS = ("一、主要成效（2030年）", "（一）水利"), ("二、重点任务（2031年）", "（三）渔港")
BUILT = a_passage("水利成效明显，新建水库3座，改造堤防60公里。", path=("一、工作回顾", "（一）水利"))
PLANNED = a_passage("修建渔港4座，改造码头2座。", PLAN, 500, ("二、主要任务", "（三）渔港"))
PASSAGES = (BUILT, PLANNED)


def a_citation(passage: Passage, words: str, marker: int = 1) -> Citation:
    span = span_of(passage, words)
    return Citation(marker, words, passage.report_id, passage.path, passage.page, span.start, span.end)


def a_line(text: str, *citations: Citation, path: tuple[str, ...] = DONE, fault: str = "") -> Line:
    return Line(path, text, citations, fault)


WATER = a_line("新建水库3座。", a_citation(BUILT, "新建水库3座"))
PORTS = a_line("修建渔港4座，改造码头2座。", a_citation(PLANNED, PLANNED.text, 2), path=TASKS)
BRIEFING = Briefing("水利和渔港", "水利和渔港", "市政府办公会", "short", (WATER, PORTS))


# from an answer


def test_the_sentences_of_an_answer_are_lines_under_their_headings():
    citations = tuple(Citation(i, f"引文{i}", "r", ("一",), 1, i, i + 3) for i in (1, 2, 3))
    sentences = ("【一、主要成效 › （一）水利】\n新建[1]水库。[1][2]", "修堤。[3]", "【二、重点任务】\n没有引文。")
    found = of_answer(Answer("answered", sentences, citations), "水利", audience="局务会", length="short")
    assert [(line.heading_path, line.text, [c.marker for c in line.citations]) for line in found.lines] == [
        (("一、主要成效", "（一）水利"), "新建[1]水库。", [1, 2]),
        (("一、主要成效", "（一）水利"), "修堤。", [3]),
        (("二、重点任务",), "没有引文。", []),
    ]
    assert (found.title, found.topic, found.audience, found.length) == ("水利", "水利", "局务会", "short")


def test_a_marker_without_a_citation_is_not_made_up():
    assert of_answer(Answer("answered", ("修堤。[7]",)), "水利").lines[0].citations == ()


# JSON


def test_a_briefing_comes_back_from_json_as_it_was():
    assert from_json(as_json(BRIEFING)) == BRIEFING


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5), st.text())
def test_any_text_comes_back_from_json_or_is_refused_in_words(lines: list[tuple[str, str]], title: str):
    made = Briefing(title, title, "", "full", tuple(Line((heading,), text) for heading, text in lines))
    assert from_json(as_json(made)) == made


def _as(**changes: object) -> str:
    return json.dumps(json.loads(as_json(BRIEFING)) | changes)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="nothing"),
        pytest.param("{", id="no JSON"),
        pytest.param("[" * 100_000, id="deep"),
        pytest.param("null", id="null"),
        pytest.param("[]", id="a list"),
        pytest.param(_as(title=3), id="a number for a title"),
        pytest.param(_as(surplus=1), id="a field too many"),
        pytest.param(_as(length="endless"), id="an unknown length"),
        pytest.param(_as(lines=[{"text": "x"}]), id="a line without headings"),
        pytest.param(as_json(BRIEFING).replace('"marker": 1', '"marker": "1"'), id="text for a number"),
        pytest.param(
            as_json(BRIEFING).replace('"page": null', '"page": null, "more": 1', 1), id="a field too many below"
        ),
        pytest.param("\ud800", id="a surrogate"),
    ],
)
def test_anything_else_is_one_calm_line(content: str):
    with pytest.raises(UsageError, match="读不出来"):
        from_json(content)


# editing


def test_an_edited_line_keeps_its_quotes_and_headings_until_it_is_checked():
    found = edited(BRIEFING, 0, "  新建水库\n5座。 ")
    assert found.lines == (replace(WATER, text="新建水库 5座。"), PORTS) and BRIEFING.lines[0] == WATER


@pytest.mark.parametrize(("place", "path"), [(0, DONE), (1, DONE), (2, TASKS)], ids=str)
def test_a_new_line_stands_under_the_headings_of_its_neighbour_without_a_quote(place: int, path: tuple[str, ...]):
    found = added(BRIEFING, place, "疏浚航道。")
    assert found.lines[place] == Line(path, "疏浚航道。", (), NO_QUOTE) and len(found.lines) == 3


def test_a_briefing_may_begin_with_nothing():
    assert added(replace(BRIEFING, lines=()), 0, "疏浚航道。").lines == (Line((), "疏浚航道。", (), NO_QUOTE),)


def test_a_removed_line_is_gone():
    assert removed(BRIEFING, 0).lines == (PORTS,)


def test_a_moved_line_stands_under_the_headings_of_its_new_place():
    assert moved(BRIEFING, 1, 0).lines == (replace(PORTS, heading_path=DONE), WATER)
    assert moved(BRIEFING, 0, 1).lines == (PORTS, replace(WATER, heading_path=TASKS))
    assert moved(BRIEFING, 0, 0) == BRIEFING


def test_full_width_marks_stay_and_invisible_characters_go():
    assert edited(BRIEFING, 0, "２０３０年：新建\u200b水库，\x00３座。").lines[0].text == "２０３０年：新建水库，３座。"


@pytest.mark.parametrize("place", [-1, 2, 10**9])
def test_a_line_that_is_not_there_is_a_usage_error(place: int):
    for change in (removed, lambda b, i: edited(b, i, "x"), lambda b, i: moved(b, i, 0), lambda b, i: moved(b, 0, i)):
        with pytest.raises(UsageError):
            change(BRIEFING, place)
    with pytest.raises(UsageError):
        added(BRIEFING, place + (place > 0), "x")


@pytest.mark.parametrize("text", ["", " \n", "\u200b"], ids=repr)
def test_an_empty_line_is_a_usage_error(text: str):
    with pytest.raises(UsageError, match="不能为空"):
        edited(BRIEFING, 0, text)


# checking


@pytest.mark.parametrize("line", [WATER, PORTS], ids=["a part of a passage", "a passage"])
def test_a_line_that_its_quotes_bear_out_has_no_fault(line: Line):
    assert checked(replace(line, fault="x"), PASSAGES, ()) == line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("新建水库5座。", "5座"),
        ("新建水库3座，群众十分满意。", "群众十分满意"),
        ("2029年新建水库3座。", "2029"),
        ("未新建水库3座。", ""),
    ],
    ids=["another figure", "an addition", "another year", "the contrary"],
)
def test_a_line_that_they_do_not_is_marked_with_the_reason_and_kept(text: str, said: str):
    found = checked(replace(WATER, text=text), PASSAGES, ())
    assert found.text == text and found.citations == WATER.citations
    assert found.fault and said in found.fault


def test_a_plan_told_as_done_is_marked():
    assert checked(replace(PORTS, text="2031年：修建渔港4座。"), PASSAGES, ()).fault


def test_a_line_without_quotes_is_marked():
    assert checked(a_line("新建水库3座。"), PASSAGES, ()).fault == NO_QUOTE


@pytest.mark.parametrize(
    "passages",
    [(), (PLANNED,), (replace(BUILT, text=BUILT.text.replace("3", "4")),), (replace(BUILT, report_id="bay-2031"),)],
    ids=["no passages", "others", "the text has changed", "of another report"],
)
def test_a_quote_that_is_not_there_today_bears_nothing_out(passages: Sequence[Passage]):
    assert checked(WATER, passages, ()).fault == GONE


def finding(*passages: Passage) -> tuple[Evidence, ...]:
    return evidence_for(asked("水库"), *passages)


def test_another_passage_that_bears_it_out_is_offered_with_its_shortest_quote():
    found = checked(
        replace(WATER, text="改造堤防60公里。", citations=()), PASSAGES, (), lambda _: finding(PLANNED, BUILT)
    )
    assert (found.fault, [c.quote for c in found.citations]) == ("", ["改造堤防60公里"])
    quote = found.citations[0]
    assert (quote.report_id, quote.path, quote.marker) == (BUILT.report_id, BUILT.path, 1)


def test_what_two_passages_bear_out_together_has_both_quotes():
    text = "新建水库3座，改造公园5个。"
    other = a_passage("改造公园5个，植树造林。", start=900)
    found = checked(replace(WATER, text=text), (*PASSAGES, other), (), lambda _: finding(other))
    assert (found.fault, [c.quote for c in found.citations]) == ("", ["新建水库3座", "改造公园5个"])


def test_where_nothing_bears_it_out_the_reason_is_that_of_its_own_quotes():
    found = checked(replace(WATER, text="新建水库9座。"), PASSAGES, (), lambda _: finding(PLANNED, BUILT))
    assert "9座" in found.fault and found.citations == WATER.citations


def test_nothing_is_looked_up_for_a_line_that_stands():
    def forbidden(text: str) -> tuple[Evidence, ...]:
        raise AssertionError(f"nothing should have been looked up: {text}")

    assert checked(WATER, PASSAGES, (), forbidden) == WATER


@pytest.mark.parametrize(("line", "path"), [(PORTS, DONE), (WATER, TASKS)], ids=["a plan", "a result"])
def test_a_line_under_the_part_of_the_other_kind_is_marked(line: Line, path: tuple[str, ...]):
    assert "之下" in checked(replace(line, heading_path=path), PASSAGES, ()).fault


def test_under_headings_of_another_s_making_a_line_is_only_held_against_its_quotes():
    assert checked(replace(PORTS, heading_path=("水利", "渔港")), PASSAGES, ()).fault == ""


# by the bot


def test_a_line_of_a_bot_s_own_brief_stands(town: Bot):
    lines = of_answer(town.brief("民生"), "民生").lines
    assert lines and [town.checked(line) for line in lines] == list(lines)


def test_a_bot_finds_the_quote_of_a_new_line(town: Bot):
    found = town.checked(a_line("建成口袋公园41个。", fault=NO_QUOTE))
    assert (found.fault, [c.quote for c in found.citations]) == ("", ["建成口袋公园41个"])
    citation = found.citations[0]
    assert town.text_of(citation.report_id)[citation.start : citation.end] == citation.quote


def test_a_bot_marks_what_no_report_says(town: Bot):
    assert "42个" in town.checked(a_line("建成口袋公园42个。", found_in(town))).fault


def found_in(town: Bot) -> Citation:
    return town.checked(a_line("建成口袋公园41个。")).citations[0]


def test_only_the_reports_chosen_bear_a_line_out(town: Bot):
    newer = town.reports[1].id
    citation = town.checked(a_line("建成口袋公园41个。"), [newer]).citations[0]
    assert citation.report_id == newer


def test_a_quote_of_a_report_that_is_gone_bears_nothing_out(town: Bot):
    gone = replace(found_in(town), report_id="gone-2031")
    assert town.checked(a_line("建成口袋公园99个。", gone)).fault == GONE


def test_a_report_that_is_unknown_cannot_be_chosen(town: Bot):
    with pytest.raises(UnknownReport):
        town.checked(WATER, ["gone-2031"])


# beside the text


def test_quotes_are_numbered_in_the_order_of_the_lines_each_place_once():
    again = a_line("又说一遍。", a_citation(BUILT, "新建水库3座", 7))
    assert list(numbers([PORTS, WATER, again]).values()) == [1, 2]


class Shelf:
    """One report with the two passages."""

    reports = (a_report(text=BUILT.text + " " * (500 - len(BUILT.text)) + PLANNED.text),)

    def passages(self, report_id: str) -> tuple[Passage, ...]:
        assert report_id == BUILT.report_id
        return PASSAGES


def test_the_figures_are_those_that_stand_in_the_quotes():
    rows = [(row.name, row.stated, row.year, row.status, number) for row, number in figures(BRIEFING, Shelf())]
    assert rows == [
        ("水库", "3座", 2030, "完成值", 1),
        ("修建渔港", "4座", 2031, "预期目标", 2),
        ("码头", "2座", 2031, "预期目标", 2),
    ]


def test_a_figure_is_told_once_however_often_it_is_quoted():
    twice = replace(BRIEFING, lines=(WATER, replace(WATER, citations=(a_citation(BUILT, BUILT.text),))))
    assert [row.stated for row, _ in figures(twice, Shelf())] == ["3座", "60公里"]


def test_of_a_report_that_is_gone_no_figures_are_told():
    gone = replace(WATER, citations=(replace(WATER.citations[0], report_id="gone-2031"),))
    assert figures(replace(BRIEFING, lines=(gone,)), Shelf()) == ()


def test_periods_used_here_are_those_of_results_and_tasks():
    assert (BUILT.period, PLANNED.period) == (REVIEW, PLAN)
