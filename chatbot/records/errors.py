"""What the records refuse, told apart so that a page can answer each in its own way. All are one line with advice.

UsageError
├── LoginRefused    unknown name, wrong password or a locked account: never told which
├── Missing         nothing of that name or id
├── NotAllowed      this person, or this state, does not permit it
└── Outdated        somebody else saved meanwhile
"""

from __future__ import annotations

from chatbot.errors import UsageError


class LoginRefused(UsageError):
    pass


class Missing(UsageError):
    pass


class NotAllowed(UsageError):
    pass


class Outdated(UsageError):
    """`newest` is the number of the version that stands now."""

    def __init__(self, what: str, advice: str, newest: int) -> None:
        super().__init__(what, advice)
        self.newest = newest
