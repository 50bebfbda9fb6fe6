"""The walk from a message to an answer, written once. Every door (web, command line, batch, evaluation) goes this way.

    guard → understand → retrieve → draft → verify → present

Each step takes the state and returns a new one. Once a step has an answer (a blocked message), the rest pass it on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from time import perf_counter
from typing import Protocol

from langchain_core.runnables import Runnable, RunnableLambda

from chatbot.brief import brief
from chatbot.draft import draft, phrase
from chatbot.guard import LONGEST, clean, guard
from chatbot.present import present
from chatbot.receipt import receipt
from chatbot.types import Answer, Draft, DraftSentence, Dropped, Evidence, Question, Report
from chatbot.understand import understand
from chatbot.verify import verify


class Retriever(Protocol):
    """What the chain is handed: evidence for a question, best first."""

    def find(self, question: Question) -> tuple[Evidence, ...]: ...


_NOTHING = Draft(())


@dataclass(frozen=True, slots=True)
class State:
    """What is known so far. `history` holds earlier messages, oldest first; `brief` wants one whatever is said."""

    message: str
    history: tuple[str, ...] = ()
    reports: tuple[Report, ...] = ()
    brief: bool = False
    question: Question | None = None
    evidence: tuple[Evidence, ...] = ()
    draft: Draft = _NOTHING
    kept: tuple[DraftSentence, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    answer: Answer | None = None
    timing_ms: tuple[tuple[str, float], ...] = ()


Step = Callable[[State], State]


def steps(retriever: Retriever) -> dict[str, Step]:
    """The walk: name of each step → what it does, in order."""

    def guarded(state: State) -> State:
        verdict = guard(state.message)
        if verdict.status is None:
            return replace(state, message=verdict.text)
        words = phrase(verdict.status, understand(verdict.text))
        return replace(state, answer=Answer(verdict.status, (words,), note=verdict.note))

    def understood(state: State) -> State:
        question = None
        for message in (*state.history, state.message):
            question = understand(message, question, state.reports)
        if question and state.brief:
            question = replace(question, answer_type="overview")
        return replace(state, question=question)

    def retrieved(state: State) -> State:
        return replace(state, evidence=retriever.find(_asked(state)))

    def drafted(state: State) -> State:
        drafter = brief if _asked(state).answer_type == "overview" else draft
        return replace(state, draft=drafter(_asked(state), state.evidence))

    def verified(state: State) -> State:
        kept, dropped = verify(_asked(state), state.draft, state.evidence)
        return replace(state, kept=kept, dropped=dropped)

    def presented(state: State) -> State:
        reports = {report.id: report for report in state.reports}
        answer = present(_asked(state), state.draft, state.kept, state.dropped, state.evidence, reports)
        return replace(state, answer=replace(answer, receipt=receipt(_asked(state), state.evidence)))

    return {
        "guard": guarded,
        "understand": understood,
        "retrieve": retrieved,
        "draft": drafted,
        "verify": verified,
        "present": presented,
    }


def chain(retriever: Retriever) -> Runnable[State, Answer]:
    """The walk as one LangChain runnable: `State` in, `Answer` out, every step timed."""
    runnables = [RunnableLambda(_timed(name, step), name=name) for name, step in steps(retriever).items()]
    return reduce(lambda walk, step: walk | step, runnables) | RunnableLambda(_answer, name="answer")  # type: ignore[arg-type, return-value]


def staged(retriever: Retriever, state: State) -> Iterator[tuple[str, Answer | None]]:
    """The same walk, step by step, for a screen that shows what is going on: (step, None) …, ("done", answer)."""
    for name, step in steps(retriever).items():
        yield name, None
        state = _timed(name, step)(state)
    yield "done", _answer(state)


def _timed(name: str, step: Step) -> Step:
    def run(state: State) -> State:
        if state.answer is not None:
            return state
        started = perf_counter()
        after = step(state)
        return replace(after, timing_ms=(*state.timing_ms, (name, 1000 * (perf_counter() - started))))

    return run


def _asked(state: State) -> Question:
    assert state.question is not None, "understand comes first"
    return state.question


def _answer(state: State) -> Answer:
    assert state.answer is not None, "present comes last"
    return replace(state.answer, timing_ms=_timings(dict(state.timing_ms)))


def _timings(spent: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """The stages of the batch contract, in milliseconds; a stage that was not reached took none."""
    shown = {name: round(spent.get(name, 0.0), 3) for name in ("understand", "retrieve", "draft", "verify")}
    return (*shown.items(), ("total", round(sum(spent.values()), 3)))


def last_turns(history: Sequence[tuple[str, str]], keep: int = 6) -> tuple[str, ...]:
    """The messages of the last `keep` turns of a (question, answer) history, cleaned and cut like any message."""
    return tuple(clean(question)[:LONGEST] for question, _ in history[-keep:])
