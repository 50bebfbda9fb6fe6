"""The bot that every door talks to: the reports it may ask, and the chain behind `ask`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from chatbot.brief import LENGTHS
from chatbot.briefing import Line, checked
from chatbot.chain import Retriever, State, Writer, chain, last_turns, staged
from chatbot.compose import Written
from chatbot.errors import SetupError, UnknownReport, UsageError
from chatbot.holdings import Holdings, NoHoldings
from chatbot.scope import scope
from chatbot.types import Answer, Passage, Report, Section
from chatbot.understand import as_statement

MODES = ("auto", "extractive", "model")
NO_MODEL = "请设置 OPENAI_BASE_URL、OPENAI_API_KEY 和 OPENAI_MODEL（写法见 .env.example），或改用 --mode extractive"


class Bot:
    """Answers questions about `reports`. Holds no conversation: the history comes with each question."""

    def __init__(
        self,
        reports: Sequence[Report],
        retriever: Retriever,
        default_report: str = "",
        writer: Writer | None = None,
        fingerprints: Mapping[str, str] | None = None,
        *,
        holdings: Holdings | None = None,
    ) -> None:
        self.reports = tuple(reports)
        self._default = default_report
        self._retriever = retriever
        self._writer = writer
        self._fingerprints = tuple((fingerprints or {}).items())
        self._holdings = holdings or NoHoldings()
        self._chain = chain(retriever, writer)

    def ask(
        self,
        message: str,
        history: Sequence[tuple[str, str]] = (),
        report_ids: Sequence[str] = (),
        mode: str = "auto",
    ) -> Answer:
        """The answer to `message`; raises `UnknownReport` or `UsageError`, never for what the message says."""
        return self._chain.invoke(self._state(message, history, report_ids, mode))

    def stages(
        self,
        message: str,
        history: Sequence[tuple[str, str]] = (),
        report_ids: Sequence[str] = (),
        mode: str = "auto",
    ) -> Iterator[tuple[str, Answer | None]]:
        """The same, with a word at each step: (step, None) …, then ("done", answer).

        While a model writes, ("draft", answer) holds the verified sentences so far.
        """
        return staged(self._retriever, self._state(message, history, report_ids, mode), self._writer)

    def brief(self, topic: str, report_ids: Sequence[str] = (), mode: str = "auto", length: str = "full") -> Answer:
        """The passages on `topic` under the outline of a briefing; `length` is one of `chatbot.brief.LENGTHS`."""
        if length not in LENGTHS:
            raise UsageError(f"没有“{length}”这种篇幅", f"可用的有：{'、'.join(LENGTHS)}")
        return self._chain.invoke(replace(self._state(topic, (), report_ids, mode), brief=True, length=length))

    def checked(self, line: Line, report_ids: Sequence[str] = ()) -> Line:
        """A line of a briefing held against its quotes, else against what these reports say. Raises UnknownReport.

        A report that it cites and that is no longer there bears nothing out.
        """
        chosen = tuple(map(self._report, report_ids)) or self.reports
        known = {report.id for report in self.reports}
        cited = [citation.report_id for citation in line.citations if citation.report_id in known]
        ids = dict.fromkeys([*(report.id for report in chosen), *cited])
        passages = [passage for report_id in ids for passage in self.passages(report_id)]
        places = tuple({report.region for report in map(self._report, ids) if report.region})
        return checked(line, passages, places, lambda text: self._retriever.find(as_statement(text, chosen)))

    def check(self, mode: str) -> None:
        """Raises UsageError for a mode that does not exist, SetupError for `model` where none is configured."""
        if mode not in MODES:
            raise UsageError(f"没有“{mode}”这种回答方式", f"可用的有：{'、'.join(MODES)}")
        if mode == "model" and self._writer is None:
            raise SetupError("还没有配置模型", NO_MODEL)

    def text_of(self, report_id: str) -> str:
        return self._report(report_id).text

    def passages(self, report_id: str) -> tuple[Passage, ...]:
        """Every sentence of a report, in order. Raises UnknownReport."""
        return self._holdings.passages(self._report(report_id).id)

    def sections(self, report_id: str) -> tuple[Section, ...]:
        """The leaves of its section tree; their spans tile its text. Raises UnknownReport."""
        return self._holdings.sections(self._report(report_id).id)

    def _report(self, report_id: str) -> Report:
        for report in self.reports:
            if report.id == report_id:
                return report
        raise UnknownReport(f"没有编号为“{report_id}”的报告", "请用 python -m vectorstore list 查看已有报告")

    def _state(self, message: str, history: Sequence[tuple[str, str]], report_ids: Sequence[str], mode: str) -> State:
        self.check(mode)
        if not self.reports:
            raise UnknownReport("还没有任何报告", "请用 python -m vectorstore add 添加一份")
        chosen = tuple(map(self._report, report_ids)) or scope(message, self.reports, self._default)
        written = Written(self._writer.model.name) if self._writer and mode != "extractive" else None
        return State(message, last_turns(history), chosen, fingerprints=self._fingerprints, written=written)
