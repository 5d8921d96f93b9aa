"""RFC 9535 JSONPath on plans: parsed by `jsonpath-rfc9535`, run here, because rules ask millions of small questions.

The library checks the text and gives its structure; this module turns the structure into closures once. They know
lists with holes (`plan.Items`: original indexes), exact numbers, and `$` in a relative query. A property test holds
the two evaluations against each other. Function extensions beside the standard ones:

- `number(value)`: true if the value is a number
- `text(value)`: the text made comparable (NFC, white space folded, case folded)
- `distinct(nodes)`: how many different values the nodes have
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError
from jsonpath_rfc9535 import filter_expressions as ast
from jsonpath_rfc9535 import selectors as sel
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction
from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment

from smlint.plan import Items, OutOfRange, Path, number, positions
from smlint.words import folded

Located = list[tuple[Path, Any]]
Predicate = Callable[[Any, Any], bool]  # root, current -> does the filter hold
_Ask = Callable[[Any, Any], Any]  # root, current -> value (NOTHING when there is none)


class QueryError(ValueError):
    """A query or filter that is not RFC 9535, with the reason."""


class _Nothing:
    """The RFC's special result: no value, which equals only itself."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING: Any = _Nothing()

# Keys that `profile` adds. They are read by name; wildcards and descendants pass them by, for they lead in circles.
DERIVED = frozenset(
    (
        "_vocabulary", "_shows", "_chain", "_months", "_initiatives", "_channels", "_reached", "_goals", "_functions",
        "_tone", "_cost", "_owner_share", "_people_hours", "_people_money", "_category_money", "_money",
    )
)  # fmt: skip


class Query:
    """A compiled query. Texts that begin with `$` start at the plan, others at the subject."""

    __slots__ = ("_ask", "_locate", "_names", "_steps", "absolute", "last_name", "names", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.absolute = text.startswith("$")
        segments = _parsed(_as_query(text), text).segments
        self._steps = [_step(segment) for segment in segments]
        self._locate = [_locate(segment) for segment in segments]
        names = [_only_name(segment) for segment in segments]
        # The names before the first wildcard or filter: what can be shown and looked up in the text.
        self.names: Path = tuple(names[: names.index(None)] if None in names else names)  # type: ignore[arg-type]
        self._names = None if None in names else names
        self._ask = None if self._names is None else _walk(self._names, relative=not self.absolute)
        self.last_name = next((name for name in reversed(names) if name), "$")

    @property
    def singular(self) -> bool:
        """Whether it names one place."""
        return self._names is not None

    def values(self, root: Any, current: Any) -> list[Any]:
        """The values that the query selects."""
        if self._ask is not None:
            value = self._ask(root, current)
            return [] if value is NOTHING else [value]
        nodes = [root if self.absolute else current]
        for step in self._steps:
            nodes = step(nodes, root)
            if not nodes:
                break
        return nodes

    def one(self, root: Any, current: Any) -> Any:
        """The value at a singular query, or the first that it selects; None when there is none."""
        if self._names is None:
            return next(iter(self.values(root, current)), None)
        value = root if self.absolute else current
        for name in self._names:
            if type(value) is not dict:
                return None
            value = value.get(name)
        return value

    def located(self, root: Any, current: Any = None, at: Path = ()) -> Located:
        """The values with their paths; `at` is the path of `current`."""
        nodes: Located = [((), root) if self.absolute else (at, current)]
        for step in self._locate:
            nodes = step(nodes, root)
        return nodes


@cache
def query(text: str) -> Query:
    """The compiled query of a text. Raises QueryError."""
    return Query(text)


@cache
def condition(text: str) -> Predicate:
    """A filter expression such as `@.have < @.needed` as a predicate over (plan, subject). Raises QueryError."""
    selectors = [selector for segment in _parsed(f"$[?{text}]", text).segments for selector in segment.selectors]
    if len(selectors) != 1 or not isinstance(selectors[0], sel.FilterSelector):
        raise QueryError(f"{text!r} is not one filter expression")
    return _test(selectors[0].expression.expression)


def _as_query(text: str) -> str:
    if text.startswith("$"):
        return text
    if text.startswith("@"):
        return "$" + text[1:]
    return f"$.{text}" if re.match(r"[^\W\d]", text) else f"${text}"


def _parsed(text: str, written: str) -> Any:
    """The library's structure of a query; `written` is what a rule file says, for complaints."""
    try:
        return _environment().compile(text)
    except (JSONPathError, OverflowError) as error:  # OverflowError: a literal such as 1e400
        raise QueryError(f"{written!r} is not an RFC 9535 query: {error}") from None
    except RecursionError:
        raise QueryError(f"{written[:40]!r}… is nested too deep") from None


class _Function(FilterFunction):
    """The signature of an extension, for the parser; it is evaluated here."""

    arg_types: list[ExpressionType] = []
    return_type = ExpressionType.VALUE

    def __init__(self, argument: ExpressionType, result: ExpressionType) -> None:
        self.arg_types = [argument]
        self.return_type = result

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError


@cache
def _environment() -> JSONPathEnvironment:
    environment = JSONPathEnvironment()
    functions = environment.function_extensions
    functions["number"] = _Function(ExpressionType.VALUE, ExpressionType.LOGICAL)
    functions["text"] = _Function(ExpressionType.VALUE, ExpressionType.VALUE)
    functions["distinct"] = _Function(ExpressionType.NODES, ExpressionType.VALUE)
    return environment


def _only_name(segment: Any) -> str | None:
    first = segment.selectors[0]
    single = len(segment.selectors) == 1 and isinstance(first, sel.NameSelector)
    return first.name if single and not isinstance(segment, JSONPathRecursiveDescentSegment) else None


# --- segments and selectors ------------------------------------------------------------------------------------


def _step(segment: Any) -> Callable[[list[Any], Any], list[Any]]:
    """A segment as a function from nodes to nodes."""
    name = _only_name(segment)
    if name is not None:
        return lambda nodes, root: [node[name] for node in nodes if type(node) is dict and name in node]
    selects = [_selects(selector) for selector in segment.selectors]
    if isinstance(segment, JSONPathRecursiveDescentSegment):
        return lambda nodes, root: [
            found
            for node in nodes
            for inner in _descendants(node)
            for select in selects
            for found in select(inner, root)
        ]
    if len(selects) == 1:
        only = selects[0]
        return lambda nodes, root: [found for node in nodes for found in only(node, root)]
    return lambda nodes, root: [found for node in nodes for select in selects for found in select(node, root)]


def _selects(selector: Any) -> Callable[[Any, Any], list[Any]]:
    """A selector as a function from one node to the values it selects."""
    if isinstance(selector, sel.WildcardSelector):
        return lambda node, root: _inner(node)
    if isinstance(selector, sel.FilterSelector):
        test = _test(selector.expression.expression)
        return lambda node, root: [item for item in _inner(node) if test(root, item)]
    pick = _pick(selector)
    return lambda node, root: [value for _, value in pick(node, root)]


def _inner(node: Any) -> list[Any]:
    """The values that a map or list holds."""
    if type(node) is dict:
        return [value for key, value in node.items() if key not in DERIVED]
    return node if isinstance(node, list) else []


def _keyed(node: Any) -> list[tuple[str | int, Any]]:
    """The values that a map or list holds, with key or original index."""
    if type(node) is dict:
        return [(key, value) for key, value in node.items() if key not in DERIVED]
    return positions(node) if isinstance(node, list) else []  # type: ignore[return-value]


def _pick(selector: Any) -> Callable[[Any, Any], list[tuple[str | int, Any]]]:
    """A selector as a function from one node to what it selects, with key or original index."""
    if isinstance(selector, sel.NameSelector):
        name = selector.name
        return lambda node, root: [(name, node[name])] if type(node) is dict and name in node else []
    if isinstance(selector, sel.WildcardSelector):
        return lambda node, root: _keyed(node)
    if isinstance(selector, sel.FilterSelector):
        test = _test(selector.expression.expression)
        return lambda node, root: [(key, item) for key, item in _keyed(node) if test(root, item)]
    if isinstance(selector, sel.SliceSelector):
        part = selector.slice
        return lambda node, root: _keyed(node)[part] if isinstance(node, list) and part.step != 0 else []
    at = selector.index
    return lambda node, root: [_item(node, at)] if isinstance(node, list) and -len(node) <= at < len(node) else []


def _item(items: list[Any], at: int) -> tuple[str | int, Any]:
    """One item of a list, counted from the end when `at` is negative, with its original index."""
    return items.original[at] if type(items) is Items else at % len(items), items[at]


def _locate(segment: Any) -> Callable[[Located, Any], Located]:
    """A segment as a function from located nodes to located nodes."""
    picks = [_pick(selector) for selector in segment.selectors]
    descends = isinstance(segment, JSONPathRecursiveDescentSegment)

    def run(nodes: Located, root: Any) -> Located:
        if descends:
            nodes = [found for node in nodes for found in _located_descendants(*node)]
        return [((*path, key), value) for path, node in nodes for pick in picks for key, value in pick(node, root)]

    return run


def _descendants(node: Any) -> list[Any]:
    return [inner for _, inner in _located_descendants((), node)]


def _located_descendants(path: Path, node: Any) -> Located:
    """The node and all collections below it, parents first."""
    found: Located = []
    stack: Located = [(path, node)]
    while stack:
        place, value = stack.pop()
        if isinstance(value, dict | list):
            found.append((place, value))
            stack += reversed(
                [((*place, key), inner) for key, inner in _keyed(value) if isinstance(inner, dict | list)]
            )
    return found


# --- filter expressions ----------------------------------------------------------------------------------------


def _test(expression: Any) -> Predicate:
    """A logical expression as a predicate."""
    if isinstance(expression, ast.LogicalExpression):
        left, right = _test(expression.left), _test(expression.right)
        if expression.operator == "&&":
            return lambda root, current: left(root, current) and right(root, current)
        return lambda root, current: left(root, current) or right(root, current)
    if isinstance(expression, ast.PrefixExpression):
        inner = _test(expression.right)
        return lambda root, current: not inner(root, current)
    if isinstance(expression, ast.ComparisonExpression):
        return _comparison(expression)
    if isinstance(expression, ast.FilterQuery):
        return _existence(expression)
    ask = _asked(expression)
    return lambda root, current: ask(root, current) is True


def _existence(expression: Any) -> Predicate:
    walk = _singular(expression)
    if walk is not None:
        return lambda root, current: walk(root, current) is not NOTHING
    nodes = _nodes(expression)
    return lambda root, current: bool(nodes(root, current))


def _comparison(expression: Any) -> Predicate:
    left, operator = _asked(expression.left), expression.operator
    if operator in ("==", "!=") and isinstance(expression.right, ast.StringLiteral | ast.BooleanLiteral):
        return _is_literal(left, expression.right.value, operator == "==")
    right, compare = _asked(expression.right), _COMPARE[operator]
    return lambda root, current: compare(left(root, current), right(root, current))


def _is_literal(left: _Ask, literal: str | bool, wanted: bool) -> Predicate:
    """The commonest comparison, without the detour over kinds: a text equals only texts, true only true."""
    if isinstance(literal, bool):
        return lambda root, current: (left(root, current) is literal) is wanted
    return lambda root, current: (left(root, current) == literal) is wanted


def _singular(expression: Any) -> _Ask | None:
    """The walk of a query inside a filter that is names only; None for any other."""
    names = [_only_name(segment) for segment in expression.query.segments]
    return None if None in names else _walk(names, relative=isinstance(expression, ast.RelativeFilterQuery))


def _walk(names: list[str | None], relative: bool) -> _Ask:
    """The value at a chain of names from the current node or from the plan; NOTHING when there is none."""
    if relative and len(names) == 1:
        only = names[0]
        return lambda root, current: current.get(only, NOTHING) if type(current) is dict else NOTHING

    def walk(root: Any, current: Any) -> Any:
        value = current if relative else root
        for name in names:
            if type(value) is not dict:
                return NOTHING
            value = value.get(name, NOTHING)
        return value

    return walk


def _nodes(expression: Any) -> Callable[[Any, Any], list[Any]]:
    """A query inside a filter: `@` is the current node, `$` the plan."""
    steps = [_step(segment) for segment in expression.query.segments]
    relative = isinstance(expression, ast.RelativeFilterQuery)

    def run(root: Any, current: Any) -> list[Any]:
        nodes = [current if relative else root]
        for step in steps:
            nodes = step(nodes, root)
            if not nodes:
                break
        return nodes

    return run


def _asked(expression: Any) -> _Ask:
    """A comparable: literal, singular query or function."""
    if isinstance(expression, ast.FilterExpressionLiteral):
        value = _literal(expression)
        return lambda root, current: value
    if isinstance(expression, ast.FilterQuery):
        walk = _singular(expression)
        if walk is not None:
            return walk
        nodes = _nodes(expression)
        return lambda root, current: _sole(nodes(root, current))
    return _function(expression)


def _literal(expression: Any) -> Any:
    """The value of a literal; a number exactly as it is written, for the library reads it as binary floating point."""
    if isinstance(expression, ast.IntegerLiteral | ast.FloatLiteral):
        value = number(expression.token.value)
        if value is None or isinstance(value, OutOfRange):
            raise QueryError(f"{expression.token.value} is not a number that a plan can hold")
        return value
    return expression.value


def _function(expression: Any) -> _Ask:
    name = expression.name
    if name in ("count", "distinct", "value"):
        nodes = _nodes(expression.args[0])
        result = {"count": len, "distinct": _distinct, "value": _sole}[name]
        return lambda root, current: result(nodes(root, current))
    asks = [_asked(argument) for argument in expression.args]
    call = _FUNCTIONS[name]
    return lambda root, current: call(*(ask(root, current) for ask in asks))


def _distinct(values: list[Any]) -> int:
    return len({frozen(value) for value in values})


def frozen(value: Any) -> Any:
    """A value as something that can stand in a set: equal where the RFC calls two values equal."""
    if isinstance(value, dict):
        return frozenset((key, frozen(inner)) for key, inner in value.items() if key not in DERIVED)
    if isinstance(value, list):
        return tuple(map(frozen, value))
    return isinstance(value, bool), value


def _sole(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else NOTHING


def _length(value: Any) -> Any:
    if isinstance(value, dict):
        return len(value.keys() - DERIVED)
    return len(value) if isinstance(value, str | list) else NOTHING


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Fraction) and not isinstance(value, bool)


def _text(value: Any) -> Any:
    return folded(value) if isinstance(value, str) else NOTHING


def _match(value: Any, pattern: Any) -> bool:
    return _standard("match", value, pattern)


def _search(value: Any, pattern: Any) -> bool:
    return _standard("search", value, pattern)


def _standard(name: str, value: Any, pattern: Any) -> bool:
    """The library's own I-Regexp functions."""
    return isinstance(value, str) and bool(_environment().function_extensions[name](value, pattern))


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        keys = left.keys() - DERIVED
        return keys == right.keys() - DERIVED and all(_equal(left[key], right[key]) for key in keys)
    return bool(left == right)


def _less(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    return _is_number(left) and _is_number(right) and bool(left < right)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "length": _length,
    "number": _is_number,
    "text": _text,
    "match": _match,
    "search": _search,
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "<": _less,
    ">": lambda left, right: _less(right, left),
    "<=": lambda left, right: _less(left, right) or _equal(left, right),
    ">=": lambda left, right: _less(right, left) or _equal(left, right),
}
