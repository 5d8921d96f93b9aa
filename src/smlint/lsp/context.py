"""What is being written at a place of a text, whether or not the text can be read: while typing it mostly cannot."""

from __future__ import annotations

import re
from typing import NamedTuple

from smlint.plan import Path

_KEY = re.compile(r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s\-?:,\[\]{}#&*!|>'"%@`][^:#\n]*?)[ \t]*:(?=[ \t\r\n]|$)""")
_WAIVE = re.compile(r"#[ \t]*smlint:[ \t]*waive[ \t]+([\w-]*)$")
_BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(#.*)?$")
_BEGINNING = re.compile(r"\n( *)(?=[^\s#\]}])")  # of a line with content, but for closing brackets
_MOST = 2_000_000  # characters of a text that is looked at


class Context(NamedTuple):
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


class _Frame(NamedTuple):
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
            self._item(indent)
            rest = body[1:].lstrip(" ")
            step = len(body) - len(rest)
            indent, place, body = indent + step, place + step, rest
        key = _KEY.match(body)
        if key is None:
            return self._bare(body, indent, place, last)
        self._key(key[1].strip("\"'"), indent)
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
        end = min(_closed(self.text, start) or len(self.text) + 1, self._left(start))
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


def _closed(text: str, start: int) -> int | None:
    """Where the bracket at an offset is closed; None where it is not."""
    depth, at = 0, start
    while at < len(text):
        char = text[at]
        if char in "\"'" and text[at - 1] in " \t\n[{,:(":
            at = _string_end(text, at) - 1
        elif char == "#" and text[at - 1].isspace():
            at = (text.find("\n", at) + len(text) + 1) % (len(text) + 1) - 1
        elif char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    return None


def _string_end(text: str, at: int) -> int:
    """The offset after a quoted text; the end where it is not closed."""
    quote, here = text[at], at + 1
    while here < len(text):
        if text[here] == "\\" and quote == '"':
            here += 1
        elif text[here] == quote:
            return here + 1
        here += 1
    return len(text)


def _in_flow(text: str, start: int, offset: int, base: Path, json: bool = False) -> Context | None:
    """What is written at an offset inside the brackets that open at `start`."""
    stack: list[tuple[str, Path, str | None, int]] = []  # kind, path, the key whose value comes, index of the item
    at = token = start
    while at < offset:
        char = text[at]
        if char in "\"'" and (token == at or not text[token:at].strip()):
            end = _string_end(text, at)
            if end > offset or (end == offset and text[end - 1] != char):
                break
            at = end
            continue
        if char == "#" and text[at - 1].isspace():
            end = text.find("\n", at)
            if end < 0 or end >= offset:
                return None
            at = end
        elif char in "[{":
            path = base if not stack else (*stack[-1][1], stack[-1][2] if stack[-1][0] == "{" else stack[-1][3])
            stack.append((char, tuple(part for part in path if part is not None), None, 0))
            token = at + 1
        elif char in "]}":
            if stack:
                stack.pop()
            token = at + 1
            if not stack:
                return None
        elif char == "," and stack:
            kind, path, _, index = stack[-1]
            stack[-1] = (kind, path, None, index + 1)
            token = at + 1
        elif (
            char == ":"
            and stack
            and stack[-1][0] == "{"
            and stack[-1][2] is None
            and (json or text[at + 1 : at + 2] in (" ", "\n", ""))
        ):
            kind, path, _, index = stack[-1]
            stack[-1] = (kind, path, text[token:at].strip().strip("\"'"), index)
            token = at + 1
        at += 1
    if not stack:
        return None
    kind, path, key, index = stack[-1]
    while token < offset and text[token] in " \t\r\n":
        token += 1
    typed = text[token:offset]
    if kind == "[":
        return Context((*path, index), "item", token, typed, flow=True, json=json)
    if key is None:
        return Context(path, "key", token, typed, flow=True, json=json)
    return Context((*path, key), "value", token, typed, flow=True, json=json)
