"""What the three trials found, as one table in Chinese, with a gate over what must hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eval.summary import mean, percentile
from eval.table import shown, table
from eval.trials import (
    LABELLED,
    MARGIN,
    RAISED,
    REFUSED,
    SHORT,
    UNLABELLED,
    WRITTEN,
    Met,
    Pair,
    calls,
)

LARGEST_OVERHEAD = 100.0  # milliseconds, p95
HEADINGS = ("项目", "实测", "要求", "")
_MOST = 3  # examples of each thing that may not be


@dataclass(frozen=True, slots=True)
class Found:
    """What the trials found; `overheads` are in milliseconds, `astray` are calls that no script expected."""

    met: dict[str, list[Met]]
    pairs: list[Pair]
    overheads: list[float]
    astray: list[str]


class Line(NamedTuple):
    """One line of the table; `held` is None where nothing is asked of the figure, and `gated` where it must hold."""

    name: str
    value: str
    wanted: str = ""
    held: bool | None = None
    gated: bool = True

    @property
    def cells(self) -> list[str]:
        return [self.name, self.value, self.wanted, {None: "", True: "达到", False: "未达到"}[self.held]]


def summary(found: Sequence[Met]) -> str:
    """One kind of fault in one line."""
    counted = "，".join(f"{outcome} {n}" for outcome, n in Counter(m.outcome for m in found).most_common())
    return f"{counted}，核对通不过 {_unverified(found)}，最慢 {max(m.seconds for m in found):.2f} s"


def _unverified(found: Iterable[Met]) -> int:
    return sum(len(m.reasons) for m in found if m.outcome != RAISED)


def report(found: Found, times: int) -> list[Line]:
    """The table, line by line."""
    return [
        Line(f"一、出故障的模型服务（{len(found.met)} 种，每种 {times} 次，夹杂正常回答）", ""),
        *_fault_lines([m for kind in found.met.values() for m in kind], found.astray),
        Line("二、说谎的模型", ""),
        *_liar_lines(found.pairs),
        Line("三、模型之外的用时（照抄的模型，不延迟）", ""),
        *_overhead_lines(found.overheads),
    ]


def _fault_lines(found: Sequence[Met], astray: Sequence[str]) -> list[Line]:
    counted = Counter(m.outcome for m in found)
    return [
        Line("回答", str(len(found))),
        *(Line(f"其中{outcome}", str(counted[outcome])) for outcome in (WRITTEN, LABELLED, REFUSED)),
        *(_none(f"其中{outcome}", counted[outcome]) for outcome in (UNLABELLED, RAISED)),
        _none("核对通不过的句子或引文", _unverified(found)),
        _none(f"超时的回答（每次调用 {SHORT.whole} s，另加 {MARGIN} s）", sum(m.late for m in found)),
        _none("剧本之外的请求", len(astray)),
        Line("最慢的回答", f"{max(m.seconds for m in found):.2f} s"),
    ]


def _none(name: str, count: int) -> Line:
    return Line(name, str(count), "0", count == 0)


def _liar_lines(found: Sequence[Pair]) -> list[Line]:
    status, facts, cited = (sum(column) for column in zip(*(pair.differs() for pair in found), strict=True))
    plain = mean(pair.plain.verdict.right for pair in found)
    lied = mean(pair.lied.verdict.right for pair in found)
    return [
        Line("题", str(len(found))),
        Line("其中问到模型", str(sum(bool(calls(pair.lied.answer)) for pair in found))),
        _none("状态不同", status),
        Line("要点的评判不同", str(facts)),
        Line("引文的评判不同", str(cited)),
        _none("因谎言答错", sum(pair.lost for pair in found)),
        Line("正确率：不用模型", shown(plain)),
        Line("正确率：说谎的模型", shown(lied), f"= {shown(plain)}", plain == lied, gated=False),
    ]


def _overhead_lines(found: Sequence[float]) -> list[Line]:
    p50, p95 = percentile(found, 0.50), percentile(found, 0.95)
    wanted = f"≤ {LARGEST_OVERHEAD:.0f} ms"
    return [
        Line("题", str(len(found))),
        Line("p50", f"{shown(p50, 1)} ms"),
        Line("p95", f"{shown(p95, 1)} ms", wanted, p95 is not None and p95 <= LARGEST_OVERHEAD, gated=False),
    ]


def printed(lines: Sequence[Line]) -> str:
    return table([HEADINGS, *(line.cells for line in lines)])


def gate(lines: Sequence[Line]) -> bool:
    return all(line.held is not False for line in lines if line.gated)


def examples(found: Found) -> list[str]:
    """The first of everything that may not be, in words."""
    every_one = [(name, m) for name, kind in found.met.items() for m in kind]
    wrong = [f"{name}：{reason}" for name, m in every_one for reason in m.reasons]
    late = [f"{name} 超时：{m.seconds:.2f} s，调用 {m.calls} 次" for name, m in every_one if m.late]
    lost = [f"因谎言答错：{_told(pair)}" for pair in found.pairs if pair.lost]
    other = [f"因谎言而不同：{_told(pair)}" for pair in found.pairs if any(pair.differs()) and not pair.lost]
    return [line for some in (wrong, late, lost, other, found.astray) for line in some[:_MOST]]


def _told(pair: Pair) -> str:
    return f"{pair.lied.gold.id} {' '.join(pair.lied.answer.text.split())}"
