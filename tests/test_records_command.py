"""`python -m chatbot user`: accounts by command, and errors in one line."""

from __future__ import annotations

import argparse
import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from chatbot.__main__ import main
from chatbot.errors import ZhengwenError
from chatbot.records.database import open_records
from chatbot.settings import load_settings, setting_names
from chatbot.user_command import add_user_commands

Run = Callable[..., tuple[int, str, str]]
RIGHT = "春眠不觉晓处处闻啼鸟"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit status, stdout and stderr of one command in a home of its own, with `typed` on standard input."""
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        try:
            status = main(["user", *arguments])
        except SystemExit as stop:  # argparse
            status = stop.code if isinstance(stop.code, int) else 1
        return (status, *capsys.readouterr())

    return run


def asking(*answers: str | type[BaseException]) -> argparse.ArgumentParser:
    """The commands, with somebody at the terminal who types these passwords."""
    left = list(answers)

    def ask(_: str) -> str:
        answer = left.pop(0)
        if isinstance(answer, str):
            return answer
        raise answer

    parser = argparse.ArgumentParser()
    add_user_commands(parser, ask)
    return parser


def is_one_line(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith("\n") and "Traceback" not in text


def add(run: Run, name: str, *options: str) -> tuple[int, str, str]:
    return run("add", name, "--password-stdin", *options, typed=RIGHT + "\n")


def test_an_account_is_made_listed_and_removed(run: Run):
    assert add(run, "王芳") == (0, "已新建撰稿人 王芳\n", "")
    assert add(run, "李伟", "--approver") == (0, "已新建审核人 李伟\n", "")
    status, out, _ = run("list")
    assert status == 0 and [line.split("\t")[:2] for line in out.splitlines()] == [
        ["李伟", "审核人"],
        ["王芳", "撰稿人"],
    ]
    assert run("remove", "王芳") == (0, "已删除 王芳\n", "")
    assert "王芳" not in run("list")[1]


def test_the_password_is_the_one_given(run: Run):
    add(run, "王芳")
    records = open_records(load_settings().records_url)
    assert records.accounts.check("王芳", RIGHT).role == "editor"
    records.close()


def test_a_password_can_be_changed_and_a_lock_ended(run: Run):
    add(run, "王芳")
    assert run("password", "王芳", "--password-stdin", typed="夜来风雨声花落知多少\r\n")[0] == 0
    assert run("unlock", "王芳") == (0, "已解锁 王芳\n", "")
    records = open_records(load_settings().records_url)
    assert records.accounts.check("王芳", "夜来风雨声花落知多少")
    records.close()


def test_a_locked_account_is_listed_as_locked(run: Run, tmp_path: Path):
    add(run, "王芳")
    with closing(sqlite3.connect(tmp_path / "var" / "records.sqlite3")) as connection:
        connection.execute("UPDATE accounts SET locked_until = '2999-01-01 00:00:00.000000'")
        connection.commit()
    assert "锁定至 " in run("list")[1]


def test_an_empty_list_says_how_to_begin(run: Run):
    status, out, err = run("list")
    assert (status, out) == (0, "") and is_one_line(err)


def test_a_password_is_asked_for_twice(run: Run):
    options = asking(RIGHT, RIGHT).parse_args(["add", "王芳"])
    options.run(options)
    assert "王芳" in run("list")[1]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((RIGHT, RIGHT + "x"), "不一样"),
        ((KeyboardInterrupt,), "没有输入"),
        ((RIGHT, EOFError), "没有输入"),
        (("短", "短"), "密码要有"),
    ],
    ids=["differ", "ctrl-c", "ctrl-d", "short"],
)
def test_a_password_typed_wrong_makes_no_account(run: Run, answers: tuple[str, ...], told: str):
    options = asking(*answers).parse_args(["add", "王芳"])
    with pytest.raises(ZhengwenError, match=told):
        options.run(options)
    assert run("list")[1] == ""


def test_a_name_that_is_taken_is_told_before_a_password_is_asked_for(run: Run):
    add(run, "王芳")
    options = asking().parse_args(["add", "王芳"])
    with pytest.raises(ZhengwenError, match="已有名为 王芳"):
        options.run(options)


@pytest.mark.parametrize(
    "command",
    [
        ("remove", "没有"),
        ("unlock", "没有"),
        ("password", "没有"),
        ("password", "没有", "--password-stdin"),
        ("add", "王 芳"),
        ("add", "\ud800"),
        ("add", "王芳"),
        ("add", "王芳", "--password-stdin"),
    ],
    ids=ascii,
)
def test_a_wrong_value_is_a_usage_error_in_one_line(run: Run, command: tuple[str, ...]):
    """The last two: no terminal to ask at, and nothing on standard input."""
    status, out, err = run(*command)
    assert (status, out) == (2, "") and is_one_line(err)


@pytest.mark.parametrize("url", ["postgresql://u:secret@127.0.0.1:1/d", "sqlite:////proc/none/r"])
def test_a_database_that_cannot_be_had_is_a_set_up_problem(run: Run, monkeypatch: pytest.MonkeyPatch, url: str):
    monkeypatch.setenv("DATABASE_URL", url)
    status, out, err = run("list")
    assert (status, out) == (3, "") and is_one_line(err) and "secret" not in err


def test_without_a_setting_the_records_lie_in_the_home_whatever_it_is_called(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ZHENGWEN_HOME", "家 100%25?#")
    assert add(run, "王芳")[0] == 0
    assert load_settings().home.joinpath("records.sqlite3").is_file()
