"""BM25 sees a passage with its headings; what nobody wrote scores nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.types import Passage, Period, Span
from vectorstore.lexical import LexicalIndex, tokenize


def passage(text: str, *path: str) -> Passage:
    return Passage(text, "r", Span(0, len(text)), path, None, Period("standing"), text)


PASSAGES = [
    passage("改造老旧小区130个。", "二、主要任务", "（一）改善民生"),
    passage("轨道交通三号线开通，新增里程21公里。", "一、回顾"),
    passage("GDP增长5.8%。", "一、回顾"),
    passage("……"),
]


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex.build(PASSAGES, "云川市政府工作报告")


@pytest.mark.parametrize(
    ("query", "best"),
    [("老旧小区改造了多少个", 0), ("三号线里程", 1), ("gdp", 2), ("5.8%", 2), ("改善民生", 0)],
    ids=["words", "bigrams", "latin in any case", "a figure", "a heading"],
)
def test_the_passage_that_says_it_comes_first(index: LexicalIndex, query: str, best: int):
    assert int(index.scores(query).argmax()) == best


def test_a_word_in_the_passage_weighs_more_than_the_same_word_in_a_heading():
    scores = LexicalIndex.build([passage("水库。", "民生"), passage("民生。", "水库")]).scores("水库")
    assert scores[0] > scores[1] > 0


def test_a_query_can_be_tokens(index: LexicalIndex):
    assert np.array_equal(index.scores(tokenize("里程")), index.scores("里程"))


@given(st.text())
def test_any_query_gives_one_finite_score_a_passage(text: str):
    scores = LexicalIndex.build(PASSAGES).scores(text)
    assert scores.shape == (len(PASSAGES),)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("query", ["", "航天发射", "，。"])
def test_what_nobody_wrote_scores_nothing(index: LexicalIndex, query: str):
    assert not index.scores(query).any()


def test_idf_is_larger_the_fewer_passages_hold_a_token(index: LexicalIndex):
    assert index.idf("航天") > index.idf("里程") > index.idf("回顾") > index.idf("报告")


def test_a_saved_index_scores_the_same(index: LexicalIndex, tmp_path: Path):
    index.save(tmp_path)
    assert np.array_equal(LexicalIndex.load(tmp_path).scores("轨道交通"), index.scores("轨道交通"))


def test_building_and_loading_print_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    LexicalIndex.build(PASSAGES).save(tmp_path)
    LexicalIndex.load(tmp_path).scores("轨道交通")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["vocab.index.json", "data.csc.index.npy", "params.index.json"])
def test_a_truncated_index_is_an_error(index: LexicalIndex, tmp_path: Path, name: str):
    index.save(tmp_path)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:20])
    with pytest.raises((OSError, ValueError)):
        LexicalIndex.load(tmp_path)
