"""The review report: where a policy misbehaves, with curves, as one HTML file."""

from __future__ import annotations

import base64
import html
import io
from collections import Counter
from pathlib import Path
from typing import Any

from doudi.policy.api import Review
from doudi.policy.run.review import Finding, Sweep

SORTS = {"gap": "空档：夹在中间却没有任何类别", "unreachable": "没有家庭能进入的类别", "overlap": "互斥类别同时符合",
         "cliff": "断崖：收入多一点，总体反而少", "improvement": "收入升高，待遇反而变好"}
_COLOURS = {"benefit": "#206bc4", "resources": "#2fb344", "cliff": "#d63939"}
_MOST = 12


def write(review: Review, title: str, file: Path) -> None:
    """Write the report; the folder is made when missing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    parts = [_head(review, title), *(_section(review, sort) for sort in SORTS), _curves(review), _families(review),
             "</main></body></html>"]
    file.write_text("\n".join(parts), encoding="utf-8")


def counts(review: Review) -> dict[str, int]:
    """Return the number of findings by sort, none left out."""
    found = Counter(finding.sort for finding in review.findings)
    return {sort: found[sort] for sort in SORTS}


def _head(review: Review, title: str) -> str:
    rows = "".join(f"<li>{html.escape(SORTS[sort])}：<b>{number}</b></li>" for sort, number in counts(review).items())
    style = ("body{font-family:'Noto Sans CJK SC','Microsoft YaHei',sans-serif;margin:0;background:#f6f8fb;color:#1d273b}"
             "main{max-width:1080px;margin:0 auto;padding:24px}section{background:#fff;border:1px solid #dce1e7;border-radius:6px;"
             "padding:16px 20px;margin:16px 0}h1{font-size:22px}h2{font-size:17px}li{margin:4px 0}figure{display:inline-block;margin:8px;"
             "width:480px;max-width:100%}img{width:100%}figcaption{font-size:13px;color:#475569}.note{color:#475569}")
    return (f"<!doctype html><html lang='zh-CN'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
            f"<title>政策体检：{html.escape(title)}</title><style>{style}</style></head><body><main>"
            f"<h1>政策体检：{html.escape(title)}</h1><p class='note'>政策包 {html.escape(review.pack)}，按 {review.day} 施行的规则；"
            f"试算 {len(review.sweeps)} 组家庭（虚构）。发现的是政策本身的问题，不是程序的结论。</p><section><ul>{rows}</ul></section>")


def _section(review: Review, sort: str) -> str:
    found = [finding for finding in review.findings if finding.sort == sort]
    shown = _spread(found)
    items = "".join(f"<li>{html.escape(finding.words)}</li>" for finding in shown)
    more = f"<p class='note'>另有 {len(found) - len(shown)} 处，见 --json 输出。</p>" if len(found) > len(shown) else ""
    body = f"<ul>{items}</ul>{more}" if found else "<p class='note'>没有发现。</p>"
    return f"<section><h2>{html.escape(SORTS[sort])}（{len(found)}）</h2>{body}</section>"


def _spread(found: list[Finding]) -> list[Finding]:
    """Return some findings, of as many families as there are."""
    first: dict[str, Finding] = {}
    for finding in found:
        first.setdefault(finding.family, finding)
    rest = [finding for finding in found if finding not in first.values()]
    return [*first.values(), *rest][:_MOST]


def _families(review: Review) -> str:
    rows = "".join(f"<li><b>{html.escape(name)}</b>：{html.escape(words)}</li>" for name, words in review.families.items())
    return f"<section><h2>试算的家庭（虚构）</h2><p class='note'>收入由试算改变，其他情况不变。</p><ul>{rows}</ul></section>"


def _curves(review: Review) -> str:
    figures = []
    for sweep in sorted(review.sweeps, key=lambda item: -len(item.findings)):
        if any(point.benefit for point in sweep.points):
            area = {"urban": "城镇", "rural": "农村"}[sweep.area]
            cliffs = sum(finding.sort == "cliff" for finding in sweep.findings)
            found = f"{cliffs} 处断崖" if cliffs else "没有断崖"
            caption = f"算例 {sweep.family}（{area}，{sweep.size}人：{review.families[sweep.family]}）：{found}"
            figures.append(f"<figure><img alt='{html.escape(caption)}' src='data:image/png;base64,{_picture(sweep)}'>"
                           f"<figcaption>{html.escape(caption)}</figcaption></figure>")
    note = "蓝：月待遇；绿：月收入加待遇；红线：断崖。单位：元/月，全家。"
    return f"<section><h2>待遇随收入变化</h2><p class='note'>{note}</p>{''.join(figures)}</section>"


def _picture(sweep: Sweep) -> str:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), dpi=90)
    axes = figure.add_subplot()
    known = [point for point in sweep.points if point.benefit is not None]
    incomes = [point.income / 1200 for point in known]
    axes.step(incomes, [(point.benefit or 0) / 100 for point in known], where="post", color=_COLOURS["benefit"], linewidth=1.8)
    axes.plot(incomes, [(point.resources or 0) / 1200 for point in known], color=_COLOURS["resources"], linewidth=1.2, linestyle="--")
    for finding in sweep.findings:
        if finding.sort == "cliff" and finding.income is not None:
            axes.axvline(finding.income / 1200, color=_COLOURS["cliff"], linewidth=0.8)
    _name_axes(axes)
    figure.tight_layout()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return base64.b64encode(buffer.getvalue()).decode()


def _name_axes(axes: Any) -> None:
    from matplotlib import font_manager

    fonts = {font.name for font in font_manager.fontManager.ttflist}
    name = next((font for font in ("Noto Sans CJK SC", "Noto Sans CJK JP", "Microsoft YaHei", "SimHei") if font in fonts), None)
    if name is None:
        axes.set_xlabel("income, yuan a month")
        axes.set_ylabel("yuan a month")
        return
    axes.set_xlabel("家庭月收入（元）", fontname=name)
    axes.set_ylabel("元/月", fontname=name)
