"""Whole columns read at once: the fast path for clean cells, the cell readers for the rest, the same answers."""
