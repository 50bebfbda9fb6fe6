"""Learning when to answer: the signs of each question's best clause, and whether that clause would have been right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chatbot.decide import Candidate, candidate, group, reach, signs, vetoed
from chatbot.draft import _sentence
from chatbot.present import present
from chatbot.quote import window
from chatbot.types import Answer, Draft
from chatbot.verify import verify
from eval.candidates import Candidates
from eval.judge import judge
from eval.logistic import Logistic, fit
from eval.questions import GoldQuestion

Matrix = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
REGISTERS = ("official", "everyday")  # asked in the report's words, or in everyday ones: a threshold for each
# What a wrong answer costs, where a right one is worth 1 and a refusal nothing. Less in everyday words: most of what is
# asked so is in the report under another name, and at equal costs four in ten of those questions would be refused.
WRONG = {"official": 1.0, "everyday": 0.5}
NOISE = 0.003  # of what the best threshold is worth: one that is worth less by so little may as well be chosen
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 19))


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its best clause. `signs` is None where there is no clause, or a veto; `right` says whether the
    answer made from it would be; `group` is the table of `decision.toml` that decides."""

    gold: GoldQuestion
    group: str
    signs: Mapping[str, float] | None
    right: bool

    @property
    def register(self) -> str:
        return REGISTERS[1] if self.group.endswith(REGISTERS[1]) else REGISTERS[0]


@dataclass(frozen=True, slots=True)
class Decision:
    """A logistic sum over the signs of these names, with a bias for each group. A group never seen is not answered.

    One sum for all groups: a sum for each fits the reports it is learned on and fails on others (docs/decisions/0004).
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    model: Logistic

    @property
    def weights(self) -> dict[str, float]:
        return dict(zip(self.names, self.model.weights[: len(self.names)].tolist(), strict=True))

    @property
    def biases(self) -> dict[str, float]:
        own = self.model.weights[len(self.names) :]
        return {group: self.model.bias + float(bias) for group, bias in zip(self.groups, own, strict=True)}

    def likelihood(self, case: Case) -> float:
        if case.signs is None or case.group not in self.groups:
            return 0.0
        return float(self.model.likelihood(_grouped([case], self.names, self.groups))[0])


def case_of(found: Candidates, weights: Mapping[str, float]) -> Case:
    """What would be answered to the question if ranking had these weights, were it never refused."""
    question, evidence = found.question, found.evidence(weights)
    best = candidate(question, evidence)
    if not best:
        return Case(found.gold, group(question, 0.0), None, False)
    quoted = window(question, best.evidence, best.clause)
    shown = signs(best, quoted)
    name = group(question, reach(best, quoted))
    if vetoed(question, best, quoted):
        return Case(found.gold, name, None, False)
    right = not found.gold.refuse and bool(judge(found.gold, _answer(found, best), found.source).right)
    return Case(found.gold, name, shown, right)


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
    """Weights and biases, from the cases that no veto has settled."""
    open_cases = [case for case in cases if case.signs is not None]
    names, groups = telling(open_cases), tuple(sorted({case.group for case in open_cases}))
    right = np.array([case.right for case in open_cases], bool)
    return Decision(names, groups, fit(_grouped(open_cases, names, groups), right))


def _grouped(cases: Sequence[Case], names: Sequence[str], groups: Sequence[str]) -> Matrix:
    """The signs, then a 1 in the column of the case's group. Shape (cases, names + groups)."""
    column = np.array([[case.group == group for group in groups] for case in cases], np.float64)
    return np.hstack([rows(cases, names), column.reshape(len(cases), len(groups))])


def telling(cases: Sequence[Case]) -> tuple[str, ...]:
    """The signs that are not the same in every case, by name."""
    names = sorted({name for case in cases for name in case.signs or {}})
    spread = np.ptp(rows(cases, names), axis=0) if cases else np.zeros(len(names))
    return tuple(name for name, width in zip(names, spread, strict=True) if width > 0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What thresholds do: shares of the answerable questions answered right and refused, of the others refused."""

    accuracy: float
    false_refusal: float
    refusal: float


def outcome(cases: Sequence[Case], likely: Matrix, thresholds: Mapping[str, float]) -> Outcome:
    """`likely`: the likelihood of each case; shape (cases,). `thresholds`: one for each register."""
    shown = likely >= np.array([thresholds[case.register] for case in cases])
    refuse = np.array([case.gold.refuse for case in cases], bool)
    right = np.array([case.right for case in cases], bool)
    return Outcome(
        accuracy=_share(shown & right, ~refuse),
        false_refusal=_share(~shown, ~refuse),
        refusal=_share(~shown, refuse),
    )


def _share(holds: Flags, among: Flags) -> float:
    return float(holds[among].mean()) if among.any() else 0.0


def best_thresholds(cases: Sequence[Case], likely: Matrix) -> dict[str, float]:
    """For each register the threshold under which its answers are worth most.

    Of those as good the one in their middle, of two such the higher.
    """
    chosen = {}
    for register in REGISTERS:
        own = [i for i, case in enumerate(cases) if case.register == register]
        worths = {t: worth([cases[i] for i in own], likely[own], t, WRONG[register]) for t in THRESHOLDS}
        best = max(worths.values())
        good = [t for t in THRESHOLDS if worths[t] >= best - NOISE * abs(best)]
        middle = (good[0] + good[-1]) / 2
        chosen[register] = min(good, key=lambda threshold: (round(abs(threshold - middle), 6), -threshold))
    return chosen


def worth(cases: Sequence[Case], likely: Matrix, threshold: float, wrong: float) -> float:
    """What the answers shown at this threshold are worth together, if a wrong one costs `wrong`; `likely`: (cases,)."""
    return sum((1.0 if case.right else -wrong) for case, p in zip(cases, likely, strict=True) if p >= threshold)
