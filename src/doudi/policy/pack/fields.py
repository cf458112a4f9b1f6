"""Taking typed fields out of a YAML mapping; what is missing, unknown or of the wrong kind is an error with its line."""

from __future__ import annotations

from datetime import date
from typing import Any

from doudi.policy.pack.model import Ground, Limit
from doudi.policy.pack.reader import Block
from doudi.policy.terms.errors import PolicyError, Where, problem, suggestion

LIMIT_UNITS = ("working_days", "calendar_days", "months", "years", "persons", "times")


class Fields:
    """The fields of one mapping. `close` refuses the keys that nobody took."""

    def __init__(self, block: Any, what: str, where: Where) -> None:
        if not isinstance(block, Block):
            raise PolicyError([problem(where, f"{what}应是一组“键: 值”", "按 docs/policy-language.md 的格式改写")])
        self.block = block
        self.what = what
        self.where = block.where
        self.taken: set[str] = set()

    def fail(self, key: str, what: str, do: str) -> PolicyError:
        """Return an error at a key's line."""
        return PolicyError([problem(self.block.at(key), what, do)])

    def has(self, key: str) -> bool:
        """Tell whether a key is given and not null."""
        return self.block.get(key) is not None

    def any(self, key: str) -> Any:
        """Take a field of any kind, or None."""
        self.taken.add(key)
        return self.block.get(key)

    def _typed(self, key: str, kind: type, word: str, required: bool) -> Any:
        value = self.any(key)
        if value is None:
            if required:
                raise PolicyError([problem(self.where, f"{self.what}缺少 {key}", f"补上 {key}")])
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            do = "写成 2025-07-01 的样子（四位年、两位月、两位日，不加引号）" if kind is date else f"改成{word}"
            raise self.fail(key, f"{key} 应是{word}，现在是 {value}", do)
        return value

    def text(self, key: str) -> str:
        """Take a required text."""
        value: str = self._typed(key, str, "文字", True).strip()
        if not value:
            raise self.fail(key, f"{self.what}的 {key} 是空的", f"写上 {key}")
        return value

    def text_or(self, key: str, default: str = "") -> str:
        """Take an optional text."""
        value: str | None = self._typed(key, str, "文字", False)
        return default if value is None else value.strip()

    def day(self, key: str) -> date:
        """Take a required date."""
        value: date = self._typed(key, date, "日期", True)
        return value

    def day_or_none(self, key: str) -> date | None:
        """Take an optional date."""
        value: date | None = self._typed(key, date, "日期", False)
        return value

    def flag(self, key: str) -> bool:
        """Take an optional true/false, false when left out."""
        return bool(self._typed(key, bool, "true 或 false", False))

    def number(self, key: str, default: int | None = None) -> int:
        """Take a whole number."""
        value: int | None = self._typed(key, int, "整数", default is None)
        return default if value is None and default is not None else int(value or 0)

    def one_of(self, key: str, choices: tuple[str, ...]) -> str:
        """Take a text that must be one of the choices."""
        value = self.text(key)
        if value not in choices:
            raise self.fail(key, f"{key} 不能是 {value}", f"可选：{' '.join(choices)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a text or a list of texts; nothing gives an empty tuple."""
        value = self.any(key)
        items = [] if value is None else value if isinstance(value, list) else [value]
        for item in items:
            if not isinstance(item, str):
                raise self.fail(key, f"{key} 里的 {item} 不是文字", "每一项写成文字")
        return tuple(items)

    def items(self, key: str) -> list[Any]:
        """Take a list; nothing gives an empty one."""
        value: list[Any] | None = self._typed(key, list, "列表", False)
        return value or []

    def labels(self, key: str) -> dict[str, str]:
        """Take a mapping of text to text; nothing gives an empty one."""
        value = self.any(key)
        if value is None:
            return {}
        if not isinstance(value, Block) or not all(isinstance(item, str) for item in value.values()):
            raise self.fail(key, f"{key} 应是“键: 文字”", "每一项写成文字")
        return dict(value)

    def ground(self, *, required: bool) -> Ground:
        """Take `clause` and `reading`."""
        ground = Ground(self.texts("clause"), self.texts("reading"))
        if required and not ground.clauses and not ground.readings:
            raise PolicyError([problem(self.where, f"{self.what}没有依据", "写上 clause（条款）或 reading（理解）")])
        return ground

    def limit(self) -> Limit | None:
        """Take `limit`, a count in a unit from an event."""
        if not self.has("limit"):
            self.taken.add("limit")
            return None
        inner = Fields(self.any("limit"), "时限", self.block.at("limit"))
        limit = Limit(inner.number("count"), inner.one_of("unit", LIMIT_UNITS), inner.text_or("from"))
        inner.close()
        return limit

    def close(self) -> None:
        """Refuse keys that nobody took."""
        for key in self.block:
            if key not in self.taken:
                hint = suggestion(key, self.taken)
                raise self.fail(key, f"{self.what}里不认识的键 {key}", hint)
