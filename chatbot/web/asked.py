"""A request in OpenAI's protocol → a question to the bot, and the chunks that its answer is handed out in."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from secrets import token_hex
from time import time
from typing import Any

from chatbot.errors import UsageError
from chatbot.types import Answer
from chatbot.web.api import pairs
from chatbot.web.contract import AskableBot, History
from chatbot.web.failures import Failure
from chatbot.web.keeper import Keeper
from chatbot.web.protocol import MODES, AnswerObject, ChatChunk, ChatRequest, ChunkChoice, Delta, Usage
from chatbot.web.texts import ApiTexts, Texts

Walk = Generator[tuple[str, Answer | None]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request in the bot's terms, and what its answer is to be called."""

    question: str
    history: History
    report_ids: tuple[str, ...]
    mode: str
    model: str
    id: str
    created: int
    usage_too: bool

    @classmethod
    def of(cls, request: ChatRequest, texts: Texts) -> Asked:
        """Raises Failure or UsageError for what cannot be asked."""
        check_model(request.model, texts.api)
        if request.n not in (None, 1):
            raise UsageError(texts.api.one_answer)
        told = [message for message in request.messages if message.role in ("user", "assistant")]
        last = max((place for place, message in enumerate(told) if message.role == "user"), default=None)
        if last is None:
            raise UsageError(texts.api.no_question)
        return cls(
            question=told[last].text,
            history=pairs([{"role": m.role, "content": m.text} for m in told[:last]], texts),
            report_ids=tuple(request.report_ids or ()),
            mode=MODES[request.model],
            model=request.model,
            id=f"chatcmpl-{token_hex(12)}",
            created=int(time()),
            usage_too=bool(request.stream_options and request.stream_options.include_usage),
        )

    def put(self, bot: AskableBot) -> Answer:
        return bot.ask(self.question, self.history, self.report_ids, self.mode)

    def keep(self, answer: Answer, keeper: Keeper) -> Answer:
        """The answer itself."""
        keeper.keep(self.question, answer, self.history, self.report_ids, self.mode)
        return answer

    def walk(self, bot: AskableBot) -> Walk:
        """The same, step by step. A generator of ours, so that closing it closes the bot's."""
        yield from bot.stages(self.question, self.history, self.report_ids, self.mode)

    def head(self) -> dict[str, Any]:
        return {"id": self.id, "created": self.created, "model": self.model}

    def chunk(self, delta: Delta) -> ChatChunk:
        return ChatChunk(**self.head(), choices=[ChunkChoice(delta=delta)])

    def last(self, answer: Answer) -> list[ChatChunk]:
        """The chunk that ends the answer, with the contract's object, and the one with the usage if that is wanted."""
        told = AnswerObject.of(answer)
        end = ChatChunk(**self.head(), choices=[ChunkChoice(delta=Delta(), finish_reason="stop")], zhengwen=told)
        return [end, *([ChatChunk(**self.head(), choices=[], usage=Usage.of(told))] if self.usage_too else [])]


def check_model(name: str, texts: ApiTexts) -> None:
    """Raises Failure for a model that we do not have."""
    if name not in MODES:
        raise Failure(404, texts.no_model.format(model=name[:60], models="、".join(MODES)), "model_not_found")
