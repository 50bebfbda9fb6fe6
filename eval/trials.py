"""Three trials of the bot against the scripted model: an endpoint that fails, a model that lies, one that is fast.

Each asks questions of our sets through the bot that users get, alone with the report that the questions are about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from time import perf_counter
from typing import NamedTuple

from langchain_core.messages import BaseMessage
from pydantic import SecretStr

from chatbot.bot import Bot
from chatbot.chain import Retriever, Writer
from chatbot.models import Limits, Model, OpenAIModel, Usage
from chatbot.types import Answer, Report
from chatbot.wordlists import read_toml
from eval.judge import judge
from eval.questions import GoldQuestion
from eval.recheck import Recheck
from eval.run import ask
from eval.scripted.reply import Call, Reply
from eval.scripted.scripts import parrot
from eval.scripted.server import MODEL, ScriptedServer
from eval.summary import Judged

SHORT = Limits(connect=0.1, first=0.1, whole=0.2)  # seconds; every third fault shows only when they are over
PATIENT = Limits(connect=10, first=10, whole=20)
MARGIN = 0.3  # seconds that an answer may take beyond the limits of its calls: our own work
ROOM = 4000  # tokens
_GOOD_EVERY = 4  # faults for each good answer between them


@dataclass(frozen=True, eq=False)
class Subject:
    """Reports, where evidence in them is found, and questions about the first; `source` is its folded file."""

    reports: tuple[Report, ...]
    retriever: Retriever
    source: str
    golds: tuple[GoldQuestion, ...]

    @cached_property
    def recheck(self) -> Recheck:
        return Recheck(self.reports)

    def bot(self, model: Model) -> Bot:
        return Bot(self.reports, self.retriever, self.reports[0].id, Writer(model, ROOM))


class Asked(NamedTuple):
    """A question, the bot it is put to, and what both are about."""

    subject: Subject
    bot: Bot
    gold: GoldQuestion

    def answer(self, mode: str = "auto") -> Answer:
        return ask(self.bot, self.gold, mode)

    def judged(self, mode: str) -> Judged:
        answer = self.answer(mode)
        return Judged(self.gold, answer, judge(self.gold, answer, self.subject.source))


def every(subjects: Iterable[Subject], model: Model) -> list[Asked]:
    """Each question of each subject, put to a bot with this model."""
    return [Asked(subject, bot, gold) for subject in subjects for bot in [subject.bot(model)] for gold in subject.golds]


def scripted_model(server: ScriptedServer, limits: Limits = PATIENT) -> OpenAIModel:
    """A model whose circuit breaker never rests: each failure is met, none is passed over."""
    return OpenAIModel(server.url, MODEL, SecretStr("sk-scripted"), limits, rest=0)


def calls(answer: Answer) -> int:
    """How often the model was asked for this answer."""
    told = dict(answer.receipt).get("model")
    return int(told["calls"]) if isinstance(told, dict) else 0


# An endpoint that fails


class Mixed:
    """A script that fails `times` times in one way, with good answers in between and ever after."""

    def __init__(self, fault: Reply, times: int, seed: int = 0) -> None:
        self._left: list[Reply | None] = [fault] * times + [None] * (times // _GOOD_EVERY)
        Random(seed).shuffle(self._left)
        self._good = parrot()

    @property
    def over(self) -> bool:
        return not self._left

    def __call__(self, call: Call) -> Reply | None:
        return (self._left.pop() if self._left else None) or self._good(call)


WRITTEN, LABELLED, REFUSED, UNLABELLED, RAISED = (
    "出自模型",
    "未经模型整理，已注明",
    "拒答",
    "未经模型整理，未注明",
    "异常",
)


@dataclass(frozen=True, slots=True)
class Met:
    """What came of one question while the endpoint failed; `reasons` say what was raised or does not stand."""

    outcome: str
    seconds: float
    calls: int = 1
    reasons: tuple[str, ...] = ()

    @property
    def late(self) -> bool:
        return self.seconds > SHORT.whole * max(1, self.calls) + MARGIN


def faulted(asked: Iterator[Asked], script: Mixed) -> Iterator[Met]:
    """One question after another, until the script has failed as often as it should."""
    while not script.over:
        yield met(next(asked))


def met(asked: Asked) -> Met:
    started = perf_counter()
    try:
        answer = asked.answer()
    except Exception as error:  # whatever it is, it is what this trial counts
        return Met(RAISED, perf_counter() - started, reasons=(repr(error),))
    seconds = perf_counter() - started
    reasons = asked.subject.recheck(asked.gold.spoken[-1], answer)
    return Met(outcome(answer), seconds, calls(answer), reasons)


def outcome(answer: Answer) -> str:
    """Who worded the answer, and whether it says so."""
    label: str = read_toml("phrases.toml")["zh"]["no_model"]
    if answer.mode == "model":
        return WRITTEN
    if label in answer.note:
        return LABELLED
    return UNLABELLED if answer.citations else REFUSED


# A model that lies


class Pair(NamedTuple):
    """A question answered without a model and with one that lies."""

    plain: Judged
    lied: Judged

    @property
    def lost(self) -> bool:
        """Whether the lies cost a right answer; a liar may also hit on a truth that was not told without it."""
        return bool(self.plain.verdict.right and not self.lied.verdict.right)

    def differs(self) -> tuple[bool, bool, bool]:
        """Whether the status differs, the verdict on the facts, that on the citations."""
        one, other = self.plain.verdict, self.lied.verdict
        facts = (one.facts, one.clean, one.focused) != (other.facts, other.clean, other.focused)
        cited = (one.recall, one.precision, all(one.exact)) != (other.recall, other.precision, all(other.exact))
        return self.plain.answer.status != self.lied.answer.status, facts, cited


def pairs(asked: Iterable[Asked]) -> Iterator[Pair]:
    return (Pair(one.judged("extractive"), one.judged("auto")) for one in asked)


# A model that costs no time


class Stopwatch:
    """A model, and the seconds spent waiting for it so far."""

    def __init__(self, model: Model) -> None:
        self.name = model.name
        self.seconds = 0.0
        self._model = model

    def stream(self, messages: Sequence[BaseMessage], usage: Usage) -> Iterator[str]:
        pieces = self._model.stream(messages, usage)
        while (piece := self._next(pieces)) is not None:
            yield piece

    def _next(self, pieces: Iterator[str]) -> str | None:
        started = perf_counter()
        try:
            return next(pieces, None)
        finally:
            self.seconds += perf_counter() - started


def overheads(asked: Iterable[Asked], model: Stopwatch) -> Iterator[float]:
    """Milliseconds that each answer took beside those of the model."""
    for one in asked:
        started, before = perf_counter(), model.seconds
        one.answer()
        yield 1000 * (perf_counter() - started - (model.seconds - before))
