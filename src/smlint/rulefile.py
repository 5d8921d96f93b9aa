"""Reads rule folders into Rules and Dimensions, and complains with file and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from smlint.checks import verb
from smlint.files import Entry, File
from smlint.plan import Limits, Path, Plan, read_document
from smlint.profile import applies
from smlint.query import condition, query
from smlint.rule import Dimension, Example, Rule
from smlint.words import LANGUAGES, say

SEVERITY_WEIGHTS = {"error": 3, "warning": 2, "info": 1}
_KEYS = (
    "title why fix source severity level applies given blocked empty options check values place message good bad as_of"
)
_REQUIRED = "title why fix source severity level given check message good bad"
MODIFIERS = {"if", "when", "at", "values", "missing"}


class RuleError(Exception):
    """A faulty rule file, with its file and line."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}")
        self.file = file
        self.line = line
        self.problem = problem

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.file, self.line, self.problem)  # it travels between processes


def read_folder(folder: Entry) -> tuple[dict[str, Dimension], dict[str, Rule]]:
    """The dimensions and rules of one folder, from its files. Raises RuleError."""
    dimensions: dict[str, Dimension] = {}
    rules: dict[str, Rule] = {}
    add_folder(folder, dimensions, rules)
    return dimensions, rules


def add_folder(folder: Entry, dimensions: dict[str, Dimension], rules: dict[str, Rule]) -> None:
    if not folder.is_dir():
        raise RuleError(str(folder), 1, "is not a folder of rules")
    own = folder / "dimensions.yaml"
    if own.is_file():
        dimensions.update(_read_dimensions(own))
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name == "dimensions.yaml" or entry.name.startswith("."):
            continue
        if not entry.is_dir():
            raise RuleError(str(entry), 1, "is not expected here; a rule is <dimension>/<rule-id>.yaml")
        if entry.name not in dimensions:
            raise RuleError(str(entry), 1, f"{entry.name!r} is not a dimension; known: {', '.join(dimensions)}")
        for file in sorted(entry.iterdir(), key=lambda file: file.name):
            if file.name.startswith("."):
                continue
            if not file.name.endswith(".yaml") or not file.is_file():
                raise RuleError(str(file), 1, "is not expected here; a rule is <dimension>/<rule-id>.yaml")
            id = file.name.removesuffix(".yaml")
            if id in rules:
                raise RuleError(str(file), 1, f"the rule {id} exists already ({rules[id].file})")
            rules[id] = read_rule(file, entry.name)


def read_file(file: Entry) -> Plan:
    """A rule or dimension file as a document. Raises RuleError."""
    try:
        document = read_document(str(file), file.read_bytes(), Limits())
    except OSError as error:
        raise RuleError(str(file), 1, f"cannot be read: {error.strerror}") from None
    if document.fault:
        place = document.place_of(document.fault.start, document.fault.end)
        detail = document.fault.values.get("detail")
        said = say(detail, "en", **document.fault.values) if detail else str(document.fault.values)
        raise RuleError(str(file), place.line, f"{document.fault.id}: {said}")
    if not isinstance(document.data, dict):
        raise RuleError(str(file), 1, "must be a map")
    return document


def _read_dimensions(file: Entry) -> dict[str, Dimension]:
    document = read_file(file)
    found: dict[str, Dimension] = {}
    for id, raw in document.data.items():
        line = document.place((id,)).line
        if not isinstance(raw, dict) or not isinstance(raw.get("weight"), int) or raw["weight"] < 1:
            raise RuleError(str(file), line, f"dimension {id} needs a weight, a whole number above 0")
        title, question = _texts(document, "title", id), _texts(document, "question", id)
        found[id] = Dimension(id, raw["weight"], title, question, str(raw.get("floor", "")), raw.get("owner"))
    return found


def _texts(document: Plan, key: str, *under: str) -> dict[str, str]:
    """A text in every language. Raises RuleError."""
    path: Path = (*under, key)
    value: Any = document.data
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    if not isinstance(value, dict) or any(not isinstance(value.get(language), str) for language in LANGUAGES):
        place = document.place(path)
        raise RuleError(document.name, place.line, f"{key} needs a text in each of {', '.join(LANGUAGES)}")
    return {language: value[language] for language in LANGUAGES}


def read_rule(file: Entry, dimension: str, options: Mapping[str, Any] = MappingProxyType({})) -> Rule:
    """The rule of a file; `options` take the place of those that it states. Raises RuleError."""
    document = read_file(file)
    raw = document.data
    lines = {key: document.place((key,)).line for key in raw}
    _check_keys(raw, str(file), lines)

    def parsed(key: str, parse: Callable[[Any], Any], otherwise: Any = None) -> Any:
        """What a key holds, read by `parse`; a complaint has the key's line."""
        try:
            return parse(raw[key]) if key in raw else otherwise
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RuleError(str(file), lines[key], str(error.args[0] if error.args else error)) from None

    own = parsed("options", _options, {}) | options
    return Rule(
        id=file.name.removesuffix(".yaml"),
        dimension=dimension,
        severity=parsed("severity", _severities),
        level=parsed("level", _level),
        applies=parsed("applies", _profile),
        given=parsed("given", lambda text: query(text).text),
        blocked=parsed("blocked", lambda entries: _blocked(_with_options(entries, own)), ()),
        empty=raw.get("empty"),
        options=own,
        check=parsed("check", lambda check: _checked(_with_options(check, own))),
        values=parsed("values", lambda values: _with_options(values, own), {}),
        place=raw.get("place"),
        title=_texts(document, "title"),
        why=_texts(document, "why"),
        fix=_texts(document, "fix"),
        message=_texts(document, "message"),
        source=tuple(map(str, raw["source"] if isinstance(raw["source"], list) else [raw["source"]])),
        file=str(file),
        lines=lines,
    )


def _check_keys(raw: dict[str, Any], file: str, lines: dict[str, int]) -> None:
    for key in raw:
        if key not in _KEYS.split():
            raise RuleError(file, lines[key], f"unknown key {key!r}")
    for key in _REQUIRED.split():
        if key not in raw:
            raise RuleError(file, 1, f"the key {key!r} is missing")


def _options(options: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(options, dict):
        raise ValueError("options must be a map")
    return options


def _severities(value: Any) -> tuple[tuple[str, str], ...]:
    """Pairs of profile expression and severity in order; the default last."""
    by_profile = value if isinstance(value, dict) else {"default": value}
    if "default" not in by_profile or not set(by_profile.values()) <= set(SEVERITY_WEIGHTS):
        raise ValueError(f"severity must be one of {', '.join(SEVERITY_WEIGHTS)}, with a default")
    ordered = [(_profile(when), severity) for when, severity in by_profile.items() if when != "default"]
    return (*ordered, ("", by_profile["default"]))


def _level(level: Any) -> int:
    if level not in (2, 3, 4, 5):
        raise ValueError("level must be 2, 3, 4 or 5")
    return int(level)


def _profile(expression: str) -> str:
    applies(expression)
    return expression


def _with_options(value: Any, own: dict[str, Any]) -> Any:
    """The value with the names of options replaced by what they hold: whole texts, and `{name}` inside a query."""
    if isinstance(value, dict):
        return {key: _with_options(inner, own) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_options(inner, own) for inner in value]
    if not isinstance(value, str):
        return value
    if value in own:
        return own[value]
    for name, inner in own.items():
        if isinstance(inner, int | Fraction):
            value = value.replace(f"{{{name}}}", str(inner))
    return value


def _checked(check: Any) -> dict[str, Any]:
    """One verb, or `all`/`any` over several, with modifiers beside it. Raises ValueError (QueryError is one)."""
    if not isinstance(check, dict) or len(verbs := [key for key in check if key not in MODIFIERS]) != 1:
        raise ValueError(f"a check is a map with exactly one verb, not {check!r}")
    if "if" in check:
        condition(check["if"])
    if "when" in check:
        applies(check["when"])
    name = verbs[0]
    if name in ("all", "any"):
        if not isinstance(check[name], list) or not check[name]:
            raise ValueError(f"{name} needs a list of checks")
        for inner in check[name]:
            _checked(inner)
    elif name == "holds":
        condition(check[name])
    else:
        verb(name)
    return check


def _blocked(entries: Any) -> tuple[dict[str, Any], ...]:
    known = {"missing", "empty", "finding", "finding_here", "if", "check", "by"}
    for entry in entries:
        if not isinstance(entry, dict) or entry.keys() - known:
            raise ValueError(f"blocked: unknown condition in {entry!r}")
        if not entry.keys() & {"by", "finding", "finding_here"}:
            raise ValueError(f"blocked: by is missing in {entry!r}")
        if "if" in entry:
            condition(entry["if"])
    return tuple(entries)


def examples(rule: Rule) -> tuple[list[Example], str]:
    """A rule's good and bad examples, and the day on which they are judged. Raises RuleError."""
    document = read_file(File(rule.file))
    found: list[Example] = []
    for kind in ("good", "bad"):
        entries = document.data.get(kind)
        if not isinstance(entries, dict) or not entries:
            raise RuleError(rule.file, rule.lines[kind], f"{kind} needs at least one named example")
        for name, raw in entries.items():
            line = document.place((kind, name)).line
            if kind == "good" and isinstance(raw, str):
                found.append(Example(name, raw, None, line))
            elif (
                kind == "bad"
                and isinstance(raw, dict)
                and isinstance(raw.get("plan"), str)
                and isinstance(raw.get("at"), list)
            ):
                found.append(Example(name, raw["plan"], tuple(map(str, raw["at"])), line))
            else:
                shape = "a plan as text" if kind == "good" else "a map with plan (text) and at (list of paths)"
                raise RuleError(rule.file, line, f"the {kind} example {name!r} must be {shape}")
    return found, str(document.data.get("as_of", "2027-01-15"))
