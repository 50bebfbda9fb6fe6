"""The command line: `ask` one question, `batch` a file of them, `brief` a topic.

usage: python -m chatbot ask "问题" [--report ID …] [--mode auto|extractive|model] [--json]
       python -m chatbot batch IN.jsonl OUT.jsonl [--mode …] [--report ID …]
       python -m chatbot brief "主题" [--out FILE.md] [--report ID …] [--json]

This is a door: it opens the bot through the composition root in `app.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from app import open_bot
from chatbot.batch import answer_lines
from chatbot.bot import MODES
from chatbot.errors import UsageError, ZhengwenError
from chatbot.present import as_json, as_markdown, as_plain


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 answered or refused, 2 usage, 3 set-up, 4 upstream."""
    _print_anything()
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except ZhengwenError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    except BrokenPipeError:
        return 0
    return 0


def _print_anything() -> None:
    """Text the terminal cannot show is replaced, not an error; lone surrogates may come in through `argv`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m chatbot", description="就政府工作报告提问，回答句句有原文出处。")
    commands = parser.add_subparsers(required=True, metavar="{ask,batch,brief}")
    ask = commands.add_parser("ask", help="问一个问题")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    ask.set_defaults(run=_ask)
    batch = commands.add_parser("batch", help="回答一个文件里的全部问题（JSON Lines）")
    batch.add_argument("questions", type=Path)
    batch.add_argument("answers", type=Path)
    batch.set_defaults(run=_batch)
    brief = commands.add_parser("brief", help="就一个主题整理要点")
    brief.add_argument("topic")
    brief.add_argument("--out", type=Path, help="写入 .md 文件")
    brief.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    brief.set_defaults(run=_brief)
    for command in (ask, batch, brief):
        command.add_argument("--report", action="append", default=[], metavar="ID", help="只用这份报告（可多次给出）")
        command.add_argument("--mode", choices=MODES, default="auto", help="回答方式")
    return parser


def _ask(options: argparse.Namespace) -> None:
    answer = open_bot().ask(options.question, report_ids=options.report, mode=options.mode)
    print(json.dumps(as_json(answer), ensure_ascii=False) if options.json else as_plain(answer))


def _batch(options: argparse.Namespace) -> None:
    lines = _lines(options.questions)
    bot = open_bot()
    bot.check(options.mode)
    try:
        with options.answers.open("w", encoding="utf-8", errors="replace") as out:
            for line in answer_lines(bot, lines, options.mode, options.report):
                out.write(line + "\n")
    except OSError as error:
        raise UsageError(f"无法写入 {options.answers}", "请检查路径和权限") from error


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace").split("\n")
    except OSError as error:
        raise UsageError(f"无法读取 {path}", "请检查文件名") from error


def _brief(options: argparse.Namespace) -> None:
    if options.out and options.out.suffix.lower() != ".md":
        raise UsageError(f"还不能写成 {options.out.suffix or '没有扩展名的文件'}", "请给出以 .md 结尾的文件名")
    answer = open_bot().brief(options.topic, report_ids=options.report, mode=options.mode)
    text = json.dumps(as_json(answer), ensure_ascii=False) if options.json else as_markdown(options.topic, answer)
    if options.out:
        _write(options.out, as_markdown(options.topic, answer))
    if options.json or not options.out:
        print(text)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text + "\n", encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"无法写入 {path}", "请检查路径和权限") from error


if __name__ == "__main__":
    sys.exit(main())
