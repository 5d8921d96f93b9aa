"""Regular expressions of rule files, which meet texts by strangers: an expression that does not end is stopped."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

SECONDS = 1.0  # for one text; an honest search of a plan's text takes microseconds


class ExpressionError(Exception):
    """An expression that is none, or that backtracks without end on a text."""


def _slow(expression: str) -> ExpressionError:
    return ExpressionError(f"the regular expression {expression!r} takes too long on a text of this plan")


def search(expression: str, text: str) -> str | None:
    """What an expression finds first in a text. Raises ExpressionError."""
    import regex

    try:
        found = _compiled(expression).search(text, timeout=SECONDS)
    except TimeoutError:
        raise _slow(expression) from None
    except regex.error as error:
        raise ExpressionError(f"{expression!r} is no regular expression: {error}") from None
    return str(found[0]) if found else None


@cache
def _compiled(expression: str) -> Any:
    import regex

    return regex.compile(expression)


def iregexp(name: str, text: str, expression: Any) -> bool:
    """match() and search() of RFC 9535, as the library reads RFC 9485, within the time. Raises ExpressionError."""
    library: Any = import_module("jsonpath_rfc9535.function_extensions.search")
    if not isinstance(expression, str) or not library.check(expression):
        return False
    regex = library.re
    try:
        if name == "match":
            return bool(regex.fullmatch(library.map_re(expression), text, timeout=SECONDS))
        return bool(regex.search(library.map_re(expression), text, regex.VERSION1, timeout=SECONDS))
    except TimeoutError:
        raise _slow(expression) from None
    except (TypeError, regex.error):
        return False
