"""Splink on DuckDB: how likely two descriptions are of one person. Nothing is drawn by lot, so a run can be repeated.

The chance that two people agree by accident (u) is counted in the register itself. The chance that one person's two
records agree (m) is given, not learned: a county has too few rows without a number to learn it from, and a model
trained on thirty pairs is a guess that looks like knowledge.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doudi.hub.engines.duckdb_engine import DuckDBEngine

COMPARED = ("name", "sound", "birth", "sex", "area", "phone")
LEAST_REGISTER = 100
"""With fewer people than this the accidental agreement is not counted but taken from `ACCIDENT`."""

ACCIDENT: Mapping[str, float] = {"name": 0.0005, "sound": 0.0015, "birth_date": 0.00005, "sex": 0.5, "area": 0.01, "phone": 0.00001}


@dataclass(frozen=True)
class Level:
    """One way in which two descriptions compare: the words for people, the condition, and m."""

    words: str
    condition: str
    m: float
    u: float


def levels(accident: Mapping[str, float]) -> dict[str, list[Level]]:
    """Return the ways to compare each feature, the best first; the last of each is "differs"."""
    name, sound, born = accident["name"], accident["sound"], accident["birth_date"]
    near = "levenshtein(name_l, name_r) = 1 and length(name_l) >= 3 and length(name_r) >= 3"
    one_part = "levenshtein(birth_l, birth_r) = 1"
    return {
        "name": [
            Level("姓名相同", "name_l = name_r", 0.90, name),
            Level("姓名读音相同", "sound_l = sound_r", 0.05, max(sound - name, name)),
            Level("姓名只差一个字", near, 0.03, 20 * name),
            Level("姓名不同", "ELSE", 0.02, 1 - name - max(sound - name, name) - 20 * name),
        ],
        "birth": [
            Level("出生日期相同", "birth_l = birth_r", 0.92, born),
            Level("出生日期只差一个数字", one_part, 0.06, 30 * born),
            Level("出生日期不同", "ELSE", 0.02, 1 - 31 * born),
        ],
        "sex": [
            Level("性别相同", "sex_l = sex_r", 0.99, accident["sex"]),
            Level("性别不同", "ELSE", 0.01, 1 - accident["sex"]),
        ],
        "area": [
            Level("同一个村（社区）", "area_l = area_r", 0.85, accident["area"]),
            Level("村（社区）不同", "ELSE", 0.15, 1 - accident["area"]),
        ],
        "phone": [
            Level("电话相同", "phone_l = phone_r", 0.70, accident["phone"]),
            Level("电话不同", "ELSE", 0.30, 1 - accident["phone"]),
        ],
    }


def candidates(engine: DuckDBEngine, told: str, register: str, accident: Mapping[str, float], people: int) -> str:
    """Compare the rows of `told` with those of `register` and return the table name of the pairs worth a thought.

    Both have (unique_id, name, sound, birth, sex, area, phone), all text. The pairs hold `unique_id_l` (of `told`),
    `unique_id_r`, `match_probability`, `match_weight`, and `gamma_<feature>`: the place of the level, counted from the worst.
    """
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection=engine.connection)
    for side in (told, register):
        engine.define(f"{side}_compared", f"select unique_id, {', '.join(COMPARED)} from {side}")
    frames = [
        api.register(f"{told}_compared", dataset_display_name="a_told"),
        api.register(f"{register}_compared", dataset_display_name="b_register"),
    ]
    linker = Linker(frames, _settings(accident, people), log_level=None, validate_settings=False)
    return str(linker.inference.predict(threshold_match_probability=0.01).physical_name)


def _settings(accident: Mapping[str, float], people: int) -> dict[str, Any]:
    return {
        "link_type": "link_only",
        "unique_id_column_name": "unique_id",
        "source_dataset_column_name": "source_dataset",
        # Most rows without a number are of somebody in the register.
        "probability_two_random_records_match": 0.5 / max(people, LEAST_REGISTER),
        "comparisons": [_comparison(feature, ways) for feature, ways in levels(accident).items()],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": "l.sound = r.sound", "sql_dialect": "duckdb"},
            {"blocking_rule": "l.birth = r.birth and l.sex = r.sex", "sql_dialect": "duckdb"},
            {"blocking_rule": "l.phone = r.phone", "sql_dialect": "duckdb"},
        ],
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": True,
    }


def _comparison(feature: str, ways: list[Level]) -> dict[str, Any]:
    missing = f"{feature}_l IS NULL OR {feature}_r IS NULL"
    nothing: dict[str, Any] = {"sql_condition": missing, "label_for_charts": "缺", "is_null_level": True}
    told = [
        {"sql_condition": way.condition, "label_for_charts": way.words, "m_probability": way.m, "u_probability": way.u,
         "fix_m_probability": True, "fix_u_probability": True}
        for way in ways
    ]  # fmt: skip
    return {"output_column_name": feature, "comparison_levels": [nothing, *told]}
