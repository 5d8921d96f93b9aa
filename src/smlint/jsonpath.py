"""RFC 9535 texts as plain structure, parsed by `jsonpath-rfc9535`. `query` makes functions of it; `compiled` keeps it.

A query is a list of segments [descends, selectors]. A selector is ["name", n], ["*"], ["index", i],
["slice", start, stop, step] or ["?", expression]. An expression is ["&&" or "||", left, right], ["!", inner],
["compare", operator, left, right], ["@" or "$", segments], ["function", name, arguments], ["number", text], or
["literal", value].
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError
from jsonpath_rfc9535 import filter_expressions as ast
from jsonpath_rfc9535 import selectors as sel
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction
from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment

Structure = list[Any]


def parse(text: str) -> Structure:
    """The structure of a query that begins with `$`. Raises ValueError with the reason."""
    try:
        return _segments(environment().compile(text))
    except (JSONPathError, OverflowError) as error:  # OverflowError: a literal such as 1e400
        raise ValueError(f"is not an RFC 9535 query: {error}") from None
    except RecursionError:
        raise ValueError("is nested too deep") from None


class _Function(FilterFunction):
    """The signature of an extension, for the parser; `query` evaluates it."""

    arg_types: list[ExpressionType] = []
    return_type = ExpressionType.VALUE

    def __init__(self, argument: ExpressionType, result: ExpressionType) -> None:
        self.arg_types = [argument]
        self.return_type = result

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError


@cache
def environment() -> JSONPathEnvironment:
    """The library's environment with the signatures of our extensions."""
    known = JSONPathEnvironment()
    known.function_extensions["number"] = _Function(ExpressionType.VALUE, ExpressionType.LOGICAL)
    known.function_extensions["text"] = _Function(ExpressionType.VALUE, ExpressionType.VALUE)
    known.function_extensions["distinct"] = _Function(ExpressionType.NODES, ExpressionType.VALUE)
    return known


def _segments(query: Any) -> Structure:
    return [
        [isinstance(segment, JSONPathRecursiveDescentSegment), [_selector(selector) for selector in segment.selectors]]
        for segment in query.segments
    ]


def _selector(selector: Any) -> Structure:
    if isinstance(selector, sel.NameSelector):
        return ["name", selector.name]
    if isinstance(selector, sel.WildcardSelector):
        return ["*"]
    if isinstance(selector, sel.IndexSelector):
        return ["index", selector.index]
    if isinstance(selector, sel.SliceSelector):
        part = selector.slice
        return ["slice", part.start, part.stop, part.step]
    return ["?", _expression(selector.expression.expression)]


def _expression(expression: Any) -> Structure:
    if isinstance(expression, ast.LogicalExpression):
        return [expression.operator, _expression(expression.left), _expression(expression.right)]
    if isinstance(expression, ast.PrefixExpression):
        return ["!", _expression(expression.right)]
    if isinstance(expression, ast.ComparisonExpression):
        return ["compare", expression.operator, _expression(expression.left), _expression(expression.right)]
    if isinstance(expression, ast.FilterQuery):
        return ["@" if isinstance(expression, ast.RelativeFilterQuery) else "$", _segments(expression.query)]
    if isinstance(expression, ast.FunctionExtension):
        return ["function", expression.name, [_expression(argument) for argument in expression.args]]
    if isinstance(expression, ast.IntegerLiteral | ast.FloatLiteral):
        return ["number", expression.token.value]  # as it is written: the library reads it as binary floating point
    return ["literal", expression.value]
