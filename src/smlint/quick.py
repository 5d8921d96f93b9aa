"""Whether a check surely holds, as one Python function made of the rule: most rules hold of most plans.

The verbs remain what decides. Where the function says yes, no verb need be asked; where it says no, they say what is
wrong, if anything is. So a translation may be narrower than its verb, but never wider; a property test sees to that.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from smlint.checks import VERBS, is_built_in
from smlint.checks.dates import add_months, in_months
from smlint.checks.general import comparison, different, kind_of, scaled
from smlint.checks.texts import fault, is_expression
from smlint.checks.verdict import Prepared, many
from smlint.plan import Number
from smlint.profile import View, applies
from smlint.query import Query, query, structure
from smlint.rulebook import MODIFIERS
from smlint.scalar import NUMBERS
from smlint.spot import Spot
from smlint.translation import Function, Untranslatable
from smlint.words import folded

Quick = Callable[[list[Any], Any, View], bool]  # subjects, plan, view -> does the check surely hold of all


def quick(check: dict[str, Any]) -> Quick:
    """The function of a check; one that never says yes where there is no translation."""
    function = Function(here_is_map=True)
    function.values |= {"Spot": Spot, "covered": _covered, "share": _share, "folded": folded}
    try:
        source = _source(check, function)
        return function.made("subjects, root, view", [
            *function.lookups("root"),
            "for here in subjects:",
            "  if type(here) is not dict: return False",
            *(f"  {line}" for line in function.lookups("here")),
            f"  if not {source}: return False",
            "return True",
        ])  # fmt: skip
    except (Untranslatable, ValueError, KeyError, TypeError, RecursionError):
        return lambda subjects, root, view: False


def hasten(asked: Query) -> None:
    """Have a query of the plan answered by a function made of it, where there is a translation."""
    if asked.quick is None and asked.absolute and not asked.singular:
        function = Function(here_is_map=False)
        try:
            source = function.nodes(asked.segments, "root")
            asked.quick = function.made("root, here", [*function.lookups("root"), f"return {source}"])
        except Untranslatable:
            pass


def _source(check: dict[str, Any], function: Function) -> str:
    """A check with its modifiers; one that is left out counts as one that holds."""
    name = next(key for key in check if key not in MODIFIERS)
    given = check[name]
    if name == "all":
        source = _joined([_source(part, function) for part in given], "and")
    elif name == "any":
        source = _joined([_one_of_several(part, function) for part in given], "or")
    elif not is_built_in(name):  # a plugin's verb may look at whatever it is given
        raise Untranslatable
    else:
        source = _translated(name, given, function)
    conditions = _conditions(check, function)
    return _joined([f"not {_joined(conditions, 'and')}", source], "or") if conditions else source


def _translated(verb: str, given: Any, function: Function) -> str:
    if verb in _VERBS:
        try:
            return _VERBS[verb](given, function)
        except Untranslatable:
            pass
    return _asked(verb)(given, function)


def _one_of_several(check: dict[str, Any], function: Function) -> str:
    """A part of `any`: one that is left out does not count."""
    return _joined([*_conditions(check, function), _source(check, function)], "and")


def _conditions(check: dict[str, Any], function: Function) -> list[str]:
    conditions = []
    if "when" in check:
        conditions.append(f"{function.name(applies(check['when']))}(view.predicates)")
    if "if" in check:
        conditions.append(function.test(structure(check["if"]), "here"))
    return conditions


def _joined(sources: list[str], word: str) -> str:
    return f"({f' {word} '.join(sources)})" if sources else str(word == "and")


# --- what stands at a path -------------------------------------------------------------------------------------------


def _one(path: str, function: Function, here: str = "here") -> str:
    """The value at a path, as `verdict.one` gives it."""
    asked = query(path)
    if not asked.singular:
        return f"{function.name(asked.one)}(root, {here})"
    return function.value(asked.names, "root" if asked.absolute else here)


def _all(path: str, function: Function, only: str = "") -> str:
    """The values that a query selects, as `verdict.all_of` gives them; `only` those of which a test holds."""
    asked = query(path)
    if not asked.absolute:
        return function.nodes(asked.segments, "here", only)
    hasten(asked)
    found = f"view.select({function.name(asked)}, here)"
    if not only:
        return found
    item = function.variable()
    return f"[{item} for {item} in {found} if {only.format(item)}]"


_IS_NUMBER = "type({0}) in NUMBERS"
_IS_TEXT = "isinstance({0}, str)"


def _ids(path: str, function: Function) -> str:
    """The ids that an absolute query selects."""
    hasten(query(path))
    return f"view.ids({function.name(path)})"


def _number(spec: Any, function: Function) -> str:
    """A quantity, as `verdict.measured` gives it; whatever is no number stands for one that is missing."""
    if isinstance(spec, str):
        return _one(spec, function)
    if not isinstance(spec, dict):
        return function.name(spec)
    if "sum" in spec:
        return f"({' + '.join(f'sum({_all(path, function, _IS_NUMBER)})' for path in spec['sum'])})"
    if "count" in spec:
        return f"({' + '.join(f'len({_all(path, function)})' for path in many(spec['count']))})"
    if "share" in spec:
        return f"share({', '.join(_number(spec['share'][part], function) for part in ('of', 'in'))})"
    raise Untranslatable


def _share(part: Any, whole: Any) -> Number | None:
    return Fraction(100 * part) / whole if type(part) in NUMBERS and type(whole) in NUMBERS and whole else None


# --- the verbs -------------------------------------------------------------------------------------------------------


def _asked(name: str) -> Callable[[Any, Function], str]:
    """A verb that is asked itself: built-in ones say the same wherever the subject stands."""

    def source(given: Any, function: Function) -> str:
        verb = VERBS[name]
        if not isinstance(verb, Prepared):
            raise Untranslatable
        return f"({function.name(verb.make(given))}(Spot((), here, view.plan), view) is None)"

    return source


def _present(given: Any, function: Function) -> str:
    if isinstance(given, list):
        given = {"fields": given}
    if "each" not in given:
        return _fields(given, function, "here")
    asked, item = query(given["each"]), function.variable()
    nodes = function.nodes(asked.segments, "root" if asked.absolute else "here")
    return f"(not [1 for {item} in {nodes} if not {_fields(given, function, item)}])"


def _fields(given: dict[str, Any], function: Function, here: str) -> str:
    suits = kind_of(given)
    parts = []
    for field in given.get("fields", ()):
        value = _one(field, function, here)
        if suits is None:
            parts.append(f"{value} is not None")
        elif given.get("type") == "number":
            parts.append(_IS_NUMBER.format(value))
        else:
            variable = function.variable()
            parts.append(f"({variable} := {value}) is not None and {function.name(suits)}({variable})")
    parts += [f"{_one(field, function, here)} is True" for field in given.get("true", ())]
    if given.get("any"):
        parts.append(_joined([f"{_one(field, function, here)} is not None" for field in given["any"]], "or"))
    return _joined(parts, "and")


def _count(given: Any, function: Function) -> str:
    nodes, least, most = _all(given["path"], function), given.get("min", 0), given.get("max")
    if "distinct" in given:
        counted = f"{function.name(different)}({nodes}, {function.name(given['distinct'])}, {bool(given.get('own'))})"
    else:
        counted = f"len({nodes})"
    limits = f"{function.name(least)} <= {counted}"
    return f"({limits})" if most is None else f"({limits} <= {function.name(most)})"


def _one_of(given: Any, function: Function) -> str:
    if given.keys() & {"also", "by"}:
        raise Untranslatable
    value = function.variable()
    parts = [f"({value} := {_one(given['field'], function)}) is not None"]
    if given.get("not"):
        parts.append(f"{value} not in {function.name(given['not'])}")
    if given.get("values") is not None:
        parts.append(f"{value} in {function.name(given['values'])}")
    return _joined(parts, "and")


def _refers_to(given: Any, function: Function) -> str:
    """One id that is known is enough: where more are asked for, the verb counts."""
    if given.get("min", 1) != 1:
        raise Untranslatable
    value = function.variable()
    sets = [
        _ids(path, function) if path.startswith("$") else f"set({_all(path, function)})" for path in many(given["to"])
    ]
    named = [f"({value} in {ids} if type({value}) is str else not {ids}.isdisjoint({value}))" for ids in sets]
    return f"(({value} := {_one(given['field'], function)}) is not None and {_joined(named, 'or')})"


def _referenced_by(given: Any, function: Function) -> str:
    names = f"{_one(given.get('key', 'id'), function)} in {_ids(given['from'], function)}"
    if "unless" not in given:
        return f"({names})"
    return f"({_one(given['unless'], function)} is not None or {names})"


def _in_order(given: Any, function: Function) -> str:
    """Two dates, or more without one that may be missing."""
    paths, months, skips = given["dates"], given.get("grace_months", 0), given.get("skip_missing")
    if len(paths) != 2:
        raise Untranslatable
    one, other = function.variable(), function.variable()
    parts, missing = [], []
    for path, date in zip(paths, (one, other), strict=True):
        asked = "view.today" if path == "as-of" else _one(path, function)
        parts.append(f"type({date} := {asked}) is str")
        if skips and path != "as-of":
            missing.append(f"{_one(path, function)} is None")
    limit = f"{function.name(add_months)}({other}, {function.name(months)})" if months else other
    parts.append(f"{one} {'<' if given.get('strict') else '<='} {limit}")
    return _joined([*missing, _joined(parts, "and")], "or")


def _compares(given: Any, function: Function) -> str:
    op, percent, points = given["op"], given.get("tolerance_percent", 0), given.get("tolerance_points", 0)
    left, right = function.variable(), function.variable()
    if "scale" in given:
        scale = function.name(scaled(given["scale"]))
        sides = [f"{scale}({_one(given[side], function)})" for side in ("left", "right")]
    else:
        sides = [_number(given[side], function) for side in ("left", "right")]
    if type(function.values.get(sides[1])) in NUMBERS:
        right = sides[1]
        parts = [f"type({left} := {sides[0]}) in NUMBERS"]
    else:
        parts = [f"type({side} := {asked}) in NUMBERS" for side, asked in zip((left, right), sides, strict=True)]
    if "by" in given:
        tests = function.name({word: comparison(each, given) for word, each in op.items()})
        picked = f"{tests}.get({_one(given['by'], function)}, {function.name(_never)})"
        parts.append(f"{picked}({left}, {right})")
    elif percent or points:
        slack = f"abs({right}) * {function.name(percent)} + {function.name(100 * points)}"
        parts.append(_TOLERANT[op].format(f"100 * ({left} - {right})", slack))
    else:
        parts.append(f"{left} {_PLAIN[op]} {right}")
    return _joined(parts, "and")


_PLAIN = {"~": "==", "=": "==", "<=": "<=", ">=": ">=", "<": "<", ">": ">", "!=": "!="}
_TOLERANT = {
    "~": "abs({0}) <= {1}", "=": "abs({0}) <= {1}", "<=": "{0} <= {1}", ">=": "-({0}) <= {1}", "<": "{0} < 0",
    ">": "{0} > 0", "!=": "{0} != 0",
}  # fmt: skip


def _never(left: Number, right: Number) -> bool:
    return False


def _differs(given: Any, function: Function) -> str:
    one, other = function.variable(), function.variable()
    asked = [f"({one} := {_one(given['a'], function)})", f"({other} := {_one(given['b'], function)})"]
    both = _joined([f"{each} is not None" for each in asked] + [f"folded(str({one})) != folded(str({other}))"], "and")
    if "or" not in given:
        return both
    lacking = _joined([f"{_one(given[side], function)} is None" for side in "ab"], "or")
    return _joined([both, _joined([lacking, _differs(given["or"], function)], "and")], "or")


def _not_stale(given: Any, function: Function) -> str:
    date, months = function.variable(), function.name(given["max_months"])
    return _joined([
        f"type({date} := {_one(given['field'], function)}) is str",
        f"{date} <= view.today",
        f"{function.name(in_months)}({date}, {months}, view.today)",
    ], "and")  # fmt: skip


def _covers(given: Any, function: Function) -> str:
    if given.keys() & {"need_else", "language", "allow_missing"}:
        raise Untranslatable
    return f"covered({_all(given['need'], function)}, {_all(given['have'], function)})"


def _covered(need: list[Any], have: list[Any]) -> bool:
    return bool(need) and {text for value in have for text in (value if type(value) is dict else (value,))}.issuperset(
        need
    )


def _holds(given: Any, function: Function) -> str:
    return function.test(structure(given), "here")


def _pattern(given: Any, function: Function) -> str:
    """Words that are forbidden are looked for in all texts at once, a line break between each two."""
    if given.get("required"):
        raise Untranslatable
    text, find = function.variable(), function.name(fault(given))
    every = f"({' + '.join(_all(field, function, _IS_TEXT) for field in given['fields'])})"
    if "forbid" in given and not given.get("whole") and not any(map(is_expression, given["forbid"])):
        return f"({find}('\\n'.join({every}), view) is None)"
    return f"(not [1 for {text} in {every} if {find}({text}, view) is not None])"


def _share_chain(given: Any, function: Function) -> str:
    exempt = f"{function.value(('metric',), 'here')} in {function.name(given.get('exempt', ()))}"
    return f"({function.value(('_chain',), 'here')} == 'counted' or {exempt})"


_VERBS: dict[str, Callable[[Any, Function], str]] = {
    "present": _present,
    "count": _count,
    "one-of": _one_of,
    "refers-to": _refers_to,
    "referenced-by": _referenced_by,
    "in-order": _in_order,
    "compares": _compares,
    "differs": _differs,
    "not-stale": _not_stale,
    "covers": _covers,
    "holds": _holds,
    "pattern": _pattern,
    "share-chain": _share_chain,
}
