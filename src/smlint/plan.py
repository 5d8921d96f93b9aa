"""A plan as it was written: its text, its data, and where each part stands."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import accumulate
from typing import Any

from smlint.events import Parse, parse
from smlint.reader import Fault, Limits, Mark, Packed, Stop
from smlint.reader import read as read_text
from smlint.record import Record
from smlint.scalar import Number, OutOfRange, number

__all__ = [
    "Fault", "Items", "Limits", "Mark", "Number", "OutOfRange", "Packed", "Path", "Place", "Plan",
    "dotted", "inside", "number", "pointer", "positions", "reached", "read_document",
]  # fmt: skip

Path = tuple[str | int, ...]

_UTF_16 = (BOM_UTF16_LE, BOM_UTF16_BE)


class Place(Record):
    """A range of text. Lines and columns are 1-based and count Unicode code points; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Items(list[Any]):
    """A list from which missing items were taken out; `original` holds the original index of each that is left."""

    __slots__ = ("original",)
    original: list[int]


def positions(items: list[Any] | None) -> list[tuple[int, Any]]:
    """The items of a list with their original indexes."""
    if not items:
        return []
    return list(zip(items.original, items, strict=True)) if type(items) is Items else list(enumerate(items))


def inside(value: Any, part: str | int) -> Any:
    """The value at a key, or at an original index, of a map or list; None when there is none."""
    if isinstance(value, dict):
        return value.get(part)
    if not isinstance(value, list) or not isinstance(part, int):
        return None
    if type(value) is Items:
        at = bisect_left(value.original, part)
        return value[at] if at < len(value) and value.original[at] == part else None
    return value[part] if 0 <= part < len(value) else None


def reached(data: Any, path: Path) -> Any:
    """What stands at a path of some data; None where nothing does."""
    for part in path:
        data = inside(data, part)
    return data


_MANY_LINES = 10_000
NOTHING: dict[Any, Any] = {}  # never written to: of ten thousand reports, each would have six empty ones of its own
# By far the most common record: made without a call of Python's.
_place: Callable[[tuple[int, int, int, int]], Place] = partial(tuple.__new__, Place)


class Plan:
    """One YAML or JSON document: name, text, data (dicts, lists, str, int, Fraction, bool, None) and marks.

    `fault` says why it could not be read as a plan; then `data` is empty.
    """

    __slots__ = ("_lines", "data", "fault", "marks", "name", "names", "text")

    def __init__(
        self, name: str, text: str, data: dict[str, Any], marks: dict[str, Packed], fault: Fault | None
    ) -> None:
        self.name = name
        self.text = text
        self.data = data
        self.marks = marks
        self.fault = fault
        self.names: dict[int, list[str]] = {}  # spot.identity's memory of the items of each list
        self._lines: Sequence[int] | None = None

    @classmethod
    def read(cls, name: str, raw: bytes, limits: Limits = Limits(), parse: Parse = parse) -> Plan:
        """Read the bytes of a file. Whatever they are, the answer is a Plan; a fault is a value, not an exception."""
        document = read_document(name, raw, limits, parse)
        if document.fault:
            return document
        if not isinstance(document.data, dict) or "smlint" not in document.data:
            document.fault = Fault("not-a-plan", 0, 0, {})
        elif document.data["smlint"] != 1 or isinstance(document.data["smlint"], bool):
            mark = Mark.of(document.marks["smlint"])
            value = document.text[mark.start : mark.end][:40]
            document.fault = Fault("unsupported-format", mark.key, mark.end, {"value": value})
        if document.fault:
            document.data, document.marks = {}, {}
        return document

    def let_go(self) -> None:
        """Keep the name and the fault only."""
        self.text, self.data, self.marks, self._lines = "", NOTHING, NOTHING, None
        self.names.clear()

    def place_of(self, start: int, end: int) -> Place:
        """The lines and columns of two offsets."""
        lines = self._starts()
        line, end_line = bisect_right(lines, start), bisect_right(lines, end)
        return _place((line, start - lines[line - 1] + 1, end_line, end - lines[end_line - 1] + 1))

    def _starts(self) -> Sequence[int]:
        """The offsets at which lines begin."""
        if self._lines is None:
            starts: Sequence[int]
            if "\r" in self.text:
                starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", self.text))]
            else:  # a third of the time
                starts = list(accumulate([len(line) + 1 for line in self.text.split("\n")[:-1]], initial=0))
            if len(starts) > _MANY_LINES:
                from array import array  # a fifth of a list's memory

                starts = array("q", starts)
            self._lines = starts
        return self._lines

    def lines(self, numbers: Iterable[int]) -> dict[int, str]:
        """The texts of lines, counted from 1, without their line breaks."""
        starts, text = self._starts(), self.text
        last = len(starts)
        return {
            number: text[starts[number - 1] : starts[number]].rstrip("\r\n")
            if number < last
            else text[starts[number - 1] :]
            for number in numbers
        }

    def place(self, path: Path) -> Place:
        """Where `path` stands or, when it does not, the nearest thing above it that does; 1:1 for the whole plan."""
        return self.located(path)[0]

    def located(self, path: Path) -> tuple[Place, bool]:
        """The place of a path, and whether the text holds something at exactly this path."""
        nearest, depth = self._nearest(path)
        if nearest is None:
            return Place(1, 1, 1, 1), not path
        key, key_length, gap, length, _ = nearest
        return self.place_of(key, key + key_length + gap + length), depth == len(path)

    def mark(self, path: Path) -> Mark | None:
        """The mark of the nearest standing ancestor of `path`, itself included; None for the whole plan."""
        nearest, _ = self._nearest(path)
        return Mark.of(nearest) if nearest else None

    def has(self, path: Path) -> bool:
        """Whether the text holds something at exactly this path."""
        return self._nearest(path)[1] == len(path)

    def _nearest(self, path: Path) -> tuple[Packed | None, int]:
        """The mark of the last part of `path` that stands in the text, and how many of its parts do."""
        nearest: Packed | None = None
        inside: Any = self.marks
        for depth, part in enumerate(path):
            try:
                nearest = inside[part]
            except (KeyError, IndexError, TypeError):
                return nearest, depth
            inside = nearest[4]
        return nearest, len(path)


def pointer(path: Path) -> str:
    """A path as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def dotted(path: Path) -> str:
    """A path as people read it: goals[1].owner; $ is the whole plan."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "$"


def read_document(name: str, raw: bytes, limits: Limits = Limits(), parse: Parse = parse) -> Plan:
    """Read one YAML 1.2 or JSON document of any kind; `data` is what stands at its top level.

    Rules, configuration and the tool's own words are read with this too, so their faults have a line as well.
    `parse` is libyaml where PyYAML has it.
    """
    if len(raw) > limits.max_bytes:
        return Plan(name, "", {}, {}, Fault("too-large", 0, 0, {"max": limits.max_bytes}))
    try:
        text = raw.decode("utf-16" if raw[:2] in _UTF_16 else "utf-8").lstrip("\ufeff")
    except UnicodeDecodeError:
        return Plan(name, "", {}, {}, Fault("syntax-error", 0, 0, {"detail": "yaml.encoding"}))
    try:
        data, mark = read_text(text, limits, parse)
    except Stop as stop:
        return Plan(name, text, {}, {}, stop.fault)
    return Plan(name, text, data, mark[4] or {}, None)
