"""The plots of the quality card, as PNG with Chinese labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chatbot.errors import SetupError

FONTS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Serif CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei")
INK, RED, GREY = "#222222", "#8c1c1c", "#b9b6ae"
DOTS = 120  # a inch


def curve(points: Sequence[tuple[float, float, float]], chosen: tuple[float, float], out: Path) -> None:
    """Refusal of what is not told against false refusal, over the decision score: (threshold, false, right)."""
    plt = _pyplot()
    figure, axes = plt.subplots(figsize=(6, 4))
    axes.plot([p[1] for p in points], [p[2] for p in points], color=INK, marker="o", markersize=3)
    axes.plot(*chosen, color=RED, marker="o", markersize=9, label="现在的设置")
    axes.set(xlabel="误拒：报告写了却没答", ylabel="该拒则拒：报告没写而拒答", xlim=(0, None), ylim=(None, 1))
    axes.legend(loc="lower right")
    _save(plt, figure, out)


def bars(found: Mapping[str, tuple[float, float, float]], label: str, out: Path) -> None:
    """Horizontal bars of shares with their intervals: name → (mean, low, high)."""
    plt = _pyplot()
    figure, axes = plt.subplots(figsize=(7, 0.45 * len(found) + 1))
    errors = [[mean - low for mean, low, _ in found.values()], [high - mean for mean, _, high in found.values()]]
    axes.barh(list(found), [mean for mean, _, _ in found.values()], xerr=errors, color=GREY, ecolor=INK, capsize=3)
    axes.set(xlabel=label, xlim=(0, 1))
    axes.invert_yaxis()
    _save(plt, figure, out)


def _save(plt: Any, figure: Any, out: Path) -> None:
    figure.savefig(out, dpi=DOTS, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)


def _pyplot() -> Any:
    try:
        # Not at the top: only the card needs what requirements-dev.txt adds.
        import matplotlib

        matplotlib.use("Agg")
        # After the choice of the backend, which opens no window.
        from matplotlib import font_manager, pyplot
    except ImportError as error:
        advice = "请执行 .venv/bin/python -m pip install -r requirements-dev.txt"
        raise SetupError("画图需要 matplotlib，还没有安装", advice) from error
    there = {font.name for font in font_manager.fontManager.ttflist}
    chosen = next((name for name in FONTS if name in there), None)
    if chosen is None:
        raise SetupError("没有中文字体，图上的字会缺", "请安装 fonts-noto-cjk，再删去 matplotlib 的字体缓存")
    matplotlib.rcParams["font.family"] = chosen
    matplotlib.rcParams["axes.unicode_minus"] = False
    return pyplot
