"""The mutation suite: false sentences that the check must drop, true ones that it must let stand, and a gate over both.

Nothing is indexed and no model asked: reports are cut into claims, claims made into sentences (`mutations.py`,
`true_sentences.py`), and each sentence put through `chatbot.verify.fault`, as the product does with a model's draft.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from chatbot.settings import Settings
from chatbot.types import Evidence, Question
from chatbot.verify import fault
from eval.claims import Shelf, shelf
from eval.mutations import cases
from eval.questions import HERE
from eval.table import shown, table
from eval.true_sentences import GATED, true_sentences
from vectorstore.files import read
from vectorstore.library import Library
from vectorstore.reports import open_report

LARGEST_LOSS = 0.02  # share of the gated true sentences that may be dropped
_QUESTION = Question("报告怎么说？", "报告怎么说？")

Judge = Callable[..., str]
Tell = Callable[[str], None]


class Judged(NamedTuple):
    """A sentence and why it was dropped, '' when it was let stand.

    Of a false one, `source` is the true sentence behind it and `control` why that one was dropped.
    """

    kind: str
    text: str
    reason: str
    source: str = ""
    control: str = ""


def mutate(settings: Settings, report: Path | None, seed: int, show: int, tell: Tell) -> bool:
    """Print what the check made of both suites; whether the gate holds."""
    sets = _sets(settings, report)
    every = [s for shelves in sets.values() for s in shelves]
    tell(f"种子 {seed}：" + "、".join(s.report.title for s in every))
    false = judged_false(every, seed)
    true = {name: judged_true(shelves, seed) for name, shelves in sets.items()}
    print(false_table(false))
    for name, found in true.items():
        print(f"\n{true_table(name, found)}")
    _print_examples("放过的错句", [j for j in false if not j.reason], show)
    _print_examples("误删的真句", [j for found in true.values() for j in found if j.reason], show)
    held, lines = gate(false, [j for found in true.values() for j in found])
    print("\n" + "\n".join(lines))
    return held


def _sets(settings: Settings, report: Path | None) -> dict[str, list[Shelf]]:
    if report:
        return {report.name: [shelf(open_report(source)) for source in read(report)]}
    library = Library(settings)
    shipped = [shelf(library.open(holding)) for holding in library.holdings() if holding.entry]
    invented = [shelf(open_report(read(path)[0])) for path in sorted((HERE / "reports").glob("*.txt"))]
    return {"随附的报告": shipped, "自拟的报告": invented}


def judged_false(shelves: Sequence[Shelf], seed: int, judge: Judge = fault) -> list[Judged]:
    regions = _regions(shelves)
    return [
        Judged(
            case.kind,
            case.sentence.text,
            judge(_QUESTION, case.sentence, case.offered, regions(case.offered)),
            case.original.text,
            judge(_QUESTION, case.original, case.offered, regions(case.offered)),
        )
        for case in cases(shelves, seed)
    ]


def judged_true(shelves: Sequence[Shelf], seed: int, judge: Judge = fault) -> list[Judged]:
    regions = _regions(shelves)
    return [
        Judged(true.kind, true.said, judge(_QUESTION, true.sentence, true.offered, regions(true.offered)))
        for true in true_sentences(shelves, seed)
    ]


def _regions(shelves: Sequence[Shelf]) -> Callable[[Mapping[str, Evidence]], tuple[str, ...]]:
    """From what is offered to the region of the report it stands in."""
    of = {shelf.report.id: shelf.report.region for shelf in shelves}
    return lambda offered: tuple({of[e.passage.report_id] for e in offered.values()})


def gate(false: Sequence[Judged], true: Sequence[Judged]) -> tuple[bool, list[str]]:
    """Whether no false sentence was let through and hardly a plain true one dropped, and both said."""
    through = sum(not j.reason for j in false)
    plain = [j for j in true if j.kind in GATED]
    lost = _share(sum(bool(j.reason) for j in plain), len(plain))
    held = not through and (lost or 0) <= LARGEST_LOSS
    return held, [
        f"放过错句 {through} / {len(false)}（应为 0）",
        f"误删{'、'.join(GATED)} {shown(lost)}（{len(plain)} 句，应不超过 {LARGEST_LOSS}）",
        "通过" if held else "未通过",
    ]


def false_table(judged: Sequence[Judged]) -> str:
    """By kind; of a case whose true sentence is dropped as well (对照也删), the drop proves nothing."""
    rows = [["错句", "句数", "放过", "放过率", "对照也删"]]
    for kind, found in _by_kind(judged).items():
        through = sum(not j.reason for j in found)
        vain = sum(bool(j.control) for j in found)
        rows.append([kind, str(len(found)), str(through), shown(_share(through, len(found))), str(vain)])
    return table(rows)


def true_table(name: str, judged: Sequence[Judged]) -> str:
    rows = [[f"真句（{name}）", "句数", "误删", "误删率"]]
    for kind, found in _by_kind(judged).items():
        lost = sum(bool(j.reason) for j in found)
        rows.append([kind, str(len(found)), str(lost), shown(_share(lost, len(found)))])
    return table(rows)


def _by_kind(judged: Sequence[Judged]) -> Mapping[str, list[Judged]]:
    """Each kind with its sentences, and all of them together."""
    kinds = dict.fromkeys(j.kind for j in judged)
    return {kind: [j for j in judged if j.kind == kind] for kind in kinds} | {"合计": list(judged)}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _print_examples(title: str, judged: Iterable[Judged], most: int) -> None:
    """The first `most` of each kind, with the reason or the true sentence."""
    found = list(judged)
    kinds = dict.fromkeys(j.kind for j in found) if most else ()
    if kinds:
        print(f"\n{title}")
    for kind in kinds:
        for j in [j for j in found if j.kind == kind][:most]:
            print(f"{kind}\t{j.text}\t{j.reason or '真：' + j.source}")
