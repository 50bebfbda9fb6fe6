"""The drafter without a model: the report's own words, with their quote, or a refusal with a pointer."""

from __future__ import annotations

import re

import pytest
from core_fakes import PLAN, REVIEW, STANDING, a_passage, asked, evidence_for
from hypothesis import given
from hypothesis import strategies as st

from chatbot.brief import brief
from chatbot.draft import draft, frame, phrase, refusal
from chatbot.types import Draft, Passage, Period
from chatbot.verify import verify

PAST, NEXT = a_passage("新建水库3座，改造小区87个。"), a_passage("新建水库5座，改造小区130个。", PLAN, 50)
ALIGNED = a_passage("工业增加值、固定资产投资、商品零售额分别增长6.6%、4.3%、8.7%。")


def drafted(question: str, *passages: Passage) -> Draft:
    understood = asked(question)
    return draft(understood, evidence_for(understood, *passages))


def quotes(found: Draft, *passages: Passage) -> list[str]:
    return [p.slice(q) for s in found.sentences for q in s.quotes for p in passages if p.span.holds(q)]


def test_a_figure_is_given_with_its_year_and_the_words_around_it():
    found = drafted("去年新建水库几座？", PAST, NEXT)
    assert [s.text for s in found.sentences] == ["2030年：新建水库3座。"] and quotes(found, PAST) == ["新建水库3座"]


def test_a_target_is_called_a_target():
    assert drafted("今年新建水库几座？", PAST, NEXT).sentences[0].text == "2031年目标或安排：新建水库5座。"


def test_a_sentence_names_the_key_of_the_evidence_it_quotes():
    assert drafted("今年新建水库几座？", PAST, NEXT).sentences[0].keys == ("E2",)


def test_a_comparison_gives_both_years():
    found = drafted("去年和今年新建水库各几座？", PAST, NEXT)
    assert found.status == "answered" and quotes(found, PAST, NEXT) == ["新建水库3座", "新建水库5座"]


def test_a_comparison_with_one_year_untold_is_partial_and_names_it():
    found = drafted("去年和今年新建水库各几座？", PAST)
    assert found.status == "partial" and quotes(found, PAST) == ["新建水库3座"] and "2031" in found.note


def test_a_comparison_with_neither_year_told_is_refused():
    found = drafted("去年和今年新建水库各几座？", a_passage("水库建设稳步推进。"))
    assert (found.status, found.sentences) == ("refused", ())


def test_one_figure_of_an_aligned_list_becomes_a_sentence_of_its_own():
    found = drafted("固定资产投资增长多少？", ALIGNED)
    assert found.sentences[0].text == "2030年：固定资产投资增长4.3%。"


def test_without_evidence_it_refuses_and_points_nowhere():
    assert draft(asked("新建水库几座？"), ()) == Draft((), "refused")


@pytest.mark.parametrize(
    "question", ["2025年新建水库几座？", "成都新建水库几座？", "水库投资多少亿元？", "新建了哪些水库？"]
)
def test_a_refusal_says_nothing_and_points_to_the_nearest_content(question: str):
    found = drafted(question, PAST)
    assert (found.status, found.sentences) == ("refused", ()) and "水库" in found.note


def test_a_pointer_is_short_and_names_the_section():
    question = asked("灯塔多高？")
    long = a_passage("扎实推进水库建设" * 20 + "。", path=("一、工作回顾", "（二）水利"))
    note = refusal(question, evidence_for(question, long)).note
    assert len(note) < 110 and "（二）水利" in note and note.count("…") == 1


@pytest.mark.parametrize(
    ("period", "text"),
    [
        (REVIEW, "2030年：新建水库3座。"),
        (PLAN, "2031年目标或安排：新建水库3座。"),
        (STANDING, "新建水库3座。"),
        (Period("plan"), "新建水库3座。"),
    ],
)
def test_a_frame_says_year_and_status(period: Period, text: str):
    assert frame(asked("新建水库几座？"), a_passage("新建水库3座。", period), "新建水库3座") == text


def test_a_year_is_not_said_twice():
    assert frame(asked("水库"), a_passage("2030年新建水库3座。"), "2030年新建水库3座") == "2030年：新建水库3座。"


def test_braces_in_a_report_are_plain_characters():
    assert "{year}" in frame(asked("水库"), PAST, "新建{year}水库")


def test_an_english_question_gets_an_english_frame_around_the_report_s_words():
    found = drafted("How many reservoirs were built last year?", PAST)
    assert re.fullmatch(r"[\x00-\x7f]+2030: “新建水库3座[^”]*”\.", found.sentences[0].text)


@pytest.mark.parametrize(
    "name", ["review", "plan", "standing", "refused", "blocked", "out_of_scope", "pointer", "missing_year"]
)
def test_every_phrase_is_there_in_both_languages(name: str):
    assert phrase(name, asked("水库")) != phrase(name, asked("reservoirs"))


@given(
    st.sampled_from(
        ["新建水库几座？", "去年新建水库几座？", "新建了哪些水库？", "哪座水库开工？", "固定资产投资增长多少？", "水库"]
    ),
    st.lists(
        st.sampled_from(["新建水库3座", "开工青石、云门水库", "投资增长4.3%", "公园25个", "稳步推进"]),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([REVIEW, PLAN, STANDING]),
)
def test_what_it_drafts_stands_the_check(question: str, pieces: list[str], period: Period):
    """The drafter without a model only uses the report's words: nothing it says may be dropped."""
    understood = asked(question)
    evidence = evidence_for(understood, a_passage("，".join(pieces) + "。", period), ALIGNED)
    found = draft(understood, evidence)
    assert verify(understood, found, evidence) == (found.sentences, ())


def test_a_brief_gives_whole_sentences_under_the_headings_of_the_report():
    question = asked("写一份水库要点")
    first, second = a_passage("新建水库3座。", path=("一", "甲")), a_passage("水库放水。", PLAN, 50, ("二", "乙"))
    third = a_passage("水库再建。", PLAN, 90, ("二", "乙"))
    found = brief(question, evidence_for(question, third, first, second))
    assert [(s.heading, s.text) for s in found.sentences] == [
        ("一 › 甲", "新建水库3座。"),
        ("二 › 乙", "水库放水。"),
        ("", "水库再建。"),
    ]


def test_a_brief_is_no_longer_than_a_few_pages():
    question = asked("写一份水库要点")
    many = [a_passage("新建水库" * 40 + "。", start=200 * i) for i in range(60)]
    assert 3000 < sum(len(s.text) for s in brief(question, evidence_for(question, *many)).sentences) <= 3600


def test_a_brief_without_evidence_is_a_refusal():
    assert brief(asked("写一份水库要点"), ()) == Draft((), "refused")
