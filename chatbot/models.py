"""The one door to language models: any endpoint that speaks the OpenAI chat protocol, by way of LangChain.

Whatever goes wrong comes out as `ModelFailure` with a reason in Chinese that holds neither key nor address.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import Any, Protocol
from weakref import finalize

import pybreaker
from langchain_core.messages import AIMessageChunk, BaseMessage
from pydantic import SecretStr

from chatbot.settings import Settings

FAILURES = 3  # in a row, before the endpoint is left alone
REST = 60.0  # seconds it is left alone; then one question tries again
RETRIES = 1  # on connection errors, 429 and 5xx, while nothing has come and somebody still waits
PAUSE = 0.5  # seconds before the second try
LONGEST_PAUSE = 2.0  # seconds; an endpoint that asks for more is told off for this question
LONGEST_ANSWER = 600  # tokens
_LONGEST_TEXT = 4000  # characters; what is longer is no answer to a question about a report
_CUT, _ENDLESS = "模型的回答中途断了", "模型的回答没完没了"
_REFUSALS = {
    401: "模型服务拒绝了密钥",
    403: "模型服务拒绝了密钥",
    404: "模型服务没有这个模型，或地址不对",
    429: "模型服务太忙",
}
_REASONS = (  # part of the name of an error or of its cause → what to say; the first that fits
    ("ConnectError", "连不上模型服务"),
    ("ConnectTimeout", "连不上模型服务"),
    ("Timeout", "模型服务迟迟没有回应"),
    ("EndlessResponse", _ENDLESS),
    ("UnicodeEncodeError", "请求发不出去：密钥里有不能用的字符"),
    ("LocalProtocolError", "请求发不出去：密钥里有不能用的字符"),
    ("ConnectionError", _CUT),
)


class ModelFailure(Exception):
    """The model gave nothing that can be used; `str()` says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds until a connection stands, until the first token is there, and until the whole answer is."""

    connect: float = 5.0
    first: float = 30.0
    whole: float = 120.0


@dataclass(slots=True)
class Usage:
    """What calls have cost so far, as the endpoint counts it; None where it does not say."""

    calls: int = 0
    prompt_tokens: int | None = None
    answer_tokens: int | None = None

    def add(self, chunk: AIMessageChunk) -> None:
        told = chunk.usage_metadata
        # Endpoints may count in words or not at all; only numbers are believed.
        if told and isinstance(told["input_tokens"], int) and isinstance(told["output_tokens"], int):
            self.prompt_tokens = (self.prompt_tokens or 0) + told["input_tokens"]
            self.answer_tokens = (self.answer_tokens or 0) + told["output_tokens"]


class Model(Protocol):
    """What drafts are written with."""

    @property
    def name(self) -> str: ...

    def stream(self, messages: Sequence[BaseMessage], usage: Usage) -> Iterator[str]:
        """Pieces of the answer as they come; raises ModelFailure, at the latest when the limits are over."""
        ...


class OpenAIModel:
    """A model behind an OpenAI-compatible endpoint, guarded by a circuit breaker."""

    def __init__(self, url: str, model: str, key: SecretStr, limits: Limits | None = None, rest: float = REST) -> None:
        self.name = model
        self._url, self._key, self._limits = url, key, limits or Limits()
        # A listener who goes away in the middle of an answer says nothing against the endpoint.
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=FAILURES, reset_timeout=rest, exclude=[GeneratorExit], throw_new_error_on_trip=False
        )
        self._client: Any = None

    def stream(self, messages: Sequence[BaseMessage], usage: Usage) -> Iterator[str]:
        try:
            yield from self._breaker.call(self._pieces, messages, usage)
        except pybreaker.CircuitBreakerError as error:
            raise ModelFailure("模型服务连续失败，暂停使用，稍后自动再试") from error

    def _pieces(self, messages: Sequence[BaseMessage], usage: Usage) -> Iterator[str]:
        """The stream, read in a thread of its own so that no silence of the endpoint can hold up the answer."""
        usage.calls += 1
        arrived: SimpleQueue[AIMessageChunk | Exception | None] = SimpleQueue()
        given_up = Event()
        Thread(target=self._read, args=(messages, arrived, given_up), daemon=True).start()
        started, length, silent = monotonic(), 0, True
        try:
            while (chunk := _next(arrived, started, self._limits, silent)) is not None:
                usage.add(chunk)
                piece = chunk.text
                length += len(piece)
                silent = silent and not piece.strip()
                if length > _LONGEST_TEXT:
                    raise ModelFailure(_ENDLESS)
                if piece:
                    yield piece
        finally:
            given_up.set()
        if silent:
            raise ModelFailure("模型什么也没有回答")

    def _read(
        self, messages: Sequence[BaseMessage], arrived: SimpleQueue[AIMessageChunk | Exception | None], given_up: Event
    ) -> None:
        try:
            finished = False
            for chunk in self._chunks(messages, given_up):
                if given_up.is_set():
                    return
                finished = finished or bool(chunk.response_metadata.get("finish_reason"))
                arrived.put(chunk)
            arrived.put(None if finished else ModelFailure(_CUT))
        except Exception as error:  # whatever the client raises, the one who waits must hear of it
            arrived.put(error)

    def _chunks(self, messages: Sequence[BaseMessage], given_up: Event) -> Iterator[AIMessageChunk]:
        """The stream, asked for once more where that may help."""
        for left in reversed(range(RETRIES + 1)):
            begun = False
            try:
                for chunk in self._langchain().stream(list(messages)):
                    begun = True
                    yield chunk
                return
            except Exception as error:
                pause = _pause(error)
                if begun or not left or pause is None or given_up.wait(pause):
                    raise

    def _langchain(self) -> Any:
        if self._client is None:
            # Slow to import (2 s), and needed only when a model is set.
            from langchain_openai import ChatOpenAI
            from openai import DefaultHttpxClient

            # Brings the client's HTTP library along.
            from chatbot.bounded import bounded

            http = DefaultHttpxClient(event_hooks={"response": [bounded(self._limits.whole)]})
            finalize(self, http.close)
            self._client = ChatOpenAI(
                base_url=self._url,
                model=self.name,
                api_key=SecretStr(self._key.get_secret_value() or "none"),
                temperature=0,
                max_tokens=LONGEST_ANSWER,  # type: ignore[call-arg]  # an alias of the field's own name
                timeout=_timeout(self._limits),
                max_retries=0,  # the client would go on for listeners who have gone, and wait two minutes when told to
                http_client=http,
                stream_usage=True,
            )
        return self._client


def _next(
    arrived: SimpleQueue[AIMessageChunk | Exception | None], started: float, limits: Limits, silent: bool
) -> AIMessageChunk | None:
    """The next chunk, or None at the end; raises ModelFailure."""
    limit = min(limits.first, limits.whole) if silent else limits.whole
    try:
        item = arrived.get(timeout=max(0.0, started + limit - monotonic()))
    except Empty:
        raise ModelFailure("模型迟迟没有回答" if silent else "模型没能按时答完") from None
    if isinstance(item, ModelFailure):
        raise item
    if isinstance(item, Exception):
        raise ModelFailure(_why(item)) from item
    return item


def _timeout(limits: Limits) -> tuple[float, float]:
    """(connect, read): silence on the line for longer than the first token may take is a dead line."""
    return limits.connect, limits.first


def _pause(error: Exception) -> float | None:
    """Seconds after which another try may help; None when none will, or not soon enough."""
    status = getattr(error, "status_code", None)
    if status is None:
        return PAUSE if "ConnectionError" in type(error).__name__ else None
    if status != 429 and status < 500:
        return None
    try:
        asked = float(error.response.headers.get("retry-after", PAUSE))  # type: ignore[attr-defined]  # of every status
    except ValueError:  # a date
        return None
    return asked if asked <= LONGEST_PAUSE else None


def _why(error: Exception) -> str:
    """The reason in Chinese. Never the error's own words: they may hold the address or the key."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _REFUSALS.get(status, "模型服务出错") + f"（{status}）"
    kinds = " ".join(_kinds(error))
    return next((reason for kind, reason in _REASONS if kind in kinds), "模型服务的回答读不懂")


def _kinds(error: BaseException | None) -> Iterator[str]:
    """The names of its class and of those of its causes; what is below LangChain is not imported for this."""
    while error:
        yield type(error).__name__
        error = error.__cause__


def open_model(settings: Settings) -> OpenAIModel | None:
    """The model of the settings, or None when none is set."""
    if not (settings.openai_base_url or settings.openai_api_key.get_secret_value()) or not settings.openai_model:
        return None
    limits = Limits(settings.model_connect_seconds, settings.model_first_seconds, settings.model_whole_seconds)
    return OpenAIModel(settings.openai_base_url or _OPENAI, settings.openai_model, settings.openai_api_key, limits)


_OPENAI = "https://api.openai.com/v1"
