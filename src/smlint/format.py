"""The plan format: plan.schema.json compiled for a quick walk; what it calls dates, languages and hours."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache
from sys import intern
from typing import Any

from smlint.ahead import facts
from smlint.bundled import bundled
from smlint.hours import staffed
from smlint.pattern import pattern
from smlint.reader import know

PLACEHOLDERS = ("tbd", "todo", "n/a", "xxx", "placeholder", "lorem ipsum", "fylles ut", "kommer", "?")

# BCP 47: language and extended language, script, region, variants, extensions, private use.
_LANGUAGE = pattern(
    r"[a-z]{2,3}(-[a-z]{3}){0,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*"
    r"(-[a-wyz0-9](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?",
    re.IGNORECASE | re.ASCII,
)
_ANY_PLACEHOLDER = "|".join(r"\s++".join(re.escape(word) for word in words.split()) for words in PLACEHOLDERS)
# Possessive, so that a megabyte of blanks is passed over once.
_SAYS_NOTHING = pattern(rf"\s*+(?:{_ANY_PLACEHOLDER})?+\s*+", re.IGNORECASE)
_BLANKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_BLANKS += "\u2028\u2029\u202f\u205f\u3000"
_SHORT = 60  # characters that are looked at without the expression
# A text that begins otherwise is neither blank nor a placeholder: most need no closer look. (K: the Kelvin sign.)
_MAY_SAY_NOTHING = frozenset(_BLANKS + "".join(words[0] + words[0].upper() for words in PLACEHOLDERS) + "\u212a")

_KEYWORDS = ("type", "enum", "format", "$comment", "minimum", "maximum", "required", "$ref")  # that hold no schemas


def _no_text(text: str) -> bool:
    return False


class Schema:
    """One node of the schema, ready for the walk.

    `types` stand as written; `enum` keeps the order of the schema. `fits` tells whether a text is right as it stands:
    it says something and is of the enum or format.
    """

    __slots__ = (
        "enum", "fits", "format", "free", "items", "maximum", "minimum", "names", "properties", "refs", "required",
        "types",
    )  # fmt: skip

    def __init__(self) -> None:
        self.types: tuple[str, ...] = ()
        self.properties: dict[str, Schema] = {}
        self.names: list[str] = []
        self.free: Schema | None = None
        self.items: Schema | None = None
        self.enum: dict[str, None] | None = None
        self.format: str | None = None
        self.fits: Callable[[str], object] = _no_text
        self.minimum: int | None = None
        self.maximum: int | None = None
        self.refs: tuple[str, ...] = ()
        self.required: tuple[str, ...] = ()


def plan_schema() -> Schema:
    """plan.schema.json, compiled for the walk."""
    return schema("plan")


@cache
def schema(name: str) -> Schema:
    """A shipped schema, compiled for the walk."""
    document = (facts("schemas") or {}).get(name) or essentials(name)
    found = _compiled(document, document.get("$defs", {}), {})
    del found.properties["$schema"]  # an editor's business
    return found


def essentials(name: str) -> dict[str, Any]:
    """A shipped schema, from its file, without what is written for people and editors only."""
    import json

    document: dict[str, Any] = json.loads((bundled("schemas") / f"{name}.schema.json").read_bytes())
    return _bare(document)


def _bare(raw: dict[str, Any]) -> dict[str, Any]:
    bare = {key: raw[key] for key in _KEYWORDS if key in raw}
    for key in ("properties", "$defs"):
        if key in raw:
            bare[key] = {name: _bare(inner) for name, inner in raw[key].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(raw.get(key), dict):
            bare[key] = _bare(raw[key])
    if "anyOf" in raw:
        bare["anyOf"] = [_bare(branch) for branch in raw["anyOf"]]
    return bare


def _compiled(raw: dict[str, Any], defs: dict[str, Any], known: dict[str, Schema]) -> Schema:
    """A Schema of a raw node; a `$ref` brings the named definition's keywords under its own."""
    if "$ref" in raw:
        name = raw["$ref"].removeprefix("#/$defs/")
        if "$comment" in raw:
            return _compiled({**defs[name], "$comment": raw["$comment"]}, defs, known)
        if name not in known:
            known[name] = _compiled(defs[name], defs, known)
        return known[name]
    if "anyOf" in raw:
        raw = raw | _either(raw["anyOf"])
    node = Schema()
    types, more = raw["type"], raw.get("additionalProperties")
    node.types = (types,) if isinstance(types, str) else tuple(types)
    node.properties = {intern(key): _compiled(inner, defs, known) for key, inner in raw.get("properties", {}).items()}
    know(node.properties)
    node.names = list(node.properties)
    node.free = _compiled(more, defs, known) if isinstance(more, dict) else None
    node.items = _compiled(raw["items"], defs, known) if "items" in raw else None
    # XXX is a currency code of its own, and a placeholder in every plan
    node.enum = dict.fromkeys(filter(says_something, raw["enum"])) if "enum" in raw else None
    notes = noted(raw)
    node.format = raw.get("format") or next(iter(notes.get("format", ())), None)
    node.fits = _test_of_texts(node)
    node.minimum, node.maximum = raw.get("minimum"), raw.get("maximum")
    node.refs, node.required = notes.get("refs", ()), tuple(raw.get("required", ()))
    return node


def noted(raw: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """What the `$comment` of a node says to smlint and no standard keyword can: `refs` and formats of our own.

    They stand there because strict validators refuse keywords and formats that they do not know.
    """
    parts = [part.partition(":") for part in raw.get("$comment", "").split("; ")]
    return {name: tuple(words.split()) for name, _, words in parts if name in ("refs", "format")}


def _either(branches: list[dict[str, Any]]) -> dict[str, Any]:
    """Branches of different types as one node: what stands there says which is meant."""
    types = [branch["type"] for branch in branches]
    return {key: value for branch in branches for key, value in branch.items()} | {"type": types}


def _test_of_texts(node: Schema) -> Callable[[str], object]:
    if "string" not in node.types:
        return _no_text
    if node.enum is not None:
        return node.enum.__contains__
    return _FORMATS[node.format] if node.format else says_something


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


def says_something(text: str) -> bool:
    """Whether a text is neither empty, nor blank, nor a placeholder."""
    if not text or text[0] not in _MAY_SAY_NOTHING:
        return bool(text)
    if len(text) > _SHORT:
        return not _SAYS_NOTHING.fullmatch(text)
    said = " ".join(text.split()).casefold()
    return bool(said) and said not in PLACEHOLDERS


def is_date(text: str) -> bool:
    """Whether a text is a calendar date as ISO 8601 writes it: 2027-06-30."""
    return len(text) == 10 and _is_date(text)


@lru_cache(maxsize=4096)
def _is_date(text: str) -> bool:
    if text[4] != "-" or text[7] != "-":  # Python knows other forms, which a plan may not use
        return False
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def is_language(text: str) -> bool:
    """Whether a text has the form of a BCP 47 language tag (nb, sr-Latn, pt-BR) and is no placeholder (as TBD is)."""
    return len(text) < 100 and _is_language(text)


@lru_cache(maxsize=256)
def _is_language(text: str) -> bool:
    name, _, region = text.partition("-")  # nearly all tags: a language, perhaps with a region
    is_common = name.isalpha() and 2 <= len(name) <= 3 and (name == text or (region.isalpha() and len(region) == 2))
    return ((is_common and text.isascii()) or _LANGUAGE.fullmatch(text) is not None) and says_something(text)


def is_service_hours(text: str) -> bool:
    """Whether a text is in the grammar of service hours: Mon-Fri 08:00-16:00; Sat 10:00-14:00."""
    return staffed(text) is not None


_FORMATS: dict[str, Callable[[str], bool]] = {
    "date": is_date,
    "language": is_language,
    "service-hours": is_service_hours,
}
