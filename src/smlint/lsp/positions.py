"""Positions of an editor and offsets of a text: lines are 0-based, characters counted in the units agreed on."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from lsprotocol.types import Position, Range

from smlint.pattern import pattern

_BREAK = pattern(r"\r\n|\n|\r")
_BEYOND = [re.compile(f"[{first}-\U0010ffff]") for first in ("\x80", "\u0800", "\U00010000")]
_WIDE = {"utf-8": _BEYOND, "utf-16": _BEYOND[2:], "utf-32": []}  # by encoding, what takes a unit more, perhaps again


class Lines:
    """The lines of one text. `encoding` is utf-8, utf-16 or utf-32: what an editor counts within a line."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text, self.encoding = text, encoding
        self.starts = [0, *(match.end() for match in _BREAK.finditer(text))]
        wide = () if text.isascii() else _WIDE[encoding]
        self._wide = [[match.start() for match in each.finditer(text)] for each in wide]

    def position(self, offset: int) -> Position:
        """Where an offset stands."""
        line = bisect_right(self.starts, offset) - 1
        return Position(line, self._units(self.starts[line], offset))

    def offset(self, position: Position) -> int:
        """The offset of a position; one past the end of a line, or inside of a character, is moved to where text is."""
        if position.line >= len(self.starts):
            return len(self.text)
        start = self.starts[max(position.line, 0)]
        offsets = range(start, self.end_of_line(start) + 1)
        return offsets[bisect_left(offsets, max(position.character, 0), hi=len(offsets) - 1, key=self._character)]

    def _character(self, offset: int) -> int:
        return self.position(offset).character

    def end_of_line(self, offset: int) -> int:
        """Where the line of an offset ends, without its break."""
        line = bisect_right(self.starts, offset) - 1
        last = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)
        return self.starts[line] + len(self.text[self.starts[line] : last].rstrip("\r\n"))

    def range(self, start: int, end: int) -> Range:
        return Range(self.position(start), self.position(end))

    def _units(self, start: int, end: int) -> int:
        """Units between two offsets: one for each character, and one more for each time that it is wide."""
        return end - start + sum(bisect_left(wide, end) - bisect_left(wide, start) for wide in self._wide)
