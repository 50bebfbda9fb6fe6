"""Many questions at once: JSON Lines in, JSON Lines out, in the same order; a bad line becomes a line that says so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from chatbot.bot import Bot
from chatbot.errors import ZhengwenError
from chatbot.present import as_json


def answer_lines(bot: Bot, lines: Iterable[str], mode: str, report_ids: Sequence[str]) -> Iterator[str]:
    """One JSON line out for each non-empty line in."""
    for line in lines:
        if line.strip():
            yield json.dumps(_answered(bot, line, mode, report_ids), ensure_ascii=False)


def _answered(bot: Bot, line: str, mode: str, report_ids: Sequence[str]) -> dict[str, Any]:
    row: object = None
    try:
        row = json.loads(line)
        turns = _turns(row)
    except _NoQuestion as error:
        return _failed(_id(row), str(error), mode)
    except (ValueError, RecursionError):
        return _failed(None, "这一行不是有效的 JSON", mode)
    try:
        answer = bot.ask(turns[-1], [(turn, "") for turn in turns[:-1]], report_ids, mode)
    except ZhengwenError as error:
        return _failed(_id(row), str(error), mode)
    return {"id": _id(row)} | as_json(answer)


class _NoQuestion(ValueError):
    pass


def _turns(row: object) -> list[str]:
    """The turns of a line; the last one is to be answered."""
    if not isinstance(row, dict):
        raise _NoQuestion("这一行不是 JSON 对象")
    turns = row.get("turns") or [row.get("question")]
    if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns) or not turns[-1].strip():
        raise _NoQuestion("这一行没有问题：需要 question 或 turns")
    return turns


def _id(row: object) -> object:
    return row.get("id") if isinstance(row, dict) else None


def _failed(id: object, reason: str, mode: str) -> dict[str, Any]:
    timing = dict.fromkeys(("understand", "retrieve", "draft", "verify", "total"), 0.0)
    empty = {"answer": "", "citations": [], "mode": mode, "timing_ms": timing}
    return {"id": id, "status": "error", "reason": reason, **empty}
