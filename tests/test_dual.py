"""The dual encoder: unit vectors for any text, the same after it is saved, and learned likeness beyond shared words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.segment import tokens
from vectorstore.dual import LONGEST, DualEncoder, Side, load, means, save, shipped
from vectorstore.embed import Vectors

SIZE = 16  # dimensions of the space
CLAUSES = (
    "渡口渔船全部换装卫星定位终端",
    "为山区学校配备专职校医120名",
    "发放农机购置补贴2.6亿元",
    "建成城市书屋35处并延时开放",
    "修复废弃矿山生态1800亩",
)
# a question, the same in other words, and the place of the clause that answers both
ASKED = [
    ("山里的学堂有没有大夫给娃看病", "山区小学有医生吗", 1),
    ("买拖拉机国家给贴钱不", "种地机器补了多少钱", 2),
    ("下班以后还有地方看书不", "家附近能借书的屋子有几个", 3),
    ("挖空的山头后来种上树没有", "废矿坑治理了多大一片", 4),
]


def side(texts: list[str], seed: int) -> Side:
    """A side that knows the tokens of these texts, with numbers drawn at random."""
    draw = np.random.default_rng(seed)
    words = sorted({token for text in texts for token in tokens(text)})
    table = draw.normal(0, 1, (len(words), SIZE)).astype(np.float32)
    return Side({w: i for i, w in enumerate(words)}, table)


def a_dual() -> DualEncoder:
    return DualEncoder(side([text for one, other, _ in ASKED for text in (one, other)], 1), side([*CLAUSES], 2))


def encoded(side: Side, *texts: str) -> Vectors:
    return side.encode(texts)


def ranking(dual: DualEncoder, question: str) -> list[int]:
    """Places in CLAUSES, likeliest first."""
    return np.argsort(-(dual.clauses.encode(CLAUSES) @ dual.questions.encode([question])[0])).tolist()


@pytest.mark.parametrize("count", [0, 1, 5])
def test_each_text_gets_one_vector(count: int):
    vectors = a_dual().clauses.encode(CLAUSES[:count])
    assert vectors.shape == (count, SIZE) and vectors.dtype == np.float32


@given(st.lists(st.text("山区学校a1 ，渔船补贴灯塔", max_size=30), min_size=1, max_size=4))
def test_every_vector_has_length_one_or_none(texts: list[str]):
    known = a_dual().clauses
    lengths = [float(any(token in known.vocabulary for token in tokens(text))) for text in texts]
    assert np.linalg.norm(encoded(known, *texts), axis=1) == pytest.approx(lengths, abs=1e-5)


def test_a_text_is_encoded_the_same_whatever_stands_beside_it():
    alone = [encoded(a_dual().clauses, text)[0] for text in (*CLAUSES, "", "xyz")]
    assert encoded(a_dual().clauses, *CLAUSES, "", "xyz") == pytest.approx(np.array(alone), abs=1e-6)


@pytest.mark.parametrize("text", ["", "？", "xyz qrs", "灯塔"], ids=["empty", "punctuation", "latin", "chinese"])
def test_without_a_known_token_the_vector_is_zero(text: str):
    assert not a_dual().clauses.encode([text]).any()


def test_unknown_tokens_change_nothing_beside_known_ones():
    known = a_dual().clauses
    assert np.array_equal(known.encode([f"{CLAUSES[0]} xyz"]), known.encode([CLAUSES[0]]))


def test_a_token_said_twice_counts_once():
    twice, once, other = (a_dual().clauses.encode([text]) for text in ("书屋，书屋，渔船", "书屋，渔船", "书屋"))
    assert np.array_equal(twice, once) and not np.allclose(once, other)


def test_of_an_endless_text_only_the_first_tokens_are_read():
    words = [f"w{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(LONGEST + 20)]
    long, cut, short = (side(words, 3).encode([" ".join(words[:n])]) for n in (LONGEST + 20, LONGEST, LONGEST - 1))
    assert np.array_equal(long, cut) and not np.array_equal(cut, short)


def test_runs_of_rows_are_averaged_and_an_empty_run_is_zero():
    rows = np.array([[1, 0], [3, 2], [5, 5]], np.float32)
    assert means(rows, np.array([0, 2, 0, 1, 0])).tolist() == [[0, 0], [2, 1], [0, 0], [5, 5], [0, 0]]


def test_what_was_saved_ranks_as_before(tmp_path: Path):
    dual = a_dual()
    save(dual, tmp_path / "dual.npz")
    again = load(tmp_path / "dual.npz")
    questions = [question for question, _, _ in ASKED]
    assert [ranking(again, question) for question in questions] == [ranking(dual, question) for question in questions]
    assert encoded(again.questions, *questions) == pytest.approx(encoded(dual.questions, *questions), abs=0.02)


def test_what_was_saved_keeps_its_tokens_in_8_bits(tmp_path: Path):
    dual = a_dual()
    save(dual, tmp_path / "dual.npz")
    with np.load(tmp_path / "dual.npz") as arrays:
        assert arrays["questions_table"].dtype == arrays["clauses_table"].dtype == np.int8
    again = load(tmp_path / "dual.npz")
    assert again.questions.vocabulary == dual.questions.vocabulary
    assert again.clauses.vocabulary == dual.clauses.vocabulary


@pytest.mark.parametrize("name", ["questions", "clauses"])
def test_the_shipped_sides_fit_together(name: str):
    one: Side = getattr(shipped(), name)
    assert len(one.vocabulary) == len(one.table) > 10_000
    assert np.isfinite(one.table).all()


@pytest.mark.parametrize(("question", "paraphrase", "right"), ASKED, ids=[question for question, _, _ in ASKED])
def test_a_question_and_its_paraphrase_come_nearest_to_the_clause_that_answers(
    question: str, paraphrase: str, right: int
):
    assert [ranking(shipped(), text)[0] for text in (question, paraphrase)] == [right, right]
