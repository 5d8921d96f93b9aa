"""The general verbs: what rules of any domain ask. Each is `check(spot, options, view) -> Verdict`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from smlint.checks.dates import add_months, in_months
from smlint.checks.verdict import (
    Check,
    Fail,
    OptionError,
    Prepared,
    Verdict,
    all_of,
    folded_words,
    key_of,
    many,
    measured,
    one,
    options,
    stem,
    taking,
)  # fmt: skip
from smlint.plan import Number
from smlint.profile import View, applies
from smlint.query import condition, frozen, query
from smlint.scalar import is_number
from smlint.spot import Spot
from smlint.words import Code, folded


@Prepared
def present(given: Any) -> Check:
    """All the fields are there.

    `fields`; `any` (one of them is enough); `true` (is `true`); `type` (number, text); `not_words` (text is none of
    these); `each` (a query: ask it of every node). A plain list means `fields`.
    """
    if isinstance(given, list):
        return _fields({"fields": given})
    options(given, "fields any true type not_words each")
    check = _fields(given)
    if "each" not in given:
        return check
    each = query(given["each"])

    def check_each(spot: Spot, view: View) -> Verdict:
        nodes = each.located(view.data, spot.value, spot.path)
        fails = [fail for path, value in nodes if (fail := check(Spot(path, value, view.plan), view))]
        if not fails:
            return None
        missing = dict.fromkeys(key for fail in fails for key in fail.missing)
        return Fail(fails[0].values, tuple(missing), fails[0].at)

    return check_each


def _fields(given: dict[str, Any]) -> Check:
    suits = kind_of(given)
    needed = [(field, one(field), suits) for field in given.get("fields", ())]
    needed += [(field, one(field), _is_true) for field in given.get("true", ())]
    some = [(field, one(field)) for field in given.get("any", ())]

    def check(spot: Spot, view: View) -> Verdict:
        lacking = []
        for field, ask, holds in needed:
            value = ask(spot, view)
            if value is None or (holds is not None and not holds(value)):
                lacking.append(field)
        if some and all(ask(spot, view) is None for _, ask in some):
            lacking += [field for field, _ in some]
        if not lacking:
            return None
        return Fail({"value": view.one(spot, lacking[0])}, tuple(map(key_of, lacking)), view.path(spot, lacking[0]))

    return check


def _is_true(value: Any) -> bool:
    return value is True


def kind_of(given: dict[str, Any]) -> Callable[[Any], bool] | None:
    """What the value of a field must be; None where any will do."""
    kind, words = given.get("type"), folded_words(tuple(given.get("not_words") or ()))
    if not kind and not words:
        return None

    def suits(value: Any) -> bool:
        if kind and not (is_number(value) if kind == "number" else isinstance(value, str)):
            return False
        return not isinstance(value, str) or folded(value) not in words

    return suits


@Prepared
def count(given: Any) -> Check:
    """The number of nodes lies within the limits.

    `path`; `distinct` (count different values of this key); `own` (a missing key counts as one of its own); `min`;
    `max`; `name` (a key of the nodes that a message lists when there are too many).
    """
    options(given, "path distinct own min max name", "path")
    path, select, key = given["path"], all_of(given["path"]), given.get("distinct")
    least, most = given.get("min", 0), given.get("max")

    def check(spot: Spot, view: View) -> Verdict:
        nodes = select(spot, view)
        number = len(nodes) if key is None else different(nodes, key, bool(given.get("own")))
        if least <= number and (most is None or number <= most):
            return None
        missing = _named(spot, given, view) if number and "name" in given else (key_of(stem(path)),)
        return Fail({"count": number}, missing, view.path(spot, path))

    return check


def different(nodes: list[Any], key: str, own: bool) -> int:
    """How many different values the nodes have under a key; with `own`, each that has none counts as well."""
    values = [node.get(key) for node in nodes if isinstance(node, dict)]
    found = {frozen(folded(value) if isinstance(value, str) else value) for value in values if value is not None}
    return len(found) + (values.count(None) if own else 0)


def _named(spot: Spot, given: dict[str, Any], view: View) -> tuple[Any, ...]:
    """The nodes that are too many, by name or, without one, by place."""
    listed: list[Any] = []
    for path, node in view.located(spot, given["path"]):
        name = node.get(given["name"]) if isinstance(node, dict) else None
        listed.append(Named(name) if isinstance(name, str) else f"{stem(given['path'])}[{path[-1]}]")
    return tuple(listed)


class Named(str):
    """A name from the plan in a list of missing keys: shown as it is, not as code."""

    __slots__ = ()


@Prepared
def one_of(given: Any) -> Check:
    """The value is in the list.

    `field`; `values`; `also` (profile expression → more values); `not` (refused values); `by` (`field` and `table`: a
    field that picks the list; a value without a list is free).
    """
    options(given, "field values also not by", "field")
    field, ask, refused = given["field"], one(given["field"]), given.get("not", ())
    more = [(applies(when), extra) for when, extra in given.get("also", {}).items()]
    picked_by = one(given["by"]["field"]) if "by" in given else None

    def check(spot: Spot, view: View) -> Verdict:
        value = ask(spot, view)
        allowed: list[Any] | None = given.get("values")
        if picked_by is not None:
            allowed = given["by"]["table"].get(picked_by(spot, view))
        if allowed is not None and more:
            allowed = [*allowed, *(each for when, extra in more if when(view.predicates) for each in extra)]
        if value is not None and value not in refused and (allowed is None or value in allowed):
            return None
        values = {
            "value": Code(value) if isinstance(value, str) else value,
            "allowed": [Code(item) for item in allowed or ()],
        }
        return Fail(values, (key_of(field),), view.path(spot, field))

    return check


@Prepared
def refers_to(given: Any) -> Check:
    """Ids in the field name items.

    `field`; `to` (queries of the ids; relative to the subject for its own items); `min` = 1 (different ids).
    """
    options(given, "field to min", "field to")
    field, ask, least = given["field"], one(given["field"]), given.get("min", 1)
    sets = [path for path in many(given["to"]) if path.startswith("$")]
    lists = [all_of(path) for path in many(given["to"]) if not path.startswith("$")]

    def check(spot: Spot, view: View) -> Verdict:
        value = ask(spot, view)
        named = {name for name in many(value) if isinstance(name, str)}
        known: list[Any] = [view.ids(path) for path in sets] + [select(spot, view) for select in lists]
        if sum(any(name in ids for ids in known) for name in named) >= least:
            return None
        return Fail({"value": value}, (key_of(field),), view.path(spot, field))

    return check


@Prepared
def referenced_by(given: Any) -> Check:
    """Items name the subject: `from` (query of the references); `key` = id; `unless` (a key that excuses it)."""
    options(given, "from key unless", "from")
    key = given.get("key", "id")
    ask, excuse = one(key), one(given["unless"]) if "unless" in given else None

    def check(spot: Spot, view: View) -> Verdict:
        if excuse is not None and excuse(spot, view) is not None:
            return None
        if ask(spot, view) in view.ids(given["from"]):
            return None
        return Fail({}, (key,), view.path(spot, key))

    return check


@Prepared
def in_order(given: Any) -> Check:
    """The dates come in this order.

    `dates` (paths or `as-of`); `grace_months` (on the last); `strict` (no two on one day); `skip_missing`.
    """
    options(given, "dates grace_months strict skip_missing", "dates")
    asked = [(path, _today if path == "as-of" else one(path)) for path in given["dates"]]
    skip, strict, months = given.get("skip_missing"), given.get("strict"), given.get("grace_months", 0)

    def check(spot: Spot, view: View) -> Verdict:
        known = []
        for path, ask in asked:
            date = ask(spot, view)
            if isinstance(date, str):
                known.append((path, date))
            elif not skip:
                return Fail({"date": None}, (key_of(path),), view.path(spot, path))
        for index in range(1, len(known)):
            (before, start), (after, end) = known[index - 1], known[index]
            limit = add_months(end, months) if months and index == len(known) - 1 else end
            if start > limit or (strict and start == limit):
                path, date = (after, end) if before == "as-of" else (before, start)
                return Fail({"date": date}, (key_of(path),), view.path(spot, path))
        return None

    return check


def _today(spot: Spot, view: View) -> str:
    return view.today


@Prepared
def compares(given: Any) -> Check:
    """The comparison of two quantities is true.

    `left`; `op` (= != < <= > >= ~) or `by` (a field that picks `op` from a table); `right`; `tolerance_percent` of the
    right side, `tolerance_points` (for ~ = <= >=); `scale` (words in rising order that both sides are looked up in).
    """
    options(given, "left op right by tolerance_percent tolerance_points scale", "left op right")
    measure_left, measure_right = _side(given["left"], given), _side(given["right"], given)
    pick = one(given["by"]) if "by" in given else None
    tests = {op: comparison(op, given) for op in (given["op"].values() if pick else (given["op"],))}
    paths = [side for side in (given["left"], given["right"]) if isinstance(side, str)]

    def check(spot: Spot, view: View) -> Verdict:
        left, right = measure_left(spot, view), measure_right(spot, view)
        op = given["op"].get(pick(spot, view)) if pick else given["op"]
        if left is not None and right is not None and op is not None and tests[op](left, right):
            return None
        lacking = [path for path in paths if view.one(spot, path) is None] or paths
        at = view.path(spot, lacking[0]) if lacking else None
        return Fail({"left": left, "right": right}, tuple(map(key_of, lacking[:1])), at)

    return check


def _side(spec: Any, given: dict[str, Any]) -> Callable[[Spot, View], Number | None]:
    if "scale" not in given:
        return measured(spec)
    ask, rank = one(spec), scaled(given["scale"])
    return lambda spot, view: rank(ask(spot, view))


def scaled(scale: list[Any]) -> Callable[[Any], int | None]:
    """The rank of a word on a scale of words in rising order; None for any other."""
    return lambda word: scale.index(word) if word in scale else None


def comparison(op: str, given: dict[str, Any]) -> Callable[[Number, Number], bool]:
    """Whether a comparison is true of two numbers, within what the options tolerate. Raises OptionError."""
    if op not in _COMPARE:  # a wrong one is never passed over, whichever of a table is asked for
        raise OptionError(f"unknown comparison {op!r}")
    compare, percent, points = _COMPARE[op], given.get("tolerance_percent", 0), given.get("tolerance_points", 0)
    if not percent and not points:
        return lambda left, right: compare(left - right, 0)
    return lambda left, right: compare(100 * (left - right), abs(right) * percent + 100 * points)


# By how much the left side is over the right, and how much of that is tolerated, both in one unit.
_COMPARE: dict[str, Callable[[Number, Number], bool]] = {
    "~": lambda over, slack: -slack <= over <= slack,
    "=": lambda over, slack: -slack <= over <= slack,
    "<=": lambda over, slack: over <= slack,
    ">=": lambda over, slack: over >= -slack,
    "<": lambda over, slack: over < 0,
    ">": lambda over, slack: over > 0,
    "!=": lambda over, slack: over != 0,
}


@Prepared
def differs(given: Any) -> Check:
    """Two texts differ: `a`, `b`; `or` (the pair to compare when one of the first is missing)."""
    options(given, "a b or", "a b")
    ask_a, ask_b = one(given["a"]), one(given["b"])
    otherwise = differs.make(given["or"]) if "or" in given else None

    def check(spot: Spot, view: View) -> Verdict:
        a, b = ask_a(spot, view), ask_b(spot, view)
        if (a is None or b is None) and otherwise is not None:
            return otherwise(spot, view)
        if a is not None and b is not None and folded(str(a)) != folded(str(b)):
            return None
        return Fail({"value": a}, (key_of(given["a"]),), view.path(spot, given["a"]))

    return check


@Prepared
def not_stale(given: Any) -> Check:
    """The date is not after as-of and not too old: `field`; `max_months`."""
    options(given, "field max_months", "field max_months")
    field, ask, months = given["field"], one(given["field"]), given["max_months"]

    def check(spot: Spot, view: View) -> Verdict:
        date = ask(spot, view)
        if isinstance(date, str) and date <= view.today and in_months(date, months, view.today):
            return None
        return Fail({"date": date}, (key_of(field),), view.path(spot, field))

    return check


@taking("need need_else have language allow_missing as", "need have")
def covers(spot: Spot, given: Any, view: View) -> Verdict:
    """Everything needed is there.

    `need`, `need_else` (where the first selects nothing); `have` (a map counts as its keys); `language` (tags match
    when one is the other plus a subtag); `allow_missing` = 0; `as` (the name of what is lacking in the message).
    """
    need = view.values(spot, given["need"]) or (view.values(spot, given["need_else"]) if "need_else" in given else [])
    have = {
        text for value in view.values(spot, given["have"]) for text in (value if isinstance(value, dict) else (value,))
    }
    if given.get("language"):
        have = {prefix for tag in have for prefix in _prefixes(tag)} | {f"{tag.lower()}-" for tag in have}
        lacking = [tag for tag in need if not _spoken(tag, have)]
    else:
        lacking = [value for value in need if value not in have]
    lacking = list(dict.fromkeys(lacking))
    if need and len(lacking) <= given.get("allow_missing", 0):
        return None
    return Fail({given.get("as", "lacking"): lacking}, (key_of(given["need"]),), view.path(spot, given["need"]))


def _prefixes(tag: str) -> list[str]:
    """A language tag and every shorter form of it: sv-SE is also sv."""
    parts = tag.lower().split("-")
    return ["-".join(parts[: end + 1]) for end in range(len(parts))]


def _spoken(tag: str, have: set[str]) -> bool:
    return tag.lower() in have or any(f"{prefix}-" in have for prefix in _prefixes(tag))


@Prepared
def holds(given: Any) -> Check:
    """An RFC 9535 filter is true of the subject, such as `@.have >= @.needed`."""
    test, fail = condition(given), Fail({})
    return lambda spot, view: None if test(view.data, spot.value) else fail
