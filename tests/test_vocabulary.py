"""Late interaction: a clause is as near as the best word it holds for each term of the question."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_fakes import HashEmbedder

from vectorstore.vocabulary import Vocabulary, content_words, likeness

CLAUSES = ["新建水库三座", "的和及", "改造公园小区", "，。", "水库公园"]
WORDS = ["水库", "公园", "小区"]
AXES = np.eye(3, dtype=np.float32)


def over(*clauses: str) -> Vocabulary:
    return Vocabulary(clauses, WORDS, AXES)


def nearness(clauses: list[str], *terms: int) -> list[list[float]]:
    """Of each term, whose vectors are those of the words at these places, to each clause."""
    return over(*clauses).nearest(AXES[list(terms)]).tolist()


def like(clauses: list[str], *terms: int, weights: tuple[float, ...] = ()) -> list[float]:
    """Of each clause, to those terms taken together."""
    found = likeness(over(*clauses).nearest(AXES[list(terms)]), weights or (1.0,) * len(terms))
    return [float(value) for value in found]


def test_content_words_are_words_of_two_characters_that_carry_meaning():
    assert content_words("新建的水库和水库") == ["新建", "水库"]


@pytest.mark.parametrize("text", ["", "的和及", "，。！", "3.4%", "水"], ids=ascii)
def test_marks_particles_and_single_characters_are_no_content_words(text: str):
    assert content_words(text) == []


def test_a_clause_is_as_near_as_its_best_word():
    assert like(CLAUSES, 0) == [1.0, 0.0, 0.0, 0.0, 1.0]


def test_terms_share_by_their_weights():
    assert like(["水库", "公园"], 0, 1, weights=(3.0, 1.0)) == [0.75, 0.25]


def test_a_clause_without_content_is_near_to_nothing_wherever_it_stands():
    for clauses in (["的", "水库"], ["水库", "的"], ["的", "水库", "的", "的"]):
        assert like(clauses, 0) == [float(clause == "水库") for clause in clauses]


def test_each_term_has_a_row_and_each_clause_a_column():
    assert nearness(["水库公园", "公园", "的"], 0, 1) == [[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]


@pytest.mark.parametrize(("clauses", "terms"), [(CLAUSES, ()), ([], (0, 1)), (["的", "，"], (0,))])
def test_without_terms_or_words_nothing_is_near_and_the_shape_is_kept(clauses: list[str], terms: tuple[int, ...]):
    found = over(*clauses).nearest(AXES[list(terms)])
    assert found.shape == (len(terms), len(clauses)) and not found.any()


def test_without_terms_every_clause_is_equally_far():
    assert like(CLAUSES) == [0.0] * 5


def test_terms_of_no_weight_are_worth_nothing():
    assert like(["水库"], 0, weights=(0.0,)) == [0.0]


@pytest.mark.parametrize("clauses", [[], ["的", "，"]], ids=["no clause", "no content"])
def test_a_report_without_words_is_near_to_nothing(clauses: list[str]):
    assert like(clauses, 0) == [0.0] * len(clauses)


def test_a_word_outside_the_vocabulary_is_passed_over():
    assert like(["医院水库"], 0) == [1.0]


@given(
    st.lists(st.text("水库公园小区的新建，医院", max_size=12), max_size=8),
    st.lists(st.text("水库公园医院", min_size=1, max_size=4), max_size=4),
)
def test_each_clause_gets_a_likeness_from_nothing_to_all(clauses: list[str], terms: list[str]):
    embedder = HashEmbedder()
    words = list(dict.fromkeys(word for clause in clauses for word in content_words(clause)))
    vocabulary = Vocabulary(clauses, words, embedder.embed_array(words))
    found = likeness(vocabulary.nearest(embedder.embed_array(terms)), [1.0] * len(terms))
    assert found.shape == (len(clauses),) and ((found >= 0) & (found <= 1)).all()


@given(st.permutations(CLAUSES))
def test_the_likeness_of_a_clause_does_not_hang_on_its_neighbours(clauses: list[str]):
    clauses = [*clauses, "小区"]
    alone = [like([clause], 0, 1)[0] for clause in clauses]
    assert like(clauses, 0, 1) == pytest.approx(alone)


def test_the_last_word_counts_though_a_clause_without_words_follows():
    assert like(["水库公园", "，"], 1) == [1.0, 0.0]
