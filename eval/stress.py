"""A model may fail, lie or be there: what the answers are worth then, in one table with a gate.

The three trials (`trials.py`) go against the scripted server: faults of every kind, a liar, and a parrot without delay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from random import Random
from warnings import catch_warnings, simplefilter

from threadpoolctl import threadpool_limits

from chatbot.archive import Progress
from chatbot.errors import UsageError
from chatbot.settings import Settings
from eval.judge import folded
from eval.questions import GoldQuestion, load_sets
from eval.scripted.faulty import faults_of
from eval.scripted.scripts import liar, parrot, repeated
from eval.scripted.server import Script, ScriptedServer, serving
from eval.stress_report import Found, examples, gate, printed, report, summary
from eval.subjects import ready
from eval.trials import (
    SHORT,
    Met,
    Mixed,
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
from vectorstore.retrieve import ReportRetriever

SAMPLE = 200  # questions, unless all are wanted
FAULTS = faults_of(lambda messages: repeated(str(messages[-1]["content"])))


def stress(settings: Settings, names: Sequence[str], times: int, whole: bool, tell: Progress) -> bool:
    """Print the table over the sets of these names (all by default); whether the gate holds."""
    subjects = sampled(opened(settings, names, tell), None if whole else SAMPLE)
    with serving(()) as server:
        found = tried(subjects, server, times, tell)
    for example in examples(found):
        tell(example)
    lines = report(found, times)
    print(printed(lines))
    held = gate(lines)
    print("通过" if held else "未通过")
    return held


def opened(settings: Settings, names: Sequence[str], tell: Progress) -> list[Subject]:
    """One subject a report, with the questions of all its sets."""
    threadpool_limits(1, user_api="blas")  # as in app.py
    embedder = open_embedder(settings)
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
