"""Handed over whole: a list that is announced or named by its heading, the parts of a section, a report's head."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from core_fakes import PLAN, REVIEW, a_passage, asked

from chatbot.relevance import weigh
from chatbot.types import MASTHEAD, Passage
from vectorstore.headings import PROBLEMS
from vectorstore.topic import (
    announced_places,
    counted_places,
    headed_places,
    listed_places,
    masthead_places,
    parallel_places,
    parts_places,
    problem_places,
)

HERE, ELSEWHERE = ("一、工作回顾", "（一）水利"), ("一、工作回顾", "（二）绿化")
GAPS = "水利建设还有哪些差距？"


def in_a_row(*texts: str, path: Sequence[str] = HERE, start: int = 0) -> list[Passage]:
    """Passages of one section, one after the other."""
    return [a_passage(text, start=start + 100 * i, path=path) for i, text in enumerate(texts)]


def announced(question: str, *texts: str, more: Sequence[Passage] = ()) -> list[int]:
    """The entries that the first of `texts` announces."""
    return announced_places(asked(question), [*in_a_row(*texts), *more], 0)


def test_the_entries_of_a_list_stand_between_what_announces_it_and_the_full_stop():
    texts = ("水利建设还有不少差距：", "水库老化；", "河道淤积；", "堤防不牢。", "我们将认真解决。")
    assert announced(GAPS, *texts) == [1, 2, 3]


def test_a_list_ends_with_its_section():
    more = in_a_row("新建公园3个。", path=ELSEWHERE, start=900)
    assert announced(GAPS, "水利建设还有不少差距：", "水库老化；", "河道淤积；", more=more) == [1, 2]


def test_a_single_entry_makes_no_list():
    assert announced(GAPS, "水利建设还有不少差距：", "水库老化。", "我们将认真解决。") == []


@pytest.mark.parametrize(
    "question",
    ["水利建设差距有多少？", "哪座水库老化？", "水利建设有没有差距？", "水利建设有哪两个差距？", "为什么水库老化？"],
    ids=["how many", "which one", "whether", "some of them", "why"],
)
def test_only_who_asks_for_all_gets_the_list(question: str):
    assert announced(question, "水利建设还有不少差距：", "水库老化；", "河道淤积；", "堤防不牢。") == []


def test_a_list_is_found_from_wherever_it_is_announced():
    passages = in_a_row("新建水库3座。", "水利建设还有不少差距：", "水库老化；", "河道淤积。")
    assert announced_places(asked(GAPS), passages, 1) == [2, 3]


@pytest.mark.parametrize(
    "question",
    ["水利建设有哪三个差距？", "列出水利建设的差距", "水利建设的差距是什么？", "水利建设有哪几个差距，各占多少？"],
    ids=["as many as there are", "without a question word", "as a name", "with a figure for each"],
)
def test_who_asks_for_all_in_other_words_gets_the_list_too(question: str):
    assert announced(question, "水利建设还有不少差距：", "水库老化；", "河道淤积；", "堤防不牢。") == [1, 2, 3]


# What a heading names

TASKS = ("二、主要任务", "重点民生实事")
ENTRIES = ("修建水库4座；", "改造小区130个；", "新建公园25个；", "疏浚河道60公里。")


def under_a_heading(question: str, *texts: str, path: Sequence[str] = TASKS) -> list[int]:
    """What the section holds when its last passage is the best."""
    passages = [a_passage(text, PLAN, 100 * i, path) for i, text in enumerate(texts)]
    return listed_places(weigh(asked(question), passages), passages, len(passages) - 1)


def test_a_section_that_is_named_gives_all_its_entries_without_what_announces_them():
    assert under_a_heading("今年有哪些重点民生实事？", "重点民生实事，包括：", *ENTRIES) == [1, 2, 3, 4]


def test_the_heading_itself_is_none_of_the_entries():
    assert under_a_heading("今年有哪些重点民生实事？", f"{TASKS[-1]}。", *ENTRIES) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("今年有哪些重点民生实事？", ("二、主要任务", "绿化美化城市")),
        ("今年有哪些重点民生实事？", ("重点民生实事",)),
        ("去年有哪些重点民生实事？", TASKS),
        ("今年重点民生实事有几件？", TASKS),
        ("今年办哪三件重点民生实事？", TASKS),
    ],
    ids=["another heading", "a part, no section", "another year", "how many", "some of them"],
)
def test_a_section_that_is_not_the_one_asked_for_is_not_handed_over(question: str, path: tuple[str, ...]):
    assert under_a_heading(question, *ENTRIES, path=path) == []


def test_a_few_sentences_under_a_heading_make_no_list():
    assert under_a_heading("今年有哪些重点民生实事？", *ENTRIES[:3]) == []


def test_entries_of_another_time_stay_out():
    passages = [a_passage(text, PLAN, 100 * i, TASKS) for i, text in enumerate(ENTRIES)]
    passages.append(a_passage("改造渔港2座。", REVIEW, 900, TASKS))
    question = asked("今年有哪些重点民生实事？")
    assert listed_places(weigh(question, passages), passages, 0) == [0, 1, 2, 3]


# Sentences in parallel

SKILLS = ("提升补网技能，练好基本功。", "提升修船技能，请来老师傅。", "提升识图技能，人人过关。", "修好码头。")


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("要提升哪三种技能？", [0, 1, 2]),
        ("要提升哪些技能？", [0, 1, 2]),
        ("要提升哪四种技能？", []),
        ("提升技能吗？", []),
    ],
    ids=["as many as there are", "all", "another number", "whether"],
)
def test_sentences_that_open_and_end_alike_are_a_list(question: str, found: list[int]):
    assert parallel_places(asked(question), in_a_row(*SKILLS), 1) == found


def test_two_sentences_alike_are_none():
    assert parallel_places(asked("要提升哪些技能？"), in_a_row(*SKILLS[1:]), 0) == []


# The parts of a section

PARTS = ("（一）修建渔港", "（二）改造渔船", "（三）疏浚航道")
WORK, LEAD = "二、主要任务", "重点抓好三个方面工作。"
ALL = "今年有哪些主要任务？"


def section(lead: str, parts: Sequence[str]) -> list[Passage]:
    """A section: its heading, a sentence right below it, and parts that each have a heading and a sentence."""
    found = [a_passage(WORK, PLAN, 0, (WORK,)), a_passage(lead, PLAN, 100, (WORK,))]
    for i, part in enumerate(parts, 1):
        below = [
            a_passage(part, PLAN, 200 * i, (WORK, part)),
            a_passage("扎实推进。", PLAN, 200 * i + 100, (WORK, part)),
        ]
        found += below
    return found


def parts_of(question: str, best: int, lead: str = LEAD, parts: Sequence[str] = PARTS) -> list[str]:
    """The headings handed over when the passage at `best` of such a section is the best."""
    passages = section(lead, parts)
    return [passages[i].text for i in parts_places(asked(question), passages, best)]


@pytest.mark.parametrize("best", [0, 1], ids=["its heading", "the sentence that counts them"])
@pytest.mark.parametrize("question", [ALL, "今年要抓好哪三个方面工作？"], ids=["all", "as many as there are"])
def test_a_section_that_is_asked_for_gives_the_headings_of_its_parts(question: str, best: int):
    assert parts_of(question, best) == list(PARTS)


@pytest.mark.parametrize(
    "lead", ["今年，重点抓好三个方面工作。", "突出做好三项重点任务：", "实施三大行动。", "抓好三项工作。"]
)
def test_a_sentence_that_says_how_many_parts_there_are_speaks_for_the_section(lead: str):
    assert parts_of(ALL, 1, lead=lead) == list(PARTS)


@pytest.mark.parametrize(
    ("question", "best"),
    [
        (ALL, 3),
        ("今年有哪两项主要任务？", 0),
        ("今年主要任务有多少项？", 0),
        ("今年有没有主要任务？", 0),
    ],
    ids=["below a part", "another number", "how many", "whether"],
)
def test_the_parts_of_a_section_stay_where_they_are_otherwise(question: str, best: int):
    assert parts_of(question, best) == []


def test_a_sentence_like_any_other_does_not_speak_for_its_section():
    assert parts_of(ALL, 1, lead="今年任务繁重。") == []


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("主要任务有哪三个方面？", list(PARTS)),
        ("主要任务有哪四个方面？", []),
        ("主要任务有哪些方面？", []),
        ("渔船改造有哪三个方面？", []),
    ],
    ids=["as many as there are", "another number", "no number", "another thing"],
)
def test_below_a_part_the_parts_are_told_to_who_names_their_section_and_number(question: str, found: list[str]):
    passages = section(LEAD, PARTS)
    places = counted_places(weigh(asked(question), passages), passages, 3)
    assert [passages[i].text for i in places] == found


def test_two_parts_make_no_list():
    assert parts_of(ALL, 0, parts=PARTS[:2]) == []


def test_of_the_parts_of_parts_only_the_upper_ones_are_told():
    path = (WORK, PARTS[0])
    deeper = [a_passage(text, PLAN, 2000 + 100 * i, (*path, text)) for i, text in enumerate(("１．渔港", "２．码头"))]
    passages = [*section(LEAD, PARTS), *deeper]
    assert [passages[i].text for i in parts_places(asked(ALL), passages, 0)] == list(PARTS)


def headed(question: str) -> list[str]:
    passages = [*in_a_row("新建水库3座。"), *section(LEAD, PARTS)]
    return [passages[i].text for i in headed_places(asked(question), passages)]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (f"第二部分“{WORK}”从哪三个方面展开？", list(PARTS)),
        (f"“{WORK}”下面有哪几个小标题？", list(PARTS)),
        (f"“{WORK}”从哪四个方面展开？", []),
        (f"“{WORK}”要建几座水库？", []),
        ("“青松计划”有哪三个方面？", []),
    ],
    ids=["as many as there are", "no number", "another number", "no parts", "another name"],
)
def test_a_heading_that_is_quoted_gives_the_headings_below_it(question: str, found: list[str]):
    assert headed(question) == found


# What a report owns up to

OWNED = ("同时也要看到，发展还面临不少问题：", "水库老化；", "河道淤积。", "我们将认真解决。")


def owned(question: str, *texts: str) -> list[str]:
    path = ("一、工作回顾", PROBLEMS)
    passages = [*in_a_row("水库建设有序。"), *in_a_row(*texts, path=path, start=500)]
    return [passages[i].text for i in problem_places(asked(question), passages)]


@pytest.mark.parametrize("question", ["报告承认还有哪些问题？", "工作中存在什么不足？", "水库方面还存在什么短板？"])
def test_difficulties_that_are_left_are_looked_for_where_the_report_owns_up_to_them(question: str):
    assert owned(question, *OWNED) == ["水库老化；", "河道淤积。"]
    assert owned(question, "水库还存在短板。") == ["水库还存在短板。"]


@pytest.mark.parametrize("question", ["水库老化的问题怎么解决？", "今年解决了哪些突出问题？", "水库有几座？"])
def test_what_is_done_about_a_difficulty_stands_elsewhere(question: str):
    assert owned(question, *OWNED) == []


# The head of the report

HEAD = ("云川市人民政府工作报告", "——2031年1月8日在云川市人民代表大会上", "云川市人民政府市长李某某")


def head(question: str) -> list[int]:
    passages = [*in_a_row("新建水库3座。"), *in_a_row(*HEAD, path=(MASTHEAD,), start=500)]
    return masthead_places(asked(question), passages)


@pytest.mark.parametrize(
    "question",
    [
        "报告是谁作的？",
        "谁作的政府工作报告？",
        "这份报告是什么时候作的？",
        "哪天作的报告？",
        "在哪个会上作的报告？",
        "报告人是谁？",
        "報告是誰作的？",
        "Who delivered the report?",
        "When was the report delivered?",
    ],
)
def test_who_asks_about_the_report_itself_gets_its_head(question: str):
    assert head(question) == [1, 2, 3]


@pytest.mark.parametrize(
    "question",
    ["谁负责修建水库？", "水库什么时候建成？", "报告提到哪些水库？", "市长是谁？", "写一份水库报告", "报告说了什么？"],
)
def test_who_asks_about_something_else_does_not(question: str):
    assert head(question) == []


@pytest.mark.parametrize(
    "question",
    ["上海的政府工作报告是谁作的？", "2025年的政府工作报告是谁作的？", "谁提交了调研报告？"],
    ids=["of another place", "of another year", "of another kind"],
)
def test_who_asks_about_another_report_does_not(question: str):
    assert head(question) == []
