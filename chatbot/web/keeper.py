"""Answers on their way into the ledger: whether one is kept or not, whoever asked has it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.errors import ZhengwenError
from chatbot.present import as_json
from chatbot.records.values import Door
from chatbot.types import Answer
from chatbot.web.contract import History, Ledger

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps what is answered at one door; without a ledger it keeps nothing."""

    door: Door
    ledger: Ledger | None = None

    def keep(self, question: str, answer: Answer, history: History, report_ids: Sequence[str], mode: str) -> str:
        """The id under which the ledger keeps the answer; empty where it does not. Raises nothing."""
        if self.ledger is None:
            return ""
        setting = {"history": history, "report_ids": list(report_ids), "mode": mode}
        try:
            return self.ledger.keep(self.door, question, as_json(answer), setting)
        except Exception as error:  # the edge: the log is told
            _log.error("an answer was not kept: %s", error, exc_info=not isinstance(error, ZhengwenError))
            return ""
