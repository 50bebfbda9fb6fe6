"""The command line: `ask` one question, `batch` a file of them, `brief` a topic; `user` keeps the staff's accounts.

usage: python -m chatbot ask "问题" [--report ID …] [--mode auto|extractive|model] [--json]
       python -m chatbot batch IN.jsonl OUT.jsonl [--mode …] [--report ID …]
       python -m chatbot brief "主题" [--out FILE.docx|.md] [--length short|standard|full] [--report ID …] [--json]
       python -m chatbot user add|list|remove|password|unlock …

This is a door: it opens the bot through the composition root in `app.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from app import open_bot
from chatbot.batch import answer_lines
from chatbot.bot import MODES, Bot
from chatbot.brief import LENGTHS
from chatbot.briefing import figures, of_answer
from chatbot.document import as_markdown, document
from chatbot.errors import UsageError, ZhengwenError
from chatbot.present import as_json, as_plain
from chatbot.types import Answer
from chatbot.user_command import add_user_commands

BRIEFS = (".docx", ".md")  # what a brief can be written as


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
    commands = parser.add_subparsers(required=True, metavar="{ask,batch,brief,user}")
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
    brief.add_argument("--out", type=Path, help="写入 .docx（公文格式）或 .md 文件")
    brief.add_argument(
        "--length", choices=LENGTHS, default="full", help="篇幅：short 八百字、standard 一千八百字、full 三千六百字以内"
    )
    brief.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    brief.set_defaults(run=_brief)
    add_user_commands(commands.add_parser("user", help="管理工作人员的账号"))
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
    with _writing(options.answers), options.answers.open("w", encoding="utf-8", errors="replace") as out:
        for line in answer_lines(bot, lines, options.mode, options.report):
            out.write(line + "\n")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace").split("\n")
    except OSError as error:
        raise UsageError(f"无法读取 {path}", "请检查文件名") from error


def _brief(options: argparse.Namespace) -> None:
    if options.out:
        _check_place(options.out)
    bot = open_bot()
    answer = bot.brief(options.topic, report_ids=options.report, mode=options.mode, length=options.length)
    if options.out:
        _write_brief(options.out, options.topic, answer, bot)
    if options.json:
        print(json.dumps(as_json(answer), ensure_ascii=False))
    elif not options.out:
        print(_markdown(options.topic, answer, bot))


def _check_place(path: Path) -> None:
    """Told before anything is opened."""
    if path.suffix.lower() not in BRIEFS:
        raise UsageError(
            f"不能写成 {path.suffix or '没有扩展名的文件'}", f"请给出以 {' 或 '.join(BRIEFS)} 结尾的文件名"
        )
    with _writing(path):
        if not path.parent.is_dir():
            raise UsageError(f"没有文件夹 {path.parent}", "请先建好这个文件夹，或换一个位置")


def _write_brief(path: Path, topic: str, answer: Answer, bot: Bot) -> None:
    """A refusal is told, and no file is written."""
    if not answer.citations:
        print(f"没有写出 {path}。{' '.join(answer.text.split())}", file=sys.stderr)
        return
    if path.suffix.lower() == ".docx":
        rows = figures(of_answer(answer, topic), bot)
        data = document(topic, answer, bot.reports, datetime.now(UTC), rows)
    else:
        data = (_markdown(topic, answer, bot) + "\n").encode("utf-8", "replace")
    with _writing(path):
        path.write_bytes(data)


def _markdown(topic: str, answer: Answer, bot: Bot) -> str:
    briefing = of_answer(answer, topic)
    return as_markdown(briefing, bot.reports, figures(briefing, bot), answer.note)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise UsageError(f"没有权限写入 {path}", "请换一个位置；如果文件正打开着，请先关闭") from error
    except OSError as error:
        raise UsageError(f"无法写入 {path}", "请检查文件名和磁盘空间") from error


if __name__ == "__main__":
    sys.exit(main())
