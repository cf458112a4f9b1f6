"""What can be wrong with a dataset contract. Each fault is one line: file, line, what, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from doudi.hub.tables.headings import plain_heading
from doudi.hub.tables.strict_yaml import Document

KINDS = {
    "identity", "text", "money", "int", "number", "date", "month", "bool", "choice", "area", "name", "phone", "account",
}  # fmt: skip
UNITS = {"money": {"fen", "fen per month", "fen per year"}, "number": {"milli mu", "milli sqm"}}
ABSENCE = {"none_found", "no", "unknown"}
EVERY = {"month", "quarter", "half_year", "year"}
TEXTS = ("name", "label", "department", "says", "purpose", "grain")
LISTS = ("clauses", "key", "file_name_words", "columns")
MAPS = ("rhythm", "retention")
OPTIONAL = {"notes"}
COLUMN_KEYS = {
    "name", "label", "headers", "kind", "unit", "required", "min", "max", "choices", "unlisted", "need",
}  # fmt: skip
A_NAME = re.compile(r"[a-z][a-z0-9_]*")
A_WORD = re.compile(r"[a-z0-9][a-z0-9_]*|[A-D]")
OWN_COLUMNS = {"source_sheet", "source_row", "remarks"}


def faults(document: Document) -> list[str]:
    """Return every fault of a contract, in the order of the file. An empty list means that it may be used."""
    content = document.content
    if not isinstance(content, dict):
        return [_at(document, (), "the file is not a mapping.")]
    found = list(_shape(document))
    return found or [*_values(document), *_columns(document)]


def _at(document: Document, where: tuple[str | int, ...], what: str) -> str:
    return f"{document.path}:{document.line(*where)} {what}"


def _shape(document: Document) -> Iterator[str]:
    content: dict[str, Any] = document.content
    for key in content:
        if key not in {*TEXTS, *LISTS, *MAPS, "absence_means", *OPTIONAL}:
            yield _at(document, (key,), f"the key {key} is not known. Remove it or correct its spelling.")
    for keys, kind, word in ((TEXTS, str, "text"), (LISTS, list, "a list"), (MAPS, dict, "a mapping")):
        for key in keys:
            if not isinstance(content.get(key), kind) or not content[key]:
                yield _at(document, (key,), f"{key} must be given, as {word}.")
    if content.get("absence_means") not in ABSENCE:
        yield _at(document, ("absence_means",), 'absence_means must be none_found, "no" or unknown.')
    for place, column in enumerate(content.get("columns") or []):
        if not isinstance(column, dict):
            yield _at(document, ("columns", place), "a column must be a mapping.")


def _values(document: Document) -> Iterator[str]:
    content: dict[str, Any] = document.content
    if content["name"] != document.path.stem:
        yield _at(document, ("name",), f"the name {content['name']} is not the name of the file {document.path.stem}.")
    if content["rhythm"].get("every") not in EVERY:
        yield _at(document, ("rhythm",), f"rhythm: every must be one of {', '.join(sorted(EVERY))}.")
    months = content["retention"].get("months")
    if not isinstance(months, int) or isinstance(months, bool) or months < 1 or not content["retention"].get("basis"):
        yield _at(document, ("retention",), "retention needs months, a whole number, and basis, the ground for it.")
    names = [column.get("name") for column in content["columns"]]
    for place, key in enumerate(content["key"]):
        if key not in names:
            yield _at(document, ("key", place), f"the key column {key} is not among the columns.")
    if not any(column.get("required") is True for column in content["columns"]):
        yield _at(document, ("columns",), "no column is required: then any file at all would fit.")


def _columns(document: Document) -> Iterator[str]:
    seen: dict[str, str] = {}
    names: set[str] = set()
    for place, column in enumerate(document.content["columns"]):
        where = ("columns", place)
        yield from (_at(document, where, fault) for fault in _column(column))
        name = column.get("name")
        if name in names:
            yield _at(document, where, f"the column {name} stands here a second time.")
        names.add(name)
        for heading in column.get("headers") or []:
            plain = plain_heading(str(heading)).text
            if seen.setdefault(plain, name) != name:
                yield _at(document, where, f"the heading {heading} could mean {seen[plain]} or {name}. Keep it in one.")


def _column(column: dict[str, Any]) -> Iterator[str]:
    name, kind = column.get("name"), column.get("kind")
    for key in column.keys() - COLUMN_KEYS:
        yield f"column {name}: the key {key} is not known."
    if not isinstance(name, str) or not A_NAME.fullmatch(name) or name in OWN_COLUMNS:
        yield f"a column's name must be lower case and its own, not {name}."
    if kind not in KINDS:
        yield f"column {name}: the kind {kind} is not known; choose one of {', '.join(sorted(KINDS))}."
    for key in ("label", "need"):
        if not isinstance(column.get(key), str) or not column[key]:
            yield f"column {name}: {key} is missing. A column nobody needs is not gathered."
    headers = column.get("headers")
    if not isinstance(headers, list) or not headers or not all(isinstance(one, str) and one for one in headers):
        yield f"column {name}: headers must list the headings people use, as text."
    if kind in UNITS and column.get("unit") not in UNITS[kind]:
        yield f"column {name}: {kind} needs a unit, one of {', '.join(sorted(UNITS[kind]))}."
    if kind not in UNITS and "unit" in column:
        yield f"column {name}: a {kind} has no unit."
    for key in ("min", "max"):
        if key in column and (kind not in {"int", "money", "number"} or not _whole(column[key])):
            yield f"column {name}: {key} is for int, money and number, and is a whole number."
    if "required" in column and not isinstance(column["required"], bool):
        yield f"column {name}: required is true or false."
    yield from _choices(column)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _choices(column: dict[str, Any]) -> Iterator[str]:
    name, choices = column.get("name"), column.get("choices")
    if column.get("kind") != "choice":
        if choices is not None or "unlisted" in column:
            yield f"column {name}: only a choice has choices and unlisted."
        return
    if not isinstance(choices, dict) or not choices:
        yield f"column {name}: a choice needs choices."
        return
    meaning: dict[str, str] = {}
    for stored, words in choices.items():
        if not A_WORD.fullmatch(stored):
            yield f"column {name}: the stored word {stored} must be lower case."
        if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
            yield f"column {name}: the words for {stored} must be a list of text; put numbers in quotes."
            continue
        for word in words:
            if meaning.setdefault(word, stored) != stored:
                yield f"column {name}: the word {word} could mean {meaning[word]} or {stored}."
    unlisted = column.get("unlisted")
    if unlisted is not None and (not isinstance(unlisted, str) or not A_WORD.fullmatch(unlisted)):
        yield f"column {name}: unlisted must be the word that is stored, in lower case."
