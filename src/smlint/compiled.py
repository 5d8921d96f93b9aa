"""The shipped rules as they were compiled ahead: read and checked once, with the structures of their queries."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from smlint import ahead
from smlint.files import File
from smlint.query import know, parsed
from smlint.rule import Dimension, Rule


def load(folder: File) -> tuple[dict[str, Dimension], dict[str, Rule]] | None:
    """Dimensions and rules of the shipped folder, in the order in which rules must run; None where nothing fits."""
    found = ahead.facts("rules")
    return None if found is None else unpacked(found, folder)


def unpacked(facts: Any, folder: File) -> tuple[dict[str, Dimension], dict[str, Rule]]:
    """Dimensions and rules as they were before `packed`; their queries are known from now on."""
    dimensions, rules, queries = facts
    know(queries)
    found = {}
    for inexact, *fields in rules:
        rule = Rule(*(_restored(fields) if inexact else fields))
        found[rule.id] = rule._replace(file=folder / rule.file)
    return {fields[0]: Dimension(*fields) for fields in dimensions}, found


def packed(folder: File, dimensions: dict[str, Dimension], rules: dict[str, Rule]) -> Any:
    """Dimensions and rules as plain values. The queries are those that this process has met: judge a plan before."""
    rows = []
    for rule in rules.values():
        fields = tuple(rule._replace(file=rule.file.removeprefix(folder).strip("/\\")))
        rows.append((_plain(fields) != fields, *_plain(fields)))
    return [tuple(dimension) for dimension in dimensions.values()], rows, parsed()


def _plain(value: Any) -> Any:
    """A value of a rule without fractions: those become texts in a tuple of their own kind."""
    if isinstance(value, Fraction):
        return (Fraction.__name__, str(value))
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return type(value)(map(_plain, value)) if isinstance(value, list | tuple) else value


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _restored(inner) for key, inner in value.items()}
    if isinstance(value, tuple) and len(value) == 2 and value[0] == Fraction.__name__:
        return Fraction(value[1])
    return type(value)(map(_restored, value)) if isinstance(value, list | tuple) else value
