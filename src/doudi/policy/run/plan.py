"""Placeholder while the stages are being written."""

from __future__ import annotations

from typing import Any


class Plan:
    """Stages."""


def compile_plan(pack: Any, dialect: str, outputs: Any) -> Plan:
    """Compile."""
    raise NotImplementedError
