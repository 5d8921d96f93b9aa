"""RFC 9535 JSONPath on plans: parsed by a library, run here, because rules ask millions of small questions.

`jsonpath` gives the structure of a text; this module turns the structure into closures once. They know lists with holes
(`plan.Items`: original indexes), exact numbers, and `$` in a relative query. A property test holds the two evaluations
against each other. Function extensions beside the standard ones:

- `number(value)`: true if the value is a number
- `text(value)`: the text made comparable (NFC, white space folded, case folded)
- `distinct(nodes)`: how many different values the nodes have
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from smlint.expression import iregexp
from smlint.plan import Items, OutOfRange, Path, number, positions
from smlint.scalar import is_number
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

    __slots__ = (
        "_ask", "_locate", "_names", "_steps", "absolute", "key", "last_name", "names", "quick", "segments",
        "text",
    )  # fmt: skip

    def __init__(self, text: str) -> None:
        self.text = text
        self.absolute = text.startswith("$")
        self.segments = _parsed(_as_query(text), text)
        self._locate: list[Callable[[Located, Any], Located]] | None = None  # few queries are ever asked for paths
        names = [only_name(segment) for segment in self.segments]
        # The names before the first wildcard or filter: what can be shown and looked up in the text.
        self.names: Path = tuple(names[: names.index(None)] if None in names else names)  # type: ignore[arg-type]
        self._names = None if None in names else names
        self._ask = None if self._names is None else _walk(self._names, relative=not self.absolute)
        self._steps = [_step(segment) for segment in self.segments] if self._ask is None else []
        self.key = names[0] if len(names) == 1 and not self.absolute else None  # of the subject, where it is just that
        self.quick: Callable[[Any, Any], list[Any]] | None = None  # what `values` gives, where somebody made it faster
        self.last_name = next((name for name in reversed(names) if name), "$")

    @property
    def singular(self) -> bool:
        """Whether it names one place."""
        return self._names is not None

    def values(self, root: Any, current: Any) -> list[Any]:
        """The values that the query selects."""
        if self.quick is not None:
            return self.quick(root, current)
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
        if self._locate is None:
            self._locate = [_locate(segment) for segment in self.segments]
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
    return logical(structure(text))


def structure(text: str) -> Any:
    """The structure of a filter expression. Raises QueryError."""
    segments = _parsed(f"$[?{text}]", text)
    selectors = [selector for _, selectors in segments for selector in selectors]
    if len(selectors) != 1 or selectors[0][0] != "?":
        raise QueryError(f"{text!r} is not one filter expression")
    return selectors[0][1]


def _as_query(text: str) -> str:
    if text.startswith("$"):
        return text
    if text.startswith("@"):
        return "$" + text[1:]
    first = text[:1]
    begins_name = first == "_" or (first.isalnum() and not first.isdecimal())
    return f"$.{text}" if begins_name else f"${text}"


_structures: dict[str, Any] = {}


def know(structures: dict[str, Any]) -> None:
    """Take the structures of texts that were parsed ahead: the library need not even be imported for them."""
    _structures.update(structures)


def parsed() -> dict[str, Any]:
    """The structures of all texts met so far."""
    return dict(_structures)


def _parsed(text: str, written: str) -> Any:
    """The structure of a query; `written` is what a rule file says, for complaints."""
    if text not in _structures:
        from smlint.jsonpath import parse  # 20 ms that only texts which are not known ahead need

        try:
            _structures[text] = parse(text)
        except ValueError as error:
            raise QueryError(f"{written[:200]!r} {error}") from None
    return _structures[text]


def only_name(segment: Any) -> str | None:
    descends, selectors = segment
    return selectors[0][1] if not descends and len(selectors) == 1 and selectors[0][0] == "name" else None


# --- segments and selectors ------------------------------------------------------------------------------------


def _step(segment: Any) -> Callable[[list[Any], Any], list[Any]]:
    """A segment as a function from nodes to nodes."""
    name = only_name(segment)
    if name is not None:
        return lambda nodes, root: [node[name] for node in nodes if type(node) is dict and name in node]
    descends, selectors = segment
    selects = [_selects(selector) for selector in selectors]
    if descends:
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
    if selector[0] == "*":
        return lambda node, root: inner(node)
    if selector[0] == "?":
        test = logical(selector[1])
        return lambda node, root: [item for item in inner(node) if test(root, item)]
    pick = _pick(selector)
    return lambda node, root: [value for _, value in pick(node, root)]


def inner(node: Any) -> list[Any]:
    """The values that a map or list holds."""
    if isinstance(node, list):
        return node
    return [value for key, value in node.items() if key not in DERIVED] if type(node) is dict else []


def _keyed(node: Any) -> list[tuple[str | int, Any]]:
    """The values that a map or list holds, with key or original index."""
    if type(node) is dict:
        return [(key, value) for key, value in node.items() if key not in DERIVED]
    return positions(node) if isinstance(node, list) else []  # type: ignore[return-value]


def _pick(selector: Any) -> Callable[[Any, Any], list[tuple[str | int, Any]]]:
    """A selector as a function from one node to what it selects, with key or original index."""
    kind = selector[0]
    if kind == "name":
        name = selector[1]
        return lambda node, root: [(name, node[name])] if type(node) is dict and name in node else []
    if kind == "*":
        return lambda node, root: _keyed(node)
    if kind == "?":
        test = logical(selector[1])
        return lambda node, root: [(key, item) for key, item in _keyed(node) if test(root, item)]
    if kind == "slice":
        part = slice(*selector[1:])
        return lambda node, root: _keyed(node)[part] if isinstance(node, list) and part.step != 0 else []
    at = selector[1]
    return lambda node, root: [_item(node, at)] if isinstance(node, list) and -len(node) <= at < len(node) else []


def _item(items: list[Any], at: int) -> tuple[str | int, Any]:
    """One item of a list, counted from the end when `at` is negative, with its original index."""
    return items.original[at] if type(items) is Items else at % len(items), items[at]


def _locate(segment: Any) -> Callable[[Located, Any], Located]:
    """A segment as a function from located nodes to located nodes."""
    descends, selectors = segment
    picks = [_pick(selector) for selector in selectors]
    name = only_name(segment)
    if name is not None:
        return lambda nodes, root: [
            ((*path, name), node[name]) for path, node in nodes if type(node) is dict and name in node
        ]
    if len(picks) == 1 and not descends:
        pick = picks[0]
        return lambda nodes, root: [((*path, key), value) for path, node in nodes for key, value in pick(node, root)]

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


def logical(expression: Any) -> Predicate:
    """A logical expression as a predicate."""
    kind = expression[0]
    if kind in ("&&", "||"):
        left, right = logical(expression[1]), logical(expression[2])
        if kind == "&&":
            return lambda root, current: left(root, current) and right(root, current)
        return lambda root, current: left(root, current) or right(root, current)
    if kind == "!":
        negated = logical(expression[1])
        return lambda root, current: not negated(root, current)
    if kind == "compare":
        return _comparison(*expression[1:])
    if kind in ("@", "$"):
        return _existence(expression)
    ask = _asked(expression)
    return lambda root, current: ask(root, current) is True


def _existence(expression: Any) -> Predicate:
    walk = _singular(expression)
    if walk is not None:
        return lambda root, current: walk(root, current) is not NOTHING
    nodes = _nodes(expression)
    return lambda root, current: bool(nodes(root, current))


def _comparison(operator: str, one: Any, other: Any) -> Predicate:
    left = _asked(one)
    if operator in ("==", "!=") and other[0] == "literal" and isinstance(other[1], str | bool):
        return _is_literal(left, other[1], operator == "==")
    right, compare = _asked(other), COMPARE[operator]
    return lambda root, current: compare(left(root, current), right(root, current))


def _is_literal(left: _Ask, literal: str | bool, wanted: bool) -> Predicate:
    """The commonest comparison, without the detour over kinds: a text equals only texts, true only true."""
    if isinstance(literal, bool):
        return lambda root, current: (left(root, current) is literal) is wanted
    return lambda root, current: (left(root, current) == literal) is wanted


def _singular(expression: Any) -> _Ask | None:
    """The walk of a query inside a filter that is names only; None for any other."""
    names = [only_name(segment) for segment in expression[1]]
    return None if None in names else _walk(names, relative=expression[0] == "@")


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
    steps = [_step(segment) for segment in expression[1]]
    relative = expression[0] == "@"

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
    kind = expression[0]
    if kind in ("literal", "number"):
        value = literal(expression)
        return lambda root, current: value
    if kind in ("@", "$"):
        walk = _singular(expression)
        if walk is not None:
            return walk
        nodes = _nodes(expression)
        return lambda root, current: _sole(nodes(root, current))
    return _function(*expression[1:])


def literal(expression: Any) -> Any:
    """The value of a literal; that of a number, exactly as it is written."""
    kind, text = expression
    if kind == "literal":
        return text
    value = number(text)
    if value is None or isinstance(value, OutOfRange):
        raise QueryError(f"{text} is not a number that a plan can hold")
    return value


def _function(name: str, arguments: list[Any]) -> _Ask:
    if name in ("count", "distinct", "value"):
        nodes = _nodes(arguments[0])
        result = {"count": len, "distinct": _distinct, "value": _sole}[name]
        return lambda root, current: result(nodes(root, current))
    asks = [_asked(argument) for argument in arguments]
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


def _text(value: Any) -> Any:
    return folded(value) if isinstance(value, str) else NOTHING


def _match(value: Any, pattern: Any) -> bool:
    return _standard("match", value, pattern)


def _search(value: Any, pattern: Any) -> bool:
    return _standard("search", value, pattern)


def _standard(name: str, value: Any, pattern: Any) -> bool:
    """The library's own I-Regexp functions, which do not hang."""
    return isinstance(value, str) and iregexp(name, value, pattern)


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
    return _ordered(left, right) and bool(left < right)


def _at_most(left: Any, right: Any) -> bool:
    return bool(left <= right) if _ordered(left, right) else _equal(left, right)


def _ordered(left: Any, right: Any) -> bool:
    """Whether one of two values can come before the other: two numbers or two texts."""
    return (is_number(left) and is_number(right)) or (type(left) is str and type(right) is str)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "length": _length,
    "number": is_number,
    "text": _text,
    "match": _match,
    "search": _search,
}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "<": _less,
    ">": lambda left, right: _less(right, left),
    "<=": _at_most,
    ">=": lambda left, right: _at_most(right, left),
}
