"""The gate complains of each figure beyond its floor and of each that is missing, and of nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.gate import FLOOR, floors, shortfalls
from eval.intervals import Interval
from eval.measures import MEASURES, Figures
from eval.questions import ANSWERED, REFUSED
from eval.summary import TOTAL


def figures(**means: float | None) -> Figures:
    """Of one kind; their intervals play no part."""
    return {"number": {name: Interval(mean, 0.0, 1.0, 10) for name, mean in means.items()}}


@pytest.mark.parametrize(
    ("name", "told", "floor", "holds"),
    [
        ("accuracy", 0.91, 0.9, True),
        ("accuracy", 0.9, 0.9, True),
        ("accuracy", 0.89, 0.9, False),
        ("false_refusal", 0.04, 0.05, True),
        ("false_refusal", 0.05, 0.05, True),
        ("false_refusal", 0.06, 0.05, False),
        ("confused", 0.0, 0.0, True),
        ("confused", 0.01, 0.0, False),
    ],
)
def test_a_share_of_what_is_good_may_not_be_lower_and_one_of_what_is_bad_not_higher(
    name: str, told: float, floor: float, holds: bool
):
    assert (list(shortfalls(figures(**{name: told}), {"number": {name: floor}})) == []) is holds


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("accuracy", "number accuracy：0.500，应 ≥ 0.900"),
        ("false_refusal", "number false_refusal：0.950，应 ≤ 0.900"),
    ],
    ids=["too low", "too high"],
)
def test_a_line_says_what_was_wanted_and_what_came(name: str, line: str):
    found = figures(accuracy=0.5, false_refusal=0.95)
    assert list(shortfalls(found, {"number": {name: 0.9}})) == [line]


@pytest.mark.parametrize(
    ("kind", "name"),
    [("number", "refusal"), ("list", "accuracy"), ("number", "acuracy")],
    ids=["undefined", "no such kind", "no such measure"],
)
def test_a_figure_that_is_not_there_does_not_pass(kind: str, name: str):
    found = figures(accuracy=1.0, refusal=None)
    assert list(shortfalls(found, {kind: {name: 0.1}})) == [f"{kind} {name}：没有结果，应 ≥ 0.100"]


def test_each_shortfall_is_told_and_what_has_no_floor_is_not_asked():
    found = figures(accuracy=0.5, facts=0.5, exact=0.5)
    wanted = {"number": {"accuracy": 0.6, "facts": 0.7}}
    assert [line.split("：")[0] for line in shortfalls(found, wanted)] == ["number accuracy", "number facts"]


def test_floors_are_read_by_kind(tmp_path: Path):
    path = tmp_path / "floor.toml"
    path.write_text('["合计"]\naccuracy = 0.9\n\n[number]\nexact = 1.0\n', encoding="utf-8")
    assert floors(path) == {TOTAL: {"accuracy": 0.9}, "number": {"exact": 1.0}}


def test_every_floor_that_we_set_is_of_a_measure_and_a_kind_that_there_is():
    wanted = floors(FLOOR)
    assert wanted.keys() <= ANSWERED | REFUSED | {TOTAL}
    assert wanted and {name for measures in wanted.values() for name in measures} <= MEASURES.keys()
