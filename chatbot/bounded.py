"""A response that ends, in time and in size, whatever the server sends.

A read timeout does not do it: every keep-alive comment starts it anew, and a line without an end is never handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic

import httpx2

LONGEST = 8_000_000  # bytes; an answer of 600 tokens comes in 200 kB, what a reasoning model thinks first in a few MB


class EndlessResponse(Exception):
    """More came, or for longer, than any answer takes."""


def bounded(seconds: float, longest: int = LONGEST) -> Callable[[httpx2.Response], None]:
    """An event hook for responses: reading the body raises EndlessResponse once `seconds` or `longest` are over."""

    def bound(response: httpx2.Response) -> None:
        assert isinstance(response.stream, httpx2.SyncByteStream), "the client is a synchronous one"
        response.stream = _Bounded(response.stream, monotonic() + seconds, longest)

    return bound


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, until: float, longest: int) -> None:
        self._stream, self._until, self._longest = stream, until, longest

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._stream:
            size += len(part)
            if size > self._longest or monotonic() > self._until:
                raise EndlessResponse
            yield part

    def close(self) -> None:
        self._stream.close()
