"""A really started server for the tests of the web room, on a free port of this machine."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from chatbot.errors import ZhengwenError
from chatbot.web.contract import AskableBot, Ledger
from chatbot.web.server import Doors, create_app


def in_a_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Run in a thread of its own: the browser tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class _Server(uvicorn.Server):
    """Says when it has started."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()


@contextmanager
def serving(bot: AskableBot | ZhengwenError, doors: Doors | None = None, ledger: Ledger | None = None) -> Iterator[str]:
    """The address of the web app around `bot` while it is served in a thread of its own."""
    with serving_app(lambda: create_app(bot, doors=doors or Doors(), ledger=ledger)) as url:
        yield url


@contextmanager
def serving_app(make: Callable[[], FastAPI]) -> Iterator[str]:
    """The same for any app."""
    ready = threading.Event()
    servers: list[_Server] = []

    async def run() -> None:
        # Made inside the running loop: where none runs, Gradio opens event loops and never closes them.
        config = uvicorn.Config(make(), log_level="warning", access_log=False, timeout_graceful_shutdown=1)
        servers.append(_Server(config, ready))
        await servers[0].serve([listener])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
        thread.start()
        assert ready.wait(30), "the server did not start"
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        servers[0].should_exit = True
        thread.join(timeout=10)
