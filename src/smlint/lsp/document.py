"""An open document: its text as typed so far, what smlint says of it, and what it said when it could last be read."""

from __future__ import annotations

from datetime import date
from typing import Any

from smlint.discovery import is_plan
from smlint.fix import encoded
from smlint.lsp.positions import Lines
from smlint.plan import Mark, Path, Place
from smlint.report import Report, judge
from smlint.settings import Settings


class Document:
    """One version of a document. `report` is what is said of it; `good` the latest that could be read, perhaps of an
    earlier version, whose ids and keys still help. Nothing here changes: an edit makes another document."""

    def __init__(
        self, name: str, text: str, settings: Settings, as_of: date, language: str | None, good: Report | None = None,
        encoding: str = "utf-16",
    ) -> None:  # fmt: skip
        self.name, self.text, self.settings, self.as_of = name, text, settings, as_of
        self.lines = Lines(text, encoding)
        self.report = judge(name, encoded(text), settings, as_of)
        self.good = self.report if self.report.score is not None else good
        self.language = language or settings.language or (self.good.language if self.good else None) or "en"
        self.shift = len(text) - len(text.lstrip("\ufeff"))  # the reader leaves out a byte order mark

    @property
    def readable(self) -> bool:
        return self.report.score is not None

    @property
    def is_plan(self) -> bool:
        """Whether it is meant to be a plan: it has the key, or cannot be read and mentions it."""
        return self.readable or is_plan(encoded(self.text))

    @property
    def data(self) -> dict[str, Any]:
        """What the plan says, as it was written when it could last be read."""
        return self.good.plan.data if self.good else {}

    def span(self, place: Place) -> tuple[int, int]:
        """The offsets of a place of the report; a whole plan is its first line."""
        if place == (1, 1, 1, 1):
            return 0, self.lines.end_of_line(0)
        start = self._offset(place.line, place.column)
        return start, max(start, min(self._offset(place.end_line, place.end_column), len(self.text)))

    def _offset(self, line: int, column: int) -> int:
        starts = self.lines.starts
        return starts[min(line, len(starts)) - 1] + column - 1 + (self.shift if line == 1 else 0)


def entry_at(document: Document, offset: int) -> tuple[Path, bool] | None:
    """The path of the key or scalar at an offset, and whether it is the key; None where there is neither."""
    if not document.readable:
        return None
    at, path = offset - document.shift, ()
    found: tuple[Path, bool] | None = None
    inside: Any = document.report.plan.marks
    while inside:
        parts = inside.items() if isinstance(inside, dict) else enumerate(inside)
        marks = ((part, Mark.of(packed)) for part, packed in parts)
        entry = next(((part, mark) for part, mark in marks if mark.key <= at <= max(mark.key_end, mark.end)), None)
        if entry is None:
            return found
        part, mark = entry
        path = (*path, part)  # type: ignore[assignment]
        if isinstance(part, str) and mark.key <= at <= mark.key_end:
            return path, True
        if mark.inside is None:
            return (path, False) if mark.start <= at <= mark.end else found
        inside = mark.inside
    return found
