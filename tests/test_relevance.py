"""The features of a clause: what each must say whatever it is worth."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core_fakes import FROM_INDEX, a_passage, asked, evidence_for
from hypothesis import given
from hypothesis import strategies as st

from chatbot.relevance import score_clauses, weigh
from chatbot.types import Clause, Term
from vectorstore.passages import clauses

COMMON, RARE = a_passage("新建公园41个，改造小区87个。"), a_passage("新建公园和水库，绿化公园。", start=50)
TEXT = st.text("新建水库公园小区一二三座个亿元增长5.3、，。", min_size=1, max_size=60).filter(
    lambda t: t.strip("，。、")
)


def worth(question: str, *texts: str) -> dict[str, float]:
    weighed = weigh(asked(question), [a_passage(text, start=100 * i) for i, text in enumerate(texts)])
    return {term.text: term.weight for term in weighed.terms}


def clauses_of(question: str, text: str) -> tuple[Clause, ...]:
    return evidence_for(asked(question), a_passage(text))[0].clauses


def test_a_rare_term_is_worth_more_than_a_common_one():
    found = worth("公园和水库", "公园", "公园", "公园和水库")
    assert found["水库"] > found["公园"] > 0


def test_a_term_is_known_when_some_passage_says_it():
    weighed = weigh(asked("公园和水库"), [COMMON])
    assert weighed.known == {"公园"}


def test_a_term_that_an_official_word_stands_for_is_known():
    question = asked("公园")
    term = Term("游玩处", ("公园",), kind="everyday")
    assert weigh(type(question)("q", "q", terms=(term,)), [COMMON]).known == {"游玩处"}


def test_weighing_without_a_passage_keeps_the_terms():
    assert worth("公园和水库").keys() == {"公园", "水库"}


def test_each_clause_comes_back_in_its_place():
    question = asked("新建公园多少个？")
    found = evidence_for(question, COMMON)[0].clauses
    assert [clause.span for clause in found] == list(clauses(COMMON))


def test_the_score_is_the_weighted_sum_of_the_features():
    weights = {"own": 2.0, "lack": -3.0, "bm25": 0.5, "no such feature": 9.0}
    spans = clauses(COMMON)
    found = score_clauses(
        weigh(asked("公园和水库"), [COMMON, RARE]), COMMON, spans, weights, [{"bm25": 0.4}] * len(spans)
    )
    for clause in found:
        expected = sum(weight * clause.feature(name) for name, weight in weights.items())
        assert clause.score == pytest.approx(expected)


def test_without_weights_every_clause_is_worth_nothing():
    spans = clauses(COMMON)
    found = score_clauses(weigh(asked("公园"), [COMMON]), COMMON, spans, {}, [{}] * len(spans))
    assert [clause.score for clause in found] == [0.0] * len(spans)


def test_every_clause_needs_its_own_features_from_the_index():
    with pytest.raises(ValueError):
        score_clauses(weigh(asked("公园"), [COMMON]), COMMON, clauses(COMMON), {}, [{}])


@given(TEXT, TEXT)
def test_every_feature_lies_between_no_and_yes(question: str, text: str):
    for clause in clauses_of(question, text):
        assert {name: v for name, v in clause.features if not -1.000001 <= v <= 1.000001} == {}


@given(TEXT, TEXT)
def test_what_stands_around_a_clause_never_takes_from_what_it_says(question: str, text: str):
    assert all(clause.feature("cover") >= clause.feature("own") - 1e-9 for clause in clauses_of(question, text))


def test_a_clause_that_says_every_asked_word_lacks_none():
    clause = clauses_of("公园和水库", "新建公园和水库。")[0]
    assert clause.feature("own") == pytest.approx(1.0) and clause.feature("lack") == clause.feature("strange") == 0.0


def test_a_word_the_report_says_elsewhere_is_lacking_and_one_it_never_says_is_strange():
    question = asked("公园和水库和灯塔")
    clause = evidence_for(question, COMMON, RARE)[0].clauses[0]
    assert clause.feature("lack") > 0 and clause.feature("strange") > 0


def test_a_clause_that_says_no_asked_word_covers_nothing():
    clause = clauses_of("灯塔", "新建公园。")[0]
    assert clause.feature("own") == clause.feature("cover") == 0.0


def test_a_word_in_the_heading_counts_less_than_one_in_the_clause():
    question = asked("灯塔")
    headed, said = a_passage("新建公园。", path=("灯塔",)), a_passage("新建灯塔。", start=50)
    above, inside = (e.clauses[0].feature("cover") for e in evidence_for(question, headed, said))
    assert 0 < above < inside


@pytest.mark.parametrize(
    ("question", "least", "most"),
    [
        ("规上工业增加值是多少？", 1.0, 1.0),
        ("规上工业增加值和老伯伯的帽子多少？", 0.1, 0.9),
        ("老伯伯的帽子多少顶？", 0.0, 0.0),
    ],
    ids=["all of it", "a part", "nothing"],
)
def test_a_question_is_as_formal_as_its_words_belong_to_reports(question: str, least: float, most: float):
    found = {clause.feature("formal") for e in evidence_for(asked(question), COMMON, RARE) for clause in e.clauses}
    assert len(found) == 1 and least <= found.pop() <= most


def test_what_earlier_turns_said_makes_a_question_no_less_formal():
    question = asked("规上工业增加值是多少？")
    carried = replace(question, terms=(*question.terms, Term("老伯伯的帽子", kind="context")))
    assert evidence_for(carried, COMMON)[0].clauses[0].feature("formal") == 1.0


def test_an_official_word_is_unsaid_where_neither_sentence_nor_heading_says_it():
    question, word = asked("社会消费品零售总额增长多少？"), "社会消费品零售总额"
    said, headed = a_passage(f"{word}增长5%。"), a_passage("增长5%。", path=(word,))
    unsaid = [e.clauses[0].feature("unsaid") for e in evidence_for(question, said, headed, COMMON)]
    assert unsaid == [0.0, 0.0, pytest.approx(1.0)]


def test_what_the_index_tells_is_kept_as_it_is():
    clause = evidence_for(asked("公园"), COMMON, likeness=0.25)[0].clauses[0]
    assert {name: clause.feature(name) for name in FROM_INDEX} == dict.fromkeys(FROM_INDEX, 0.25)


def absent(question: str, text: str, *others: str, path: tuple[str, ...] = ("一、工作回顾",)) -> float:
    """`absent` of the first clause of `text`, in a report that says `others` too."""
    passages = [a_passage(text, path=path), *(a_passage(other, start=100 + i) for i, other in enumerate(others))]
    return evidence_for(asked(question), *passages)[0].clauses[0].feature("absent")


def test_a_thing_named_that_only_another_passage_tells_of_is_absent():
    assert absent("渔港和灯塔", "新建渔港。", "新建灯塔。") > 0


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("新建渔港，修缮灯塔。", ("新建灯塔。",)),
        ("新建渔港。", ()),
        ("新建渔港。", ("新建水库。",)),
    ],
    ids=["in another clause of the passage", "nowhere", "nothing asked for"],
)
def test_a_thing_that_the_passage_tells_of_or_no_passage_is_not_absent(text: str, others: tuple[str, ...]):
    assert absent("渔港和灯塔", text, *others) == 0.0


def test_a_thing_that_the_heading_names_is_not_absent():
    assert absent("渔港和灯塔", "新建渔港。", "新建灯塔。", path=("（一）灯塔",)) == 0.0


@pytest.mark.parametrize("word", ["增长", "总额", "推进"], ids=["a side", "a measure", "an action"])
def test_what_names_no_thing_is_never_absent(word: str):
    assert absent(f"渔港{word}", "新建渔港。", f"{word}。") == 0.0
