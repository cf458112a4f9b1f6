"""Family files on the command line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from doudi.cli.days import parse_day
from doudi.refusal import Refusal


def read_family(file: Path) -> dict[str, Any]:
    """Read a family file (JSON). Refuses what is missing or cannot be read, saying where."""
    try:
        family = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refusal(f"没有这个文件：{file} (no such file)", to_do="检查路径；文件格式见 doudi schema") from None
    except UnicodeDecodeError:
        raise Refusal(f"{file} 不是 UTF-8 编码 (not UTF-8)", to_do="另存为 UTF-8 后重试") from None
    except json.JSONDecodeError as error:
        place = f"第 {error.lineno} 行第 {error.colno} 列"
        raise Refusal(f"{file} 不是可读的 JSON：{error.msg}", where=place, to_do="改正后重试") from None
    if not isinstance(family, dict):
        raise Refusal(f"{file} 最外层应是一个对象 (an object is needed)", to_do='写成 {"household": {…}, "persons": […]}')
    return family


def day_of(family: dict[str, Any]) -> date | None:
    """Return the day that a family file asks about, if it says one."""
    return parse_day(str(family.get("day") or ""))
