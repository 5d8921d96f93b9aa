"""A table of the measurements: Markdown that also reads well as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Table:
    """One suite: what is printed, and the raw figures that go into the JSON."""

    title: str
    header: Sequence[str]
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        widths = [
            max(len(row[column]) for row in [list(self.header), *self.rows]) for column in range(len(self.header))
        ]
        lines = [f"## {self.title}", "", line(self.header, widths), rule(widths)]
        lines += [line(row, widths) for row in self.rows]
        lines += ["", *[f"* {note}" for note in self.notes]] if self.notes else []
        return "\n".join(lines) + "\n"


def line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    return (
        "| "
        + " | ".join([first, *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))])
        + " |"
    )


def rule(widths: Sequence[int]) -> str:
    return "|" + "|".join(["-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])]) + "|"


def number(value: float | None, decimals: int = 2) -> str:
    return "–" if value is None else f"{value:,.{decimals}f}"
