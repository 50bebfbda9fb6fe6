"""What a scripted model reads in our prompts: which of `prompts/` it is, the evidence in it, and the question."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chatbot.prompts import NAMES, prompt

_EVIDENCE = re.compile(r"^\[(E[0-9a-f]+)\](?:（(?:(\d{4})年)?，?(已完成|目标或安排)?）)?(.+)$", re.MULTILINE)
_QUESTION = re.compile(r"^(?:问题|最后的问题)：(.*)$", re.MULTILINE)
_HISTORY = re.compile(r"^前文：(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Line:
    """A passage as it was offered; `status` is 已完成, 目标或安排 or empty, `year` may be empty too."""

    key: str
    text: str
    year: str = ""
    status: str = ""


def which(asked: str) -> str:
    """The name of the prompt that `asked` was made from; empty for any other text."""
    return next((name for name in NAMES if asked.startswith(prompt(name).splitlines()[0])), "")


def evidence(asked: str) -> tuple[Line, ...]:
    return tuple(Line(m[1], m[4], m[2] or "", m[3] or "") for m in _EVIDENCE.finditer(asked))


def question(asked: str) -> str:
    return _last(_QUESTION, asked)


def history(asked: str) -> str:
    return _last(_HISTORY, asked)


def _last(pattern: re.Pattern[str], asked: str) -> str:
    """What comes before it belongs to the example."""
    return next(reversed([m[1] for m in pattern.finditer(asked)]), "")
