"""Reads one configuration file, smlint.yaml or [tool.smlint] in pyproject.toml, with what it extends."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from smlint.files import Entry, Files
from smlint.format import schema
from smlint.plan import Plan, number, read_document
from smlint.record import Record
from smlint.rulefile import RuleError
from smlint.shape import misfits
from smlint.words import say

NAMES = ("smlint.yaml", "pyproject.toml")
_PATTERNS = ("include", "exclude")
_FILES = 20  # that may extend one another
_BYTES = 1_000_000
Path = tuple[str | int, ...]
Patterns = tuple[str, tuple[str, ...]]  # the folder that they are relative to, and .gitignore lines


class ConfigError(RuleError):
    """A faulty configuration, with its file and line."""


class Config(Record):
    """One configuration file with what it extends. `lines` says for every key where it is written; patterns of
    `include`, `exclude` and `overrides` come with the folder that they are relative to."""

    name: str
    data: dict[str, Any]
    lines: dict[Path, tuple[str, int]]

    def complain(self, path: Path, problem: str) -> ConfigError:
        """The error about a key: its file and line, or those of the nearest key above."""
        above = (path[:length] for length in range(len(path), -1, -1))
        file, line = next((self.lines[each] for each in above if each in self.lines), (self.name, 1))
        return ConfigError(file, line, problem)


def read_config(files: Files, path: str, name: str, seen: tuple[str, ...] = ()) -> Config | None:
    """The configuration in a file, with what it extends; None for a pyproject.toml that has none. Raises ConfigError.

    `path` is absolute, `name` is what people call it.
    """
    document = _document(files.entry(path), name)
    if document is None:
        return None
    for finding in misfits(document, schema("config")):
        line = finding.place.line if document.marks else _line_in_toml(document.text, finding.path)
        raise ConfigError(name, line, finding.message("en").rstrip("."))
    folder = os.path.dirname(path)
    own = Config(name, _anchored(_stated(document.data), folder), dict(_lines(document, name, document.data, ())))
    _check_patterns(own)
    bases = own.data.pop("extends", [])
    merged = Config(name, {}, {})
    for base in [bases] if isinstance(bases, str) else bases:
        target = os.path.normpath(os.path.join(folder, base))
        if target in (*seen, path) or len(seen) > _FILES:
            raise own.complain(("extends",), f"{base} extends itself")
        if not files.entry(target).is_file():
            raise own.complain(("extends",), f"{base} does not exist")
        found = read_config(files, target, _beside(name, base), (*seen, path))
        merged = _merged(merged, found or Config(base, {}, {}))
    return _merged(merged, own)


def _beside(name: str, other: str) -> str:
    return os.path.normpath(os.path.join(os.path.dirname(name), other)).replace(os.sep, "/")


def _document(entry: Entry, name: str) -> Plan | None:
    try:
        raw = entry.read_bytes()
    except OSError as error:
        raise ConfigError(name, 1, f"cannot be read: {error.strerror}") from None
    if len(raw) > _BYTES:
        raise ConfigError(name, 1, f"is larger than {_BYTES} bytes")
    return _toml(name, raw) if name.endswith(".toml") else _yaml(name, raw)


def _yaml(name: str, raw: bytes) -> Plan:
    document = read_document(name, raw)
    if document.fault:
        values = document.fault.values
        said = say(values["detail"], "en", **values) if "detail" in values else document.fault.id
        raise ConfigError(name, document.place_of(document.fault.start, document.fault.end).line, said)
    if document.data is None:
        document.data = {}
    if not isinstance(document.data, dict):
        raise ConfigError(name, 1, "a configuration is a map of keys")
    return document


def _toml(name: str, raw: bytes) -> Plan | None:
    """[tool.smlint] of a pyproject.toml."""
    if b"smlint" not in raw:
        return None
    import tomllib  # only such a file needs it

    try:
        text = raw.decode("utf-8").replace("\r\n", "\n")
        found: Any = tomllib.loads(text, parse_float=number)
    except (ValueError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise ConfigError(name, int(line[1]) if line else 1, f"cannot be read as TOML: {error}") from None
    for part in ("tool", "smlint"):
        found = found.get(part) if isinstance(found, dict) else None
    if found is None:
        return None
    if not isinstance(found, dict):
        raise ConfigError(name, _line_in_toml(text, ("smlint",)), "tool.smlint is a table")
    return Plan(name, text, _plain(found), {}, None)


def _plain(value: Any) -> Any:
    """TOML's values as YAML has them: dates are text."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _line_in_toml(text: str, path: Path) -> int:
    """The line on which a key of [tool.smlint] most likely stands: tomllib does not say."""
    start = text.find("[tool.smlint")
    for part in path:
        found = re.compile(rf"(?<![\w-]){re.escape(str(part))}(?![\w-])").search(text, max(start, 0))
        start = found.start() if found else start
    return text.count("\n", 0, max(start, 0)) + 1


def _lines(document: Plan, name: str, value: Any, path: Path) -> Iterator[tuple[Path, tuple[str, int]]]:
    """Where every key is written."""
    if path:
        line = document.place(path).line if document.marks else _line_in_toml(document.text, path)
        yield path, (name, line)
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield from _lines(document, name, inner, (*path, key))


def _stated(value: Any) -> Any:
    """A value without the keys and items that are written but say nothing: they count as missing, as in a plan."""
    if isinstance(value, dict):
        return {key: _stated(inner) for key, inner in value.items() if inner is not None}
    return [_stated(item) for item in value if item is not None] if isinstance(value, list) else value


def _anchored(data: dict[str, Any], folder: str) -> dict[str, Any]:
    """The data with absolute paths, and patterns beside the folder that they are relative to."""
    found = dict(data)
    for key in _PATTERNS:
        if key in found:
            found[key] = (folder, tuple(found[key]))
    found["overrides"] = [each | {"files": (folder, tuple(each["files"]))} for each in data.get("overrides", ())]
    found["rule_folders"] = [_absolute(folder, each) for each in data.get("rule_folders", ())]
    if "baseline" in found:
        found["baseline"] = _absolute(folder, found["baseline"])
    return found


def _absolute(folder: str, path: str) -> str:
    return os.path.normpath(os.path.join(folder, path))


def _merged(base: Config, own: Config) -> Config:
    """One configuration on top of another: maps key by key, rule folders, plugins and overrides one after the other."""
    data = laid(base.data, own.data)
    for key in ("rule_folders", "plugins", "overrides"):
        data[key] = [*base.data.get(key, ()), *own.data.get(key, ())]
    return Config(own.name, data, base.lines | own.lines)


def laid(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(under)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(found.get(key), dict)
        found[key] = laid(found[key], value) if both else value
    return found


def matches(patterns: Patterns, path: str, folder: bool) -> bool:
    """Whether an absolute path is meant by patterns as .gitignore has them."""
    base, lines = patterns
    relative = os.path.relpath(path, base).replace(os.sep, "/")
    return not relative.startswith("../") and _spec(lines).match_file(relative + "/" if folder else relative)


@cache
def _spec(lines: tuple[str, ...]) -> Any:
    from pathspec import GitIgnoreSpec  # only a configuration with patterns needs it

    return GitIgnoreSpec.from_lines(lines)


def _check_patterns(config: Config) -> None:
    data = config.data
    listed = [((key,), data[key]) for key in _PATTERNS if key in data]
    listed += [(("overrides",), each["files"]) for each in data["overrides"]]
    for path, (_, lines) in listed:
        try:
            _spec(lines)
        except ValueError as error:
            raise config.complain(path, f"not a pattern: {error}") from None
