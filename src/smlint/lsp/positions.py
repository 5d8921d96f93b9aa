"""Positions of an editor and offsets of a text: lines are 0-based, characters counted in the units agreed on."""

from __future__ import annotations

import re
from bisect import bisect_right

from lsprotocol.types import Position, Range

_BREAK = re.compile(r"\r\n|\n|\r")


class Lines:
    """The lines of one text. `encoding` is utf-8, utf-16 or utf-32: what an editor counts within a line."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text, self.encoding = text, encoding
        self.starts = [0, *(match.end() for match in _BREAK.finditer(text))]
        self._plain = text.isascii()

    def position(self, offset: int) -> Position:
        """Where an offset stands."""
        line = bisect_right(self.starts, offset) - 1
        return Position(line, self._units(self.text[self.starts[line] : offset]))

    def offset(self, position: Position) -> int:
        """The offset of a position; one past the end of a line, or inside of a character, is moved to where text is."""
        if position.line >= len(self.starts):
            return len(self.text)
        start = self.starts[max(position.line, 0)]
        end = self.starts[position.line + 1] if position.line + 1 < len(self.starts) else len(self.text)
        line = self.text[start:end].rstrip("\r\n")
        if self._plain or self.encoding == "utf-32":
            return start + max(0, min(position.character, len(line)))
        units = 0
        for index, char in enumerate(line):
            if units >= position.character:
                return start + index
            units += self._units(char)
        return start + len(line)

    def end_of_line(self, offset: int) -> int:
        """Where the line of an offset ends, without its break."""
        line = bisect_right(self.starts, offset) - 1
        last = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)
        return self.starts[line] + len(self.text[self.starts[line] : last].rstrip("\r\n"))

    def range(self, start: int, end: int) -> Range:
        return Range(self.position(start), self.position(end))

    def _units(self, text: str) -> int:
        if self._plain or self.encoding == "utf-32":
            return len(text)
        if self.encoding == "utf-8":
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(char > "\uffff" for char in text)
