"""What a verb answers, and the questions that many verbs share."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

from smlint.plan import Number, Path
from smlint.profile import View
from smlint.record import Record
from smlint.spot import Spot


class Fail(Record):
    """A check does not hold. `values` fill the message, `missing` lists the keys concerned, `at` is where to look."""

    values: dict[str, Any]
    missing: tuple[Any, ...] = ()
    at: Path | None = None


Verdict = Fail | None  # None: the check holds
Verb = Callable[[Spot, Any, View], Verdict]


class OptionError(ValueError):
    """A rule uses a verb with options that it does not understand."""


def options(given: Any, allowed: str, required: str = "") -> dict[str, Any]:
    """A verb's options as a map, checked against the names that it knows. Raises OptionError."""
    if not isinstance(given, dict):
        raise OptionError(f"options must be a map, not {given!r}")
    if _names(required) <= given.keys() <= _names(allowed):
        return given
    unknown = sorted(given.keys() - _names(allowed))
    if unknown:
        raise OptionError(f"unknown option {', '.join(unknown)} (known: {allowed or 'none'})")
    raise OptionError(f"missing option {', '.join(sorted(_names(required) - given.keys()))}")


@cache
def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


def is_number(value: Any) -> bool:
    """A number, and not true or false."""
    return isinstance(value, int | Fraction) and not isinstance(value, bool)


def many(value: Any) -> list[Any]:
    """A list of one or more: what a rule may write as a single value."""
    return value if isinstance(value, list) else [value]


def quantity(spec: Any, spot: Spot, view: View) -> Number | None:
    """A number from a plan; None when it is missing.

    `spec` is a number, a path, `{sum: [quantities and queries]}` (what is missing counts as 0), `{count: [queries]}`,
    or `{share: {of: quantity, in: quantity}}` in percent.
    """
    if isinstance(spec, str):
        value = view.one(spot, spec)
        return value if is_number(value) else None
    if not isinstance(spec, dict):
        return spec if is_number(spec) else None
    if "sum" in spec:
        total: Number = sum(value for path in spec["sum"] for value in view.values(spot, path) if is_number(value))
        return total
    if "count" in spec:
        return sum(len(view.values(spot, path)) for path in many(spec["count"]))
    if "share" in spec:
        part, whole = quantity(spec["share"]["of"], spot, view), quantity(spec["share"]["in"], spot, view)
        return Fraction(100 * part) / whole if part is not None and whole else None
    raise OptionError(f"not a quantity: {spec}")


def key_of(path: str) -> str:
    """A path as a message lists it: without `$.` and `@.`."""
    return path.removeprefix("$.").removeprefix("@.")
