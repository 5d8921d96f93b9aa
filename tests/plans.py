"""Whole plans for property tests: the examples, mutated, and plans made up from the schema; data, dumped as JSON."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path as File
from typing import Any

from hypothesis import strategies as st

from smlint.format import Schema, plan_schema
from smlint.plan import Path, Plan
from smlint.report import Report, judge
from smlint.rulebook import Rulebook, load
from smlint.settings import Settings

DAY = date(2027, 1, 15)
Draw = Callable[[st.SearchStrategy[Any]], Any]
EXAMPLES = File(__file__).parent.parent / "examples"

PREFIX = {
    "objectives": "B",
    "audiences": "A",
    "goals": "G",
    "initiatives": "I",
    "channels": "C",
    "departments": "D",
    "success_criteria": "K",
}
PEOPLE = ["Head of service", "head of  SERVICE", "Chief executive", "Analyst", "the team", "Everyone"]
WORDS = ["More enquiries solved", "An AVE of a million", "K1 below 15", "close it", "tenants", "everyone"]
OWNERS = ["owner", "backup_owner", "role", "name", "to", "spokesperson", "backup", "responsible", "escalation"]
WORDS_OF = dict.fromkeys(OWNERS, PEOPLE)
CODES = {
    "date": ["2026-01-01", "2026-10-01", "2027-01-14", "2027-01-15", "2027-02-28", "2027-06-30", "2028-12-31"],
    "language": ["nb", "sv", "nb-NO", "en", "se"],
    "country": ["NO", "SE", "DE", "US"],
    "time-zone": ["Europe/Oslo", "Asia/Tokyo", "America/New_York", "Asia/Kolkata"],
    "currency": ["NOK", "EUR"],
    "service-hours": ["24/7", "Mon-Fri 08:00-16:00", "Sat 10:00-12:00", "Mon-Sun 22:00-06:00"],
}
NUMBERS = [0, 1, 2, 3, 5, 9, 10, 12, 30, 40, 49, 50, 100, 250, 1000, 20000, 90000, 0.5, -3]
ODD = [None, "", " ", "TBD", "?", "nonsense", -7, 101, 3.5, True, [], {}, ["G1"], {"x-own": 1}]


@cache
def book() -> Rulebook:
    """The shipped rules, read once."""
    return load()


@cache
def example(name: str) -> dict[str, Any]:
    """One of the example plans, as data."""
    data = Plan.read(name, (EXAMPLES / f"{name}.yaml").read_bytes()).data
    return json.loads(json.dumps(data, default=float))


GOOD = ("customer-service", "complete", "micro-firm", "multi-country", "least")
NAMES = (*GOOD, "customer-service-first-draft")


def dumped(data: Any) -> bytes:
    """A plan as JSON, which is YAML too."""
    return json.dumps(data, ensure_ascii=False).encode()


def judged(data: Any, as_of: date = DAY) -> Report:
    """What smlint says of a plan given as data."""
    return judge("plan.yaml", dumped(data), Settings(book()), as_of)


# --- places in a plan ------------------------------------------------------------------------------------------------


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """All values below a value, with their paths."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key), inner
        yield from walk(inner, (*path, key))


def at(data: Any, path: Path) -> Any:
    """The value at a path."""
    for part in path:
        data = data[part]
    return data


def put(data: Any, path: Path, value: Any) -> Any:
    """A copy of the data with another value at a path."""
    changed = copy.deepcopy(data)
    at(changed, path[:-1])[path[-1]] = copy.deepcopy(value)
    return changed


def without(data: Any, path: Path) -> Any:
    """A copy of the data without the key or list item at a path."""
    changed = copy.deepcopy(data)
    del at(changed, path[:-1])[path[-1]]
    return changed


def node_at(path: Path) -> Schema | None:
    """What the format says of the value at a path; None where it does not know the key."""
    node: Schema | None = plan_schema()
    for part in path:
        if node is None:
            return None
        node = node.items if isinstance(part, int) else node.properties.get(part, node.free)
    return node


# --- plans made up from the schema -----------------------------------------------------------------------------------


def plans() -> st.SearchStrategy[dict[str, Any]]:
    """Plans of all kinds: mostly examples with some edits, for they pass rules; the rest made up."""
    return st.one_of(edited_examples(), edited_examples(), made_up_plans())


@st.composite
def made_up_plans(draw: Draw) -> dict[str, Any]:
    """A plan with a random choice of keys and values of the format, a few of them wrong."""
    plan = _object(draw, plan_schema(), ())
    return plan | {"smlint": 1, "title": "A plan"}


@st.composite
def edited_examples(draw: Draw, names: tuple[str, ...] = NAMES, most: int = 6) -> dict[str, Any]:
    """An example plan with another profile now and then, and up to so many edits."""
    plan = example(draw(st.sampled_from(names)))
    if draw(st.booleans()):
        plan = plan | {"organisation": plan.get("organisation", {}) | draw(profiles())}
    for _ in range(draw(st.integers(0, most))):
        plan = draw(edits(plan))
    return plan


def profiles() -> st.SearchStrategy[dict[str, Any]]:
    """What an organisation says of its kind and size."""
    return st.fixed_dictionaries(
        {},
        optional={
            "employees": st.sampled_from([3, 9, 10, 49, 50, 249, 250, 6000]),
            "sector": st.sampled_from(["private", "public", "ngo"]),
            "locations": st.integers(0, 3),
            "countries": st.lists(st.sampled_from(CODES["country"]), max_size=3),
            "languages": st.lists(st.sampled_from(CODES["language"]), max_size=3),
            "time_zones": st.lists(st.sampled_from(CODES["time-zone"]), max_size=3),
            "regulated": st.booleans(),
            "vulnerable_groups": st.booleans(),
        },
    )


@st.composite
def edits(draw: Draw, plan: dict[str, Any]) -> dict[str, Any]:
    """The plan with one value deleted, replaced, added, or an item of a list doubled. The head stays."""
    places = [path for path, _ in walk(plan) if path[0] not in ("smlint", "title")]
    if not places:
        return plan
    path = draw(st.sampled_from(places))
    how = draw(st.sampled_from(["delete", "replace", "add", "add", "odd", "double"]))
    if how == "delete":
        return without(plan, path)
    if how == "odd":
        return put(plan, path, draw(st.sampled_from(ODD)))
    if how == "double" and isinstance(path[-1], int):
        return put(plan, path[:-1], [*at(plan, path[:-1]), at(plan, path)])
    node, value = node_at(path), at(plan, path)
    if how == "add" and isinstance(value, dict) and node is not None and node.properties:
        path = (*path, draw(st.sampled_from(sorted(node.properties))))
        node = node_at(path)
    return put(plan, path, _value(draw, node, path)) if node is not None else plan


def _value(draw: Draw, node: Schema, path: Path) -> Any:
    """A value for a place of the format: nearly always one that it allows."""
    if draw(st.integers(0, 39)) == 39:
        return draw(st.sampled_from(ODD))
    if "array" in node.types:
        return [_value(draw, node.items or Schema(), (*path, i)) for i in range(draw(st.integers(0, 3)))]
    if "object" in node.types and ("string" not in node.types or draw(st.booleans())):
        return _object(draw, node, path)
    if "boolean" in node.types:
        return draw(st.booleans())
    if "number" in node.types or "integer" in node.types:
        numbers = [n for n in NUMBERS if n >= 1 and n <= 5] if node.maximum == 5 else NUMBERS
        return draw(st.sampled_from([n for n in numbers if "number" in node.types or isinstance(n, int)]))
    return _text(draw, node, path)


def _object(draw: Draw, node: Schema, path: Path) -> dict[str, Any]:
    keys = sorted(node.properties) if node.properties else _references(node)
    bits = draw(st.binary(min_size=len(keys), max_size=len(keys)))
    few = draw(st.sampled_from([64, 128, 208, 244]))
    kept = {}
    for key, bit in zip(keys, bits, strict=True):
        inner = node.properties.get(key, node.free)
        if bit >= 256 - few and inner is not None:
            kept[key] = _value(draw, inner, (*path, key))
    if "id" in node.properties and path and isinstance(path[-1], int) and draw(st.integers(0, 9)) < 9:
        kept["id"] = _own_id(path)
    return kept


def _own_id(path: Path) -> str:
    """B1, B2 …; criteria are numbered through the plan, three a goal at most."""
    number = int(path[-1]) + 1 + (3 * int(path[1]) if "success_criteria" in path else 0)
    return f"{PREFIX.get(str(path[-2]), 'X')}{number}"


def _references(node: Schema) -> list[str]:
    if "countries" in node.refs:
        return CODES["country"]
    names = [f"{PREFIX[target]}{n}" for target in node.refs for n in range(1, 7 if target == "success_criteria" else 4)]
    return [*names, "Z9"]


def _text(draw: Draw, node: Schema, path: Path) -> str:
    if node.refs:
        return draw(st.sampled_from(_references(node)))
    if node.format:
        return draw(st.sampled_from(CODES[node.format]))
    if node.enum:
        return draw(st.sampled_from(sorted(node.enum)))
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    return draw(st.sampled_from(WORDS_OF.get(key, WORDS)))
