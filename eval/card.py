"""The quality card: `python -m eval card` measures everything anew and writes docs/quality.md with its plots.

measure  → the run of all sets (kept as `baseline`), the cross-validated trials, the ablation, false sentences
draw     → docs/quality.md, docs/quality-*.png, from what is kept; `--drawn` does only this
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Template
from typing import Any

from chatbot.archive import Progress
from chatbot.settings import CODE_FOLDER, Settings
from eval.ablate import ablate
from eval.plots import bars, curve
from eval.questions import HERE, load_sets
from eval.run import ALL, run
from eval.runs import BASELINE, Told, load, load_json, results_folder
from eval.summary import TOTAL

CARD = CODE_FOLDER / "docs" / "quality.md"
ABLATION = "ablation.json"
KINDS = {
    "number": "一个数字",
    "fact": "一个名称或事实",
    "colloquial": "口语问法",
    "list": "列举",
    "compare": "两年比较",
    "multiturn": "追问",
    "english": "英文",
    "traditional": "繁体",
    "briefing": "简报",
    "unanswerable": "报告没有写的",
    "adversarial": "注入与离题",
    TOTAL: "合计（简报除外）",
}
SHARES = {
    "accuracy": "答对",
    "facts": "要点",
    "citation_recall": "引文查全",
    "citation_precision": "引文查准",
    "false_refusal": "误拒",
    "refusal": "该拒则拒",
}
FOUND = ("recall@1", "recall@3", "recall@5", "recall@10", "MRR@10", "nDCG@10")
THRESHOLDS = tuple(step / 20 for step in range(20))


def card(settings: Settings, drawn: bool, tell: Progress) -> None:
    """Measure, unless only to be `drawn`; write the card."""
    if not drawn:
        run(settings, load_sets(), BASELINE, "extractive", tell, full=False)
        ablate(settings, results_folder(BASELINE) / ABLATION, tell)
    draw(tell)


def draw(tell: Progress) -> None:
    """Write the card from the baseline. Raises UsageError without one."""
    summary, told = load_json(BASELINE, "summary.json"), load(BASELINE)
    plots = CARD.parent
    _plot_kinds(summary[ALL], plots / "quality-kinds.png")
    _plot_curve(told, plots / "quality-refusal.png")
    text = Template((HERE / "card.md").read_text(encoding="utf-8")).substitute(_parts(summary[ALL], told))
    CARD.write_text(text, encoding="utf-8")
    tell(f"已写入 {CARD.relative_to(CODE_FOLDER)}")


def _parts(figures: dict[str, Any], told: Sequence[Told]) -> dict[str, str]:
    """What `card.md` leaves open."""
    settings = load_json(BASELINE, "settings.json")
    return {
        "encoder": settings["encoder"],
        "count": str(len(told)),
        "sets": "、".join(f"{name} {size}" for name, size in settings["sets"].items()),
        "kinds": "\n".join(_kind_table(figures)),
        "promises": "\n".join(_promises(figures[TOTAL])),
        "found": "\n".join([_row(FOUND), _rule(len(FOUND)), _row([_share(figures[TOTAL][name]) for name in FOUND])]),
        "ablation": "\n".join(_ablation()),
        "others": "\n".join(_others()),
        "known": "\n".join(f"- {line}" for line in _toml("known.toml")["failures"]),
        "examples": "\n".join(_examples(told)),
    }


def _kind_table(figures: dict[str, Any]) -> Iterator[str]:
    yield _row(["问题", "题数", *SHARES.values()])
    yield _rule(len(SHARES) + 2)
    for kind, name in KINDS.items():
        if kind in figures:
            cells = [_share(figures[kind].get(measure)) for measure in SHARES]
            yield _row([name, str(_size(figures[kind])), *cells])


def _size(measures: dict[str, Any]) -> int:
    return max((found[3] for name, found in measures.items() if name.endswith("total_ms")), default=0)


def _promises(total: dict[str, Any]) -> Iterator[str]:
    yield f"- 引文逐字：{_plain(total['exact'])}（{total['exact'][3]} 题有引文）。"
    yield f"- 每句话都由自己的引文承载（ALCE 的引文查全率，以逐字核对代替模型判断）：{_plain(total['supported'])}。"
    yield f"- 年份或状态弄混（引文全在另一年或另一状态）：{_plain(total['confused'])}。"
    steps = {"理解": "understand", "检索": "retrieve", "起草": "draft", "核对": "verify", "共": "total"}
    times = "，".join(f"{name} {total[f'{step}_ms'][0]:.1f}" for name, step in steps.items())
    yield f"- 一问的时间（平均，毫秒）：{times}。不调用模型。"


def _ablation() -> Iterator[str]:
    rows: list[dict[str, Any]] = load_json(BASELINE, ABLATION)  # type: ignore[assignment]
    yield _row(["做法", "找到@1", "@3", "@5", "答对", "该拒则拒", "误拒", "口语答对"])
    yield _rule(8)
    for row in rows:
        shares = [*row["found"], row["accuracy"], row["refusal"], row["false_refusal"], row["colloquial"]]
        yield _row([row["name"], *("–" if share is None else f"{share:.3f}" for share in shares)])


def _others() -> Iterator[str]:
    yield _row(["系统", "公布的数字", "怎么测的", "出处"])
    yield _rule(4)
    for other in _toml("others.toml")["published"]:
        yield _row([other[name] for name in ("system", "figure", "about", "source")])


def _examples(told: Sequence[Told]) -> Iterator[str]:
    for kind, name in KINDS.items():
        wrong = [t for t in told if t.category == kind and 0 in (t.measures["accuracy"], t.measures["refusal"])]
        for t in wrong[:2]:
            yield f"- {name}：“{t.question}” → {' '.join(t.answer.split())[:70]}…"


def _plot_kinds(figures: dict[str, Any], out: Path) -> None:
    found = {name: figures[kind] for kind, name in KINDS.items() if kind in figures}
    shares = {name: tuple((f.get("accuracy") or f["refusal"])[:3]) for name, f in found.items()}
    bars(shares, "答对（报告没有写的：拒答）", out)


def _plot_curve(told: Sequence[Told], out: Path) -> None:
    """Over the questions that were decided by likelihood."""
    decided = [t for t in told if t.measures.get("likely") is not None]
    known = [t.measures["likely"] or 0.0 for t in decided if t.measures["refusal"] is None]
    silent = [t.measures["likely"] or 0.0 for t in decided if t.measures["refusal"] is not None]
    points = [(t, _below(known, t), _below(silent, t)) for t in THRESHOLDS]
    refused = [t.measures["false_refusal"] or 0.0 for t in decided if t.measures["refusal"] is None]
    rightly = [t.measures["refusal"] or 0.0 for t in decided if t.measures["refusal"] is not None]
    curve(points, (sum(refused) / len(refused), sum(rightly) / len(rightly)), out)


def _below(values: Sequence[float], threshold: float) -> float:
    return sum(value < threshold for value in values) / len(values)


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _share(found: Sequence[float] | None) -> str:
    return "–" if found is None else f"{found[0]:.3f}\u00a0[{found[1]:.2f},\u00a0{found[2]:.2f}]"


def _plain(found: Sequence[float]) -> str:
    return f"{found[0]:.3f}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(size: int) -> str:
    return _row(["---"] * size)
