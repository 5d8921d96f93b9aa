"""A spot in a plan: what it is called, for people (label) and for machines (identity)."""

from __future__ import annotations

from typing import Any, cast

from smlint.plan import Path, Place, Plan
from smlint.words import Word, shown

NATURAL_KEYS = ("id", "skill", "description", "at", "process", "to", "role", "kind")
LABELLED = {
    "objectives": "id",
    "goals": "id",
    "success_criteria": "id",
    "initiatives": "id",
    "channels": "id",
    "audiences": "id",
    "departments": "id",
    "competence": "skill",
    "risks": "description",
    "stop_criteria": "at",
}


class Spot:
    """A value in a plan together with its path. `value` is what rules see there: without what counts as missing."""

    __slots__ = ("path", "plan", "value")

    def __init__(self, path: Path, value: Any, plan: Plan) -> None:
        self.path = path
        self.value = value
        self.plan = plan

    @property
    def place(self) -> Place:
        """Where it stands, or the nearest thing above it that does."""
        return self.plan.place(self.path)

    @property
    def label(self) -> Word:
        """Its noun with its id or name, else with its number: "Goal G1", "Goal no. 2"; "The plan" for the whole."""
        return label(self.path, self.value)


def label(path: Path, value: Any) -> Word:
    """How people call what stands at `path`."""
    if not path:
        return Word("label.plan")
    number, kind = path[-1], path[-2] if len(path) > 1 else path[-1]
    name = value.get(LABELLED.get(str(kind), "id")) if isinstance(value, dict) else None
    noun = str(kind) if kind in LABELLED else "other"
    if isinstance(name, str) and name.strip():
        return Word(f"label.{noun}", {"id": shown(name, 40), "list": f"`{kind}`"})
    return Word(f"number.{noun}", {"n": number + 1 if isinstance(number, int) else 1, "list": f"`{kind}`"})


def identity(plan: Plan, path: Path) -> str:
    """The path with ids or natural keys in place of indexes: goals[id=G2].success_criteria[id=K3]; $ is the plan.

    Reordering a list or inserting an item before another changes no identity. Equal items get #2, #3.
    """
    text, data = "", cast(Any, plan.data)
    for part in path:
        if isinstance(part, int):
            text += f"[{_names(plan, data)[part]}]" if isinstance(data, list) and part < len(data) else f"[{part}]"
            data = data[part] if isinstance(data, list) and part < len(data) else None
        else:
            text += f".{brief(part)}" if text else brief(part)
            data = data.get(part) if isinstance(data, dict) else None
    return text or "$"


def brief(text: str) -> str:
    """A text as part of an identity: on one line and short, yet different for texts that differ."""
    short = shown(text, 80)
    return short if short is text or short == " ".join(text.split()) else f"{short}~{_digest(text)}"


def _names(plan: Plan, items: list[Any]) -> list[str]:
    """The names of a list's items, worked out once per list. Items of one name are numbered in the order of their
    content, so that their own order does not matter."""
    names = plan.names.get(id(items))
    if names is None:
        names = [_name(item) for item in items]
        alike: dict[str, list[int]] = {}
        for index, name in enumerate(names):
            alike.setdefault(name, []).append(index)
        for name, indexes in alike.items():
            if len(indexes) > 1:
                indexes.sort(key=lambda index: _canonical(items[index]))
                for number, index in enumerate(indexes[1:], 2):
                    names[index] = f"{name}#{number}"
        plan.names[id(items)] = names
    return names


def _name(item: Any) -> str:
    if isinstance(item, dict):
        for key in NATURAL_KEYS:
            value = item.get(key)
            if isinstance(value, str) and value.strip():
                return f"{key}={brief(value)}"
    return _digest(_canonical(item))


def _digest(text: str) -> str:
    import hashlib  # 3 ms that few plans need

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _canonical(value: Any) -> str:
    """The content of a value as text, whatever the order of keys and items."""
    if isinstance(value, dict):
        return "{" + ",".join(sorted(f"{key!r}:{_canonical(inner)}" for key, inner in value.items())) + "}"
    return "[" + ",".join(sorted(map(_canonical, value))) + "]" if isinstance(value, list) else repr(value)
