"""Lists that a report gives whole: who asks for one, what announces it, and what is one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from core_fakes import PLAN, a_passage, asked, evidence_for

from chatbot.lists import COLONS, SAID, announces, asks_for_several, is_heading, is_listed, name_of
from chatbot.types import Evidence
from chatbot.understand import understand

GAPS = "水利建设还有哪些差距？"
GOALS = "今年水利建设的主要目标有哪些？"
PART = ("一、工作回顾",)


def found(question: str, text: str, path: Sequence[str] = PART) -> Evidence:
    """The passage as evidence for the question."""
    return evidence_for(asked(question), a_passage(text, path=path))[0]


def listed(question: str, text: str, path: Sequence[str] = PART) -> bool:
    return is_listed(asked(question), found(question, text, path))


# Who asks for a list


@pytest.mark.parametrize(
    "question",
    [
        "水利建设还有哪些差距？",
        "列出水利建设的差距",
        "水利建设有哪三个差距？",
        "主要预期目标是什么？",
        "主要预期目标是啥？",
        "水利建設的重點項目包括什麼？",
        "发展目标包括哪几项，各是多少？",
        "What are the main targets?",
    ],
)
def test_a_list_would_answer_who_asks_for_several_things(question: str):
    assert asks_for_several(asked(question))


@pytest.mark.parametrize(
    "question",
    [
        "新建水库几座？",
        "哪座水库开工？",
        "渔船和渔网各是多少？",
        "水库什么时候建成？",
        "谁负责水库建设？",
        "水库建在哪里？",
        "水库",
    ],
)
def test_a_list_would_not_answer_who_asks_for_one_thing(question: str):
    assert not asks_for_several(asked(question))


def test_a_follow_up_that_asks_nothing_itself_asks_for_what_was_asked_before():
    assert asks_for_several(understand("那教育呢？", asked(GAPS)))


# Headings


@pytest.mark.parametrize("text", ["（一）水利", "（一）水利。", "（一）水利："])
def test_a_passage_that_repeats_its_heading_is_one(text: str):
    assert is_heading(a_passage(text, path=("一、工作回顾", "（一）水利")))


@pytest.mark.parametrize("text", ["（一）水利建设", "水利", "新建水库3座。", "。"])
def test_a_passage_that_says_more_or_less_than_its_heading_is_none(text: str):
    assert not is_heading(a_passage(text, path=("一、工作回顾", "（一）水利")))


def test_the_heading_of_the_section_above_is_a_heading_too():
    assert is_heading(a_passage("一、工作回顾", path=("一、工作回顾", "（一）水利")))


# What announces a list


@pytest.mark.parametrize("colon", COLONS)
@pytest.mark.parametrize("lead", ["", "，主要是", "，主要有", "，包括", "，表现在", "，主要表现为", "如下", "是"])
def test_the_clause_that_says_what_is_asked_for_announces_what_follows_the_colon(lead: str, colon: str):
    assert announces(found(GAPS, f"水利建设还有不少差距{lead}{colon}"))


@pytest.mark.parametrize(
    "text",
    [
        "水利建设还有不少差距。",
        "水利建设还有不少差距，堤防不牢：",
        "水利建设还有不少差距，主要是堤防不牢。",
        "堤防不牢：水利建设还有不少差距。",
    ],
    ids=["no colon", "another clause before it", "no colon after the words that lead to it", "behind the colon"],
)
def test_a_clause_that_no_colon_follows_announces_nothing(text: str):
    assert not announces(found(GAPS, text))


def test_a_clause_that_says_too_little_of_the_question_announces_nothing_of_it():
    asking = (GAPS, "灯塔、码头、航标、浮标、锚地还有哪些差距？")
    one, other = (found(question, "水利建设还有不少差距：") for question in asking)
    assert one.best.feature("cover") >= SAID > other.best.feature("cover")
    assert announces(one) and not announces(other)


# What is a list


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (GOALS, "水利建设主要目标是：建成水库4座，疏浚河道60公里。"),
        (GAPS, "水利建设还有不少差距，主要是：水库老化，河道淤积。"),
        ("水利建设重点项目包括什么？", "水利建设重点项目包括:青石水库，云门河道；白鹭堤防。"),
        ("水利建设的差距是什么？", "水利建设还有不少差距：水库老化，河道淤积。"),
    ],
    ids=["是：", "，主要是：", "half-width colon", "asked as a name"],
)
def test_what_follows_the_colon_of_what_is_asked_for_is_the_list(question: str, text: str):
    assert listed(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("灯塔和港口有哪些问题？", "水利建设还有不少问题：水库老化，河道淤积。"),
        ("水库有哪些问题？", "水利建设还有不少问题：水库老化，河道淤积。"),
        ("水利建设有哪些问题？", "水利建设还有不少问题，水库老化，河道淤积。"),
        ("水利建设有哪些问题？", "水利建设还有不少问题："),
        ("水利建设有哪些问题？", "水利建设还有不少问题:"),
        ("水利建设有哪些问题？", f"水利建设还有不少问题：{'水库老化，河道淤积，' * 30}堤防不牢。"),
        ("水利建设问题有几个？", "水利建设还有不少问题：水库老化，河道淤积。"),
    ],
    ids=[
        "of other things",
        "of one entry",
        "no colon",
        "the list is elsewhere",
        "elsewhere, half-width",
        "too long",
        "not a list asked",
    ],
)
def test_what_is_not_announced_as_the_list_asked_for_is_none(question: str, text: str):
    assert not listed(question, text)


UNDER = ("二、主要任务", "水利建设主要目标")


@pytest.mark.parametrize("text", ["建成水库4座，疏浚河道60公里。", "建成水库4座。"])
def test_what_stands_under_a_heading_that_is_asked_for_is_the_list(text: str):
    assert listed(GOALS, text, UNDER)


@pytest.mark.parametrize(
    ("question", "text", "path"),
    [
        (GOALS, "水利建设主要目标", UNDER),
        (GOALS, "水利建设主要目标：", UNDER),
        (GOALS, "今年要实现以下目标：", UNDER),
        (GOALS, "建成水库4座，疏浚河道60公里。", ("水利建设主要目标",)),
        ("今年渔业的主要目标有哪些？", "建成水库4座，疏浚河道60公里。", UNDER),
        ("今年水利建设主要目标是多少座？", "建成水库4座，疏浚河道60公里。", UNDER),
        ("有哪些？", "建成水库4座，疏浚河道60公里。", UNDER),
    ],
    ids=[
        "the heading itself",
        "the heading with a colon",
        "what announces the list",
        "a part, no section",
        "another heading",
        "one thing asked",
        "nothing named",
    ],
)
def test_what_stands_under_a_heading_is_no_list_otherwise(question: str, text: str, path: Sequence[str]):
    assert not listed(question, text, path)


# Its name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("水利建设还有不少差距：", "水利建设还有不少差距"),
        ("水利建设还有不少差距，主要是：", "水利建设还有不少差距"),
        ("一年来很不容易，水利建设还有不少差距：", "水利建设还有不少差距"),
        ("水利建设差距包括：", "水利建设差距"),
        ("水利建设差距主要表现在：", "水利建设差距"),
        ("水利建设差距如下:", "水利建设差距"),
    ],
)
def test_a_list_is_called_by_what_announces_it_without_the_words_that_lead_to_it(text: str, name: str):
    assert name_of(found(GAPS, text)) == name


def test_a_list_of_parts_is_called_by_their_heading_as_it_stands():
    evidence = evidence_for(asked("今年水利有哪些任务？"), a_passage("抓好水利三个方面工作。", PLAN))[0]
    assert name_of(evidence) == "抓好水利三个方面工作"


def test_a_heading_keeps_its_last_word():
    assert name_of(found("展现新作为有哪些任务？", "展现新作为")) == "展现新作为"
