"""Holds a plan against plan.schema.json, worded in the plan's own terms, and takes out what counts as missing.

One walk over the data finds every structural fault, at most one per value, and builds what rules may see. The schema
is plain JSON Schema 2020-12; the walk understands the keywords that it uses, and a test holds it against `jsonschema`.
What a schema cannot say (ids, references, dates in order) is seen to after the walk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import Any

from smlint.finding import Finding, structural
from smlint.format import Schema, plan_schema, says_something
from smlint.plan import Items, OutOfRange, Path, Plan, positions
from smlint.words import Choice, Code, Speller, Word

LISTS_WITH_IDS = ("objectives", "audiences", "goals", "initiatives", "channels", "departments")
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
    data = walk.check_references(data)
    walk.check_dates(data)
    return Shaped(data, walk.findings)


def misfits(document: Plan, node: Schema) -> list[Finding]:
    """Where a document of another kind, such as a configuration, does not fit its schema."""
    walk = _Walk(document)
    walk.value(node, document.data, ())
    return walk.findings


def _fault(plan: Plan) -> Finding:
    fault = plan.fault
    assert fault is not None
    values = dict(fault.values)
    if "key" in values:
        values["key"] = Code(values["key"])
    if "detail" in values:
        values["detail"] = Word(values["detail"], fault.values)
    return structural(plan, fault.id, (), values, place=plan.place_of(fault.start, fault.end))


# Holder, the key in it whose value is a reference (None: all items of a list, all keys of a map), the holder's path,
# and the lists that may be named.
_Reference = tuple[Any, str | None, Path, tuple[str, ...]]


class _Walk:
    """The walk over one plan: gathers findings and, for later, the references that it meets."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.findings: list[Finding] = []
        self.references: list[_Reference] = []
        self.speller = Speller()

    def find(
        self, id: str, path: Path, *, variant: str | None = None, named: Path | None = None, **values: Any
    ) -> None:
        """Note a finding; `key` is the last name of the path unless given."""
        if "key" not in values:
            values["key"] = Code(_last_name(path))
        self.findings.append(structural(self.plan, id, path, values, variant=variant, named=named))

    def refuse(self, id: str, path: Path, **values: Any) -> Any:
        """Note a finding about a value, which then counts as missing: gives None."""
        self.find(id, path, **values)
        return None

    def suggest(self, id: str, path: Path, word: str, known: Collection[str], **values: Any) -> Any:
        """Note a finding about a name that is not known; if another comes near, ask whether that was meant."""
        near = self.speller.nearest(word, known)
        if near is None:
            return self.refuse(id, path, **values)
        return self.refuse(id, path, variant="suggest", suggestion=Code(near), **values)

    # Each of the following gives the value without what counts as missing, None when nothing is left.

    def value(self, node: Schema, value: Any, path: Path) -> Any:
        kind = type(value)
        if kind is str:
            return value if node.fits(value) else self.text(node, value, path)
        if kind is dict:
            return self.keys(node, value, path) if "object" in node.types else self.wrong_type(node, "object", path)
        if kind is list:
            return self.items(node, value, path) if "array" in node.types else self.wrong_type(node, "array", path)
        if kind is bool:
            return value if "boolean" in node.types else self.wrong_type(node, "boolean", path)
        return None if value is None else self.number(node, value, path)

    def text(self, node: Schema, value: str, path: Path) -> Any:
        """A text that is not right as it stands."""
        if not says_something(value):
            return self.refuse("placeholder-value", path, value=value) if value and not value.isspace() else None
        if "string" not in node.types:
            return self.wrong_type(node, "string", path)
        if node.format is not None:
            expected = Word(f"format.{node.format}")
            return self.suggest("bad-format", path, value, node.enum or (), value=value, expected=expected)
        names = node.enum or {}
        allowed: list[Any] = [Code(name) for name in names]
        if len(allowed) > _LISTED:
            allowed[_LISTED:] = [Word("value.more", {"n": len(names) - _LISTED})]
        return self.suggest("not-in-list", path, value, names, value=Code(value), allowed=allowed)

    def number(self, node: Schema, value: int | Fraction | OutOfRange, path: Path) -> Any:
        types, least, most = node.types, node.minimum, node.maximum
        if isinstance(value, OutOfRange):
            if "number" in types or "integer" in types:
                return self.refuse("out-of-range", path, variant="precise", value=str(value))
            return self.wrong_type(node, "number", path)
        if "number" not in types and ("integer" not in types or type(value) is not int):
            return self.wrong_type(node, "decimal" if "integer" in types else "number", path)
        if (least is None or value >= least) and (most is None or value <= most):
            return value
        if most is None:
            return self.refuse("out-of-range", path, variant="at-least", value=value, min=least)
        return self.refuse("out-of-range", path, value=value, min=least, max=most)

    def wrong_type(self, node: Schema, actual: str, path: Path) -> Any:
        expected = Choice(Word(f"type.{name}") for name in node.types)
        hint = Word("type.quote") if "string" in node.types and actual in ("number", "boolean") else ""
        key = Code(_last_name(path) if isinstance(path[-1], str) else f"{_last_name(path)}[{path[-1]}]")
        return self.refuse("wrong-type", path, key=key, expected=expected, actual=Word(f"type.{actual}"), hint=hint)

    def items(self, node: Schema, values: list[Any], path: Path) -> list[Any] | None:
        item = node.items
        assert item is not None
        fits = item.fits
        kept: list[Any] = []
        index: list[int] = []
        for position, value in enumerate(values):
            if type(value) is not str or not fits(value):
                value = self.value(item, value, (*path, position))
                if value is None:
                    continue
            kept.append(value)
            index.append(position)
        if len(kept) < len(values):
            kept = Items(kept)
            kept.original = index
        if item.refs and kept:
            self.references.append((kept, None, path, item.refs))
        return kept or None

    def keys(self, node: Schema, values: dict[str, Any], path: Path) -> dict[str, Any] | None:
        kept: dict[str, Any] = {}
        properties = node.properties
        for key, value in values.items():
            inner = properties.get(key) or self.free_key(node, key, path)
            if inner is None:
                continue
            if type(value) is not str or not inner.fits(value):  # most texts are right as they stand
                value = self.value(inner, value, (*path, key))
                if value is None:
                    continue
            kept[key] = value
            if inner.refs and type(value) is str:
                self.references.append((kept, key, path, inner.refs))
        for key in node.required:
            if key not in kept and not _blamed(values.get(key)):
                self.find("missing-key", (*path, key))
        if node.refs and node.free and kept:
            self.references.append((kept, None, path, node.refs))
        return kept or None

    def free_key(self, node: Schema, key: str, path: Path) -> Schema | None:
        """The schema of a key that the format does not name; None when there is nothing to hold its value against."""
        if key.startswith("x-") or (key == "$schema" and not path):
            return None
        return node.free or self.suggest("unknown-key", (*path, key), key, node.names, key=Code(key))

    # What a schema cannot say: ids, references, and dates in order.

    def check_ids(self, data: dict[str, Any]) -> None:
        """Every id once in its list; those of success criteria once in the plan."""
        for name in LISTS_WITH_IDS:
            if name in data:
                self._check_unique(name, [((name, index), item) for index, item in positions(data[name])])
        self._check_unique("success_criteria", list(criteria(data)))

    def _check_unique(self, name: str, items: list[tuple[Path, dict[str, Any]]]) -> None:
        """One finding per repeated id, at the second item that has it; which that is does not matter to its name."""
        ids = [item["id"] for _, item in items if "id" in item]
        if len(set(ids)) == len(ids):
            return
        counted, seen = Counter(ids), Counter[str]()
        for path, item in items:
            if "id" in item:
                seen[item["id"]] += 1
                if seen[item["id"]] == 2:
                    count = counted[item["id"]]
                    self.find("duplicate-id", (*path, "id"), named=(name, "id"), value=item["id"], count=count)

    def check_references(self, data: dict[str, Any]) -> dict[str, Any]:
        """Report references to nothing; the data without them. An `of` that names two criteria counts as missing."""
        ids = _ids(data)
        twice = {id for id, count in Counter(ids["success_criteria"]).items() if count > 1}
        known: dict[tuple[str, ...], dict[str, None]] = {}
        gone: _Gone = {}
        for holder, key, path, targets in self.references:
            if targets not in known:
                known[targets] = dict.fromkeys(id for target in targets for id in ids[target])
            for part, name in _lost(holder, key, known[targets]):
                said = Code(key or _last_name(path))
                self.suggest("unresolved-reference", (*path, part), name, known[targets], key=said, value=name)
                _note(gone, (*path, part))
            if key == "of" and holder[key] in twice:
                _note(gone, (*path, key))
        return (_without(data, gone) or {}) if gone else data

    def check_dates(self, data: dict[str, Any]) -> None:
        """What ends does not end before it starts."""
        self._in_order(data.get("period", {}), "from", "to", ("period",))
        for index, initiative in positions(data.get("initiatives")):
            self._in_order(initiative, "from", "to", ("initiatives", index))
        for path, criterion in criteria(data):
            if "deadline" in criterion and "date" in criterion.get("baseline", ()):
                dates = {"baseline.date": criterion["baseline"]["date"], "deadline": criterion["deadline"]}
                self._in_order(dates, "baseline.date", "deadline", path)

    def _in_order(self, item: dict[str, Any], start: str, end: str, path: Path) -> None:
        if start in item and end in item and item[end] < item[start]:
            self.find("end-before-start", (*path, end), value=item[end], other=Code(start), other_value=item[start])


def criteria(data: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """All success criteria of a plan with their paths."""
    for goal_index, goal in positions(data.get("goals")):
        for index, criterion in positions(goal.get("success_criteria")):
            yield ("goals", goal_index, "success_criteria", index), criterion


def _ids(data: dict[str, Any]) -> dict[str, list[str]]:
    """What references may name, list by list."""
    ids = {name: [item["id"] for item in data.get(name, ()) if "id" in item] for name in LISTS_WITH_IDS}
    ids["success_criteria"] = [criterion["id"] for _, criterion in criteria(data) if "id" in criterion]
    ids["countries"] = data.get("organisation", {}).get("countries", [])
    return ids


def _lost(holder: Any, key: str | None, known: Collection[str]) -> list[tuple[str | int, str]]:
    """The references in a holder that name nothing: where in the plan's own, and the name."""
    if key is not None:
        return [] if holder[key] in known else [(key, holder[key])]
    if all(map(known.__contains__, holder)):
        return []
    entries = positions(holder) if isinstance(holder, list) else [(name, name) for name in holder]
    return [(part, name) for part, name in entries if name not in known]


_Gone = dict[str | int, Any]  # by key or original index: None for what goes, else the same for what is inside


def _note(gone: _Gone, path: Path) -> None:
    """Note that what stands at a path goes."""
    for part in path[:-1]:
        inside = gone.setdefault(part, {})
        if inside is None:  # all of it goes
            return
        gone = inside
    gone[path[-1]] = None


def _without(value: Any, gone: _Gone | None) -> Any:
    """The value without what goes, and without lists and maps that become empty; None if nothing is left."""
    if gone is None:
        return None
    if isinstance(value, dict):
        kept = {**value, **{key: _without(value[key], inner) for key, inner in gone.items()}}
        return {key: inner for key, inner in kept.items() if inner is not None} or None
    found = [(at, _without(item, gone[at]) if at in gone else item) for at, item in positions(value)]
    left = [(at, item) for at, item in found if item is not None]
    items = Items(item for _, item in left)
    items.original = [at for at, _ in left]
    return items or None


def _last_name(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "$")


def _blamed(value: Any) -> bool:
    """Whether the value of a required key has a finding of its own already."""
    return value is not None and value != "" and not (isinstance(value, str) and value.isspace())
