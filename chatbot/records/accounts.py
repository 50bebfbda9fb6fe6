"""Who may enter the staff room: accounts, their passwords, and the logins that stand."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chatbot.errors import UsageError
from chatbot.records.errors import LoginRefused, Missing
from chatbot.records.limits import storable
from chatbot.records.passwords import Passwords
from chatbot.records.sessions import Clock, Sessions
from chatbot.records.tables import AccountRow, LoginRow
from chatbot.records.values import Account, Role

ROLES: tuple[Role, ...] = ("editor", "approver")
# Letters and digits, and the characters of the Basic Multilingual Plane and beyond that names are written with.
_NAME = re.compile(r"[A-Za-z0-9._\-〇㐀-䶿一-鿿\U00020000-\U0003ffff]{1,40}")


@dataclass(frozen=True, slots=True)
class Rules:
    """After `failures` in a row an account is locked for `lock`; a login stands for `login`."""

    failures: int = 5
    lock: timedelta = timedelta(minutes=15)
    login: timedelta = timedelta(hours=12)


class Accounts:
    def __init__(self, sessions: Sessions, passwords: Passwords, clock: Clock, rules: Rules | None = None) -> None:
        self._sessions = sessions
        self._passwords = passwords
        self._clock = clock
        self._rules = rules or Rules()

    def add(self, name: str, password: str, role: Role = "editor") -> Account:
        """Raises UsageError for a name that is taken or none, a password that is none, and an unknown role."""
        check_name(name)
        if role not in ROLES:
            raise UsageError("没有这种身份", f"请用 {' 或 '.join(ROLES)}")
        now = self._clock()
        row = AccountRow(name=name, role=role, password_hash=self._passwords.hash(password), failures=0)
        row.password_at = row.created_at = now
        with self._sessions.writing() as session:
            session.add(row)
            try:
                session.flush()
            except IntegrityError as error:
                raise _taken(name) from error
            return self._account(row)

    def check_free(self, name: str) -> None:
        """Raises UsageError for a name that is taken or none."""
        check_name(name)
        with self._sessions.reading() as session:
            if _find(session, name, changing=False):
                raise _taken(name)

    def named(self, name: str) -> Account:
        """Raises Missing."""
        with self._sessions.reading() as session:
            return self._account(_row(session, name))

    def list(self) -> tuple[Account, ...]:
        """All of them, by name."""
        with self._sessions.reading() as session:
            rows = session.scalars(select(AccountRow)).all()
            return tuple(sorted(map(self._account, rows), key=lambda account: account.name))

    def remove(self, name: str) -> None:
        """Its logins end; what the person wrote and decided stays, under that name. Raises Missing."""
        with self._sessions.writing() as session:
            session.delete(_row(session, name, changing=True))

    def set_password(self, name: str, password: str) -> None:
        """Ends the account's logins and its lock. Raises Missing, and UsageError for a password that is none."""
        hashed = self._passwords.hash(password)
        with self._sessions.writing() as session:
            row = _row(session, name, changing=True)
            row.password_hash, row.password_at = hashed, self._clock()
            _forgive(row)
            session.execute(delete(LoginRow).where(LoginRow.account_id == row.id))

    def unlock(self, name: str) -> None:
        """Raises Missing."""
        with self._sessions.writing() as session:
            _forgive(_row(session, name, changing=True))

    def check(self, name: str, password: str) -> Account:
        """The account of that name and password. Raises LoginRefused, in the same words whatever was wrong.

        An attempt counts as failed until it has proved right: many at once get no more guesses than one by one.
        """
        known = self._attempted(name) if is_name(name) else None
        if not self._passwords.matches(password, known and known[1]) or not known:
            raise self._refusal()
        renewed = self._passwords.renewed(password, known[1])
        with self._sessions.writing() as session:
            row = session.get(AccountRow, known[0], with_for_update=True)
            if row is None or row.password_hash != known[1]:  # changed since: the old password is no longer right
                raise self._refusal()
            row.password_hash = renewed
            _forgive(row)
            return self._account(row)

    def _attempted(self, name: str) -> tuple[int, str] | None:
        """Id and hash of an account that may try now; one more failure is written down for it."""
        with self._sessions.writing() as session:
            row, now = _find(session, name, changing=True), self._clock()
            if row is None or (row.locked_until and now < row.locked_until):
                return None
            if row.locked_until:
                _forgive(row)
            row.failures += 1
            if row.failures >= self._rules.failures:
                row.locked_until = now + self._rules.lock
            return row.id, row.password_hash

    def _refusal(self) -> LoginRefused:
        minutes = round(self._rules.lock.total_seconds() / 60)
        times = self._rules.failures
        return LoginRefused(
            "用户名或密码不对，或账号已暂时锁定", f"请核对后再试；连续输错 {times} 次，要等 {minutes} 分钟"
        )

    def log_in(self, account: Account) -> str:
        """A new token, 256 bits at random, of which the hash is kept. Raises LoginRefused for a changed account."""
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._sessions.writing() as session:
            row = session.get(AccountRow, account.id, with_for_update=True)
            if row is None or row.password_at != account.password_at:
                raise self._refusal()
            session.execute(delete(LoginRow).where(LoginRow.expires_at <= now))
            session.add(LoginRow(token_hash=_hash(token), account_id=row.id, expires_at=now + self._rules.login))
        return token

    def account_of(self, token: str) -> Account | None:
        """Whose login it is; None when it has ended or never was."""
        found = select(AccountRow).join(LoginRow).where(LoginRow.token_hash == _hash(token))
        with self._sessions.reading() as session:
            row = session.scalar(found.where(LoginRow.expires_at > self._clock()))
            return self._account(row) if row else None

    def log_out(self, token: str) -> None:
        with self._sessions.writing() as session:
            session.execute(delete(LoginRow).where(LoginRow.token_hash == _hash(token)))

    def _account(self, row: AccountRow) -> Account:
        locked = row.locked_until if row.locked_until and self._clock() < row.locked_until else None
        return Account(row.id, row.name, cast(Role, row.role), row.created_at, row.password_at, locked)


def is_name(name: str) -> bool:
    return isinstance(name, str) and bool(_NAME.fullmatch(name))


def check_name(name: str) -> None:
    """Raises UsageError unless it is a name that an account may have."""
    if not is_name(storable(name, "用户名")):
        raise UsageError("用户名要有 1 到 40 个字符，只用汉字、字母、数字和 . _ -", "请换一个用户名")


def _taken(name: str) -> UsageError:
    return UsageError(f"已有名为 {name} 的账号", "请换一个名字，或先删除原来的账号")


def _find(session: Session, name: str, changing: bool) -> AccountRow | None:
    query = select(AccountRow).where(AccountRow.name == name)
    return session.scalar(query.with_for_update() if changing else query)


def _row(session: Session, name: str, changing: bool = False) -> AccountRow:
    row = _find(session, name, changing) if is_name(name) else None
    if row is None:
        raise Missing("没有这个账号", "用 python -m chatbot user list 看有哪些账号")
    return row


def _forgive(row: AccountRow) -> None:
    row.failures, row.locked_until = 0, None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
