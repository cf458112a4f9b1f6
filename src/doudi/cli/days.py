"""Days on the command line."""

from __future__ import annotations

from datetime import date

from doudi.refusal import Refusal


def parse_day(text: str) -> date | None:
    """Return a day, None for an empty text. Refuses what is not a day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"{text} 不是存在的日期 (not a day)", to_do="写成 2025-10-31 这样") from None
