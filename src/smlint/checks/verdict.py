"""What a verb answers, and the questions that many verbs share."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

from smlint.plan import Number, Path
from smlint.profile import View
from smlint.query import query
from smlint.record import Record
from smlint.scalar import is_number
from smlint.spot import Spot
from smlint.words import folded


class Fail(Record):
    """A check does not hold. `values` fill the message, `missing` lists the keys concerned, `at` is where to look."""

    values: dict[str, Any]
    missing: tuple[Any, ...] = ()
    at: Path | None = None


Verdict = Fail | None  # None: the check holds
Verb = Callable[[Spot, Any, View], Verdict]
Check = Callable[[Spot, View], Verdict]  # a verb with its options


class Prepared:
    """A verb that looks at its options once: `make(options)` is the check that is asked about every subject."""

    def __init__(self, make: Callable[[Any], Check]) -> None:
        self.make = make
        self.__doc__ = make.__doc__

    def __call__(self, spot: Spot, given: Any, view: View) -> Verdict:
        return self.make(given)(spot, view)


def taking(allowed: str, required: str = "") -> Callable[[Verb], Prepared]:
    """A verb that takes these options: they are checked once. Raises OptionError when a rule is made ready."""

    def prepared(verb: Verb) -> Prepared:
        def make(given: Any) -> Check:
            options(given, allowed, required)
            return lambda spot, view: verb(spot, given, view)

        make.__name__, make.__doc__ = verb.__name__, verb.__doc__
        return Prepared(make)

    return prepared


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


def many(value: Any) -> list[Any]:
    """A list of one or more: what a rule may write as a single value."""
    return value if isinstance(value, list) else [value]


Ask = Callable[[Spot, View], Any]


def one(path: str) -> Ask:
    """A path as a question: the value there, seen from the subject or, with `$`, from the plan; None when missing."""
    asked = query(path)
    if asked.key is not None:
        key = asked.key
        return lambda spot, view: spot.value.get(key) if type(spot.value) is dict else None
    find = asked.one
    return lambda spot, view: find(view.data, spot.value)


def all_of(path: str) -> Callable[[Spot, View], list[Any]]:
    """A query as a question: all values that it selects."""
    asked = query(path)
    return lambda spot, view: view.select(asked, spot.value)


def measured(spec: Any) -> Callable[[Spot, View], Number | None]:
    """A number as a question; None when it is missing.

    `spec` is a number, a path, `{sum: [quantities and queries]}` (what is missing counts as 0), `{count: [queries]}`,
    or `{share: {of: quantity, in: quantity}}` in percent. Raises OptionError.
    """
    if isinstance(spec, str):
        ask = one(spec)
        return lambda spot, view: value if is_number(value := ask(spot, view)) else None
    if not isinstance(spec, dict):
        constant = spec if is_number(spec) else None
        return lambda spot, view: constant
    if "sum" in spec:
        parts = [all_of(path) for path in spec["sum"]]
        return lambda spot, view: sum(value for part in parts for value in part(spot, view) if is_number(value))
    if "count" in spec:
        parts = [all_of(path) for path in many(spec["count"])]
        return lambda spot, view: sum(len(part(spot, view)) for part in parts)
    if "share" in spec:
        return _share(measured(spec["share"]["of"]), measured(spec["share"]["in"]))
    raise OptionError(f"not a quantity: {spec}")


def _share(of: Ask, among: Ask) -> Callable[[Spot, View], Number | None]:
    def share(spot: Spot, view: View) -> Number | None:
        part, whole = of(spot, view), among(spot, view)
        return Fraction(100 * part) / whole if part is not None and whole else None

    return share


def quantity(spec: Any, spot: Spot, view: View) -> Number | None:
    """A number from a plan (see `measured`)."""
    return measured(spec)(spot, view)


def key_of(path: str) -> str:
    """A path as a message lists it: without `$.` and `@.`."""
    return path.removeprefix("$.").removeprefix("@.")


def stem(path: str) -> str:
    """The part of a query that people recognise: up to its first bracket."""
    return path.partition("[")[0]


@cache
def folded_words(words: tuple[str, ...]) -> frozenset[str]:
    """Words made comparable, as a set."""
    return frozenset(map(folded, words))
