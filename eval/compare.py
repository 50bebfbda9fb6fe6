"""Two runs side by side: each measure with the difference in pairs, and the questions that changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eval.intervals import Interval, difference, interval
from eval.runs import RESULTS, Told, load
from eval.table import shown, table

MOST = 20  # changed questions shown of each direction
HEADINGS = ("指标", "题数", "前", "后", "差", "95% 区间", "")


def compare(before: str, after: str, results: Path = RESULTS) -> str:
    """The table and the changed questions of the runs of these names. Raises UsageError where one is missing."""
    old, new = ({told.key: told for told in load(name, results)} for name in (before, after))
    both = [key for key in old if key in new]
    rows = [_row(name, [old[key] for key in both], [new[key] for key in both]) for name in _names(new)]
    changed = [*_changed(old, new, both, better=True), *_changed(old, new, both, better=False)]
    apart = f"两次都问了 {len(both)} 题；只在前一次 {len(old) - len(both)} 题，只在后一次 {len(new) - len(both)} 题"
    return "\n".join([table([HEADINGS, *filter(None, rows)]), apart, *changed])


def _names(run: dict[tuple[str, str], Told]) -> list[str]:
    return list(next(iter(run.values())).measures) if run else []


def _row(name: str, old: Sequence[Told], new: Sequence[Told]) -> list[str] | None:
    """One measure; None where no question has it in both runs."""
    pairs = [(a.measures.get(name), b.measures.get(name)) for a, b in zip(old, new, strict=True)]
    kept = [(a, b) for a, b in pairs if a is not None and b is not None]
    if not kept:
        return None
    before, after = zip(*kept, strict=True)
    change = difference(before, after)
    means = (interval(before).mean, interval(after).mean, change.mean)
    return [name, str(len(kept)), *map(shown, means), f"{shown(change.low)} … {shown(change.high)}", _word(change)]


def _word(change: Interval) -> str:
    """What can be said for sure: that a figure rose or fell."""
    if change.low is None or change.high is None or change.low <= 0 <= change.high:
        return ""
    return "升" if change.low > 0 else "降"


def _changed(
    old: dict[tuple[str, str], Told], new: dict[tuple[str, str], Told], keys: Sequence[tuple[str, str]], better: bool
) -> list[str]:
    """Questions that are right now and were not, or the other way."""
    found = [key for key in keys if _right(old[key]) is (not better) and _right(new[key]) is better]
    head = f"{'由错变对' if better else '由对变错'}：{len(found)} 题"
    lines = [f"  {new[key].id}\t{new[key].category}\t{new[key].question}\t{_short(new[key].answer)}" for key in found]
    return [head, *lines[:MOST], *([f"  …另有 {len(found) - MOST} 题"] if len(found) > MOST else [])]


def _right(told: Told) -> bool | None:
    values = [told.measures.get(name) for name in ("accuracy", "refusal")]
    return next((value == 1 for value in values if value is not None), None)


def _short(text: str) -> str:
    return " ".join(text.split())[:80]
