"""The bot that every door talks to: the reports it may ask, and the chain behind `ask`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatbot.chain import Retriever, State, chain, last_turns, staged
from chatbot.errors import UnknownReport, UsageError
from chatbot.scope import scope
from chatbot.types import Answer, Report

MODES = ("auto", "extractive", "model")


class Bot:
    """Answers questions about `reports`. Holds no conversation: the history comes with each question."""

    def __init__(self, reports: Sequence[Report], retriever: Retriever, default_report: str = "") -> None:
        self.reports = tuple(reports)
        self._default = default_report
        self._retriever = retriever
        self._chain = chain(retriever)

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
        """The same, with a word at each step: (step, None) …, then ("done", answer)."""
        return staged(self._retriever, self._state(message, history, report_ids, mode))

    def brief(self, topic: str, report_ids: Sequence[str] = (), mode: str = "auto") -> Answer:
        """The passages and figures on `topic`, grouped by the report's structure."""
        return self._chain.invoke(replace(self._state(topic, (), report_ids, mode), brief=True))

    def text_of(self, report_id: str) -> str:
        return self._report(report_id).text

    def _report(self, report_id: str) -> Report:
        for report in self.reports:
            if report.id == report_id:
                return report
        raise UnknownReport(f"没有编号为“{report_id}”的报告", "请用 python -m vectorstore list 查看已有报告")

    def _state(self, message: str, history: Sequence[tuple[str, str]], report_ids: Sequence[str], mode: str) -> State:
        check_mode(mode)
        if not self.reports:
            raise UnknownReport("还没有任何报告", "请用 python -m vectorstore add 添加一份")
        chosen = tuple(map(self._report, report_ids)) or scope(message, self.reports, self._default)
        return State(message, last_turns(history), chosen)


def check_mode(mode: str) -> None:
    if mode not in MODES:
        raise UsageError(f"没有“{mode}”这种回答方式", f"可用的有：{'、'.join(MODES)}")
    if mode == "model":
        raise UsageError("还没有配置模型", "请改用 --mode extractive，或等待后续版本的模型回答")
