"""Learning when to answer: the signs of each question's best clause, and whether that clause would have been right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chatbot.decide import Candidate, candidate, signs, veto
from chatbot.draft import _sentence
from chatbot.present import present
from chatbot.quote import window
from chatbot.types import Answer, Draft, Question
from chatbot.verify import verify
from eval.candidates import Candidates
from eval.judge import judge
from eval.logistic import Logistic, fit
from eval.questions import GoldQuestion

Matrix = npt.NDArray[np.float64]
GROUPS = ("number", "other")
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(2, 17))


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its best clause: its `signs` (None where there is no clause, or a veto), and whether the answer
    made from it is `right`."""

    gold: GoldQuestion
    group: str
    signs: Mapping[str, float] | None
    right: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """For each group of questions a logistic sum over the signs of these names."""

    names: tuple[str, ...]
    models: Mapping[str, Logistic]

    def likelihood(self, case: Case) -> float:
        if case.signs is None:
            return 0.0
        return float(self.models[case.group].likelihood(rows([case], self.names))[0])


def group(question: Question) -> str:
    """The table of `decision.toml` that decides on `question`."""
    return "number" if question.answer_type == "number" else "other"


def case_of(found: Candidates, weights: Mapping[str, float]) -> Case:
    """What would be answered to the question if ranking had these weights, were it never refused."""
    question, evidence = found.question, found.evidence(weights)
    best = candidate(question, evidence)
    quoted = window(question, best.evidence, best.clause) if best else ()
    if not best or veto(question, quoted):
        return Case(found.gold, group(question), None, False)
    right = not found.gold.refuse and judge(found.gold, _answer(found, best), found.source).right
    return Case(found.gold, group(question), signs(best, quoted), right)


def _answer(found: Candidates, best: Candidate) -> Answer:
    question, evidence = found.question, [best.evidence]
    draft = Draft((_sentence(question, best.evidence, best.clause),))
    kept, dropped = verify(question, draft, evidence)
    return present(question, draft, kept, dropped, evidence, {report.id: report for report in found.reports})


def rows(cases: Sequence[Case], names: Sequence[str]) -> Matrix:
    """Shape (cases, names). Every case must have signs."""
    table = [[(case.signs or {}).get(name, 0.0) for name in names] for case in cases]
    return np.array(table, np.float64).reshape(len(cases), len(names))


def learn_decision(cases: Sequence[Case]) -> Decision:
    """Weights for each group, from the cases that no veto has settled."""
    open_cases = [case for case in cases if case.signs is not None]
    names = telling(open_cases)
    return Decision(names, {name: _model([c for c in open_cases if c.group == name], names) for name in GROUPS})


def _model(cases: Sequence[Case], names: Sequence[str]) -> Logistic:
    return fit(rows(cases, names), np.array([case.right for case in cases], bool))


def telling(cases: Sequence[Case]) -> tuple[str, ...]:
    """The signs that are not the same in every case, by name."""
    names = sorted({name for case in cases for name in case.signs or {}})
    spread = np.ptp(rows(cases, names), axis=0) if cases else np.zeros(len(names))
    return tuple(name for name, width in zip(names, spread, strict=True) if width > 0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a threshold does: shares of answerable questions answered right and refused, of the others refused."""

    threshold: float
    accuracy: float
    false_refusal: float
    refusal: float

    @property
    def balance(self) -> float:
        return (self.accuracy + self.refusal) / 2


def outcome(cases: Sequence[Case], likely: Matrix, threshold: float) -> Outcome:
    """`likely`: the likelihood of each case; shape (cases,)."""
    shown = likely >= threshold
    refuse = np.array([case.gold.refuse for case in cases], bool)
    right = np.array([case.right for case in cases], bool)
    return Outcome(
        threshold,
        accuracy=_share(shown & right, ~refuse),
        false_refusal=_share(~shown, ~refuse),
        refusal=_share(~shown, refuse),
    )


def _share(holds: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_]) -> float:
    return float(holds[among].mean()) if among.any() else 0.0


def best_threshold(cases: Sequence[Case], likely: Matrix) -> Outcome:
    """The outcome with the best mean of accuracy and refusal; of equals the lowest threshold."""
    return max((outcome(cases, likely, t) for t in THRESHOLDS), key=lambda o: round(o.balance, 6))
