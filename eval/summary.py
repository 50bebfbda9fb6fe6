"""Many verdicts as a few figures: for each kind of question, and over all of them. "Undefined" is None, never 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chatbot.types import Answer
from eval.judge import Verdict
from eval.questions import GoldQuestion
from eval.table import shown, table

TOTAL = "合计"
HEADINGS = ("题型", "题数", "正确", "要点", "该拒则拒", "误拒", "引文查全", "引文查准", "逐字", "p50 ms", "p95 ms")


@dataclass(frozen=True, slots=True)
class Judged:
    """One question, what was answered, and the verdict on it; `beside` is what else can be told (eval/beside.py)."""

    gold: GoldQuestion
    answer: Answer
    verdict: Verdict
    beside: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def ms(self) -> float:
        return dict(self.answer.timing_ms).get("total", 0.0)


@dataclass(frozen=True, slots=True)
class Summary:
    """Shares from 0 to 1 and milliseconds over `n` questions; None where there was nothing to count.

    `accuracy`, `facts`, `false_refusal`, `recall` and `precision` are over the questions to be answered, if it is known
    what a right answer holds, `refusal` over those to be refused, `exact` over all quotes shown.
    """

    n: int
    accuracy: float | None
    facts: float | None
    refusal: float | None
    false_refusal: float | None
    recall: float | None
    precision: float | None
    exact: float | None
    p50: float | None
    p95: float | None


def summarise(judged: Sequence[Judged], briefs: bool = True) -> Summary:
    """The figures over `judged`; without `briefs`, those count only in `n`, `exact` and the times."""
    verdicts = [j.verdict for j in judged]
    known = [j for j in judged if not j.gold.refuse and j.verdict.right is not None]
    answered = [j.verdict for j in known if briefs or j.gold.category != "briefing"]
    times = [j.ms for j in judged]
    return Summary(
        n=len(judged),
        accuracy=mean(v.right for v in answered),
        facts=mean(v.facts for v in answered),
        refusal=mean(j.verdict.refused for j in judged if j.gold.refuse),
        false_refusal=mean(v.refused for v in answered),
        recall=mean(v.recall for v in answered),
        precision=mean(v.precision for v in answered),
        exact=mean(exact for v in verdicts for exact in v.exact),
        p50=percentile(times, 0.50),
        p95=percentile(times, 0.95),
    )


def by_kind(judged: Sequence[Judged]) -> dict[str, Summary]:
    """The summary of each category in the order of the alphabet, then that of all."""
    kinds = sorted({j.gold.category for j in judged})
    found = {kind: summarise([j for j in judged if j.gold.category == kind]) for kind in kinds}
    return found | {TOTAL: summarise(judged, briefs=False)}


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of what is defined, or None when nothing is."""
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None


def percentile(values: Sequence[float], part: float) -> float | None:
    """The value below which `part` (from 0 to 1) of them lie: the nearest rank above, no value made up between two."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else None


def summary_table(summaries: dict[str, Summary]) -> str:
    return table([HEADINGS, *(_row(name, summary) for name, summary in summaries.items())])


def _row(name: str, s: Summary) -> list[str]:
    shares = (s.accuracy, s.facts, s.refusal, s.false_refusal, s.recall, s.precision, s.exact)
    return [name, str(s.n), *map(shown, shares), shown(s.p50, 1), shown(s.p95, 1)]
