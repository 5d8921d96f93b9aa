"""A plan as it was written: its text, its data, and where each part stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from fractions import Fraction
from typing import Any, NamedTuple

import yaml

try:
    from yaml.cyaml import CParser as _CParser
except ImportError:  # PyYAML without libyaml: slower, same result
    _CParser = None  # type: ignore[assignment,misc]

Path = tuple[str | int, ...]
Number = int | Fraction


class Limits(NamedTuple):
    """What a plan may cost to read: bytes of the file, nesting (the root is 1), nodes that aliases add."""

    max_bytes: int = 20 * 1024 * 1024
    max_depth: int = 100
    max_nodes: int = 100_000


class Place(NamedTuple):
    """A range of text. Lines and columns are 1-based and count Unicode code points; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Mark(NamedTuple):
    """Offsets of one entry: key (of a list item: the value's own start), value, and the marks inside the value."""

    key: int
    key_end: int
    start: int
    end: int
    inside: Any  # dict[str, Mark] | list[Mark] | None


class Fault(NamedTuple):
    """Why a text is not a plan that can be judged: the diagnostic's id, offsets in the text, message values."""

    id: str
    start: int
    end: int
    values: dict[str, Any]


class OutOfRange(str):
    """A number that is not finite, reaches 10^15 or has more than 6 decimals: kept as its text."""

    __slots__ = ()


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
        return value[value.original.index(part)] if part in value.original else None
    return value[part] if 0 <= part < len(value) else None


class Plan:
    """One YAML or JSON document: name, text, data (dicts, lists, str, int, Fraction, bool, None) and marks.

    `fault` says why it could not be read as a plan; then `data` is empty.
    """

    __slots__ = ("_lines", "data", "fault", "marks", "name", "names", "text")

    def __init__(self, name: str, text: str, data: dict[str, Any], marks: dict[str, Mark], fault: Fault | None) -> None:
        self.name = name
        self.text = text
        self.data = data
        self.marks = marks
        self.fault = fault
        self.names: dict[int, list[str]] = {}  # spot.identity's memory of the items of each list
        self._lines: list[int] | None = None

    @classmethod
    def read(cls, name: str, raw: bytes, limits: Limits = Limits()) -> Plan:
        """Read the bytes of a file. Whatever they are, the answer is a Plan; a fault is a value, not an exception."""
        document = read_document(name, raw, limits)
        if document.fault:
            return document
        if not isinstance(document.data, dict) or "smlint" not in document.data:
            document.fault = Fault("not-a-plan", 0, 0, {})
        elif document.data["smlint"] != 1 or isinstance(document.data["smlint"], bool):
            mark = document.marks["smlint"]
            value = document.text[mark.start : mark.end][:40]
            document.fault = Fault("unsupported-format", mark.key, mark.end, {"value": value})
        if document.fault:
            document.data, document.marks = {}, {}
        return document

    def place_of(self, start: int, end: int) -> Place:
        """The lines and columns of two offsets."""
        if self._lines is None:
            self._lines = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", self.text))]
        line, end_line = bisect_right(self._lines, start), bisect_right(self._lines, end)
        return Place(line, start - self._lines[line - 1] + 1, end_line, end - self._lines[end_line - 1] + 1)

    def place(self, path: Path) -> Place:
        """Where `path` stands or, when it does not, the nearest thing above it that does; 1:1 for the whole plan."""
        mark = self.mark(path)
        return self.place_of(mark.key, mark.end) if mark else Place(1, 1, 1, 1)

    def mark(self, path: Path) -> Mark | None:
        """The mark of the nearest standing ancestor of `path`, itself included; None for the whole plan."""
        inside, found = self.marks, None
        for part in path:
            try:
                found = inside[part]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                break
            inside = found.inside
        return found

    def has(self, path: Path) -> bool:
        """Whether the text holds something at exactly this path."""
        inside: Any = self.marks
        for part in path:
            try:
                inside = inside[part].inside
            except (KeyError, IndexError, TypeError):
                return False
        return True


def pointer(path: Path) -> str:
    """A path as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def dotted(path: Path) -> str:
    """A path as people read it: goals[1].owner; $ is the whole plan."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "$"


# --- reading -----------------------------------------------------------------------------------------------------

_PLAIN: dict[str, Any] = dict.fromkeys(("", "~", "null", "Null", "NULL"))
_PLAIN |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_STARTS_NUMBER = frozenset("0123456789+-.")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_STAND_INS = re.compile("([\ue000-\ue3ff])([\ue400-\ue7ff])")
_CORE_TAGS = {"!": "str"} | {f"tag:yaml.org,2002:{name}": name for name in ("str", "int", "float", "bool", "null")}
_COLLECTION_TAGS = {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "!", None}


class _Stop(Exception):
    """Reading cannot go on; carries the fault."""

    def __init__(self, id: str, start: int, end: int, **values: Any) -> None:
        self.fault = Fault(id, start, end, values)


def read_document(name: str, raw: bytes, limits: Limits = Limits()) -> Plan:
    """Read one YAML 1.2 or JSON document of any kind; `data` is what stands at its top level.

    Rules, configuration and the tool's own words are read with this too, so their faults have a line as well.
    """
    if len(raw) > limits.max_bytes:
        return Plan(name, "", {}, {}, Fault("too-large", 0, 0, {"max": limits.max_bytes}))
    try:
        text = _decode(raw)
        data, mark = _Builder(text, limits).document()
    except _Stop as stop:
        text = "" if stop.fault.values.get("detail") == "yaml.encoding" else text
        return Plan(name, text, {}, {}, stop.fault)
    return Plan(name, text, data, mark.inside or {}, None)


def _decode(raw: bytes) -> str:
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise _Stop("syntax-error", 0, 0, detail="yaml.encoding") from None


def number(text: str) -> Number | OutOfRange | None:
    """The exact value of a YAML 1.2 number, OutOfRange beyond 10^15 or 6 decimals, None when it is no number.

    Size is decided on the text, so that 1e999999999 costs nothing.
    """
    if _BASED.fullmatch(text):
        digits = text[2:].lstrip("0")
        value = int(digits or "0", 8 if text[1] == "o" else 16) if len(digits) < 20 else 10**15
        return value if value < 10**15 else OutOfRange(text)
    if not _NUMBER.fullmatch(text):
        return OutOfRange(text) if _NOT_FINITE.fullmatch(text) else None
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, decimals = mantissa.lstrip("+-").partition(".")
    whole, decimals = whole.lstrip("0"), decimals.rstrip("0")
    if not whole and not decimals.strip("0"):
        return 0
    if len(exponent.lstrip("+-0")) > 2 or len(whole) + len(decimals) > 120:
        return OutOfRange(text)
    value = Fraction(int(whole + decimals or "0")) * Fraction(10) ** (int(exponent or 0) - len(decimals))
    if value >= 10**15 or (value * 10**6).denominator != 1:
        return OutOfRange(text)
    if mantissa.startswith("-"):
        value = -value
    return value.numerator if value.denominator == 1 else value


def _plain(text: str) -> Any:
    """The value of an untagged plain scalar in the YAML 1.2 core schema."""
    if text in _PLAIN:
        return _PLAIN[text]
    if text[0] in _STARTS_NUMBER:
        if text.isdigit() and text.isascii() and len(text) < 15:
            return int(text)
        value = number(text)
        if value is not None:
            return value
    return text


def _tagged(event: yaml.ScalarEvent) -> Any:
    """The value of a scalar with an explicit core tag; other tags are refused."""
    kind = _CORE_TAGS.get(event.tag)
    if kind == "str":
        return event.value
    value = _plain(event.value)
    fits = {
        "null": value is None,
        "bool": isinstance(value, bool),
        "int": isinstance(value, int) and not isinstance(value, bool),
        "float": isinstance(value, int | Fraction | OutOfRange) and not isinstance(value, bool),
    }
    if kind is None or not fits[kind]:
        raise _Stop("syntax-error", event.start_mark.index, event.end_mark.index, detail="yaml.tag", tag=event.tag)
    return value


class _Frame:
    """An open map or list while it is being read."""

    __slots__ = ("anchor", "count", "data", "flow", "height", "is_map", "key", "marks", "merges", "start")

    def __init__(self, is_map: bool, event: Any, count: int) -> None:
        self.is_map = is_map
        self.data: Any = {} if is_map else []
        self.marks: Any = {} if is_map else []
        self.key: tuple[str, int, int] | None = None  # the key that waits for its value
        self.merges: list[tuple[Any, Any, int, int]] = []
        self.start = event.start_mark.index
        self.anchor = event.anchor
        self.flow = event.flow_style
        self.count = count
        self.height = 1


class _Builder:
    """One pass over the parser's events into data and marks."""

    def __init__(self, text: str, limits: Limits) -> None:
        self.limits = limits
        self.stack: list[_Frame] = []
        self.anchors: dict[str, tuple[Any, Mark, int, int] | None] = {}  # value, mark, nodes, height; None while open
        self.nodes = 0
        self.added = 0
        self.text = text
        self.stand_ins = _SURROGATES.search(text) is not None
        source = _SURROGATES.sub(_stand_in, text) if self.stand_ins else text
        if _CParser is None and text.lstrip()[:1] in ("{", "["):
            source = source.replace("\t", " ")  # libyaml takes tabs between the tokens of JSON, PyYAML's own parser not
        self.source = source

    def document(self) -> tuple[Any, Mark]:
        """Data and mark of the only document. Raises _Stop."""
        parser: Any = None
        try:
            parser = _CParser(self.source) if _CParser is not None else yaml.Loader(self.source)
            root = self._read(parser.get_event)
        except yaml.YAMLError as error:
            raise self._syntax_stop(error) from None
        finally:
            if parser is not None:
                parser.dispose()
        return root or (None, Mark(0, 0, 0, 0, None))

    def _read(self, next_event: Any) -> tuple[Any, Mark] | None:
        root: tuple[Any, Mark] | None = None
        documents, second = 0, 0
        while (event := next_event()) is not None:
            kind = type(event)
            if kind is yaml.DocumentStartEvent:
                documents += 1
                if documents == 2:
                    second = event.start_mark.index
                if event.version not in (None, (1, 1), (1, 2)):
                    at = event.start_mark.index
                    raise _Stop("syntax-error", at, at, detail="yaml.version")
            elif documents > 1 or kind in (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentEndEvent):
                continue
            else:
                root = self._take(kind, event) or root
        if documents > 1:
            raise _Stop("several-documents", second, second, count=documents)
        return root

    def _take(self, kind: type, event: Any) -> tuple[Any, Mark] | None:
        """Take one event; the root, once it is complete."""
        if kind is yaml.ScalarEvent:
            return self._scalar(event)
        if kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._open(kind is yaml.MappingStartEvent, event)
            return None
        if kind is yaml.AliasEvent:
            return self._alias(event)
        return self._close(event)

    def _scalar(self, event: Any) -> tuple[Any, Mark] | None:
        self.nodes += 1
        start, end, text = event.start_mark.index, event.end_mark.index, event.value
        if self.stand_ins:
            text = event.value = _STAND_INS.sub(_joined, text)
        frame = self.stack[-1] if self.stack else None
        plain = event.implicit[0]
        if frame is not None and frame.is_map and frame.key is None:
            if event.anchor is not None:
                self.anchors[event.anchor] = (text, Mark(start, start, start, end, None), 1, 0)
            self._key("<<" if plain and text == "<<" else text, start, end, merge=plain and text == "<<")
            return None
        value = _plain(text) if plain else text if event.tag is None else _tagged(event)
        if event.style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, Mark(start, start, start, end, None), 1, 0)
        return self._put(value, start, end, None, 0)

    def _key(self, text: str, start: int, end: int, merge: bool) -> None:
        frame = self.stack[-1]
        if not merge and text in frame.data:
            raise _Stop("duplicate-key", start, end, key=text)
        frame.key = ("\0<<" if merge else text, start, end)

    def _open(self, is_map: bool, event: Any) -> None:
        self.nodes += 1
        start = event.start_mark.index
        if event.tag not in _COLLECTION_TAGS:
            raise _Stop("syntax-error", start, event.end_mark.index, detail="yaml.tag", tag=event.tag)
        if self.stack and self.stack[-1].is_map and self.stack[-1].key is None:
            raise _Stop("syntax-error", start, event.end_mark.index, detail="yaml.key")
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.stack.append(_Frame(is_map, event, self.nodes + self.added))
        if len(self.stack) > self.limits.max_depth:
            raise _Stop("too-deep", start, event.end_mark.index, max=self.limits.max_depth)

    def _close(self, event: Any) -> tuple[Any, Mark] | None:
        frame = self.stack.pop()
        end = event.end_mark.index if frame.flow else self._last_end(frame)
        if frame.merges:
            _merge(frame)
        if frame.anchor is not None:
            mark = Mark(frame.start, frame.start, frame.start, end, frame.marks)
            size = self.nodes + self.added - frame.count + 1
            self.anchors[frame.anchor] = (frame.data, mark, size, frame.height)
        return self._put(frame.data, frame.start, end, frame.marks, frame.height)

    def _last_end(self, frame: _Frame) -> int:
        """A block collection ends where its last value ends: not after blanks and comments that follow."""
        if not frame.marks:
            return frame.merges[-1][3] if frame.merges else frame.start
        last: Mark = frame.marks[next(reversed(frame.marks))] if frame.is_map else frame.marks[-1]
        return max(last.end, frame.merges[-1][3]) if frame.merges else last.end

    def _alias(self, event: Any) -> tuple[Any, Mark] | None:
        start, end, name = event.start_mark.index, event.end_mark.index, event.anchor
        if name not in self.anchors:
            raise _Stop("syntax-error", start, end, detail="yaml.alias", alias=name)
        anchored = self.anchors[name]
        if anchored is None:
            raise _Stop("alias-limit", start, end, max=self.limits.max_nodes)
        value, mark, size, height = anchored
        self.added += size
        if self.added > self.limits.max_nodes:
            raise _Stop("alias-limit", start, end, max=self.limits.max_nodes)
        if len(self.stack) + height > self.limits.max_depth:
            raise _Stop("too-deep", start, end, max=self.limits.max_depth)
        frame = self.stack[-1]
        if frame.is_map and frame.key is None:
            if not isinstance(value, str):
                raise _Stop("syntax-error", start, end, detail="yaml.key")
            self._key(value, start, end, merge=False)
            return None
        return self._put(value, start, end, mark.inside, height)

    def _put(self, value: Any, start: int, end: int, inside: Any, height: int) -> tuple[Any, Mark] | None:
        """Place a finished value in the open collection; without one it is the root."""
        if not self.stack:
            return value, Mark(start, start, start, end, inside)
        frame = self.stack[-1]
        if height >= frame.height:
            frame.height = height + 1
        if not frame.is_map:
            frame.data.append(value)
            frame.marks.append(Mark(start, start, start, end, inside))
            return None
        key, key_start, key_end = frame.key  # type: ignore[misc]
        frame.key = None
        if key == "\0<<":
            frame.merges += _sources(value, inside, key_start, end)
        else:
            frame.data[key] = value
            frame.marks[key] = Mark(key_start, key_end, start, end if end > key_end else key_end, inside)
        return None

    def _syntax_stop(self, error: yaml.YAMLError) -> _Stop:
        bad = _UNPRINTABLE.search(self.text)
        if isinstance(error, yaml.reader.ReaderError) and bad:
            return _Stop("syntax-error", bad.start(), bad.end(), detail="yaml.control", code=f"U+{ord(bad[0]):04X}")
        mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        at = min(mark.index, len(self.text)) if mark is not None else 0
        said = f"{getattr(error, 'context', '') or ''}; {getattr(error, 'problem', '') or ''}"
        tab = self.text[at : at + 1] == "\t"
        return _Stop("syntax-error", at, at, detail="yaml.tab" if tab else _detail(said))


# What the parsers say, in either of their wordings, and the sentence of ours that says it to an author.
_DETAILS = (
    (r"invalid Unicode|unknown escape|escape", "yaml.escape"),
    (r"quoted scalar", "yaml.quote"),
    (r"mapping values are not allowed", "yaml.colon"),
    (r"cannot start any token", "yaml.character"),
    (r"flow (sequence|mapping)", "yaml.bracket"),
    (r"block (collection|mapping|sequence|end)", "yaml.indent"),
    (r"could not find expected ':'", "yaml.no-colon"),
    (r"tab character", "yaml.tab"),
    (r"incompatible|version|YAML directive", "yaml.version"),
    (r"tag", "yaml.tag-syntax"),
)


def _detail(said: str) -> str:
    return next((key for pattern, key in _DETAILS if re.search(pattern, said)), "yaml.structure")


def _sources(value: Any, inside: Any, start: int, end: int) -> list[tuple[Any, Any, int, int]]:
    """The maps that a merge key names: one map, or a list of them."""
    if isinstance(value, dict):
        return [(value, inside, start, end)]
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return [(item, mark.inside, start, end) for item, mark in zip(value, inside, strict=True)]
    raise _Stop("syntax-error", start, end, detail="yaml.merge")


def _merge(frame: _Frame) -> None:
    """Fill in what the merged maps have and this one lacks; of several, the first named wins."""
    for source, marks, _, _ in frame.merges:
        for key, value in source.items():
            if key not in frame.data:
                frame.data[key] = value
                frame.marks[key] = marks[key]


def _stand_in(match: re.Match[str]) -> str:
    """JSON writes an emoji as two \\u escapes, which YAML refuses: two private characters of the same length."""
    return f"\\u{int(match[1], 16) - 0xD800 + 0xE000:04x}\\u{int(match[2], 16) - 0xDC00 + 0xE400:04x}"


def _joined(match: re.Match[str]) -> str:
    return chr(0x10000 + (ord(match[1]) - 0xE000) * 0x400 + ord(match[2]) - 0xE400)
