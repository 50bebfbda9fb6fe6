"""A real HTTP server that speaks the OpenAI chat protocol and says what a script tells it, for tests and demos.

`with serving(script) as server:` gives `server.url`, the base URL for any client. A script is an iterable of replies,
one a call, or a function from a call to its reply. A call that the script has no reply for gets status 599.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from time import sleep

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from eval.scripted.reply import Call, Reply, media_type, parts

MODEL = "scripted"
UNEXPECTED = 599
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

Script = Callable[[Call], Reply | None]


class ScriptedServer:
    """`calls` are all that came, oldest first; `unexpected` says in words what it was not told to expect."""

    def __init__(self, script: Script | Iterable[Reply], url: str) -> None:
        self.url = url
        self.play(script)

    def play(self, script: Script | Iterable[Reply]) -> None:
        """From now on say this; what came before is forgotten."""
        self._script = _decider(script)
        self.calls: list[Call] = []
        self.unexpected: list[str] = []

    def app(self) -> Starlette:
        chat = Route("/v1/chat/completions", self._chat, methods=["POST"])
        models = Route("/v1/models", _models, methods=["GET"])
        return Starlette(routes=[chat, models, Route("/{path:path}", self._elsewhere, methods=_METHODS)])

    async def _chat(self, request: Request) -> Response:
        call = _call(await request.body(), request)
        if call is None:
            return self._refuse("not a chat request")
        self.calls.append(call)
        try:
            reply = self._script(call)
            body = None if reply is None else parts(reply, call)
        except Exception as error:  # a script that fails must fail the test, not just a request
            return self._refuse(f"the script raised {error!r} on: {call.prompt[:200]}")
        if reply is None or body is None:
            return self._refuse(f"no reply for: {call.prompt[:200]}")
        await asyncio.sleep(reply.first_delay)
        sent = _sent(body, reply.token_delay, reply.cut_after)
        return StreamingResponse(sent, reply.status, dict(reply.headers), media_type(reply, call))

    async def _elsewhere(self, request: Request) -> Response:
        return self._refuse(f"{request.method} {request.url.path}")

    def _refuse(self, why: str) -> Response:
        self.unexpected.append(why)
        return JSONResponse({"error": {"message": why}}, UNEXPECTED, {"x-should-retry": "false"})


def _decider(script: Script | Iterable[Reply]) -> Script:
    if callable(script):
        return script
    replies = iter(script)
    return lambda _: next(replies, None)


def _call(body: bytes, request: Request) -> Call | None:
    """None for what is no chat request."""
    try:
        said = json.loads(body)
        messages = tuple(dict(message) for message in said["messages"])
    except (ValueError, TypeError, KeyError):
        return None
    return Call(messages, said, request.headers.get("authorization", "").removeprefix("Bearer ")) if messages else None


async def _models(_: Request) -> Response:
    return JSONResponse({"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "eval"}]})


async def _sent(body: Iterable[bytes], delay: float, cut_after: int | None) -> AsyncIterator[bytes]:
    """Pausing before every part but the first lets the server notice that nobody listens any more."""
    for place, part in enumerate(body):
        if place == cut_after:
            raise ConnectionAbortedError("as the script says")  # what has begun cannot be ended otherwise
        await asyncio.sleep(delay if place else 0)
        yield part


@contextmanager
def serving(script: Script | Iterable[Reply], port: int = 0) -> Iterator[ScriptedServer]:
    """The server, running in a thread; port 0 leaves the choice to the system. Raises OSError when it is taken."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        scripted = ScriptedServer(script, f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
        with _running(scripted.app(), listener):
            yield scripted


@contextmanager
def _running(app: Starlette, listener: socket.socket) -> Iterator[None]:
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        log_config=None,
        log_level="critical",  # lines dropped on purpose are errors to uvicorn
        access_log=False,
        timeout_graceful_shutdown=0,
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            sleep(0.005)
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)
