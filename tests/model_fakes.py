"""Models that live in the test itself: one that says what it is told to, and one that must not be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from langchain_core.messages import BaseMessage

from chatbot.models import ModelFailure, Usage


@dataclass(frozen=True)
class Broken:
    """An answer that ends in a failure after `text`."""

    text: str = ""
    reason: str = "模型的回答中途断了"


Answer = str | Broken | Callable[[str], str]


class ScriptedModel:
    """Gives these answers in turn, in pieces of `size` characters, and remembers the prompts; one more is an error."""

    name = "scripted"

    def __init__(self, *answers: Answer, size: int = 3) -> None:
        self._answers = list(answers)
        self._size = size
        self.prompts: list[str] = []

    def stream(self, messages: Sequence[BaseMessage], usage: Usage) -> Iterator[str]:
        usage.calls += 1
        prompt = str(messages[-1].content)
        self.prompts.append(prompt)
        assert self._answers, f"one call too many: {prompt[-80:]}"
        answer = self._answers.pop(0)
        text = answer.text if isinstance(answer, Broken) else answer if isinstance(answer, str) else answer(prompt)
        yield from (text[i : i + self._size] for i in range(0, len(text), self._size))
        if isinstance(answer, Broken):
            raise ModelFailure(answer.reason)
