"""`python -m chatbot user …`: the accounts of the staff, for whoever may run commands on the machine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from getpass import getpass
from typing import TYPE_CHECKING

from chatbot.errors import UsageError
from chatbot.settings import load_settings

if TYPE_CHECKING:
    from chatbot.records.database import Records
    from chatbot.records.values import Account, Role

Ask = Callable[[str], str]  # a prompt → what was typed, unseen

_ROLES = {"editor": "撰稿人", "approver": "审核人"}


def add_user_commands(parser: argparse.ArgumentParser, ask: Ask | None = None) -> None:
    """The commands below `user`. `ask` is how a password is asked for, by default at the terminal."""
    parser.set_defaults(ask=ask or _at_the_terminal)
    commands = parser.add_subparsers(required=True, metavar="{add,list,remove,password,unlock}")
    add = commands.add_parser("add", help="新建账号")
    add.add_argument("--approver", action="store_true", help="审核人：可以批准简报，发布、撤下报告（默认是撰稿人）")
    add.set_defaults(run=_add)
    commands.add_parser("list", help="列出账号").set_defaults(run=_list)
    remove = commands.add_parser("remove", help="删除账号；此人写过、批过的简报仍在")
    remove.set_defaults(run=_remove)
    password = commands.add_parser("password", help="改密码；此人要重新登录")
    password.set_defaults(run=_password)
    unlock = commands.add_parser("unlock", help="解除因多次输错密码的锁定")
    unlock.set_defaults(run=_unlock)
    for command in (add, remove, password, unlock):
        command.add_argument("name", metavar="NAME", help="用户名：汉字、字母、数字和 . _ -")
    for command in (add, password):
        command.add_argument("--password-stdin", action="store_true", help="从标准输入的第一行读密码")


@contextmanager
def _records() -> Iterator[Records]:
    # SQLAlchemy takes half a second to import; `ask`, which shares the command line, never needs it.
    from chatbot.records.database import open_records

    records = open_records(load_settings().records_url)
    try:
        yield records
    finally:
        records.close()


def _add(options: argparse.Namespace) -> None:
    with _records() as records:
        records.accounts.check_free(options.name)
        role: Role = "approver" if options.approver else "editor"
        account = records.accounts.add(options.name, _new_password(options), role)
        print(f"已新建{_ROLES[account.role]} {account.name}")


def _list(_: argparse.Namespace) -> None:
    with _records() as records:
        accounts = records.accounts.list()
    if not accounts:
        print("还没有账号；用 python -m chatbot user add NAME 新建", file=sys.stderr)
    for account in accounts:
        print(_line(account))


def _line(account: Account) -> str:
    locked = [f"锁定至 {_local(account.locked_until)}"] if account.locked_until else []
    return "\t".join([account.name, _ROLES[account.role], f"建于 {_local(account.created_at)}", *locked])


def _local(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _remove(options: argparse.Namespace) -> None:
    with _records() as records:
        records.accounts.remove(options.name)
        print(f"已删除 {options.name}")


def _password(options: argparse.Namespace) -> None:
    with _records() as records:
        account = records.accounts.named(options.name)
        records.accounts.set_password(account.name, _new_password(options))
        print(f"已改 {account.name} 的密码，原有的登录都已退出")


def _unlock(options: argparse.Namespace) -> None:
    with _records() as records:
        records.accounts.unlock(options.name)
        print(f"已解锁 {options.name}")


def _new_password(options: argparse.Namespace) -> str:
    if options.password_stdin:
        return _first_line()
    try:
        first = options.ask("密码（输入时不显示）：")
        again = options.ask("再输一次：")
    except (EOFError, KeyboardInterrupt) as error:
        raise UsageError("没有输入密码", "请重新运行这个命令") from error
    if first != again:
        raise UsageError("两次输入的密码不一样", "请重新运行这个命令")
    return str(first)


def _first_line() -> str:
    try:
        return sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise UsageError("读不懂标准输入里的密码", "请用 UTF-8 编码") from error


def _at_the_terminal(prompt: str) -> str:
    """Without a terminal `getpass` would show what is typed."""
    if not sys.stdin.isatty():
        raise UsageError("这里不是终端，不能隐藏输入的密码", "请在终端里运行，或加 --password-stdin 从标准输入读")
    return getpass(prompt)
