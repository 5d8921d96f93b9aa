"""Rule and Dimension: data only. What a rule does is done in `lint`, with the verbs of `checks`."""

from __future__ import annotations

from typing import Any

from smlint.record import Record

Texts = dict[str, str]  # language -> text


class Dimension(Record):
    """One of the sides of a plan that rules are grouped by; `weight` is its share before others drop out."""

    id: str
    weight: int
    title: Texts
    question: Texts
    floor: str  # the rule that fails when the dimension is not dealt with at all
    owner: str | None  # path of the person who answers for it, when a finding's subject names none


class Rule(Record):
    """A rule as its file states it; field by field in docs/writing-rules.md.

    `severity` holds pairs of profile expression and severity, the default last with an empty expression.
    """

    id: str
    dimension: str
    severity: tuple[tuple[str, str], ...]
    level: int
    applies: str | None
    given: str
    blocked: tuple[dict[str, Any], ...]
    empty: Any
    options: dict[str, Any]
    check: dict[str, Any]
    values: dict[str, Any]
    place: str | None
    title: Texts
    why: Texts
    fix: Texts
    message: Texts
    source: tuple[str, ...]
    file: str
    lines: dict[str, int]  # key of the file -> its line, for complaints

    @property
    def default_severity(self) -> str:
        """The severity where no profile says otherwise."""
        return self.severity[-1][1]


class Example(Record):
    """A plan fragment that proves a rule: good when `at` is None, else exactly these subjects fail."""

    name: str
    plan: str
    at: tuple[str, ...] | None
    line: int
