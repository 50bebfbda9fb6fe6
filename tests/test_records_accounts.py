"""Accounts: who may enter, how often a password may be guessed, and how long a login stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from records_postgres import DATABASES, Watch, fresh_url, opened, quick_passwords
from sqlalchemy import create_engine, text

from chatbot.errors import UsageError
from chatbot.records.accounts import Accounts
from chatbot.records.database import open_records
from chatbot.records.errors import LoginRefused, Missing
from chatbot.records.passwords import Passwords

RIGHT, WRONG = "春眠不觉晓处处闻啼鸟", "夜来风雨声花落知多少"


class CountingHasher(PasswordHasher):
    """Says what hashes it was asked about."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.asked: list[str | bytes] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Any:
        self.asked.append(hash)
        return super().verify(hash, password)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(params=DATABASES)
def accounts(request: pytest.FixtureRequest, tmp_path: Path, watch: Watch) -> Iterator[Accounts]:
    with opened(request.param, tmp_path, watch) as records:
        records.accounts.add("王芳", RIGHT)
        yield records.accounts


def fail(accounts: Accounts, times: int) -> None:
    for _ in range(times):
        with pytest.raises(LoginRefused):
            accounts.check("王芳", WRONG)


def rows(url: str, query: str) -> list[Any]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def test_an_account_is_handed_out_as_a_value_of_our_own(accounts: Accounts, watch: Watch):
    account = accounts.add("li.wei", RIGHT, "approver")
    assert (account.name, account.role, account.created_at) == ("li.wei", "approver", watch.now)
    with pytest.raises(FrozenInstanceError):
        account.role = "editor"  # type: ignore[misc]


def test_accounts_are_listed_by_name(accounts: Accounts):
    accounts.add("b", RIGHT), accounts.add("a", RIGHT)
    assert [account.name for account in accounts.list()] == ["a", "b", "王芳"]


@pytest.mark.parametrize("name", ["王芳", "a", "A-1_b.c", "㐀〇𠮷", "名" * 40])
def test_a_name_may_have_letters_digits_and_chinese(accounts: Accounts, name: str):
    if name != "王芳":
        accounts.add(name, RIGHT)
    assert accounts.check(name, RIGHT).name == name


@pytest.mark.parametrize("name", ["", "名" * 41, "王 芳", "a\n", "a/b", "<b>", "é", "a\0", "\ud800", "١"], ids=repr)
def test_any_other_name_is_refused_in_one_line(accounts: Accounts, name: str):
    with pytest.raises(UsageError) as caught:
        accounts.add(name, RIGHT)
    assert "\n" not in str(caught.value)


def test_a_name_is_given_once(accounts: Accounts):
    with pytest.raises(UsageError, match="已有名为 王芳"):
        accounts.add("王芳", WRONG)
    with pytest.raises(UsageError, match="已有名为 王芳"):
        accounts.check_free("王芳")
    assert accounts.check("王芳", RIGHT)


@pytest.mark.parametrize("password", ["", "123456789", "长" * 201, "1234567890\0", "1234567890\ud800"], ids=repr)
def test_a_password_too_short_too_long_or_not_storable_is_refused(accounts: Accounts, password: str):
    with pytest.raises(UsageError):
        accounts.add("b", password)
    with pytest.raises(UsageError):
        accounts.set_password("王芳", password)
    assert accounts.check("王芳", RIGHT)


def test_an_unknown_role_is_refused(accounts: Accounts):
    with pytest.raises(UsageError, match="身份"):
        accounts.add("b", RIGHT, "admin")  # type: ignore[arg-type]


def test_a_password_is_the_same_in_full_and_half_width(accounts: Accounts):
    accounts.set_password("王芳", "ａｂｃ１２３４５６７")
    assert accounts.check("王芳", "abc1234567")


def test_a_password_longer_than_any_is_wrong_even_if_it_begins_right(accounts: Accounts):
    accounts.set_password("王芳", "长" * 200)
    with pytest.raises(LoginRefused):
        accounts.check("王芳", "长" * 201)


def test_the_refusal_does_not_tell_what_was_wrong(accounts: Accounts):
    """Unknown name, wrong password, no name at all, and a locked account with the right password."""
    told = set()
    for name, password in [("没有", RIGHT), ("王芳", WRONG), ("\0", RIGHT), *[("王芳", WRONG)] * 4, ("王芳", RIGHT)]:
        with pytest.raises(LoginRefused) as caught:
            accounts.check(name, password)
        told.add(str(caught.value))
    assert len(told) == 1 and "\n" not in told.pop()


def test_an_unknown_name_and_a_locked_account_cost_one_hash_as_a_wrong_password_does(tmp_path: Path):
    hasher = CountingHasher()
    records = open_records(fresh_url("sqlite", tmp_path), Watch(), Passwords(hasher))
    records.accounts.add("王芳", RIGHT)
    costs = []
    for name in ["没有", "\ud800", *["王芳"] * 6]:
        hasher.asked.clear()
        assert refused(records.accounts, name)
        costs.append(len(hasher.asked))
    records.close()
    assert costs == [1] * 8


def test_five_failures_in_a_row_lock_for_fifteen_minutes(accounts: Accounts, watch: Watch):
    fail(accounts, 5)
    watch.go_on(minutes=14, seconds=59)
    with pytest.raises(LoginRefused):
        accounts.check("王芳", RIGHT)
    watch.go_on(seconds=1)
    assert accounts.check("王芳", RIGHT).locked_until is None


def test_four_failures_do_not_lock_and_a_success_begins_anew(accounts: Accounts):
    for _ in range(3):
        fail(accounts, 4)
        assert accounts.check("王芳", RIGHT)


def test_after_a_lock_there_are_five_failures_again(accounts: Accounts, watch: Watch):
    fail(accounts, 5)
    watch.go_on(minutes=15)
    fail(accounts, 4)
    assert accounts.check("王芳", RIGHT)


def test_the_list_shows_until_when_an_account_is_locked(accounts: Accounts, watch: Watch):
    fail(accounts, 5)
    locked = accounts.named("王芳").locked_until
    assert locked and (locked - watch.now).total_seconds() == 900
    watch.go_on(minutes=15)
    assert accounts.list()[0].locked_until is None


def test_unlocking_and_a_new_password_end_a_lock(accounts: Accounts):
    fail(accounts, 5)
    accounts.unlock("王芳")
    assert accounts.check("王芳", RIGHT)
    fail(accounts, 5)
    accounts.set_password("王芳", WRONG)
    assert accounts.check("王芳", WRONG)


@pytest.mark.parametrize("kind", DATABASES)
def test_of_many_guesses_at_the_same_time_five_are_held_against_the_password(tmp_path: Path, kind: str):
    hasher = CountingHasher()
    records = open_records(fresh_url(kind, tmp_path), Watch(), Passwords(hasher))
    records.accounts.add("王芳", RIGHT)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: refused(records.accounts, "王芳"), range(20)))
    guesses = Counter(hasher.asked)
    assert refused(records.accounts, "没有")
    nobodys = hasher.asked[-1]
    records.close()
    assert guesses.pop(nobodys) == 15 and list(guesses.values()) == [5]


def refused(accounts: Accounts, name: str) -> bool:
    try:
        accounts.check(name, WRONG)
    except LoginRefused:
        return True
    return False


def test_a_hash_is_made_anew_when_the_parameters_have_changed(tmp_path: Path):
    url = fresh_url("sqlite", tmp_path)
    first = open_records(url, Watch(), quick_passwords())
    first.accounts.add("王芳", RIGHT)
    first.close()
    later = open_records(url, Watch(), quick_passwords(time_cost=2))
    later.accounts.check("王芳", RIGHT)
    assert later.accounts.check("王芳", RIGHT)
    later.close()
    assert "t=2" in rows(url, "SELECT password_hash FROM accounts")[0][0]


def test_a_login_stands_for_twelve_hours(accounts: Accounts, watch: Watch):
    token = accounts.log_in(accounts.check("王芳", RIGHT))
    watch.go_on(hours=11, minutes=59)
    assert accounts.account_of(token) == accounts.named("王芳")
    watch.go_on(minutes=1)
    assert accounts.account_of(token) is None


def test_logging_out_ends_one_login_of_several(accounts: Accounts):
    account = accounts.check("王芳", RIGHT)
    first, second = accounts.log_in(account), accounts.log_in(account)
    accounts.log_out(first)
    assert accounts.account_of(first) is None and accounts.account_of(second) == account


def test_a_token_is_not_in_the_database(tmp_path: Path):
    with opened("sqlite", tmp_path) as records:
        token = records.accounts.log_in(records.accounts.add("王芳", RIGHT))
    assert token not in str(rows(f"sqlite:///{tmp_path}/records.sqlite3", "SELECT * FROM logins"))


def test_a_login_that_has_ended_is_cleared_away_at_the_next(tmp_path: Path):
    watch = Watch()
    with opened("sqlite", tmp_path, watch) as records:
        account = records.accounts.add("王芳", RIGHT)
        records.accounts.log_in(account)
        watch.go_on(hours=12)
        records.accounts.log_in(account)
    assert len(rows(f"sqlite:///{tmp_path}/records.sqlite3", "SELECT * FROM logins")) == 1


@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "长" * 100_000], ids=lambda token: repr(token[:3]))
def test_a_token_that_was_never_given_is_nobodys(accounts: Accounts, token: str):
    accounts.log_out(token)
    assert accounts.account_of(token) is None


def test_removing_an_account_ends_its_logins(accounts: Accounts):
    token = accounts.log_in(accounts.check("王芳", RIGHT))
    accounts.remove("王芳")
    assert accounts.account_of(token) is None and accounts.list() == ()


def test_an_account_of_the_same_name_is_another_one(accounts: Accounts):
    before = accounts.named("王芳")
    accounts.remove("王芳")
    assert accounts.add("王芳", RIGHT).id != before.id


def test_a_new_password_ends_the_logins(accounts: Accounts):
    token = accounts.log_in(accounts.check("王芳", RIGHT))
    accounts.set_password("王芳", WRONG)
    assert accounts.account_of(token) is None
    with pytest.raises(LoginRefused):
        accounts.check("王芳", RIGHT)


@pytest.mark.parametrize("change", ["remove", "password"])
def test_who_was_checked_before_a_change_does_not_get_in_after_it(accounts: Accounts, watch: Watch, change: str):
    checked = accounts.check("王芳", RIGHT)
    watch.go_on(seconds=1)
    accounts.remove("王芳") if change == "remove" else accounts.set_password("王芳", WRONG)
    with pytest.raises(LoginRefused):
        accounts.log_in(checked)


@pytest.mark.parametrize("name", ["没有", "", "\0", "\ud800"], ids=repr)
def test_what_is_not_there_cannot_be_changed(accounts: Accounts, name: str):
    for change in (accounts.named, accounts.remove, accounts.unlock, lambda name: accounts.set_password(name, RIGHT)):
        with pytest.raises(Missing, match="没有这个账号"):
            change(name)
