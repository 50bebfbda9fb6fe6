"""Retrieval over a real index in a temporary folder, with an encoder that needs no model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from core_fakes import FROM_INDEX, HARBOUR, index_over, retriever_over
from index_fakes import HashEmbedder
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from chatbot.chain import Retriever
from chatbot.errors import UnknownReport
from chatbot.types import MASTHEAD, Clause, Evidence, Question, Report
from chatbot.understand import understand
from vectorstore.index import Index
from vectorstore.retrieve import ReportRetriever, weights

QUESTIONS = [
    "轨道交通新增里程多少公里？",
    "新建公园",
    "how many parks",
    "今年开工哪三座水库？",
    "民生",
    "灯塔",
    "？",
    "",
]
FROM_DUAL = ("paired", "foremost", "alike")  # features that only a dual encoder can tell
EVERYDAY = "老伯伯的帽子多少钱？"  # not one word of it stands in the report


def ask(message: str, *reports: Report) -> Question:
    return understand(message, None, reports)


@pytest.fixture
def report(town_index: Index) -> Report:
    return town_index.reports[0]


def clauses_of(retriever: ReportRetriever, message: str) -> list[Clause]:
    return [clause for evidence in retriever.find(ask(message)) for clause in evidence.clauses]


def test_it_is_what_the_chain_asks_for_and_a_langchain_retriever(town_retriever: ReportRetriever):
    walk: Retriever = town_retriever
    assert isinstance(walk, BaseRetriever)


def test_a_sentence_is_found_by_its_words(town_retriever: ReportRetriever, report: Report):
    best = town_retriever.find(ask("轨道交通新增里程多少公里？", report))[0]
    assert "21公里" in best.passage.text and best.passage.report_id == report.id


def test_a_sentence_is_found_by_english_words(town_retriever: ReportRetriever, report: Report):
    found = town_retriever.find(ask("How many kilometres of rail transit were added?", report))
    assert any("21公里" in evidence.passage.text for evidence in found[:3])


@pytest.mark.parametrize("message", QUESTIONS)
def test_evidence_comes_best_first_under_keys_of_its_own(town_retriever: ReportRetriever, message: str):
    found = town_retriever.find(ask(message))
    scores, keys = [e.score for e in found], [e.key for e in found]
    assert found and scores == sorted(scores, reverse=True)
    assert len(set(keys)) == len(keys) and all(re.fullmatch("E[0-9a-f]{4,}", key) for key in keys)


@pytest.mark.parametrize("message", QUESTIONS)
def test_no_passage_is_offered_twice(town_retriever: ReportRetriever, message: str):
    ids = [(e.passage.report_id, e.passage.span) for e in town_retriever.find(ask(message))]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("message", QUESTIONS)
def test_every_passage_and_clause_lies_where_it_says(town_retriever: ReportRetriever, town_index: Index, message: str):
    texts = {report.id: report.text for report in town_index.reports}
    for evidence in town_retriever.find(ask(message)):
        assert evidence.passage.span.of(texts[evidence.passage.report_id]) == evidence.passage.text
        assert evidence.clauses and all(evidence.passage.span.holds(clause.span) for clause in evidence.clauses)


def test_a_passage_is_worth_its_best_clause(town_retriever: ReportRetriever, report: Report):
    found = town_retriever.find(ask("新建公园多少个？", report))
    assert all(e.score == e.best.score == max(c.score for c in e.clauses) for e in found)


def test_every_feature_that_the_weights_name_is_there_and_bounded(town_retriever: ReportRetriever, report: Report):
    for evidence in town_retriever.find(ask("去年新建公园多少个？", report)):
        features = dict(evidence.best.features)
        assert features.keys() >= {*FROM_INDEX, *FROM_DUAL, "fair", *weights()}
        assert all(-1.0001 <= value <= 1.0001 for value in features.values())


@pytest.mark.parametrize("message", [*QUESTIONS, EVERYDAY])
def test_the_features_of_the_dual_encoder_are_bounded(town_retriever: ReportRetriever, message: str):
    found = clauses_of(town_retriever, message)
    assert found and all(-1.0001 <= clause.feature(name) <= 1.0001 for clause in found for name in FROM_DUAL)


def test_beside_another_encoder_than_its_own_fairness_says_nothing(town_retriever: ReportRetriever):
    assert {clause.feature("fair") for clause in clauses_of(town_retriever, "给我写一首诗")} == {0.0}


def test_one_clause_is_the_foremost_and_it_is_offered(town_retriever: ReportRetriever, report: Report):
    found = [c for e in town_retriever.find(ask(EVERYDAY, report)) for c in e.clauses]
    assert [clause.feature("foremost") for clause in found].count(1.0) == 1


def test_what_was_learned_counts_in_full_for_words_that_the_report_does_not_use(town_retriever: ReportRetriever):
    assert all(c.feature("paired") == pytest.approx(c.feature("alike")) for c in clauses_of(town_retriever, EVERYDAY))


def test_what_was_learned_leaves_the_ranking_to_the_report_where_it_uses_every_word(town_retriever: ReportRetriever):
    found = clauses_of(town_retriever, "轨道交通新增里程多少公里？")
    assert {clause.feature(name) for clause in found for name in ("paired", "foremost")} == {0.0}


def weakest(retriever: ReportRetriever, message: str, words: str) -> float:
    """How near the passage that says `words` comes to the term of the question it comes least near to."""
    evidence = next(e for e in retriever.find(ask(message)) if words in e.passage.text)
    (found,) = {clause.feature("weakest") for clause in evidence.clauses}
    return found


def test_a_passage_is_as_near_as_to_the_term_it_comes_least_near_to(town_retriever: ReportRetriever):
    both, one = (weakest(town_retriever, f"公园和{word}多少？", "口袋公园") for word in ("小区", "灯塔"))
    assert both == pytest.approx(1.0, abs=1e-3) and one < 0.9


# What is handed over whole

GAPS = ["渔港设施比较陈旧；", "冷链能力仍有短板，渔船老化；", "渔民收入增长不快。"]
NAMED = [("name", "渔业发展还有不少差距："), *(("entry", text) for text in GAPS)]


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportRetriever]:
    """Over a report that announces a list in entries."""
    with index_over(tmp_path_factory.mktemp("harbour"), HARBOUR) as (index, settings):
        yield retriever_over(index, settings, HashEmbedder())


def parts(retriever: ReportRetriever, message: str) -> list[tuple[str, str]]:
    found = retriever.find(understand(message, None, retriever.index.reports))
    return [(e.part, e.passage.text) for e in found if e.part]


@pytest.mark.parametrize(
    "message", ["渔业发展还有哪些差距？", "渔业发展还有哪三个差距？", "去年渔业发展还有哪些差距？"]
)
def test_a_list_is_its_name_and_its_entries_in_their_order(harbour: ReportRetriever, message: str):
    assert parts(harbour, message) == NAMED


@pytest.mark.parametrize(
    "message",
    [
        "今年渔业发展还有哪些差距？",
        "2025年渔业发展还有哪些差距？",
        "上海渔业发展还有哪些差距？",
        "国家级渔业发展和7号线还有哪些差距？",
        "渔业发展还有哪五个差距？",
        "渔民收入有哪些差距？",
        "渔业发展的差距有多少？",
    ],
    ids=["the other year", "another year", "another place", "another name", "another number", "an entry", "how many"],
)
def test_a_list_of_something_else_is_not_handed_over(harbour: ReportRetriever, message: str):
    assert parts(harbour, message) == []


def test_a_list_of_the_opposite_is_not_handed_over(tmp_path: Path):
    with index_over(tmp_path, HARBOUR.replace("渔业发展还有", "农村渔业发展还有")) as (index, settings):
        retriever = retriever_over(index, settings, HashEmbedder())
        assert parts(retriever, "农村渔业发展还有哪些差距？")[1:] == NAMED[1:]
        assert parts(retriever, "城镇渔业发展还有哪些差距？") == []


def test_who_asks_about_the_report_itself_gets_its_head_and_nothing_else(
    town_retriever: ReportRetriever, report: Report
):
    found = town_retriever.find(ask("报告是谁作的？", report))
    assert {e.passage.path for e in found} == {(MASTHEAD,)} and {e.part for e in found} == {""}
    assert "李某某" in "".join(e.passage.text for e in found)


def test_a_key_is_the_same_whatever_is_asked(town_retriever: ReportRetriever, report: Report):
    def keys(message: str) -> dict[str, str]:
        return {e.passage.id: e.key for e in town_retriever.find(ask(message, report))}

    one, other = keys("新建公园多少个？"), keys("改造小区和公园")
    assert one.keys() & other.keys() and all(one[id] == other[id] for id in one.keys() & other.keys())


def test_only_the_reports_of_the_question_are_searched(town_retriever: ReportRetriever, town_index: Index):
    for report in town_index.reports:
        found = town_retriever.find(ask("新建公园多少个？", report))
        assert {e.passage.report_id for e in found} == {report.id}


def test_without_a_choice_every_report_is_searched(town_retriever: ReportRetriever, town_index: Index):
    found = town_retriever.find(ask("新建公园多少个？"))
    assert {e.passage.report_id for e in found} == {report.id for report in town_index.reports}


def test_a_report_that_is_not_there_is_an_error(town_retriever: ReportRetriever):
    with pytest.raises(UnknownReport):
        town_retriever.find(Question("水库", "水库", report_ids=("no-such-report",)))


def test_a_comparison_gets_evidence_of_both_periods(town_retriever: ReportRetriever, report: Report):
    question = ask("去年和今年改造老旧小区各多少个？", report)
    found = town_retriever.find(question)
    assert question.compare and {e.passage.period for e in found} == set(question.periods)
    texts = "".join(e.passage.text for e in found)
    assert "87个" in texts and "130个" in texts


def test_the_time_asked_for_ranks_before_another(town_retriever: ReportRetriever, report: Report):
    past = town_retriever.find(ask("去年改造老旧小区多少个？", report))[0]
    plan = town_retriever.find(ask("今年改造老旧小区多少个？", report))[0]
    assert "87个" in past.passage.text and "130个" in plan.passage.text


def test_invoke_returns_documents_that_say_where_they_stand(town_retriever: ReportRetriever, town_index: Index):
    texts = {report.id: report.text for report in town_index.reports}
    documents = town_retriever.invoke("轨道交通新增里程多少公里？")
    assert documents and all(isinstance(document, Document) for document in documents)
    for document in documents:
        place = document.metadata
        assert texts[place["report_id"]][place["start"] : place["end"]] == document.page_content
        assert place.keys() >= {"key", "score"}


def test_invoke_finds_what_find_finds(town_retriever: ReportRetriever, town_index: Index):
    message = "新建公园多少个？"
    found: tuple[Evidence, ...] = town_retriever.find(understand(message, None, town_index.reports))
    assert [d.metadata["key"] for d in town_retriever.invoke(message)] == [e.key for e in found]


def test_the_same_question_finds_the_same_in_the_same_order(town_retriever: ReportRetriever, report: Report):
    one, other = (town_retriever.find(ask("民生", report)) for _ in range(2))
    assert one == other
