"""What can be told of an answer beside whether it is right: was the evidence found, is the time right, does it hold?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chatbot.types import Answer, Passage, Period, Report
from eval.ir_metrics import Quality, measure
from eval.judge import REFUSALS, covers, folded
from eval.questions import GoldQuestion
from eval.recheck import Recheck
from vectorstore.passages import passages

Values = Mapping[str, float | None]


class Beside:
    """Looks at answers about these reports."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._passages = [(p, folded(p.text)) for report in reports for p in passages(report)]
        self._recheck = Recheck(reports)

    def __call__(self, gold: GoldQuestion, answer: Answer) -> Values:
        """Figures of one answer; None where the question does not arise."""
        model = dict(answer.receipt).get("model")
        told: dict[str, Any] = model if isinstance(model, dict) else {}
        return {
            "supported": self._supported(gold, answer),
            "confused": self._confused(gold, answer),
            "likely": _number(dict(answer.receipt).get("likely")),
            "calls": _number(told.get("calls", 0)),
            "tokens": _number(told.get("prompt_tokens")),
            **{f"{step}_ms": ms for step, ms in answer.timing_ms},
        }

    def _supported(self, gold: GoldQuestion, answer: Answer) -> float | None:
        """The share of the sentences shown that their quotes carry: citation recall after ALCE (Gao et al. 2023), with
        our own check on exact spans in the place of a language model."""
        if not answer.citations:
            return None
        return 1 - min(1.0, len(self._recheck(gold.spoken[-1], answer)) / len(answer.sentences))

    def _confused(self, gold: GoldQuestion, answer: Answer) -> float | None:
        """1 when no quote is of a year and status that the evidence is of; None for what has no evidence or quote."""
        meant = {passage.period for passage in self.evidence(gold)}
        if not meant or not answer.citations or answer.status in REFUSALS:
            return None
        return float(not meant & self._cited(answer))

    def _cited(self, answer: Answer) -> set[Period]:
        ends = {(c.report_id, c.start) for c in answer.citations}
        return {p.period for p, _ in self._passages for id, start in ends if p.report_id == id and _at(p, start)}

    def evidence(self, gold: GoldQuestion) -> list[Passage]:
        """The passages in which evidence of the question stands."""
        snippets = [folded(snippet) for snippet in gold.evidence]
        return [p for p, text in self._passages if any(covers(text, snippet) for snippet in snippets)]

    def ranked(self, asked: Iterable[tuple[GoldQuestion, Answer]]) -> Quality:
        """How well evidence was found: the passages offered for each answer, in their order, against those meant."""
        pairs = [(gold, answer) for gold, answer in asked if not gold.refuse and gold.category != "briefing"]
        judgements = {gold.id: {p.id: 1 for p in self.evidence(gold)} for gold, _ in pairs}
        return measure(judgements, {gold.id: self._offered(answer) for gold, answer in pairs})

    def _offered(self, answer: Answer) -> dict[str, float]:
        lines: Any = dict(answer.receipt).get("passages", [])
        starts = {line["start"]: -float(rank) for rank, line in enumerate(lines)}
        return {p.id: starts[p.span.start] for p, _ in self._passages if p.span.start in starts}


def _at(passage: Passage, offset: int) -> bool:
    return passage.span.start <= offset < passage.span.end


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
