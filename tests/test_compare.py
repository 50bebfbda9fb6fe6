"""Two runs side by side: only what both asked is compared, only what is sure is said to rise or fall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.errors import UsageError
from chatbot.types import Answer
from eval.compare import HEADINGS, MOST, compare
from eval.judge import Verdict
from eval.questions import GoldQuestion
from eval.runs import keep
from eval.summary import Judged

GOLD = GoldQuestion("T", "number", "新增里程是多少？", ("21公里",), (), ("新增里程21公里",), "一", False, "")
UNTOLD = replace(GOLD, category="unanswerable", facts=(), evidence=(), refuse=True, why="没有说")


def judged(gold: GoldQuestion, right: bool | None) -> Judged:
    verdict = (
        Verdict(right, bool(right)) if gold.refuse else Verdict(right, False, facts=None if right is None else 1.0)
    )
    return Judged(gold, Answer("answered", ("答\n案" if right else "错\n了",)), verdict)


def numbered(rights: Sequence[bool | None], gold: GoldQuestion = GOLD) -> list[Judged]:
    """Questions T0, T1, …, answered right or not."""
    return [judged(replace(gold, id=f"T{i}"), right) for i, right in enumerate(rights)]


def compared(results: Path, before: Sequence[Judged], after: Sequence[Judged]) -> list[str]:
    """The lines of the comparison of two runs of one set."""
    for name, found in (("before", before), ("after", after)):
        keep(name, {}, {"towns": list(found)}, {}, full=False, results=results)
    return compare("before", "after", results).split("\n")


def row(lines: Sequence[str], name: str) -> list[str]:
    return next(line.split() for line in lines if line.split()[:1] == [name])


def test_a_measure_is_told_before_and_after_with_the_difference_and_its_interval(tmp_path: Path):
    lines = compared(tmp_path, numbered([False] * 4), numbered([True] * 4))
    assert lines[0].split() == " ".join(HEADINGS).split()
    assert row(lines, "accuracy") == ["accuracy", "4", "0.000", "1.000", "1.000", "1.000", "…", "1.000", "升"]


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ([True] * 9, [False] * 9, "降"),
        ([False] * 9, [True] * 9, "升"),
        ([True] * 9, [True] * 9, ""),
        ([True] * 8 + [False], [True] * 9, ""),
    ],
    ids=["lost", "won", "the same", "one of nine, which may be chance"],
)
def test_only_a_difference_that_is_sure_is_called_one(tmp_path: Path, before: list[bool], after: list[bool], word: str):
    found = row(compared(tmp_path, numbered(before), numbered(after)), "accuracy")
    assert found[8:] == ([word] if word else [])


def test_only_questions_that_both_runs_asked_are_compared(tmp_path: Path):
    lines = compared(tmp_path, numbered([True, True, False]), numbered([True, True, True, False, False])[1:])
    assert row(lines, "accuracy")[1:5] == ["2", "0.500", "1.000", "0.500"]
    assert "两次都问了 2 题；只在前一次 1 题，只在后一次 2 题" in lines


def test_a_measure_that_no_question_has_twice_has_no_row(tmp_path: Path):
    lines = compared(tmp_path, numbered([True, None]), numbered([None, True]))
    assert not any(line.startswith(("accuracy", "refusal")) for line in lines)


def test_questions_that_changed_are_told_each_way_with_the_new_answer_in_one_line(tmp_path: Path):
    lines = compared(tmp_path, numbered([False, True, True]), numbered([True, True, False]))
    assert lines[-4:] == [
        "由错变对：1 题",
        f"  T0\tnumber\t{GOLD.question}\t答 案",
        "由对变错：1 题",
        f"  T2\tnumber\t{GOLD.question}\t错 了",
    ]


def test_a_refusal_that_is_now_right_is_a_change_too(tmp_path: Path):
    lines = compared(tmp_path, numbered([False], UNTOLD), numbered([True], UNTOLD))
    assert "由错变对：1 题" in lines and row(lines, "refusal")[4] == "1.000"


def test_a_question_without_a_verdict_has_not_changed(tmp_path: Path):
    lines = compared(tmp_path, numbered([None]), numbered([True]))
    assert lines[-2:] == ["由错变对：0 题", "由对变错：0 题"]


def test_of_many_changes_some_are_shown_and_all_are_counted(tmp_path: Path):
    lines = compared(tmp_path, numbered([True] * (MOST + 3)), numbered([False] * (MOST + 3)))
    assert f"由对变错：{MOST + 3} 题" in lines
    assert len([line for line in lines if line.startswith("  T")]) == MOST
    assert lines[-1] == "  …另有 3 题"


def test_runs_that_asked_nothing_in_common_are_told_apart(tmp_path: Path):
    lines = compared(tmp_path, [], numbered([True]))
    assert "两次都问了 0 题；只在前一次 0 题，只在后一次 1 题" in lines


def test_a_run_that_is_not_there_is_named(tmp_path: Path):
    compared(tmp_path, [], [])
    with pytest.raises(UsageError, match="none-such"):
        compare("before", "none-such", tmp_path)
