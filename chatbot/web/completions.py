"""`/v1`: the bot behind the protocol of OpenAI's chat completions, so that programs made for that can ask it.

A stream is made of sentences that were verified, each sent the moment it stands; what was sent begins the final answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from chatbot.types import Answer
from chatbot.web.api_docs import Described, docs_page
from chatbot.web.asked import Asked, Walk, check_model
from chatbot.web.failures import Failure
from chatbot.web.gate import Gate, Rules
from chatbot.web.protocol import (
    MODES,
    AnswerMessage,
    AnswerObject,
    ChatChunk,
    ChatCompletion,
    ChatRequest,
    Choice,
    Delta,
    ErrorBody,
    ModelList,
    ModelObject,
    Usage,
    sound,
)
from chatbot.web.service import Service
from chatbot.web.texts import Texts

PATH = "/v1"
_OPEN = ("/docs", "/openapi.json")  # what is there to be read in a browser, which sends no key
_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorBody, "description": "请求不对"},
    401: {"model": ErrorBody, "description": "没有密钥或密钥不对"},
    404: {"model": ErrorBody, "description": "没有这份报告或这个模型"},
    413: {"model": ErrorBody, "description": "请求体太大"},
    429: {"model": ErrorBody, "description": "同时提问的人太多"},
    503: {"model": ErrorBody, "description": "还没有索引，或没有配置模型"},
    "default": {"model": ErrorBody, "description": "别的错误"},
}
_ANSWERS = _ERRORS | {200: {"model": ChatCompletion | ChatChunk, "description": "回答；逐句返回时是一段段 ChatChunk"}}
_ONE_MODEL: dict[int | str, dict[str, Any]] = {
    200: {"model": ModelObject, "description": "有这个模型"},
    404: _ERRORS[404],
    "default": _ERRORS["default"],
}


def add_completions(app: FastAPI, service: Service, key: str, described: Described) -> None:
    """Mounts `/v1` with its documents. `key` empty: open to all; `described` tells of the other interfaces."""
    door, texts = _Door(service), service.texts
    api = _bare(texts.api.docs)
    api.add_api_route("/chat/completions", door.complete, methods=["POST"], responses=_ANSWERS, summary="提问")
    api.add_api_route("/models", _models, response_description="全部", summary="可用的模型")
    api.add_api_route("/models/{model}", door.model, responses=_ONE_MODEL, summary="一个模型")
    _add_docs(api, texts, described)
    _add_edges(api, texts)
    api.add_middleware(Gate, Rules(texts.api, key, _OPEN))
    app.mount(PATH, api)


def _bare(title: str) -> FastAPI:
    """An app without FastAPI's own pages, whose scripts would come from another host."""
    here = [{"url": PATH}]
    return FastAPI(
        title=title, version=PATH[1:], servers=here, root_path_in_servers=False, docs_url=None, redoc_url=None
    )


def _add_docs(api: FastAPI, texts: Texts, described: Described) -> None:
    def docs() -> HTMLResponse:
        return HTMLResponse(docs_page(api.openapi(), described, texts))

    api.add_api_route("/docs", docs, include_in_schema=False)


def _add_edges(api: FastAPI, texts: Texts) -> None:
    """Errors that FastAPI meets before or beside our own functions, in OpenAI's shape too."""
    known = {404: (texts.api.no_path, "not_found"), 405: (texts.api.no_method, "method_not_allowed")}

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError), "registered for these"
        return Failure(400, texts.api.bad_field.format(field=_field(error)), "invalid_value").response()

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException), "registered for these"
        line, code = known.get(error.status_code, (texts.api.bad_json, "invalid_json"))
        return Failure(error.status_code, line, code).response()

    api.add_exception_handler(RequestValidationError, invalid)
    api.add_exception_handler(HTTPException, refused)


def _field(error: RequestValidationError) -> str:
    """Where the first fault lies: `messages.0.role`. Values and the names of types are left out."""
    place = error.errors()[0]["loc"][1:]
    return ".".join(map(str, place[:3])) or "JSON"


def _models() -> ModelList:
    return ModelList(data=[ModelObject(id=name) for name in MODES])


class _Door:
    """Turns requests into questions and answers into the protocol's objects."""

    def __init__(self, service: Service) -> None:
        self._service, self._texts = service, service.texts

    async def complete(self, request: ChatRequest) -> Response:
        """最后一条 user 消息是问题。回答只取自报告原文；引文在 zhengwen.citations 里。"""
        try:
            asked = Asked.of(request, self._texts)
            return await (self._stream(asked) if request.stream else self._whole(asked))
        except Exception as error:  # the edge: a client gets a line to read, never a traceback
            return Failure.of(error, self._texts).response()

    async def model(self, model: str) -> Response:
        try:
            check_model(model, self._texts.api)
        except Failure as failure:
            return failure.response()
        return _json(ModelObject(id=model))

    async def _whole(self, asked: Asked) -> Response:
        answer = await self._service.in_turn(lambda bot: asked.keep(asked.put(bot), self._service.keeper))
        told = AnswerObject.of(answer)
        choice = Choice(message=AnswerMessage(content=told.answer, zhengwen=told))
        return _json(ChatCompletion(**asked.head(), choices=[choice], usage=Usage.of(told)))

    async def _stream(self, asked: Asked) -> Response:
        """Begins when the first sentence stands: an error before that still gets its own HTTP status."""
        bot = self._service.askable()
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._service.turns.taken())
            walk = asked.walk(bot)
            stack.callback(walk.close)
            pieces = self._pieces(asked, walk)
            first = await anext(pieces)
            return _Held(self._events(asked, first, pieces), stack.pop_all())

    async def _pieces(self, asked: Asked, walk: Walk) -> AsyncIterator[str | Answer]:
        """Text as it stands, each piece going on where the one before ended; after the last one the answer."""
        sent = ""
        while event := await run_in_threadpool(next, walk, None):
            step, answer = event
            if answer and step == "done":
                yield self._rest(sent, answer)
                yield await run_in_threadpool(asked.keep, answer, self._service.keeper)
            elif answer and (piece := further(sent, answer)):
                sent += piece
                yield piece

    def _rest(self, sent: str, answer: Answer) -> str:
        if not answer.text.startswith(sent):
            raise Failure(502, self._texts.api.changed, "answer_changed")
        return answer.text[len(sent) :]

    async def _events(
        self, asked: Asked, first: str | Answer, pieces: AsyncIterator[str | Answer]
    ) -> AsyncIterator[bytes]:
        """The stream: who speaks and the first piece, the other pieces, the end."""
        yield _data(asked.chunk(Delta(role="assistant", content=sound(first))))
        try:
            async for piece in pieces:
                chunks = asked.last(piece) if isinstance(piece, Answer) else [asked.chunk(Delta(content=sound(piece)))]
                for chunk in chunks:
                    yield _data(chunk)
        except Exception as error:  # the edge: the status is sent already, so the line goes into the stream
            yield _data(ErrorBody.model_validate(Failure.of(error, self._texts).as_json()))
        yield b"data: [DONE]\n\n"


def further(sent: str, so_far: Answer) -> str:
    """What may be sent after `sent` now that this much stands; nothing where it does not go on from there.

    A sentence is sure once it stands: an answer only grows at its end (chatbot/compose.py). Its note may still change.
    """
    stands = "\n".join(so_far.sentences)
    return stands[len(sent) :] if stands.startswith(sent) else ""


class _Held(StreamingResponse):
    """A stream that gives back what it holds (its turn, the walk) however it ends, a lost connection included."""

    def __init__(self, events: AsyncIterator[bytes], held: AsyncExitStack) -> None:
        super().__init__(events, media_type="text/event-stream", headers={"cache-control": "no-store"})
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._held:
            await super().__call__(scope, receive, send)


def _json(value: BaseModel) -> Response:
    return Response(value.model_dump_json(), media_type="application/json")


def _data(value: BaseModel) -> bytes:
    """One event of a stream. What a chunk has none of is left out whole."""
    without = {name for name in ("usage", "zhengwen") if getattr(value, name, None) is None}
    return f"data: {value.model_dump_json(exclude=without)}\n\n".encode()
