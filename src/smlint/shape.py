"""Holds a plan against plan.schema.json, worded in the plan's own terms, and takes out what counts as missing.

One walk over the data finds every structural fault, at most one per value, and builds what rules may see. The schema
is plain JSON Schema 2020-12; the walk understands the keywords that it uses, and a test holds it against `jsonschema`.
"""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from smlint.finding import Finding, structural
from smlint.format import Schema, has_format, plan_schema
from smlint.plan import Items, OutOfRange, Path, Plan, positions
from smlint.words import Code, Word, folded

PLACEHOLDERS = frozenset(("tbd", "todo", "n/a", "xxx", "placeholder", "lorem ipsum", "fylles ut", "kommer", "?"))
_LONGEST_PLACEHOLDER = 40  # beyond this, white space included, no text is looked up as a placeholder
_SUGGESTIONS = 100  # finding the nearest name is the one slow thing here: not for the thousandth typing error
_LISTED = 12  # values of an enum that a message lists


class Shaped:
    """What the walk gives: the data that rules may see, and the structural findings."""

    __slots__ = ("data", "findings")

    def __init__(self, data: dict[str, Any], findings: list[Finding]) -> None:
        self.data = data
        self.findings = findings


def shape(plan: Plan) -> Shaped:
    """Hold a plan against the format. A plan with a fault has that one finding and no data."""
    if plan.fault:
        return Shaped({}, [_fault(plan)])
    walk = _Walk(plan)
    data = walk.keys(plan_schema(), plan.data, ()) or {}
    walk.check_ids(data)
    if walk.check_references(data):
        data = _pruned(data) or {}
    walk.check_dates(data)
    return Shaped(data, walk.findings)


def _fault(plan: Plan) -> Finding:
    fault = plan.fault
    assert fault is not None
    values = dict(fault.values)
    if "key" in values:
        values["key"] = Code(values["key"])
    if "detail" in values:
        values["detail"] = Word(values["detail"], fault.values)
    return structural(plan, fault.id, (), values, place=plan.place_of(fault.start, fault.end))


class _Walk:
    """The walk over one plan: gathers findings and, for later, the references that it meets."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.findings: list[Finding] = []
        self.references: list[
            tuple[Any, Any, Path, tuple[str, ...]]
        ] = []  # holder, key in it (None: a map's keys), path
        self.suggested = 0

    def find(self, id: str, path: Path, *, variant: str | None = None, **values: Any) -> None:
        """Note a finding; `key` is the last name of the path unless given."""
        if "key" not in values:
            values["key"] = Code(next((part for part in reversed(path) if isinstance(part, str)), "$"))
        self.findings.append(structural(self.plan, id, path, values, variant=variant))

    def refuse(self, id: str, path: Path, **values: Any) -> Any:
        """Note a finding about a value, which then counts as missing: gives None."""
        self.find(id, path, **values)
        return None

    def nearest(self, word: str, known: list[str]) -> str | None:
        """The known name that the author most likely meant."""
        self.suggested += 1
        if self.suggested > _SUGGESTIONS or len(word) > 60 or len(known) > 5000:
            return None
        same = next((name for name in known if folded(name) == folded(word)), None)
        return same or next(iter(get_close_matches(word, known, 1, 0.7)), None)

    # Each of the following gives the value without what counts as missing, None when nothing is left.

    def value(self, node: Schema, value: Any, path: Path) -> Any:
        kind = type(value)
        if kind is str:
            return self.text(node, value, path)
        if value is None:
            return None
        if kind is dict:
            return self.keys(node, value, path) if "object" in node.types else self.wrong_type(node, "object", path)
        if kind is list:
            return self.items(node, value, path) if "array" in node.types else self.wrong_type(node, "array", path)
        if kind is bool:
            return value if "boolean" in node.types else self.wrong_type(node, "boolean", path)
        if kind is OutOfRange:
            if "number" in node.types or "integer" in node.types:
                return self.refuse("out-of-range", path, variant="precise", value=str(value))
            return self.wrong_type(node, "number", path)
        return self.number(node, value, path)

    def text(self, node: Schema, value: str, path: Path) -> Any:
        if len(value) <= _LONGEST_PLACEHOLDER:
            if not value or value.isspace():
                return None
            if value.strip().casefold() in PLACEHOLDERS:
                return self.refuse("placeholder-value", path, value=value)
        elif value.isspace():
            return None
        if "string" not in node.types:
            return self.wrong_type(node, "string", path)
        if node.format is not None and not has_format(node, value):
            return self.refuse("bad-format", path, value=value, expected=Word(f"format.{node.format}"))
        if node.enum is not None and node.format is None and value not in node.enum:
            return self.not_in_list(node, value, path)
        return value

    def not_in_list(self, node: Schema, value: str, path: Path) -> Any:
        assert node.enum is not None
        names = sorted(node.enum)
        near = self.nearest(value, names)
        allowed: list[str] = [Code(name) for name in names[:_LISTED]]
        if len(names) > _LISTED:
            allowed.append("…")
        variant = "suggest" if near else None
        return self.refuse(
            "not-in-list", path, variant=variant, value=Code(value), allowed=allowed, suggestion=Code(near or "")
        )

    def number(self, node: Schema, value: int | Fraction, path: Path) -> Any:
        if "number" not in node.types and ("integer" not in node.types or type(value) is not int):
            return self.wrong_type(node, "number", path)
        if node.maximum is not None and value > node.maximum:
            return self.refuse("out-of-range", path, value=value, min=node.minimum or 0, max=node.maximum)
        if node.minimum is not None and value < node.minimum:
            if node.maximum is not None:
                return self.refuse("out-of-range", path, value=value, min=node.minimum, max=node.maximum)
            return self.refuse("out-of-range", path, variant="at-least", value=value, min=node.minimum)
        if node.over is not None and value <= node.over:
            return self.refuse("out-of-range", path, variant="at-least", value=value, min=node.over + 1)
        return value

    def wrong_type(self, node: Schema, actual: str, path: Path) -> Any:
        expected = [Word(f"type.{name}") for name in node.expected]
        shown: Any = expected[0] if len(expected) == 1 else expected
        return self.refuse("wrong-type", path, expected=shown, actual=Word(f"type.{actual}"))

    def items(self, node: Schema, values: list[Any], path: Path) -> list[Any] | None:
        item = node.items or Schema()
        kept: list[Any] = []
        index: list[int] = []
        take = self.value
        for position, value in enumerate(values):
            cleaned = take(item, value, (*path, position))
            if cleaned is not None:
                kept.append(cleaned)
                index.append(position)
        if len(kept) < len(values) or item.refs:
            kept = Items(kept)
            kept.original = index
        if item.refs:
            for position, cleaned in enumerate(kept):
                if isinstance(cleaned, str):
                    self.references.append((kept, position, (*path, index[position]), item.refs))
        return kept or None

    def keys(self, node: Schema, values: dict[str, Any], path: Path) -> dict[str, Any] | None:
        kept: dict[str, Any] = {}
        properties, free, take = node.properties, node.free, self.value
        for key, value in values.items():
            inner = properties.get(key) or (None if key.startswith("x-") else free)
            if inner is not None:
                cleaned = take(inner, value, (*path, key))
                if cleaned is not None:
                    kept[key] = cleaned
                    if inner.refs and isinstance(cleaned, str):
                        self.references.append((kept, key, (*path, key), inner.refs))
            elif not key.startswith("x-"):
                self.unknown_key(node, key, path)
        for key in node.required:
            if key not in kept and not (key in values and _blamed(values[key])):
                self.find("missing-key", (*path, key))
        if node.refs and free is not None:
            for key in kept:
                self.references.append((kept, None, (*path, key), node.refs))
        return kept or None

    def unknown_key(self, node: Schema, key: str, path: Path) -> None:
        near = self.nearest(key, node.names)
        variant = "suggest" if near else None
        self.find("unknown-key", (*path, key), variant=variant, key=Code(key), suggestion=Code(near or ""))

    # What a schema cannot say: ids, references, and dates in order.

    def check_ids(self, data: dict[str, Any]) -> None:
        """Every id once in its list; those of success criteria once in the plan."""
        for name in ("objectives", "audiences", "goals", "initiatives", "channels", "departments"):
            self._check_unique([((name, i), item) for i, item in positions(data.get(name))])
        self._check_unique(criteria(data))

    def _check_unique(self, items: list[tuple[Path, dict[str, Any]]]) -> None:
        counted = Counter(item["id"] for _, item in items if "id" in item)
        if len(counted) == sum(counted.values()):
            return
        first: set[str] = set()
        told: set[str] = set()
        for path, item in items:
            id = item.get("id")
            if id is None or counted[id] == 1:
                continue
            if id in first and id not in told:
                told.add(id)
                self.find("duplicate-id", (*path, "id"), value=id, count=counted[id])
            first.add(id)

    def check_references(self, data: dict[str, Any]) -> bool:
        """Report references to nothing and take them out; whether any was taken."""
        known = _ids(data)
        twice = _repeated(data)
        dropped: dict[int, tuple[Any, set[Any]]] = {}
        for holder, key, path, targets in self.references:
            name = str(path[-1]) if key is None else holder[key]
            if not any(name in known[target] for target in targets):
                shown_key = next(part for part in reversed(path[:-1] if key is None else path) if isinstance(part, str))
                near = self.nearest(name, [id for target in targets for id in known[target]])
                variant = "suggest" if near else None
                self.find(
                    "unresolved-reference", path, variant=variant, key=Code(shown_key), value=name, suggestion=near
                )
            elif not (key == "of" and name in twice):
                continue
            dropped.setdefault(id(holder), (holder, set()))[1].add(path[-1] if key is None else key)
        for holder, keys in dropped.values():
            _drop(holder, keys)
        return bool(dropped)

    def check_dates(self, data: dict[str, Any]) -> None:
        """What ends does not end before it starts."""
        self._in_order(data.get("period", {}), "from", "to", ("period",))
        for index, initiative in positions(data.get("initiatives")):
            self._in_order(initiative, "from", "to", ("initiatives", index))
        for path, criterion in criteria(data):
            start = criterion.get("baseline", {}).get("date")
            end = criterion.get("deadline")
            if start and end and end < start:
                self.find(
                    "end-before-start", (*path, "deadline"), value=end, other=Code("baseline.date"), other_value=start
                )

    def _in_order(self, item: dict[str, Any], start: str, end: str, path: Path) -> None:
        if start in item and end in item and item[end] < item[start]:
            self.find("end-before-start", (*path, end), value=item[end], other=Code(start), other_value=item[start])


def criteria(data: dict[str, Any]) -> list[tuple[Path, dict[str, Any]]]:
    """All success criteria of a plan with their paths."""
    return [
        (("goals", goal_index, "success_criteria", index), criterion)
        for goal_index, goal in positions(data.get("goals"))
        for index, criterion in positions(goal.get("success_criteria"))
    ]


def _ids(data: dict[str, Any]) -> dict[str, dict[str, None]]:
    lists = ("objectives", "audiences", "goals", "channels", "initiatives", "departments")
    known = {name: dict.fromkeys(item["id"] for item in data.get(name, ()) if "id" in item) for name in lists}
    known["success_criteria"] = dict.fromkeys(item["id"] for _, item in criteria(data) if "id" in item)
    known["countries"] = dict.fromkeys(data.get("organisation", {}).get("countries", ()))
    return known


def _repeated(data: dict[str, Any]) -> set[str]:
    counted = Counter(item["id"] for _, item in criteria(data) if "id" in item)
    return {id for id, count in counted.items() if count > 1}


def _drop(holder: Any, keys: set[Any]) -> None:
    """Take entries out of a map or a list, in place; a list keeps the original indexes of the others."""
    if isinstance(holder, dict):
        for key in keys:
            del holder[key]
        return
    left = [(index, item) for position, (index, item) in enumerate(positions(holder)) if position not in keys]
    holder[:] = [item for _, item in left]
    if type(holder) is Items:
        holder.original = [index for index, _ in left]


def _pruned(value: Any) -> Any:
    """The value without the lists and maps that have become empty; None when nothing is left."""
    if isinstance(value, dict):
        kept = {key: inner for key, old in value.items() if (inner := _pruned(old)) is not None}
        return kept or None
    if isinstance(value, list):
        left = [(index, inner) for index, old in positions(value) if (inner := _pruned(old)) is not None]
        items = Items(item for _, item in left)
        items.original = [index for index, _ in left]
        return items or None
    return value


def _blamed(value: Any) -> bool:
    """Whether a required key's value has a finding of its own already."""
    return value is not None and value != "" and not (isinstance(value, str) and value.isspace())
