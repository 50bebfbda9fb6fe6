"""Our programs as processes of their own: how long one takes, and how much memory at its largest."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from time import perf_counter

from chatbot.errors import SetupError
from chatbot.settings import CODE_FOLDER, PREFIX, Settings


@dataclass(frozen=True, slots=True)
class Spent:
    """Wall-clock seconds from start to end of a process, and its peak resident memory in MB (10⁶ bytes)."""

    seconds: float
    megabytes: float


def measured(arguments: Sequence[str], settings: Settings) -> Spent:
    """Run `python -m <arguments>` under `settings`. Raises SetupError when it fails.

    Peak memory comes from wait4(2). Linux counts in what the parent held when it started the child, so the parent must
    be the smaller of the two.
    """
    command = ["env", *assignments(environment(settings)), sys.executable, "-m", *arguments]
    with TemporaryFile() as complaints:
        started = perf_counter()
        process = subprocess.Popen(command, cwd=CODE_FOLDER, stdout=subprocess.DEVNULL, stderr=complaints)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)  # Popen itself has not seen the end
        if process.returncode:
            complaints.seek(0)
            raise SetupError(
                f"python -m {arguments[0]} 失败：{_last_line(complaints.read())}", "请单独执行它，查看原因"
            )
    return Spent(seconds, megabytes(usage.ru_maxrss, sys.platform))


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make another process use the same folders."""
    folders = {name: str(getattr(settings, name)) for name in ("home", "reports_dir")}
    return {PREFIX + name.upper(): value for name, value in folders.items()} | {PREFIX + "DEFAULT_REPORT": ""}


def assignments(variables: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in variables.items()]


def megabytes(maxrss: int, platform: str) -> float:
    """`ru_maxrss` is in bytes on macOS and in KiB elsewhere."""
    return maxrss * (1 if platform == "darwin" else 1024) / 1e6


def _last_line(output: bytes) -> str:
    lines = output.decode("utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "没有说明"
