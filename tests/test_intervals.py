"""A mean is told with how sure it is, and what is undefined counts in nothing."""

from __future__ import annotations

import numpy as np
import pytest

from eval.intervals import Interval, difference, interval


def test_an_interval_holds_its_mean_and_lies_within_the_values():
    found = interval([0.0, 1.0, 1.0, 0.25])
    assert found.mean == 0.5625 and found.n == 4
    assert 0.0 <= found.low < found.mean < found.high <= 1.0  # type: ignore[operator]


def test_what_is_undefined_is_left_out_and_not_taken_for_nothing():
    assert interval([1.0, None, 0.5, None]) == interval([1.0, 0.5])


@pytest.mark.parametrize("values", [[], [None, None]], ids=["no values", "none defined"])
def test_a_mean_of_nothing_is_undefined(values: list[float | None]):
    assert interval(values) == Interval(None, None, None, 0)


@pytest.mark.parametrize("values", [[0.3], [0.3, 0.3, 0.3]], ids=["one value", "all the same"])
def test_values_that_agree_leave_no_room(values: list[float]):
    found = interval(values)
    assert found[:3] == pytest.approx((0.3, 0.3, 0.3))


def test_the_same_values_give_the_same_interval():
    values = np.random.default_rng(2).random(50).tolist()
    assert interval(values) == interval(values)


def test_more_values_of_the_same_spread_make_it_surer():
    few, many = interval([0.0, 1.0] * 5), interval([0.0, 1.0] * 500)
    assert few.high - few.low > 5 * (many.high - many.low)  # type: ignore[operator]


def test_the_interval_is_that_of_the_normal_law_where_values_are_many():
    """1.96 standard errors on either side (Efron and Tibshirani 1993, chapter 13)."""
    values = np.random.default_rng(3).normal(size=1000)
    error = values.std() / np.sqrt(len(values))
    low, high = values.mean() - 1.96 * error, values.mean() + 1.96 * error
    assert interval(values.tolist())[1:3] == pytest.approx((low, high), abs=0.1 * error)


def test_a_difference_is_taken_question_by_question():
    """A gain of a tenth everywhere is sure, however far the questions lie apart."""
    before = [0.0, 0.2, 0.5, 0.9]
    assert difference(before, [value + 0.1 for value in before])[:3] == pytest.approx((0.1, 0.1, 0.1))


def test_a_difference_is_over_the_questions_that_are_defined_twice():
    found = difference([0.0, None, 1.0], [1.0, 1.0, None])
    assert (found.mean, found.n) == (1.0, 1)


def test_a_loss_is_negative():
    assert difference([1.0, 1.0], [0.0, 0.0]).mean == -1.0


def test_two_runs_of_different_length_are_not_compared():
    with pytest.raises(ValueError, match="shorter"):
        difference([1.0, 1.0], [1.0])
