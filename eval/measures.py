"""Every figure that is told of a run: what it is of one answer, and its mean with an interval by kind of question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from eval.intervals import Interval, interval
from eval.summary import TOTAL, Judged

Measure = Callable[[Judged], float | None]
Figures = dict[str, dict[str, Interval]]
RANKS = ("recall@1", "recall@3", "recall@5", "recall@10", "MRR@10", "nDCG@10")
STEPS = ("understand_ms", "retrieve_ms", "draft_ms", "verify_ms", "total_ms")


def _answered(judged: Judged) -> bool:
    """Whether it is known what a right answer holds."""
    return not judged.gold.refuse and judged.verdict.right is not None


def _complete(judged: Judged) -> float | None:
    return None if judged.verdict.facts is None else float(judged.verdict.facts == 1)


def _share(value: bool | float | None) -> float | None:
    return None if value is None else float(value)


def _where(asked: Callable[[Judged], bool], told: Measure) -> Measure:
    return lambda judged: told(judged) if asked(judged) else None


def _beside(name: str) -> Measure:
    return lambda judged: judged.beside.get(name)


MEASURES: Mapping[str, Measure] = {
    "accuracy": _where(_answered, lambda j: _share(j.verdict.right)),
    "facts": _where(_answered, lambda j: j.verdict.facts),
    "clean": _where(_answered, lambda j: _share(j.verdict.clean)),
    "focused": _where(_answered, lambda j: _share(j.verdict.focused)),
    "complete": _where(lambda j: j.gold.category == "list", _complete),
    "refusal": _where(lambda j: j.gold.refuse, lambda j: _share(j.verdict.refused)),
    "false_refusal": _where(_answered, lambda j: _share(j.verdict.refused)),
    "citation_recall": _where(_answered, lambda j: j.verdict.recall),
    "citation_precision": _where(_answered, lambda j: j.verdict.precision),
    "exact": lambda j: sum(j.verdict.exact) / len(j.verdict.exact) if j.verdict.exact else None,
    "supported": _beside("supported"),
    "confused": _beside("confused"),
    **{name: _beside(name) for name in (*RANKS, "calls", "tokens", *STEPS)},
}


def figures(judged: Sequence[Judged]) -> Figures:
    """Kind → measure → mean with its interval; the last kind is all of them, where briefs count in no share."""
    kinds = {kind: [j for j in judged if j.gold.category == kind] for kind in sorted({j.gold.category for j in judged})}
    together = [j for j in judged if j.gold.category != "briefing"]
    return {kind: _figures(part) for kind, part in {**kinds, TOTAL: together}.items()}


def _figures(judged: Sequence[Judged]) -> dict[str, Interval]:
    return {name: interval([told(j) for j in judged]) for name, told in MEASURES.items()}
