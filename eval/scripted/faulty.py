"""Ways in which an endpoint fails, each as one reply."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import repeat

from eval.scripted.reply import Reply, Text, event

FOREVER = 3600.0  # seconds; longer than anyone waits
_CHOICE = {"index": 0, "delta": {"role": "assistant", "content": "好" * 20}}


def faults_of(text: Text) -> Mapping[str, Reply]:
    """Name of each fault → the reply that shows it; where something is said at all before it fails, it is `text`."""
    return {
        "key_refused": Reply(status=401),
        "forbidden": Reply(status=403),
        "not_found": Reply(status=404),
        "busy": Reply(status=429, headers=(("Retry-After", "1"),)),
        "busy_for_long": Reply(status=429, headers=(("Retry-After", "90"),)),
        "broken": Reply(status=500),
        "overloaded": Reply(status=503),
        "silent": Reply(first_delay=FOREVER),
        "hesitant": Reply(text, token_delay=FOREVER),
        "hung_up": Reply(text, cut_after=0),
        "cut": Reply(text, cut_after=4),
        "no_end": Reply(text, finish=None),
        "empty": Reply(""),
        "blank": Reply("  \n "),
        "too_long": Reply("好" * 200_000),
        **_garbage(),
        **_endless(),
    }


def _garbage() -> dict[str, Reply]:
    bodies = {
        "no_json": b"data: {oops\n\n",
        "no_chunk": b'data: []\n\ndata: "text"\n\ndata: null\n\n',
        "no_delta": event({"choices": [{}]}),
        "no_text": event({"choices": [{"index": 0, "delta": {"content": {"a": [1]}}}]}),
        "usage_in_words": event({"choices": [_CHOICE], "usage": {"prompt_tokens": "many", "completion_tokens": "few"}}),
        "web_page": b"<!doctype html><html><body>502 Bad Gateway</body></html>",
        "no_text_at_all": b"",
        "no_utf8": b"data: \xff\xfe\x00\x80\n\n",
        "error_inside": event({"error": {"message": "out of memory at http://10.0.0.1/v1", "code": 500}}),
    }
    return {name: Reply(raw=(body,)) for name, body in bodies.items()}


def _endless() -> dict[str, Reply]:
    bodies = {
        "endless_text": event({"choices": [_CHOICE]}),
        "endless_nothing": event({"choices": [{"index": 0, "delta": {"content": ""}}]}),
        "endless_comments": b": keep-alive\n\n",
        "endless_line": b"x" * 65536,
    }
    replies = {name: Reply(raw=repeat(body), token_delay=0.01) for name, body in bodies.items()}
    return replies | {"endless_error": Reply(status=500, raw=repeat(b"x" * 65536), token_delay=0.01)}
