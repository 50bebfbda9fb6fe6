"""Faults that the gate is there to catch, planted one by one in a sound bot: its figures fall below the floors.

A fault wraps the retriever or a step of the walk. The floors lie a little below what the sound bot reaches with the
same questions. The encoder is that of the tests: nothing here waits for a model file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random

import pytest
from core_fakes import built_index, faults, retriever_over
from langchain_core.messages import BaseMessage

from chatbot.bot import Bot
from chatbot.chain import Retriever, State, Step, Writer, last_turns, steps
from chatbot.compose import Written, supported
from chatbot.decide import candidate
from chatbot.draft import frame
from chatbot.models import Usage
from chatbot.receipt import receipt
from chatbot.settings import Settings
from chatbot.types import Answer, Citation, Draft, DraftSentence, Evidence, Question, Report, Span
from eval.beside import Beside
from eval.gate import SMALL, Floors, shortfalls
from eval.judge import folded, judge
from eval.measures import Figures, figures
from eval.questions import GoldQuestion, load_sets
from eval.run import ask
from eval.scripted.reply import Call
from eval.scripted.scripts import liar
from eval.subjects import settings_for
from eval.summary import TOTAL, Judged
from vectorstore.embed import OnnxEmbedder

SET = "shuochuan-2022-questions"
GATED = ("accuracy", "refusal", "false_refusal", "citation_recall", "exact", "supported", "confused", "recall@1")
SLACK = 0.05  # what a floor leaves to the figure of the sound bot: two questions of the set
ROOM = 4000  # tokens

Walk = dict[str, Step]


@dataclass(frozen=True, eq=False)
class Subject:
    """Questions, the report they are about with its folded file, and where evidence in it is found."""

    golds: tuple[GoldQuestion, ...]
    reports: tuple[Report, ...]
    source: str
    retriever: Retriever

    @property
    def bot(self) -> Bot:
        return Bot(self.reports, self.retriever)

    def figures(self, answers: Sequence[Answer]) -> Figures:
        """Judged as `eval run` does it."""
        beside, pairs = Beside(self.reports), list(zip(self.golds, answers, strict=True))
        ranked = beside.ranked(pairs).by_query
        told = [{**beside(gold, answer), **ranked.get(gold.id, {})} for gold, answer in pairs]
        verdicts = [judge(gold, answer, self.source) for gold, answer in pairs]
        return figures([Judged(*pair, v, t) for pair, v, t in zip(pairs, verdicts, told, strict=True)])

    def answers(self, walk: Walk, model: str = "") -> list[Answer]:
        return [self._answer(walk, gold, Written(model) if model else None) for gold in self.golds]

    def _answer(self, walk: Walk, gold: GoldQuestion, written: Written | None) -> Answer:
        """The steps one below the other, as in the chain."""
        *before, message = gold.spoken
        state = State(message, last_turns([(turn, "") for turn in before]), self.reports, written=written)
        for step in walk.values():
            state = step(state) if state.answer is None else state
        assert state.answer is not None
        if state.question is None:
            return state.answer
        return replace(state.answer, receipt=receipt(state.question, state.evidence, state.draft.likely, written, {}))


class Remembered:
    """A retriever that looks each question up once: every bot here is asked the same ones."""

    def __init__(self, retriever: Retriever) -> None:
        self.find = cache(retriever.find)


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    asked = load_sets([SET])[0]
    settings = settings_for(asked.report, tmp_path_factory.mktemp("planted"), Settings(_env_file=None))
    embedder = OnnxEmbedder()
    with built_index(settings, embedder) as index:
        retriever = Remembered(retriever_over(index, settings, embedder))
        yield Subject(asked.questions, index.reports, folded(asked.report.read_text(encoding="utf-8")), retriever)


@pytest.fixture(scope="module")
def sound(subject: Subject) -> list[Answer]:
    return subject.answers(steps(subject.retriever))


@pytest.fixture(scope="module")
def floors(subject: Subject, sound: list[Answer]) -> Floors:
    reached = subject.figures(sound)[TOTAL]
    return {TOTAL: {n: (reached[n].mean or 0.0) + (SLACK if n in SMALL else -SLACK) for n in GATED}}


# The faults


class Shuffled:
    """Finds the same passages, their scores dealt among them at random."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._random = Random(1)

    def find(self, question: Question) -> tuple[Evidence, ...]:
        found = self._retriever.find(question)
        dealt = self._random.sample([e.score for e in found], len(found))
        return tuple(sorted(map(_scored, found, dealt), key=lambda e: -e.score))


def _scored(evidence: Evidence, score: float) -> Evidence:
    """The passage with this score, and its clauses as far below it as they were."""
    by = score - evidence.score
    clauses = tuple(replace(clause, score=clause.score + by) for clause in evidence.clauses)
    return replace(evidence, score=score, clauses=clauses)


def then(walk: Walk, name: str, change: Callable[[State], State]) -> Walk:
    """The walk with a change to what one of its steps makes."""
    step = walk[name]
    return walk | {name: lambda state: change(step(state))}


def shuffled(subject: Subject) -> list[Answer]:
    return subject.answers(steps(Shuffled(subject.retriever)))


def without_years(subject: Subject) -> list[Answer]:
    def timeless(state: State) -> State:
        assert state.question is not None
        return replace(state, question=replace(state.question, periods=(), compare=False))

    return subject.answers(then(steps(subject.retriever), "understand", timeless))


def never_refusing(subject: Subject) -> list[Answer]:
    def decided(state: State) -> State:
        """Where the draft refuses, the best clause there is."""
        assert state.question is not None
        best = candidate(state.question, state.evidence)
        if state.draft.sentences or best is None:
            return state
        passage, quote = best.evidence.passage, best.clause.span
        said = frame(state.question, passage, passage.slice(quote))
        return replace(state, draft=Draft((DraftSentence(said, (best.evidence.key,), (quote,)),)))

    return subject.answers(then(steps(subject.retriever), "draft", decided))


class Liar:
    """The liar of eval/scripted as a model, without the server between."""

    name = "liar"

    def __init__(self) -> None:
        self._script = liar()

    def stream(self, messages: Sequence[BaseMessage], usage: Usage) -> Iterator[str]:
        usage.calls += 1
        reply = self._script(Call(({"content": messages[-1].content},), {}))
        assert reply and isinstance(reply.text, str), "the liar knows our prompts"
        yield reply.text


def lying(subject: Subject) -> list[Answer]:
    return subject.answers(steps(subject.retriever, Writer(Liar(), ROOM)), Liar.name)


def believing(subject: Subject) -> list[Answer]:
    """Shows what the liar says: its draft is checked sentence by sentence, and what that took out is put back."""

    def believed(state: State) -> State:
        offered = {e.key: e for e in state.evidence}
        said = [supported(dropped.text, offered) for dropped in state.dropped]
        can_be_cited = tuple(s for s in said if s.keys and set(s.keys) <= offered.keys())
        return replace(state, draft=replace(state.draft, sentences=can_be_cited or state.draft.sentences), dropped=())

    def unchecked(state: State) -> State:
        return replace(state, kept=state.draft.sentences, dropped=())

    walk = steps(subject.retriever, Writer(Liar(), ROOM))
    return subject.answers(then(then(walk, "draft", believed), "verify", unchecked), Liar.name)


def citing(moved: Callable[[Answer, str], Answer]) -> Callable[[Subject], list[Answer]]:
    """The bot with a change to its answers, who are given the text of the report."""

    def answers(subject: Subject) -> list[Answer]:
        def changed(state: State) -> State:
            assert state.answer is not None
            return replace(state, answer=moved(state.answer, subject.reports[0].text))

        return subject.answers(then(steps(subject.retriever), "present", changed))

    return answers


def beside_the_quote(answer: Answer, text: str) -> Answer:
    return replace(answer, citations=tuple(map(_next, answer.citations)))


def _next(citation: Citation) -> Citation:
    return replace(citation, start=citation.start + 1, end=citation.end + 1)


def quote_moved(answer: Answer, text: str) -> Answer:
    citations = tuple(replace(c, quote=Span(c.start, c.end).of(text)) for c in map(_next, answer.citations))
    return replace(answer, citations=citations)


def quote_of_the_next(answer: Answer, text: str) -> Answer:
    """Each marker is one too high."""
    counted = [re.sub(r"\[(\d+)\]", lambda marker: f"[{int(marker[1]) + 1}]", s) for s in answer.sentences]
    return replace(answer, sentences=tuple(counted))


PLANTED: Mapping[str, tuple[Callable[[Subject], list[Answer]], set[str]]] = {
    "retrieval shuffled": (shuffled, {"accuracy", "citation_recall", "recall@1"}),
    "year filter off": (without_years, {"accuracy", "confused"}),
    "refusal off": (never_refusing, {"refusal"}),
    "verification off, and a model that lies": (believing, {"accuracy", "supported"}),
    "citations off by one, the quotes left as they are": (citing(beside_the_quote), {"supported"}),
    "citations off by one, the quotes with them": (citing(quote_moved), {"supported"}),
    "citations off by one, counted from two": (citing(quote_of_the_next), {"supported"}),
}


def short(subject: Subject, answers: Sequence[Answer], floors: Floors) -> set[str]:
    """The measures that the gate complains of."""
    return {line.removeprefix(f"{TOTAL} ").split("：")[0] for line in shortfalls(subject.figures(answers), floors)}


# What must hold


def test_the_walk_that_faults_are_planted_in_answers_like_the_bot(subject: Subject, sound: list[Answer]):
    asked = [ask(subject.bot, gold) for gold in subject.golds]
    assert [replace(a, timing_ms=(), receipt=()) for a in asked] == [replace(a, receipt=()) for a in sound]
    assert [dict(a.receipt).get("passages") for a in asked] == [dict(a.receipt).get("passages") for a in sound]


def test_the_sound_bot_answers_well_enough_to_have_something_to_lose(floors: Floors):
    reached = floors[TOTAL]
    assert min(reached[name] for name in ("accuracy", "refusal", "citation_recall", "recall@1")) > 0.5
    assert min(reached["exact"], reached["supported"]) > 0.9 and reached["confused"] < 0.1


def test_the_bot_that_users_get_passes(subject: Subject, floors: Floors):
    assert short(subject, [ask(subject.bot, gold) for gold in subject.golds], floors) == set()


def test_the_bot_with_a_liar_passes_as_long_as_the_check_is_on(subject: Subject, floors: Floors):
    assert short(subject, lying(subject), floors) == set()


@pytest.mark.parametrize(("fault", "felt"), PLANTED.values(), ids=PLANTED)
def test_the_gate_says_what_a_fault_costs(
    subject: Subject, floors: Floors, fault: Callable[[Subject], list[Answer]], felt: set[str]
):
    assert short(subject, fault(subject), floors) >= felt


def test_without_the_check_lies_are_shown_and_each_answer_that_shows_one_is_known_by_its_support(subject: Subject):
    """Lies that anybody sees without our own check: a figure that stands in no quote of its sentence."""
    beside, answers = Beside(subject.reports), believing(subject)
    lies = [(g, a) for g, a in zip(subject.golds, answers, strict=True) if faults(a, subject.bot)]
    assert len(lies) > len(answers) / 10  # which lies are told shifts with every question that reaches the model
    assert all((beside(gold, answer)["supported"] or 0.0) < 1 for gold, answer in lies)
