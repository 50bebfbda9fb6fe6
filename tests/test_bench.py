"""What the benchmark makes of its measurements. No test measures anything."""

from __future__ import annotations

import json

import pytest

from chatbot.settings import Settings
from eval.bench import Figure, batch_lines, number, row, stage_figures
from eval.processes import environment, megabytes
from eval.questions import GoldQuestion
from eval.summary import mean, percentile
from eval.table import shown, table, width


@pytest.mark.parametrize(
    ("values", "target", "more", "met"),
    [
        ((3.0, 4.0, 9.0), 6, False, True),
        ((3.0, 7.0, 9.0), 6, False, False),
        ((900.0,), 500, True, True),
        ((400.0,), 500, True, False),
        ((400.0,), None, False, None),
    ],
)
def test_the_median_is_held_against_the_target(values: tuple[float, ...], target: int | None, more: bool, met: bool):
    assert Figure("x", values, "s", target, more).met is met


def test_a_row_shows_median_range_target_and_number_of_runs():
    assert row(Figure("冷启动", (3.0, 2.5, 7.25), "s", 6)) == ["冷启动", "3 s", "2.50–7.25", "≤ 6 s", "达到", "3"]


def test_a_summary_value_says_how_many_measurements_stand_behind_it():
    assert row(Figure("p95", (12.34,), "ms", count=530))[-1] == "530"


def test_times_are_summed_up_by_stage_and_only_the_whole_has_a_target():
    stages = dict.fromkeys(("understand", "retrieve", "draft", "verify"), 1.0)
    answers = [{"timing_ms": stages | {"total": float(ms)}} for ms in range(1, 101)]
    figures = {f.name: f for f in stage_figures(answers)}
    assert figures["一问 total p50"].values == (51.0,) and figures["一问 total p95"].values == (96.0,)
    assert [f.name for f in figures.values() if f.target] == ["一问 total p50", "一问 total p95"]


def test_questions_are_handed_over_as_batch_reads_them():
    gold = GoldQuestion("T1", "fact", "修了多长？", (), (), (), "", False, "", ("三号线开通了吗？", "修了多长？"))
    assert json.loads(batch_lines([gold])) == {"id": "T1", "turns": ["三号线开通了吗？", "修了多长？"]}


@pytest.mark.parametrize(("platform", "maxrss"), [("linux", 500_000), ("darwin", 512_000_000)])
def test_peak_memory_is_in_megabytes_on_every_system(platform: str, maxrss: int):
    assert megabytes(maxrss, platform) == 512.0


def test_another_process_is_told_every_folder(tmp_path):
    told = environment(Settings(home=tmp_path / "h", reports_dir=tmp_path / "r", _env_file=None))
    assert told["ZHENGWEN_HOME"] == str(tmp_path / "h") and told["ZHENGWEN_REPORTS_DIR"] == str(tmp_path / "r")


@pytest.mark.parametrize(
    ("value", "text"), [(1696, "1696"), (145.6, "146"), (28.04, "28.0"), (0.612, "0.61"), (6, "6")]
)
def test_numbers_keep_the_digits_that_count(value: float, text: str):
    assert number(value) == text


def test_columns_are_aligned_with_chinese_counted_as_two():
    lines = table([["题型", "数"], ["number", "105"]]).splitlines()
    assert lines[0] == "题型     数" and lines[2] == "number  105"
    assert width("题型") == 4 and {width(line) for line in lines} == {11}


def test_what_is_undefined_is_a_dash_and_counts_for_nothing():
    assert shown(None) == "–" and mean([]) is None and percentile([], 0.5) is None
    assert mean([1.0, None, 0.0]) == 0.5
