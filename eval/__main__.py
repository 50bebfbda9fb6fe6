"""The command line of the evaluation.

usage: python -m eval run [--set NAME …] [--name NAME] [--mode auto|extractive|model] [--misses N]
       python -m eval calibrate [--out FOLDER]
       python -m eval bench [--runs N]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from chatbot.bot import MODES
from chatbot.errors import SetupError, ZhengwenError
from chatbot.settings import load_settings, stop_reporting
from eval.bench import bench
from eval.calibrate import calibrate
from eval.run import print_misses, run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 done, 2 usage, 3 set-up, 4 upstream."""
    options = _parser().parse_args(arguments)
    stop_reporting()
    try:
        options.run(options)
    except ZhengwenError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    except OSError as error:
        print(
            SetupError(f"读写失败：{error.filename or ''} {error.strerror or error}", "请检查磁盘空间和权限"),
            file=sys.stderr,
        )
        return SetupError.exit_status
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="用自己的题集检验回答的质量与速度。")
    commands = parser.add_subparsers(required=True, metavar="{run,calibrate,bench}")
    asked = commands.add_parser("run", help="作答并评判")
    asked.add_argument("--set", action="append", default=[], metavar="NAME", help="只用这套题（可多次给出）")
    asked.add_argument("--name", default="latest", help="结果存入 eval/results/NAME")
    asked.add_argument("--mode", choices=MODES, default="auto", help="回答方式")
    asked.add_argument("--misses", type=int, default=0, metavar="N", help="列出前 N 道没答对的题")
    asked.set_defaults(run=_run)
    learn = commands.add_parser("calibrate", help="由题集学出排序与拒答的权重")
    learn.add_argument("--out", type=Path, metavar="FOLDER", help="写到这个文件夹，而不替换程序所用的文件")
    learn.set_defaults(run=_calibrate)
    speed = commands.add_parser("bench", help="测速度与内存")
    speed.add_argument("--runs", type=int, default=3, metavar="N", help="进程级测量各做几次")
    speed.set_defaults(run=_bench)
    return parser


def _run(options: argparse.Namespace) -> None:
    judged = run(load_settings(), options.set, options.name, options.mode, _tell)
    print_misses([j for found in judged.values() for j in found], options.misses)


def _calibrate(options: argparse.Namespace) -> None:
    calibrate(load_settings(), options.out, _tell)


def _bench(options: argparse.Namespace) -> None:
    bench(load_settings(), max(1, options.runs), _tell)


def _tell(line: str) -> None:
    """Progress goes to stderr, so that what a command prints can be used."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
