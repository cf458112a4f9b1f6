"""Tables on the screen. Chinese has no spaces to break at, so a long cell is folded, never cut off."""

from __future__ import annotations

from rich.table import Column, Table


def grid(*heads: str, title: str = "", lines: bool = False) -> Table:
    """Return an empty table whose cells fold."""
    return Table(*(Column(head, overflow="fold") for head in heads), title=title or None, title_justify="left", show_lines=lines)
