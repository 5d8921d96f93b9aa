"""PyYAML's C events without the Python that makes them, a quarter of their cost, in a process that is our own.

For each event, libyaml's binding calls a class whose `__init__` is written in Python. Python has one class that takes
whatever it is called with and keeps it, as `args`, without running any: that of exceptions. So `lighten` puts classes
of that kind in the place of PyYAML's, which changes PyYAML for the whole process; a library must not do that.
Decision 15 says more.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from yaml import events

from smlint.record import Record

try:
    from yaml import _yaml
except ImportError:
    _yaml = None  # type: ignore[assignment]


class Kinds(Record):
    """The classes of the events that a plan is full of, and whether they are light ones.

    A light event's `args` are the attributes of PyYAML's own, in the order of `FIELDS`.
    """

    light: bool
    scalar: type
    map_start: type
    list_start: type
    map_end: type
    list_end: type


_NAMES = ("ScalarEvent", "MappingStartEvent", "SequenceStartEvent", "MappingEndEvent", "SequenceEndEvent")
FIELDS = {
    "ScalarEvent": ("anchor", "tag", "implicit", "value", "start_mark", "end_mark", "style"),
    "MappingStartEvent": ("anchor", "tag", "implicit", "start_mark", "end_mark", "flow_style"),
    "SequenceStartEvent": ("anchor", "tag", "implicit", "start_mark", "end_mark", "flow_style"),
    "MappingEndEvent": ("start_mark", "end_mark"),
    "SequenceEndEvent": ("start_mark", "end_mark"),
}
_SAMPLE = "&a !b {c: 'd', *a : [e, \"f\"]}"

PLAIN = Kinds(False, *(getattr(events, name) for name in _NAMES))
_LIGHT = Kinds(True, *(type(name, (Exception,), {"__slots__": ()}) for name in _NAMES))

_in_use = False


def kinds_of(parser: Any) -> Kinds:
    """The kinds of event that a parser gives."""
    return _LIGHT if _in_use and type(parser) is _yaml.CParser else PLAIN


def lighten() -> None:
    """Have libyaml's events made light from now on, in this whole process; where PyYAML turns out to make them in
    another way, all stays as it was."""
    global _in_use
    if _in_use or _yaml is None:
        return
    expected = _sample()
    _put(_LIGHT)
    with suppress(Exception):
        _in_use = _sample() == expected
    if not _in_use:
        restore()


def restore() -> None:
    """Have PyYAML make its events as it always does."""
    global _in_use
    _in_use = False
    if _yaml is not None:
        _put(PLAIN)


def _put(kinds: Kinds) -> None:
    for name, kind in zip(_NAMES, kinds[1:], strict=True):
        setattr(_yaml, name, kind)


def _sample() -> list[Any]:
    """What the events of a sample say, whichever kinds they are of."""
    parser = _yaml.CParser(_SAMPLE)
    return [_said(event) for event in iter(parser.get_event, None)]


def _said(event: Any) -> Any:
    name = type(event).__name__
    fields = FIELDS.get(name, ())
    values = event.args if isinstance(event, Exception) else [getattr(event, field) for field in fields]
    said = [value.index if field.endswith("_mark") else value for field, value in zip(fields, values, strict=True)]
    return name, said
