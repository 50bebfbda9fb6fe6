"""Whether evidence answers. However like a passage sounds, some things rule it out."""

from __future__ import annotations

import pytest
from core_fakes import PLAN, REVIEW, STANDING, a_passage, asked, evidence_for
from hypothesis import given
from hypothesis import strategies as st

from chatbot.decide import answers, candidate, confidence, signs, veto
from chatbot.quote import window
from chatbot.types import Passage, Period

TEXT = st.text("去今年新建水库公园三座个亿元增长5.3、，谁哪多少", min_size=1, max_size=40).filter(
    lambda t: t.strip("，、")
)


def ruled_out(question: str, text: str, period: Period = REVIEW) -> str:
    """Why `text` cannot answer, though the index finds it as like as can be."""
    understood = asked(question)
    found = evidence_for(understood, a_passage(text, period))[0]
    return veto(understood, window(understood, found, found.clauses[0]))


def confident(question: str, *passages: Passage) -> float:
    understood = asked(question)
    found = candidate(understood, evidence_for(understood, *passages))
    return confidence(understood, found) if found else 0.0


@pytest.mark.parametrize(
    ("question", "text", "period"),
    [
        ("今年新建水库几座？", "新建水库3座。", REVIEW),
        ("去年新建水库几座？", "新建水库3座。", PLAN),
        ("2025年新建水库几座？", "新建水库3座。", REVIEW),
        ("2025年新建水库几座？", "新建水库3座。", STANDING),
    ],
)
def test_another_time_is_ruled_out(question: str, text: str, period: Period):
    assert ruled_out(question, text, period)
    assert confident(question, a_passage(text, period)) == 0.0


@pytest.mark.parametrize("question", ["成都新建水库几座？", "上海市新建水库几座？", "成都开工了哪些水库？"])
def test_another_place_is_ruled_out(question: str):
    assert ruled_out(question, "新建水库3座。") and confident(question, a_passage("新建水库3座。")) == 0.0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("新建水库几座？", "水库建设稳步推进。"),
        ("水库投资多少亿元？", "新建水库3座。"),
        ("新建水库几座？", "水库投资3.4亿元。"),
        ("财政收入增长多少？", "财政收入320亿元。"),
        ("财政收入总额是多少？", "财政收入增长3.2%。"),
    ],
    ids=["no figure", "count for money", "money for count", "amount for growth", "growth for amount"],
)
def test_without_such_a_figure_it_is_ruled_out(question: str, text: str):
    assert ruled_out(question, text) and confident(question, a_passage(text)) == 0.0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("民生实事有哪些？", "办好15件民生实事。"),
        ("新建了哪些水库？", "新建水库3座。"),
        ("新建了哪三座水库？", "新建水库3座。"),
    ],
)
def test_a_count_alone_is_no_list(question: str, text: str):
    assert ruled_out(question, text) and confident(question, a_passage(text)) == 0.0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("谁负责水库建设？", "水库建设稳步推进。"),
        ("水库什么时候建成？", "水库建设稳步推进。"),
        ("为什么建水库？", "新建水库3座。"),
    ],
    ids=["person", "date", "reason"],
)
def test_a_person_a_date_or_a_reason_must_be_there(question: str, text: str):
    assert ruled_out(question, text)


@pytest.mark.parametrize(
    ("question", "text", "period"),
    [
        ("去年新建水库几座？", "新建水库3座。", REVIEW),
        ("今年新建水库几座？", "新建水库3座。", PLAN),
        ("今年开工哪三座水库？", "开工建设青石、白鹭、云门三座水库。", PLAN),
        ("财政收入增长多少？", "财政收入增长3.2%。", REVIEW),
    ],
)
def test_what_says_all_that_is_asked_is_not_ruled_out(question: str, text: str, period: Period):
    assert ruled_out(question, text, period) == ""
    understood = asked(question)
    found = candidate(understood, evidence_for(understood, a_passage(text, period)))
    assert found and answers(understood, found)


def test_without_evidence_there_is_no_candidate():
    assert candidate(asked("新建水库几座？"), ()) is None


def test_there_is_no_candidate_of_another_time():
    question = asked("今年新建水库几座？")
    assert candidate(question, evidence_for(question, a_passage("新建水库3座。", REVIEW))) is None


def test_for_a_period_of_a_comparison_only_its_own_passages_stand():
    question = asked("去年和今年新建水库各几座？")
    evidence = evidence_for(question, a_passage("新建水库3座。", REVIEW), a_passage("新建水库5座。", PLAN, 50))
    found = {period: candidate(question, evidence, period) for period in question.periods}
    assert [c.evidence.passage.period for c in found.values() if c] == [REVIEW, PLAN]


def test_the_candidate_is_the_best_clause_of_all():
    question = asked("新建水库几座？")
    evidence = evidence_for(question, a_passage("新建公园8个。"), a_passage("改造小区，新建水库3座。", start=50))
    found = candidate(question, evidence)
    assert found and found.evidence.passage.slice(found.clause.span) == "新建水库3座" and found.margin > 0


def test_a_lead_is_never_counted_beyond_its_bound():
    question = asked("新建水库几座？")
    alone = candidate(question, evidence_for(question, a_passage("新建水库3座。")))
    assert alone and 0 <= alone.margin <= 3


def test_what_another_time_tells_more_of_is_seen():
    question = asked("今年新建水库几座？")
    evidence = evidence_for(question, a_passage("新建公园5座。", PLAN), a_passage("新建水库3座。", REVIEW, 50))
    found = candidate(question, evidence)
    assert found and found.elsewhere > 0


@given(TEXT, TEXT)
def test_confidence_is_a_probability_and_every_sign_a_number(question: str, text: str):
    understood = asked(question)
    evidence = evidence_for(understood, a_passage(text))
    found = candidate(understood, evidence)
    if found:
        assert 0 <= confidence(understood, found) <= 1
        assert all(-3 <= value <= 3 for value in signs(found, window(understood, *found[:2])).values())
