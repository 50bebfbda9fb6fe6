"""The named endpoints `/ask` and `/brief`: the same answers as the page, as the one JSON object of the contract.

They do not stream. Of a generator a plain POST gets the first object, which would be a part of the answer, and a switch
to ask for parts would be one more argument, without which Gradio refuses the plain calls that there are.
"""

from collections.abc import Callable, Sequence
from typing import Any

from chatbot.errors import UsageError, ZhengwenError
from chatbot.present import as_json
from chatbot.web.contract import AskableBot, Ledger
from chatbot.web.edge import reason
from chatbot.web.keeper import Keeper
from chatbot.web.texts import Texts

# No postponed annotations in this module: Gradio reads the endpoint's types to describe it to clients.
AskFunction = Callable[..., dict[str, Any]]
Bound = AskableBot | ZhengwenError


def ask_endpoint(bot: Bound, texts: Texts, mode: str = "auto", ledger: Ledger | None = None) -> AskFunction:
    """A function fit for `gr.api`. `bot` may be the error that kept it from being made: then that is the answer."""
    default_mode, keeper = mode, Keeper("api", ledger)

    def ask(
        message: str,
        history: list[Any] | None = None,
        report_ids: list[str] | None = None,
        mode: str = default_mode,
    ) -> dict[str, Any]:
        """Answer a question about the reports. History: [question, answer] pairs, or role/content messages."""
        try:
            check(message, report_ids, mode, texts)
            asked = pairs(history or [], texts), tuple(report_ids or ()), mode
            answer = _there(bot).ask(message, *asked)
        except Exception as error:  # the edge: a client gets a line to read, never a traceback
            return failure(reason(error, texts), mode)
        keeper.keep(message, answer, *asked)
        return as_json(answer)

    return ask


def brief_endpoint(bot: Bound, texts: Texts, mode: str = "auto") -> AskFunction:
    """The same for a brief."""
    default_mode = mode

    def brief(topic: str, report_ids: list[str] | None = None, mode: str = default_mode) -> dict[str, Any]:
        """Put together what the reports say on a topic, under the reports' own headings, every sentence cited."""
        try:
            check(topic, report_ids, mode, texts)
            answer = _there(bot).brief(topic, tuple(report_ids or ()), mode)
        except Exception as error:  # the edge: a client gets a line to read, never a traceback
            return failure(reason(error, texts), mode)
        return as_json(answer)

    return brief


def _there(bot: Bound) -> AskableBot:
    if isinstance(bot, ZhengwenError):
        raise bot
    return bot


def failure(line: str, mode: str) -> dict[str, Any]:
    """The contract's object for a question that met an error: status `error`, and why."""
    return {"status": "error", "answer": "", "error": line, "citations": [], "mode": mode, "timing_ms": {}}


def check(message: object, report_ids: object, mode: object, texts: Texts) -> None:
    """UsageError for values that are not of the endpoint's types; JSON may hold anything."""
    if not isinstance(message, str):
        raise UsageError(texts.bad_message)
    if not isinstance(mode, str):
        raise UsageError(texts.bad_mode)
    if report_ids is not None and not _all_text(report_ids):
        raise UsageError(texts.bad_report_ids)


def _all_text(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def pairs(history: object, texts: Texts) -> tuple[tuple[str, str], ...]:
    """(question, answer) pairs out of pairs or of role/content messages. UsageError for anything else."""
    if not isinstance(history, list):
        raise UsageError(texts.bad_history)
    if history and all(isinstance(entry, dict) for entry in history):
        return _from_messages(history, texts)
    if not all(_all_text(entry) and len(entry) == 2 for entry in history):
        raise UsageError(texts.bad_history)
    return tuple((question, answer) for question, answer in history)


def _from_messages(messages: Sequence[dict[str, Any]], texts: Texts) -> tuple[tuple[str, str], ...]:
    turns: list[tuple[str, str]] = []
    for message in messages:
        role, content = message.get("role"), message.get("content")
        if role not in ("user", "assistant") or not isinstance(content, str):
            raise UsageError(texts.bad_history)
        if role == "user":
            turns.append((content, ""))
        elif turns:
            question, answer = turns[-1]
            turns[-1] = (question, "\n".join(filter(None, (answer, content))))
    return tuple(turns)
