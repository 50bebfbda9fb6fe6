"""Passwords → hashes (Argon2id), and back to a yes or no."""

from __future__ import annotations

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chatbot.errors import UsageError
from chatbot.records.limits import storable

SHORTEST, LONGEST = 10, 200  # characters
AT_ONCE = 2  # hashes at the same time: each takes 64 MiB, and anybody may knock


class Passwords:
    """Hashes with the parameters of `hasher`; older hashes are still read."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._nobodys = self._hasher.hash("")

    def hash(self, password: str) -> str:
        """Raises UsageError for a password that is too short, too long or no text."""
        plain = _plain(storable(password, "密码"))
        if not SHORTEST <= len(plain) <= LONGEST:
            raise UsageError(f"密码要有 {SHORTEST} 到 {LONGEST} 个字符", "请换一个密码")
        return self._hashed(plain)

    def matches(self, password: str, hashed: str | None) -> bool:
        """Whether it is that password. Without a hash it never is, after the same work."""
        plain = _plain(password[: 4 * LONGEST])  # no password is longer, however it was typed
        try:
            with self._turn:
                return self._hasher.verify(hashed or self._nobodys, plain) and hashed is not None
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False

    def renewed(self, password: str, hashed: str) -> str:
        """The hash of a password that matches `hashed`: a new one if the parameters have changed since."""
        return self._hashed(_plain(password)) if self._hasher.check_needs_rehash(hashed) else hashed

    def _hashed(self, plain: str) -> str:
        with self._turn:
            return self._hasher.hash(plain)


def _plain(password: str) -> str:
    """The same password however an input method wrote it, in full or half width."""
    return unicodedata.normalize("NFKC", password)
