"""Learning the dual encoder: the slope is that of the loss, learning lowers it, and the pairs keep their form."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from index_fakes import silent

from chatbot.wordlists import sayings
from eval.questions import load_sets
from eval.train import DIMENSIONS, PAIRS, Learner, Look, Pair, Weights, info_nce, load_pairs, train
from vectorstore.dual import DualEncoder, Side
from vectorstore.embed import Vectors

TINY = (
    Pair("渔船有没有装定位", "渡口渔船全部换装卫星定位终端", "渡口客船全部更新救生设备"),
    Pair("渔船上装了什么", "渡口渔船全部换装卫星定位终端", ""),
    Pair("山里学校有没有校医", "为山区学校配备专职校医120名", "为山区学校配备体育教师80名"),
    Pair("学校校医添了几个", "为山区学校配备专职校医120名", ""),
    Pair("农机购置补了多少钱", "发放农机购置补贴2.6亿元", "发放种粮补贴3.1亿元"),
    Pair("买农机有补贴没有", "发放农机购置补贴2.6亿元", ""),
    Pair("书屋建了几处", "建成城市书屋35处", "建成城市公园28处"),
    Pair("城市书屋晚上开不开", "建成城市书屋35处", ""),
)
KINDS = np.array([0, 1, 2, 3], np.intp)
FILES = sorted(PAIRS.glob("*.tsv"))
each_file = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])


def cosines(clauses: int = 6) -> Vectors:
    """Of four questions with their four clauses and as many near misses as are left."""
    return np.random.default_rng(5).uniform(-1, 1, (4, clauses))


def loss(dual: DualEncoder) -> float:
    """Of the tiny set, with no token left out."""
    asked, told = encoded(dual.questions, *(p.question for p in TINY)), encoded(dual.clauses, *(p.clause for p in TINY))
    return info_nce(asked @ told.T, 10.0, np.unique([p.clause for p in TINY], return_inverse=True)[1])[0]


def encoded(side: Side, *texts: str) -> Vectors:
    return side.encode(texts)


def learner(*texts: str) -> Learner:
    return Learner(texts, np.random.default_rng(0))


def look(one: Learner) -> Look:
    """The first two texts, the same tokens left out each time."""
    return one.look(np.array([0, 1]), np.random.default_rng(7))


def rows(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def bare(text: str) -> str:
    """`text` without punctuation and spaces, in lower case."""
    return re.sub(r"[\W_]", "", text).lower()


@pytest.mark.parametrize("kinds", [KINDS, np.array([0, 1, 0, 2], np.intp)], ids=["all different", "twins"])
@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_the_slope_is_that_of_the_loss(kinds: np.ndarray, scale: float):
    point, step = cosines(), 1e-5
    slope = info_nce(point, scale, kinds)[1]
    for place in np.ndindex(point.shape):
        moved = np.zeros_like(point)
        moved[place] = step / scale
        rise = info_nce(point + moved, scale, kinds)[0] - info_nce(point - moved, scale, kinds)[0]
        assert slope[place] == pytest.approx(rise / (2 * step), abs=1e-5)


def test_of_the_loss_nothing_is_left_where_every_question_knows_its_clause():
    known = 2 * np.eye(4) - 1
    assert info_nce(known, 20.0, KINDS)[0] < 1e-6 < info_nce(-known, 20.0, KINDS)[0]


def test_where_nothing_is_known_the_loss_is_that_of_a_guess():
    assert info_nce(np.zeros((4, 6)), 10.0, KINDS)[0] == pytest.approx(np.log(6), abs=1e-6)


def test_twins_are_not_pushed_apart():
    slope = info_nce(cosines(), 5.0, np.array([0, 1, 0, 2], np.intp))[1]
    assert slope[0, 2] == slope[2, 0] == 0 < min(slope[0, 1], slope[0, 3], slope[1, 0])


def test_a_near_miss_is_pushed_away_from_every_question():
    assert (info_nce(cosines(), 5.0, KINDS)[1][:, 4:] > 0).all()


def test_the_cosines_are_left_as_they_were():
    point = cosines()
    info_nce(point, 5.0, np.zeros(4, np.intp))
    assert np.array_equal(point, cosines())


def test_a_step_goes_against_the_slope_and_touches_only_its_rows():
    weights = Weights(np.ones((3, 2), np.float32))
    weights.step(np.array([[2.0, -3.0]], np.float32), 0.1, 1, np.array([1]))
    assert weights.value == pytest.approx(np.array([[1, 1], [0.9, 1.1], [1, 1]]), abs=1e-5)


def test_a_token_seen_once_is_not_learned():
    assert {"书屋"} == {"书屋", "灯塔"} & learner("城市书屋", "乡村书屋", "灯塔").vocabulary.keys()


def test_each_token_has_a_vector():
    side = learner("城市书屋", "乡村书屋").side()
    assert side.table.shape == (len(side.vocabulary), DIMENSIONS)


def test_learning_moves_what_is_encoded_against_the_slope():
    one = learner("城市书屋开放", "城市书屋建成")
    slope = np.random.default_rng(2).normal(0, 1, (2, DIMENSIONS)).astype(np.float32)
    before = look(one)
    one.learn(before, slope, 1e-3, 1)
    assert len(before.rows) and (slope * look(one).encoded).sum() < (slope * before.encoded).sum()


def test_what_is_encoded_while_learning_has_length_one():
    assert np.linalg.norm(look(learner("城市书屋", "乡村书屋")).encoded, axis=1) == pytest.approx([1, 1], abs=1e-5)


def test_learning_lowers_the_loss():
    before, after = (train(TINY, silent, epochs) for epochs in (0, 40))
    assert loss(after) < loss(before) / 2


def test_after_learning_every_question_finds_its_clause_before_the_others():
    dual = train(TINY, silent, 40)
    clauses = list(dict.fromkeys(pair.clause for pair in TINY))
    nearest = np.argmax(
        encoded(dual.questions, *(p.question for p in TINY)) @ encoded(dual.clauses, *clauses).T, axis=1
    )
    assert [clauses[place] for place in nearest] == [pair.clause for pair in TINY]


def test_the_same_pairs_give_the_same_encoder():
    one, other = (train(TINY, silent, 3) for _ in range(2))
    for mine, yours in ((one.questions, other.questions), (one.clauses, other.clauses)):
        assert mine.vocabulary == yours.vocabulary
        assert np.array_equal(mine.table, yours.table)


def test_learning_tells_of_every_round():
    told: list[str] = []
    train(TINY, told.append, 3)
    assert [line.split()[1] for line in told] == ["1/3", "2/3", "3/3"]


def test_comments_and_empty_lines_are_read_away_and_official_terms_left_out(tmp_path: Path):
    (tmp_path / "b.tsv").write_text("# 说明\n\n书屋几处\t建成书屋35处\t建成公园28处\t书屋\n", encoding="utf-8")
    (tmp_path / "a.tsv").write_text("渔船定位\t渔船换装定位\t\t渔船\n#渔船\t定位\t无\t无\n", encoding="utf-8")
    assert load_pairs(tmp_path)[:2] == [
        Pair("渔船定位", "渔船换装定位", ""),
        Pair("书屋几处", "建成书屋35处", "建成公园28处"),
    ]
    assert len(load_pairs(tmp_path)) == 2 + len(sayings())


def test_sayings_are_pairs_with_their_first_official_terms(tmp_path: Path):
    saying, terms = sayings()[0]
    assert load_pairs(tmp_path)[0] == Pair(saying, "、".join(terms[:4]), "")


@each_file
def test_every_pair_has_four_columns_and_none_is_empty(path: Path):
    wrong = [row for row in rows(path) if len(row) != 4 or any(not cell or cell != cell.strip() for cell in row)]
    assert rows(path) and wrong == []


@each_file
def test_no_near_miss_is_the_answer_itself(path: Path):
    assert [row for row in rows(path) if bare(row[1]) == bare(row[2])] == []


@each_file
def test_no_question_stands_twice_in_a_file(path: Path):
    assert [question for question, times in Counter(bare(row[0]) for row in rows(path)).items() if times > 1] == []


def test_no_pair_asks_what_our_question_sets_ask():
    tested = {bare(turn) for asked in load_sets() for gold in asked.questions for turn in (gold.question, *gold.turns)}
    assert len(tested) > 500
    assert [row[0] for path in FILES for row in rows(path) if bare(row[0]) in tested] == []
