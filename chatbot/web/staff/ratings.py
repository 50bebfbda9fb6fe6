"""What readers thought of the answers: how many of each kind, and the latest bad ones with what was said."""

from __future__ import annotations

from html import escape

from chatbot.records.feedback import Feedback
from chatbot.records.values import Rating, RatingCounts
from chatbot.web.edge import reason
from chatbot.web.staff.receipt_html import said
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.texts import Texts

LATEST = 20  # bad ratings that are listed


class Ratings:
    def __init__(self, feedback: Feedback, texts: StaffTexts, page: Texts) -> None:
        self._feedback, self._words, self._page = feedback, texts.receipts, page

    def html(self) -> str:
        """A line of counts and, closed, the latest bad ones; what went wrong where they cannot be read."""
        try:
            counts, bad = self._feedback.summary(), self._feedback.list(good=False, limit=LATEST)
        except Exception as error:  # the edge: a person gets a line to read, never a traceback
            return said(reason(error, self._page), "alert")
        return said(self._counted(counts)) + (self._listed(bad) if bad else "")

    def _counted(self, counts: RatingCounts) -> str:
        if not counts.good + counts.bad:
            return self._words.unrated
        reasons = "；".join(f"{name} {number}" for name, number in counts.reasons)
        return self._words.rated.format(good=counts.good, bad=counts.bad) + (f"（{reasons}）" if reasons else "")

    def _listed(self, bad: tuple[Rating, ...]) -> str:
        lines = "".join(f"<li>{escape(self._line(rating))}</li>" for rating in bad)
        return f"<details><summary>{escape(self._words.bad_ones)}</summary><ul>{lines}</ul></details>"

    def _line(self, rating: Rating) -> str:
        at = rating.at.astimezone().strftime("%Y-%m-%d %H:%M")
        return " · ".join(part for part in (at, " ".join(rating.asked.split()), rating.reason, rating.comment) if part)
