"""How good rankings are: recall, reciprocal rank, nDCG. The one door to ir-measures, which runs trec_eval's code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

from chatbot.errors import SetupError
from eval.summary import mean

CUTOFFS = (1, 3, 5, 10, 20)
# Our names → those of the library.
MEASURES = {**{f"recall@{k}": f"R@{k}" for k in CUTOFFS}, "MRR@10": "RR@10", "nDCG@10": "nDCG@10"}

Values = Mapping[str, float | None]
Judgements = Mapping[str, Mapping[str, int]]
Scores = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Quality:
    """Values from 0 to 1 under the names in `MEASURES`: `by_query` for each query, `means` over those defined.

    All values of a query are None when nothing relevant to it is known; a mean is None when there is no such query.
    """

    means: Values
    by_query: Mapping[str, Values]

    @property
    def judged(self) -> int:
        """How many queries the means are over."""
        return sum(None not in values.values() for values in self.by_query.values())


def library() -> ModuleType:
    """ir-measures. Raises SetupError where it is not installed: what users install does without it."""
    try:
        # Not at the top: only this needs what requirements-dev.txt adds; the other commands must run without it.
        import ir_measures
    except ImportError as error:
        advice = "请执行 .venv/bin/python -m pip install -r requirements-dev.txt"
        raise SetupError("检索评测需要 ir-measures，还没有安装", advice) from error
    return ir_measures


def measure(judgements: Judgements, scores: Scores) -> Quality:
    """The quality of `scores` (query → document → score) by `judgements` (query → document → relevance).

    A document is relevant from 1 on; nDCG takes the relevance as the gain (Järvelin and Kekäläinen 2002, as trec_eval).
    A query with a judgement and without scores has found nothing; one without a judgement is undefined.
    """
    relevant = {query: judged for query, judged in judgements.items() if any(r > 0 for r in judged.values())}
    by_query: dict[str, dict[str, float | None]] = {q: dict.fromkeys(MEASURES) for q in {**judgements, **scores}}
    names = {library().parse_measure(theirs): ours for ours, theirs in MEASURES.items()}
    ranks = {query: _ranks(scores.get(query, {})) for query in relevant}
    for found in library().iter_calc(list(names), relevant, ranks):
        by_query[found.query_id][names[found.measure]] = found.value
    return Quality({name: mean(values[name] for values in by_query.values()) for name in MEASURES}, by_query)


def _ranks(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores without ties, in the same order; what ties goes by its id.

    The measures would break ties each in its own way, and take scores for equal that differ by less than a float32.
    """
    order = sorted(scores, key=lambda document: (-scores[document], document))
    return {document: -float(rank) for rank, document in enumerate(order, start=1)}
