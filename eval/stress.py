"""A model may fail, lie or be there: what the answers are worth then, in one table with a gate.

The three trials (`trials.py`) go against the scripted server: faults of every kind, a liar, and a parrot without delay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from random import Random
from typing import NamedTuple
from warnings import catch_warnings, simplefilter

from threadpoolctl import threadpool_limits

from chatbot.errors import UsageError
from chatbot.settings import Settings
from eval.judge import folded
from eval.questions import GoldQuestion, load_sets
from eval.scripted.faulty import faults_of
from eval.scripted.scripts import liar, parrot, repeated
from eval.scripted.server import Script, ScriptedServer, serving
from eval.subjects import ready
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
    Mixed,
    Pair,
    Stopwatch,
    Subject,
    calls,
    every,
    faulted,
    met,
    overheads,
    pairs,
    scripted_model,
)
from vectorstore.associations import open_associations
from vectorstore.embed import Embedder, open_embedder
from vectorstore.index import open_index
from vectorstore.model import Progress
from vectorstore.retrieve import ReportRetriever

SAMPLE = 200  # questions, unless all are wanted
LARGEST_OVERHEAD = 100.0  # milliseconds, p95
FAULTS = faults_of(lambda messages: repeated(str(messages[-1]["content"])))
HEADINGS = ("项目", "实测", "要求", "")
_SHOWN = 3  # examples of each thing that may not be


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


def stress(settings: Settings, names: Sequence[str], times: int, whole: bool, tell: Progress) -> bool:
    """Print the table over the sets of these names (all by default); whether the gate holds."""
    subjects = sampled(opened(settings, names, tell), None if whole else SAMPLE)
    with serving(()) as server:
        found = tried(subjects, server, times, tell)
    for example in examples(found):
        tell(example)
    lines = report(found, times)
    print(table([HEADINGS, *(line.cells for line in lines)]))
    held = gate(lines)
    print("通过" if held else "未通过")
    return held


def opened(settings: Settings, names: Sequence[str], tell: Progress) -> list[Subject]:
    """One subject a report, with the questions of all its sets."""
    threadpool_limits(1, user_api="blas")  # as in app.py
    embedder = open_embedder(settings, tell)
    asked: dict[Path, tuple[GoldQuestion, ...]] = {}
    for found in load_sets(names):
        asked[found.report] = asked.get(found.report, ()) + found.questions
    return [_subject(report, golds, settings, embedder, tell) for report, golds in asked.items()]


def _subject(
    report: Path, golds: tuple[GoldQuestion, ...], settings: Settings, embedder: Embedder, tell: Progress
) -> Subject:
    ours = ready(report, settings, embedder, tell)
    index = open_index(ours, embedder)
    associations = open_associations(ours.home / "index", embedder)
    retriever = ReportRetriever(index=index, embedder=embedder, associations=associations)
    return Subject(index.reports, retriever, folded(report.read_text(encoding="utf-8")), golds)


def sampled(subjects: Sequence[Subject], most: int | None) -> list[Subject]:
    """The same with about `most` questions in all, evenly spread; with every question for None."""
    total = sum(len(subject.golds) for subject in subjects)
    step = max(1, round(total / most)) if most else 1
    return [replace(subject, golds=subject.golds[::step]) for subject in subjects]


def tried(subjects: Sequence[Subject], server: ScriptedServer, times: int, tell: Progress) -> Found:
    """All three trials; faults and time are tried on the questions that reach a model at all."""
    astray: list[str] = []
    tell("说谎的模型")
    with _playing(server, liar(), astray):
        told = list(pairs(every(subjects, scripted_model(server))))
    subjects = _reaching(subjects, {pair.lied.gold for pair in told if calls(pair.lied.answer)})
    tell("模型之外的用时")
    watched = Stopwatch(scripted_model(server))
    with _playing(server, parrot(), astray):
        spent = list(overheads(every(subjects, watched), watched))
    failed = dict(_failing(subjects, server, times, astray, tell))
    return Found(failed, told, spent, astray)


def _reaching(subjects: Sequence[Subject], reached: Set[GoldQuestion]) -> list[Subject]:
    """The same with only those of their questions; raises UsageError when none is left."""
    if not reached:
        raise UsageError("这些题都用不到模型", "请换一套题")
    return [replace(subject, golds=tuple(gold for gold in subject.golds if gold in reached)) for subject in subjects]


@contextmanager
def _playing(server: ScriptedServer, script: Script, astray: list[str]) -> Iterator[None]:
    """The server says this; what it was asked beside the script goes to `astray`."""
    server.play(script)
    yield
    astray += server.unexpected


def _failing(
    subjects: Sequence[Subject], server: ScriptedServer, times: int, astray: list[str], tell: Progress
) -> Iterator[tuple[str, list[Met]]]:
    """Each kind of fault with what came of it."""
    asked = every(subjects, scripted_model(server, SHORT))
    Random(0).shuffle(asked)
    met(asked[0])  # opens the connection, which is not to be on the clock
    turns = cycle(asked)
    for name, fault in FAULTS.items():
        script = Mixed(fault, times)
        with _playing(server, script, astray), catch_warnings():
            simplefilter("ignore")  # the client's own, on nonsense it is sent; as errors they would be other faults
            found = list(faulted(turns, script))
        tell(f"{name}：{summary(found)}")
        yield name, found


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
        _none("要点的评判不同", facts),
        Line("引文的评判不同", str(cited)),
        Line("正确率：不用模型", shown(plain)),
        Line("正确率：说谎的模型", shown(lied), f"= {shown(plain)}", plain == lied),
    ]


def _overhead_lines(found: Sequence[float]) -> list[Line]:
    p50, p95 = percentile(found, 0.50), percentile(found, 0.95)
    wanted = f"≤ {LARGEST_OVERHEAD:.0f} ms"
    return [
        Line("题", str(len(found))),
        Line("p50", f"{shown(p50, 1)} ms"),
        Line("p95", f"{shown(p95, 1)} ms", wanted, p95 is not None and p95 <= LARGEST_OVERHEAD, gated=False),
    ]


def gate(lines: Sequence[Line]) -> bool:
    return all(line.held is not False for line in lines if line.gated)


def examples(found: Found) -> list[str]:
    """The first of everything that may not be, in words."""
    every_one = [(name, m) for name, kind in found.met.items() for m in kind]
    wrong = [f"{name}：{reason}" for name, m in every_one for reason in m.reasons]
    late = [f"{name} 超时：{m.seconds:.2f} s，调用 {m.calls} 次" for name, m in every_one if m.late]
    lied = [f"因谎言而不同：{p.lied.gold.id} {p.lied.answer.text}" for p in found.pairs if any(p.differs())]
    return [line for some in (wrong, late, lied, found.astray) for line in some[:_SHOWN]]
