"""Cells read one at a time: the meaning of every cell, against which the fast path is tested."""
