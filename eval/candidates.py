"""Every clause the retriever considers for a question, with its features: what ranking and refusal are learned from.

Features of all clauses of all questions lie in one matrix a question; evidence is made from them under any weights,
so that nothing is retrieved twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from chatbot.archive import Progress
from chatbot.chain import Retriever, State, last_turns, steps
from chatbot.settings import Settings
from chatbot.types import Clause, Evidence, Question, Report, Span
from eval.judge import folded, holds_answer
from eval.questions import GoldQuestion, QuestionSet
from eval.subjects import ready
from vectorstore.associations import Associations, open_associations
from vectorstore.embed import Embedder
from vectorstore.index import open_index
from vectorstore.retrieve import ReportRetriever, Search, _kept

Matrix = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
LEFT_OUT = frozenset({"adversarial", "briefing", "compare"})


class EveryCandidate(ReportRetriever):
    """The retriever with nothing cut away, in the order of the text: under other weights, what ties must not be ranked
    by those of the product. Finds nothing where whole sections answer: there is nothing to rank."""

    def find(self, question: Question) -> tuple[Evidence, ...]:
        asked = self._asked(question)
        searches = [Search(self._reading(id), asked) for id in question.report_ids]
        found = sorted((e for search in searches for e in search.found()), key=lambda e: -e.score)
        if any(search.sections(found) for search in searches):
            return ()
        return tuple(sorted(found, key=lambda e: (e.passage.report_id, e.passage.span)))


@dataclass(frozen=True, slots=True)
class Candidates:
    """A question as understood and all clauses considered for it.

    `features` has a row a clause and a column for each of `names`; `right` says which clauses one can answer from;
    `spans[i]` is where clause i is, `owners[i]` the place of its passage among `passages`, whose own clauses are left
    out. `source` is the folded text of the file that the question is about.
    """

    gold: GoldQuestion
    reports: tuple[Report, ...]
    question: Question
    names: tuple[str, ...]
    features: Matrix
    right: Flags
    spans: tuple[Span, ...]
    owners: npt.NDArray[np.intp]
    passages: tuple[Evidence, ...]
    source: str

    def scores(self, weights: Mapping[str, float]) -> Matrix:
        """Shape (clauses,)."""
        scores: Matrix = self.features @ np.array([weights.get(name, 0.0) for name in self.names])
        return scores

    def evidence(self, weights: Mapping[str, float]) -> tuple[Evidence, ...]:
        """What the retriever would find with these weights."""
        scores = self.scores(weights)
        best = np.full(len(self.passages), -np.inf)
        np.maximum.at(best, self.owners, scores)
        order = np.argsort(-best, kind="stable")
        places = {self.passages[place].passage: place for place in order}
        fullest = self._fullest()
        ranked = [replace(self.passages[i], score=float(best[i]), clauses=(fullest[i],)) for i in order]
        kept = _kept(ranked, self.question)
        return tuple(replace(e, clauses=self._clauses(places[e.passage], scores)) for e in kept)

    def _fullest(self) -> list[Clause]:
        """Of each passage the clause that says most of the question, with that sign alone: enough to choose by."""
        cover = np.zeros(len(self.passages))
        np.maximum.at(cover, self.owners, self.features[:, self.names.index("cover")])
        return [Clause(self.spans[0], 0.0, (("cover", float(value)),)) for value in cover]

    def _clauses(self, passage: int, scores: Matrix) -> tuple[Clause, ...]:
        rows = np.flatnonzero(self.owners == passage)
        return tuple(Clause(self.spans[i], float(scores[i]), self._named(i)) for i in rows.tolist())

    def _named(self, row: int) -> tuple[tuple[str, float], ...]:
        return tuple(zip(self.names, self.features[row].tolist(), strict=True))


def collect(
    sets: Sequence[QuestionSet],
    settings: Settings,
    embedder: Embedder,
    tell: Progress,
    kind: type[EveryCandidate] = EveryCandidate,
    sayings: Associations | None = None,
) -> Iterator[Candidates]:
    """The candidates of every question, but for those that are answered from several clauses or stopped at the door.

    They are found by a retriever of this `kind`, with these `sayings` or else with those of the product.
    """
    associations = sayings or open_associations(settings.home / "eval", embedder)
    for asked in sets:
        tell(f"{asked.name}：{len(asked.questions)} 题")
        source = folded(asked.report.read_text(encoding="utf-8"))
        with open_index(ready(asked.report, settings, embedder, tell), embedder) as index:
            retriever = kind(index=index, embedder=embedder, associations=associations)
            for gold in asked.questions:
                if gold.category not in LEFT_OUT:
                    yield from candidates_of(gold, retriever, index.reports, source)


def candidates_of(
    gold: GoldQuestion, retriever: Retriever, reports: tuple[Report, ...], source: str
) -> Iterator[Candidates]:
    """One value, or none for a question that is stopped, compares two years, or has nothing to rank."""
    state = retrieved(gold, retriever, reports)
    if state.question is None or state.question.compare or not state.evidence:
        return
    names = tuple(sorted(name for name, _ in state.evidence[0].clauses[0].features))
    owned = [(place, clause) for place, e in enumerate(state.evidence) for clause in e.clauses]
    passages = [e.passage for e in state.evidence]
    right = [not gold.refuse and holds_answer(gold, passages[place].slice(c.span)) for place, c in owned]
    yield Candidates(
        gold=gold,
        reports=reports,
        question=state.question,
        names=names,
        features=np.array([_values(clause, names) for _, clause in owned]),
        right=np.array(right, bool),
        spans=tuple(clause.span for _, clause in owned),
        owners=np.array([place for place, _ in owned], np.intp),
        passages=tuple(replace(e, clauses=()) for e in state.evidence),
        source=source,
    )


def _values(clause: Clause, names: Sequence[str]) -> list[float]:
    values = dict(clause.features)
    return [values[name] for name in names]


def retrieved(gold: GoldQuestion, retriever: Retriever, reports: tuple[Report, ...]) -> State:
    """The walk up to the evidence; without evidence when the guard stops the question."""
    *before, message = gold.spoken
    state = State(message, last_turns([(turn, "") for turn in before]), reports)
    walk = steps(retriever)
    for name in ("guard", "understand", "retrieve"):
        if state.answer is None:
            state = walk[name](state)
    return state
