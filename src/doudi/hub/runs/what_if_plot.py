"""The picture of a what-if: households and money in each category, before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from doudi.hub.runs.asking import NO_CATEGORY, Words

FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "SimHei",
    "Microsoft YaHei", "PingFang SC", "Heiti SC", "Noto Sans CJK JP", "AR PL UMing CN", "Droid Sans Fallback",
)  # fmt: skip
"""Fonts that have Chinese characters, the best first."""

_YUAN_IN_FEN, _WAN = 100, 10_000
_BEFORE, _AFTER = "#9DB4C0", "#C8553D"


def chinese_font() -> str | None:
    """Return a font of this machine that can write Chinese, or None."""
    from matplotlib import font_manager

    held = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in held), None)


def draw(target: Path, rows: Sequence[Mapping[str, Any]], words: Words, *, title: str) -> bool:
    """Draw households and money a year by category, and return whether it was drawn: without a Chinese font it is not."""
    font = chinese_font()
    if font is None:
        return False
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    shown = [row for row in rows if row["category"] not in (None, NO_CATEGORY)]
    with mpl.rc_context({"font.sans-serif": [font], "font.family": "sans-serif", "axes.unicode_minus": False}):
        figure, (left, right) = pyplot.subplots(1, 2, figsize=(12, 5), layout="constrained")
        figure.suptitle(f"试算：{title}")
        _bars(left, shown, words, "households", 1, "户数（户）")
        _bars(right, shown, words, "money", _YUAN_IN_FEN * _WAN, "年金额（万元）")
        figure.savefig(target, dpi=120, metadata={"Software": None})
        pyplot.close(figure)
    return True


def _bars(axes: Any, rows: Sequence[Mapping[str, Any]], words: Words, what: str, unit: int, label: str) -> None:
    places = range(len(rows))
    width = 0.38
    for shift, side, name, colour in ((-width / 2, "before", "现行", _BEFORE), (width / 2, "after", "试算", _AFTER)):
        heights = [row[f"{what}_{side}"] / unit for row in rows]
        bars = axes.bar([place + shift for place in places], heights, width, label=name, color=colour)
        axes.bar_label(bars, fmt="{:,.0f}", fontsize=8)
    axes.set_xticks(list(places), [words.category(row["category"]) for row in rows], rotation=20, ha="right")
    axes.set_ylabel(label)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
