"""A call to the scripted model, what is said to it, and the bytes that carry it in the OpenAI chat protocol."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PIECE = 2  # characters in one piece of a stream
DONE = b"data: [DONE]\n\n"

Message = Mapping[str, Any]
Text = str | Callable[[tuple[Message, ...]], str]


@dataclass(frozen=True, slots=True)
class Call:
    """One chat request as it came; `body` is the whole of it."""

    messages: tuple[Message, ...]
    body: Mapping[str, Any]
    key: str = ""

    @property
    def prompt(self) -> str:
        return str(self.messages[-1].get("content", ""))

    @property
    def stream(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def wants_usage(self) -> bool:
        return not self.stream or bool((self.body.get("stream_options") or {}).get("include_usage"))


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say. Delays are in seconds; `first_delay` passes before anything is sent.

    `text` may be found from the messages. After `cut_after` parts of the body (pieces of the text, in a stream) the
    line is dropped. `finish` None leaves the end of a stream unsaid. `usage` is (tokens of the prompt, of the answer).
    `raw` is the body, part by part, in place of the protocol's own; it may be endless.
    """

    text: Text = ""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    first_delay: float = 0.0
    token_delay: float = 0.0
    cut_after: int | None = None
    finish: str | None = "stop"
    usage: tuple[int, int] | None = None
    raw: Iterable[bytes] | None = None


def media_type(reply: Reply, call: Call) -> str:
    return "text/event-stream" if call.stream and reply.status == 200 else "application/json"


def parts(reply: Reply, call: Call) -> Iterable[bytes]:
    """The body, in the parts that are sent one by one."""
    if reply.raw is not None:
        return reply.raw
    if reply.status != 200:
        return _complaint(reply.status, call)
    text = reply.text if isinstance(reply.text, str) else reply.text(call.messages)
    return _events(text, reply, call) if call.stream else _whole(text, reply, call)


def _events(text: str, reply: Reply, call: Call) -> Iterator[bytes]:
    for start in range(0, len(text), PIECE):
        yield _event([{"index": 0, "delta": {"role": "assistant", "content": text[start : start + PIECE]}}], call)
    if reply.finish:
        yield _event([{"index": 0, "delta": {}, "finish_reason": reply.finish}], call)
        if reply.usage and call.wants_usage:
            yield _event([], call, usage=_usage(reply))
        yield DONE


def _event(choices: list[dict[str, Any]], call: Call, **more: Any) -> bytes:
    return event(_head(call) | {"object": "chat.completion.chunk", "choices": choices} | more)


def event(value: object) -> bytes:
    """One server-sent event."""
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def _whole(text: str, reply: Reply, call: Call) -> Iterator[bytes]:
    message = {"role": "assistant", "content": text}
    choices = [{"index": 0, "message": message, "finish_reason": reply.finish}]
    body = json.dumps(_head(call) | {"object": "chat.completion", "choices": choices, "usage": _usage(reply)})
    middle = len(body) // 2
    yield body[:middle].encode()
    yield body[middle:].encode()


def _complaint(status: int, call: Call) -> Iterator[bytes]:
    """As real endpoints do, it repeats what it should not: the key."""
    said = {"message": f"Refused with status {status}. Key provided: {call.key}", "type": "scripted", "code": status}
    yield json.dumps({"error": said}).encode()


def _head(call: Call) -> dict[str, Any]:
    return {"id": "scripted", "created": 0, "model": call.body.get("model", "")}


def _usage(reply: Reply) -> dict[str, int] | None:
    if reply.usage is None:
        return None
    asked, answered = reply.usage
    return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}
