"""What the format says of each key, for people: title, description, values and their meaning, examples.

All of it stands in plan.schema.json; this reads it when somebody asks, so that linting need not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from smlint.bundled import bundled
from smlint.format import noted
from smlint.words import LANGUAGES


class Topic:
    """One place of the format. Texts are by language ("en", "nb")."""

    __slots__ = ("raw",)

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw

    @property
    def kinds(self) -> tuple[str, ...]:
        """The JSON types that may stand here."""
        branches = self.raw.get("anyOf", [self.raw])
        return tuple(kind for branch in branches if (kind := branch.get("type")))

    def title(self, language: str) -> str:
        """What an item of this kind is called; "" where it has no name of its own."""
        found = self.raw.get("title", "").split(" / ")
        return str(found[LANGUAGES.index(language)]) if len(found) == len(LANGUAGES) else ""

    def text(self, language: str) -> str:
        """What it means, in a sentence."""
        return self._paragraph(language).partition("\n")[0]

    def meanings(self, language: str) -> dict[str, str]:
        """The values that may stand here, each with its meaning; "" where it explains itself."""
        said = dict(line[2:].split(": ", 1) for line in self._paragraph(language).split("\n")[1:])
        return {value: said.get(value, "") for value in self.raw.get("enum", ())}

    def _paragraph(self, language: str) -> str:
        return str([*self.raw.get("description", "").split("\n\n"), "", ""][LANGUAGES.index(language)])

    @property
    def keys(self) -> dict[str, Topic]:
        """The keys that may stand here."""
        branches = self.raw.get("anyOf", [self.raw])
        return {key: _topic(inner) for branch in branches for key, inner in branch.get("properties", {}).items()}

    @property
    def item(self) -> Topic | None:
        """What an item of this list is, or a value of this map whose keys are free."""
        inner = self.raw.get("items") or self.raw.get("additionalProperties")
        return _topic(inner) if isinstance(inner, dict) else None

    @property
    def refs(self) -> tuple[str, ...]:
        """The lists whose ids may stand here."""
        return noted(self.raw).get("refs", ())

    @property
    def format(self) -> str | None:
        """What form a text has: date, language, service-hours and the like."""
        return self.raw.get("format") or next(iter(noted(self.raw).get("format", ())), None)

    @property
    def examples(self) -> list[Any]:
        return list(self.raw.get("examples", ()))

    @property
    def default(self) -> Any:
        return self.raw.get("default")


@cache
def _schema() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((bundled("schemas") / "plan.schema.json").read_bytes())
    return document


def _topic(raw: dict[str, Any]) -> Topic:
    """A topic of a raw node; what a `$ref` names comes under its own words."""
    if "$ref" not in raw:
        return Topic(raw)
    base = _schema()["$defs"][raw["$ref"].removeprefix("#/$defs/")]
    return Topic({**base, **{key: value for key, value in raw.items() if key != "$ref"}})


def topic(path: Iterable[str | int]) -> Topic | None:
    """What the format says of a path; None for what it does not know."""
    here: Topic | None = Topic(_schema())
    for part in path:
        if here is None:
            return None
        here = here.item if isinstance(part, int) or part not in here.keys else here.keys[part]
        if isinstance(part, str) and here is not None and part.startswith("x-"):
            return None
    return here
