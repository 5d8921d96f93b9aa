"""YAML events from libyaml or, where PyYAML was built without it, from Python, with the same result."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

from yaml.error import YAMLError
from yaml.parser import Parser as _Parser
from yaml.reader import Reader as _Reader
from yaml.scanner import Scanner as _Scanner
from yaml.scanner import ScannerError
from yaml.tokens import ScalarToken

from smlint.pattern import pattern
from smlint.record import Record

try:
    from yaml._yaml import CParser as LibYaml
except ImportError:
    LibYaml = None  # type: ignore[assignment,misc]


class Events(Protocol):
    """What is asked of a parser: one event after the other, None after the last. Raises yaml.YAMLError."""

    def get_event(self) -> Any: ...

    def dispose(self) -> None: ...


Parse = Callable[[str], Events]


_SURROGATE = pattern(r"(?<!\\)(?:\\\\)*\\(?:u|U0000)(?=[dD][89a-fA-F])")


class PurePython(_Reader, _Scanner, _Parser):
    """PyYAML's own scanner and parser, brought in line with libyaml where a plan would notice."""

    def __init__(self, text: str) -> None:
        _Reader.__init__(self, text)
        _Scanner.__init__(self)
        _Parser.__init__(self)

    def scan_to_next_token(self) -> None:
        """Tabs may stand between tokens, but not where they could be taken for indentation."""
        if self.index == 0 and self.peek() == "\ufeff":
            self.forward()
        while True:
            while self.peek() == " " or (self.peek() == "\t" and (self.flow_level or not self.allow_simple_key)):
                self.forward()
            if self.peek() == "#":
                while self.peek() not in "\0\r\n":
                    self.forward()
            if not self.scan_line_break():  # type: ignore[no-untyped-call]
                break
            if not self.flow_level:
                self.allow_simple_key = True

    def scan_plain(self) -> Any:
        """A question mark may stand inside a plain scalar between brackets: many an address holds one."""
        start_mark = end_mark = self.get_mark()
        chunks: list[str] = []
        spaces: list[str] = []
        while self.peek() != "#" and (length := self._plain_length()):
            self.allow_simple_key = False
            chunks += [*spaces, self.prefix(length)]
            self.forward(length)
            end_mark = self.get_mark()
            spaces = self.scan_plain_spaces(self.indent + 1, start_mark)
            if not spaces or (not self.flow_level and self.column < self.indent + 1):
                break
        return ScalarToken("".join(chunks), True, start_mark, end_mark)

    def _plain_length(self) -> int:
        blanks, ends = "\0 \t\r\n", ",[]{}" if self.flow_level else ""
        length = 0
        while (char := self.peek(length)) not in blanks and char not in ends:
            if char == ":" and self.peek(length + 1) in blanks + ends:
                break
            length += 1
        return length

    def scan_plain_spaces(self, indent: int, start_mark: Any) -> list[str]:
        """Tabs may stand inside a plain scalar, and around its line breaks where they do not indent."""
        length = 0
        while self.peek(length) in " \t":
            length += 1
        blanks = self.prefix(length)
        self.forward(length)
        breaks: list[str] = []
        while self.peek() in "\r\n":
            breaks.append(self.scan_line_break())  # type: ignore[no-untyped-call]
            self.allow_simple_key = True
            if self.prefix(3) in ("---", "...") and self.peek(3) in "\0 \t\r\n":
                return []
            while self.peek() == " " or (self.peek() == "\t" and self.column >= indent):
                self.forward()
        return breaks[1:] or [" "] if breaks else [blanks] if blanks else []

    def scan_block_scalar_indicators(self, start_mark: Any) -> Any:
        """What comes after them is for the next method to judge."""
        chomping, increment = None, None
        for _ in range(2):
            char = self.peek()
            if char in "+-" and chomping is None:
                chomping = char == "+"
            elif char in "123456789" and increment is None:
                increment = int(char)
            else:
                break
            self.forward()
        return chomping, increment

    def scan_block_scalar_ignored_line(self, start_mark: Any) -> None:
        """Tabs may stand before the comment."""
        while self.peek() in " \t":
            self.forward()
        super().scan_block_scalar_ignored_line(start_mark)

    def scan_block_scalar_indentation(self) -> Any:
        """A tab may not indent the first line."""
        found = super().scan_block_scalar_indentation()
        if self.peek() == "\t":
            raise ScannerError("while scanning a block scalar", None, "found a tab character", self.get_mark())
        return found

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: Any) -> Any:
        """An escape must name a Unicode character."""
        begun = self.get_mark()
        try:
            chunks = super().scan_flow_scalar_non_spaces(double, start_mark)
            if not any("\ud800" <= char <= "\udfff" for chunk in chunks for char in chunk):
                return chunks
            written = self.buffer[begun.pointer : self.pointer]
            begun.index += next((escape.end() for escape in _SURROGATE.finditer(written)), 0)
        except (ValueError, OverflowError):
            begun = self.get_mark()
        except ScannerError as error:
            if error.problem_mark and "unknown escape" in (error.problem or ""):
                error.problem_mark.index -= 1  # the backslash, not what follows it
            raise
        problem = "found invalid Unicode character escape code"
        raise ScannerError("while parsing a quoted scalar", start_mark, problem, begun) from None

    def scan_yaml_directive_number(self, start_mark: Any) -> Any:
        """A version number has at most nine digits."""
        if re.match("[0-9]{10}", self.prefix(10)):
            self.forward(9)
            problem = "found extremely long version number"
            raise ScannerError("while scanning a %YAML directive", start_mark, problem, self.get_mark())
        return super().scan_yaml_directive_number(start_mark)


parse: Parse = PurePython if LibYaml is None else LibYaml


# --- what the parsers take for something else ----------------------------------------------------------------------

_FOREIGN = "\x85\u2028\u2029\ufeff"  # line breaks or blanks to YAML 1.1, text to YAML 1.2 and JSON
_PAIR = pattern(r"(?<!\\)((?:\\\\)*)(\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2}))")
_ESCAPE = pattern(r"\\(?:u|U0000)([0-9a-fA-F]{4})")
_PRIVATE = (0xE000, 0xE804, 0xF008)  # starts of three stretches of private characters, 2,052 each


class Disguise:
    """Private characters of the same length in place of what the parsers misread, so that offsets stay true.

    JSON writes an emoji as two escapes, which YAML refuses; and the parsers break lines at characters that are text.
    """

    def __init__(self, text: str) -> None:
        self.first = next((start for start in _PRIVATE if _is_free(start, text)), None)
        self.stand_ins: set[str] = set()
        self.source = text
        if self.first is not None:
            high, low, end = (chr(self.first + offset) for offset in (0, 0x400, 0x800))
            self.pair = re.compile(f"([{high}-{chr(ord(low) - 1)}])([{low}-{chr(ord(end) - 1)}])")
            self.breaks = dict(zip(map(ord, _FOREIGN), range(ord(end), ord(end) + len(_FOREIGN)), strict=True))
            self.source = _PAIR.sub(self._stand_in, text).translate(self.breaks)

    def undo(self, value: str, raw: str, double_quoted: bool) -> str:
        """The scalar that the author wrote as `raw`."""
        if self.first is None:
            return value
        value = self.pair.sub(self._joined, value) if double_quoted else self._unescaped(value, raw)
        return value.translate({stand_in: char for char, stand_in in self.breaks.items()})

    def _unescaped(self, value: str, raw: str) -> str:
        """Outside double quotes an escape is no escape, but text; those before the value stand in a comment."""
        found = [escape for pair in _PAIR.finditer(raw) for escape in (pair[2][:6], pair[2][6:])]
        count = sum(escape[0] in self.stand_ins for escape in _ESCAPE.finditer(value))
        written = iter(found[len(found) - count :])
        return _ESCAPE.sub(lambda escape: next(written) if escape[0] in self.stand_ins else escape[0], value)

    def _stand_in(self, match: re.Match[str]) -> str:
        assert self.first is not None
        high = int(match[3], 16) - 0xD800 + self.first
        low = int(match[4], 16) - 0xDC00 + self.first + 0x400
        escapes = f"\\u{high:04x}", f"\\u{low:04x}"
        self.stand_ins.update(escapes)
        return match[1] + "".join(escapes)

    def _joined(self, match: re.Match[str]) -> str:
        assert self.first is not None
        return chr(0x10000 + (ord(match[1]) - self.first) * 0x400 + ord(match[2]) - self.first - 0x400)


def disguise(text: str) -> Disguise | None:
    """None for nearly all texts: they need no disguise."""
    if ("\\u" in text and _PAIR.search(text)) or any(char in text for char in _FOREIGN):
        return Disguise(text)
    return None


def _is_free(start: int, text: str) -> bool:
    """Whether a text neither holds nor escapes one of the private characters from `start` on."""
    taken = range(start, start + 0x800 + len(_FOREIGN))
    literal = re.search(f"[{chr(taken[0])}-{chr(taken[-1])}]", text)
    return literal is None and not any(int(escape[1], 16) in taken for escape in _ESCAPE.finditer(text))


# --- what the parsers say when they cannot go on -------------------------------------------------------------------

_DETAILS = (
    (r"document start", "yaml.structure"),
    (r"invalid Unicode|escape|hexdecimal", "yaml.escape"),
    (r"quoted scalar", "yaml.quote"),
    (r"mapping values are not allowed", "yaml.colon"),
    (r"cannot start any token", "yaml.character"),
    (r"flow (sequence|mapping)", "yaml.bracket"),
    (r"tab character", "yaml.tab"),
    (r"block (collection|mapping|sequence|end)|(sequence|block) entries are not allowed", "yaml.indent"),
    (r"could not find expected ':'", "yaml.no-colon"),
    (r"incompatible|version|YAML directive", "yaml.version"),
    (r"tag|TAG", "yaml.tag-syntax"),
)
_UNCLOSED = ("yaml.quote", "yaml.bracket")
TOO_DEEP = "too deep"  # newer libyaml looks ahead for brackets and stops by itself, far beyond what a plan may have


class Complaint(Record):
    """Where a parser could not go on, and the key of the sentence in words.yaml that says why."""

    at: int
    detail: str


def complaint(error: YAMLError, text: str) -> Complaint:
    """A parser's error, in either parser's wording, as one of our own sentences."""
    context, problem = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    at = _offset(problem or context, text)
    if text[at : at + 1] == "\t":
        return Complaint(at, "yaml.tab")
    said = f"{getattr(error, 'context', '') or ''}; {getattr(error, 'problem', '') or ''}"
    if "maximum nesting depth" in said:
        return Complaint(at, TOO_DEEP)
    detail = next((detail for pattern, detail in _DETAILS if re.search(pattern, said)), "yaml.structure")
    if detail == "yaml.indent" and not _begins_line(text, at):
        detail = "yaml.structure"
    if detail == "yaml.structure" and _lacks_key(text, at):
        detail = "yaml.key"
    if not text[at:].strip():  # nothing closed it to the end of the file: what counts is where it was opened
        if "flow node" in said:
            return Complaint(at, "yaml.bracket")
        at = _offset(context, text) if context is not None and detail in _UNCLOSED else at
    return Complaint(at, detail)


def _offset(mark: Any, text: str) -> int:
    return min(mark.index, len(text)) if mark is not None else 0


def _begins_line(text: str, at: int) -> bool:
    """Whether a key or an item begins a line here: only then can its indentation be to blame."""
    before = re.split("[\r\n]", text[max(0, at - 200) : at])[-1]
    return not before.strip(" -") and text[at : at + 1] not in (":", "]", "}", ",")


def _lacks_key(text: str, at: int) -> bool:
    """Whether a colon stands where a key is due."""
    return text[at : at + 1] == ":" and text[:at].rstrip(" ")[-1:] in ("", "\n", "\r", "{", ",")
