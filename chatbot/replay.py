"""An answer that was given, asked again: what is different now.

Answers are the contract's objects (`present.as_json`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Quote = tuple[str, str]  # report id and the words quoted
Kind = Literal["same", "gone", "new"]


@dataclass(frozen=True, slots=True)
class Change:
    """What has changed from one answer to another; `words` are both texts as one, piece by piece.

    `index` has a line for each report that was searched then or now: its id and the two fingerprints of its index,
    empty where it was not searched.
    """

    status: tuple[str, str]
    words: tuple[tuple[Kind, str], ...]
    gone: tuple[Quote, ...]
    new: tuple[Quote, ...]
    index: tuple[tuple[str, str, str], ...]

    @property
    def is_none(self) -> bool:
        """Whether a reader would see the same answer; the index may well be another."""
        return self.status[0] == self.status[1] and not (self.gone or self.new) and not self.is_worded_anew

    @property
    def is_worded_anew(self) -> bool:
        return any(kind != "same" for kind, _ in self.words)


def change(before: Mapping[str, Any], now: Mapping[str, Any]) -> Change:
    """From the answer `before` to the answer `now`."""
    then, today = _quotes(before), _quotes(now)
    return Change(
        status=(str(before.get("status", "")), str(now.get("status", ""))),
        words=tuple(_words(str(before.get("answer", "")), str(now.get("answer", "")))),
        gone=tuple(quote for quote in then if quote not in today),
        new=tuple(quote for quote in today if quote not in then),
        index=tuple(_index(before, now)),
    )


def _quotes(answer: Mapping[str, Any]) -> Sequence[Quote]:
    return [(str(c.get("report_id", "")), str(c.get("quote", ""))) for c in answer.get("citations", ())]


def _words(before: str, now: str) -> Iterator[tuple[Kind, str]]:
    for kind, a, b, c, d in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "same", before[a:b]
            continue
        if a < b:
            yield "gone", before[a:b]
        if c < d:
            yield "new", now[c:d]


def _index(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    then, today = (answer.get("receipt", {}).get("index", {}) for answer in (before, now))
    for report_id in dict.fromkeys((*then, *today)):
        yield report_id, str(then.get(report_id, "")), str(today.get(report_id, ""))
