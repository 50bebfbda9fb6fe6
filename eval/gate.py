"""The gate of `make eval`: no figure may lie below its floor in `floor.toml` (of what should be small: above it)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from eval.measures import Figures

FLOOR = Path(__file__).parent / "floor.toml"
SMALL = frozenset({"false_refusal", "confused"})  # the less, the better

Floors = dict[str, dict[str, float]]


def floors(path: Path = FLOOR) -> Floors:
    """Kind → measure → the worst that it may be."""
    found: Floors = tomllib.loads(path.read_text(encoding="utf-8"))
    return found


def shortfalls(figures: Figures, wanted: Floors) -> Iterator[str]:
    """One line for each figure beyond its floor, and for each that is not there at all."""
    for kind, measures in wanted.items():
        for name, floor in measures.items():
            found = figures.get(kind, {}).get(name)
            told = found.mean if found else None
            sign = "≤" if name in SMALL else "≥"
            if told is None:
                yield f"{kind} {name}：没有结果，应 {sign} {floor:.3f}"
            elif told > floor if name in SMALL else told < floor:
                yield f"{kind} {name}：{told:.3f}，应 {sign} {floor:.3f}"
