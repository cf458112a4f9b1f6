"""Random draws, the same for the same seed on every machine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]

YEAR_DAYS = 365.25


@dataclass(frozen=True)
class Chance:
    """One stream of draws. Streams of other numbers are independent of it."""

    draw: np.random.Generator
    day: np.datetime64

    @staticmethod
    def of(seed: int, *stream: int, day: np.datetime64) -> Chance:
        """Return the stream of a seed and its place (county number, purpose)."""
        return Chance(np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, *stream]))), day)

    def happens(self, probability: float | npt.NDArray[np.float64], size: int) -> Bools:
        """Return for each of `size` whether it happens."""
        return self.draw.random(size, dtype=np.float32) < probability

    def pick(self, weights: dict[int, float], size: int) -> npt.NDArray[np.int8]:
        """Return codes drawn by weight."""
        edges = np.cumsum(np.array(list(weights.values())))
        drawn = np.searchsorted(edges / edges[-1], self.draw.random(size), side="right")
        return np.array(list(weights), dtype=np.int8)[np.minimum(drawn, len(edges) - 1)]

    def yuan(self, median: float | npt.NDArray[np.float64], spread: float, size: int) -> Ints:
        """Return amounts in fen, whole yuan, log-normal around a median in yuan."""
        amounts = np.exp(spread * self.draw.standard_normal(size, dtype=np.float32)) * median
        fen: Ints = np.rint(amounts).astype(np.int64) * 100
        return fen

    def days_ago(self, first: int, last: int, size: int) -> Dates:
        """Return days between `first` and `last` days before the day of the county."""
        days: Dates = self.day - self.draw.integers(first, last + 1, size).astype("timedelta64[D]")
        return days

    def birth(self, age: npt.NDArray[np.floating]) -> Dates:
        """Return birth dates of people of these ages (with fractions)."""
        born: Dates = self.day - np.floor(age * YEAR_DAYS).astype("timedelta64[D]")
        return born
