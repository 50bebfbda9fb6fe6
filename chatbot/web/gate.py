"""What is looked at before a request is handed on: the key, the size of its body, how deep its JSON goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from secrets import compare_digest

from pydantic_core import from_json
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatbot.web.failures import Failure
from chatbot.web.texts import ApiTexts

LARGEST_BODY = 256 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Rules:
    """`key` empty: open to all. The paths in `open_paths` need none. `largest` is in bytes."""

    texts: ApiTexts
    key: str = ""
    open_paths: Collection[str] = ()
    largest: int = LARGEST_BODY


class Gate:
    """ASGI middleware that lets through requests that keep the rules, each with its whole body read."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self.app, self.rules = app, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            self._check_key(scope)
            body = await self._body(scope, receive)
            self._check_json(body)
        except Failure as failure:
            await failure.response()(scope, receive, send)
        except ClientDisconnect:  # nobody is left to tell
            return
        else:
            await self.app(scope, _again(body, receive), send)

    def _check_key(self, scope: Scope) -> None:
        inner = scope["path"].removeprefix(scope.get("root_path", ""))
        if not self.rules.key or inner in self.rules.open_paths:
            return
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        right = compare_digest(given.strip().encode("latin-1"), self.rules.key.encode())
        if scheme.lower() != "bearer" or not right:
            raise Failure(401, self.rules.texts.bad_key, "invalid_api_key")

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        if _announced(Headers(scope=scope)) > self.rules.largest:
            raise self._too_large()
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self.rules.largest:
                raise self._too_large()
        return body

    def _too_large(self) -> Failure:
        kilobytes = self.rules.largest // 1024
        return Failure(413, self.rules.texts.too_large.format(limit=kilobytes), "request_too_large")

    def _check_json(self, body: bytes) -> None:
        """This parser, unlike that of the standard library, goes only so deep, and takes no half characters."""
        try:
            from_json(body or b"null")
        except ValueError as error:
            raise Failure(400, self.rules.texts.bad_json, "invalid_json") from error


def _announced(headers: Mapping[str, str]) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() and length.isascii() and len(length) < 20 else 0


def _again(body: bytes, receive: Receive) -> Receive:
    """`receive` that gives the body once more, then what comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def given() -> Message:
        return waiting.pop() if waiting else await receive()

    return given
