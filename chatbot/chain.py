"""The walk from a message to an answer, written once. Every door (web, command line, batch, evaluation) goes this way.

    guard → understand → retrieve → draft → verify → present

Each step takes the state and returns a new one. Once a step has an answer (a blocked message), the rest pass it on.
A model, where one is configured, words the draft and puts follow-ups into full; every other step is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from time import perf_counter
from typing import Protocol

from langchain_core.runnables import Runnable, RunnableLambda

from chatbot.brief import brief
from chatbot.compose import Composed, Task, Written, compose
from chatbot.decide import is_demand
from chatbot.draft import draft, phrase
from chatbot.guard import LONGEST, clean, guard
from chatbot.models import Model, ModelFailure
from chatbot.present import present
from chatbot.receipt import receipt
from chatbot.rewrite import rewritten
from chatbot.types import Answer, Draft, DraftSentence, Dropped, Evidence, Question, Report
from chatbot.understand import for_brief, understand
from chatbot.verify import verify


class Retriever(Protocol):
    """What the chain is handed: evidence for a question, best first."""

    def find(self, question: Question) -> tuple[Evidence, ...]: ...


_NOTHING = Draft(())


@dataclass(frozen=True, slots=True)
class Writer:
    """The model that words drafts, and how many tokens prompt and answer together may take."""

    model: Model
    room: int


@dataclass(frozen=True, slots=True)
class State:
    """What is known so far. `history` holds earlier messages, oldest first; `brief` wants one whatever is said, and
    `length` says how long (`chatbot.brief.LENGTHS`).

    `fingerprints` are those of the reports in the index; `written` is there when the model is to be used.
    """

    message: str
    history: tuple[str, ...] = ()
    reports: tuple[Report, ...] = ()
    brief: bool = False
    length: str = "full"
    fingerprints: tuple[tuple[str, str], ...] = ()
    written: Written | None = None
    question: Question | None = None
    evidence: tuple[Evidence, ...] = ()
    draft: Draft = _NOTHING
    kept: tuple[DraftSentence, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    answer: Answer | None = None
    timing_ms: tuple[tuple[str, float], ...] = ()


Step = Callable[[State], State]


def steps(retriever: Retriever, writer: Writer | None = None) -> dict[str, Step]:
    """The walk: name of each step → what it does, in order."""

    def guarded(state: State) -> State:
        verdict = guard(state.message)
        if verdict.status is None:
            return replace(state, message=verdict.text)
        words = phrase(verdict.status, understand(verdict.text))
        return replace(state, answer=Answer(verdict.status, (words,), note=verdict.note))

    def understood(state: State) -> State:
        state = _in_full(state, writer)
        question = None
        messages = [state.written.rewritten] if state.written and state.written.rewritten else _messages(state)
        for message in messages:
            question = understand(message, question, state.reports)
        assert question is not None, "there is always a message"
        question = replace(question, asked=state.message)
        if state.brief:
            question = for_brief(question, state.reports)
        return replace(state, question=question)

    def retrieved(state: State) -> State:
        return replace(state, evidence=retriever.find(_asked(state)))

    def drafted(state: State) -> State:
        *_, last = drafting(state, writer)
        return last

    def verified(state: State) -> State:
        kept, dropped = verify(_asked(state), state.draft, state.evidence, _places(state))
        return replace(state, kept=kept, dropped=(*state.dropped, *dropped))

    def presented(state: State) -> State:
        return replace(state, answer=_presented(state))

    return {
        "guard": guarded,
        "understand": understood,
        "retrieve": retrieved,
        "draft": drafted,
        "verify": verified,
        "present": presented,
    }


def drafting(state: State, writer: Writer | None) -> Iterator[State]:
    """The draft as it grows: one state for each sentence that stands; without a model just one."""
    question, started = _asked(state), perf_counter()
    base = _base(question, state.evidence, state.length)
    state = replace(state, draft=base)
    written = state.written
    if writer is None or written is None or written.composed.failure or not _words(question, base):
        yield state
        return
    task = Task(question, state.evidence, base, _places(state))
    for composed in compose(task, writer.model, writer.room, written.usage):
        if written.first_ms is None and composed.written:
            written = replace(written, first_ms=1000 * (perf_counter() - started))
        written = replace(written, composed=composed)
        draft_so_far = replace(base, sentences=composed.sentences)
        yield replace(state, draft=draft_so_far, dropped=composed.dropped, written=written)


def _base(question: Question, evidence: Sequence[Evidence], length: str) -> Draft:
    """The draft in the report's own words."""
    if is_demand(question, evidence):
        return Draft((), "out_of_scope")
    return brief(question, evidence, length) if question.answer_type == "overview" else draft(question, evidence)


def _words(question: Question, base: Draft) -> bool:
    """Whether a model is to word this draft. Without evidence there is nothing to word; English frames are fixed."""
    return bool(base.sentences) and question.answer_type != "overview" and question.language == "zh"


def _in_full(state: State, writer: Writer | None) -> State:
    """A follow-up put into full by the model, where that can be had and trusted."""
    if writer is None or state.written is None or not state.history:
        return state
    try:
        question = rewritten(state.message, state.history, writer.model, state.written.usage)
    except ModelFailure as error:  # it is not asked again for the draft: one wait is enough
        return replace(state, written=replace(state.written, composed=Composed(failure=str(error))))
    return replace(state, written=replace(state.written, rewritten=question))


def _messages(state: State) -> tuple[str, ...]:
    return (*state.history, state.message)


def _presented(state: State) -> Answer:
    reports = {report.id: report for report in state.reports}
    answer = present(_asked(state), state.draft, state.kept, state.dropped, state.evidence, reports)
    if state.written and state.written.composed.written:
        answer = replace(answer, mode="model")
    elif state.written and (state.written.usage.calls or state.written.composed.failure) and answer.citations:
        answer = replace(answer, note="\n".join(filter(None, (answer.note, phrase("no_model", _asked(state))))))
    return answer


def chain(retriever: Retriever, writer: Writer | None = None) -> Runnable[State, Answer]:
    """The walk as one LangChain runnable: `State` in, `Answer` out, every step timed."""
    walk = steps(retriever, writer)
    runnables = [RunnableLambda(_timed(name, step), name=name) for name, step in walk.items()]
    return reduce(lambda walk, step: walk | step, runnables) | RunnableLambda(_answer, name="answer")  # type: ignore[arg-type, return-value]


def staged(retriever: Retriever, state: State, writer: Writer | None = None) -> Iterator[tuple[str, Answer | None]]:
    """The same walk, step by step, for a screen that shows what is going on.

    Yields (step, None) as each begins; while a model writes, ("draft", the verified answer so far); ("done", answer).
    """
    for name, step in steps(retriever, writer).items():
        yield name, None
        if name == "draft" and state.answer is None:
            started = perf_counter()
            for grown in drafting(state, writer):
                state = grown
                if state.written and state.written.composed.written:
                    yield name, _so_far(state)
            state = replace(state, timing_ms=(*state.timing_ms, (name, 1000 * (perf_counter() - started))))
        else:
            state = _timed(name, step)(state)
    yield "done", _answer(state)


def _places(state: State) -> tuple[str, ...]:
    """What the reports are about: to say it adds nothing."""
    return tuple({report.region for report in state.reports if report.region})


def _so_far(state: State) -> Answer:
    """The answer as far as it stands, verified like the whole."""
    kept, _ = verify(_asked(state), state.draft, state.evidence, _places(state))
    return _presented(replace(state, kept=kept))


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
    timings = _timings(dict(state.timing_ms))
    if state.question is None:
        return replace(state.answer, timing_ms=timings)
    told = receipt(state.question, state.evidence, state.draft.likely, state.written, dict(state.fingerprints))
    return replace(state.answer, timing_ms=timings, receipt=told)


def _timings(spent: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """The stages of the batch contract, in milliseconds; a stage that was not reached took none."""
    shown = {name: round(spent.get(name, 0.0), 3) for name in ("understand", "retrieve", "draft", "verify")}
    return (*shown.items(), ("total", round(sum(spent.values()), 3)))


def last_turns(history: Sequence[tuple[str, str]], keep: int = 6) -> tuple[str, ...]:
    """The messages of the last `keep` turns of a (question, answer) history, cleaned and cut like any message."""
    return tuple(clean(question)[:LONGEST] for question, _ in history[-keep:])
