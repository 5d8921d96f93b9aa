"""Queries and filters as Python source, for checks that are asked of so many plans that closures are too slow.

`query` remains what decides what a text means, and what runs it as long as few plans have come along; a property test
holds the two against each other. The source holds no text of a rule: names, literals, and closures where there is no
translation, stand beside it as values, under names that are made up here.

What is missing is None in translated source: what rules see of a plan holds no null.
"""

from __future__ import annotations

from collections.abc import Callable
from sys import intern
from typing import Any

from smlint.query import COMPARE, inner, literal, logical, only_name
from smlint.scalar import NUMBERS

Names = list[Any] | tuple[Any, ...]


class Untranslatable(Exception):
    """Something that only closures can do."""


class Function:
    """A function in the making: source of expressions, and the values that the source names.

    In the source `root` is the plan and `here` the current node, of which functions of checks make sure that it is a
    map (`here_is_map`). What stands in these two is looked up once, ahead of the expressions: see `lookups`.
    """

    def __init__(self, *, here_is_map: bool) -> None:
        self.values: dict[str, Any] = {"NUMBERS": NUMBERS, "inner": inner}
        self._lookups: dict[str, dict[str, str]] = {"root": {}, "here": {}} if here_is_map else {"root": {}}
        self._variables = 0

    def name(self, value: Any) -> str:
        """The name by which the source knows a value."""
        name = f"_{len(self.values)}"
        self.values[name] = intern(value) if type(value) is str else value
        return name

    def variable(self) -> str:
        """A variable that nothing else uses."""
        self._variables += 1
        return f"v{self._variables}"

    def lookups(self, of: str) -> list[str]:
        """The lines that look up what expressions need of `root` or `here`."""
        return [f"{variable} = {of}.get({self.name(key)})" for key, variable in self._lookups[of].items()]

    def made(self, parameters: str, lines: list[str]) -> Callable[..., Any]:
        """The function with this body. Raises Untranslatable where Python finds it too long or too deep."""
        body = "".join(f"  {line}\n" for line in lines)
        try:
            exec(compile(f"def made({parameters}):\n{body}", "<rule>", "exec"), self.values)
        except (SyntaxError, RecursionError, MemoryError) as error:
            raise Untranslatable(str(error)) from None
        return self.values.pop("made")  # type: ignore[no-any-return]

    # Queries.

    def value(self, names: Names, here: str) -> str:
        """The value at a chain of names."""
        source = here
        for name in names:
            if source.isidentifier():
                source = self._inside(source, name)
            else:
                variable = self.variable()
                source = f"({variable}.get({self.name(name)}) if type({variable} := {source}) is dict else None)"
        return source

    def _inside(self, holder: str, name: str) -> str:
        """The value at a name in a variable."""
        if holder in self._lookups:
            known = self._lookups[holder]
            if name not in known:
                known[name] = self.variable()
            return known[name]
        return f"({holder}.get({self.name(name)}) if type({holder}) is dict else None)"

    def nodes(self, segments: Any, here: str, only: str = "") -> str:
        """The list of values that the segments of a query select; `only` those of which a test holds, {0}. Raises
        Untranslatable.

        No assignment may stand in what a comprehension runs over, so that names on the way are loops over one value.
        """
        clauses: list[str] = []
        among = ""
        for descends, selectors in segments:
            if descends or len(selectors) != 1:
                raise Untranslatable
            kind, *rest = selectors[0]
            if kind == "name":
                here = self._inside(self._looped(here, clauses), rest[0])
            elif kind in ("*", "?"):
                item, among = self.variable(), f"inner({here})"
                clauses.append(f"for {item} in {among}" + (f" if {self.test(rest[0], item)}" if rest else ""))
                here = item
            else:
                raise Untranslatable
        if segments and only_name(segments[-1]) is not None:
            here = self._looped(here, clauses, again=True)
            clauses[-1] += f" if {here} is not None"
        if only:
            here = self._looped(here, clauses, again=not clauses)
            clauses[-1] += f" if {only.format(here)}"
        elif clauses == [f"for {here} in {among}"]:
            return among
        return f"[{here} {' '.join(clauses)}]"

    def _looped(self, source: str, clauses: list[str], again: bool = False) -> str:
        """A variable that holds what an expression gives, by way of a loop over it alone."""
        if source.isidentifier() and not again:
            return source
        variable = self.variable()
        clauses.append(f"for {variable} in ({source},)")
        return variable

    # Filters.

    def test(self, expression: Any, here: str) -> str:
        """A logical expression: true or false, or what counts as such."""
        kind = expression[0]
        if kind in ("&&", "||"):
            left, right = self.test(expression[1], here), self.test(expression[2], here)
            return f"({left} {'and' if kind == '&&' else 'or'} {right})"
        if kind == "!":
            return f"(not {self.test(expression[1], here)})"
        try:
            if kind == "compare":
                return self._comparison(*expression[1:], here=here)
            if kind in ("@", "$"):
                return self._existence(expression, here)
            if expression[1] == "number":
                return f"(type({self._comparable(expression[2][0], here)}) in NUMBERS)"
        except Untranslatable:
            pass
        return f"{self.name(logical(expression))}(root, {here})"

    def _existence(self, expression: Any, here: str) -> str:
        start = here if expression[0] == "@" else "root"
        names = [only_name(segment) for segment in expression[1]]
        return self.nodes(expression[1], start) if None in names else f"({self.value(names, start)} is not None)"

    def _comparison(self, operator: str, one: Any, other: Any, *, here: str) -> str:
        left, right = self._comparable(one, here), self._comparable(other, here)
        known = self.values.get(right)
        if operator in ("==", "!=") and isinstance(known, str | bool):
            same = f"({left} {'is' if isinstance(known, bool) else '=='} {right})"
            return same if operator == "==" else f"(not {same})"
        if operator not in ("==", "!=") and type(known) in NUMBERS:
            number = self.variable()
            return f"(type({number} := {left}) in NUMBERS and {number} {operator} {right})"
        return f"{self.name(COMPARE[operator])}({left}, {right})"

    def _comparable(self, expression: Any, here: str) -> str:
        """A literal or a singular query."""
        kind = expression[0]
        if kind in ("literal", "number"):
            value = literal(expression)
            if value is None:
                raise Untranslatable
            return self.name(value)
        names = [only_name(segment) for segment in expression[1]] if kind in ("@", "$") else [None]
        if None in names:
            raise Untranslatable
        return self.value(names, here if kind == "@" else "root")
