"""Learning what a fair question is, on data small enough to see through; the lists of demands keep their form."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from index_fakes import DIMENSIONS, HashEmbedder, silent

from eval.calibrate import FOLDS
from eval.fairness import (
    CUTS,
    DEMANDS,
    TAUGHT,
    cross_validated,
    cuts_table,
    demands,
    fair_questions,
    learn_fairness,
    messages,
)
from eval.questions import load_sets
from eval.train import Pair
from vectorstore.fair import FILE

FILES = sorted(DEMANDS.glob("*.tsv"))
each_file = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
PAIRS = [Pair(f"第{i}座水库在哪里", f"新建第{i}座水库", "") for i in range(7)]


def clouds(count: int = 60, apart: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of two kinds in turn, those that hold `apart` to the right of the others; the second number is noise."""
    draw, holds = np.random.default_rng(4), np.arange(count) % 2 == 0
    return draw.normal(0, 0.3, (count, 2)) + np.outer(np.where(holds, apart / 2, -apart / 2), [1, 0]), holds


def cells(found: np.ndarray, holds: np.ndarray) -> list[list[str]]:
    return [line.split() for line in cuts_table(found, holds).splitlines()]


# Messages


def test_of_a_list_only_the_messages_are_read(tmp_path: Path):
    (tmp_path / "a.tsv").write_text("# 说明\twrite\n\nwrite\t写一首诗\nchat\t今晚吃什么\t\n", encoding="utf-8")
    assert messages(tmp_path / "a.tsv") == ["写一首诗", "今晚吃什么"]


def test_demands_are_those_of_every_list_but_the_fair_one():
    assert {"attacks", "fair", "offtopic"} <= {path.stem for path in FILES}
    told = [message for path in FILES if path.stem != "fair" for message in messages(path)]
    assert demands() == told and len(told) > 1000 and not {*told} & {*messages(DEMANDS / "fair.tsv")}


def test_fair_questions_come_from_pairs_sets_and_the_fair_list():
    found = fair_questions(PAIRS)
    assert {pair.question for pair in PAIRS} | {*messages(DEMANDS / "fair.tsv")} <= {*found}
    kinds = {gold.question: gold.category for s in load_sets() for gold in s.questions}
    assert len({*kinds} & {*found}) > 400 and "adversarial" not in {kinds.get(question) for question in found}


def test_of_many_pairs_the_same_are_drawn_every_time_and_no_more_than_enough():
    many = [Pair(f"第{i}座水库在哪里", "", "") for i in range(TAUGHT + 5)]
    one, other = fair_questions(many), fair_questions(many)
    assert one == other and len({*one} & {pair.question for pair in many}) == TAUGHT


@each_file
def test_every_row_is_a_kind_and_a_message(path: Path):
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    assert rows and [row for row in rows if len(row) != 2 or any(not cell.strip() for cell in row)] == []


@each_file
def test_no_message_stands_twice_in_a_list(path: Path):
    assert [message for message, times in Counter(messages(path)).items() if times > 1] == []


# Learning


def test_what_is_learned_on_the_other_folds_tells_two_clouds_apart():
    vectors, holds = clouds()
    found = cross_validated(vectors, holds)
    assert found.shape == holds.shape and ((found > 0) == holds).all() and (np.abs(found) <= 1).all()


def test_no_message_is_judged_by_what_was_learned_from_itself():
    """One that lies on the wrong side is held for what its neighbours are."""
    vectors, holds = clouds()
    holds[0] = not holds[0]
    found = cross_validated(vectors, holds)
    assert (found[0] > 0) != holds[0]


def test_where_nothing_tells_them_apart_every_message_is_as_fair_as_most_are():
    holds = np.arange(50) % 5 > 0
    found = cross_validated(np.zeros((50, 2)), holds)
    assert found == pytest.approx(np.full(50, 0.6), abs=0.15)


def test_every_fold_is_judged():
    vectors, holds = clouds(FOLDS * 2)
    assert (cross_validated(vectors, holds) != 0).all()


def test_a_cut_turns_away_what_lies_below_it():
    found, holds = np.array([-0.95, -0.7, -0.5, 0.9, -0.3, 0.8]), np.array([False, False, False, False, True, True])
    told = {row[0]: row[1:] for row in cells(found, holds)[2:]}
    assert told["-0.9"] == ["0.250", "0.000"] and told["-0.6"] == ["0.500", "0.000"]
    assert told["-0.4"] == ["0.750", "0.000"] and told["-0.2"] == ["0.750", "0.500"]


def test_a_message_on_the_cut_is_let_through():
    assert cells(np.array([CUTS[0], 0.5]), np.array([False, True]))[2][1:] == ["0.000", "0.000"]


def test_the_table_has_a_row_for_each_cut():
    assert [float(row[0]) for row in cells(*map(np.array, ([-1.0, 1.0], [False, True])))[2:]] == list(CUTS)


def test_what_was_learned_is_written_under_the_name_of_its_encoder(tmp_path: Path):
    told: list[str] = []
    learn_fairness(PAIRS, HashEmbedder("some encoder"), told.append, tmp_path / FILE)
    with np.load(tmp_path / FILE) as held:
        assert held["encoder"].tobytes().decode() == "some encoder" and held["weights"].shape == (DIMENSIONS,)
    assert str(len(demands())) in told[0] and "误拦的提问" in told[1] and FILE in told[-1]


def test_the_same_data_teach_the_same(tmp_path: Path):
    for name in ("one", "other"):
        learn_fairness(PAIRS, HashEmbedder(), silent, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
