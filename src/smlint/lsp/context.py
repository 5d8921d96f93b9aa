"""What is being written at a place of a text, whether or not the text can be read: while typing it mostly cannot."""

from __future__ import annotations

import re

from smlint.pattern import pattern
from smlint.plan import Path
from smlint.record import Record

_KEY = pattern(r"""("(?:[^"\\]|\\.)*+"[ \t]*+|'[^']*+'[ \t]*+|[^\s\-?:,\[\]{}#&*!|>'"%@`][^:#\n]*+):(?=[ \t\r\n]|$)""")
_WAIVE = pattern(r"#[ \t]*smlint:[ \t]*waive[ \t]+([\w-]*)$")
_BLOCK = pattern(r"[|>][-+0-9]*[ \t]*(#.*)?$")
_BEGINNING = pattern(r"\n( *)(?=[^\s#\]}])")  # of a line with content, but for closing brackets
_MOST = 2_000_000  # characters of a text that is looked at
_DEEPEST = 100  # levels; the reader takes no more either


class Context(Record):
    """A place in a text. `path` is the map or list in which it stands or, where `value`, the key or item whose value
    is written. `start` to the place is what is typed so far: `typed`. `kind` is key, value, item or waive; `flow`:
    within brackets or braces. `column` is where a key of this block stands."""

    path: Path
    kind: str
    start: int
    typed: str
    flow: bool = False
    column: int = 0
    json: bool = False


class _Frame(Record):
    indent: int
    path: Path
    item: bool


def context(text: str, offset: int) -> Context | None:
    """What is written at an offset; None in a comment, a block scalar, or a text that is too long."""
    if len(text) > _MOST:
        return None
    if text.lstrip().startswith("{"):
        return _in_flow(text, text.index("{"), offset, (), json=True)
    return _Scan(text, offset).run()


class _Scan:
    """One pass over the lines up to the place, by their indents."""

    def __init__(self, text: str, offset: int) -> None:
        self.text, self.offset = text, offset
        self.frames = [_Frame(-1, (), False)]
        self.counts: dict[Path, int] = {}
        self.skip_until = 0  # offset up to which lines belong to brackets that were opened before
        self.scalar: int | None = None  # the indent of a key whose value is a block scalar

    def run(self) -> Context | None:
        at = 0
        while at <= self.offset:
            end = self.text.find("\n", at)
            end = len(self.text) if end < 0 else end
            last = end >= self.offset
            if at >= self.skip_until:
                found = self._line(at, self.offset if last else end, last)
                if found is not None or last:
                    return found
            elif last:
                return None
            at = end + 1
        return None

    def _line(self, at: int, end: int, last: bool) -> Context | None:
        line = self.text[at:end].rstrip("\r")
        body = line.lstrip(" ")
        indent = len(line) - len(body)
        if last and (waive := _WAIVE.search(line)):
            return Context((), "waive", self.offset - len(waive[1]), waive[1])
        if self.scalar is not None and (not body or indent > self.scalar):
            return None
        self.scalar = None
        if body.startswith(("#", "---", "%")) or (not body and not last):
            return None
        place = at + indent
        while body.startswith("- ") or body == "-":
            if len(self.frames) > _DEEPEST:
                return None
            self._item(indent)
            rest = body[1:].lstrip(" ")
            step = len(body) - len(rest)
            indent, place, body = indent + step, place + step, rest
        key = _KEY.match(body)
        if key is None:
            return self._bare(body, indent, place, last)
        self._key(key[1].strip().strip("\"'"), indent)
        value = body[key.end() :]
        return self._value(value, place + key.end(), indent, last)

    def _item(self, indent: int) -> None:
        while self.frames[-1].indent > indent or (self.frames[-1].indent == indent and self.frames[-1].item):
            self.frames.pop()
        holder = self.frames[-1].path
        index = self.counts.get(holder, 0)
        self.counts[holder] = index + 1
        self.frames.append(_Frame(indent, (*holder, index), True))

    def _key(self, name: str, indent: int) -> None:
        while self.frames[-1].indent >= indent:
            self.frames.pop()
        self.frames.append(_Frame(indent, (*self.frames[-1].path, name), False))

    def _bare(self, body: str, indent: int, place: int, last: bool) -> Context | None:
        """A line without a key: the start of one, an item's value, brackets, or the rest of a text."""
        top = self.frames[-1]
        if body[:1] in ("{", "["):
            base = top.path
            return self._brackets(place, base, last)
        if not last:
            return None
        if top.item and self._only_dash(place):
            return Context(top.path, "item", place, body, column=indent)
        while self.frames[-1].indent >= indent:
            self.frames.pop()
        return Context(self.frames[-1].path, "key", place, body, column=indent)

    def _only_dash(self, place: int) -> bool:
        """Whether nothing but a dash stands before a place on its line."""
        start = self.text.rfind("\n", 0, place) + 1
        return self.text[start:place].strip() == "-"

    def _value(self, value: str, place: int, indent: int, last: bool) -> Context | None:
        body = value.lstrip(" \t")
        begins = place + len(value) - len(body)
        path = self.frames[-1].path
        if body[:1] in ("{", "["):
            return self._brackets(begins, path, last)
        if _BLOCK.match(body):
            self.scalar = indent
            return None
        if not last:
            return None
        if re.search(r"(^|[ \t])#", body):
            return None
        return Context(path, "value", begins, body, column=indent) if value[:1] in (" ", "\t") else None

    def _brackets(self, start: int, path: Path, last: bool) -> Context | None:
        """Brackets that open here: passed by where they end before the place, by themselves or because a line that
        cannot be inside follows."""
        left = self._left(start)
        end = _closed(self.text, start, left) or left
        if end <= self.offset and not last:
            self.skip_until = end
            return None
        if end < self.offset:
            return None
        return _in_flow(self.text, start, self.offset, path)

    def _left(self, start: int) -> int:
        """Where the next line begins that is indented no more than that of some brackets: it is not inside of them."""
        line = self.text.rfind("\n", 0, start) + 1
        indent = len(self.text[line:start]) - len(self.text[line:start].lstrip(" "))
        for found in _BEGINNING.finditer(self.text, start):
            if len(found[1]) <= indent:
                return found.start() + 1
        return len(self.text) + 1


def _closed(text: str, start: int, most: int) -> int | None:
    """Where the bracket at an offset is closed; None where it is not, before `most`."""
    depth, at = 0, start
    while at < min(most, len(text)):
        char = text[at]
        if char in "\"'" and text[at - 1] in " \t\n[{,:(":
            at = _string_end(text, at) - 1
        elif char == "#" and text[at - 1].isspace():
            at = _line_end(text, at)
        elif char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    return None


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _string_end(text: str, at: int) -> int:
    """The offset after a quoted text; past the end where it is not closed."""
    quote, here = text[at], at + 1
    while here < len(text):
        if text[here] == "\\" and quote == '"':
            here += 1
        elif text[here] == quote:
            if quote == '"' or text[here + 1 : here + 2] != quote:
                return here + 1
            here += 1
        here += 1
    return len(text) + 1


def _in_flow(text: str, start: int, offset: int, base: Path, json: bool = False) -> Context | None:
    """What is written at an offset inside the brackets that open at `start`."""
    flow = _Flow(text, start, base, json)
    return flow.context(offset) if flow.read(offset) else None


class _Level:
    """A bracket that is open, the path of what it holds, the key whose value comes or the number of the item."""

    __slots__ = ("at", "kind", "path")

    def __init__(self, kind: str, path: Path) -> None:
        self.kind, self.path = kind, path
        self.at: str | int | None = 0 if kind == "[" else None

    @property
    def inside(self) -> Path:
        return self.path if self.at is None else (*self.path, self.at)


class _Flow:
    """One pass through brackets up to a place. `token` is where the key or value begins that is being written, and
    `blank` says that nothing has been written of it."""

    def __init__(self, text: str, start: int, base: Path, json: bool) -> None:
        self.text, self.at, self.base, self.json = text, start, base, json
        self.levels: list[_Level] = []
        self.token, self.blank = start, True

    def read(self, offset: int) -> bool:
        """Go on to an offset; whether something is written there, inside of the brackets."""
        while self.at < offset:
            char = self.text[self.at]
            if char in "\"'" and self.blank:
                end = _string_end(self.text, self.at)
                if end > offset:
                    return True
                self.blank, self.at = False, end - 1
            elif char == "#" and self.text[self.at - 1].isspace():
                self.at = _line_end(self.text, self.at)
                if self.at >= offset:
                    return False
            elif char in "[{]},:":
                self._mark(char)
                if not 0 < len(self.levels) <= _DEEPEST:
                    return False
            elif not char.isspace():
                self.blank = False
            self.at += 1
        return bool(self.levels)

    def _mark(self, char: str) -> None:
        if char in "[{":
            self.levels.append(_Level(char, self.levels[-1].inside if self.levels else self.base))
        elif char in "]}":
            self.levels.pop()
        elif char == ",":
            top = self.levels[-1]
            top.at = top.at + 1 if isinstance(top.at, int) else None
        elif self._ends_a_key():
            self.levels[-1].at = self.text[self.token : self.at].strip().strip("\"'")
        else:
            self.blank = False
            return
        self._begin()

    def _begin(self) -> None:
        self.token, self.blank = self.at + 1, True

    def _ends_a_key(self) -> bool:
        return self.levels[-1].at is None and (self.json or self.text[self.at + 1 : self.at + 2] in (" ", "\n", ""))

    def context(self, offset: int) -> Context:
        start = self.token
        while start < offset and self.text[start] in " \t\r\n":
            start += 1
        top = self.levels[-1]
        kind = "item" if top.kind == "[" else "key" if top.at is None else "value"
        return Context(top.inside, kind, start, self.text[start:offset], flow=True, json=self.json)
