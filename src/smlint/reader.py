"""One pass over the events of a YAML or JSON text: its data, and the offsets of every key and value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from sys import intern
from typing import Any

from yaml.error import YAMLError
from yaml.events import AliasEvent, DocumentStartEvent

from smlint.events import TOO_DEEP, Disguise, Events, Parse, complaint, disguise
from smlint.light import kinds_of
from smlint.pattern import pattern
from smlint.record import Record
from smlint.scalar import MAY_MEAN_MORE, fits_collection, meaning, tagged


class Limits(Record):
    """What a plan may cost to read: bytes of the file, nesting (the root is 1), nodes that aliases add."""

    max_bytes: int = 20 * 1024 * 1024
    max_depth: int = 100
    max_nodes: int = 100_000


class Mark(Record):
    """Offsets of one entry: key (of a list item: the value's own start), value, and the marks inside the value."""

    key: int
    key_end: int
    start: int
    end: int
    inside: Any  # dict[str, Packed] | list[Packed] | None

    @classmethod
    def of(cls, packed: Packed) -> Mark:
        """The mark that was kept packed."""
        key, key_length, gap, length, inside = packed
        start = key + key_length + gap
        return cls(key, key + key_length, start, start + length, inside)


# A mark as it is kept until somebody asks for it: where the key begins, its length, from its end to the value, the
# value's length, and what is inside. Python has small numbers once and for all, so that a mark is half as large.
Packed = tuple[int, int, int, int, Any]


class Fault(Record):
    """Why a text is not a plan that can be judged: the diagnostic's id, offsets in the text, message values."""

    id: str
    start: int
    end: int
    values: dict[str, Any]


class Stop(Exception):
    """Reading cannot go on; carries the fault."""

    def __init__(self, id: str, start: int, end: int, **values: Any) -> None:
        self.fault = Fault(id, start, end, values)


_UNPRINTABLE = pattern("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NON_SPECIFIC = pattern(r"(?:&\S+\s+)?!(?!\S)")  # the tag that makes text of a plain scalar
# Where such a tag, or an anchor, may stand: not in "Yes! We", "R&D" or "Q & A". They begin with the letter itself,
# which is searched fastest.
_SOME_NON_SPECIFIC = pattern(r"!(?!\S)(?<!\w!)")
_SOME_ANCHOR = pattern(r"&(?!\s)(?<!\w&)")
_COMMENT = pattern(r"\s+#.*")
_COLON = pattern(r"\s*:")
_BLANKS = " \t\r\n"

_CHUNK = 500  # events

_ITEM, _MERGE = object(), object()  # what waits for a value when no key does: a place in a list, a merge key
_NO_KEYS = frozenset(("", "~", "null", "Null", "NULL"))
_ODD_KEYS = _NO_KEYS | {"<<"}

_names: dict[str, str] = {}


def know(names: Iterable[str]) -> None:
    """Names that plans are full of: keys with such a name become that very text, which dicts find faster."""
    _names.update((name, intern(name)) for name in names)


def read(text: str, limits: Limits, parse: Parse) -> tuple[Any, Packed]:
    """Data and mark of the only document in a text. Raises Stop."""
    events: Events | None = None
    hidden = disguise(text)
    try:
        events = parse(hidden.source if hidden else text)
        return _Reader(text, limits, hidden).read(events)
    except (YAMLError, Stop) as error:
        bad = _UNPRINTABLE.search(text)  # one parser looks ahead for these and the other does not: always say it first
        if bad:
            code = f"U+{ord(bad[0]):04X}"
            raise Stop("syntax-error", bad.start(), bad.end(), detail="yaml.control", code=code) from None
        if isinstance(error, Stop):
            raise
        at, detail = complaint(error, text)
        if detail == TOO_DEEP:
            raise Stop("too-deep", at, at, max=limits.max_depth) from None
        raise Stop("syntax-error", at, at, detail=detail) from None
    finally:
        if events is not None:
            events.dispose()


class _Reader:
    """What is known while the events of one text go by."""

    def __init__(self, text: str, limits: Limits, hidden: Disguise | None) -> None:
        self.text = text
        self.limits = limits
        self.hidden = hidden
        self.has_non_specific = "!" in text and _SOME_NON_SPECIFIC.search(text) is not None
        self.has_anchor = "&" in text and _SOME_ANCHOR.search(text) is not None
        self.stack: list[tuple[Any, Any, Any, int, int, int, bool]] = []  # the state of read() in each open parent
        self.anchors: dict[str, tuple[Any, Any]] = {}  # value and marks inside; they fill up while it is open
        self.added = 0  # nodes, by aliases
        self.merges: dict[int, list[tuple[Any, Any]]] = {}  # by depth: the maps to merge once the open one is complete

    def read(self, events: Events) -> tuple[Any, Packed]:
        """The hot loop: one function, local names and no calls on the beaten track, because reading time is spent here.

        `data` is the open collection and `marks` its marks; `key` is what its next value belongs to, None when a key
        is due; `start` and `end` are the offsets of the latest event, `key_start` and `key_end` those of the key.
        """
        stack, coming = self.stack, chain.from_iterable(_chunks(events))
        anything_may_come = self.hidden is not None or self.has_non_specific or self.has_anchor
        light, scalar, map_start, list_start, map_end, list_end = kinds_of(events)
        known = _names.get
        same = dict[str, str]().setdefault  # not sys.intern, which keeps a stranger's words for good in Python 3.12
        data: Any = []  # around the root
        marks: Any = []
        key: Any = _ITEM
        key_start = key_end = opened = end = 0
        flow = False
        for event in coming:
            kind = type(event)
            if kind is scalar:
                if light:
                    anchor, tag, implicit, value, begins, ends, style = event.args
                else:
                    anchor, tag, implicit, value = event.anchor, event.tag, event.implicit, event.value
                    begins, ends, style = event.start_mark, event.end_mark, event.style
                start, end, plain = begins.index, ends.index, implicit[0]
                if not plain or anything_may_come:
                    value, plain, end = self._uncommon(anchor, tag, value, plain, style, start, end)
                if key is None:
                    key_start, key_end = start, end
                    key = known(value)
                    if key is None and type(value) is str and value not in _ODD_KEYS:
                        key = same(value, value)  # a name that stands in every goal is kept once
                    if key is None or key in data:
                        key = self._odd_key(value, plain, data, start, end)
                    continue
                if plain and (not value or value[0] in MAY_MEAN_MORE):
                    value = meaning(value)
                    if start == end and type(data) is dict:
                        start = end = self._after_colon(key_end, start)
                inside = None
            elif kind is map_start or kind is list_start:
                if light:
                    anchor, tag, _, begins, ends, style = event.args
                else:
                    anchor, tag, style = event.anchor, event.tag, event.flow_style
                    begins, ends = event.start_mark, event.end_mark
                if key is None or tag is not None or len(stack) >= self.limits.max_depth:
                    self._check_opening(tag, kind is map_start, key is None, begins.index, ends.index)
                stack.append((data, marks, key, key_start, key_end, opened, flow))
                if kind is map_start:
                    data, marks, key = {}, {}, None
                else:
                    data, marks, key = [], [], _ITEM
                opened, flow = begins.index, style
                if anchor is not None:
                    self.anchors[anchor] = data, marks
                continue
            elif kind is map_end or kind is list_end:
                if flow:  # a block collection ends where its last value does: not after blanks and comments that follow
                    end = (event.args[1] if light else event.end_mark).index
                if self.merges:
                    self._merge(data, marks)
                value, inside, start = data, marks, opened
                data, marks, key, key_start, key_end, opened, flow = stack.pop()
            elif kind is AliasEvent:
                start, end = event.start_mark.index, event.end_mark.index
                value, inside = self._aliased(event.anchor, data, start, end)
                if key is None:
                    key, key_start, key_end = value, start, end
                    if type(value) is not str or value in data:
                        self._odd_key(value, False, data, start, end)
                    continue
            else:
                if kind is DocumentStartEvent:
                    self._check_document(event, data, coming)
                continue
            # A value is complete: put it where it belongs.
            if type(key) is str:
                data[key] = value
                marks[key] = key_start, key_end - key_start, start - key_end, end - start, inside
                key = None
            elif key is _ITEM:
                data.append(value)
                marks.append((start, 0, 0, end - start, inside))
            else:
                self._note_merge(value, inside, key_start, end)
                key = None
        return (data[0], marks[0]) if data else (None, (0, 0, 0, 0, None))

    def _uncommon(
        self, anchor: str | None, tag: str | None, value: Any, plain: bool, style: str | None, start: int, end: int
    ) -> tuple[Any, bool, int]:
        """Value, plainness and end of a scalar that is quoted, a block, tagged, anchored, or not what it seems."""
        if self.hidden:
            value = self.hidden.undo(value, self.text[start:end], style == '"')
        if self.has_non_specific and _NON_SPECIFIC.match(self.text, start):
            plain = False
        if style in ("|", ">"):
            end = self._end_of_block(value, start, end)
        if not plain and tag is not None and tag != "!":
            try:
                value = tagged(tag, value)
            except ValueError:
                raise Stop("syntax-error", start, end, detail="yaml.tag", tag=tag) from None
        if anchor is not None:
            self.anchors[anchor] = meaning(value) if plain else value, None
        return value, plain, end

    def _end_of_block(self, value: str, start: int, end: int) -> int:
        written = self.text[start:end].rstrip(_BLANKS)
        if not value.strip(_BLANKS):  # only the header is left, and perhaps a comment after it
            written = _COMMENT.sub("", written)
        return start + len(written)

    def _odd_key(self, key: Any, plain: bool, data: dict[str, Any], start: int, end: int) -> Any:
        """What to make of a key that may stand there twice, may be no text, or may ask for a merge."""
        if type(key) is not str or (plain and key in _NO_KEYS):
            raise Stop("syntax-error", start, end, detail="yaml.key")
        is_merge = plain and key == "<<"
        if len(self.stack) in self.merges if is_merge else key in data:
            raise Stop("duplicate-key", start, end, key=key)
        return _MERGE if is_merge else key

    def _after_colon(self, key_end: int, start: int) -> int:
        """Where an empty value stands: right after its colon, or after the key when it has none."""
        colon = _COLON.match(self.text, key_end)
        return colon.end() if colon and colon.end() <= start else key_end

    def _check_opening(self, tag: str | None, is_map: bool, key_is_due: bool, start: int, end: int) -> None:
        """Whether a map or list may begin here."""
        if not fits_collection(tag, is_map):
            raise Stop("syntax-error", start, end, detail="yaml.tag", tag=tag)
        if key_is_due:
            raise Stop("syntax-error", start, end, detail="yaml.key")
        if len(self.stack) >= self.limits.max_depth:
            raise Stop("too-deep", start, end, max=self.limits.max_depth)

    def _check_document(self, event: Any, documents: list[Any], coming: Iterator[Any]) -> None:
        """Whether another document may begin here: the first may, when its version is one that is read."""
        at = event.start_mark.index
        if documents:
            count = 2 + sum(type(later) is DocumentStartEvent for later in coming)
            raise Stop("several-documents", at, at, count=count)
        if event.version not in (None, (1, 1), (1, 2)):
            raise Stop("syntax-error", at, at, detail="yaml.version")

    def _aliased(self, name: str, data: Any, start: int, end: int) -> tuple[Any, Any]:
        """What an alias stands for, unless it would cost too much."""
        if name not in self.anchors:
            raise Stop("syntax-error", start, end, detail="yaml.alias", alias=name)
        value, inside = self.anchors[name]
        most = self.limits.max_nodes
        if inside is not None and (value is data or any(value is parent[0] for parent in self.stack)):
            raise Stop("alias-limit", start, end, max=most)  # it stands inside its own anchor
        nodes, height = _extent(value, most - self.added)
        self.added += nodes
        if self.added > most:
            raise Stop("alias-limit", start, end, max=most)
        if len(self.stack) + height > self.limits.max_depth:
            raise Stop("too-deep", start, end, max=self.limits.max_depth)
        return value, inside

    def _note_merge(self, value: Any, inside: Any, start: int, end: int) -> None:
        """Keep the maps that a merge key names, one map or a list of them, until the map that it is in is complete."""
        sources = [(value, inside)]
        if isinstance(value, list):
            sources = [(item, mark[4]) for item, mark in zip(value, inside, strict=True)]
        if not all(isinstance(source, dict) for source, _ in sources):
            raise Stop("syntax-error", start, end, detail="yaml.merge")
        self.merges[len(self.stack)] = sources

    def _merge(self, data: Any, marks: Any) -> None:
        """Fill in what the merged maps have and this one lacks; of several, the first named wins."""
        for source, source_marks in self.merges.pop(len(self.stack), ()):
            for key, value in source.items():
                if key not in data:
                    data[key] = value
                    marks[key] = source_marks[key]


def _chunks(events: Events) -> Iterator[list[Any]]:
    """The events, many at a time: parser and reader in turns for each one would drive each other out of the caches."""
    coming = iter(events.get_event, None)
    while True:
        chunk: list[Any] = []
        try:
            chunk.extend(islice(coming, _CHUNK))
        except Exception:
            yield chunk  # what came before may be at fault itself, and is said first
            raise
        if not chunk:
            return
        yield chunk


def _extent(value: Any, most: int) -> tuple[int, int]:
    """The nodes in a value, keys included, and how many collections it nests; stops counting beyond `most` nodes."""
    nodes, height, level = 1, 0, [value]
    while nodes <= most and (level := [item for item in level if isinstance(item, dict | list)]):
        height += 1
        nodes += sum(len(item) * 2 if isinstance(item, dict) else len(item) for item in level)
        if nodes <= most:
            level = [child for item in level for child in (item.values() if isinstance(item, dict) else item)]
    return nodes, height
