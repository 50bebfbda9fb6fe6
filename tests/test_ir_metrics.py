"""Measures of a ranking, held against what they are by hand."""

from __future__ import annotations

import sys
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.errors import SetupError
from eval.ir_metrics import CUTOFFS, MEASURES, Quality, measure

TWELVE = {f"d{i:02}": 1.0 - i / 100 for i in range(1, 13)}  # d01 is the best
IDS = st.sampled_from(sorted(TWELVE))


def of_one(judged: dict[str, int], scores: dict[str, float]) -> dict[str, float | None]:
    return dict(measure({"q": judged}, {"q": scores}).by_query["q"])


def test_recall_is_the_share_of_what_is_relevant_among_the_first_k():
    found = of_one({"d01": 1, "d04": 1, "d12": 1, "unseen": 1}, TWELVE)
    assert [found[f"recall@{k}"] for k in CUTOFFS] == [0.25, 0.25, 0.5, 0.5, 0.75]


def test_the_reciprocal_rank_is_that_of_the_first_relevant_document():
    assert of_one({"d03": 1, "d05": 1}, TWELVE)["MRR@10"] == pytest.approx(1 / 3)


def test_a_first_relevant_document_below_the_tenth_counts_for_nothing():
    found = of_one({"d11": 1}, TWELVE)
    assert (found["MRR@10"], found["nDCG@10"], found["recall@20"]) == (0.0, 0.0, 1.0)


def test_ndcg_takes_the_relevance_as_the_gain():
    gained, ideal = 1 / log2(2) + 3 / log2(4), 3 / log2(2) + 1 / log2(3)
    assert of_one({"d01": 1, "d02": 0, "d03": 3}, TWELVE)["nDCG@10"] == pytest.approx(gained / ideal)


def test_a_query_that_finds_nothing_is_zero_throughout():
    assert set(of_one({"d01": 1}, {}).values()) == set(measure({"q": {"d01": 1}}, {}).means.values()) == {0.0}


@pytest.mark.parametrize("judged", [{}, {"d01": 0}, {"d01": -1}], ids=["nothing judged", "irrelevant", "spam"])
def test_without_anything_relevant_a_query_is_undefined(judged: dict[str, int]):
    assert of_one(judged, TWELVE) == dict.fromkeys(MEASURES)


def test_what_is_undefined_is_left_out_of_the_means():
    judgements = {"right": {"d01": 1}, "wrong": {"d02": 1}, "open": {"d01": 0}}
    quality = measure(judgements, dict.fromkeys((*judgements, "never judged"), TWELVE))
    assert (quality.means["recall@1"], quality.judged, len(quality.by_query)) == (0.5, 2, 4)


def test_without_a_judged_query_the_means_are_undefined():
    assert measure({}, {"q": TWELVE}).means == dict.fromkeys(MEASURES)


@pytest.mark.parametrize("least", [0.0, 1e-12], ids=["equal", "nearer than a float32 tells"])
def test_all_measures_see_the_same_order_of_near_scores(least: float):
    scores = {"b": 0.5, "a": 0.5 + least, "c": 0.5 - least}
    places = [of_one({id: 1}, scores) for id in "abc"]
    assert [found["MRR@10"] for found in places] == [1.0, 0.5, pytest.approx(1 / 3)]
    assert [found["recall@1"] for found in places] == [1.0, 0.0, 0.0]


@given(st.dictionaries(IDS, st.integers(0, 2)), st.dictionaries(IDS, st.floats(-1e6, 1e6)))
def test_every_measure_is_what_its_definition_says(judged: dict[str, int], scores: dict[str, float]):
    order = sorted(scores, key=lambda id: (-scores[id], id))
    relevant = {id for id, relevance in judged.items() if relevance}
    found = of_one(judged, scores)
    if not relevant:
        assert found == dict.fromkeys(MEASURES)
        return
    firsts = [place for place, id in enumerate(order, start=1) if id in relevant]
    assert found["MRR@10"] == pytest.approx(1 / firsts[0] if firsts and firsts[0] <= 10 else 0.0)
    assert all(found[f"recall@{k}"] == pytest.approx(len(relevant & set(order[:k])) / len(relevant)) for k in CUTOFFS)


def test_a_quality_tells_each_query_under_the_names_of_the_measures():
    quality = measure({"a": {"d01": 1}, "b": {"d02": 1}}, {"a": TWELVE, "b": TWELVE})
    assert isinstance(quality, Quality) and list(quality.by_query) == ["a", "b"]
    assert list(quality.means) == ["recall@1", "recall@3", "recall@5", "recall@10", "recall@20", "MRR@10", "nDCG@10"]
    assert all(list(values) == list(quality.means) for values in quality.by_query.values())


def test_where_the_library_is_missing_the_error_names_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ir_measures", None)  # as Python has it where nothing of that name is installed
    with pytest.raises(SetupError, match=r"requirements-dev\.txt"):
        measure({"q": {"d01": 1}}, {"q": TWELVE})
