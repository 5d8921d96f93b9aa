"""Tuples with named fields, as typing.NamedTuple makes them, for a tenth of what those cost at start-up.

`typing.NamedTuple` writes and compiles source text for every class, which comes to a tenth of a run on one plan. These
classes behave the same where smlint relies on it: they compare, hash, unpack and pickle as tuples, take fields by
position or name, and know `_replace` and `_asdict`. Type checkers are told that they are NamedTuples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["Record"]

if TYPE_CHECKING:
    from typing import NamedTuple as Record
else:
    try:
        from _collections import _tuplegetter as field_at  # what named tuples have: half the time of a property
    except ImportError:
        from operator import itemgetter

        def field_at(index: int, doc: str) -> property:
            return property(itemgetter(index), doc=doc)

    def _maker(number: int, last: dict[int, tuple[Any, ...]]) -> Any:
        """The `__new__` of a class with so many fields; `last` are the defaults that are left after so many values."""
        make = tuple.__new__

        def made(cls: type, *given: Any, **named: Any) -> Any:
            if named or len(given) != number:
                more = None if named else last.get(len(given))
                given = cls._completed(given, named) if more is None else given + more
            return make(cls, given)

        return made

    class _Fields(type):
        """Turns the annotations of a class body into fields, and the values beside them into defaults."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body.pop(field) for field in fields if field in body}
            getters = {field: field_at(index, f"Field {index}.") for index, field in enumerate(fields)}
            last = {len(fields) - n: tuple(defaults.values())[-n:] for n in range(1, len(defaults) + 1)}
            body.setdefault("__new__", _maker(len(fields), last))
            own = {"__slots__": (), "_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
            return super().__new__(cls, name, bases, {**body, **getters, **own})

    class Record(tuple, metaclass=_Fields):
        """The base of every record; a subclass lists its fields as annotations, those with defaults last."""

        @classmethod
        def _completed(cls, given: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
            """All values in order. Raises TypeError for what is missing, unknown, or given twice."""
            left = cls._fields[len(given) :]
            values = {**cls._field_defaults, **named}
            missing = [field for field in left if field not in values]
            unknown = [field for field in named if field not in left]
            if missing or unknown or len(given) > len(cls._fields):
                said = f"missing {missing}, not expected {unknown}, {len(given)} by position"
                raise TypeError(f"{cls.__name__}({', '.join(cls._fields)}): {said}")
            return given + tuple([values[field] for field in left])

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

        def __repr__(self) -> str:
            said = (f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({', '.join(said)})"

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, **changes: Any) -> Record:
            return type(self)(**{**self._asdict(), **changes})
