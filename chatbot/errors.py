"""Every error a user can meet: what happened, and what to do about it, in one line.

ZhengwenError
├── UsageError          2  the command or a value was wrong
├── SetupError          3  something is missing that a command mends
│   ├── IndexMissing       no index, a stale or a damaged one
│   ├── UnknownReport      no report of that id
│   └── UnreadableFile     a file that holds no report text we can read
└── UpstreamError       4  a service failed and nothing could stand in for it
"""

from __future__ import annotations


class ZhengwenError(Exception):
    """Root of all our errors. `str(error)` is one line in Chinese; `advice` says what the user can do."""

    exit_status = 1

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice

    def __str__(self) -> str:
        line = f"{self.what}。{self.advice}" if self.advice else self.what
        return " ".join(line.split())


class UsageError(ZhengwenError):
    exit_status = 2


class SetupError(ZhengwenError):
    exit_status = 3


class IndexMissing(SetupError):
    pass


class UnknownReport(SetupError):
    pass


class UnreadableFile(SetupError):
    pass


class UpstreamError(ZhengwenError):
    exit_status = 4
