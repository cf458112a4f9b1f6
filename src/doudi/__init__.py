"""Doudi (兜底): from a county's files to who qualifies for assistance, by which clause, and why."""

__version__ = "0.1.0"
