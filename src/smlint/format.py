"""The plan format: plan.schema.json compiled for a quick walk, and the texts that it calls dates, languages and hours."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from smlint.bundled import bundled
from smlint.hours import staffed

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?(-([A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*(-x(-[A-Za-z0-9]{1,8})+)?"
)


class Schema:
    """One node of the schema, ready for the walk."""

    __slots__ = (
        "const", "enum", "expected", "format", "free", "items", "maximum", "minimum", "names", "over", "properties",
        "refs", "required", "types",
    )  # fmt: skip

    def __init__(self) -> None:
        self.types: frozenset[str] = frozenset()
        self.properties: dict[str, Schema] = {}
        self.names: list[str] = []
        self.free: Schema | None = None
        self.items: Schema | None = None
        self.enum: frozenset[str] | None = None
        self.const: Any = None
        self.format: str | None = None
        self.minimum: int | None = None
        self.maximum: int | None = None
        self.over: int | None = None
        self.refs: tuple[str, ...] = ()
        self.required: tuple[str, ...] = ()
        self.expected: tuple[str, ...] = ()


@cache
def plan_schema() -> Schema:
    """plan.schema.json, compiled for the walk."""
    document = json.loads((bundled("schemas") / "plan.schema.json").read_bytes())
    return _compiled(document, document.get("$defs", {}), {})


def _compiled(raw: dict[str, Any], defs: dict[str, Any], known: dict[str, Schema]) -> Schema:
    """A Schema of a raw node; a `$ref` brings the named definition's keywords under its own."""
    if "$ref" in raw:
        name = raw["$ref"].removeprefix("#/$defs/")
        beside = {key: value for key, value in raw.items() if key != "$ref"}
        if {"x-refs", "minimum", "maximum", "enum", "type", "format"} & beside.keys():
            return _compiled({**defs[name], **beside}, defs, known)
        if name not in known:
            known[name] = _compiled(defs[name], defs, known)
        return known[name]
    node = Schema()
    types = raw.get("type", ())
    node.expected = (types,) if isinstance(types, str) else tuple(types)
    node.types = frozenset(node.expected)
    node.properties = {key: _compiled(inner, defs, known) for key, inner in raw.get("properties", {}).items()}
    node.names = list(node.properties)
    more = raw.get("additionalProperties")
    node.free = _compiled(more, defs, known) if isinstance(more, dict) else None
    node.items = _compiled(raw["items"], defs, known) if "items" in raw else None
    node.enum = frozenset(raw["enum"]) if "enum" in raw else None
    node.const, node.format = raw.get("const"), raw.get("format")
    node.minimum, node.maximum, node.over = raw.get("minimum"), raw.get("maximum"), raw.get("exclusiveMinimum")
    node.refs, node.required = tuple(raw.get("x-refs", ())), tuple(raw.get("required", ()))
    return node


@cache
def coded_keys() -> frozenset[str]:
    """The keys whose values are of the format's own vocabulary (enums, booleans): set as code in messages."""
    found = {"_shows", "_vocabulary"}
    stack = [plan_schema()]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        for key, inner in node.properties.items():
            if (inner.enum and not inner.format) or "boolean" in inner.types:
                found.add(key)
        stack += [*node.properties.values(), *(inner for inner in (node.items, node.free) if inner)]
    return frozenset(found)


def has_format(node: Schema, value: str) -> bool:
    if node.enum is not None:
        return value in node.enum
    if node.format == "date":
        return is_date(value)
    if node.format == "language":
        return len(value) < 100 and _LANGUAGE.fullmatch(value) is not None
    return node.format != "service-hours" or staffed(value) is not None


def is_date(value: str) -> bool:
    """Whether a text is a calendar date as ISO 8601 writes it: 2027-06-30."""
    found = _DATE.fullmatch(value)
    if not found or not value.isascii():
        return False
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    if year < 1 or not 1 <= month <= 12:
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= (29 if month == 2 and leap else 28 if month == 2 else 30 if month in (4, 6, 9, 11) else 31)
