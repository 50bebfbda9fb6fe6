"""Counts of questions and sums of time, as Prometheus reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Lock

from chatbot.types import Answer, Passage, Report, Section
from chatbot.web.contract import AskableBot, History

_STATUSES = ("answered", "partial", "refused", "out_of_scope", "blocked", "error")


class Metrics:
    """Counters that several threads may add to."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._questions = Counter(dict.fromkeys(_STATUSES, 0))
        self._seconds: Counter[str] = Counter()
        self._timed: Counter[str] = Counter()

    def answered(self, answer: Answer) -> None:
        with self._lock:
            self._questions[answer.status] += 1
            for stage, milliseconds in answer.timing_ms:
                self._seconds[stage] += milliseconds / 1000  # type: ignore[assignment]
                self._timed[stage] += 1

    def failed(self) -> None:
        with self._lock:
            self._questions["error"] += 1

    def exposition(self) -> str:
        """All counters in the Prometheus text format, version 0.0.4."""
        with self._lock:
            return "\n".join((*self._question_lines(), *self._second_lines(), ""))

    def _question_lines(self) -> Iterator[str]:
        yield "# HELP zhengwen_questions_total Questions asked, by status of the answer."
        yield "# TYPE zhengwen_questions_total counter"
        yield from _samples("zhengwen_questions_total", "status", self._questions.items())

    def _second_lines(self) -> Iterator[str]:
        yield "# HELP zhengwen_stage_seconds Time spent on answers, by stage."
        yield "# TYPE zhengwen_stage_seconds summary"
        yield from _samples("zhengwen_stage_seconds_sum", "stage", self._seconds.items())
        yield from _samples("zhengwen_stage_seconds_count", "stage", self._timed.items())


def _samples(name: str, label: str, values: Iterable[tuple[str, float]]) -> Iterator[str]:
    return (f'{name}{{{label}="{key}"}} {round(value, 6)}' for key, value in values)


class CountedBot:
    """A bot whose answers and failures are counted in `metrics`, wherever they were asked for."""

    def __init__(self, bot: AskableBot, metrics: Metrics) -> None:
        self._bot = bot
        self._metrics = metrics

    @property
    def reports(self) -> tuple[Report, ...]:
        return self._bot.reports

    def text_of(self, report_id: str) -> str:
        return self._bot.text_of(report_id)

    def passages(self, report_id: str) -> tuple[Passage, ...]:
        return self._bot.passages(report_id)

    def sections(self, report_id: str) -> tuple[Section, ...]:
        return self._bot.sections(report_id)

    def ask(self, message: str, history: History = (), report_ids: Sequence[str] = (), mode: str = "auto") -> Answer:
        return self._counted(lambda: self._bot.ask(message, history, report_ids, mode))

    def brief(self, topic: str, report_ids: Sequence[str] = (), mode: str = "auto") -> Answer:
        return self._counted(lambda: self._bot.brief(topic, report_ids, mode))

    def _counted(self, ask: Callable[[], Answer]) -> Answer:
        try:
            answer = ask()
        except Exception:
            self._metrics.failed()
            raise
        self._metrics.answered(answer)
        return answer

    def stages(
        self, message: str, history: History = (), report_ids: Sequence[str] = (), mode: str = "auto"
    ) -> Iterator[tuple[str, Answer | None]]:
        try:
            for stage, answer in self._bot.stages(message, history, report_ids, mode):
                if answer and stage == "done":  # before that it is a part of it
                    self._metrics.answered(answer)
                yield stage, answer
        except Exception:
            self._metrics.failed()
            raise
