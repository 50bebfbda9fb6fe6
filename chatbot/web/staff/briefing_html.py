"""A briefing on the desk as HTML: what can be done with it, its text, the evidence, the figures. All words are escaped.

Every button carries `data-act`, and `data-line` where it is about a sentence; the script of `briefing.py` sends them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from urllib.parse import quote

from chatbot.briefing import Line, numbers, place_of
from chatbot.figure_table import FigureRow
from chatbot.records.values import Account
from chatbot.records.values import Briefing as Record
from chatbot.types import Citation, Report
from chatbot.web.staff.drafting import LONGEST_SENTENCE, Compared, Work
from chatbot.web.staff.evidence_html import Evidence, Marks
from chatbot.web.staff.report_html import new_steps
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.texts import Texts

LONGEST_NOTE = 1000
_TAGS = {" ": "p", "-": "del", "+": "ins"}


class Sheet:
    """Draws briefings for one person; `reports` are those that can be named and opened today."""

    def __init__(self, reports: Sequence[Report], texts: StaffTexts, page: Texts) -> None:
        self._texts, self._page, self._words = texts, page, texts.briefings
        self._evidence = Evidence(reports, texts, page)

    # The list

    def listed(self, records: Sequence[Record]) -> str:
        words = self._words
        if not records:
            return f'<p class="zw-line">{escape(words.none)}</p>'
        columns = "".join(f'<th scope="col">{escape(column)}</th>' for column in words.list_columns)
        lines = "".join(map(self._row, records))
        table = f'<table class="zw-table"><thead><tr>{columns}</tr></thead><tbody>{lines}</tbody></table>'
        return f'<div class="zw-scroll" role="region" tabindex="0" aria-label="{escape(words.list)}">{table}</div>'

    def _row(self, record: Record) -> str:
        words, id = self._words, escape(record.id)
        title = escape(record.order.title)
        button = f'<button type="button" class="zw-open" data-act="open" data-id="{id}" data-key="open-{id}">{title}'
        changed = words.by.format(name=record.changed_by, at=local(record.changed_at))
        cells = (words.states[record.state], words.version.format(number=record.newest), changed)
        drawn = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        return f'<tr><th scope="row">{button}</button></th>{drawn}</tr>'

    # The opened one

    def html(self, work: Work, account: Account, figures: Sequence[tuple[FigureRow, int]], below: str = "") -> str:
        """All of it; `figures` are the indicators in its quotes, each with its marker, `below` a comparison."""
        unsaved = " data-unsaved" if work.changed else ""
        named = f'aria-label="{escape(work.text.title)}" data-id="{escape(work.record.id)}"{unsaved}'
        named += f' data-drop="{escape(self._words.drop)}"'
        return (
            f'<section class="zw-desk" {named}>{self._bar(work, account)}'
            f'{self._old(work)}{below}<article class="zw-paper zw-briefing">{self._title(work)}{self._text(work)}'
            f"{self._evidence.figures(figures)}</article>{self._evidence.table(work.text.lines)}{self._history(work)}</section>"
        )

    def _bar(self, work: Work, account: Account) -> str:
        """State and actions, which stay in sight."""
        words, record = self._words, work.record
        told = [words.states[record.state], words.version.format(number=work.base)]
        told += [words.unsaved] if work.changed else []
        faults = f'<strong class="zw-fault">{escape(words.faults.format(count=work.faults))}</strong>'
        state = f'<p class="zw-state" role="status">{escape(" · ".join(told))} {faults if work.faults else ""}</p>'
        return f'<div class="zw-actions">{state}{"".join(self._actions(work, account))}</div>'

    def _actions(self, work: Work, account: Account) -> Iterator[str]:
        words, record = self._words, work.record
        yield self._button("save", words.save)
        if record.state in ("draft", "returned"):
            yield self._button("submit", words.submit)
        if record.state == "submitted" and account.role == "approver":
            yield f'<label for="zw-note">{escape(words.note)}</label>'
            yield f'<input id="zw-note" type="text" maxlength="{LONGEST_NOTE}">'
            yield self._button("approve", words.approve) + self._button("return", words.return_)
        for kind, name in (("docx", words.docx), ("md", words.markdown)):
            there = f"{self._texts.root}briefings/{quote(record.id, safe='')}/{work.base}.{kind}"
            yield f'<a href="{escape(there)}" download>{escape(name)}</a>'
        if record.state == "draft":
            yield self._button("delete", words.delete, sure=words.sure)
        yield self._button("close", words.close)

    def _old(self, work: Work) -> str:
        """What to do where somebody else has saved meanwhile, or an older version was opened."""
        if not work.is_old:
            return ""
        words, newest = self._words, work.record.versions[-1]
        told = words.old.format(base=work.base, newest=newest.number, name=newest.by, at=local(newest.at))
        buttons = (
            self._button("newest", words.to_newest),
            self._button("compare", words.compare_newest, data=f' data-version="{newest.number}"'),
            self._button("over", words.save_over),
        )
        return f'<div class="zw-clash" role="alert"><p>{escape(told)}</p>{"".join(buttons)}</div>'

    def _title(self, work: Work) -> str:
        words, text = self._words, work.text
        audience = f'<p class="zw-place">{escape(words.for_whom.format(name=text.audience))}</p>' * bool(text.audience)
        return f'<h2 class="zw-title">{escape(text.title)}</h2><p class="zw-place">{escape(words.ai)}</p>{audience}'

    def _text(self, work: Work) -> str:
        """The sentences under their headings, each with what can be done with it."""
        marks, html = numbers(work.text.lines), ""
        before: tuple[str, ...] = ()
        for place, line in enumerate(work.text.lines):
            for level, name in new_steps(before, line.heading_path):
                html += f"<h{min(level + 2, 6)}>{escape(name)}</h{min(level + 2, 6)}>"
            before = line.heading_path
            html += self._line(place, line, marks, len(work.text.lines))
        return html

    def _line(self, place: int, line: Line, marks: Marks, count: int) -> str:
        markers = "".join(self._marker(citation, marks[place_of(citation)]) for citation in line.citations)
        fault, wrong = "", ""
        if line.fault:
            told = self._words.unsupported.format(reason=line.fault)
            fault = f'<p class="zw-fault" id="zw-fault-{place}">{escape(told)}</p>'
            wrong = f' aria-describedby="zw-fault-{place}"'
        return (
            f'<div class="zw-sentence{" zw-unsupported" if line.fault else ""}" data-place="{place}">'
            f"<p{wrong}>{escape(line.text)}{markers}</p>{fault}{self._tools(place, line, count)}</div>"
        )

    def _marker(self, citation: Citation, number: int) -> str:
        label = escape(f"{self._page.marker} {number}")
        there = escape(self._evidence.address(citation))
        return f'<a class="zw-marker" href="{there}" target="_blank" aria-label="{label}">[{number}]</a>'

    def _tools(self, place: int, line: Line, count: int) -> str:
        words, number = self._words, place + 1
        area = f'rows="3" maxlength="{LONGEST_SENTENCE}" data-line="{place}"'
        edit = self._label(words.edit, number)
        add = self._label(words.add, number)
        buttons = [self._button("up", words.up, place)] if place else []
        buttons += [self._button("down", words.down, place)] if number < count else []
        buttons += [self._button("remove", words.remove, place)] if count > 1 else []
        return (
            f'<details class="zw-tools" name="zw-tools"><summary data-key="edit-{place}" aria-label="{edit}">'
            f"{escape(words.edit)}</summary>"
            f'<textarea class="zw-typed" aria-label="{edit}" {area}>{escape(line.text)}</textarea>'
            f'<div class="zw-buttons">{self._button("edit", words.verify, place)}{"".join(buttons)}</div>'
            f'<details class="zw-more"><summary aria-label="{add}">{escape(words.add)}</summary>'
            f'<textarea class="zw-added" aria-label="{add}" {area}></textarea>'
            f"{self._button('add', words.add_done, place)}</details></details>"
        )

    # What stands below the text

    def _history(self, work: Work) -> str:
        """Versions to open or compare, and what was decided by whom."""
        words, record = self._words, work.record
        options = "".join(
            f'<option value="{head.number}"{" selected" if head.number == work.base else ""}>'
            f"{escape(self._head(head.number, head.by, head.at))}</option>"
            for head in reversed(record.versions)
        )
        verdicts = "".join(
            f"<li>{escape(self._head(verdict.number, verdict.by, verdict.at))} {escape(words.steps[verdict.step])}"
            f"{escape(words.noted.format(note=verdict.note)) if verdict.note else ''}</li>"
            for verdict in record.verdicts
        )
        decided = f"<h3>{escape(words.verdicts)}</h3><ol>{verdicts}</ol>" if verdicts else ""
        return (
            f'<div class="zw-history"><h3>{escape(words.versions)}</h3><label for="zw-version">{escape(words.choose)}'
            f'</label> <select id="zw-version">{options}</select> {self._button("version", words.open)}'
            f"{self._button('compare', words.compare)}{decided}</div>"
        )

    def _head(self, number: int, by: str, at: datetime) -> str:
        return f"{self._words.version.format(number=number)} · {self._words.by.format(name=by, at=local(at))}"

    def comparison(self, number: int, lines: Sequence[Compared]) -> str:
        """Which lines differ between that version and the text on the desk."""
        words = self._words
        head = f"<h3>{escape(words.compared.format(number=number))}</h3>"
        if all(line.sign == " " for line in lines):
            return f'<section class="zw-paper">{head}<p>{escape(words.same)}</p></section>'
        drawn = "".join(f"<li>{self._differs(line)}</li>" for line in lines if line.sign != " ")
        return f'<section class="zw-paper zw-compared">{head}<ul>{drawn}</ul></section>'

    def _differs(self, line: Compared) -> str:
        told = escape(self._words.gone if line.sign == "-" else self._words.new)
        tag = _TAGS[line.sign]
        return f'<span class="zw-place">{told}</span> <{tag}>{escape(line.text)}</{tag}>'

    # Small parts

    def _label(self, action: str, number: int) -> str:
        return escape(self._words.label.format(action=action, number=number))

    def _button(self, act: str, name: str, line: int | None = None, sure: str = "", data: str = "") -> str:
        key = act if line is None else f"{act}-{line}"
        more = f' data-line="{line}" aria-label="{self._label(name, line + 1)}"' if line is not None else ""
        more += f' data-sure="{escape(sure)}"' if sure else ""
        return (
            f'<button type="button" class="zw-do" data-act="{act}" data-key="{key}"{more}{data}>{escape(name)}</button>'
        )


def local(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
