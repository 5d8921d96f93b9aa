"""Regular expressions that are compiled when they are first used: few runs need all of those that smlint knows."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Lazy:
    """Stands for a compiled expression; from the first question on, the answers are that expression's own."""

    def __init__(self, source: Any, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, found)
        return found


def pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What re.compile gives, but later. A faulty expression is an error when it is used: tests use each."""
    return cast("re.Pattern[AnyStr]", _Lazy(source, flags))
