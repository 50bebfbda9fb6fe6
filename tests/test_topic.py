"""Which passages are handed over whole: the entries of a list that a passage announces, or that a heading names."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from core_fakes import PLAN, REVIEW, a_passage, asked

from chatbot.relevance import weigh
from chatbot.types import Passage
from vectorstore.topic import announced_places, listed_places

HERE, ELSEWHERE = ("一、工作回顾", "（一）水利"), ("一、工作回顾", "（二）绿化")
GAPS = "水利建设还有哪些差距？"


def in_a_row(*texts: str, path: Sequence[str] = HERE, start: int = 0) -> list[Passage]:
    """Passages of one section, one after the other."""
    return [a_passage(text, start=start + 100 * i, path=path) for i, text in enumerate(texts)]


def announced(question: str, *texts: str, more: Sequence[Passage] = ()) -> list[int]:
    """What goes with the first of `texts`."""
    return announced_places(asked(question), [*in_a_row(*texts), *more], 0)


def test_a_list_goes_from_the_passage_that_announces_it_to_the_full_stop():
    texts = ("水利建设还有不少差距：", "水库老化；", "河道淤积；", "堤防不牢。", "我们将认真解决。")
    assert announced(GAPS, *texts) == [0, 1, 2, 3]


def test_a_list_ends_with_its_section():
    more = in_a_row("新建公园3个。", path=ELSEWHERE, start=900)
    assert announced(GAPS, "水利建设还有不少差距：", "水库老化；", "河道淤积；", more=more) == [0, 1, 2]


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
    assert announced_places(asked(GAPS), passages, 1) == [1, 2, 3]


# What a heading names

TASKS = ("二、主要任务", "重点民生实事")
ENTRIES = ("修建水库4座；", "改造小区130个；", "新建公园25个；", "疏浚河道60公里。")


def under_a_heading(question: str, *texts: str, path: Sequence[str] = TASKS) -> list[int]:
    """What the section holds when its last passage is the best."""
    passages = [a_passage(text, PLAN, 100 * i, path) for i, text in enumerate(texts)]
    return listed_places(weigh(asked(question), passages), passages, len(passages) - 1)


def test_a_section_that_is_named_gives_all_its_entries_without_what_announces_them():
    assert under_a_heading("今年有哪些重点民生实事？", "重点民生实事，包括：", *ENTRIES) == [1, 2, 3, 4]


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
