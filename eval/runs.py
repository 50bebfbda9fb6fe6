"""A run on disk: eval/results/<name>/, what was asked of what, and what came of it.

settings.json     sets, reports, encoder, learned files, versions: what the figures depend on; no paths
answers.jsonl     one line a question: what `batch` writes, with the verdict
verdicts.jsonl    one line a question: its measures alone, small enough to be kept and compared
summary.json      kind → measure → mean, interval and number of questions
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from chatbot.errors import SetupError, UsageError
from chatbot.present import as_json
from eval.measures import MEASURES, Figures
from eval.questions import HERE
from eval.summary import Judged

RESULTS = HERE / "results"
BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Told:
    """What a run keeps of one question. `measures`: name → value, None where undefined."""

    set_name: str
    id: str
    category: str
    question: str
    status: str
    answer: str
    measures: dict[str, float | None]

    @property
    def key(self) -> tuple[str, str]:
        return self.set_name, self.id


def results_folder(name: str, results: Path = RESULTS) -> Path:
    """Raises UsageError unless `name` is the name of a folder right in the results."""
    if not name or name.startswith(".") or Path(name).name != name:
        raise UsageError(f"“{name}”不能作结果的名称", "请用字母、数字和短横")
    return results / name


def keep(
    name: str,
    settings: dict[str, Any],
    judged: dict[str, list[Judged]],
    figures: dict[str, Figures],
    full: bool = True,
    results: Path = RESULTS,
) -> None:
    """Write a run; not `full` leaves out the answers with their receipts."""
    folder = results_folder(name, results)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"不能建立文件夹 {folder}：{error.strerror}", "请检查权限") from error
    _write_json(folder / "settings.json", settings)
    _write_json(folder / "summary.json", {title: _plain(found) for title, found in figures.items()})
    each = [(set_name, j) for set_name, found in judged.items() for j in found]
    _write_lines(folder / "verdicts.jsonl", [asdict(_told(set_name, j)) for set_name, j in each])
    if full:
        _write_lines(folder / "answers.jsonl", [_answer(set_name, j) for set_name, j in each])


def load(name: str, results: Path = RESULTS) -> list[Told]:
    """What a run kept of each question. Raises UsageError where there is no such run."""
    path = results_folder(name, results) / "verdicts.jsonl"
    if not path.is_file():
        raise UsageError(f"没有“{name}”这次结果", f"请先执行 python -m eval run --name {name}")
    lines = path.read_text(encoding="utf-8").split("\n")  # not at the other line ends that JSON may hold
    return [Told(**json.loads(line)) for line in lines if line]


def load_json(name: str, file: str, results: Path = RESULTS) -> dict[str, Any]:
    """`settings.json` or `summary.json` of a run. Raises UsageError where there is no such run."""
    path = results_folder(name, results) / file
    if not path.is_file():
        raise UsageError(f"没有“{name}”这次结果", f"请先执行 python -m eval run --name {name}")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _told(set_name: str, judged: Judged) -> Told:
    measures = {name: _rounded(told(judged)) for name, told in MEASURES.items() if not name.endswith("_ms")}
    gold, answer = judged.gold, judged.answer
    likely = _rounded(judged.beside.get("likely"))
    return Told(
        set_name, gold.id, gold.category, gold.question, answer.status, answer.text, measures | {"likely": likely}
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _answer(set_name: str, judged: Judged) -> dict[str, Any]:
    gold = {"set": set_name, "category": judged.gold.category, "question": judged.gold.question}
    return gold | as_json(judged.answer, id=judged.gold.id) | {"verdict": asdict(judged.verdict)}


def _plain(figures: Figures) -> dict[str, Any]:
    return {
        kind: {name: [*map(_rounded, found[:3]), found.n] for name, found in measures.items() if found.n}
        for kind, measures in figures.items()
    }


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_lines(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
