"""The dual encoder: unit vectors for any text, the same after it is saved, and learned likeness beyond shared words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_fakes import HashEmbedder

from chatbot.segment import tokens
from chatbot.settings import load_settings
from vectorstore.dual import LONGEST, DualEncoder, Side, dual_for, load, means, save, shipped
from vectorstore.embed import DIMENSIONS, Embedder, OnnxEmbedder, Vectors
from vectorstore.model import is_present, model_path

MODEL = model_path(load_settings(None).cache)
SIZE, SENTENCE = 16, 64  # dimensions of the space, and of the sentence vectors of HashEmbedder
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
    table, projection = draw.normal(0, 1, (len(words), SIZE)), draw.normal(0, 0.2, (SENTENCE, SIZE))
    return Side({w: i for i, w in enumerate(words)}, table.astype(np.float32), projection.astype(np.float32))


def a_dual() -> DualEncoder:
    return DualEncoder("hash", side([text for one, other, _ in ASKED for text in (one, other)], 1), side([*CLAUSES], 2))


def encoded(side: Side, *texts: str) -> Vectors:
    return side.encode(texts, HashEmbedder().embed_array(texts))


def ranking(dual: DualEncoder, question: str, embedder: Embedder) -> list[int]:
    """Places in CLAUSES, likeliest first."""
    asked = dual.questions.encode([question], embedder.embed_array([question]))[0]
    return np.argsort(-(dual.clauses.encode(CLAUSES, embedder.embed_array(CLAUSES)) @ asked)).tolist()


@pytest.mark.parametrize("count", [0, 1, 5])
def test_each_text_gets_one_vector(count: int):
    vectors = a_dual().clauses.encode(CLAUSES[:count], np.zeros((count, SENTENCE), np.float32))
    assert vectors.shape == (count, SIZE) and vectors.dtype == np.float32


@given(st.lists(st.text("山区学校a1 ，渔船补贴灯塔", max_size=30), min_size=1, max_size=4))
def test_every_vector_has_length_one(texts: list[str]):
    assert np.linalg.norm(encoded(a_dual().clauses, *texts), axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-5)


def test_a_text_is_encoded_the_same_whatever_stands_beside_it():
    alone = [encoded(a_dual().clauses, text)[0] for text in (*CLAUSES, "", "xyz")]
    assert encoded(a_dual().clauses, *CLAUSES, "", "xyz") == pytest.approx(np.array(alone), abs=1e-6)


@pytest.mark.parametrize("text", ["", "？", "xyz qrs", "灯塔"], ids=["empty", "punctuation", "latin", "chinese"])
def test_without_a_known_token_the_sentence_alone_speaks(text: str):
    known, sentence = a_dual().clauses, HashEmbedder().embed_array([text])
    alone = sentence @ known.projection
    assert known.encode([text], sentence) == pytest.approx(alone / np.linalg.norm(alone), abs=1e-6)


def test_unknown_tokens_change_nothing_beside_known_ones():
    known, sentence = a_dual().clauses, HashEmbedder().embed_array([CLAUSES[0]])
    assert np.array_equal(known.encode([f"{CLAUSES[0]} xyz"], sentence), known.encode([CLAUSES[0]], sentence))


def test_where_nothing_at_all_is_known_the_vector_is_zero():
    assert not a_dual().clauses.encode([""], np.zeros((1, SENTENCE), np.float32)).any()


def test_a_token_said_twice_counts_once():
    known, sentence = a_dual().clauses, HashEmbedder().embed_array(["书屋"])
    twice, once, other = (known.encode([text], sentence) for text in ("书屋，书屋，渔船", "书屋，渔船", "书屋"))
    assert np.array_equal(twice, once) and not np.allclose(once, other)


def test_of_an_endless_text_only_the_first_tokens_are_read():
    words = [f"w{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(LONGEST + 20)]
    known, sentence = side(words, 3), HashEmbedder().embed_array(["w"])
    long, cut, short = (known.encode([" ".join(words[:n])], sentence) for n in (LONGEST + 20, LONGEST, LONGEST - 1))
    assert np.array_equal(long, cut) and not np.array_equal(cut, short)


def test_runs_of_rows_are_averaged_and_an_empty_run_is_zero():
    rows = np.array([[1, 0], [3, 2], [5, 5]], np.float32)
    assert means(rows, np.array([0, 2, 0, 1, 0])).tolist() == [[0, 0], [2, 1], [0, 0], [5, 5], [0, 0]]


def test_what_was_saved_ranks_as_before(tmp_path: Path):
    dual, embedder = a_dual(), HashEmbedder()
    save(dual, tmp_path / "dual.npz")
    again = load(tmp_path / "dual.npz")
    questions = [question for question, _, _ in ASKED]
    assert [ranking(again, q, embedder) for q in questions] == [ranking(dual, q, embedder) for q in questions]
    assert again.encoder == dual.encoder
    assert encoded(again.questions, *questions) == pytest.approx(encoded(dual.questions, *questions), abs=0.02)


def test_what_was_saved_keeps_its_tokens_in_8_bits(tmp_path: Path):
    dual = a_dual()
    save(dual, tmp_path / "dual.npz")
    with np.load(tmp_path / "dual.npz") as arrays:
        assert arrays["questions_table"].dtype == arrays["clauses_table"].dtype == np.int8
    again = load(tmp_path / "dual.npz")
    assert again.questions.vocabulary == dual.questions.vocabulary
    assert again.clauses.vocabulary == dual.clauses.vocabulary


def test_beside_another_encoder_there_is_none():
    assert dual_for(HashEmbedder()) is None


def test_the_shipped_one_was_learned_on_the_built_in_encoder():
    built_in = OnnxEmbedder(Path("nowhere.onnx"))
    assert shipped().encoder == built_in.name and dual_for(built_in) is shipped()


@pytest.mark.parametrize("name", ["questions", "clauses"])
def test_the_shipped_sides_fit_together(name: str):
    one: Side = getattr(shipped(), name)
    assert len(one.vocabulary) == len(one.table) > 10_000
    assert one.projection.shape == (DIMENSIONS, one.table.shape[1])
    assert np.isfinite(one.table).all() and np.isfinite(one.projection).all()


@pytest.mark.skipif(not is_present(MODEL), reason="the model file is not there; `make setup` fetches it")
@pytest.mark.parametrize(("question", "paraphrase", "right"), ASKED, ids=[question for question, _, _ in ASKED])
def test_a_question_and_its_paraphrase_come_nearest_to_the_clause_that_answers(
    question: str, paraphrase: str, right: int
):
    embedder = OnnxEmbedder(MODEL)
    assert [ranking(shipped(), text, embedder)[0] for text in (question, paraphrase)] == [right, right]
